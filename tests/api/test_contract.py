import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.contract import accepted, breaking_changes, contract_of, current
from tests.differences import assert_same

Document = dict[str, Any]
Change = Callable[[Document], object]


def _document() -> Document:
    """A small API with every kind of schema that ours has."""
    question = {
        "type": "object",
        "required": ["id", "text", "asked_by", "role", "answers", "counts", "turns"],
        "properties": {
            "id": {"type": "string", "maxLength": 40},
            "text": {"type": "string"},
            "asked_by": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "role": {"$ref": "#/components/schemas/Role"},
            "position": {"type": "integer", "minimum": 1, "maximum": 100},
            "published": {"type": "string", "format": "date"},
            "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
            "turns": {"type": "array", "items": {"type": "string"}, "maxItems": 9},
            "answers": {"type": "array", "items": {"$ref": "#/components/schemas/Question"}},
        },
    }
    parameters = [
        {
            "name": "topic",
            "in": "query",
            "schema": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}},
        },
        {"name": "q", "in": "query", "schema": {"type": "string", "maxLength": 500}},
        {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["title", "date"], "default": "title"}},
        {
            "name": "facets",
            "in": "query",
            "schema": {"type": "string", "pattern": "^(?:-?topic|-?year)(?:,(?:-?topic|-?year))*$"},
        },
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
    ]
    answer = {
        "headers": {"ETag": {"schema": {"type": "string"}}},
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Question"}}},
    }
    return {
        "paths": {
            "/questions": {
                "get": {
                    "operationId": "listQuestions",
                    "description": "Lists.",
                    "parameters": parameters,
                    "responses": {"200": answer, "422": {"content": {}}},
                }
            },
            "/asked": {
                "post": {
                    "operationId": "ask",
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Asked"}}},
                    },
                    "responses": {"200": answer},
                }
            },
        },
        "components": {
            "schemas": {
                "Question": question,
                "Role": {"type": "string", "enum": ["asks", "answers"], "title": "Role"},
                "Asked": {
                    "type": "object",
                    "required": ["text"],
                    "properties": {
                        "text": {"type": "string", "maxLength": 99},
                        "role": {"type": "string", "enum": ["asks", "answers"]},
                    },
                    "additionalProperties": False,
                },
            }
        },
    }


def _question(document: Document) -> Document:
    schema: Document = document["components"]["schemas"]["Question"]
    return schema


def _key(document: Document, name: str) -> Document:
    schema: Document = _question(document)["properties"][name]
    return schema


def _operation(document: Document) -> Document:
    operation: Document = document["paths"]["/questions"]["get"]
    return operation


def _parameter(document: Document, name: str) -> Document:
    return next(one for one in _operation(document)["parameters"] if one["name"] == name)


def _values(document: Document, name: str) -> Document:
    schema: Document = _parameter(document, name)["schema"]
    return schema


def _content(document: Document) -> Document:
    content: Document = _operation(document)["responses"]["200"]["content"]
    return content


def _asked(document: Document) -> Document:
    schema: Document = document["components"]["schemas"]["Asked"]
    return schema


def _post(document: Document) -> Document:
    operation: Document = document["paths"]["/asked"]["post"]
    return operation


def _new_parameter(*, required: bool) -> Document:
    return {"name": "new", "in": "query", "required": required, "schema": {"type": "string"}}


