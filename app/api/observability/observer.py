"""Reports each request to the operators: a line in the log, numbers for /metrics, and its id and route in a trace. The
client's address and the query are reported only where a setting asks for them.
"""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import perf_counter
from typing import Any

from fastapi import FastAPI
from starlette.types import Scope

from app.api.observability import telemetry
from app.api.observability.metrics import Metrics
from app.api.observability.request_context import RequestContext
from app.api.observability.routes import PROBES, Routes
from app.logs import FIELDS, REQUEST_ID, Seldom
from app.settings import Settings

_log = logging.getLogger("quoth.access")
_MAX_CHARACTERS = 2_000
_NOT_REPORTED: AbstractContextManager[None] = nullcontext()


class Observer:
    """Is called when a request begins and when it has ended, however it did."""

    def __init__(self, app: FastAPI, settings: Settings, metrics: Metrics | None) -> None:
        self._routes = Routes(app)
        self._metrics = metrics
        self.logs_query = settings.log_query
        self._logs_client = settings.log_client
        self._shed = Seldom(logging.getLogger("quoth.api"))

    def begun(self, scope: Scope, context: RequestContext) -> None:
        """Note that a request has begun."""
        REQUEST_ID.set(context.request_id)
        if self._metrics is not None:
            self._metrics.begun()
        if telemetry.is_traced(scope):
            route = self._routes.template(scope["path"])
            telemetry.describe(scope, context.request_id, route, with_query=self.logs_query)

    def ended(self, scope: Scope, context: RequestContext) -> None:
        """Report a request that was answered, broken off, or given up by its client."""
        level = logging.WARNING if context.status >= 500 or context.status == 0 else logging.INFO
        if context.is_shed:
            # There may be thousands of them, when the processor is needed most.
            self._shed.warn("a request was refused: there is too much to do")
            level = logging.INFO
        if level == logging.INFO and scope["path"] in PROBES:
            # Probes come every few seconds: their lines help only when debugging.
            level = logging.DEBUG
        is_logged = _log.isEnabledFor(level)
        if not is_logged and self._metrics is None:
            return
        seconds = perf_counter() - context.started
        route = self._routes.template(scope["path"])
        if self._metrics is not None:
            self._metrics.ended(scope["method"], route, context, seconds)
        if is_logged:
            fields = self._fields(scope, context, route, seconds)
            message = "{method} {path} {status} {bytes} bytes {duration_ms} ms".format(**fields)
            _log.log(level, message, extra={FIELDS: fields})

    def observing(
        self, scope: Scope, request_id: str, started: float, status: int, sent_bytes: int
    ) -> AbstractContextManager[None]:
        """Report a request that is answered within the block, if it is logged or counted."""
        if self._metrics is None and not _log.isEnabledFor(logging.INFO):
            return _NOT_REPORTED
        return self._observing(scope, RequestContext(request_id, started, status=status, sent_bytes=sent_bytes))

    @contextmanager
    def _observing(self, scope: Scope, context: RequestContext) -> Iterator[None]:
        self.begun(scope, context)
        try:
            yield
            context.is_whole = True
        finally:
            self.ended(scope, context)

    def _fields(self, scope: Scope, context: RequestContext, route: str, seconds: float) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "request_id": context.request_id,
            "method": scope["method"],
            "route": route,
            "path": _as_sent(scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")),
            "status": context.status,
            "bytes": context.sent_bytes,
            "duration_ms": round(1000 * seconds, 2),
            "database_ms": round(1000 * context.reading_seconds(), 2),
        }
        if not context.is_whole:
            fields["is_whole"] = False
        if self.logs_query and scope.get("query_string"):
            fields["query"] = _as_sent(scope["query_string"])
        if self._logs_client and scope.get("client"):
            fields["client"] = scope["client"][0]
        if telemetry.is_traced(scope):
            fields |= telemetry.ids()
        return fields


def _as_sent(raw: bytes) -> str:
    """Show bytes as they were sent, percent-encoded, shortened to what a log can take."""
    return raw[:_MAX_CHARACTERS].decode("ascii", "backslashreplace")
