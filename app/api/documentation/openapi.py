"""The OpenAPI document: what FastAPI derives, made exact, with examples taken from the seed."""

import json
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from app.api import problem_kinds, problems
from app.api.documentation.securing import secure
from app.api.fields import ALL
from app.api.formats import CITATION_FORMATS, FEED_LIST_FORMATS, INTERVIEW_FORMATS, ITEM_FORMATS, JSON, LIST_FORMATS
from app.api.http.headers import REVISION_HEADER
from app.api.http.terms import RouteTerms
from app.api.parameters.values import COMMAS, CONSTANTS
from app.api.schemas.lists import SPARSE_MEDIA_TYPE, SparsePage
from app.api.schemas.problems import GoneProblem, Problem
from app.api.schemas.shape import Part
from app.exports import VOCABULARIES, Format
from app.queries.filters import FILTERS

TITLE = "Quoth"
DESCRIPTION = """\
Questions and answers from interview transcripts, by topic, each traceable to the exact characters of its source.

**Start** with the first operation below: open it and press *Execute*. [The guide](/docs/guide) takes five minutes, and
its requests work on this corpus; so do those of the collections for [Postman](/docs/postman.json) and
[Bruno](/docs/bruno.zip).

- `topic=a,b` is either, `topic=a&topic=b` is both, `topic=-c` is not; so for every parameter that takes names.
- `facets` counts a list, `fields` shows some fields alone, `format` answers as CSV, NDJSON, Markdown and more.
- Lists come in pages: follow `page.next`, or the same link in the `Link` header. Cursors are opaque.
- A parameter that is not known, and a value that cannot be right, are refused with status 422 and say what may have
  been meant: a list is never less filtered than it looks.
- Errors are problem documents (RFC 9457). What a source does not state is null, never left out.
- Reading takes no key. Writing takes one, as *Authorize* sends it; `If-Match` says which state you have seen,
  `Idempotency-Key` makes a request safe to repeat, and `dry_run` tries it.
- Every answer has an `ETag`: send it back as `If-None-Match`, and what has not changed is not sent again.
- Within v1 keys may be added; none is removed or changes its type.
"""
TAGS = [
    {"name": "questions", "description": "Questions with their answers: the main list."},
    {"name": "answers", "description": "Answers with their question."},
    {"name": "search", "description": "Full text over the record."},
    {"name": "interviews", "description": "Interviews, their whole record and their source files."},
    {"name": "speakers", "description": "People, and those whom a source does not name."},
    {"name": "topics", "description": "The hierarchy of topics."},
    {"name": "quotes", "description": "Verification of quotations."},
    {"name": "changes", "description": "What changed since a cursor, deletions included."},
    {"name": "statements", "description": "What editors state of an interview over what its file says."},
    {"name": "keys", "description": "Who may write."},
    {"name": "index", "description": "What there is, and where."},
    {"name": "operation", "description": "For those who run the server."},
]
CONTACT = {"name": "The Quoth maintainers"}
LICENSE = {"name": "MIT", "identifier": "MIT"}


def _also(sparse: dict[str, Any], formats: Sequence[Format] = ()) -> dict[int | str, dict[str, Any]]:
    """Describe what an operation answers with beside its JSON.

    Sparse items, as `fields` asks for, have a media type of their own, so that generated clients type whole items
    exactly.
    """
    others = {
        each.media_type: {"schema": {"type": "object" if each.media_type.endswith("+json") else "string"}}
        for each in formats
        if each is not JSON
    }
    return {200: {"content": {SPARSE_MEDIA_TYPE: {"schema": sparse}, **others}}}


