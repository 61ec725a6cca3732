"""Which server a request is read from: a standby that has all that the primary is known to have, else the primary; and
while that is away the standby that has most, but never one that is behind what the client says it has seen.

A standby's corpus revision is read in the very transaction that answers, so that nothing is taken on trust.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from threading import Lock
from time import monotonic

import sqlalchemy as sa

from app.db import Database
from app.db.corpus_revision import CorpusRevision, find_revision
from app.errors import (
    DatabaseBusyError,
    DatabaseUnavailableError,
    QuothError,
    RevisionAwaitedError,
    SchemaVersionError,
    StatementTimeError,
)
from app.settings import Settings

_log = logging.getLogger("quoth.replicas")
# A server that did not answer is left alone for so long; then one request finds out whether it does again.
REST_SECONDS = 5.0
# So often the primary is asked what the newest revision is: by so much a standby may lag and still be read from.
LOOK_SECONDS = 1.0
_NOT_NOW = (DatabaseUnavailableError, StatementTimeError)


@dataclass(frozen=True, slots=True)
class Opened:
    """A transaction on some server, and the newest revision that it sees; None where nothing is stored yet."""

    connection: sa.Connection
    revision: CorpusRevision | None
    is_standby: bool

    @property
    def number(self) -> int:
        """The revision's number; 0 where nothing is stored yet."""
        return _number(self.revision)


class Condition(StrEnum):
    """How a server is. One of another schema than this version reads is behind."""

    READY = "ready"
    BEHIND = "behind"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class ServerState:
    """How a server is, and its newest revision where that can be read."""

    name: str
    condition: Condition
    revision: int | None


class _Server:
    """One server, and whether it is worth asking."""

    def __init__(self, name: str, database: Database, clock: Callable[[], float]) -> None:
        self.name = name
        self.database = database
        self._clock = clock
        self._lock = Lock()
        self._rests_until: float | None = None

    def may_be_asked(self) -> bool:
        """Tell whether to ask it now. Of those who would like to know whether it is back, one a while finds out."""
        with self._lock:
            if self._rests_until is None:
                return True
            if self._clock() < self._rests_until:
                return False
            self._rests_until = self._clock() + REST_SECONDS
            return True

    def rest(self, why: object) -> None:
        """Leave it alone for a while."""
        with self._lock:
            if self._rests_until is None:
                _log.warning("%s is left alone: %s", self.name, why)
            self._rests_until = self._clock() + REST_SECONDS

    def open(self, stack: ExitStack) -> Opened:
        """Open a transaction that ends with the stack.

        Raises:
            DatabaseUnavailableError: it does not answer, or has no connection to spare.
            StatementTimeError: it takes too long over the simplest question.
        """
        try:
            opened = stack.enter_context(self._reading())
        except DatabaseBusyError:
            raise
        except _NOT_NOW as error:
            self.rest(error)
            raise
        with self._lock:
            if self._rests_until is not None:
                _log.warning("%s is back", self.name)
            self._rests_until = None
        return opened

    @contextmanager
    def _reading(self) -> Iterator[Opened]:
        with self.database.read() as connection:
            yield Opened(connection, find_revision(connection), self.database.is_standby(connection))


