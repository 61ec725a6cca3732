"""The layer between routing and the outermost ones: entity-tags, conditional requests, Cache-Control, Vary, content
codings and HEAD, so that handlers know of none of it.

Which representation is selected is settled by an answer's headers alone: a body is hashed before it is compressed, and
neither produced nor compressed where its validator was stated and the client has it. An answer that is there whole and
may be cached becomes a `Representation`, which the response cache may keep for other requests.
"""

import datetime
from pathlib import Path
from typing import Any, NoReturn

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problems
from app.api.http.compression import LONG, Coding, Compressor
from app.api.http.conditional import FIELDS, Preconditions, entity_tag, format_date, of_coding, read_preconditions
from app.api.http.headers import REVISION_HEADER
from app.api.http.representation import Representation, WireResponse, choose_coding, encoded, of_304, raw
from app.api.observability.request_context import RequestContext, request_context
from app.db.corpus_revision import CorpusRevision

# How long a cache may answer with what it has while it asks whether that still holds.
STALE_WHILE_REVALIDATE_SECONDS = 600
# What never changes at its address says so for a year, the longest that is understood.
UNCHANGING = "public, max-age=31536000, immutable"
# Whatever a framework would do with these is done here already; ranges are not offered.
_SETTLED_HERE = frozenset({*FIELDS, b"range", b"if-range"})
_NEGOTIATED = "/v1/"


