"""Items and pages checked against their shapes and written as JSON, without an object for each of their parts: what a
page consists of is made once, as dictionaries, and a page has some hundred parts.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic_core import SchemaSerializer, SchemaValidator
from sqlmodel import SQLModel

from app.api.fields import Included

_NO_ITEMS = b'{"items":[]'


def write(shape: type[BaseModel], content: dict[str, Any], included: Included | None = None) -> bytes:
    """Check content against a shape and write it, or what is included of it, as JSON, byte for byte as the shape would.

    Raises:
        pydantic_core.ValidationError: it has another shape.
    """
    validator, serializer = _of(shape)
    return serializer.to_json(validator.validate_python(content), include=included, by_alias=True)


def write_list(shape: type[BaseModel], content: dict[str, Any], items: Sequence[bytes]) -> bytes:
    """Do as write() does for a list, its items first, whose items are written already.

    Raises:
        pydantic_core.ValidationError: content has another shape.
    """
    rest = write(shape, {"items": [], **content}).removeprefix(_NO_ITEMS)
    return b'{"items":[' + b",".join(items) + b"]" + rest


@cache
def _of(shape: type[BaseModel]) -> tuple[SchemaValidator, SchemaSerializer]:
    schema: Any = _as_dictionaries(TypeAdapter(shape).core_schema)
    return SchemaValidator(schema), SchemaSerializer(schema)


def _as_dictionaries(schema: Any) -> Any:
    """Have a schema make dictionaries where it makes models that are no more than their fields."""
    if isinstance(schema, list):
        return [_as_dictionaries(each) for each in schema]
    # A function is given what it was written for.
    if not isinstance(schema, dict) or str(schema.get("type")).startswith("function-"):
        return schema
    if schema.get("type") == "model" and _is_plain(schema):
        fields = {name: _as_entry(field) for name, field in schema["schema"]["fields"].items()}
        kept = {name: value for name, value in schema.items() if name in {"config", "ref"}}
        return {"type": "typed-dict", "fields": fields, **kept}
    # What is told of a schema is no part of it.
    return {name: value if name == "metadata" else _as_dictionaries(value) for name, value in schema.items()}


def _is_plain(model: dict[str, Any]) -> bool:
    """Tell whether a model does nothing but hold its fields: it adds none, keeps no unknown ones, and is not told how
    it is made or written.
    """
    inner = model["schema"]
    told = {"computed_fields", "extras_schema", "extra_behavior"}
    does = {"post_init", "root_model", "serialization"}
    # SQLModel's way of making one comes to the same where it is no table.
    is_made_as_usual = not model.get("custom_init") or model["cls"].__init__ is SQLModel.__init__
    is_usual = is_made_as_usual and not any(map(model.get, does))
    return is_usual and inner["type"] == "model-fields" and not any(map(inner.get, told))


def _as_entry(field: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in field.items() if name not in {"frozen", "metadata", "schema"}}
    schema = _as_dictionaries(field["schema"])
    return {**kept, "type": "typed-dict-field", "schema": schema, "required": schema["type"] != "default"}
