"""The outermost layer: what every response carries, those to refused requests and to faults of ours included.

Headers for all origins are always the same here, which is less than Starlette's CORS layer does and so needs no Vary.
"""

import logging
import os
import re
from time import perf_counter

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import guard, methods, problems
from app.api.trace import REVISION_HEADER, Trace, attach
from app.api.observing import Observer
from app.logs import FIELDS

_log = logging.getLogger("quoth.api")
# What a log or another server can take without quoting.
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._~+/=:@-]{1,128}")
_EXPOSED = (
    "Allow, Content-Disposition, Content-Language, Content-Length, ETag, Last-Modified, Link, Location, "
    f"{REVISION_HEADER}, Repr-Digest, Retry-After, Server-Timing, Vary, X-Request-ID"
)
_ALWAYS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
    (b"timing-allow-origin", b"*"),
    (b"x-content-type-options", b"nosniff"),
)
# A page that needs more says so itself.
_PAGES = (
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
_OURS = frozenset(name for name, _ in _ALWAYS)


class Envelope:
    """An ASGI layer around everything else of the application."""

    def __init__(self, app: ASGIApp, observer: Observer) -> None:
        self.app = app
        self.observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        trace = Trace(_request_id(scope))
        attach(scope, trace)
        self.observer.begun(scope, trace)
        bodiless = scope["method"] == "HEAD"

        async def send_dressed(message: Message) -> None:
            is_last = False
            if message["type"] == "http.response.start":
                trace.status = message["status"]
                message = {**message, "headers": _dressed(message["headers"], trace)}
            else:
                if bodiless:
                    message = {**message, "body": b""}
                trace.sent_bytes += len(message.get("body", b""))
                is_last = not message.get("more_body", False)
            await send(message)
            trace.is_whole = is_last

        try:
            answer = await self._settled(scope, receive)
            if isinstance(answer, Response):
                await answer(scope, receive, send_dressed)
            else:
                await self.app(scope, answer, send_dressed)
        except Exception:
            path = scope["path"][:500]
            told = {FIELDS: {"request_id": trace.request_id, "method": scope["method"], "path": path}}
            _log.exception("request %s failed: %s %r", trace.request_id, scope["method"], path, extra=told)
            if trace.status:
                # The answer is cut short: the server has to break the connection, so that nobody takes it for whole.
                raise
            fault = problems.problem(problems.INTERNAL_ERROR, path, "Something went wrong here; it has been logged.")
            await fault(scope, receive, send_dressed)
        finally:
            self.observer.ended(scope, trace)

    @staticmethod
    async def _settled(scope: Scope, receive: Receive) -> Response | Receive:
        """Return the answer where no handler is needed for it, else what the handler receives the request from."""
        refused = guard.refusal(scope)
        if refused is not None:
            return refused
        if guard.has_body(scope):
            counted = await guard.counted(scope, receive)
            if isinstance(counted, Response):
                return counted
            receive = counted
        return (methods.options(scope) if scope["method"] == "OPTIONS" else None) or receive


def _request_id(scope: Scope) -> str:
    given: list[bytes] = [value for name, value in scope["headers"] if name == b"x-request-id"]
    if len(given) == 1 and _REQUEST_ID.fullmatch(given[0]):
        return given[0].decode("ascii")
    return os.urandom(12).hex()


def _dressed(headers: list[tuple[bytes, bytes]], trace: Trace) -> list[tuple[bytes, bytes]]:
    dressed = [header for header in headers if header[0] not in _OURS]
    dressed += _ALWAYS
    dressed.append((b"x-request-id", trace.request_id.encode()))
    if trace.corpus is not None:
        dressed.append((REVISION_HEADER.lower().encode(), b"%d" % trace.corpus.number))
    total = 1000 * (perf_counter() - trace.started)
    dressed.append(
        (
            b"server-timing",
            b'total;desc="until the headers";dur=%.2f, db;desc="reading";dur=%.2f'
            % (total, 1000 * trace.reading_seconds()),
        )
    )
    if any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers):
        present = {name for name, _ in headers}
        dressed += [header for header in _PAGES if header[0] not in present]
    return dressed
