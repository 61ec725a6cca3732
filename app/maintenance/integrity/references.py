"""Every foreign key points to a row that exists."""

from collections.abc import Generator

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.maintenance.integrity.check import RESTORE, Check, ItemCounter, Problem, stream


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    for table in SQLModel.metadata.sorted_tables:
        for key in table.foreign_keys:
            parent = key.column.table.alias("parent")
            missing = sa.and_(key.parent.is_not(None), ~sa.exists().where(parent.c[key.column.name] == key.parent))
            names = sa.select(*table.primary_key.columns, key.parent.label("points_to")).where(missing)
            counter.add()
            for row in stream(connection, names):
                yield f"{table.name} {row[0]}", f"{key.parent.name} is {row.points_to!r}, which does not exist"


CHECK = Check("references", "whatever a row points to exists", RESTORE, _find_problems)
