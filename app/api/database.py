"""The open database of the application, as a dependency that notes what each answer was read from, and how long it
took.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request

from app.api.trace import Trace, trace_of
from app.db import Database
from app.queries.corpus import CorpusRevision, find_revision, has_second_to_itself


class Corpus:
    """The database as an application reads it, with what is known of its newest revision."""

    def __init__(self, database: Database) -> None:
        self.database = database
        # Whether a revision is told by its second is looked up once, not at every request.
        self._judged: tuple[CorpusRevision, bool] | None = None

    def revision(self, connection: sa.Connection) -> tuple[CorpusRevision | None, bool]:
        """Find the revision that a transaction reads, and whether its second alone tells it from all others."""
        newest = find_revision(connection)
        if newest is None:
            return None, False
        judged = self._judged
        if judged is None or judged[0] != newest:
            judged = self._judged = newest, has_second_to_itself(connection, newest)
        return judged


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
        with self._timed(), self._corpus.database.read() as connection:
            self._trace.corpus, self._trace.corpus_is_dated = self._corpus.revision(connection)
            yield connection

    def check_schema(self) -> None:
        """Make sure that the schema is the one that this version reads.

        Raises:
            SchemaVersionError: it is older, newer, or not there.
            DatabaseUnavailableError: the database cannot be reached.
        """
        with self._timed():
            self._corpus.database.check_schema()

    @contextmanager
    def _timed(self) -> Iterator[None]:
        trace = self._trace
        trace.reading_since = perf_counter()
        try:
            yield
        finally:
            trace.database_seconds, trace.reading_since = trace.reading_seconds(), None


def _reading(request: Request) -> Reading:
    return Reading(request.app.state.corpus, trace_of(request.scope))


Open = Annotated[Reading, Depends(_reading)]
