"""The engine's own check of its storage."""

from collections.abc import Generator

import sqlalchemy as sa

from app.maintenance.integrity.check import RESTORE, Check, ItemCounter, Problem


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    counter.add()
    if connection.dialect.name == "sqlite":
        for row in connection.exec_driver_sql("PRAGMA integrity_check"):
            if row[0] != "ok":
                yield "file", str(row[0])
        return
    failures = "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
    if failed := connection.exec_driver_sql(failures).scalar():
        yield "database", f"{failed} pages have another checksum than the one stored with them"
    for row in connection.exec_driver_sql("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"):
        yield str(row[0]), "the index is not valid"


CHECK = Check(
    "engine",
    "the engine finds nothing wrong with its own storage",
    RESTORE,
    _find_problems,
    holds_in_every_schema=True,
)
