"""The open database of the application, as a dependency that notes what each answer was read from, and how long it
took.
"""

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Header, Request

from app.api.http.headers import REVISION_HEADER
from app.api.http.read_limiter import ReadLimiter
from app.api.observability.request_context import RequestContext, request_context
from app.db.corpus_revision import CorpusRevision, has_second_to_itself
from app.db.replicas import Servers, ServerState
from app.queries.revision_cache import RevisionCache

# Memory that a cached item takes beside its own bytes, about.
_ITEM_OVERHEAD_BYTES = 400


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of one revision: whether its second alone tells it from all others."""

    revision: CorpusRevision | None
    is_dated: bool = False


class Corpus:
    """The corpus as an application reads it, from whichever server, with what is known of its newest revision."""

    def __init__(self, servers: Servers, item_bytes: int = 0) -> None:
        self.servers = servers
        self.read_limiter = ReadLimiter(servers.readers)
        self.revision_cache = RevisionCache()
        # Items as JSON, weighed in bytes.
        self.item_cache = RevisionCache(item_bytes, _item_bytes) if item_bytes else None
        # What is known of a revision is looked up once, not at every request.
        self._known = _State(None)

    def state(self, connection: sa.Connection, newest: CorpusRevision | None) -> _State:
        """Tell what is known of the revision that a transaction reads."""
        known = self._known
        if newest is None:
            return _State(None)
        if known.revision != newest:
            known = self._known = _State(newest, has_second_to_itself(connection, newest))
        return known


class Reading:
    """The database while one request is answered."""

    def __init__(self, corpus: Corpus, context: RequestContext, seen: int) -> None:
        self._corpus = corpus
        self._context = context
        # The newest revision that the client has been shown, as it says.
        self._seen = seen

    @property
    def read_limiter(self) -> ReadLimiter:
        """Where handlers that read it run."""
        return self._corpus.read_limiter

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that sees one state of the corpus and cannot write.

        Raises:
            DatabaseUnavailableError: the database cannot be reached, or is not one.
            RevisionAwaitedError: the client has seen a newer state than can be read.
        """
        with self._timed(), self._corpus.servers.read(self._seen) as opened:
            state, context = self._corpus.state(opened.connection, opened.revision), self._context
            context.has_read, context.corpus = True, state.revision
            context.corpus_is_dated = state.is_dated
            yield opened.connection

    def get_cached(self, name: Hashable) -> Any | None:
        """Return what is known by this name of the revision that is being read; None where nothing is."""
        return self._corpus.revision_cache.get(self._context.corpus, name)

    def cache(self, name: Hashable, value: Any) -> None:
        """Let what follows from the revision that is being read be known by this name."""
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
        """Make sure that a server can be read and has the schema of this version, and tell how each of them is.

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
    return Reading(request.app.state.corpus, request_context(request.scope), seen or 0)


Open = Annotated[Reading, Depends(_reading)]
