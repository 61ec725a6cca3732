"""Inserts many rows at once, column by column.

SQLAlchemy processes every value of every row by name, which takes as long as SQLite takes to store them. This converts
only the columns whose type needs it, and hands the rows to the driver.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.models import table_of

# Compiled statements cached, at most: one for each table and set of columns.
_STATEMENTS_CACHED = 64


def insert_rows(connection: sa.Connection, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same keys."""
    if not rows:
        return
    statement, names, converts = _compiled(table_of(model), tuple(rows[0]), connection.dialect)
    columns = (
        [row[name] for row in rows] if convert is None else [convert(row[name]) for row in rows]
        for name, convert in zip(names, converts, strict=True)
    )
    values: Any = list(zip(*columns, strict=True))
    if not connection.dialect.positional:
        values = [dict(zip(names, row, strict=True)) for row in values]
    connection.exec_driver_sql(statement, values)


@lru_cache(maxsize=_STATEMENTS_CACHED)
def _compiled(
    table: sa.Table, keys: tuple[str, ...], dialect: sa.Dialect
) -> tuple[str, tuple[str, ...], tuple[Callable[[Any], Any] | None, ...]]:
    """Return the statement in the driver's form, its columns in order, and the converter of each column."""
    compiled = table.insert().compile(dialect=dialect, column_keys=keys)
    names = tuple(getattr(compiled, "positiontup", None) or keys)
    types = (table.c[name].type.dialect_impl(dialect) for name in names)
    return str(compiled), names, tuple(one.bind_processor(dialect) for one in types)