BREAKING: list[tuple[str, Change, str]] = [
    ("a body is no longer taken", lambda d: _post(d).pop("requestBody"), "body application/json: is no longer taken"),
    (
        "a body is taken in another form",
        lambda d: _post(d)["requestBody"]["content"].update(
            {"application/xml": _post(d)["requestBody"]["content"].pop("application/json")}
        ),
        "body application/json: is no longer taken",
    ),
    (
        "a body has to be sent",
        lambda d: _operation(d).update(requestBody=_post(d)["requestBody"]),
        "GET /questions: a body has to be sent",
    ),
    ("a key of a body has to be sent", lambda d: _asked(d)["required"].append("role"), "role: is not always there"),
    (
        "a key of a body is gone",
        lambda d: _asked(d)["properties"].pop("role"),
        "body application/json as it was taken: keys that were excluded",
    ),
    (
        "a key of a body takes shorter text",
        lambda d: _asked(d)["properties"]["text"].update(maxLength=9),
        "maxLength 99 is beyond 9",
    ),
    (
        "a key of a body takes fewer values",
        lambda d: _asked(d)["properties"]["role"].update(enum=["asks"]),
        '"answers" is beyond "asks"',
    ),
    ("a path is gone", lambda d: d["paths"].clear(), "GET /questions: is gone"),
    ("a method is gone", lambda d: d["paths"]["/questions"].pop("get"), "GET /questions: is gone"),
    ("an operation is renamed", lambda d: _operation(d).update(operationId="questions"), "operationId"),
    (
        "a schema is renamed",
        lambda d: (
            d["components"]["schemas"].update(Part=d["components"]["schemas"].pop("Role"))
            or _key(d, "role").update({"$ref": "#/components/schemas/Part"})
        ),
        "the schema Role is gone",
    ),
    ("callers are identified", lambda d: _operation(d).update(security=[{"key": []}]), "asks who is calling"),
    ("callers are identified everywhere", lambda d: d.update(security=[{"key": []}]), "asks who is calling"),
    ("a parameter is gone", lambda d: _operation(d)["parameters"].pop(0), "the parameter topic is gone"),
    ("a parameter moves", lambda d: _parameter(d, "q").update({"in": "header"}), "the parameter q is gone"),
    (
        "a new parameter is required",
        lambda d: _operation(d)["parameters"].append(_new_parameter(required=True)),
        "the parameter new has to be given",
    ),
    ("a parameter becomes required", lambda d: _parameter(d, "q").update(required=True), "parameter q has to be given"),
    ("a parameter is retyped", lambda d: _values(d, "limit").update(type="string"), "integer is beyond string"),
    ("a parameter takes shorter text", lambda d: _values(d, "q").update(maxLength=10), "maxLength 500 is beyond 10"),
    (
        "a parameter takes no empty text",
        lambda d: _values(d, "q").update(minLength=1),
        "minLength unbounded is beyond 1",
    ),
    ("a parameter takes smaller numbers", lambda d: _values(d, "limit").update(maximum=50), "maximum 100 is beyond 50"),
    ("a parameter takes larger numbers", lambda d: _values(d, "limit").update(minimum=2), "minimum 1 is beyond 2"),
    ("a parameter takes fewer values", lambda d: _values(d, "sort").update(enum=["title"]), '"date" is beyond "title"'),
    ("a parameter gets listed values", lambda d: _values(d, "q").update(enum=["a"]), 'any value is beyond "a"'),
    (
        "a parameter takes another form",
        lambda d: _values(d, "topic")["items"].update(pattern="^[a-f]+$"),
        "topic as it",
    ),
    (
        "a list of words takes other words",
        lambda d: _values(d, "facets").update(pattern="^(?:-?topic|-?day)(?:,(?:-?topic|-?day))*$"),
        "facets as it was taken",
    ),
    (
        "a parameter takes a form that cannot be compared",
        lambda d: _values(d, "topic")["items"].update(pattern="^(?=a)[a-z]+$"),
        "topic as it",
    ),
    ("a parameter takes fewer at once", lambda d: _values(d, "topic").update(maxItems=3), "maxItems"),
    ("a default changes", lambda d: _values(d, "sort").update(default="date"), "default was 'title' and is 'date'"),
    ("commas instead of repeating", lambda d: _parameter(d, "topic").update(explode=False), "explode"),
    ("a status is gone", lambda d: _operation(d)["responses"].pop("200"), "is no longer answered with 200"),
    ("a header is gone", lambda d: _operation(d)["responses"]["200"].pop("headers"), "the header ETag is gone"),
    (
        "a media type is gone",
        lambda d: _content(d).update({"text/csv": _content(d).pop("application/json")}),
        "application/json: is gone",
    ),
    (
        "a key is gone",
        lambda d: (_question(d)["required"].remove("text"), _question(d)["properties"].pop("text")),
        "text: is not always there",
    ),
    (
        "a key that was not always there is gone",
        lambda d: _question(d)["properties"].pop("position"),
        "position: is no longer described",
    ),
    ("a key is not always there", lambda d: _question(d)["required"].remove("text"), "text: is not always there"),
    ("a key may be null", lambda d: _key(d, "text").update(type=["string", "null"]), "text: null is beyond string"),
    ("a key is retyped", lambda d: _key(d, "text").update(type="integer"), "text: integer is beyond string"),
    (
        "a nullable key is retyped",
        lambda d: _key(d, "asked_by").update(anyOf=[{"type": "integer"}, {"type": "null"}]),
        "asked_by: integer is beyond string or null",
    ),
    ("a whole number gets a fraction", lambda d: _key(d, "position").update(type="number"), "number is beyond integer"),
    (
        "a key has further values",
        lambda d: d["components"]["schemas"]["Role"]["enum"].append("sings"),
        '"sings" is beyond "answers", "asks"',
    ),
    ("values are no longer listed", lambda d: d["components"]["schemas"]["Role"].pop("enum"), "any value is beyond"),
    ("text gets longer", lambda d: _key(d, "id").update(maxLength=80), "maxLength 80 is beyond 40"),
    ("numbers get larger", lambda d: _key(d, "position").pop("maximum"), "maximum unbounded is beyond 100"),
    ("arrays get longer", lambda d: _key(d, "turns").update(maxItems=10), "maxItems 10 is beyond 9"),
    ("a date is any text", lambda d: _key(d, "published").pop("format"), "format of any kind is beyond date"),
    ("items are retyped", lambda d: _key(d, "turns").update(items={"type": "integer"}), "turns[]: integer is beyond"),
    (
        "values of keys are retyped",
        lambda d: _key(d, "counts").update(additionalProperties={"type": "string"}),
        "counts.*: string is beyond integer",
    ),
]