SPARSE_ITEM = _also({"type": "object"})
ITEM = _also({"type": "object"}, ITEM_FORMATS)
LIST = _also({"$ref": "#/components/schemas/SparsePage"}, LIST_FORMATS)
FEED_LIST = _also({"$ref": "#/components/schemas/SparsePage"}, FEED_LIST_FORMATS)
RECORD = _also({"type": "object"}, INTERVIEW_FORMATS)
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file as it was received.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
CITATION = _also({"type": "object"}, CITATION_FORMATS)
VOCABULARY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The vocabulary as a file.",
        "content": {
            each.media_type: {"schema": {} if each.media_type.endswith("json") else {"type": "string"}}
            for each in VOCABULARIES
        },
    }
}
# Filters are described first, and how a list is shown last.
_FIRST = tuple(each.name for each in FILTERS)
_LAST = ("format", "facets", "include", "fields", "csv_guard", "sort", "limit", "page", "cursor")
# Headers of responses; all responses have the first three.
_HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Access-Control-Allow-Origin": ("Pages of every origin may read this.", {"type": "string", "const": "*"}),
    "Cache-Control": ("Who may keep the answer, and for how long.", {"type": "string"}),
    "X-Request-ID": ("The request in the server's log: the id that was sent, or a new one.", {"type": "string"}),
    REVISION_HEADER: (
        "The revision of the corpus that was read. Send the highest one back, and nothing older is answered.",
        {"type": "integer", "format": "int32", "minimum": 0, "maximum": 2**31 - 1},
    ),
    "Vary": ("The headers of the request that another answer may depend on.", {"type": "string"}),
    "ETag": ("Names this state of this representation, for If-None-Match.", {"type": "string"}),
    "Last-Modified": ("When what stands in the database last changed, for If-Modified-Since.", {"type": "string"}),
    "Link": ("Addresses of the next and the previous page (RFC 8288).", {"type": "string"}),
    "Location": ("The address to ask instead, or of what was made.", {"type": "string"}),
    "Retry-After": ("Seconds to wait before another try.", {"type": "string", "pattern": "^[0-9]+$"}),
    "WWW-Authenticate": ("That a key is asked for, and what is wrong with the one that was sent.", {"type": "string"}),
    "Repr-Digest": ("SHA-256 of the file (RFC 9530).", {"type": "string"}),
}
_ALWAYS = tuple(_HEADERS)[:3]
_MORE = {
    "200": (REVISION_HEADER, "Vary", "ETag", "Last-Modified"),
    "303": ("Location", "Vary"),
    "304": (REVISION_HEADER, "Vary", "ETag", "Last-Modified"),
    "308": ("Location",),
    "503": ("Retry-After",),
}
# Operations whose item has a page for people.
_WITH_PAGES = frozenset({"getInterview", "getQuestion", "getAnswer", "getSpeaker", "getTopic"})
_LIST_PROBLEMS = (
    problem_kinds.BAD_REQUEST,
    problem_kinds.URI_TOO_LONG,
    problem_kinds.INVALID_PARAMETER,
    problem_kinds.UNAVAILABLE,
    problem_kinds.INTERNAL_ERROR,
)


def examples() -> dict[str, Any]:
    """Answers of the seed by operation id; the tests keep them equal to what the server answers."""
    text = resources.files("app.api.documentation").joinpath("examples.json").read_text(encoding="utf-8")
    answers: dict[str, Any] = json.loads(text)
    return answers


def install(app: FastAPI) -> None:
    """Serve the exact document in place of the one that FastAPI derives."""
    derive = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = _exact(derive(), examples(), app.state.settings.public_url)
            secure(document, RouteTerms(app).by_path)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to change the document


def _exact(document: dict[str, Any], answers: dict[str, Any], public_url: str) -> dict[str, Any]:
    document["servers"] = [_server(public_url)]
    document["security"] = []
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for shape in (Problem, GoneProblem, SparsePage):
        schemas.update(_schemas_of(shape))
    for path in document["paths"].values():
        for method, operation in path.items():
            for parameter in operation.get("parameters", []):
                _exact_parameter(parameter)
                if parameter["name"] == "fields":
                    _name_fields(parameter, operation, schemas)
                if parameter["name"] == "include":
                    shape = operation["responses"]["200"]["content"]["application/json"]["schema"]
                    parameter["schema"]["items"]["enum"] = [*_parts_of(shape, schemas), ALL]
                if "enum" in (names := parameter["schema"].get("items", {})):
                    parameter.setdefault("example", parameter["schema"].get("default", names["enum"][:1]))
            operation.get("parameters", []).sort(key=_place_of)
            _add_problems(operation)
            _add_headers(operation, is_read=method == "get")
            answer = answers.get(operation["operationId"])
            if answer is not None:
                operation["responses"]["200"]["content"]["application/json"]["example"] = answer
            if operation.get("parameters") == []:
                del operation["parameters"]
    document["components"]["headers"] = {
        name: {"description": description, "required": name in _ALWAYS, "schema": schema}
        for name, (description, schema) in _HEADERS.items()
    }
    _say_width(document["paths"])
    _say_width(schemas)
    return document


def _schemas_of(shape: type[BaseModel]) -> dict[str, Any]:
    """Describe a shape that no handler returns, and those inside it."""
    schema = shape.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    return {**schema.pop("$defs"), shape.__name__: schema}


