"""Connections of clients that are slow, say nothing or send what is no request: over sockets, with small limits."""

import asyncio
import errno
import json
import logging
import resource
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from uvicorn import Config, Server

from app.api.http import connections as module
from app.api.http.connections import STATE, Connections, raise_descriptor_limit
from app.api.http.read_limiter import HAS_LEFT

# Seconds. A test that takes this long has failed.
FOR_EVER = 30.0
WHOLE = b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = 40_000_000


@dataclass
class Running:
    """A server in a thread, and what its application has noticed."""

    port: int
    connections: Connections
    begun: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def open(self, sent: bytes = b"", buffer: int = 0) -> socket.socket:
        """Open a connection and send something."""
        opened = socket.socket()
        if buffer:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        opened.settimeout(FOR_EVER)
        opened.connect(("127.0.0.1", self.port))
        with suppress(OSError):
            opened.sendall(sent)
        return opened

    def answered(self, sent: bytes) -> bytes:
        """Send something, and return everything that comes until the connection is closed."""
        with self.open(sent) as opened:
            return _rest(opened)


def _rest(opened: socket.socket) -> bytes:
    received = b""
    with suppress(ConnectionResetError):
        while piece := opened.recv(65_536):
            received += piece
    return received


def _drain(opened: socket.socket) -> None:
    while opened.recv(65_536):
        pass


def _one(opened: socket.socket) -> bytes:
    """Read the one small answer that a connection waits for."""
    received = b""
    while not received.endswith(b"small"):
        piece = opened.recv(65_536)
        assert piece
        received += piece
    return received


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + FOR_EVER
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


