import io
import json
import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from app.db import Database
from app.logs import FIELDS, JsonFormatter
from app.main import create_app
from app.settings import Settings
from tests.server import running

Entries = list[dict[str, Any]]

# What a fault says of itself; code is shown in a traceback.
INSIDE = "secret words of the inside"


@pytest.fixture
def make_client(seeded: Database, database_url: str) -> Iterator[Callable[..., TestClient]]:
    """Make a client of an application with settings of the test's own."""

    made: list[FastAPI] = []

    def make(**settings: Any) -> TestClient:
        app = create_app(Settings(database_url=database_url, **settings))

        def broken() -> None:
            raise RuntimeError(INSIDE)

        def cut_short() -> StreamingResponse:
            def pieces() -> Iterator[bytes]:
                yield b"first"
                raise RuntimeError("half way")

            return StreamingResponse(pieces())

        app.add_api_route("/broken", broken)
        app.add_api_route("/cut-short", cut_short)
        made.append(app)
        return TestClient(app, raise_server_exceptions=False)

    yield make
    for app in made:
        app.state.database.close()


def _entries(caplog: pytest.LogCaptureFixture, name: str = "quoth.access") -> Entries:
    records = [record for record in caplog.records if record.name == name]
    return [json.loads(JsonFormatter().format(record)) for record in records]


def test_each_request_is_a_line(make_client: Callable[..., TestClient], caplog: pytest.LogCaptureFixture) -> None:
    client = make_client()
    with caplog.at_level(logging.INFO, "quoth.access"):
        answer = client.get("/v1/questions?q=tolerance", headers={"X-Request-ID": "one"})
        client.get("/v1/topics/no%20such")
        client.head("/v1/questions")
        client.get("/broken")
    first, missing, head, fault = _entries(caplog)
    assert first["request_id"] == answer.headers["X-Request-ID"] == "one"
    assert (first["method"], first["route"], first["path"]) == ("GET", "/v1/questions", "/v1/questions")
    assert (first["status"], first["bytes"]) == (200, int(answer.headers["Content-Length"]))
    assert first["duration_ms"] >= first["database_ms"] > 0
    assert first["message"].startswith("GET /v1/questions 200 ")
    assert (missing["route"], missing["path"], missing["status"]) == ("/v1/topics/{topic}", "/v1/topics/no%20such", 422)
    assert (head["status"], head["bytes"]) == (200, 0)
    assert [one["level"] for one in (first, missing, head, fault)] == ["info", "info", "info", "warning"]


def test_who_asks_and_for_what_is_told_only_where_that_is_set(
    make_client: Callable[..., TestClient], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "quoth.access"):
        make_client().get("/v1/questions?q=secret", headers={"User-Agent": "mine", "Referer": "https://x.example/"})
        make_client(log_query=True, log_client=True).get("/v1/questions?q=secret")
    silent, open_ = _entries(caplog)
    assert not {"query", "client"} & set(silent)
    assert "secret" not in json.dumps(silent)
    assert (open_["query"], open_["client"]) == ("q=secret", "testclient")


def test_probes_are_lines_only_for_somebody_who_debugs_or_if_they_fail(
    make_client: Callable[..., TestClient], caplog: pytest.LogCaptureFixture, database: Database
) -> None:
    client = make_client(metrics=True)
    with caplog.at_level(logging.INFO, "quoth.access"):
        for address in ("/healthz", "/readyz", "/metrics"):
            assert client.get(address).status_code == 200
        assert _entries(caplog) == []
    with caplog.at_level(logging.DEBUG, "quoth.access"):
        client.get("/healthz")
        assert [one["path"] for one in _entries(caplog)] == ["/healthz"]
    caplog.clear()
    database.migrate("base")
    with caplog.at_level(logging.WARNING, "quoth.access"):
        assert client.get("/readyz").status_code == 503
        assert [(one["path"], one["level"]) for one in _entries(caplog)] == [("/readyz", "warning")]