class Servers:
    """The primary and its standbys, as one process reads them. `clock` counts seconds from anywhere."""

    def __init__(
        self, primary: Database, replicas: Sequence[Database] = (), clock: Callable[[], float] = monotonic
    ) -> None:
        self._primary = _Server("primary", primary, clock)
        self._replicas = [_Server(f"replica {place}", one, clock) for place, one in enumerate(replicas, start=1)]
        self._clock = clock
        self._turns = count()
        self._lock = Lock()
        # The newest revision that the primary is known to have, or that was shown to anybody here.
        self._newest: CorpusRevision | None = None
        self._look_at = 0.0

    @property
    def primary(self) -> Database:
        """The one that is written to."""
        return self._primary.database

    @property
    def readers(self) -> int:
        """How many threads read best at a time."""
        return sum(server.database.readers for server in (self._primary, *self._replicas))

    def close(self) -> None:
        """Close every connection to every server."""
        for server in (self._primary, *self._replicas):
            server.database.close()

    @contextmanager
    def read(self, seen: int = 0) -> Iterator[Opened]:
        """Open a transaction that sees one state of the corpus, none older than a revision that a client has seen.

        Raises:
            RevisionAwaitedError: no server that answers has that revision.
            DatabaseUnavailableError: no server can be read.
            StatementTimeError: a statement took longer than one may take.
        """
        with ExitStack() as stack:
            yield self._open(stack, seen)

    def states(self) -> list[ServerState]:
        """Ask every server how it is, those excepted that are left alone for now.

        Raises:
            SchemaVersionError: the primary, or while it is away every server, has a schema that this version does not
                read.
            DatabaseUnavailableError: no server can be read.
        """
        told = []
        failures: list[QuothError] = []
        for server in (self._primary, *self._replicas):
            state = ServerState(server.name, Condition.AWAY, None)
            try:
                if server.may_be_asked() or not self._replicas:
                    server.database.check_schema()
                    with ExitStack() as stack:
                        opened = server.open(stack)
                    is_behind = server is not self._primary and opened.number < _number(self._newest)
                    condition = Condition.BEHIND if is_behind else Condition.READY
                    state = ServerState(server.name, condition, opened.number)
                    if server is self._primary:
                        self._learn(opened, self._newest)
            except SchemaVersionError as error:
                if server is self._primary:
                    raise
                state = ServerState(server.name, Condition.BEHIND, None)
                failures.append(error)
            except _NOT_NOW as error:
                failures.append(error)
            told.append(state)
        if not any(state.revision is not None for state in told):
            raise failures[0] if failures else DatabaseUnavailableError("no server answers")
        return told

    def _open(self, stack: ExitStack, seen: int) -> Opened:
        if self._replicas:
            self._look()
            for replica in self._in_turn():
                opened = self._attempt(replica, stack)
                if opened is not None:
                    if self._has_everything(replica, opened, seen):
                        return opened
                    stack.close()
        try:
            opened = self._open_primary(stack)
        except DatabaseBusyError:
            # It is there and has the newest: to show something older would be to turn the clock back.
            raise
        except _NOT_NOW as error:
            return self._open_without_primary(stack, seen, error)
        if opened.number < seen:
            raise RevisionAwaitedError(seen, opened.number)
        return opened

    def _open_primary(self, stack: ExitStack) -> Opened:
        if self._replicas and not self._primary.may_be_asked():
            raise DatabaseUnavailableError("the primary does not answer")
        before = self._newest
        opened = self._primary.open(stack)
        self._learn(opened, before)
        return opened

    def _open_without_primary(self, stack: ExitStack, seen: int, error: QuothError) -> Opened:
        """Open the standby that has most. To clients that do not say what they have seen it is the newest there is."""
        best: Opened | None = None
        for replica in self._in_turn():
            own = ExitStack()
            opened = self._attempt(replica, own)
            if opened is None or (best is not None and opened.number <= best.number):
                own.close()
                continue
            # What was the best until now is closed.
            stack.close()
            stack.push(own)
            best = opened
        if best is None:
            raise error
        if best.number < seen:
            raise RevisionAwaitedError(seen, best.number)
        return best

    def _in_turn(self) -> Iterator[_Server]:
        first = next(self._turns) % max(1, len(self._replicas))
        for replica in (*self._replicas[first:], *self._replicas[:first]):
            if replica.may_be_asked():
                yield replica

    @staticmethod
    def _attempt(server: _Server, stack: ExitStack) -> Opened | None:
        try:
            return server.open(stack)
        except _NOT_NOW:
            return None

    def _look(self, *, at_once: bool = False) -> bool:
        """Ask the primary for its newest revision if that was long ago; tell whether it has been asked and answered."""
        with self._lock:
            if self._clock() < self._look_at and not at_once:
                return False
            self._look_at = self._clock() + LOOK_SECONDS
        with ExitStack() as stack:
            try:
                self._open_primary(stack)
            except _NOT_NOW:
                return False
        return True

    def _has_everything(self, replica: _Server, opened: Opened, seen: int) -> bool:
        newest = self._newest
        if opened.number > _number(newest) and self._look(at_once=True):
            # It may have got something since; but nothing that the primary has not.
            newest = self._newest
            if opened.number > _number(newest):
                replica.rest(f"it has revision {opened.number}, which the primary has not")
                return False
        if opened.number < max(seen, _number(newest)):
            return False
        if newest is not None and opened.number == newest.number and opened.revision != newest:
            replica.rest(f"its revision {newest.number} is another one than the primary's")
            return False
        self._learn(opened, newest)
        return True

    def _learn(self, opened: Opened, before: CorpusRevision | None) -> None:
        """Note what was found; `before` is what was known when the transaction began."""
        with self._lock:
            if opened.number > _number(self._newest):
                self._newest = opened.revision
            elif not opened.is_standby and opened.revision != before and self._newest == before:
                # What the primary has not is no more: it was put back from a backup, or a standby that had less took
                # its place.
                self._newest = opened.revision


def open_servers(settings: Settings) -> Servers:
    """Open the servers that the settings name; this connects to nothing yet."""
    primary, *replicas = (
        Database(url, settings.statement_seconds, settings.database_connections, settings.database_wait_seconds)
        for url in (settings.database_url, *settings.replicas)
    )
    return Servers(primary, replicas)


def _number(revision: CorpusRevision | None) -> int:
    return 0 if revision is None else revision.number
