"""What is noted of one request while it is answered: its id, how long things took, which revision it was read from."""

from dataclasses import dataclass, field
from time import perf_counter

from starlette.types import Scope

from app.db.corpus_revision import CorpusRevision

_KEY = "quoth.request_context"


@dataclass(slots=True)
class RequestContext:
    """Notes on one request; times are in seconds."""

    request_id: str
    started: float = field(default_factory=perf_counter)
    database_seconds: float = 0.0
    # When the reading transaction that is open now was opened; None where none is.
    reading_since: float | None = None
    # The revision that the answer was read from; None as long as the corpus has not been read.
    corpus: CorpusRevision | None = None
    # Whether the time of that revision, to the second, tells it from every other.
    corpus_is_dated: bool = False
    has_read: bool = False
    # What went out: the status (0 as long as nothing has), bytes of body, and whether the end was reached.
    status: int = 0
    sent_bytes: int = 0
    is_whole: bool = False

    def reading_seconds(self) -> float:
        """Return how long the database has been read for this request, up to now."""
        since = self.reading_since
        return self.database_seconds + (0.0 if since is None else perf_counter() - since)


def attach(scope: Scope, context: RequestContext) -> None:
    """Let everything that handles the request find its context."""
    scope[_KEY] = context


def request_context(scope: Scope) -> RequestContext:
    """Return the context of the request."""
    context: RequestContext = scope[_KEY]
    return context
