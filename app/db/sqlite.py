"""Engines for an SQLite file: one for writing, durable after each commit, and one for reading."""

import math
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from app.db.work import check_current, current_work, own_seconds
from app.errors import DatabaseUnavailableError

# How long a writer waits for another one, in milliseconds.
BUSY_TIMEOUT_MS = 10_000
# Connections for reading: those that stay open, and how many there are at most.
_KEPT_CONNECTIONS, MAX_CONNECTIONS = 8, 64
# The size to which the log is cut once all of it is in the database; it grows while an older state is being read.
_MAX_LOG_BYTES = 64 * 2**20
# Instructions between two checks of the time limit: some tenths of a millisecond.
_INSTRUCTIONS = 10_000
# What waits for the disk or for others uses no processor; it is interrupted after this many times the limit.
_MOST_WAITING = 10


def writer(file: str) -> sa.Engine:
    """Make the engine whose transactions write, one after another."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=file),
        hide_parameters=True,
        connect_args={"isolation_level": None, "check_same_thread": False},
    )

    def connect(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        # Committed transactions survive a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {_MAX_LOG_BYTES}")
        connection.execute("PRAGMA foreign_keys = ON")

    def begin(connection: sa.Connection) -> None:
        # A deferred transaction that reads before it writes can fail half way; an immediate one waits at its start.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    sa.event.listen(engine, "connect", connect)
    sa.event.listen(engine, "begin", begin)
    return engine


def purge(engine: sa.Engine) -> None:
    """Rewrite the file without anything that was deleted.

    Raises:
        DatabaseUnavailableError: an older state is still being read.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        # FTS5 keeps the words of deleted documents until its segments are merged.
        cursor.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
        cursor.execute("VACUUM")
        # The old pages stay in the file until the log is written into it and truncated.
        [is_busy, *_pages] = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise DatabaseUnavailableError("an older state is still being read; run 'quoth purge' again later")
    finally:
        connection.close()


def reader(file: str, statement_seconds: float | None) -> sa.Engine:
    """Make the engine that reads; a statement is interrupted after `statement_seconds` of processor time, if any.

    Beside others it takes longer and does no more: they would otherwise all be interrupted where each alone is not.
    """
    uri = f"file:{quote(file)}?mode=ro"
    engine = sa.create_engine(
        "sqlite://",
        hide_parameters=True,
        creator=lambda: sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False),
        poolclass=sa.QueuePool,
        pool_size=_KEPT_CONNECTIONS,
        max_overflow=MAX_CONNECTIONS - _KEPT_CONNECTIONS,
    )

    def connect(connection: Any, record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA query_only = ON")
        record.info["file"] = _identity(file)
        info = record.info

        def must_end() -> bool:
            work = current_work()
            if work is not None and work.check() is not None:
                return True
            until: float = info.get("until", math.inf)
            used: float = info.get("used", math.inf)
            return own_seconds() > used or time.monotonic() > until

        connection.set_progress_handler(must_end, _INSTRUCTIONS)

    def execute(connection: sa.Connection, *_statement: Any) -> None:
        check_current()
        if statement_seconds is not None:
            connection.info["used"] = own_seconds() + statement_seconds
            connection.info["until"] = time.monotonic() + _MOST_WAITING * statement_seconds

    def checkout(_connection: Any, record: Any, _proxy: Any) -> None:
        # An open connection would continue to read a file that was removed or replaced.
        if record.info["file"] != _identity(file):
            raise sa.exc.DisconnectionError

    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    sa.event.listen(engine, "connect", connect)
    sa.event.listen(engine, "checkout", checkout)
    sa.event.listen(engine, "before_cursor_execute", execute)
    sa.event.listen(engine, "begin", begin)
    return engine


def _identity(file: str) -> tuple[int, int] | None:
    try:
        status = Path(file).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
