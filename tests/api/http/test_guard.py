import asyncio
import selectors
from collections.abc import Iterator, MutableMapping
from typing import Any

import anyio
import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from app.api.http import guard
from app.api.http.terms import MAX_BODY_BYTES, Terms
from app.api.problem_kinds import KINDS
from app.api.problems import CLIENT_LEFT
from app.main import create_app
from app.settings import Settings

ADDRESSES = (
    "/v1/questions",
    "/v1/topics/peace",
    "/docs",
    "/healthz",
    "/problems/",
    "/openapi.json",
    "/v1/questions?nothing=1",
)
PREFLIGHT = {"Origin": "https://example.org", "Access-Control-Request-Headers": "if-none-match"}


def _refused(response: Any, status: int, kind: str) -> None:
    assert response.status_code == status
    assert response.json()["type"] == f"/problems/{kind}"
    assert (KINDS[kind].status, response.headers["Cache-Control"]) == (status, "no-store")
    assert response.headers["Content-Type"] == "application/problem+json"


def test_address_that_is_too_long_is_refused(client: TestClient) -> None:
    for address in (f"/v1/questions?q={'x' * 20_000}", f"/v1/topics/{'x' * 20_000}", f"/{'%20' * 6_000}"):
        _refused(client.get(address), 414, "uri-too-long")
    assert client.get(f"/v1/questions?q={'x' * 8_000}").status_code == 422


def test_headers_that_are_too_large_or_too_many_are_refused(client: TestClient) -> None:
    for headers in ([("X-Large", "x" * 40_000)], [(f"X-{number}", "x") for number in range(300)], [("X", "x")] * 300):
        _refused(client.get("/healthz", headers=headers), 431, "headers-too-large")
    assert client.get("/healthz", headers={"X-Large": "x" * 8_000}).status_code == 200


def test_body_that_is_too_large_is_refused_whether_its_length_is_told_or_not(client: TestClient) -> None:
    for method in ("GET", "POST"):
        large = b"x" * (MAX_BODY_BYTES + 1)
        _refused(client.request(method, "/healthz", content=large), 413, "content-too-large")
        answer = client.request(method, "/healthz", content=b"x", headers={"Content-Length": str(2**70)})
        _refused(answer, 413, "content-too-large")
        assert answer.headers["Connection"] == "close"

    received = 0
    messages: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        nonlocal received
        received += 1
        assert received < 1000, "a body without an end is taken in"
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    async def ask() -> None:
        headers = [(b"host", b"a"), (b"transfer-encoding", b"chunked")]
        scope = {"type": "http", "method": "GET", "path": "/healthz", "raw_path": b"/healthz", "query_string": b""}
        await client.app({**scope, "http_version": "1.1", "headers": headers}, receive, send)

    anyio.run(ask)
    assert messages[0]["status"] == 413
    assert received == MAX_BODY_BYTES // 1000 + 1


def test_body_that_does_not_arrive_is_not_waited_for(database_url: str) -> None:
    app = create_app(Settings(database_url=database_url, client_seconds=0.01))
    messages: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    async def receive() -> MutableMapping[str, Any]:
        await anyio.sleep_forever()
        return {}

    async def ask() -> None:
        scope = {"type": "http", "method": "GET", "path": "/healthz", "raw_path": b"/healthz", "query_string": b""}
        headers = [(b"host", b"a"), (b"content-length", b"5")]
        await app({**scope, "http_version": "1.1", "headers": headers}, receive, send)

    anyio.run(ask)
    assert messages[0]["status"] == 408


