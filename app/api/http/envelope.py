"""The outermost layer: request ids, common headers, timing, refusals, and faults of the application; and the fast path,
by which cached answers pass all layers.
"""

import logging
from time import perf_counter

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problem_kinds, problems
from app.api.http import guard
from app.api.http.access import Access, holder_of
from app.api.http.headers import for_one_reader, request_headers, request_id, request_id_of, with_common_headers
from app.api.http.rate_limit import RateLimit, limit_headers
from app.api.http.response_cache import READS, ResponseCache
from app.api.http.terms import Terms
from app.api.observability.observer import Observer
from app.api.observability.request_context import RequestContext, attach
from app.logs import FIELDS, without_message

_log = logging.getLogger("quoth.api")


class FastPath:
    """Sends cached answers before anything of the framework runs; the framework takes longer than all the rest.

    Anything out of the usual takes the long way, so that `guard` need not be repeated here.
    """

    def __init__(self, cache: ResponseCache, observer: Observer, rate_limit: RateLimit | None = None) -> None:
        self._cache = cache
        self._rate_limit = rate_limit
        self._observer = observer

    async def answer(self, scope: Scope, send: Send) -> bool:
        """Send the answer if it is ready to be sent as it is; return whether it was."""
        started = perf_counter()
        fields = guard.usual_fields(scope) if scope["method"] in READS else None
        if fields is None:
            return False
        lookup = self._cache.look_up(scope, fields.get(b"accept", b"").decode("latin-1"))
        if lookup is None or lookup.representation is None:
            return False
        accept_encoding = fields.get(b"accept-encoding", b"").decode("latin-1")
        response = lookup.representation.ready(accept_encoding, fields.get(b"if-none-match"))
        if response is None:
            return False
        if self._rate_limit is not None and self._rate_limit.take(scope).wait:
            # The envelope refuses it.
            return False
        sent_id = request_id(fields.get(b"x-request-id"))
        headers = [*response.headers, *request_headers(sent_id, started), *limit_headers(scope)]
        body = b"" if scope["method"] == "HEAD" else response.body
        with self._observer.observing(scope, sent_id, started, response.status, len(body)):
            await send({"type": "http.response.start", "status": response.status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        return True


class Envelope:
    """An ASGI layer around everything else of the application."""

    def __init__(
        self,
        app: ASGIApp,
        observer: Observer,
        body_seconds: float,
        access: Access,
        rate_limit: RateLimit | None = None,
    ) -> None:
        self.app = app
        self.observer = observer
        self.body_seconds = body_seconds
        self.access = access
        self.rate_limit = rate_limit

    async def _refusal(self, scope: Scope, terms: Terms, *, has_key: bool) -> Response | None:
        """Refuse a request for what is known of it before its body; what has a right key counts for the key."""
        limited = None if self.rate_limit is None or has_key else self.rate_limit.refusal(scope)
        refusal = limited or guard.refusal(scope, terms) or await self.access.refusal(scope, terms)
        if self.rate_limit is None or not has_key:
            return refusal
        holder = holder_of(scope)
        return self.rate_limit.refusal(scope, None if holder is None else holder.prefix) or refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        context = RequestContext(request_id_of(scope))
        attach(scope, context)
        self.observer.begun(scope, context)
        bodiless = scope["method"] == "HEAD"
        has_key = any(name == b"authorization" for name, _value in scope["headers"])

        async def send_complete(message: Message) -> None:
            is_last = False
            if message["type"] == "http.response.start":
                context.status = message["status"]
                own = request_headers(context.request_id, context.started, context.reading_seconds())
                common = with_common_headers(message["headers"])
                headers = [*(for_one_reader(common) if has_key else common), *own, *limit_headers(scope)]
                message = {**message, "headers": headers}
            else:
                if bodiless:
                    message = {**message, "body": b""}
                context.sent_bytes += len(message.get("body", b""))
                is_last = not message.get("more_body", False)
            await send(message)
            context.is_whole = is_last

        try:
            terms = self.access.terms.of(scope)
            refusal = await self._refusal(scope, terms, has_key=has_key)
            answer = refusal or await guard.take_in(scope, receive, self.body_seconds, terms)
            if isinstance(answer, Response):
                await answer(scope, receive, send_complete)
            else:
                await self.app(scope, answer, send_complete)
        except Exception as error:  # noqa: BLE001 - it is logged
            path = scope["path"][:500]
            fields = {FIELDS: {"request_id": context.request_id, "method": scope["method"], "path": path}}
            shown = error if self.observer.logs_query else without_message(error)
            message = "request %s failed: %s %r"
            _log.error(message, context.request_id, scope["method"], path, extra=fields, exc_info=shown)
            if context.status:
                # The answer is cut short: the server has to break the connection, or clients would take it for whole.
                # It logs the error once more.
                raise shown from shown.__cause__
            fault = problems.problem(
                problem_kinds.INTERNAL_ERROR, path, "Something went wrong here; it has been logged."
            )
            await fault(scope, receive, send_complete)
        finally:
            guard.let_go(scope)
            self.access.note_use(scope)
            self.observer.ended(scope, context)
