"""Describes in the OpenAPI document which operations take a key, and what those that write share."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.api import problem_kinds, problems
from app.api.http.headers import REVISION_HEADER
from app.api.http.terms import Terms
from app.api.problem_kinds import Kind
from app.api.schemas.problems import Problem

_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key, which `quoth keys create` prints, as `Authorization: Bearer quoth_...`. It is asked for "
    "where something is written or is not for everybody; reading takes none.",
}
_OF_KEYS = (problem_kinds.UNAUTHORIZED, problem_kinds.FORBIDDEN, problem_kinds.TOO_MANY_ATTEMPTS)
_OF_WRITES = (problem_kinds.CONFLICT, problem_kinds.INVALID_CONTENT)
_OF_CHANGES = (problem_kinds.PRECONDITION_FAILED, problem_kinds.PRECONDITION_REQUIRED)


def secure(document: dict[str, Any], by_path: Mapping[str, Mapping[str, Terms]]) -> None:
    """Say which scope each operation needs, which headers and problems that brings, and what writes answer with."""
    document["components"]["securitySchemes"] = {"key": _SCHEME}
    for path, by_method in by_path.items():
        for method, terms in by_method.items():
            operation = document["paths"].get(path, {}).get(method.lower())
            if operation is not None and terms.scope is not None:
                enough = [terms.needed, *([(terms.other_scope,)] if terms.other_scope is not None else [])]
                operation["security"] = [{"key": [one.value for one in scopes]} for scopes in enough]
                _add_problems(operation, _OF_KEYS)
                if method != "GET":
                    _describe_write(operation, method, is_change=terms.existing)


def _describe_write(operation: dict[str, Any], method: str, *, is_change: bool | None) -> None:
    has_place = {"If-Match": is_change is not False, "Idempotency-Key": method == "POST"}
    parameters = [one for one in operation["parameters"] if has_place.get(one["name"], True)]
    for one in parameters:
        if one["name"] == "If-Match":
            one["required"] = is_change is True
    operation["parameters"] = sorted(parameters, key=lambda one: not one["required"])
    _add_problems(operation, [*_OF_WRITES, *(_OF_CHANGES if is_change is not False else ())])
    if "200" not in operation["responses"]:
        # What `dry_run` answers with.
        made = operation["responses"]["201"]
        operation["responses"]["200"] = {**made, "headers": dict(made["headers"]), "description": "What would be made."}
        operation["responses"] = dict(sorted(operation["responses"].items()))
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            names = [REVISION_HEADER, "Vary", "ETag", *(["Location"] if status == "201" else [])]
            response["headers"] |= {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _add_problems(operation: dict[str, Any], kinds: Iterable[Kind]) -> None:
    responses = operation["responses"]
    for kind in kinds:
        headers = ["Access-Control-Allow-Origin", "Cache-Control", "X-Request-ID"]
        headers += {401: ["WWW-Authenticate"], 429: ["Retry-After"]}.get(kind.status, [])
        responses.setdefault(
            str(kind.status),
            {
                "description": kind.title,
                "content": {problems.MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}},
                "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
            },
        )
    operation["responses"] = dict(sorted(responses.items()))
