"""The open database of the application, as a dependency that notes what each answer was read from, and how long it
took.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request

from app.api.trace import Trace, trace_of
from app.db import Database
from app.queries.corpus import CorpusRevision, find_revision, has_second_to_itself, next_change


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of one revision: whether its second alone tells it from all others, and how long it lasts."""

    revision: CorpusRevision | None
    is_dated: bool = False
    until: datetime.datetime | None = None


class Corpus:
    """The database as an application reads it, with what is known of its newest revision."""

    def __init__(self, database: Database) -> None:
        self.database = database
        # What is known of a revision is looked up once, not at every request.
        self._known = _State(None)

    def state(self, connection: sa.Connection) -> _State:
        """Find the revision that a transaction reads, and what is known of it."""
        newest, known = find_revision(connection), self._known
        if newest is None:
            return _State(None)
        is_over = known.until is not None and known.until <= datetime.datetime.now(datetime.UTC)
        if known.revision != newest or is_over:
            is_dated = has_second_to_itself(connection, newest)
            known = self._known = _State(newest, is_dated, next_change(connection))
        return known


class Reading:
    """The database while one request is answered."""

    def __init__(self, corpus: Corpus, trace: Trace) -> None:
        self._corpus = corpus
        self._trace = trace

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that sees one state of the corpus and cannot write.

        Raises:
            DatabaseUnavailableError: the database cannot be reached, or is not one.
        """
        started = perf_counter()
        try:
            with self._corpus.database.read() as connection:
                state, trace = self._corpus.state(connection), self._trace
                trace.has_read, trace.corpus = True, state.revision
                trace.corpus_is_dated, trace.corpus_until = state.is_dated, state.until
                yield connection
        finally:
            self._trace.database_seconds += perf_counter() - started

    def check_schema(self) -> None:
        """Make sure that the schema is the one that this version reads.

        Raises:
            SchemaVersionError: it is older, newer, or not there.
            DatabaseUnavailableError: the database cannot be reached.
        """
        self._corpus.database.check_schema()


async def _reading(request: Request) -> Reading:
    return Reading(request.app.state.corpus, trace_of(request.scope))


Open = Annotated[Reading, Depends(_reading)]
