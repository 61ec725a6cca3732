"""Detects in microseconds whether the corpus may have changed, so that answers can be cached. Every serving process
detects changes by itself: no writer has to know of any of them.

SQLite has a counter that moves with every commit of another connection, and is asked each time. On PostgreSQL each
writer sends a notification with its commit, which takes milliseconds to arrive; in case one is lost, the revision is
read twice a second. A token that was not confirmed for FLOOR_SECONDS is not known.
"""

import itertools
import logging
import os
import selectors
import sqlite3
import threading
from collections.abc import Hashable
from time import monotonic
from typing import Any, Protocol
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.db import CHANGED, Database
from app.db.corpus_revision import find_revision

# A token of a PostgreSQL database holds for this long after it was confirmed.
FLOOR_SECONDS = 1.0
# How often PostgreSQL is asked for its revision.
_POLL_SECONDS = 0.5
_CONNECT_SECONDS = 5
_log = logging.getLogger("quoth.changes")


class ChangeDetector(Protocol):
    """Tells versions of a corpus apart."""

    def version_token(self) -> Hashable | None:
        """Return a token that is the same as long as nothing has been written; None where it is not known now.

        Takes microseconds and never waits.
        """

    def matches(self, token: Hashable, revision: int | None) -> bool:
        """Tell whether an answer that was read at this revision belongs to the version of the token."""

    def close(self) -> None:
        """Close its connection."""


def change_detector(database: Database) -> ChangeDetector:
    """Make the detector for a database's engine; connects to nothing yet."""
    return (
        SqliteChangeDetector(str(database.url.database))
        if database.is_sqlite
        else PostgresqlChangeDetector(database.url)
    )


class SqliteChangeDetector:
    """Asks SQLite which file it is, and how often it was committed to."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None
        # One cursor for all look-ups: a new one for each would take almost as long again.
        self._cursor: sqlite3.Cursor | None = None
        self._which: tuple[int, int] | None = None
        # Connections count commits each from a number of their own.
        self._opened = 0

    def version_token(self) -> Hashable | None:
        """Return a token that changes with a commit, and when the file is replaced, restored or overwritten."""
        try:
            found = os.stat(self._file)  # noqa: PTH116 - a Path made at every request costs as much as the call
            if self._which != (found.st_dev, found.st_ino) or self._cursor is None:
                self._open(found)
            assert self._cursor is not None  # noqa: S101 - for the type checker
            self._cursor.execute("PRAGMA data_version")
            (commits,) = self._cursor.fetchone()
        except (OSError, sqlite3.Error):
            self.close()
            return None
        return self._opened, commits, found.st_size, found.st_ctime_ns

    def matches(self, token: Hashable, revision: int | None) -> bool:  # noqa: ARG002 - the protocol's
        """Return True: a token that is the same before and after a reading held in between."""
        return True

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._cursor = None

    def _open(self, found: os.stat_result) -> None:
        self.close()
        # Requests must not wait for a lock here: the token is not known then, and the database itself is read.
        self._connection = sqlite3.connect(
            f"file:{quote(self._file)}?mode=ro", uri=True, isolation_level=None, check_same_thread=False, timeout=0
        )
        self._cursor = self._connection.cursor()
        self._which = found.st_dev, found.st_ino
        self._opened += 1


class PostgresqlChangeDetector:
    """Listens for notifications in a thread, which starts when the token is first asked for."""

    def __init__(self, url: sa.URL) -> None:
        self._engine = sa.create_engine(
            url,
            poolclass=sa.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={
                "connect_timeout": _CONNECT_SECONDS,
                # A server that has silently gone away is not waited for, but connected to again.
                "tcp_user_timeout": _CONNECT_SECONDS * 1000,
                "application_name": "quoth watch",
            },
        )
        self._number = itertools.count()
        # The token, and until when it holds, by monotonic(). Replaced as a whole, so that no lock is needed.
        self._confirmed: tuple[tuple[int, int | None], float] | None = None
        self._thread: threading.Thread | None = None
        self._start = threading.Lock()
        self._woken, self._wake = os.pipe()
        self._closed = False

    def version_token(self) -> Hashable | None:
        """Return a token that changes with a notification and with a new revision."""
        if self._thread is None:
            self._start_thread()
        confirmed = self._confirmed
        return confirmed[0] if confirmed is not None and monotonic() < confirmed[1] else None

    def matches(self, token: Hashable, revision: int | None) -> bool:
        """Tell whether the token is that of the revision: a replica may lag behind, and so may a notification."""
        assert isinstance(token, tuple)  # noqa: S101 - it is one of version_token()
        return bool(token[1] == (revision or 0))

    def close(self) -> None:
        """End the thread and its connection."""
        with self._start:
            if self._closed:
                return
            self._closed = True
        if self._thread is not None:
            os.write(self._wake, b"!")
            self._thread.join(_CONNECT_SECONDS)
        if self._thread is None or not self._thread.is_alive():
            os.close(self._woken)
            os.close(self._wake)
        self._engine.dispose()

    def _start_thread(self) -> None:
        with self._start:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="quoth watch", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        driver_error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        while not self._closed:
            try:
                self._listen()
            except (SQLAlchemyError, driver_error, OSError) as error:
                # That the database is away is reported by the requests that need it.
                _log.info("cannot listen for changes: %s", error)
            self._confirmed = None
            self._wait(None)

    def _listen(self) -> None:
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            try:
                connection.exec_driver_sql(f"LISTEN {CHANGED}")
            except DBAPIError:
                # A standby cannot listen; polling alone keeps to FLOOR_SECONDS.
                _log.info("this server cannot listen; its revision is polled instead")
            number = next(self._number)
            while not self._closed:
                asked = monotonic()
                corpus = find_revision(connection)
                self._confirmed = (number, corpus.number if corpus else 0), asked + FLOOR_SECONDS
                self._wait(driver.fileno())
                if any(True for _ in driver.notifies(timeout=0)):
                    # Nothing cached holds any more; which revision it is now is read next.
                    number = next(self._number)
                    self._confirmed = (number, None), asked + FLOOR_SECONDS

    def _wait(self, readable: int | None) -> None:
        """Wait until something arrives, the detector is closed, or it is time to poll again."""
        # Not select.select: a server with many connections has descriptors above its limit.
        with selectors.DefaultSelector() as selector:
            for watched in (self._woken,) if readable is None else (self._woken, readable):
                selector.register(watched, selectors.EVENT_READ)
            selector.select(_POLL_SECONDS)
