"""Everything that one database holds, copied into an empty one of either engine, and compared afterwards.

Rows go over as they are, some at a time: ids, revisions, history, source files and search documents. Indexes behind the
search are made by the target's own triggers.
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

# So many rows at a time; of a table whose rows may each be as large as a file, fewer.
_ROWS, _LARGE_ROWS = 1_000, 10
_LONGEST_TOLD = 300


class Copied(NamedTuple):
    """How many rows of a table have been copied until now, or compared as lines at the end."""

    table: str
    rows: int


def tables() -> list[sa.Table]:
    """List all tables, each after those that it refers to, but the counts that an engine keeps in its own number of
    rows: triggers write them.
    """
    return [table for table in SQLModel.metadata.sorted_tables if table is not table_of(TopicCount)]


def count_rows(connection: sa.Connection) -> dict[str, int]:
    """Count the rows of each table."""
    count = sa.func.count()
    return {table.name: int(connection.execute(sa.select(count).select_from(table)).scalar_one()) for table in tables()}


def check_empty(connection: sa.Connection, name: object) -> None:
    """Make sure that no table has a row; `name` is what the database is called in the message.

    Raises:
        DatabaseNotEmptyError: one has.
    """
    for table in tables():
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
            raise DatabaseNotEmptyError(str(name), table.name)


def copy(source: sa.Connection, target: sa.Connection) -> Iterator[Copied]:
    """Copy every row of every table into an empty database, in memory that does not grow with them.

    Raises:
        UnstorableError: the target cannot hold a value of the source, such as a number beyond 32 bits.
    """
    for table in tables():
        if table is table_of(TopicQuestion):
            # Triggers write it.
            continue
        done = 0
        upwards: list[dict[str, Any]] = []
        own_keys = [column for column in table.c if any(key.column.table is table for key in column.foreign_keys)]
        size = _LARGE_ROWS if "content" in table.c else _ROWS
        select = sa.select(table).order_by(*table.primary_key)
        with source.execute(select, execution_options={"yield_per": size}) as rows:
            for some in rows.partitions():
                values = [dict(row._mapping) for row in some]
                upwards += _taken_out(values, table, own_keys)
                _store(target, table, values)
                done += len(values)
                yield Copied(table.name, done)
        _restore(target, table, own_keys, upwards)


def _taken_out(values: list[dict[str, Any]], table: sa.Table, own_keys: list[sa.Column[Any]]) -> list[dict[str, Any]]:
    """Take out what refers to rows of the same table, which may be still to come, and return it with the keys."""
    found = [
        {f"key_{key.name}": row[key.name] for key in table.primary_key} | {key.name: row[key.name] for key in own_keys}
        for row in values
        if any(row[key.name] is not None for key in own_keys)
    ]
    for row in values:
        row.update({key.name: None for key in own_keys})
    return found


def _store(target: sa.Connection, table: sa.Table, values: list[dict[str, Any]]) -> None:
    insert = sa.insert(table)
    if table is table_of(SearchDocument):
        # RETURNING makes one statement of many rows: a full-text index writes a segment for each statement.
        insert = insert.returning(table.c.number)
    try:
        target.execute(insert, values)
    except (DataError, IntegrityError) as error:
        raise UnstorableError(table.name, str(error.orig).partition("\n")[0]) from error


def _restore(
    target: sa.Connection, table: sa.Table, own_keys: list[sa.Column[Any]], upwards: list[dict[str, Any]]
) -> None:
    if upwards:
        is_row = (key == sa.bindparam(f"key_{key.name}") for key in table.primary_key)
        update = sa.update(table).where(*is_row).values({key.name: sa.bindparam(key.name) for key in own_keys})
        target.execute(update, upwards)


def compare(source: sa.Connection, target: sa.Connection) -> Iterator[Copied]:
    """Compare the number of rows of each table, and all public content line by line.

    Raises:
        CopyDiffersError: something is not the same.
    """
    there, here = count_rows(source), count_rows(target)
    for name, rows in there.items():
        if here[name] != rows:
            raise CopyDiffersError(f"{name} has {rows} rows there and {here[name]} here")
    with closing(canonical.lines(source)) as all_theirs, closing(canonical.lines(target)) as all_ours:
        for number, (theirs, ours) in enumerate(zip_longest(all_theirs, all_ours), start=1):
            if theirs != ours:
                told = f"{str(theirs).strip()[:_LONGEST_TOLD]} is {str(ours).strip()[:_LONGEST_TOLD]} here"
                raise CopyDiffersError(f"line {number} of the canonical dump: {told}")
            if number % _ROWS == 0:
                yield Copied("lines", number)
