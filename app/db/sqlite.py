"""Engines for an SQLite file: one for writing, durable after each commit, and one for reading."""

import math
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from app.errors import DatabaseUnavailableError

# How long a writer waits for another one, in milliseconds.
BUSY_TIMEOUT_MS = 10_000
# The size to which the log is cut once all of it is in the database; it grows while an older state is being read.
_MAX_LOG_BYTES = 64 * 2**20
# Instructions between two checks of the time limit: some tenths of a millisecond.
_INSTRUCTIONS = 10_000


def writer(file: str) -> sa.Engine:
    """Make the engine whose transactions write, one after another."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=file), connect_args={"isolation_level": None, "check_same_thread": False}
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
    """Make the engine that reads; a statement is interrupted after `statement_seconds`, if any."""
    uri = f"file:{quote(file)}?mode=ro"
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False),
        poolclass=sa.QueuePool,
        pool_size=8,
        max_overflow=56,
    )

    def connect(connection: Any, record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA query_only = ON")
        record.info["file"] = _identity(file)
        if statement_seconds is not None:
            connection.set_progress_handler(
                lambda: time.monotonic() > record.info.get("until", math.inf), _INSTRUCTIONS
            )

    def execute(connection: sa.Connection, *_statement: Any) -> None:
        connection.info["until"] = time.monotonic() + (statement_seconds or math.inf)

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
