"""Engines for a PostgreSQL database: one that writes, one that cannot write. How long anybody waits for the server, and
the server for anybody.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.db.sqlite import BUSY_TIMEOUT_MS

# A transaction in which nothing is asked for so long was forgotten, or its process is stopped: a writer would keep all
# others waiting, a reader the server from clearing up.
_IDLE_TRANSACTION_MS = 300_000
# A server that vanished without a word is noticed within half a minute. An address may say otherwise.
_CONNECTION = {
    "connect_timeout": "5",
    "keepalives": "1",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}


def writer(url: sa.URL) -> sa.Engine:
    """Make the engine whose transactions write, one after another."""
    # A command writes now and then: a connection is open for no longer than its transaction.
    return sa.create_engine(
        url,
        isolation_level="READ COMMITTED",
        poolclass=sa.NullPool,
        connect_args=_arguments(url, lock_timeout=BUSY_TIMEOUT_MS),
    )


def reader(url: sa.URL, statement_seconds: float | None, connections: int, wait_seconds: float) -> sa.Engine:
    """Make the engine that reads, and cuts a statement off after so many seconds, if any.

    It has so many connections at most, for one of which a reader waits so many seconds.
    """
    limits = {}
    if statement_seconds is not None:
        milliseconds = max(2, round(statement_seconds * 1000))
        # Who waits for a lock, as while a migration runs, is told so before the statement seems to take too long.
        limits = {"statement_timeout": milliseconds, "lock_timeout": milliseconds // 2}
    engine = sa.create_engine(
        url,
        # A page is several statements: all of them see the state that the first one saw.
        isolation_level="REPEATABLE READ",
        pool_size=connections,
        max_overflow=0,
        pool_timeout=wait_seconds,
        # After a restart of the server every connection that waits here is a dead one.
        pool_pre_ping=True,
        pool_use_lifo=True,
        connect_args=_arguments(url, **limits),
    )

    def connect(connection: Any, _record: Any) -> None:
        # Not a default of the session: a primary is told from a standby by that default.
        connection.read_only = True

    sa.event.listen(engine, "connect", connect)
    return engine


def continue_numbering(connection: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """Set every sequence behind a column to the highest number there."""
    for table in tables:
        column = table.autoincrement_column
        if column is None:
            continue
        highest = sa.func.max(column)
        sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
        # A table without rows begins at 1; where there is no sequence, nothing is set.
        connection.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None))))


def _arguments(url: sa.URL, **limits: int) -> dict[str, str]:
    """Give what an address does not say for itself, and settings of the session behind those that it gives."""
    session = {"timezone": "UTC", "idle_in_transaction_session_timeout": _IDLE_TRANSACTION_MS, **limits}
    options = [url.query.get("options", ""), *(f"-c {name}={value}" for name, value in session.items())]
    said = {name: value for name, value in _CONNECTION.items() if name not in url.query}
    return {**said, "options": " ".join(filter(None, map(str, options)))}


def purge(engine: sa.Engine) -> None:
    """Write every table anew, without anything that was deleted."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in sa.inspect(connection).get_table_names():
            quoted = connection.dialect.identifier_preparer.quote(name)
            connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {quoted}")