@contextmanager
def running(most: int = 100, seconds: float = FOR_EVER) -> Iterator[Running]:
    """Serve a small application through the protocol."""

    async def small(_request: Request) -> Response:
        return PlainTextResponse("small")

    async def large(_request: Request) -> Response:
        return PlainTextResponse("x" * LARGE)

    async def read(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    async def long(request: Request) -> Response:
        made.begun.append("long")
        has_left = request.scope[HAS_LEFT]
        while not has_left() and not ended.is_set():
            await asyncio.sleep(0.01)
        if has_left():
            made.left.append("long")
        return PlainTextResponse("long")

    async def stream(_request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            while not ended.is_set():
                yield b"x" * 32_768

        return StreamingResponse(pieces())

    made = Running(0, Connections(most, seconds))
    ended = threading.Event()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[dict[str, Any]]:
        async with made.connections.watched():
            yield {STATE: made.connections}

    routes = [
        Route(f"/{handler.__name__}", handler, methods=["GET", "POST"])
        for handler in (small, large, read, long, stream)
    ]
    config = Config(
        Starlette(routes=routes, lifespan=lifespan),
        http=f"{module.__name__}:{module.BoundedProtocol.__name__}",
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)
        made.port = listening.getsockname()[1]
        server = Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            _until(lambda: server.started)
            yield made
        finally:
            ended.set()
            server.should_exit = True
            thread.join(FOR_EVER)


def _problem(answer: bytes) -> tuple[int, str]:
    """Return the status and the kind of the one answer there is, which has to be a problem."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert fields["content-type"] == "application/problem+json"
    assert (fields["cache-control"], fields["connection"]) == ("no-store", "close")
    assert fields["x-request-id"]
    assert fields["access-control-allow-origin"] == "*"
    assert int(fields["content-length"]) == len(body)
    document = json.loads(body)
    assert document["status"] == int(head[9:12])
    return document["status"], document["type"].removeprefix("/problems/")


def test_connections_without_a_whole_head_are_closed() -> None:
    with running(seconds=0.2) as server:
        silent, half, idle = server.open(), server.open(WHOLE[:-4]), server.open(WHOLE)
        assert _rest(silent) == b""
        assert _problem(_rest(half)) == (408, "request-timeout")
        assert _rest(idle).endswith(b"small")
        until = time.monotonic() + FOR_EVER
        while server.connections.open and time.monotonic() < until:
            time.sleep(0.01)
        assert not server.connections.open
        for each in (silent, half, idle):
            each.close()


def test_head_that_trickles_in_is_closed_too() -> None:
    with running(seconds=0.3) as server, server.open(WHOLE[:10]) as opened:
        with suppress(OSError):
            for _byte in range(200):
                opened.sendall(b"x")
                time.sleep(0.02)
        _until(lambda: not server.connections.open)


@pytest.mark.parametrize("path", ["/large", "/stream"])
def test_answer_that_is_not_read_is_broken_off(path: str) -> None:
    with running(seconds=0.3) as server:
        opened = server.open(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), buffer=4096)
        _until(lambda: bool(server.connections.open))
        _until(lambda: not server.connections.open)
        # The kernel keeps nothing of it either.
        with opened, pytest.raises(ConnectionResetError):
            _drain(opened)


def test_answer_that_is_read_slowly_is_sent_whole() -> None:
    with running(seconds=0.5) as server, server.open(WHOLE.replace(b"small", b"large"), buffer=65_536) as opened:
        received, started = 0, time.monotonic()
        # Longer than an answer may stand still.
        while time.monotonic() - started < 1.2:
            received += len(opened.recv(65_536))
            time.sleep(0.005)
        while received < LARGE:
            piece = opened.recv(1_000_000)
            assert piece
            received += len(piece)


def test_longest_waiting_connection_makes_room_for_a_new_one() -> None:
    with running(most=3) as server:
        waiting = [server.open(WHOLE) for _number in range(3)]
        for each in waiting:
            _one(each)
        assert server.answered(WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")).endswith(b"small")
        assert _rest(waiting[0]) == b""
        waiting[2].sendall(WHOLE)
        _one(waiting[2])
        for each in waiting:
            each.close()


def test_new_connection_is_refused_where_all_are_busy(caplog: pytest.LogCaptureFixture) -> None:
    with running(most=2) as server:
        busy = [server.open(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n") for _number in range(2)]
        _until(lambda: len(server.begun) == 2)
        for _time in range(20):
            answer = server.answered(b"")
            assert _problem(answer) == (503, "overloaded")
            assert b"retry-after: " in answer
        assert sum("connections are in use" in each.message for each in caplog.records) < 10
        for each in busy:
            each.close()
        _until(lambda: not server.connections.open)
        assert server.answered(WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")).endswith(b"small")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /small\r\n\r\n", 400),
        (b"GET /sm\x01all HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET /small HTTP/3.0\r\nHost: x\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET /small HTTP/1.1\r\nHost: x\r\nX: \x00\r\n\r\n", 400),
        (b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400),
        (b"POST /read HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"GET /small HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 300_000, 431),
        (b"GET /" + b"y" * 300_000, 414),
        (b"GET /" + b"y" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    ],
)
def test_what_the_parser_refuses_is_a_problem(sent: bytes, status: int) -> None:
    kinds = {400: "bad-request", 431: "headers-too-large", 414: "uri-too-long"}
    with running() as server, server.open(sent) as opened:
        opened.shutdown(socket.SHUT_WR)
        assert _problem(_rest(opened)) == (status, kinds[status])


def test_what_follows_a_request_spoils_no_answer() -> None:
    with running() as server:
        answer = server.answered(WHOLE + b"NONSENSE \x00\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert answer.endswith(b"small")
        assert answer.count(b"HTTP/1.1 ") == 1


def test_requests_in_a_row_are_answered_in_their_order() -> None:
    last = WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    body = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    with running() as server:
        answer = server.answered(WHOLE + body + WHOLE + last)
        assert [each.rpartition(b"\r\n\r\n")[2] for each in answer.split(b"HTTP/1.1 200 OK")[1:]] == [
            b"small",
            b"3",
            b"small",
            b"small",
        ]


def test_other_protocols_are_offered_nothing_and_answered() -> None:
    asked = b"GET /small HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: upgrade, close\r\n\r\n"
    with running() as server:
        assert server.answered(asked).endswith(b"small")


def test_handler_learns_that_its_client_has_left() -> None:
    with running() as server:
        opened = server.open(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        _until(lambda: server.begun == ["long"])
        assert not server.left
        opened.close()
        _until(lambda: server.left == ["long"])


def test_lack_of_descriptors_is_logged_once_a_second(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    connections = Connections(10, 1)

    async def fail(number: int) -> None:
        async with connections.watched():
            context = {"message": "on purpose", "exception": OSError(number, "no more")}
            for _time in range(1_000):
                asyncio.get_running_loop().call_exception_handler(context)

    with caplog.at_level(logging.WARNING):
        asyncio.run(fail(errno.EMFILE))
        assert [each.getMessage() for each in caplog.records] == ["no connection can be accepted: no more"]
        now += 1.5
        asyncio.run(fail(errno.EMFILE))
        assert caplog.records[-1].getMessage().endswith("(999 times more since the last line)")
        assert len(caplog.records) == 2
        asyncio.run(fail(errno.EPIPE))
        assert len(caplog.records) == 1_002


@pytest.mark.parametrize(("descriptors", "asked", "most"), [(64, 1_000, 32), (1_024, 5_000, 824), (1_024, 100, 100)])
def test_bound_leaves_descriptors_for_work(
    monkeypatch: pytest.MonkeyPatch, descriptors: int, asked: int, most: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (descriptors, descriptors))
    assert Connections(asked, 1).most == most


def test_process_takes_the_descriptors_that_it_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (256, 4_096))
    monkeypatch.setattr(resource, "setrlimit", lambda _which, limits: taken.append(limits))
    raise_descriptor_limit(1_000)
    raise_descriptor_limit(100_000)
    raise_descriptor_limit(10)
    assert taken == [(1_200, 4_096), (4_096, 4_096)]
