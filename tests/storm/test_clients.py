"""Clients that do harm, against a really running server with small limits: some that take for ever, and more than it
can answer. The same checks on a server whose limits are out of reach have to find something.
"""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.server import running

pytestmark = pytest.mark.slow

SMALL = {"QUOTH_CONNECTIONS": "60", "QUOTH_CLIENT_SECONDS": "1", "QUOTH_WAIT_SECONDS": "0.01"}
OUT_OF_REACH = {"QUOTH_CONNECTIONS": "100000", "QUOTH_CLIENT_SECONDS": "3600", "QUOTH_WAIT_SECONDS": "60"}
# Seconds that a check waits for what has to come, and for what must not.
_AT_MOST, _A_WHILE = 60.0, 4.0
_EACH, _AT_ONCE, _ASKED = 20, 40, 400
_HEAD = b"GET /v1 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
SLOW = {
    "says nothing": b"",
    "half a head": _HEAD,
    "half a body": b"POST /v1/quotes/verify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b'Content-Length: 900\r\n\r\n{"text": "',
    "idle after an answer": _HEAD + b"\r\n",
}


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """The address of a server with small limits."""
    with running(**SMALL) as address:
        yield address


@pytest.fixture(scope="module")
def unguarded() -> Iterator[str]:
    """The address of one without."""
    with running(**OUT_OF_REACH) as address:
        yield address


@contextmanager
def slow_clients(address: str, sent: bytes) -> Iterator[list[socket.socket]]:
    """Open connections that send something and then wait."""
    place = urlsplit(address)
    with ExitStack() as stack:
        opened = []
        for _ in range(_EACH):
            client = stack.enter_context(socket.create_connection((str(place.hostname), place.port or 0), _AT_MOST))
            client.sendall(sent)
            opened.append(client)
        yield opened


def are_closed(clients: list[socket.socket], seconds: float) -> bool:
    """Whether the server closes all connections in time."""
    until = time.monotonic() + seconds
    for client in clients:
        client.settimeout(max(0.01, until - time.monotonic()))
        try:
            while client.recv(65_536):
                pass
        except ConnectionResetError:
            continue
        except TimeoutError:
            return False
    return True


def statuses(address: str) -> Counter[int]:
    """Ask for many pages at once, each for another one; count the statuses of the answers."""

    def ask(number: int) -> int:
        try:
            with urlopen(f"{address}/v1/questions?limit={1 + number % 100}&q=w{number}", timeout=_AT_MOST) as answer:  # noqa: S310 - the address is our own
                return int(answer.status)
        except HTTPError as error:
            # A refusal that does not say when to come back counts as no answer.
            return error.code if error.headers["Retry-After"] else 0

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return Counter(pool.map(ask, range(_ASKED)))


def health(address: str) -> int:
    """Return the status of /healthz."""
    with urlopen(f"{address}/healthz", timeout=_AT_MOST) as answer:  # noqa: S310 - as above
        return int(answer.status)


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_slow_clients_are_let_go_and_others_are_answered(guarded: str, sent: bytes) -> None:
    with slow_clients(guarded, sent) as clients:
        assert health(guarded) == 200
        assert are_closed(clients, _AT_MOST)


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_check_finds_a_server_that_waits_for_slow_clients(unguarded: str, sent: bytes) -> None:
    with slow_clients(unguarded, sent) as clients:
        assert not are_closed(clients, _A_WHILE)


def test_more_connections_than_may_be_open_leave_room_for_a_new_one(guarded: str) -> None:
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(slow_clients(guarded, b""))
        assert health(guarded) == 200


def test_what_is_too_much_is_refused_and_the_rest_is_answered(guarded: str) -> None:
    answered = statuses(guarded)
    assert set(answered) == {200, 503}
    assert health(guarded) == 200
    assert set(statuses(guarded)) <= {200, 503}


def test_check_finds_a_server_that_refuses_nothing(unguarded: str) -> None:
    assert set(statuses(unguarded)) == {200}
