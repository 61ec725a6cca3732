"""What is wrong with the parameters of a request and with its body, in words: pydantic's own are about Python."""

import re
from collections.abc import Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from app.api.parameters import synonyms
from app.api.parameters.declared import body_parameters, query_parameters
from app.api.schemas.problems import ProblemError, pointer_to
from app.errors import did_you_mean
from app.text.folding import SLUG_PATTERN, nearest

# Mistakes that are reported, at most: there may be thousands, and near names are looked up for each.
_MAX_REPORTED, _MAX_IN_DETAIL = 50, 5
_MAX_NAME = 120
_NOT_AN_OBJECT = frozenset({"dict_type", "model_attributes_type", "model_type"})
_WORDS = {
    "missing": "This is needed, and was not sent.",
    "int_parsing": "Write a whole number.",
    "int_type": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "string_type": "Write a text.",
    "list_type": "Write a list.",
}


def mistakes_of(request: Request, error: RequestValidationError) -> tuple[str, list[ProblemError]]:
    """Say in one text what is wrong with a request, and list each mistake."""
    route = request.scope.get("route")
    known = [*query_parameters(route), *body_parameters(route)] if isinstance(route, APIRoute) else []
    mistakes = [
        _not_json(str(error.body), one) if one["type"] == "json_invalid" else _mistake(request, one, known)
        for one in error.errors()[:_MAX_REPORTED]
    ]
    detail = " ".join(
        f"{_place(one)}: {one.detail}{did_you_mean(one.suggestions)}" for one in mistakes[:_MAX_IN_DETAIL]
    )
    return detail, mistakes


def is_unknown(error: RequestValidationError) -> bool:
    """Tell whether anything was sent that has no place in the request."""
    return any(one["type"] == "extra_forbidden" for one in error.errors())


def _place(mistake: ProblemError) -> str:
    return mistake.pointer[1:].replace("/", ".") if mistake.pointer else mistake.parameter


def _mistake(request: Request, error: dict[str, Any], known: Sequence[str]) -> ProblemError:
    where, *place = error["loc"]
    name = str(place[0] if place else where)[:_MAX_NAME]
    pointer = pointer_to([str(one)[:_MAX_NAME] for one in place]) if where == "body" and place else None
    detail, suggestions = _said(request, error, known if len(place) == 1 else ())
    return ProblemError(parameter=name, pointer=pointer, detail=detail, suggestions=suggestions)


def _said(request: Request, error: dict[str, Any], known: Sequence[str]) -> tuple[str, list[str]]:
    """Say what is wrong with a value, and what may have been meant; `known` are the names beside it."""
    kind, where = error["type"], error["loc"]
    if kind == "extra_forbidden":
        noun = "key" if where[0] == "body" else "parameter"
        return f"There is no such {noun} here.", synonyms.meant_by(str(where[-1])[:_MAX_NAME], known)
    if kind == "string_pattern_mismatch":
        pattern = error["ctx"]["pattern"]
        if pattern == SLUG_PATTERN:
            return "Write lower-case letters a to z, digits, and single hyphens.", []
        return f"Write what the regular expression {pattern} matches.", []
    if kind == "enum":
        # The message has the allowed words in quotes.
        words = re.findall("'([^']+)'", error["ctx"]["expected"])
        given = str(error["input"])
        return f"There is no {given[:80]!r} here. Write one of {', '.join(words)}.", nearest(given, words, limit=1)
    if where == ("body",) and kind in {*_NOT_AN_OBJECT, "missing"}:
        return f"Send a JSON object, with Content-Type: {_media_type(request)}.", []
    if kind in _NOT_AN_OBJECT:
        return "Write a JSON object.", []
    if kind in _WORDS:
        return _WORDS[kind], []
    detail = str(error["msg"]).removeprefix("Value error, ").replace(" after validation", "")
    return f"{detail[:1].upper()}{detail[1:]}.".replace("..", "."), []


def _not_json(text: str, error: dict[str, Any]) -> ProblemError:
    """Say where a body is no JSON: FastAPI counts characters from its beginning."""
    before = text[: int(error["loc"][-1])]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    detail = f"This is not JSON: {error['ctx']['error']}, in line {line} at column {column}."
    return ProblemError(parameter="body", detail=detail, suggestions=[])


def _media_type(request: Request) -> str:
    body = request.scope["route"].body_field
    return str(getattr(body.field_info, "media_type", "application/json"))
