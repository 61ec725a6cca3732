import logging
import re
from collections.abc import Iterator, MutableMapping
from typing import Any

import anyio
import pytest
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.settings import Settings

# An answer of each layer: handlers, the router, the guard, OPTIONS, a redirect, a fault of ours.
ANSWERS = (
    ("GET", "/v1/questions"),
    ("HEAD", "/v1/questions"),
    ("GET", "/docs"),
    ("GET", "/"),
    ("GET", "/healthz"),
    ("GET", "/nothing"),
    ("GET", "/v1/questions?limit=0"),
    ("GET", "/v1/questions?q=%ff"),
    ("GET", f"/v1/questions?q={'x' * 20_000}"),
    ("POST", "/v1/questions"),
    ("OPTIONS", "/v1/questions"),
    ("OPTIONS", "/nothing"),
    ("GET", "/broken"),
)

# What a fault says of itself; code is shown in a traceback.
INSIDE = "secret words of the inside"


@pytest.fixture
def faulty(seeded: Database, database_url: str) -> Iterator[TestClient]:
    """A client of an application of which one address fails."""
    # An answer that is kept takes no time of the database, and says so.
    app = create_app(Settings(database_url=database_url, cache_bytes=0))

    def broken() -> None:
        raise RuntimeError(INSIDE)

    app.add_api_route("/broken", broken)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_every_answer_has_what_all_share(faulty: TestClient) -> None:
    for method, address in ANSWERS:
        for headers in ({}, {"Origin": "https://example.org"}):
            response = faulty.request(method, address, headers=headers, follow_redirects=False)
            given = response.headers
            assert re.fullmatch(r"[0-9a-f]{24}", given["X-Request-ID"]), (method, address)
            assert given["X-Content-Type-Options"] == "nosniff"
            assert given["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in given
            assert {"ETag", "Link", "X-Request-ID"} <= set(given["Access-Control-Expose-Headers"].split(", "))
            assert re.fullmatch(
                r'total;desc="until the headers";dur=\d+\.\d\d, db;desc="reading";dur=\d+\.\d\d',
                given["Server-Timing"],
            )
            if response.status_code >= 400:
                assert given["Cache-Control"] == "no-store"
                assert method == "HEAD" or given["Content-Type"] == "application/problem+json"
            for name in given:
                assert len(given.get_list(name)) == 1, (address, name)


def test_head_sends_no_body_whoever_answers(faulty: TestClient) -> None:
    """Clients and servers drop such a body, so what the application itself sends is looked at."""
    bodies: list[bytes] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        bodies.append(message.get("body", b""))

    async def ask(path: str, query: str) -> None:
        scope = {"type": "http", "method": "HEAD", "path": path, "raw_path": path.encode(), "http_version": "1.1"}
        headers = [(b"host", b"a")]
        await faulty.app({**scope, "query_string": query.encode(), "headers": headers}, receive, send)

    for method, address in ANSWERS:
        if method == "GET":
            path, _, query = address.partition("?")
            anyio.run(ask, path, query)
    assert len(bodies) > len(ANSWERS)
    assert set(bodies) == {b""}


def test_time_in_the_database_is_told(faulty: TestClient) -> None:
    def spent(address: str) -> float:
        found = re.search(r'db;desc="reading";dur=([\d.]+)', faulty.get(address).headers["Server-Timing"])
        assert found
        return float(found[1])

    assert spent("/v1/questions") > 0
    assert spent("/healthz") == 0


@pytest.mark.parametrize("address", ["/v1/questions", "/v1/questions?format=csv", "/v1/quotes/verify?text=tolerance"])
def test_time_is_told_of_answers_of_every_kind(faulty: TestClient, address: str) -> None:
    """Of streams, whose transaction is still open when their headers go out, of 304 and of HEAD too."""

    def times(method: str, **headers: str) -> tuple[int, float, float]:
        response = faulty.request(method, address, headers=headers)
        total, reading = map(float, re.findall(r"dur=([\d.]+)", response.headers["Server-Timing"]))
        return response.status_code, total, reading

    tag = faulty.get(address).headers.get("ETag")
    asked = [("GET", {}, 200), ("HEAD", {}, 200), *([("GET", {"If-None-Match": tag}, 304)] if tag else [])]
    for method, headers, status in asked:
        answered, total, reading = times(method, **headers)
        assert answered == status
        assert total >= reading > 0


def test_time_of_the_readiness_probe_is_time_in_the_database(faulty: TestClient) -> None:
    total, reading = map(float, re.findall(r"dur=([\d.]+)", faulty.get("/readyz").headers["Server-Timing"]))
    assert total >= reading > 0


def test_request_id_is_taken_over_if_it_is_well_formed(faulty: TestClient) -> None:
    for given in ("abc", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "a" * 128, "user@host/1:2+3=~"):
        assert faulty.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given
    for given in ("", "a b", "a" * 129, '"quoted"', "a;b", "<script>", "a\tb"):
        taken = faulty.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
        assert re.fullmatch(r"[0-9a-f]{24}", taken)
    twice = faulty.get("/healthz", headers=[("X-Request-ID", "a"), ("X-Request-ID", "b")])
    assert re.fullmatch(r"[0-9a-f]{24}", twice.headers["X-Request-ID"])


def test_fault_is_logged_with_the_request_id_and_answered_without_its_words(
    faulty: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="quoth.api"):
        response = faulty.get("/broken", headers={"X-Request-ID": "trace-me"})
    assert (response.status_code, response.json()["type"]) == (500, "/problems/internal-error")
    assert "secret" not in response.text
    assert [record.getMessage() for record in caplog.records] == ["request trace-me failed: GET '/broken'"]
    assert "RuntimeError" in caplog.text
    assert "in broken" in caplog.text
    # A message may quote what was searched for.
    assert "secret" not in caplog.text


def test_answer_that_breaks_off_is_not_ended_as_if_it_were_whole(seeded: Database, database_url: str) -> None:
    app = create_app(Settings(database_url=database_url))

    async def cut_short() -> StreamingResponse:
        def pieces() -> Iterator[bytes]:
            yield b"first"
            raise RuntimeError("half way")

        return StreamingResponse(pieces())

    app.add_api_route("/cut-short", cut_short)
    with TestClient(app) as client, pytest.raises(Exception, match="withheld"):
        client.get("/cut-short")


def test_pages_may_load_nothing_that_they_do_not_name(faulty: TestClient) -> None:
    for address in ("/docs", "/problems/", "/problems/not-found"):
        policy = faulty.get(address).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
    assert "Content-Security-Policy" not in faulty.get("/v1/topics").headers
