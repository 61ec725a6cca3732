"""Items of a change feed, and their rows: what came as JSON, in the types of the tables."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field
from sqlmodel import SQLModel

from app.errors import MirrorError
from app.loading.storable import is_storable
from app.models import ChangeAction, table_of
from app.queries.change_data import Columns, mirrored_columns

Row = dict[str, Any]
_ANOTHER_VERSION = "it may run another version of Quoth"


@dataclass(frozen=True)
class FeedItem:
    """One item of a change feed. `data` are its rows, by table; None where it is stored with its interview."""

    noun: str
    id: str
    action: ChangeAction
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)]
    modified: datetime.datetime
    reason: str | None
    replaced_by: list[str] | None
    data: Mapping[str, Any] | None

    def rows(self, table: type[SQLModel]) -> list[Row]:
        """Return the rows of a table, each value in the type of its column.

        Raises:
            MirrorError: a row is missing, or does not fit the table.
        """
        return read_rows(self.noun, self.id, self.data, table)


def list_rows(data: Mapping[str, Any] | None, key: str) -> list[Any]:
    """Return the rows under a key of an item's data, as they came.

    Raises:
        MirrorError: there are none, or they are not rows.
    """
    rows = (data or {}).get(key)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise MirrorError(f"the feed has an item without {key!r}; {_ANOTHER_VERSION}")
    return rows


def read_rows(
    noun: str,
    item_id: str,
    data: Mapping[str, Any] | None,
    table: type[SQLModel],
    columns_of: Columns = mirrored_columns,
) -> list[Row]:
    """Read the rows of a table in the data of an item, each value in the type of its column.

    Raises:
        MirrorError: a row is missing, or does not fit the table.
    """
    columns = {column.name: column for column in columns_of(table)}
    rows = list_rows(data, table_of(table).name)
    if noun == table_of(table).name and len(rows) != 1:
        raise MirrorError(f"the data of the {noun} {item_id!r} have {len(rows)} rows of it instead of one")
    for row in rows:
        if row.keys() != columns.keys():
            names = ", ".join(sorted(row.keys() ^ columns.keys()))
            raise MirrorError(f"the feed and this version differ in what a {noun} has ({names}); {_ANOTHER_VERSION}")
    return [{name: _value(table, columns[name], value) for name, value in row.items()} for row in rows]


def _value(table: type[SQLModel], column: sa.Column[Any], value: Any) -> Any:
    """Convert a value of JSON to the type of a column.

    Raises:
        MirrorError: it has another type.
    """
    kind = column.type
    if value is None and column.nullable:
        return None
    if isinstance(kind, sa.JSON):
        if is_storable(table, column, value):
            return value
    elif isinstance(kind, sa.Enum):
        words: type[StrEnum] | None = kind.enum_class  # type: ignore[assignment]  # every enumeration here is of words
        if words is not None and value in list(words):
            return words(value)
    else:
        wanted = (kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind).python_type
        try:
            if issubclass(wanted, datetime.datetime):
                return datetime.datetime.fromisoformat(value).astimezone(datetime.UTC)
            if issubclass(wanted, datetime.date):
                return datetime.date.fromisoformat(value)
        except (TypeError, ValueError):
            pass
        else:
            if (type(value) is wanted or (wanted is float and type(value) is int)) and is_storable(
                table, column, value
            ):
                return value
    raise MirrorError(
        f"the feed has {str(value)[:80]!r} as {column.table.name}.{column.name}, which is not of its type or kind"
    )
