"""Engines for an SQLite file: one that writes and keeps what it acknowledged, one that cannot write."""

import math
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from app.errors import DatabaseUnavailableError

# So long a writer waits for another one.
BUSY_TIMEOUT_MS = 10_000
# What is kept of the log once all of it is in the database. It grows while a reader is at an older state.
_MAX_LOG_BYTES = 64 * 2**20
# SQLite asks about the time after so many of its instructions, some tenths of a millisecond.
_INSTRUCTIONS = 10_000


def writer(file: str) -> sa.Engine:
    """Make the engine whose transactions write, one after another."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=file), connect_args={"isolation_level": None, "check_same_thread": False}
    )

    def connect(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        # What has been acknowledged survives a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {_MAX_LOG_BYTES}")
        connection.execute("PRAGMA foreign_keys = ON")

    def begin(connection: sa.Connection) -> None:
        # A deferred transaction that reads before it writes can fail half way; this one waits for its turn instead.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    sa.event.listen(engine, "connect", connect)
    sa.event.listen(engine, "begin", begin)
    return engine


def purge(engine: sa.Engine) -> None:
    """Write the file anew, without anything that was deleted.

    Raises:
        DatabaseUnavailableError: somebody still reads an older state.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        # A full-text index keeps the words of deleted documents until its parts are merged.
        cursor.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
        cursor.execute("VACUUM")
        # What is in the file stays there until the log is written into it and cut off.
        [is_busy, *_pages] = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise DatabaseUnavailableError("somebody still reads an older state; run 'quoth purge' again later")
    finally:
        connection.close()


def reader(file: str, statement_seconds: float | None) -> sa.Engine:
    """Make the engine that reads, and cuts a statement off after so many seconds, if any."""
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
        # An open connection would go on to read a file that has been removed or replaced.
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
