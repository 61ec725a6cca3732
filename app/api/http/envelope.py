"""The outermost layer: requests that are refused, faults of ours, and what every response carries, theirs included."""

import logging

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problems
from app.api.http import guard, methods
from app.api.http.headers import dressed, of_one_request, request_id
from app.api.observability.observer import Observer
from app.api.observability.request_context import Trace, attach
from app.logs import FIELDS

_log = logging.getLogger("quoth.api")


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
        trace = Trace(request_id(scope))
        attach(scope, trace)
        self.observer.begun(scope, trace)
        bodiless = scope["method"] == "HEAD"

        async def send_dressed(message: Message) -> None:
            is_last = False
            if message["type"] == "http.response.start":
                trace.status = message["status"]
                carried = of_one_request(trace.request_id, trace.started, trace.reading_seconds())
                message = {**message, "headers": [*dressed(message["headers"]), *carried]}
            else:
                if bodiless:
                    message = {**message, "body": b""}
                trace.sent_bytes += len(message.get("body", b""))
                is_last = not message.get("more_body", False)
            await send(message)
            trace.is_whole = is_last

        try:
            answer = guard.refusal(scope) or receive
            if answer is receive and (scope["method"] == "OPTIONS" or guard.has_body(scope)):
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
        """Take the body of a request in. Return the answer where no handler is needed for it, else what the handler
        receives the request from.
        """
        if guard.has_body(scope):
            counted = await guard.counted(scope, receive)
            if isinstance(counted, Response):
                return counted
            receive = counted
        return (methods.options(scope) if scope["method"] == "OPTIONS" else None) or receive
