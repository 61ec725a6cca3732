"""Chooses the server that a request is read from: a standby that has the primary's newest revision, else the primary.
While the primary is away, the newest standby is read; never one behind the revision that the client has seen.

A standby's corpus revision is read in the same transaction that answers the request.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from itertools import count
from operator import add
from threading import Lock
from time import monotonic

import sqlalchemy as sa

from app.db import Database, Readers
from app.db.corpus_revision import CorpusRevision, find_revision
from app.errors import (
    DatabaseBusyError,
    DatabaseUnavailableError,
    FutureRevisionError,
    QuothError,
    RevisionAwaitedError,
    SchemaVersionError,
    StatementTimeError,
)
from app.settings import Settings

_log = logging.getLogger("quoth.replicas")
# Seconds after which a server that did not answer is tried again, by one request.
RETRY_SECONDS = 5.0
# Seconds between two look-ups of the primary's newest revision; a standby that lags by less may still be read.
REFRESH_SECONDS = 1.0
_UNAVAILABLE = (DatabaseUnavailableError, StatementTimeError)


@dataclass(frozen=True, slots=True)
class ReadTransaction:
    """A read transaction on one server, and the newest revision that it sees; None in an empty database."""

    connection: sa.Connection
    revision: CorpusRevision | None
    is_standby: bool

    @property
    def number(self) -> int:
        """The revision's number; 0 in an empty database."""
        return _number(self.revision)


class Condition(StrEnum):
    """The state of a server. A server whose schema this version does not read is behind."""

    READY = "ready"
    BEHIND = "behind"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class ServerState:
    """The state of a server, and its newest revision if that can be read."""

    name: str
    condition: Condition
    revision: int | None


class _Server:
    """One server, and when it may be tried."""

    def __init__(self, name: str, database: Database, clock: Callable[[], float]) -> None:
        self.name = name
        self.database = database
        self._clock = clock
        self._lock = Lock()
        self._retry_at: float | None = None

    def may_be_tried(self) -> bool:
        """Tell whether to use the server now. After a failure, only one request in RETRY_SECONDS tries it."""
        with self._lock:
            if self._retry_at is None:
                return True
            if self._clock() < self._retry_at:
                return False
            self._retry_at = self._clock() + RETRY_SECONDS
            return True

    def back_off(self, reason: object) -> None:
        """Do not use the server for RETRY_SECONDS."""
        with self._lock:
            if self._retry_at is None:
                _log.warning("%s is not used for now: %s", self.name, reason)
            self._retry_at = self._clock() + RETRY_SECONDS

    def open(self, stack: ExitStack) -> ReadTransaction:
        """Open a transaction that ends with the stack.

        Raises:
            DatabaseUnavailableError: it does not answer, or all connections to it are in use.
            StatementTimeError: it takes too long to look up its newest revision.
        """
        try:
            opened = stack.enter_context(self._reading())
        except DatabaseBusyError:
            raise
        except _UNAVAILABLE as error:
            self.back_off(error)
            raise
        with self._lock:
            if self._retry_at is not None:
                _log.warning("%s is used again", self.name)
            self._retry_at = None
        return opened

    @contextmanager
    def _reading(self) -> Iterator[ReadTransaction]:
        with self.database.read() as connection:
            yield ReadTransaction(connection, find_revision(connection), self.database.is_standby(connection))