HARMLESS: list[tuple[str, Change]] = [
    (
        "a list of words takes further words",
        lambda d: _values(d, "facets").update(pattern="^(?:-?day|-?topic|-?year)(?:,(?:-?day|-?topic|-?year))*$"),
    ),
    ("nothing", lambda d: None),
    ("a body may be left out", lambda d: _post(d)["requestBody"].pop("required")),
    ("a key of a body may be left out", lambda d: _asked(d)["required"].clear()),
    ("a body has a new key", lambda d: _asked(d)["properties"].update(new={"type": "string"})),
    ("a key of a body takes longer text", lambda d: _asked(d)["properties"]["text"].pop("maxLength")),
    ("a new path", lambda d: d["paths"].update({"/new": copy.deepcopy(d["paths"]["/questions"])})),
    ("a new schema", lambda d: d["components"]["schemas"].update(New={"type": "string"})),
    ("a new parameter", lambda d: _operation(d)["parameters"].append(_new_parameter(required=False))),
    ("a parameter takes longer text", lambda d: _values(d, "q").update(maxLength=900)),
    ("a parameter takes any length", lambda d: _values(d, "q").pop("maxLength")),
    ("a parameter takes larger numbers", lambda d: _values(d, "limit").update(maximum=500)),
    ("a parameter takes more values", lambda d: _values(d, "sort")["enum"].append("position")),
    (
        "listed values become a form",
        lambda d: _values(d, "sort").update(pattern="^[a-z]+$") or _values(d, "sort").pop("enum"),
    ),
    ("a parameter takes more forms", lambda d: _values(d, "topic")["items"].update(pattern="^[a-z]+(?:-[a-z]+)*$")),
    ("a parameter takes any form", lambda d: _values(d, "topic")["items"].pop("pattern")),
    ("a new key", lambda d: _question(d)["properties"].update(new={"type": "string"})),
    (
        "a new key that is always there",
        lambda d: (_question(d)["properties"].update(new={"type": "string"}), _question(d)["required"].append("new")),
    ),
    ("a key is always there", lambda d: _question(d)["required"].append("position")),
    ("a key is never null", lambda d: _key(d, "asked_by").update(anyOf=[{"type": "string"}])),
    ("a key has fewer values", lambda d: d["components"]["schemas"]["Role"]["enum"].remove("asks")),
    ("text is shorter", lambda d: _key(d, "id").update(maxLength=20)),
    ("a new status", lambda d: _operation(d)["responses"].update({"304": {}})),
    ("an error is gone", lambda d: _operation(d)["responses"].pop("422")),
    ("a new header", lambda d: _operation(d)["responses"]["200"]["headers"].update(Age={"schema": {}})),
    ("a new media type", lambda d: _content(d).update({"text/csv": {"schema": {"type": "string"}}})),
    ("other words", lambda d: _operation(d).update(description="Lists questions.", summary="List")),
]


def _changed(change: Change) -> list[str]:
    document = _document()
    change(document)
    return breaking_changes(contract_of(_document()), contract_of(document))


@pytest.mark.parametrize(("change", "reason"), [one[1:] for one in BREAKING], ids=[one[0] for one in BREAKING])
def test_change_that_breaks_clients_is_told(change: Change, reason: str) -> None:
    assert any(reason in line for line in _changed(change)), _changed(change)


@pytest.mark.parametrize("change", [one[1] for one in HARMLESS], ids=[one[0] for one in HARMLESS])
def test_change_that_breaks_nobody_is_not_told(change: Change) -> None:
    assert _changed(change) == []


def test_keyword_that_is_not_compared_is_an_error() -> None:
    with pytest.raises(ValueError, match="not compared by multipleOf"):
        _changed(lambda document: _key(document, "position").update(multipleOf=2))


def test_words_are_no_part_of_the_contract_but_keys_of_these_names_are() -> None:
    document = {"title": "x", "properties": {"title": {"type": "string", "title": "Title", "description": "words"}}}
    assert contract_of(document) == {"properties": {"title": {"type": "string"}}}


def test_nothing_that_was_accepted_is_broken() -> None:
    assert breaking_changes(accepted(), current()) == []


def test_what_is_offered_was_accepted() -> None:
    about = "The API has changed: see that it is meant, run make contract and commit the result"
    assert_same(current(), accepted(), about)
