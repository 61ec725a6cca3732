"""Answers kept in memory: what has been asked for once costs little more than sending bytes, until the corpus changes.

An answer is kept under the state of the corpus that was there before and after it was made, and found under the state
that is there when it is asked for, so that no answer outlives what it was made from. Which representation a request
selects is settled by its path and query, byte for byte (answers repeat them in links), by what its Accept comes down
to, and, of one representation, by the coding. Nothing else of a request makes a difference, and a request with a body,
or a method that is not a read, is none that is kept for.
"""

import asyncio
import datetime
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from time import perf_counter
from weakref import ref

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.formats import likings
from app.api.http.caching import field_of, send_whole
from app.api.http.conditional import FIELDS, read_preconditions
from app.api.http.guard import MAX_HEADER_BYTES, MAX_HEADERS, has_body, is_host
from app.api.http.headers import REVISION_HEADER, given_id, new_id, request_headers
from app.api.http.representation import Representation, WireResponse
from app.api.http.single_flight import SingleFlight
from app.api.observability.observer import Observer
from app.api.observability.request_context import RequestContext, request_context
from app.db.change_detection import ChangeDetector

# No answer takes more than this part of what may be kept, or it would drive out everything else.
_LARGEST_PART = 8
# Who waited for an answer that could not be kept waits for the next one, but not for ever.
_ATTEMPTS = 3
_READS = frozenset({"GET", "HEAD"})
# A client that names what it has seen is answered from the database, whose revision is known for sure.
_SEEN = REVISION_HEADER.lower().encode()
# Headers that make a difference to what is answered, or to whether.
_TELLING = frozenset(
    {
        *FIELDS,
        b"accept",
        b"accept-encoding",
        b"content-encoding",
        b"content-length",
        b"host",
        _SEEN,
        b"transfer-encoding",
    }
)
# So many heads of requests are recognized as a whole, and none that is longer than those of browsers.
_MOST_HEADS = 1_000
_LONGEST_HEAD = 2_000
# They answer about this moment.
_OF_THE_MOMENT = frozenset({"/healthz", "/readyz", "/metrics"})

Key = tuple[bytes, bytes, tuple[float, ...]]
# Method, path, query and every header of a request.
Head = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """What is sent for a request with a certain head, as long as it is kept; what it is kept as; and the id that this
    head brings, if any.
    """

    sent: ref[WireResponse]
    key: Key
    request_id: str | None


