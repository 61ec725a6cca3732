"""Copies all content of a database into an empty one of either engine, and compares both afterwards.

Rows are copied as they are: ids, revisions, history, source files and search documents. The target's triggers write the
derived tables and the full-text index.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import zip_longest
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import SQLModel

from app.errors import CopyDiffersError, DatabaseNotEmptyError, UnstorableError
from app.models import SearchDocument, TopicCount, TopicQuestion, table_of
from app.queries import canonical

# Rows copied at a time; fewer of tables with a source file or a whole interview in each row.
_ROWS, _LARGE_ROWS = 1_000, 10
# Characters shown of two lines that differ.
_MAX_SHOWN = 300


class Copied(NamedTuple):
    """Progress: the rows of a table that are copied, or the lines that are compared."""

    table: str
    rows: int


def tables() -> list[sa.Table]:
    """List all tables but topic_count, each after those that it refers to.

    Triggers write topic_count, with another number of rows on each engine.
    """
    return [table for table in SQLModel.metadata.sorted_tables if table is not table_of(TopicCount)]


def count_rows(connection: sa.Connection) -> dict[str, int]:
    """Count the rows of each table."""
    count = sa.func.count()
    return {table.name: int(connection.execute(sa.select(count).select_from(table)).scalar_one()) for table in tables()}


def check_empty(connection: sa.Connection, name: object) -> None:
    """Make sure that no table has a row; `name` names the database in the error.

    Raises:
        DatabaseNotEmptyError: a table has rows.
    """
    for table in tables():
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
            raise DatabaseNotEmptyError(str(name), table.name)


def copy(source: sa.Connection, target: sa.Connection) -> Iterator[Copied]:
    """Copy every row of every table into an empty database, in bounded memory.

    Raises:
        UnstorableError: the target cannot hold a value of the source, such as a number beyond 32 bits.
    """
    for table in tables():
        if table is table_of(TopicQuestion):
            # Triggers write it.
            continue
        done = 0
        self_references: list[dict[str, Any]] = []
        own_keys = [column for column in table.c if any(key.column.table is table for key in column.foreign_keys)]
        size = _LARGE_ROWS if "content" in table.c else _ROWS
        select = sa.select(table).order_by(*table.primary_key)
        with source.execute(select, execution_options={"yield_per": size}) as rows:
            for some in rows.partitions():
                values = [dict(row._mapping) for row in some]
                self_references += _cut_self_references(values, table, own_keys)
                _store(target, table, values)
                done += len(values)
                yield Copied(table.name, done)
        _restore_self_references(target, table, own_keys, self_references)


def _cut_self_references(
    values: list[dict[str, Any]], table: sa.Table, own_keys: list[sa.Column[Any]]
) -> list[dict[str, Any]]:
    """Set references to rows of the same table, which may not be copied yet, to null; return them with their keys."""
    references = [
        {f"key_{key.name}": row[key.name] for key in table.primary_key} | {key.name: row[key.name] for key in own_keys}
        for row in values
        if any(row[key.name] is not None for key in own_keys)
    ]
    for row in values:
        row.update({key.name: None for key in own_keys})
    return references


def _store(target: sa.Connection, table: sa.Table, values: list[dict[str, Any]]) -> None:
    insert = sa.insert(table)
    if table is table_of(SearchDocument):
        # RETURNING makes one statement of many rows: a full-text index writes a segment for each statement.
        insert = insert.returning(table.c.number)
    try:
        target.execute(insert, values)
    except (DataError, IntegrityError) as error:
        raise UnstorableError(table.name, str(error.orig).partition("\n")[0]) from error


def _restore_self_references(
    target: sa.Connection, table: sa.Table, own_keys: list[sa.Column[Any]], self_references: list[dict[str, Any]]
) -> None:
    if self_references:
        is_row = (key == sa.bindparam(f"key_{key.name}") for key in table.primary_key)
        update = sa.update(table).where(*is_row).values({key.name: sa.bindparam(key.name) for key in own_keys})
        target.execute(update, self_references)


def compare(source: sa.Connection, target: sa.Connection) -> Iterator[Copied]:
    """Compare the number of rows of each table, and all public content line by line.

    Raises:
        CopyDiffersError: something differs.
    """
    there, here = count_rows(source), count_rows(target)
    for name, rows in there.items():
        if here[name] != rows:
            raise CopyDiffersError(f"{name} has {rows} rows there and {here[name]} here")
    with closing(canonical.lines(source)) as all_theirs, closing(canonical.lines(target)) as all_ours:
        for number, (theirs, ours) in enumerate(zip_longest(all_theirs, all_ours), start=1):
            if theirs != ours:
                shown = f"{str(theirs).strip()[:_MAX_SHOWN]} is {str(ours).strip()[:_MAX_SHOWN]} here"
                raise CopyDiffersError(f"line {number} of the canonical dump: {shown}")
            if number % _ROWS == 0:
                yield Copied("lines", number)
