"""The context of one request: its id, how long reading took, which revision it was read from, and what was sent."""

from dataclasses import dataclass, field
from time import perf_counter

from starlette.types import Scope

from app.db.corpus_revision import CorpusRevision

_KEY = "quoth.request_context"


@dataclass(slots=True)
class RequestContext:
    """Facts about one request that are collected while it is answered; times are in seconds."""

    request_id: str
    started: float = field(default_factory=perf_counter)
    database_seconds: float = 0.0
    # When the reading transaction that is open now was opened, by perf_counter(); None where none is.
    reading_since: float | None = None
    # The revision that the answer was read from; None before the corpus is read, and where it has no revision.
    corpus: CorpusRevision | None = None
    # Whether no other revision was made in the same second.
    corpus_is_dated: bool = False
    has_read: bool = False
    # What was sent: the status (0 before anything is), bytes of the body, and whether its end was reached.
    status: int = 0
    sent_bytes: int = 0
    is_whole: bool = False
    # Whether it was refused because there was too much to do.
    is_shed: bool = False

    def reading_seconds(self) -> float:
        """Return how long the database was read for this request up to now."""
        since = self.reading_since
        return self.database_seconds + (0.0 if since is None else perf_counter() - since)


def attach(scope: Scope, context: RequestContext) -> None:
    """Attach the context to the request's scope."""
    scope[_KEY] = context


def request_context(scope: Scope) -> RequestContext:
    """Return the context of the request."""
    context: RequestContext = scope[_KEY]
    return context
