"""Engines for a PostgreSQL database, one for writing and one for reading, and their timeouts."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.db.sqlite import BUSY_TIMEOUT_MS
from app.db.work import check_current, current_work

# After this time without a statement, in milliseconds, the server ends a transaction: its process hangs. A writer would
# block all others; a reader would prevent vacuuming.
_IDLE_TRANSACTION_MS = 300_000
# A server that disappears without closing its connections is noticed within 30 seconds. Parameters of the address win.
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
    # Writes are rare: a connection is open no longer than its transaction.
    return sa.create_engine(
        url,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        poolclass=sa.NullPool,
        connect_args=_arguments(url, lock_timeout=BUSY_TIMEOUT_MS),
    )


def reader(url: sa.URL, statement_seconds: float | None, connections: int, wait_seconds: float) -> sa.Engine:
    """Make the engine that reads; the arguments are those of `Database`."""
    limits = {}
    if statement_seconds is not None:
        milliseconds = max(2, round(statement_seconds * 1000))
        # A statement that waits for a lock, as during a migration, fails as such before it seems to take too long.
        limits = {"statement_timeout": milliseconds, "lock_timeout": milliseconds // 2}
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        # All statements of a transaction see the state that the first one saw.
        isolation_level="REPEATABLE READ",
        pool_size=connections,
        max_overflow=0,
        pool_timeout=wait_seconds,
        # After a restart of the server, every connection in the pool is dead.
        pool_pre_ping=True,
        pool_use_lifo=True,
        connect_args=_arguments(url, **limits),
    )

    def connect(connection: Any, _record: Any) -> None:
        # Not as a default of the session, which libpq reads to tell a primary from a standby.
        connection.read_only = True

    def execute(connection: sa.Connection, *_statement: Any) -> None:
        check_current()
        work = current_work()
        driver = connection.connection.driver_connection
        if work is not None and driver is not None:
            work.interruptible(driver.cancel_safe)

    def executed(*_statement: Any) -> None:
        work = current_work()
        if work is not None:
            work.interruptible(None)

    sa.event.listen(engine, "connect", connect)
    sa.event.listen(engine, "before_cursor_execute", execute)
    sa.event.listen(engine, "after_cursor_execute", executed)
    sa.event.listen(engine, "handle_error", executed)
    return engine


def without_secrets(url: sa.URL, instead: str | None = None) -> sa.URL:
    """Return an address whose parameters have no secret, or `instead` of each; SQLAlchemy hides the password itself.

    What nobody else may read, neither in a message nor among the arguments of a program, are the parameters that libpq
    would not show, and those that it does not know: one of them may be a misspelled password.
    """
    # The driver is not imported for a database that does not need it.
    from psycopg.pq import Conninfo

    shown = {each.keyword.decode() for each in Conninfo.get_defaults() if each.dispchar != b"*"}
    query = {name: value if name in shown else instead for name, value in url.query.items()}
    return url.set(query={name: value for name, value in query.items() if value is not None})


def continue_numbering(connection: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """Set every sequence behind a column to the highest number there."""
    for table in tables:
        column = table.autoincrement_column
        if column is None:
            continue
        highest = sa.func.max(column)
        sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
        # An empty table begins at 1; without a sequence, setval(NULL, ...) does nothing.
        connection.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None))))


def _arguments(url: sa.URL, **limits: int) -> dict[str, str]:
    """Return connection parameters that the address does not have, and the settings of the session after its own."""
    session = {"timezone": "UTC", "idle_in_transaction_session_timeout": _IDLE_TRANSACTION_MS, **limits}
    options = [url.query.get("options", ""), *(f"-c {name}={value}" for name, value in session.items())]
    defaults = {name: value for name, value in _CONNECTION.items() if name not in url.query}
    return {**defaults, "options": " ".join(filter(None, map(str, options)))}


def purge(engine: sa.Engine) -> None:
    """Rewrite every table without anything that was deleted."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in sa.inspect(connection).get_table_names():
            quoted = connection.dialect.identifier_preparer.quote(name)
            connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {quoted}")
