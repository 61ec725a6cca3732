"""Serving processes as an operator runs them, on a port of this machine."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.cli.listening import listen
from app.db import Database
from app.settings import Settings
from tests.server import ROOT, Server, quoth, started

TIMEOUT_SECONDS = 60.0
VERIFY = b'{"text": "peace"}'
STOPPED = {0, -signal.SIGTERM}


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[Server]:
    with started("--workers", str(request.param)) as server:
        yield server


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + TIMEOUT_SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def _workers(server: Server) -> list[int]:
    """The processes that serve, below the one that was started."""
    parent = server.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children")
    if not children.exists():
        # Elsewhere nothing tells which processes a server has started.
        pytest.skip("processes can be listed on Linux only")
    found = [int(pid) for pid in children.read_text().split()]
    return [pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _total(server: Server) -> int | None:
    """Ask on a connection of its own, which any of the processes may take; None where it is not answered."""
    where = urlsplit(server.address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/v1/interviews?fields=id", headers={"Accept": "application/json"})
        body = connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return body.count(b'"id"')


def _half_asked(server: Server) -> socket.socket:
    """Send a request but for the end of its body, which is then under way."""
    where = urlsplit(server.address)
    opened = socket.create_connection((where.hostname, where.port), timeout=TIMEOUT_SECONDS)
    head = f"POST /v1/quotes/verify HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Length: {len(VERIFY)}\r\n"
    opened.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + VERIFY[:5])
    return opened


def _finished(opened: socket.socket) -> bytes:
    with opened:
        opened.sendall(VERIFY[5:])
        answer = b""
        while piece := opened.recv(65_536):
            answer += piece
    return answer


@pytest.mark.parametrize("served", [1, 2], indirect=True)
def test_requests_under_way_are_finished_when_the_server_is_asked_to_stop(served: Server) -> None:
    under_way = [_half_asked(served) for _number in range(8)]
    # A request that is whole is answered after the ones that came before it were taken up.
    _until(lambda: _total(served) == 1)
    time.sleep(0.3)
    served.process.send_signal(signal.SIGTERM)
    # Nothing new is taken, while the server waits for the rest.
    _until(lambda: _total(served) is None)
    assert served.process.poll() is None
    for opened in under_way:
        answer = _finished(opened)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"connection: close" in answer.lower()
        assert b'"verdict"' in answer
    assert served.process.wait(TIMEOUT_SECONDS) in STOPPED


@pytest.mark.parametrize("served", [2], indirect=True)
def test_worker_that_dies_is_replaced_and_all_end_with_the_server(served: Server) -> None:
    _until(lambda: len(_workers(served)) == 2)
    first, second = _workers(served)
    os.kill(first, signal.SIGKILL)
    _until(lambda: len({*_workers(served)} - {first}) == 2)
    assert second in _workers(served)
    _until(lambda: _total(served) == 1)
    workers = _workers(served)
    served.process.terminate()
    assert served.process.wait(TIMEOUT_SECONDS) in STOPPED
    assert not any(map(_is_running, workers))


@pytest.mark.parametrize("served", [2], indirect=True)
def test_workers_end_where_their_supervisor_was_killed(served: Server) -> None:
    _until(lambda: len(_workers(served)) == 2 and _total(served) == 1)
    workers = _workers(served)
    served.process.kill()
    _until(lambda: not any(map(_is_running, workers)))


@pytest.mark.parametrize("served", [2], indirect=True)
def test_every_worker_answers_what_another_process_has_loaded_as_soon_as_it_has(served: Server, tmp_path: Path) -> None:
    _until(lambda: len(_workers(served)) == 2)
    for number in range(2, 5):
        assert {_total(served) for _time in range(20)} == {number - 1}
        (tmp_path / f"more-{number}.txt").write_text(f"Q: Why {number}?\nA: Because of {number}.\n")
        served.quoth("load", str(tmp_path / f"more-{number}.txt"))
        assert {_total(served) for _time in range(20)} == {number}


def test_nothing_is_read_or_opened_before_an_application_is_made(tmp_path: Path) -> None:
    """Importing must do no work: a process that starts others would hand on what it holds."""
    code = "import app.main, app.cli.serve, threading; print(threading.active_count())"
    environment = {**os.environ, "QUOTH_DATABASE_URL": "no address", "QUOTH_CACHE_BYTES": "no number"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1"


@pytest.mark.parametrize(
    ("name", "value"),
    [("QUOTH_CACHE_BYTES", "lots"), ("QUOTH_CACHE_BYTES", "-1"), ("QUOTH_WORKERS", "0"), ("QUOTH_WORKERS", "many")],
)
def test_setting_that_cannot_be_is_named(make_database: Callable[[str], str], name: str, value: str) -> None:
    environment = {**os.environ, "QUOTH_DATABASE_URL": make_database("sqlite"), name: value}
    done = subprocess.run(quoth("serve"), cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode not in {0, 1}
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_port_that_is_taken_is_told_and_ends_the_server(make_database: Callable[[str], str]) -> None:
    url = make_database("sqlite")
    Database(url).close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for workers in ("1", "2"):
            environment = {**os.environ, "QUOTH_DATABASE_URL": url, "QUOTH_PORT": str(taken.getsockname()[1])}
            done = subprocess.run(
                quoth("serve", "--workers", workers),
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
            assert done.returncode != 0
            # Nothing is printed that does not hold, such as where the server is.
            assert done.stdout == ""
            port = taken.getsockname()[1]
            assert f"port {port} of 127.0.0.1 is in use" in done.stderr
            assert f"--port {port + 1}" in done.stderr
            assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_host_that_is_not_of_this_machine_is_told(make_database: Callable[[str], str], host: str) -> None:
    environment = {**os.environ, "QUOTH_DATABASE_URL": make_database("sqlite"), "QUOTH_PORT": "0"}
    done = subprocess.run(
        quoth("serve", "--host", host),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout) == (69, "")
    assert done.stderr.startswith(f"quoth: {host} is no address of this machine")


def test_server_says_where_people_go_and_how_to_fill_an_empty_corpus(
    make_database: Callable[[str], str],
) -> None:
    environment = {**os.environ, "QUOTH_DATABASE_URL": make_database("sqlite"), "QUOTH_PORT": "0"}
    with subprocess.Popen(quoth("serve"), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            _serves, *places, empty = (process.stdout.readline().strip() for _ in range(5))
        finally:
            process.terminate()
    addresses = [urlsplit(place.rpartition(" ")[2]) for place in places]
    assert [one.path for one in addresses] == ["/", "/desk", "/docs"]
    # The system has chosen the port.
    assert all((one.port or 0) > 0 for one in addresses)
    assert "quoth load" in empty


# Prints what glibc tells of its heaps after eight threads have taken memory, with or without what a worker does first.
_HEAPS = """
import ctypes, sys, threading
from app.cli.serve import make_worker
libc = ctypes.CDLL(None)
if not hasattr(libc, "malloc_info"):
    sys.exit(3)
if sys.argv[1] == "worker":
    make_worker()
gate = threading.Barrier(8)
def take():
    gate.wait()
    taken = [bytes(2_000) for _ in range(1_000)]
    gate.wait()
threads = [threading.Thread(target=take) for _ in range(8)]
for one in threads:
    one.start()
for one in threads:
    one.join()
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


@pytest.mark.parametrize("who", ["worker", "another"])
def test_threads_of_a_worker_share_one_heap(make_database: Callable[[str], str], who: str) -> None:
    environment = {**os.environ, "QUOTH_DATABASE_URL": make_database("sqlite")}
    done = subprocess.run(
        [sys.executable, "-c", _HEAPS, who], capture_output=True, check=False, cwd=ROOT, env=environment, text=True
    )
    if done.returncode == 3:
        # Other C libraries have one heap in any case.
        pytest.skip("only glibc tells of its heaps")
    heaps = done.stdout.count("<heap nr=")
    assert heaps == 1 if who == "worker" else heaps > 1, done.stderr


def test_small_pieces_are_sent_at_once() -> None:
    """The event loop sets TCP_NODELAY only on connections of such a socket; without it, each answer waits."""
    with listen(Settings(port=0)) as bound:
        assert bound.proto == socket.IPPROTO_TCP