class Servers:
    """The primary and its standbys, as one process reads them. `clock` returns seconds from any starting point."""

    def __init__(
        self, primary: Database, replicas: Sequence[Database] = (), clock: Callable[[], float] = monotonic
    ) -> None:
        self._primary = _Server("primary", primary, clock)
        self._replicas = [_Server(f"replica {place}", one, clock) for place, one in enumerate(replicas, start=1)]
        self._clock = clock
        self._round_robin = count()
        self._lock = Lock()
        # The newest revision that the primary has or that this process has answered with.
        self._newest: CorpusRevision | None = None
        self._refresh_at = 0.0

    @property
    def primary(self) -> Database:
        """The database that is written to."""
        return self._primary.database

    @property
    def readers(self) -> Readers:
        """How much should be read at the same time."""
        return reduce(add, (server.database.readers for server in (self._primary, *self._replicas)))

    def close(self) -> None:
        """Close every connection to every server."""
        for server in (self._primary, *self._replicas):
            server.database.close()

    @contextmanager
    def read(self, seen: int = 0) -> Iterator[ReadTransaction]:
        """Open a transaction that sees one state of the corpus, not older than the revision that the client has seen.

        Raises:
            RevisionAwaitedError: no server that answers has that revision.
            FutureRevisionError: the primary does not have it.
            DatabaseUnavailableError: no server can be read.
            StatementTimeError: a statement took longer than one may take.
        """
        with ExitStack() as stack:
            yield self._open(stack, seen)

    @contextmanager
    def read_newest(self) -> Iterator[ReadTransaction]:
        """Open a transaction on the primary, which has everything that was written; while it is away, on the newest
        standby.

        Raises:
            DatabaseUnavailableError: no server can be read.
            StatementTimeError: a statement took longer than one may take.
        """
        with ExitStack() as stack:
            yield self._open_primary_first(stack, 0)

    def states(self) -> list[ServerState]:
        """Return the state of every server; one that is not to be tried now counts as away.

        Raises:
            SchemaVersionError: the primary, or while it is away every server, has a schema that this version does not
                read.
            DatabaseUnavailableError: no server can be read.
        """
        states = []
        failures: list[QuothError] = []
        for server in (self._primary, *self._replicas):
            state = ServerState(server.name, Condition.AWAY, None)
            try:
                if server.may_be_tried() or not self._replicas:
                    server.database.check_schema()
                    with ExitStack() as stack:
                        opened = server.open(stack)
                    is_behind = server is not self._primary and opened.number < _number(self._newest)
                    condition = Condition.BEHIND if is_behind else Condition.READY
                    state = ServerState(server.name, condition, opened.number)
                    if server is self._primary:
                        self._note_newest(opened, self._newest)
            except SchemaVersionError as error:
                if server is self._primary:
                    raise
                state = ServerState(server.name, Condition.BEHIND, None)
                failures.append(error)
            except _UNAVAILABLE as error:
                failures.append(error)
            states.append(state)
        if not any(state.revision is not None for state in states):
            raise failures[0] if failures else DatabaseUnavailableError("no server answers")
        return states

    def _open(self, stack: ExitStack, seen: int) -> ReadTransaction:
        if self._replicas:
            self._refresh()
            for replica in self._replicas_to_try():
                opened = self._try_open(replica, stack)
                if opened is not None:
                    if self._is_current(replica, opened, seen):
                        return opened
                    stack.close()
        opened = self._open_primary_first(stack, seen)
        if opened.number < seen:
            # What is written is on the primary first; an address of a standby may have been given for it.
            raise (RevisionAwaitedError if opened.is_standby else FutureRevisionError)(seen, opened.number)
        return opened

    def _open_primary_first(self, stack: ExitStack, seen: int) -> ReadTransaction:
        try:
            return self._open_primary(stack)
        except DatabaseBusyError:
            # The primary works and has the newest revision: do not answer with an older one.
            raise
        except _UNAVAILABLE as error:
            return self._open_without_primary(stack, seen, error)

    def _open_primary(self, stack: ExitStack) -> ReadTransaction:
        if self._replicas and not self._primary.may_be_tried():
            raise DatabaseUnavailableError("the primary does not answer")
        before = self._newest
        opened = self._primary.open(stack)
        self._note_newest(opened, before)
        return opened

    def _open_without_primary(self, stack: ExitStack, seen: int, error: QuothError) -> ReadTransaction:
        """Open the newest standby."""
        best: ReadTransaction | None = None
        for replica in self._replicas_to_try():
            own = ExitStack()
            opened = self._try_open(replica, own)
            if opened is None or (best is not None and opened.number <= best.number):
                own.close()
                continue
            # Close the best one until now.
            stack.close()
            stack.push(own)
            best = opened
        if best is None:
            raise error
        if best.number < seen:
            raise RevisionAwaitedError(seen, best.number)
        return best

    def _replicas_to_try(self) -> Iterator[_Server]:
        first = next(self._round_robin) % max(1, len(self._replicas))
        for replica in (*self._replicas[first:], *self._replicas[:first]):
            if replica.may_be_tried():
                yield replica

    @staticmethod
    def _try_open(server: _Server, stack: ExitStack) -> ReadTransaction | None:
        try:
            return server.open(stack)
        except _UNAVAILABLE:
            return None

    def _refresh(self, *, at_once: bool = False) -> bool:
        """Look up the primary's newest revision if the last time was long ago; tell whether it was looked up."""
        with self._lock:
            if self._clock() < self._refresh_at and not at_once:
                return False
            self._refresh_at = self._clock() + REFRESH_SECONDS
        with ExitStack() as stack:
            try:
                self._open_primary(stack)
            except _UNAVAILABLE:
                return False
        return True

    def _is_current(self, replica: _Server, opened: ReadTransaction, seen: int) -> bool:
        newest = self._newest
        if opened.number > _number(newest) and self._refresh(at_once=True):
            # The standby may have received something since, but nothing that the primary does not have.
            newest = self._newest
            if opened.number > _number(newest):
                replica.back_off(f"it has revision {opened.number}, which the primary does not have")
                return False
        if opened.number < max(seen, _number(newest)):
            return False
        if newest is not None and opened.number == newest.number and opened.revision != newest:
            replica.back_off(f"its revision {newest.number} differs from the primary's")
            return False
        self._note_newest(opened, newest)
        return True

    def _note_newest(self, opened: ReadTransaction, before: CorpusRevision | None) -> None:
        """Note the newest revision; `before` was the newest known one when the transaction began."""
        with self._lock:
            if opened.number > _number(self._newest):
                self._newest = opened.revision
            elif not opened.is_standby and opened.revision != before and self._newest == before:
                # The primary lost revisions: it was restored from a backup, or replaced by a standby that was behind.
                self._newest = opened.revision


def open_servers(settings: Settings) -> Servers:
    """Make the servers that the settings name; no connection is opened yet."""
    primary, *replicas = (
        Database(url, settings.statement_seconds, settings.database_connections, settings.database_wait_seconds)
        for url in (settings.database_url, *settings.replicas)
    )
    return Servers(primary, replicas)


def _number(revision: CorpusRevision | None) -> int:
    return 0 if revision is None else revision.number
