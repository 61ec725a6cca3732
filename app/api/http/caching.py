"""The layer between the envelope and the routes: response cache, entity-tags, conditional requests, Cache-Control,
Vary, content codings and HEAD, so that handlers know of none of them.

An answer of status 200 that is there whole and may be cached becomes a `Representation`, which other requests share;
all other answers are sent as they come. The headers of an answer alone decide its coding and its conditions, so a body
is hashed before it is compressed, and neither made nor compressed where its validator was stated and the client has it.
"""

import datetime
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problem_kinds, problems
from app.api.http.compression import LONG, SMALLEST, Coding, Compressor
from app.api.http.headers import REVISION_HEADER
from app.api.http.read_limiter import ReadLimiter
from app.api.http.representation import (
    PRECONDITION_FIELDS,
    Representation,
    choose_coding,
    coded_tag,
    encode,
    entity_tag,
    format_date,
    headers_of_304,
    may_code,
    raw,
    read_preconditions,
)
from app.api.http.response_cache import READS, ResponseCache, looked_up, may_cache
from app.api.http.single_flight import SingleFlight, Ticket
from app.api.observability.request_context import RequestContext, request_context
from app.db.corpus_revision import CorpusRevision

# Seconds for which a cache may answer with a stale answer while it validates it.
STALE_WHILE_REVALIDATE_SECONDS = 600
# For what never changes at its address: a year, the longest time that caches understand.
UNCHANGING = "public, max-age=31536000, immutable"
# Answers that a request waits for at most, if they turn out not to be cacheable, before it makes its own.
_MAX_WAITS = 3
# Headers of requests that this layer acts upon, so that the framework must not. Ranges are not offered.
_HANDLED_HERE = frozenset({*PRECONDITION_FIELDS, b"range", b"if-range"})
_NEGOTIATED = "/v1/"


def stated(response: Response, request: Request, corpus: CorpusRevision | None) -> Response:
    """State the validator of an answer that is made from the corpus and must not be held in memory whole.

    The revision has to be the one that the body will be read from. The validator also depends on the whole address, on
    the version of the application, and on the media type, because Accept may select another one.
    """
    app = request.app
    revision = "none" if corpus is None else f"{corpus.number} {corpus.made_at.isoformat()}"
    response.headers["ETag"] = entity_tag(
        app.version.encode(),
        app.state.settings.public_url.encode(),
        revision.encode(),
        request.scope["path"].encode(),
        request.scope["query_string"],
        response.headers.get("Content-Type", "").encode(),
    )
    return response


class Caching:
    """An ASGI layer around the application's routes."""

    def __init__(
        self,
        app: ASGIApp,
        max_age_seconds: int,
        cache: ResponseCache | None = None,
        limiter: ReadLimiter | None = None,
    ) -> None:
        self.app = app
        self.limiter = limiter
        self.lifetime = (
            f"public, max-age={max_age_seconds}, stale-while-revalidate={STALE_WHILE_REVALIDATE_SECONDS}"
            if max_age_seconds
            else "public, no-cache"
        )
        self.installed = _installed()
        self._cache = cache
        self._flight = SingleFlight()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(self, scope, receive, send)
        if self._cache is not None and may_cache(scope):
            await self._answer_cached(self._cache, scope, answer)
        elif (representation := await answer.make()) is not None:
            await answer.send_representation(representation)

    async def _answer_cached(self, cache: ResponseCache, scope: Scope, answer: "_Answer") -> None:
        accept = _field_of(scope, b"accept")
        lookup = looked_up(scope) or cache.look_up(scope, accept)
        for _wait in range(_MAX_WAITS):
            if lookup is None or lookup.representation is not None or not await self._flight.wait(lookup.key):
                break
            lookup = cache.look_up(scope, accept)
        if lookup is None:
            representation = await answer.make()
        elif lookup.representation is not None:
            representation = lookup.representation
        else:
            with self._flight.begin(lookup.key) as ticket:
                representation = await answer.make(ticket)
                if representation is not None:
                    cache.put(lookup, representation, request_context(scope))
        if representation is not None:
            await answer.send_representation(representation)
            if lookup is not None:
                cache.weigh(lookup.key, representation)