def _name_fields(parameter: dict[str, Any], operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Describe which fields of the items that an operation answers with can be picked, and left out."""
    reference = operation["responses"]["200"]["content"]["application/json"]["schema"]
    properties = _shape_of(reference, schemas)["properties"]
    # What has no pages is one item, whatever it lists.
    if "page" in properties and "items" in properties:
        reference = properties["items"]["items"]
    name = f"{reference['$ref'].rpartition('/')[2]}Field"
    paths = list(_paths(reference, schemas))
    constants = [path.replace(".", "_") for path in paths]
    schemas[name] = {
        "type": "string",
        "title": name,
        "description": "The path of a field; with a minus before it, the field is left out.",
        "enum": [*paths, *(f"-{path}" for path in paths)],
        CONSTANTS: [*constants, *(f"without_{constant}" for constant in constants)],
    }
    parameter["schema"]["items"] = {"$ref": f"#/components/schemas/{name}"}
    parameter["example"] = paths[:2]


def _paths(reference: dict[str, str], schemas: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the paths of the fields of a shape, and of those inside them."""
    for name, field in _shape_of(reference, schemas)["properties"].items():
        path = ".".join((*above, name))
        yield path
        inside = [one for one in (field, field.get("items", {}), *field.get("anyOf", ())) if "$ref" in one]
        if inside and "properties" in _shape_of(inside[0], schemas):
            yield from _paths(inside[0], schemas, (*above, name))


def _parts_of(shape: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    """Name the parts that `include` can ask for of a shape and of those inside it."""
    seen: set[str] = set()
    found: set[str] = set()

    def look(part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                look(one)
        elif isinstance(part, dict):
            found.update({part["x-include"]} if "x-include" in part else ())
            name = part.get("$ref", "").rpartition("/")[2]
            if name and name not in seen:
                seen.add(name)
                look(schemas[name])
            for one in part.values():
                look(one)

    look(shape)
    return [part for part in Part if part in found]


def _shape_of(reference: dict[str, str], schemas: dict[str, Any]) -> dict[str, Any]:
    shape: dict[str, Any] = schemas[reference["$ref"].rpartition("/")[2]]
    return shape


def _server(public_url: str) -> dict[str, Any]:
    if public_url:
        return {"url": public_url, "description": "The production server.", "x-internal": False}
    return {"url": "/", "description": "The server that this document came from, local or not.", "x-internal": False}


def _say_width(part: Any) -> None:
    """Mark the integers that fit into 32 bits: generated clients choose their types by it."""
    if isinstance(part, dict):
        if part.get("type") == "integer" and part.get("maximum", 2**31) < 2**31:
            part["format"] = "int32"
        for one in part.values():
            _say_width(one)
    elif isinstance(part, list):
        for one in part:
            _say_width(one)


def _place_of(parameter: dict[str, Any]) -> tuple[bool, int]:
    name = parameter["name"]
    if name in _FIRST:
        return not parameter["required"], _FIRST.index(name) - len(_FIRST)
    return not parameter["required"], 1 + _LAST.index(name) if name in _LAST else 0


def _exact_parameter(parameter: dict[str, Any]) -> None:
    """Leave the null branch out, as a query cannot say null, and move the example to where explorers look for it."""
    schema = parameter["schema"]
    if "anyOf" in schema:
        branch = next(one for one in schema.pop("anyOf") if one.get("type") != "null")
        schema.update(branch)
    schema.pop("title", None)
    if schema.get("default", ...) is None or schema.get("default") == []:
        del schema["default"]
    if "examples" in schema:
        example = schema.pop("examples")[0]
        is_one_of_many = schema.get("type") == "array" and not isinstance(example, list)
        parameter["example"] = [example] if is_one_of_many else example
    if schema.get("type") == "array":
        parameter["explode"], parameter["style"] = not schema.pop(COMMAS, False), "form"
    parameter.setdefault("description", schema.pop("description", ""))
    schema.pop("description", None)


def _add_problems(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    if "operation" in operation["tags"]:
        kinds = [
            problem_kinds.BAD_REQUEST,
            problem_kinds.URI_TOO_LONG,
            problem_kinds.UNKNOWN_PARAMETER,
            problem_kinds.INTERNAL_ERROR,
        ]
        if operation["operationId"] == "getReadiness":
            kinds.append(problem_kinds.UNAVAILABLE)
    else:
        kinds = list(_LIST_PROBLEMS)
    if "requestBody" in operation:
        kinds += [problem_kinds.CONTENT_TOO_LARGE, problem_kinds.UNSUPPORTED_CODING]
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", [])):
        kinds += [problem_kinds.NOT_FOUND, problem_kinds.GONE]
        responses["308"] = {"description": "It has another name now."}
        if operation["operationId"] in _WITH_PAGES:
            responses["303"] = {"description": "The page about it, for requests that prefer HTML."}
    if any(parameter["name"] == "format" for parameter in operation.get("parameters", [])):
        kinds.append(problem_kinds.NOT_ACCEPTABLE)
    for kind in sorted(kinds, key=lambda kind: kind.status):
        shape = GoneProblem if kind is problem_kinds.GONE else Problem
        responses[str(kind.status)] = {
            "description": kind.title,
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{shape.__name__}"}}},
        }


def _add_headers(operation: dict[str, Any], *, is_read: bool) -> None:
    responses = operation["responses"]
    if is_read and "operation" not in operation["tags"]:
        responses["304"] = {"description": "Nothing has changed since the state that the request names."}
    for status, response in responses.items():
        names = [*_ALWAYS, *(_MORE.get(status, ()) if is_read or status > "399" else ())]
        if status == "200" and operation["operationId"].startswith("list"):
            names.append("Link")
        if status == "200" and operation["operationId"] in {"getSource", "getSourceFile"}:
            names.append("Repr-Digest")
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    operation["responses"] = dict(sorted(responses.items()))
