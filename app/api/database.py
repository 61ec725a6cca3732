"""The database as a dependency of handlers, which records the revision that each answer was read from and how long that
took.
"""

import math
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from time import perf_counter
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Header, Request
from starlette.types import Scope

from app.api.http.headers import REVISION_HEADER
from app.api.http.read_limiter import ReadLimiter, takes_long, work_of
from app.api.observability.request_context import request_context
from app.db.corpus_revision import CorpusRevision, has_second_to_itself
from app.db.replicas import Servers, ServerState
from app.errors import OverloadedError
from app.queries.revision_cache import RevisionCache

# Memory that a cached item takes beside its own bytes, about.
_ITEM_OVERHEAD_BYTES = 400


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest revision, and whether no other was made in the same second."""

    revision: CorpusRevision | None
    is_dated: bool = False


class Corpus:
    """The corpus that an application reads, from any of its servers, and caches of what follows from a revision."""

    def __init__(
        self, servers: Servers, item_bytes: int = 0, wait_seconds: float = math.inf, streams: int | None = None
    ) -> None:
        self.servers = servers
        self.read_limiter = ReadLimiter(servers.readers, wait_seconds)
        # None of them may hold the last connection to a server.
        most = servers.readers.streams
        self.streams = BoundedSemaphore(most if streams is None else min(most, streams))
        self.revision_cache = RevisionCache()
        # Items as JSON, weighed in bytes.
        self.item_cache = RevisionCache(item_bytes, _item_bytes) if item_bytes else None
        # Looked up once a revision, not at every request.
        self._newest = _Newest(None)

    def is_dated(self, connection: sa.Connection, revision: CorpusRevision | None) -> bool:
        """Tell whether the second of the revision that a transaction reads is that of no other revision."""
        if revision is None:
            return False
        newest = self._newest
        if newest.revision != revision:
            newest = self._newest = _Newest(revision, has_second_to_itself(connection, revision))
        return newest.is_dated


class Reading:
    """The database while one request is answered."""

    def __init__(self, corpus: Corpus, scope: Scope, seen: int) -> None:
        self._corpus = corpus
        self._context = request_context(scope)
        self.work = work_of(scope)
        # Whether it is expected to take longer than a page.
        self.takes_long = takes_long(scope)
        # Number of the newest revision that the client says it has seen.
        self._seen = seen

    @property
    def read_limiter(self) -> ReadLimiter:
        """What runs the handlers that read it."""
        return self._corpus.read_limiter

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that sees one state of the corpus and cannot write.

        Raises:
            DatabaseUnavailableError: the database cannot be reached, or is not one.
            RevisionAwaitedError: the client has seen a newer state than can be read.
            FutureRevisionError: the client says that it has seen a state that there has not been.
        """
        with self._timed(), self._corpus.servers.read(self._seen) as opened:
            context = self._context
            context.corpus_is_dated = self._corpus.is_dated(opened.connection, opened.revision)
            context.has_read, context.corpus = True, opened.revision
            yield opened.connection

    @contextmanager
    def stream(self) -> Iterator[sa.Connection]:
        """Do as `read` does, for as long as an answer is sent that is not held in memory.

        Raises:
            OverloadedError: as many such answers are being sent as may be.
            DatabaseUnavailableError: as `read`; also RevisionAwaitedError.
        """
        if not self._corpus.streams.acquire(blocking=False):
            raise OverloadedError("as many long answers are being sent as may be")
        try:
            with self.read() as connection:
                yield connection
        finally:
            self._corpus.streams.release()

    def get_cached(self, name: Hashable) -> Any | None:
        """Return the cached value of this name and of the revision that is being read; None where there is none."""
        return self._corpus.revision_cache.get(self._context.corpus, name)

    def cache(self, name: Hashable, value: Any) -> None:
        """Cache by name a value that follows from the revision that is being read."""
        self._corpus.revision_cache.put(self._context.corpus, name, value)

    def cached_items(self, shown_as: Hashable, ids: Sequence[str]) -> dict[str, bytes]:
        """Return the items that are cached as JSON at the revision that is being read, by id."""
        cache, revision = self._corpus.item_cache, self._context.corpus
        if cache is None:
            return {}
        cached = {item_id: cache.get(revision, (shown_as, item_id)) for item_id in ids}
        return {item_id: item for item_id, item in cached.items() if item is not None}

    def cache_item(self, shown_as: Hashable, item_id: str, item: bytes) -> None:
        """Cache an item as JSON, for all lists that show it alike."""
        cache = self._corpus.item_cache
        if cache is not None:
            cache.put(self._context.corpus, (shown_as, item_id), item)

    def states(self) -> list[ServerState]:
        """Make sure that a server can be read and has the schema of this version; return the state of each.

        Raises:
            SchemaVersionError: it is older, newer, or not there.
            DatabaseUnavailableError: no server can be reached.
        """
        with self._timed():
            return self._corpus.servers.states()

    @contextmanager
    def _timed(self) -> Iterator[None]:
        context = self._context
        context.reading_since = perf_counter()
        try:
            yield
        finally:
            context.database_seconds, context.reading_since = context.reading_seconds(), None


SeenRevision = Annotated[
    int | None,
    Header(
        alias=REVISION_HEADER,
        ge=0,
        le=2**31 - 1,
        description=f"The highest `{REVISION_HEADER}` of the answers that you have had: whichever server answers, it "
        "answers with nothing older, or with 503 where that revision cannot be read yet.",
        examples=[1],
    ),
]


def _item_bytes(item: bytes) -> int:
    return len(item) + _ITEM_OVERHEAD_BYTES


async def _reading(request: Request, seen: SeenRevision = None) -> Reading:
    return Reading(request.app.state.corpus, request.scope, seen or 0)


Open = Annotated[Reading, Depends(_reading)]
