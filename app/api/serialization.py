"""Checks items and pages against their shapes and writes them as JSON. It builds no model objects: a page has some
hundred parts, and queries return them as dictionaries already.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic_core import SchemaSerializer, SchemaValidator
from sqlmodel import SQLModel

from app.api.fields import Included
from app.api.schemas.shape import DERIVED

_NO_ITEMS = b'{"items":[]'


def write(shape: type[BaseModel], content: dict[str, Any], included: Included | None = None) -> bytes:
    """Check content against a shape and write it as JSON, with the same bytes as the shape's own serializer.

    `included` names the fields to write; None writes all. Fields that belong to a part may be missing.

    Raises:
        pydantic_core.ValidationError: it has another shape.
    """
    validator, serializer = _of(shape)
    return serializer.to_json(validator.validate_python(content), include=included, by_alias=True)


def write_list(shape: type[BaseModel], content: dict[str, Any], items: Sequence[bytes]) -> bytes:
    """Write a list like write(), with items that are JSON already.

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
    """Change a schema to build dictionaries in place of models that only hold their fields."""
    if isinstance(schema, list):
        return [_as_dictionaries(each) for each in schema]
    # A function validator expects the model that it was written for.
    if not isinstance(schema, dict) or str(schema.get("type")).startswith("function-"):
        return schema
    if schema.get("type") == "model" and _is_plain(schema):
        # What was not asked for may not have been worked out.
        may_miss = {*getattr(schema["cls"], "parts", ()), *DERIVED}
        fields = {
            name: _as_entry(field, may_miss=name in may_miss) for name, field in schema["schema"]["fields"].items()
        }
        rest = {name: value for name, value in schema.items() if name in {"config", "ref"}}
        return {"type": "typed-dict", "fields": fields, **rest}
    # Metadata is no part of the schema.
    return {name: value if name == "metadata" else _as_dictionaries(value) for name, value in schema.items()}


def _is_plain(model: dict[str, Any]) -> bool:
    """Return whether a model only holds its fields: it computes none, keeps no unknown ones, and customizes neither how
    it is built nor how it is written.
    """
    fields = model["schema"]
    # For a class that is no table, SQLModel's __init__ does the same as pydantic's.
    has_plain_init = not model.get("custom_init") or model["cls"].__init__ is SQLModel.__init__
    is_customized = any(map(model.get, ("post_init", "root_model", "serialization")))
    has_more = fields["type"] != "model-fields" or any(
        map(fields.get, ("computed_fields", "extras_schema", "extra_behavior"))
    )
    return has_plain_init and not is_customized and not has_more


def _as_entry(field: dict[str, Any], *, may_miss: bool) -> dict[str, Any]:
    rest = {name: value for name, value in field.items() if name not in {"frozen", "metadata", "schema"}}
    schema = _as_dictionaries(field["schema"])
    return {
        **rest,
        "type": "typed-dict-field",
        "schema": schema,
        "required": not may_miss and schema["type"] != "default",
    }
