"""Traces for OpenTelemetry, as FastAPI makes them. Nothing is done, and no SDK imported, until the environment names a
collector (OTEL_EXPORTER_OTLP_ENDPOINT) or a program sets a provider; sending needs the extra quoth[telemetry].
"""

import logging
import os
from collections.abc import MutableMapping
from importlib.util import find_spec
from typing import Any

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from starlette.types import Scope

from app.api.observability.routes import PROBES, UNMATCHED
from app.extras import how_to_install

_LOGGER = logging.getLogger("quoth.api")
# What the extra brings, besides the interface that FastAPI always has.
_OF_EXTRA = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")


def _is_probe(scope: MutableMapping[str, Any]) -> bool:
    return scope.get("path") in PROBES


# Without this, FastAPI looks for a provider at every request.
_OFF: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
_ON: TelemetryConfig = {
    "auto_configure": True,
    # Our own log says the same, with the same ids.
    "logs": False,
    "exclude": _is_probe,
}


def configuration() -> TelemetryConfig:
    """Return FastAPI's settings for traces: off unless the environment or the program asks for them."""
    if is_asked_for():
        return _ON
    if _names_collector():
        command = how_to_install("telemetry")
        _LOGGER.warning(
            "no traces are sent: OTEL_EXPORTER_OTLP_... is set, but the extra telemetry is not installed; run: %s",
            command,
        )
    return _OFF


def is_asked_for() -> bool:
    """Tell whether the program has set a provider, or the environment names a collector and the extra is there."""
    is_set = not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)
    return is_set or (_names_collector() and all(map(_is_installed, _OF_EXTRA)))


def _names_collector() -> bool:
    return any(name.startswith("OTEL_EXPORTER_OTLP") for name in os.environ)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        # A package that it stands in is not there, or cannot be imported.
        return False


def is_traced(scope: Scope) -> bool:
    """Tell whether FastAPI makes a span of this request."""
    return scope.get("fastapi.telemetry") is not None


def describe(scope: Scope, request_id: str, route: str, *, with_query: bool) -> None:
    """Add to the span of a request what FastAPI does not know: its id, and its route if it never reaches the router.

    The id stands where the semantic conventions put a header of the response. FastAPI always records the query; unless
    `with_query` is set, it is overwritten.
    """
    span = trace.get_current_span()
    if not span.is_recording():
        return
    span.set_attribute("http.response.header.x-request-id", (request_id,))
    if route != UNMATCHED:
        span.set_attribute("http.route", route)
        span.update_name(f"{scope['method']} {route}")
    if scope.get("query_string") and not with_query:
        span.set_attribute("url.query", "REDACTED")


def ids() -> dict[str, str]:
    """Return the ids of the current trace and span, as a log writes them; empty outside of any."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
