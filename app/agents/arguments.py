"""Arguments of tools, as JSON Schema: parameters of the API under their own names, and those of a tool's own."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from app.api.parameters.lists import FilteredParameters
from app.api.parameters.synonyms import meant_by
from app.errors import ParameterError
from app.queries.filters import filters_of

Schema = dict[str, Any]
# Left out of a parameter's schema: names for people, examples of another corpus, and patterns, because what the API
# says about a wrong name helps more than a refusal by the client.
_LEFT_OUT = frozenset({"title", "examples", "pattern"})
_MOST_CHARACTERS = 120


class OwnArguments(BaseModel):
    """Arguments that a tool does not pass on to the API."""

    model_config = ConfigDict(extra="forbid")


def parameters_of(model: type[BaseModel], *names: str, without: Collection[str] = ()) -> Mapping[str, Schema]:
    """Return the schemas of parameters of the API: those named, else all but some.

    Filters are described without how their values are written, which the tool says once for all.
    """
    schema = model.model_json_schema()
    described = {each.name: each.description for each in filters_of(getattr(model, "list_name", ""))}
    chosen = names or [name for name in schema["properties"] if name not in without]
    found = {}
    for name in chosen:
        found[name] = _plain(schema["properties"][name], schema.get("$defs", {}))
        if name in described and issubclass(model, FilteredParameters):
            found[name]["description"] = described[name]
    return found


def own_of(model: type[OwnArguments]) -> Mapping[str, Schema]:
    """Return the schemas of a tool's own arguments."""
    schema = model.model_json_schema()
    return {name: _plain(each, schema.get("$defs", {})) for name, each in schema["properties"].items()}


def given(arguments: Mapping[str, Any], known: Collection[str], required: Collection[str]) -> dict[str, Any]:
    """Return the arguments of a call that have a value.

    Raises:
        ParameterError: one is not known, is missing, or cannot be written as a parameter.
    """
    for name, value in arguments.items():
        if name not in known:
            raise ParameterError(
                name[:_MOST_CHARACTERS], "There is no such argument here.", meant_by(name, known) or sorted(known)
            )
        values = value if isinstance(value, list) else [value]
        if any(isinstance(one, (dict, list)) or (one is None and one is not value) for one in values):
            raise ParameterError(name, "Write a text, a number, or a list of texts.")
        # JSON can name half of a character, which no address and no database takes.
        if any("\ud800" <= character <= "\udfff" for one in values if isinstance(one, str) for character in one):
            raise ParameterError(name, "The text has half of a character (a surrogate).")
    # Models write null for what they do not ask for. An empty text is a value, and the API refuses it.
    found = {name: value for name, value in arguments.items() if value is not None and value != []}
    for name in required:
        if name not in found:
            raise ParameterError(name, "This argument has to be given.")
    return found


def read_own(model: type[OwnArguments], arguments: Mapping[str, Any]) -> OwnArguments:
    """Validate a tool's own arguments.

    Raises:
        ParameterError: one has a value that it cannot have.
    """
    try:
        return model.model_validate({name: arguments[name] for name in model.model_fields if name in arguments})
    except ValidationError as error:
        first = error.errors()[0]
        raise ParameterError(str(first["loc"][0]), f"{first['msg'].removeprefix('Value error, ')}.") from None


def without_titles(schema: Schema) -> Schema:
    """Return a schema without the titles that are made of the fields' own names."""
    # A field may be called title too.
    kept = {name: one for name, one in schema.items() if name != "title" or not isinstance(one, str)}
    return {name: without_titles(one) if isinstance(one, dict) else one for name, one in kept.items()}


def _plain(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Resolve a schema's references, and take away nulls and what is not for the caller of a tool."""
    found = dict(schema)
    for one in found.pop("anyOf", ()):
        if one.get("type") != "null":
            found = {**one, **found}
    if "$ref" in found:
        definition = definitions[found.pop("$ref").rpartition("/")[2]]
        found = {"type": definition["type"], "enum": definition["enum"], **found}
    if "items" in found:
        found["items"] = _plain(found["items"], definitions)
    if found.get("default", 0) in (None, []):
        del found["default"]
    return {name: value for name, value in found.items() if name not in _LEFT_OUT and not name.startswith("x-")}