def stated(response: Response, request: Request, corpus: CorpusRevision | None) -> Response:
    """State the validator of an answer that is made from the corpus and must not be held in memory whole.

    The revision has to be the one that the body will be read from. The validator also depends on the whole address and
    on the version of the application, and on the media type, so that what an address selects by Accept differs too.
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

    def __init__(self, app: ASGIApp, max_age_seconds: int) -> None:
        self.app = app
        self.lifetime = (
            f"public, max-age={max_age_seconds}, stale-while-revalidate={STALE_WHILE_REVALIDATE_SECONDS}"
            if max_age_seconds
            else "public, no-cache"
        )
        self.installed = _installed()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(self, scope, receive, send)
        inner = scope
        if answer.is_read:
            inner = {**scope, "method": "GET"}
            if not _SETTLED_HERE.isdisjoint(name for name, _ in scope["headers"]):
                inner["headers"] = [header for header in scope["headers"] if header[0] not in _SETTLED_HERE]
        try:
            await self.app(inner, receive, answer.send)
        except _AnsweredError:
            return


class _AnsweredError(Exception):
    """Stops whatever produces a body that nobody needs."""


class _Answer:
    """One answer on its way out."""

    def __init__(self, caching: Caching, scope: Scope, receive: Receive, send: Send) -> None:
        self.is_read = scope["method"] in {"GET", "HEAD"}
        self._caching = caching
        self._scope = scope
        self._receive = receive
        self._send = send
        self._context: RequestContext = request_context(scope)
        self._status = 0
        self._headers: dict[str, str] = {}
        self._repeated: list[tuple[bytes, bytes]] = []
        self._coding: Coding | None = None
        self._compressor: Compressor | None = None
        self._started = False

    async def send(self, message: Message) -> None:
        """Take a message of the application, and send on what becomes of it."""
        if message["type"] == "http.response.start":
            self._begin(message)
            if "etag" in self._headers:
                self._headers["etag"] = self._tag(self._headers["etag"])
                await self._answer_conditions()
            if "content-length" not in self._headers:
                await self._open_stream()
        elif message["type"] != "http.response.body":
            await self._send(message)
        elif self._started:
            await self._send_piece(message)
        elif not message.get("more_body", False):
            await self.whole(message.get("body", b""))
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
            self._headers[REVISION_HEADER.lower()] = str(self._context.corpus.number)
        self._vary()
        if "cache-control" not in self._headers:
            is_kept = self.is_read and self._status < 400
            self._headers["cache-control"] = self._caching.lifetime if is_kept else "no-store"
        if self._status == 200:
            self._date()
        self._coding = self._choose_coding()

    def _vary(self) -> None:
        wanted = ["Accept-Encoding"]
        if self._scope["path"].startswith(_NEGOTIATED):
            wanted = ["Accept", *wanted, REVISION_HEADER]
        present = [name.strip() for name in self._headers.get("vary", "").split(",") if name.strip()]
        known = {name.lower() for name in wanted}
        self._headers["vary"] = ", ".join([*wanted, *(name for name in present if name.lower() not in known)])

    def _date(self) -> None:
        """Say when the corpus was last revised, unless that would mislead: see has_second_to_itself.

        RFC 9110, 8.8.2.1: a time that is still to come is not given out; it means that a clock was set back.
        """
        corpus = self._context.corpus
        if corpus is None or not self._context.corpus_is_dated or "no-store" in self._headers["cache-control"]:
            return
        if corpus.second <= datetime.datetime.now(datetime.UTC):
            self._headers.setdefault("last-modified", format_date(corpus.second))

    def _choose_coding(self) -> Coding | None:
        return choose_coding(self._headers, field_of(self._scope, b"accept-encoding"))

    def _tag(self, plain: str) -> str:
        return of_coding(plain, self._coding.name) if self._coding else plain

    async def whole(self, body: bytes) -> None:
        """Answer with a body that is there whole."""
        if self._status == 200 and "etag" not in self._headers and "no-store" not in self._headers["cache-control"]:
            self._headers["etag"] = entity_tag(self._headers.get("content-type", "").encode(), body)
            modified = self._modified()
            representation = Representation(self._headers, self._repeated, body, modified, self._may_date(modified))
            if self.is_read and self._context.keep is not None:
                self._context.keep(representation)
            await self._send_representation(representation)
            return
        if self._coding is not None:
            body = await encoded(self._coding, body)
            self._headers["content-encoding"] = self._coding.name
            self._headers["content-length"] = str(len(body))
        await self._start()
        await self._send({"type": "http.response.body", "body": body})

    async def _send_representation(self, representation: Representation) -> None:
        status = representation.status(read_preconditions(self._scope["headers"]), self._coding)
        if status == 412:
            await self._refuse()
        sent = representation.not_modified(self._coding) if status == 304 else await representation.full(self._coding)
        self._started = True
        await send_whole(sent, self._send)

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
            compressed = self._compressor.compress
            body = await anyio.to_thread.run_sync(compressed, body) if len(body) > LONG else compressed(body)
            if not more:
                body += self._compressor.flush()
            # Compressors give something out only now and then, so that the bytes do not depend on how a body is cut.
            if not body and more:
                return
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def _answer_conditions(self) -> None:
        """Answer 304 or 412 where the conditions of the request ask for it, and stop what makes the body."""
        preconditions: Preconditions | None = read_preconditions(self._scope["headers"])
        if preconditions is None or self._status != 200:
            return
        modified = self._modified()
        status = preconditions.status(self._headers.get("etag"), modified, may_date=self._may_date(modified))
        if status == 304:
            self._status, self._repeated, self._headers = 304, [], of_304(self._headers)
            await self._start()
            await self._stop()
        elif status == 412:
            await self._refuse()

    def _modified(self) -> datetime.datetime | None:
        corpus = self._context.corpus
        return corpus.second if corpus is not None and "last-modified" in self._headers else None

    def _may_date(self, modified: datetime.datetime | None) -> bool:
        """Tell whether a date alone confirms: what this version makes of an older corpus may differ from what another
        made of it.
        """
        return modified is not None and modified > self._caching.installed

    async def _refuse(self) -> NoReturn:
        detail = "The representation is not the one that the condition names."
        headers = {"Vary": self._headers["vary"]}
        refused = problems.problem(problems.PRECONDITION_FAILED, self._scope["path"], detail, headers=headers)
        await refused(self._scope, self._receive, self._send)
        raise _AnsweredError

    async def _start(self) -> None:
        self._started = True
        start: dict[str, Any] = {"type": "http.response.start", "status": self._status}
        await self._send({**start, "headers": raw(self._headers) + self._repeated})

    async def _stop(self) -> NoReturn:
        await self._send({"type": "http.response.body", "body": b""})
        raise _AnsweredError


def field_of(scope: Scope, wanted: bytes) -> str:
    """Return a field of a request that is a list, all lines of it; empty where it has none."""
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == wanted)


async def send_whole(sent: WireResponse, send: Send) -> None:
    """Send an answer that is there whole."""
    await send({"type": "http.response.start", "status": sent.status, "headers": sent.headers})
    await send({"type": "http.response.body", "body": sent.body})


def _installed() -> datetime.datetime:
    """Tell when this version came to this machine: its newest file."""
    package = Path(__file__).parents[2]
    newest = max(path.stat().st_mtime for path in package.rglob("*.py"))
    return datetime.datetime.fromtimestamp(newest, datetime.UTC)
