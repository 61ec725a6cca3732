"""Whether the corpus may have changed since a moment ago, told in microseconds, so that answers can be kept. Every
serving process watches for itself: nothing has to be told to all of them.

SQLite tells by a counter that moves at every commit of another connection, and is asked each time. PostgreSQL tells by
a notification that each writer sends with its commit; that it arrives takes milliseconds, and whether one was missed is
asked twice a second. What has not been confirmed for FLOOR_SECONDS is not known.
"""

import itertools
import logging
import os
import select
import sqlite3
import threading
from collections.abc import Hashable
from time import monotonic
from typing import Any, Protocol
from urllib.parse import quote

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.db import CHANGED, Database
from app.db.corpus_revision import find_revision

# A state of a PostgreSQL database is relied upon for so long after it was confirmed.
FLOOR_SECONDS = 1.0
_ASK_SECONDS = 0.5
_CONNECT_SECONDS = 5
_log = logging.getLogger("quoth.changes")


class ChangeDetector(Protocol):
    """Tells states of a database apart."""

    def version_token(self) -> Hashable | None:
        """Return what is the same as long as nothing has been written; None where that is not known now.

        Takes microseconds and never waits.
        """

    def matches(self, token: Hashable, revision: int | None) -> bool:
        """Tell whether what was read from the corpus at this revision belongs to a state."""

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
    """Asks the file: which one it is, and how often it was committed to."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None
        self._which: tuple[int, int] | None = None
        # What one connection counts says nothing about what the next one counts.
        self._opened = 0

    def version_token(self) -> Hashable | None:
        """Return a state that a commit, and a replaced, restored or overwritten file, changes."""
        try:
            found = os.stat(self._file)  # noqa: PTH116 - a Path made at every request costs as much as the call
            if self._which != (found.st_dev, found.st_ino) or self._connection is None:
                self._open(found)
            assert self._connection is not None  # noqa: S101 - for the type checker
            (commits,) = self._connection.execute("PRAGMA data_version").fetchone()
        except (OSError, sqlite3.Error):
            self.close()
            return None
        return self._opened, commits, found.st_size, found.st_ctime_ns

    def matches(self, token: Hashable, revision: int | None) -> bool:  # noqa: ARG002 - the protocol's
        """Tell that it does: a state that is the same before and after a reading was there in between."""
        return True

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _open(self, found: os.stat_result) -> None:
        self.close()
        # Who asks at every request must not wait for a lock: then nothing is known, and the database is asked itself.
        self._connection = sqlite3.connect(
            f"file:{quote(self._file)}?mode=ro", uri=True, isolation_level=None, check_same_thread=False, timeout=0
        )
        self._which = found.st_dev, found.st_ino
        self._opened += 1


class PostgresqlChangeDetector:
    """Listens in a thread of its own, which starts when the state is first asked for."""

    def __init__(self, url: sa.URL) -> None:
        self._engine = sa.create_engine(
            url,
            poolclass=sa.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={
                "connect_timeout": _CONNECT_SECONDS,
                # A server that went away without a word is tried again, and not waited for.
                "tcp_user_timeout": _CONNECT_SECONDS * 1000,
                "application_name": "quoth watch",
            },
        )
        self._number = itertools.count()
        # What is known, and until when, in seconds of the monotonic clock. Replaced as a whole, so that no lock is
        # needed.
        self._known: tuple[tuple[int, int | None], float] | None = None
        self._thread: threading.Thread | None = None
        self._start = threading.Lock()
        self._woken, self._wake = os.pipe()
        self._closed = False

    def version_token(self) -> Hashable | None:
        """Return a state that a notification and a new revision change."""
        if self._thread is None:
            self._listen_apart()
        known = self._known
        return known[0] if known is not None and monotonic() < known[1] else None

    def matches(self, token: Hashable, revision: int | None) -> bool:
        """Tell whether the state is that of the revision; a replica may lag behind, and a notification too."""
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

    def _listen_apart(self) -> None:
        with self._start:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="quoth watch", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._closed:
            try:
                self._listen()
            except (SQLAlchemyError, psycopg.Error, OSError) as error:
                # The answers themselves tell that the database is away.
                _log.info("cannot listen for changes: %s", error)
            self._known = None
            self._wait(None)

    def _listen(self) -> None:
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            try:
                connection.exec_driver_sql(f"LISTEN {CHANGED}")
            except DBAPIError:
                # A standby cannot listen; asking alone keeps to the floor.
                _log.info("this server cannot listen; it is asked for its revision instead")
            number = next(self._number)
            while not self._closed:
                asked = monotonic()
                corpus = find_revision(connection)
                self._known = (number, corpus.number if corpus else 0), asked + FLOOR_SECONDS
                self._wait(driver.fileno())
                if any(True for _ in driver.notifies(timeout=0)):
                    # Whatever was kept is over; which revision it is now is asked next.
                    number = next(self._number)
                    self._known = (number, None), asked + FLOOR_SECONDS

    def _wait(self, readable: int | None) -> None:
        """Wait until something arrives, the watch is closed, or it is time to ask again."""
        watched = [self._woken] if readable is None else [self._woken, readable]
        select.select(watched, [], [], _ASK_SECONDS)
