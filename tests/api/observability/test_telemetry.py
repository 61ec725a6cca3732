import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from starlette.testclient import TestClient

from app.api.observability import telemetry
from app.db import Database
from app.logs import JsonFormatter
from app.main import create_app
from app.settings import Settings
from tests.api.keyed import bearer, key_for
from tests.conftest import ROOT
from tests.server import running

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Traced:
    """A client of an application whose spans are kept in memory."""

    def __init__(self, app: FastAPI) -> None:
        self._kept = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self._kept))
        self.close = app.state.database.close
        # As with FastAPI(telemetry={"tracer_provider": ...}).
        app._telemetry["tracer_provider"] = provider
        self.client = TestClient(app, raise_server_exceptions=False)

    def spans(self) -> list[ReadableSpan]:
        """Return the spans of requests so far, and forget them; not those of what is done within a request."""
        spans = [span for span in self._kept.get_finished_spans() if span.kind is SpanKind.SERVER]
        self._kept.clear()
        return spans


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a program has set a provider."""
    monkeypatch.setattr(telemetry, "is_asked_for", lambda: True)


@pytest.fixture
def traced(seeded: Database, database_url: str, asked_for: None) -> Iterator[Traced]:
    opened = Traced(create_app(Settings(database_url=database_url)))
    yield opened
    opened.close()


def test_span_has_the_route_and_the_id_of_the_request(traced: Traced) -> None:
    topic = "/v1/topics/interfaith-dialogue"
    answer = traced.client.get(topic, headers={"traceparent": PARENT})
    again = traced.client.get(topic, headers={"If-None-Match": answer.headers["ETag"]})
    for span, response in zip(traced.spans(), (answer, again), strict=True):
        assert span.name == "GET /v1/topics/{topic}"
        attributes = span.attributes or {}
        assert attributes["http.route"] == "/v1/topics/{topic}"
        assert attributes["http.response.status_code"] == response.status_code
        assert attributes["http.response.header.x-request-id"] == (response.headers["X-Request-ID"],)
        assert "client.address" not in attributes
    traced.client.get(topic, headers={"traceparent": PARENT})
    (span,) = traced.spans()
    assert span.parent
    assert f"{span.parent.trace_id:032x}" == PARENT.split("-")[1]


def test_request_that_comes_to_no_handler_is_traced_too(traced: Traced) -> None:
    for method, address, name in (
        ("GET", f"/v1/questions?q={'x' * 20_000}", "GET /v1/questions"),
        ("POST", "/v1/questions", "POST /v1/questions"),
        ("OPTIONS", "/v1/questions", "OPTIONS /v1/questions"),
        ("GET", "/nothing/at/all", "GET"),
    ):
        response = traced.client.request(method, address)
        (span,) = traced.spans()
        assert span.name == name
        assert (span.attributes or {})["http.response.header.x-request-id"] == (response.headers["X-Request-ID"],)


def test_what_is_searched_for_is_traced_only_where_that_is_set(traced: Traced, database_url: str) -> None:
    traced.client.get("/v1/search?q=private")
    assert "private" not in traced.spans()[0].to_json()
    telling = Traced(create_app(Settings(database_url=database_url, log_query=True)))
    telling.client.get("/v1/search?q=private")
    telling.close()
    assert "private" in telling.spans()[0].to_json()


def test_keys_are_not_traced(traced: Traced, seeded: Database) -> None:
    key = key_for(seeded).key
    for address in ("/v1/topics", f"/v1/topics?key={key}", "/v1/keys"):
        for sent in (key, key[:-1]):
            traced.client.get(address, headers=bearer(sent))
    spans = traced.spans()
    assert len(spans) == 6
    assert key.rpartition("_")[2][:-1] not in "".join(span.to_json() for span in spans)


def test_probes_are_not_traced(traced: Traced) -> None:
    traced.client.get("/healthz")
    traced.client.get("/readyz")
    assert traced.spans() == []


def test_line_in_the_log_names_the_trace(traced: Traced, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "quoth.access"):
        traced.client.get("/v1/topics", headers={"traceparent": PARENT})
    (entry,) = (json.loads(JsonFormatter().format(one)) for one in caplog.records if one.name == "quoth.access")
    (span,) = traced.spans()
    assert span.context
    assert (entry["trace_id"], entry["span_id"]) == (PARENT.split("-")[1], f"{span.context.span_id:016x}")


def test_application_without_a_collector_makes_no_spans(seed: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "quoth.access"):
        seed.get("/v1/topics")
    assert "trace_id" not in JsonFormatter().format(caplog.records[-1])


@pytest.mark.services
def test_server_sends_spans_to_the_collector_that_the_environment_names() -> None:
    received: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    collector = HTTPServer(("127.0.0.1", 0), Collector)
    thread = Thread(target=collector.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{collector.server_address[1]}"
    try:
        with running(OTEL_EXPORTER_OTLP_ENDPOINT=address, OTEL_EXPORTER_OTLP_COMPRESSION="none") as server:
            subprocess.run(["curl", "--silent", "--fail", f"{server}/v1/topics"], check=True, stdout=subprocess.DEVNULL)
    finally:
        collector.shutdown()
        thread.join()
        collector.server_close()
    traces = b"".join(body for path, body in received if path == "/v1/traces")
    assert b"/v1/topics" in traces
    assert b"http.route" in traces


@pytest.mark.services
def test_collector_without_the_extra_is_told_and_does_not_keep_the_server_from_serving() -> None:
    script = (
        "import sys; sys.modules['opentelemetry.sdk'] = None; sys.modules['opentelemetry.exporter'] = None; "
        "from app.main import create_app; from app.settings import Settings; "
        "from starlette.testclient import TestClient\n"
        "with TestClient(create_app(Settings(database_url='sqlite:///nothing.db'))) as client:\n"
        "    print(client.get('/healthz').status_code)"
    )
    environment = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "200"
    assert "no traces are sent" in done.stderr
    assert "[telemetry]" in done.stderr
    # FastAPI would name a package that says nothing to people who run Quoth.
    assert "fastapi" not in done.stderr.lower()