class Entries:
    """Answers of one state of the corpus; those that were not asked for the longest go first."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.size = 0
        self._token: Hashable = None
        self._kept: OrderedDict[Key, tuple[Representation, int]] = OrderedDict()
        # Most clients send the same head every time: to read it takes longer than all the rest.
        self._heads: dict[Head, Ready] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, token: Hashable, key: Key) -> Representation | None:
        """Find an answer that was made in this state."""
        if token != self._token:
            self._begin(token)
            return None
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def find_ready(self, token: Hashable, head: Head) -> tuple[WireResponse, str | None] | None:
        """Find what was sent for a request with this very head in this state, and the id that it brings."""
        if token != self._token:
            self._begin(token)
            return None
        ready = self._heads.get(head)
        sent = None if ready is None else ready.sent()
        if ready is None or sent is None or ready.key not in self._kept:
            return None
        self._kept.move_to_end(ready.key)
        return sent, ready.request_id

    def remember(self, head: Head, ready: Ready) -> None:
        """Let what is sent for a head be found by it."""
        if len(self._heads) >= _MOST_HEADS:
            self._heads.clear()
        self._heads[head] = ready

    def put(self, token: Hashable, key: Key, representation: Representation) -> None:
        """Keep an answer that was made in this state."""
        if token != self._token:
            self._begin(token)
        self._kept[key] = representation, 0
        self.weigh(key, representation)

    def weigh(self, key: Key, representation: Representation) -> None:
        """Take account of what an answer takes by now, if it is still kept, and make room for it."""
        kept, before = self._kept.get(key, (None, 0))
        if kept is not representation:
            return
        size = representation.size + len(key[0]) + len(key[1])
        self._kept[key] = representation, size
        self.size += size - before
        if size > self.max_bytes // _LARGEST_PART:
            del self._kept[key]
            self.size -= size
        while self.size > self.max_bytes:
            _key, (_rendered, freed) = self._kept.popitem(last=False)
            self.size -= freed

    def _begin(self, token: Hashable) -> None:
        self._token, self.size = token, 0
        self._kept.clear()
        self._heads.clear()


class ResponseCache:
    """The answers that a process keeps, and the state of the corpus that it finds them by."""

    def __init__(self, detector: ChangeDetector, max_bytes: int, observer: Observer) -> None:
        self.detector = detector
        self._observer = observer
        self.entries = Entries(max_bytes)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._token: Hashable | None = None

    def version_token(self) -> Hashable | None:
        """Return the state of the corpus; None where it is not known, and the database itself has to be asked.

        It is asked for once for all requests that an event loop has received before: whatever is received later is
        begun after the callback that forgets it.
        """
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._token, self._loop = self.detector.version_token(), loop
            loop.call_soon(self._forget)
        return self._token

    async def sent_at_once(self, scope: Scope, send: Send) -> bool:
        """Answer a request if all that is to be sent is there as it is; tell whether it was.

        This comes before all else that is done for a request. What could be refused is left to `guard`: only requests
        with the headers that clients usually send are answered here.
        """
        started = perf_counter()
        token = self.version_token()
        if token is None:
            return False
        head = (scope["method"], scope.get("raw_path") or scope["path"], scope["query_string"], *scope["headers"])
        found = self.entries.find_ready(token, head) or self._read(token, head, scope)
        if found is None:
            return False
        sent, request_id = found[0], found[1] or new_id()
        headers = [*sent.headers, *request_headers(request_id, started)]
        body = b"" if scope["method"] == "HEAD" else sent.body
        with self._observer.at_once(scope, request_id, started, sent.status, len(body)):
            await send({"type": "http.response.start", "status": sent.status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        return True

    def _read(self, token: Hashable, head: Head, scope: Scope) -> tuple[WireResponse, str | None] | None:
        """Read the head of a request and, if all that is to be sent for it is there as it is, remember it."""
        if scope["method"] not in _READS:
            return None
        size, host, accept, accept_encoding, if_none_match = 0, None, None, None, None
        headers = scope["headers"]
        for name, value in headers:
            size += len(name) + len(value)
            if name not in _TELLING:
                continue
            if name == b"host" and host is None:
                host = value
            elif name == b"accept" and accept is None:
                accept = value
            elif name == b"accept-encoding" and accept_encoding is None:
                accept_encoding = value
            elif name == b"if-none-match" and if_none_match is None:
                if_none_match = value
            else:
                return None
        if host is None or not is_host(host) or size > MAX_HEADER_BYTES or len(headers) > MAX_HEADERS:
            return None
        key = _key(scope, accept.decode("latin-1") if accept else "")
        representation = self.entries.find(token, key)
        if representation is None:
            return None
        sent = representation.at_once(accept_encoding.decode("latin-1") if accept_encoding else "", if_none_match)
        if sent is None:
            return None
        request_id = given_id(scope)
        if size + len(key[0]) + len(key[1]) <= _LONGEST_HEAD:
            self.entries.remember(head, Ready(ref(sent), key, request_id))
        return sent, request_id

    def _forget(self) -> None:
        self._loop = None


class ResponseCacheLayer:
    """An ASGI layer in front of the one that makes entity-tags, which has answers made and keeps them."""

    def __init__(self, app: ASGIApp, cache: ResponseCache) -> None:
        self.app = app
        self.cache = cache
        self._flight = SingleFlight()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and _may_keep(scope):
            await self._answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key(scope, field_of(scope, b"accept"))
        for _attempt in range(_ATTEMPTS):
            token = self.cache.version_token()
            if token is None:
                break
            representation = self.cache.entries.find(token, key)
            if representation is not None:
                if await self._sent(key, representation, scope, send):
                    return
                break
            if not await self._flight.waited(key):
                await self._make(token, key, scope, receive, send)
                return
        await self.app(scope, receive, send)

    async def _sent(self, key: Key, representation: Representation, scope: Scope, send: Send) -> bool:
        """Send an answer that was kept, unless the condition of the request fails, which is told elsewhere."""
        coding = representation.coding(field_of(scope, b"accept-encoding"))
        status = representation.status(read_preconditions(scope["headers"]), coding)
        if status == 412:
            return False
        request_context(scope).was_kept = True
        sent = representation.not_modified(coding) if status == 304 else await representation.full(coding)
        self.cache.entries.weigh(key, representation)
        await send_whole(sent, send)
        return True

    async def _make(self, token: Hashable, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        """Have an answer made, and keep it if it was made in this state."""
        made: Representation | None = None
        with self._flight.take(key) as ticket:

            async def send_on(message: Message) -> None:
                # What is being sent is kept by now, or never will be: a stream, an error.
                ticket.end()
                await send(message)

            def keep(representation: Representation) -> None:
                nonlocal made
                made = representation
                self._keep(token, key, representation, request_context(scope))
                ticket.end()

            request_context(scope).keep = keep
            await self.app(scope, receive, send_on)
        if made is not None:
            # It has been put into its first coding since it was kept.
            self.cache.entries.weigh(key, made)

    def _keep(self, token: Hashable, key: Key, representation: Representation, context: RequestContext) -> None:
        now = datetime.datetime.now(datetime.UTC)
        # A clock was set back: the answer will have a Last-Modified when that time has come.
        is_early = context.corpus is not None and context.corpus.second > now
        revision = context.corpus.number if context.corpus else None
        detector = self.cache.detector
        is_of_state = detector.version_token() == token and (not context.has_read or detector.matches(token, revision))
        if is_of_state and not is_early:
            self.cache.entries.put(token, key, representation)


def _may_keep(scope: Scope) -> bool:
    if scope["method"] not in _READS or scope["path"] in _OF_THE_MOMENT or has_body(scope):
        return False
    return all(name != _SEEN for name, _value in scope["headers"])


def _key(scope: Scope, accept: str) -> Key:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return path, scope["query_string"], likings(accept)