def test_fault_is_one_object_with_the_id_of_the_answer(
    make_client: Callable[..., TestClient], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = make_client().get("/broken?q=private")
        make_client(log_query=True).get("/broken?q=private")
    fault, explained = _entries(caplog, "quoth.api")
    assert fault["request_id"] == answer.headers["X-Request-ID"]
    assert fault["error"]["type"] == explained["error"]["type"] == "RuntimeError"
    assert (fault["error"]["message"][0], explained["error"]["message"]) == ("(", INSIDE)
    assert "in broken" in fault["error"]["traceback"]
    assert not {word for word in ("private", INSIDE) if word in json.dumps(fault)}


def test_whatever_is_logged_meanwhile_carries_the_id(make_client: Callable[..., TestClient]) -> None:
    client, written = make_client(), io.StringIO()
    elsewhere = logging.getLogger("somebody.elses")
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    elsewhere.addHandler(handler)

    def talkative() -> None:
        elsewhere.warning("by the way")

    client.app.add_api_route("/talkative", talkative)  # type: ignore[attr-defined]  # it is a FastAPI
    try:
        answer = client.get("/talkative")
    finally:
        elsewhere.removeHandler(handler)
    assert json.loads(written.getvalue())["request_id"] == answer.headers["X-Request-ID"]


def test_answer_that_does_not_reach_its_end_says_so(
    make_client: Callable[..., TestClient], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "quoth.access"):
        make_client().get("/cut-short")
        make_client().get("/v1/questions?format=csv")
    cut, whole = _entries(caplog)
    assert (cut["status"], cut["bytes"], cut["is_whole"]) == (200, 5, False)
    assert "is_whole" not in whole


@pytest.mark.parametrize(
    "raw",
    [
        b"/x\r\nGET /forged 200",
        b"/x%0d%0a%1b[31m",
        b"/\xed\xb0\x80",
        b"/%ed%b0%80",
        b"/\xff\xfe",
        "/\u202e\u2028".encode(),
        b'/"}{"a":"b',
        b"/" + b"x" * 5_000,
    ],
)
def test_path_of_any_bytes_stays_within_its_line(
    make_client: Callable[..., TestClient], caplog: pytest.LogCaptureFixture, raw: bytes
) -> None:
    client = make_client(log_query=True)
    sent: list[Any] = []

    async def ask() -> None:
        path = raw.decode("utf-8", "surrogateescape")
        scope = {"type": "http", "http_version": "1.1", "headers": [(b"host", b"a")], "query_string": raw[1:]}

        async def receive() -> Any:
            return {"type": "http.request"}

        async def send(message: Any) -> None:
            sent.append(message)

        await client.app({**scope, "method": "GET", "path": path, "raw_path": raw}, receive, send)

    with caplog.at_level(logging.INFO, "quoth.access"):
        anyio.run(ask)
    assert sent[0]["status"] >= 400
    (record,) = (record for record in caplog.records if record.name == "quoth.access")
    line = JsonFormatter().format(record)
    assert len(line) < 10_000
    for text in (line, record.getMessage(), getattr(record, FIELDS)["path"], getattr(record, FIELDS)["query"]):
        assert text.isascii()
    assert line.isprintable()


@pytest.mark.services
def test_server_writes_nothing_but_json_if_it_is_asked_to(capfd: pytest.CaptureFixture[str]) -> None:
    """The server's own lines, requests of ours, and what is no HTTP: each line is one object."""
    with running(QUOTH_LOG_FORMAT="json", QUOTH_LOG_LEVEL="info") as address:
        host, port = address.removeprefix("http://").split(":")
        for head in (
            b"GET /v1/questions HTTP/1.1\r\nHost: a\r\nX-Request-ID: mine\r\nConnection: close\r\n\r\n",
            b"GET /%0a%0dforged HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            b"no HTTP\r\n\r\n",
        ):
            with socket.create_connection((host, int(port)), timeout=10) as connection:
                connection.sendall(head)
                while connection.recv(65_536):
                    pass
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert {"uvicorn.error", "quoth.access"} <= {one["logger"] for one in lines}
    requests = [one for one in lines if one["logger"] == "quoth.access"]
    assert [(one["path"], one["status"]) for one in requests] == [("/v1/questions", 200), ("/%0a%0dforged", 404)]
    assert requests[0]["request_id"] == "mine"
    assert "uvicorn.access" not in {one["logger"] for one in lines}
