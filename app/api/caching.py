"""The layer between routing and the outermost one: entity-tags, conditional requests, Cache-Control, Vary, content
codings and HEAD, so that handlers know of none of it.

Which representation is selected is settled by an answer's headers alone: a body is hashed before it is compressed, and
neither produced nor compressed where its validator was stated and the client has it. A store of rendered answers
belongs in front of `_Answer.whole`, which needs nothing but headers and the plain body.
"""

import datetime
from pathlib import Path
from typing import Any, NoReturn

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problems
from app.api.compression import LONG, SMALLEST, Coding, Compressor, choose, is_compressible
from app.api.conditional import Conditions, entity_tag, format_date, of_coding
from app.api.trace import REVISION_HEADER, Trace, trace_of
from app.queries.corpus import CorpusRevision

# How long a cache may answer with what it has while it asks whether that still holds.
STALE_WHILE_REVALIDATE_SECONDS = 600
# What never changes at its address says so for a year, the longest that is understood.
UNCHANGING = "public, max-age=31536000, immutable"
_CONDITIONS = {
    b"if-match": "if_match",
    b"if-none-match": "if_none_match",
    b"if-modified-since": "if_modified_since",
    b"if-unmodified-since": "if_unmodified_since",
}
# Whatever a framework would do with these is done here already; ranges are not offered.
_SETTLED_HERE = frozenset({*_CONDITIONS, b"range", b"if-range"})
# RFC 9110, 15.4.5: a 304 updates what a cache has, and tells nothing of the body that it does not bring.
_KEPT_IN_304 = frozenset({"cache-control", "content-location", "etag", "expires", "last-modified", "vary"})
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
        self._trace: Trace = trace_of(scope)
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
        corpus = self._trace.corpus
        if corpus is None or not self._trace.corpus_is_dated or "no-store" in self._headers["cache-control"]:
            return
        if corpus.second <= datetime.datetime.now(datetime.UTC):
            self._headers.setdefault("last-modified", format_date(corpus.second))

    def _choose_coding(self) -> Coding | None:
        headers = self._headers
        if "content-encoding" in headers or "repr-digest" in headers or "no-transform" in headers["cache-control"]:
            return None
        if not is_compressible(headers.get("content-type", "")):
            return None
        accepted = ",".join(
            value.decode("latin-1") for name, value in self._scope["headers"] if name == b"accept-encoding"
        )
        coding, plain_would_do = choose(accepted) if accepted else (None, True)
        is_small = int(headers.get("content-length", SMALLEST)) < SMALLEST
        return None if is_small and plain_would_do else coding

    def _tag(self, plain: str) -> str:
        return of_coding(plain, self._coding.name) if self._coding else plain

    async def whole(self, body: bytes) -> None:
        """Answer with a body that is there whole."""
        if self._status == 200 and "etag" not in self._headers and "no-store" not in self._headers["cache-control"]:
            content_type = self._headers.get("content-type", "").encode()
            self._headers["etag"] = self._tag(entity_tag(content_type, body))
            await self._answer_conditions()
        if self._coding is not None:
            is_long = len(body) > LONG
            body = await anyio.to_thread.run_sync(self._coding.encode, body) if is_long else self._coding.encode(body)
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
        found = {_CONDITIONS[name]: b"" for name, _ in self._scope["headers"] if name in _CONDITIONS}
        if not found or self._status != 200:
            return
        for name, value in self._scope["headers"]:
            if name in _CONDITIONS:
                found[_CONDITIONS[name]] += (b", " if found[_CONDITIONS[name]] else b"") + value
        conditions = Conditions(**{name: value.decode("latin-1") for name, value in found.items()})
        corpus = self._trace.corpus
        dated = corpus.second if corpus is not None and "last-modified" in self._headers else None
        # What this version makes of an older corpus may differ from what another made of it.
        may_date = dated is not None and dated > self._caching.installed
        status = conditions.status(self._headers.get("etag"), dated, may_date=may_date)
        if status == 304:
            self._status, self._repeated = 304, []
            self._headers = {name: value for name, value in self._headers.items() if name in _KEPT_IN_304}
            await self._start()
            await self._stop()
        elif status == 412:
            detail = "The representation is not the one that the condition names."
            headers = {"Vary": self._headers["vary"]}
            refused = problems.problem(problems.PRECONDITION_FAILED, self._scope["path"], detail, headers=headers)
            await refused(self._scope, self._receive, self._send)
            raise _AnsweredError

    async def _start(self) -> None:
        self._started = True
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self._headers.items()]
        start: dict[str, Any] = {"type": "http.response.start", "status": self._status}
        await self._send({**start, "headers": headers + self._repeated})

    async def _stop(self) -> NoReturn:
        await self._send({"type": "http.response.body", "body": b""})
        raise _AnsweredError


def _installed() -> datetime.datetime:
    """Tell when this version came to this machine: its newest file."""
    package = Path(__file__).parent.parent
    newest = max(path.stat().st_mtime for path in package.rglob("*.py"))
    return datetime.datetime.fromtimestamp(newest, datetime.UTC)
