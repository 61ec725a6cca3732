"""The outermost layer: requests that are refused, faults of ours, and what every response carries, theirs included."""

import logging

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problems
from app.api.http import guard, methods
from app.api.http.headers import request_headers, request_id_of, with_common_headers
from app.api.observability.observer import Observer
from app.api.observability.request_context import RequestContext, attach
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
        context = RequestContext(request_id_of(scope))
        attach(scope, context)
        self.observer.begun(scope, context)
        bodiless = scope["method"] == "HEAD"

        async def send_complete(message: Message) -> None:
            is_last = False
            if message["type"] == "http.response.start":
                context.status = message["status"]
                carried = request_headers(context.request_id, context.started, context.reading_seconds())
                message = {**message, "headers": [*with_common_headers(message["headers"]), *carried]}
            else:
                if bodiless:
                    message = {**message, "body": b""}
                context.sent_bytes += len(message.get("body", b""))
                is_last = not message.get("more_body", False)
            await send(message)
            context.is_whole = is_last

        try:
            answer = guard.refusal(scope) or receive
            if answer is receive and (scope["method"] == "OPTIONS" or guard.has_body(scope)):
                answer = await self._settled(scope, receive)
            if isinstance(answer, Response):
                await answer(scope, receive, send_complete)
            else:
                await self.app(scope, answer, send_complete)
        except Exception:
            path = scope["path"][:500]
            told = {FIELDS: {"request_id": context.request_id, "method": scope["method"], "path": path}}
            _log.exception("request %s failed: %s %r", context.request_id, scope["method"], path, extra=told)
            if context.status:
                # The answer is cut short: the server has to break the connection, so that nobody takes it for whole.
                raise
            fault = problems.problem(problems.INTERNAL_ERROR, path, "Something went wrong here; it has been logged.")
            await fault(scope, receive, send_complete)
        finally:
            self.observer.ended(scope, context)

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
