"""The document that the explorer shows: the API's own, made light, with names that the corpus has.

An explorer fills in whatever has an example or a default, so only what has to be given keeps one here, and it is a name
of the corpus that is served; what else could be given says so in its description. It also works out an example for each
regular expression before it shows an operation, and walks the whole of an OpenAPI 3.1 document, which takes seconds: so
this one has no regular expressions, and is OpenAPI 3.0.
"""

import copy
from collections.abc import Mapping
from typing import Any

from app.api.schemas.lists import SPARSE_MEDIA_TYPE
from app.queries.corpus_names import OF_A_CORPUS, CorpusNames

_JSON = "application/json"
# Parameters with more values than one chooses from: they are written.
_WRITTEN = frozenset({"fields"})
# Ends of the paths of what is 410 where the source files are withheld.
_OF_FILES = ("/source", "/citation")
# What a form needs of a schema: which field to show.
_OF_A_FIELD = ("type", "enum", "const", "format")
# The last version whose documents Swagger UI reads part by part.
_VERSION = "3.0.3"


def explorer_document(document: Mapping[str, Any], names: CorpusNames | None) -> dict[str, Any]:
    """Make the explorer's document of the exact one, with names of the corpus, or without any where it is empty."""
    light = copy.deepcopy(dict(document))
    known = {} if names is None else names.parameters()
    if names is None:
        light["info"]["description"] = (
            "**Nothing is loaded yet**, so lists are empty: [the guide](/docs/guide) says how to load something.\n\n"
            + light["info"]["description"]
        )
    if names is not None and names.sha256 is None:
        # Words were redacted: the files are withheld, and what is cited could not be found in them.
        light["paths"] = {path: one for path, one in light["paths"].items() if not path.endswith(_OF_FILES)}
    for path, operations in light["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                _fill_in(parameter, _named_by(path, parameter, names, known), is_own=names is not None)
            if "requestBody" in operation:
                _fill_in_body(operation, known)
            _shorten(operation)
    light["components"] = {"schemas": copy.deepcopy(_used(light["paths"], document["components"]["schemas"]))}
    light["openapi"] = _VERSION
    # Identifiers of licences came with 3.1.
    light["info"].get("license", {}).pop("identifier", None)
    _say_in_3_0(light["paths"])
    _say_in_3_0(light["components"])
    return light


def _say_in_3_0(part: Any) -> None:
    """Say what OpenAPI 3.0 has other words for: null, one constant, and examples of a schema."""
    if isinstance(part, list):
        for one in part:
            _say_in_3_0(one)
    if not isinstance(part, dict):
        return
    branches = part.get("anyOf")
    if isinstance(branches, list) and {"type": "null"} in branches:
        others = [one for one in branches if one != {"type": "null"}]
        del part["anyOf"]
        part["nullable"] = True
        if len(others) > 1:
            part["anyOf"] = others
        elif "$ref" in others[0]:
            # What stands beside a reference is not read in 3.0.
            part["allOf"] = others
        else:
            part.update(others[0])
    part.pop("propertyNames", None)
    if "const" in part:
        part["enum"] = [part.pop("const")]
    if isinstance(part.get("examples"), list):
        part["example"] = part.pop("examples")[0]
    for name, one in part.items():
        # An example is data: nothing in it is a schema.
        if name != "example":
            _say_in_3_0(one)


def _named_by(path: str, parameter: Mapping[str, Any], names: CorpusNames | None, known: Mapping[str, Any]) -> Any:
    """Return the corpus's own value of a parameter; None where its values are no names of the corpus."""
    if parameter["in"] != "path" or names is None:
        return known.get(parameter["name"])
    by_noun = {"questions": names.question, "answers": names.answer}
    value = by_noun[path.split("/")[2]] if parameter["name"] == "id" else known.get(parameter["name"])
    return value[0] if isinstance(value, list) else value


def _fill_in(parameter: dict[str, Any], named: Any, *, is_own: bool) -> None:
    schema, example = parameter["schema"], parameter.pop("example", None)
    is_list = schema.get("type") == "array"
    if named is not None:
        example = named if is_list or not isinstance(named, list) else named[0]
        example = [example] if is_list and not isinstance(example, list) else example
    elif parameter["name"] in OF_A_CORPUS or parameter["in"] == "path":
        example = None
    if parameter["required"]:
        is_enough = not is_list or example is None or len(example) >= schema.get("minItems", 0)
        if example is not None and is_enough and is_own:
            parameter["example"] = example
    else:
        hints = [f"Such as `{_written(example)}`."] if example is not None else []
        if "default" in schema:
            hints.insert(0, f"Without it, `{_written(schema['default'])}`.")
        parameter["description"] = " ".join([parameter["description"], *hints])
    if parameter["name"] in _WRITTEN:
        parameter["schema"] = {"type": "string"}
        del parameter["style"], parameter["explode"]
    else:
        parameter["schema"] = _field(schema)


def _written(value: Any) -> str:
    one = value[0] if isinstance(value, list) else value
    return str(one).lower() if isinstance(one, bool) else str(one)


def _field(schema: Mapping[str, Any]) -> dict[str, Any]:
    field = {key: schema[key] for key in _OF_A_FIELD if key in schema}
    if "$ref" in schema:
        field["$ref"] = schema["$ref"]
    if "items" in schema:
        field["items"] = _field(schema["items"])
    return field


def _fill_in_body(operation: dict[str, Any], known: Mapping[str, Any]) -> None:
    body = operation["requestBody"]
    content = body["content"].get(_JSON, {})
    # Of what can be sent without a key, only quotations have a body.
    if "text" in known and "security" not in operation:
        content["example"] = {"text": known["text"]}


def _shorten(operation: dict[str, Any]) -> None:
    """Keep the answer, and say in a sentence how else an operation answers."""
    responses = operation["responses"]
    refused = [status for status in responses if status >= "400"]
    done = min(responses)
    answer = responses[done]
    answer.pop("headers", None)
    content = answer.get("content", {})
    others = [media_type for media_type in content if media_type not in {_JSON, SPARSE_MEDIA_TYPE}]
    if _JSON in content:
        answer["content"] = {_JSON: content[_JSON]}
    sentences = []
    if others and _JSON in content:
        sentences.append(f"Also answers as {', '.join(f'`{one}`' for one in others)}.")
    if refused:
        sentences.append(f"May be refused with {', '.join(refused)}: see [the kinds of problems](/problems/).")
    operation["description"] = "\n\n".join([operation["description"], " ".join(sentences)])
    operation["responses"] = {done: answer}


def _used(part: Any, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schemas that a part of a document refers to, and those that these refer to."""
    used: dict[str, Any] = {}
    waiting = [part]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            name = str(one.get("$ref", "")).rpartition("/")[2]
            if name in schemas and name not in used:
                used[name] = schemas[name]
                waiting.append(schemas[name])
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return used
