"""What a column may hold: what comes from another server is checked as what comes from a file."""

import datetime
import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError
from sqlmodel import SQLModel

from app.errors import MetadataError
from app.models import Interview, table_of
from app.structure.prepare import MAX_NAME
from app.text.folding import is_slug
from app.transcripts.sidecar import sidecar_of

# Integers are stored in 32 bits.
_MOST = 2**31
# Lists and objects within one another, at most; what Quoth writes has five.
_DEEPEST = 16
# Columns whose length is bounded where a file states them.
_NAMES = frozenset({"title", "publisher", "series"})
# Columns of an interview that a metadata file states in the same form.
_STATED = frozenset({"language", "published", "source_url"})


def is_storable(model: type[SQLModel], column: sa.Column[Any], value: Any) -> bool:
    """Whether a value of the right type may stand in a column: both engines can store it, and every reader read it."""
    if value is None:
        return bool(column.nullable)
    if isinstance(column.type, sa.JSON):
        return _is_plain(value, _DEEPEST) and _has_shape(model, column.name, value)
    if isinstance(value, str):
        return _is_text(value) and _is_name(model, column.name, value)
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or abs(value) < _MOST


def _is_text(value: str) -> bool:
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def _is_name(model: type[SQLModel], column: str, value: str) -> bool:
    if column == "slug":
        return is_slug(value)
    if model is Interview and column in _STATED:
        try:
            stated = sidecar_of("", {column: value})
        except MetadataError:
            return False
        return column != "published" or getattr(stated, column) == value
    return column not in _NAMES or len(value) <= MAX_NAME


def _is_plain(value: Any, depth: int) -> bool:
    """Whether a value is JSON that both engines can store, and not too deep."""
    if isinstance(value, str):
        return _is_text(value)
    if isinstance(value, float):
        return math.isfinite(value)
    within: Iterable[Any] = ()
    if isinstance(value, dict):
        within = (*value, *value.values())
    elif isinstance(value, list):
        within = value
    elif isinstance(value, int):
        return abs(value) < 2**53
    return depth > 0 and all(_is_plain(one, depth - 1) for one in within)


def _has_shape(model: type[SQLModel], column: str, value: Any) -> bool:
    try:
        _shape(model, column).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=256)
def _shape(model: type[SQLModel], column: str) -> TypeAdapter[Any]:
    annotation: Any = model.model_fields[column].annotation
    return TypeAdapter(annotation)


def has_type(column: sa.Column[Any], value: Any) -> bool:
    """Whether a stored value has the type of its column: SQLite stores any."""
    if value is None or isinstance(column.type, sa.JSON | sa.Enum):
        return True
    kind = column.type.impl_instance if isinstance(column.type, sa.types.TypeDecorator) else column.type
    wanted = kind.python_type
    if issubclass(wanted, datetime.date):
        return isinstance(value, datetime.date)
    return type(value) is wanted or (wanted is float and type(value) is int)


def columns_of(model: type[SQLModel]) -> list[sa.Column[Any]]:
    """List the columns of a table whose values are checked: all but the bytes of files."""
    return [column for column in table_of(model).columns if not isinstance(column.type, sa.LargeBinary)]