class _Ahead(selectors.DefaultSelector):
    """Waits for nothing: its clock goes on by as long as it was to wait."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        self.now += timeout or 0
        return super().select(0)


class _LoopAhead(asyncio.SelectorEventLoop):
    """A loop in which hours pass in no time."""

    def __init__(self) -> None:
        self._clock = _Ahead()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


@pytest.mark.parametrize(
    ("is_file", "piece_bytes", "after_seconds", "refused_at"),
    [
        (False, 1, 4, 10),
        (True, 1, 4, 10),
        (False, 262_144, 8, 10),
        (True, 262_144, 8, None),
        # It is cut off 10 seconds after the last 256 KiB, and not after the last byte.
        (True, 200_000, 4, 18),
        (True, 262_144, 11, 10),
    ],
)
def test_file_may_take_its_time_as_long_as_it_goes_on_and_other_bodies_may_not(
    is_file: bool, piece_bytes: int, after_seconds: float, refused_at: float | None
) -> None:
    left = 20

    async def receive() -> MutableMapping[str, Any]:
        nonlocal left
        await anyio.sleep(after_seconds if left > 17 or piece_bytes != 200_000 else 60)
        left -= 1
        return {"type": "http.request", "body": b"x" * piece_bytes, "more_body": left > 0}

    async def take() -> tuple[Any, float]:
        scope: dict[str, Any] = {"method": "POST", "path": "/", "headers": [(b"transfer-encoding", b"chunked")]}
        taken = await guard.take_in(scope, receive, 10, Terms(body_bytes=10_000_000, slow=is_file))
        guard.let_go(scope)
        return taken, anyio.current_time()

    taken, at = anyio.run(take, backend_options={"loop_factory": _LoopAhead})
    if refused_at is None:
        assert not isinstance(taken, Response)
    else:
        assert (taken.status_code, round(at)) == (408, refused_at)


def test_request_whose_client_left_in_its_body_is_not_answered(client: TestClient) -> None:
    messages: list[MutableMapping[str, Any]] = []
    received: Iterator[MutableMapping[str, Any]] = iter(
        [{"type": "http.request", "body": b'{"te', "more_body": True}, {"type": "http.disconnect"}]
    )

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return next(received)

    async def ask() -> None:
        scope = {"type": "http", "method": "POST", "path": "/v1/quotes/verify", "raw_path": b"/v1/quotes/verify"}
        headers = [(b"host", b"a"), (b"content-length", b"20"), (b"content-type", b"application/json")]
        await client.app({**scope, "query_string": b"", "http_version": "1.1", "headers": headers}, receive, send)

    anyio.run(ask)
    assert messages[0]["status"] == CLIENT_LEFT


def test_small_body_of_a_get_changes_nothing(client: TestClient) -> None:
    assert client.request("GET", "/healthz", content=b"x").json() == client.get("/healthz").json()


def test_compressed_body_is_refused_without_being_read(client: TestClient) -> None:
    for coding in ("gzip", "zstd", "deflate", "br", "gzip, gzip"):
        response = client.request("GET", "/healthz", content=b"\x1f\x8b", headers={"Content-Encoding": coding})
        _refused(response, 415, "unsupported-content-encoding")
    assert client.get("/healthz", headers={"Content-Encoding": "identity"}).status_code == 200


def test_host_that_is_none_is_refused(client: TestClient) -> None:
    for host in ("a/b", "a b", "a@b", "a?b", "a,b", "http://a", "a:b", "<a>"):
        _refused(client.get("/healthz", headers={"Host": host}), 400, "bad-request")
    two = client.get("/healthz", headers=[("Host", "a"), ("Host", "b")])
    _refused(two, 400, "bad-request")
    for host in ("example.org", "example.org:8000", "127.0.0.1", "[::1]:80", "localhost"):
        assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_answer_depends_on_no_header_that_a_proxy_or_an_attacker_sets(seed: TestClient) -> None:
    address = "/v1/questions?limit=1"
    plain = seed.get(address)
    assert plain.json()["page"]["next"].startswith("/v1/questions?")
    for headers in (
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil"},
        {"Forwarded": "host=evil.example;proto=https"},
        {"X-Original-URL": "/v1/topics", "X-Rewrite-URL": "/v1/topics"},
    ):
        response = seed.get(address, headers=headers)
        assert (response.content, response.headers["Link"]) == (plain.content, plain.headers["Link"])
        assert response.headers["ETag"] == plain.headers["ETag"]


def test_options_names_the_methods_and_has_no_body(client: TestClient) -> None:
    for address in ADDRESSES:
        response = client.options(address)
        assert (response.status_code, response.content) == (204, b"")
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
        assert "Access-Control-Allow-Methods" not in response.headers
    assert client.options("/nothing").status_code == 404


def test_page_of_another_origin_may_read_and_send_any_header(client: TestClient) -> None:
    response = client.options("/v1/questions", headers={**PREFLIGHT, "Access-Control-Request-Method": "GET"})
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Headers"] == "*, Authorization"
    assert int(response.headers["Access-Control-Max-Age"]) > 0
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_page_of_another_origin_may_not_write(client: TestClient) -> None:
    for method in ("DELETE", "PUT", "PATCH"):
        response = client.options("/v1/questions", headers={**PREFLIGHT, "Access-Control-Request-Method": method})
        assert method not in response.headers["Access-Control-Allow-Methods"]


def test_other_method_is_not_smuggled_in_by_a_header(client: TestClient) -> None:
    plain = client.get("/healthz").json()
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert client.get("/healthz", headers={name: "DELETE"}).json() == plain
        assert client.post("/healthz", headers={name: "GET"}).status_code == 405


def test_trace_echoes_nothing(client: TestClient) -> None:
    response = client.request("TRACE", "/v1/questions", headers={"Cookie": "secret=1"})
    assert response.status_code == 405
    assert "secret" not in response.text