class _AnsweredError(Exception):
    """Stops whatever produces a body that is not needed."""


class _Answer:
    """The answer to one request."""

    def __init__(self, caching: Caching, scope: Scope, receive: Receive, send: Send) -> None:
        self._caching = caching
        self._scope = scope
        self._receive = receive
        self._send = send
        self._is_read = scope["method"] in READS
        self._accept_encoding = _field_of(scope, b"accept-encoding")
        self._context: RequestContext = request_context(scope)
        self._ticket: Ticket | None = None
        self._representation: Representation | None = None
        self._status = 0
        self._headers: dict[str, str] = {}
        self._repeated: list[tuple[bytes, bytes]] = []
        self._coding: Coding | None = None
        self._compressor: Compressor | None = None
        self._started = False

    async def send_representation(self, representation: Representation) -> None:
        """Send a representation as the request asks for it: in a coding, as a 304, or not at all."""
        coding = representation.coding(self._accept_encoding)
        status = representation.status(read_preconditions(self._scope["headers"]), coding)
        if status == 412:
            await self._refuse(representation.headers["vary"])
        else:
            response = representation.not_modified(coding) if status == 304 else await representation.full(coding)
            await self._send({"type": "http.response.start", "status": status, "headers": response.headers})
            await self._send({"type": "http.response.body", "body": response.body})

    async def make(self, ticket: Ticket | None = None) -> Representation | None:
        """Let the application answer. Return its answer if it is a representation; any other is sent as it comes.

        The ticket is ended as soon as it is clear that other requests will not share the answer.
        """
        self._ticket = ticket
        scope = self._scope
        limiter = self._caching.limiter
        if limiter is not None and scope["path"].startswith(_NEGOTIATED) and limiter.refuses(scope):
            # What the framework does before the handler would take longer than all the rest.
            await problems.overloaded(scope)(scope, self._receive, self._take)
            return None
        if self._is_read:
            scope = {**scope, "method": "GET"}
            if not _HANDLED_HERE.isdisjoint(name for name, _ in scope["headers"]):
                scope["headers"] = [header for header in scope["headers"] if header[0] not in _HANDLED_HERE]
        try:
            await self._caching.app(scope, self._receive, self._take)
        except _AnsweredError:
            return None
        return self._representation

    async def _take(self, message: Message) -> None:
        """Take a message of the application."""
        if message["type"] == "http.response.start":
            self._begin(message)
            if "etag" in self._headers and self._is_read:
                self._headers["etag"] = coded_tag(self._headers["etag"], self._coding)
                await self._evaluate_preconditions()
            if "content-length" not in self._headers:
                await self._open_stream()
        elif message["type"] != "http.response.body":
            await self._send(message)
        elif self._started:
            await self._send_piece(message)
        elif not message.get("more_body", False):
            await self._end_whole(message.get("body", b""))
        else:
            await self._open_stream()
            await self._send_piece(message)

    def _begin(self, message: Message) -> None:
        """Settle everything that the headers of an answer decide."""
        self._status = message["status"]
        for raw_name, raw_value in message["headers"]:
            name = raw_name.decode("latin-1").lower()
            if name in self._headers and name not in {"vary", "cache-control"}:
                self._repeated.append((raw_name, raw_value))
            else:
                before = f"{self._headers[name]}, " if name in self._headers else ""
                self._headers[name] = before + raw_value.decode("latin-1")
        self._headers.pop("accept-ranges", None)
        if self._context.corpus is not None:
            # A write that has read before it states its own.
            self._headers.setdefault(REVISION_HEADER.lower(), str(self._context.corpus.number))
        self._vary()
        if "cache-control" not in self._headers:
            is_public = self._is_read and self._status < 400
            self._headers["cache-control"] = self._caching.lifetime if is_public else "no-store"
        if self._status == 200:
            self._date()
        if self._accept_encoding and may_code(self._headers):
            size = int(self._headers.get("content-length", SMALLEST))
            self._coding = choose_coding(self._accept_encoding, size)

    def _vary(self) -> None:
        names = ["Accept-Encoding"]
        if self._scope["path"].startswith(_NEGOTIATED):
            # A cache may keep what everybody gets, and has to ask again for a key, which may open more.
            names = ["Accept", *names, "Authorization", REVISION_HEADER]
        present = [name.strip() for name in self._headers.get("vary", "").split(",") if name.strip()]
        named = {name.lower() for name in names}
        self._headers["vary"] = ", ".join([*names, *(name for name in present if name.lower() not in named)])

    def _date(self) -> None:
        """Say when the corpus was last revised, unless that would mislead: see has_second_to_itself.

        RFC 9110, 8.8.2.1: a time in the future is not sent; it means that a clock was set back.
        """
        corpus = self._context.corpus
        if corpus is None or not self._context.corpus_is_dated or "no-store" in self._headers["cache-control"]:
            return
        if corpus.second <= datetime.datetime.now(datetime.UTC):
            self._headers.setdefault("last-modified", format_date(corpus.second))

    async def _end_whole(self, body: bytes) -> None:
        """Make a representation of an answer whose body is there whole; send one that is none."""
        if self._status == 200 and "etag" not in self._headers and "no-store" not in self._headers["cache-control"]:
            self._headers["etag"] = entity_tag(self._headers.get("content-type", "").encode(), body)
            modified = self._modified()
            self._representation = Representation(
                self._headers, self._repeated, body, modified, self._may_date(modified)
            )
            return
        if self._coding is not None:
            body = await encode(self._coding, body)
            self._headers["content-encoding"] = self._coding.name
            self._headers["content-length"] = str(len(body))
        await self._start()
        await self._send({"type": "http.response.body", "body": body})

    async def _open_stream(self) -> None:
        if self._coding is not None:
            self._compressor = self._coding.compressor()
            self._headers["content-encoding"] = self._coding.name
            self._headers.pop("content-length", None)
        await self._start()
        if self._scope["method"] == "HEAD":
            await self._stop()

    async def _send_piece(self, message: Message) -> None:
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._compressor is not None:
            compress = self._compressor.compress
            body = await anyio.to_thread.run_sync(compress, body) if len(body) > LONG else compress(body)
            if not more:
                body += self._compressor.flush()
            # Compressors give something out only now and then, so that the bytes do not depend on how a body is cut.
            if not body and more:
                return
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def _evaluate_preconditions(self) -> None:
        """Answer 304 or 412 where the request asks for it, and stop what makes the body."""
        if self._status != 200:
            return
        modified = self._modified()
        preconditions = read_preconditions(self._scope["headers"])
        status = preconditions.status(self._headers["etag"], modified, may_date=self._may_date(modified))
        if status == 304:
            self._status, self._repeated, self._headers = 304, [], headers_of_304(self._headers)
            await self._start()
            await self._stop()
        elif status == 412:
            await self._refuse(self._headers["vary"])
            raise _AnsweredError

    def _modified(self) -> datetime.datetime | None:
        corpus = self._context.corpus
        return corpus.second if corpus is not None and "last-modified" in self._headers else None

    def _may_date(self, modified: datetime.datetime | None) -> bool:
        """Tell whether a date alone confirms an answer: another version may have answered otherwise before it."""
        return modified is not None and modified > self._caching.installed

    async def _refuse(self, vary: str) -> None:
        detail = "The representation is not the one that the condition names."
        headers = {"Vary": vary}
        refused = problems.problem(problem_kinds.PRECONDITION_FAILED, self._scope["path"], detail, headers=headers)
        await refused(self._scope, self._receive, self._send)

    async def _start(self) -> None:
        self._started = True
        if self._ticket is not None:
            self._ticket.end()
        start: dict[str, Any] = {"type": "http.response.start", "status": self._status}
        await self._send({**start, "headers": raw(self._headers) + self._repeated})

    async def _stop(self) -> NoReturn:
        await self._send({"type": "http.response.body", "body": b""})
        raise _AnsweredError


def _field_of(scope: Scope, wanted: bytes) -> str:
    """Return a list-valued field of a request, all its lines joined; empty where it has none."""
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == wanted)


@cache
def _installed() -> datetime.datetime:
    """Return when this version was installed on this machine: the time of its newest file."""
    package = Path(__file__).parents[2]
    newest = max(path.stat().st_mtime for path in package.rglob("*.py"))
    return datetime.datetime.fromtimestamp(newest, datetime.UTC)
