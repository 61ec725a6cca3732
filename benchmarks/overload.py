"""What a server does when it gets more than it can do: load beyond its capacity, searches beside pages, clients that
are slow or send nothing, and readers of long lists that do not read. Bounded in time.

python -m benchmarks.overload WHAT ... [--questions N] [--database FILE] [--workers N] [--checkout FOLDER]

WHAT is one or more of
  overload   three times as many pages as it can make, each asked for once, for 15 s
  searches   a simple page, alone and beside 20 clients that search common words, with facets and without
  verifying  the same beside 8 clients that verify 1,200 common words
  slow       300 connections of each kind: nothing sent, half a head, half a body, idle, a long answer that is not read
  streams    66 readers of the whole list that read nothing, beside pages that nobody has asked for
  memory     what the process holds after 50,000 different pages
`--checkout` serves another checkout of Quoth, such as the version before.
"""

import argparse
import asyncio
import json
import os
import random
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from app.db import Database
from benchmarks.pages import fill

ROOT = Path(__file__).parent.parent
_START_SECONDS = 60.0
_TIMEOUT_SECONDS = 30.0
# Requests that a client has under way at the same time, at most; what comes on top of these is not sent.
_MOST_UNDER_WAY = 3_000
_FACETS = "topic,speaker,language,publisher,series,year"
_SORTS = ("title", "-title", "published", "-published")


@dataclass
class Outcomes:
    """The answers to requests of one kind: seconds by status; 0 where there was none."""

    seconds: dict[int, list[float]] = field(default_factory=dict)

    def add(self, status: int, seconds: float) -> None:
        """Note an answer."""
        self.seconds.setdefault(status, []).append(seconds)

    def count(self, status: int) -> int:
        """Return how many had a status."""
        return len(self.seconds.get(status, ()))

    def __str__(self) -> str:
        return "; ".join(
            f"{status or 'none'}: {len(times)}, p50 {_part(times, 0.5):.3f} s, p99 {_part(times, 0.99):.3f} s, "
            f"most {max(times):.3f} s"
            for status, times in sorted(self.seconds.items())
        )


class Client(asyncio.Protocol):
    """A connection that sends one request at a time. It takes little of the processor, which the server needs."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[int] | None = None
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Take a part of the answer."""
        self._received += data
        head, separator, _body = bytes(self._received[:8192]).partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if separator and length and len(self._received) - len(head) - 4 >= int(length[1]):
            self._end(int(head[9:12]))

    def connection_lost(self, _exc: Exception | None) -> None:
        """End what is waited for."""
        self.transport = None
        self._end(int(self._received[9:12]) if self._received[9:12].isdigit() else 0)

    def _end(self, status: int) -> None:
        self._received.clear()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(status)

    async def ask(self, request: bytes) -> int:
        """Send a request and return the status of its answer; 0 where none came."""
        if self.transport is None:
            return 0
        self._waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                return await self._waiting
        except TimeoutError:
            if self.transport is not None:
                self.transport.abort()
            return 0


class Clients:
    """Connections to one server, which are used again."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._idle: list[Client] = []
        self.under_way = 0

    async def get(self, path: str, outcomes: Outcomes, body: bytes = b"") -> int:
        """Ask for a path, or post a body there, and note the outcome."""
        started = time.perf_counter()
        self.under_way += 1
        status = 0
        try:
            client = self._idle.pop() if self._idle else await self._connected()
            if client.transport is None:
                client = await self._connected()
            status = await client.ask(_request(path, body))
            if client.transport is not None and not client.transport.is_closing():
                self._idle.append(client)
        except OSError:
            pass
        finally:
            self.under_way -= 1
            outcomes.add(status, time.perf_counter() - started)
        return status

    async def _connected(self) -> Client:
        _transport, client = await asyncio.get_running_loop().create_connection(Client, "127.0.0.1", self.port)
        return client


class Pages:
    """Addresses of different pages, each given out once."""

    def __init__(self, first: int) -> None:
        self._number = first

    def __call__(self) -> str:
        """Return the next one."""
        number = self._number = self._number + 1
        topic, rest = number % 200, number // 200
        limit, sort, page = 10 + rest % 50, _SORTS[rest // 50 % 4], 1 + rest // 200
        return f"/v1/questions?topic=topic-{topic}&limit={limit}&sort={sort}&page={page}"


@dataclass(frozen=True)
class Served:
    """A server that is measured."""

    process: int
    port: int
    error_log: Path

    def memory(self) -> float:
        """Return the resident memory of all its processes, in MB."""
        return sum(_resident(process) for process in (self.process, *_children(self.process)))


def _request(path: str, body: bytes = b"") -> bytes:
    head = f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


def _part(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _resident(process: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _children(process: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


async def _repeat(seconds: float, pause: float, ask: Callable[[], object]) -> None:
    """Ask again and again for some seconds, with pauses."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        await ask()  # type: ignore[misc]  # a coroutine of its own each time
        if pause:
            await asyncio.sleep(pause)


async def overload(served: Served, options: argparse.Namespace) -> None:
    """Find out how many pages a second it makes, then ask for three times as many."""
    clients, pages = Clients(served.port), Pages(0)
    warm = Outcomes()
    await asyncio.gather(*(_repeat(3, 0, lambda: clients.get(pages(), warm)) for _ in range(8)))
    closed = Outcomes()
    await asyncio.gather(*(_repeat(5, 0, lambda: clients.get(pages(), closed)) for _ in range(8)))
    capacity = closed.count(200) / 5
    print(f"capacity, 8 connections: {capacity:.0f} pages/s; {closed}", flush=True)
    outcomes, health, kept = Outcomes(), Outcomes(), Outcomes()
    unsent = 0
    await clients.get("/v1/interviews?limit=3", Outcomes())
    beside = [
        asyncio.create_task(_repeat(options.seconds, 0.1, lambda: clients.get("/healthz", health))),
        asyncio.create_task(_repeat(options.seconds, 0.1, lambda: clients.get("/v1/interviews?limit=3", kept))),
    ]
    tasks = set()
    started, sent = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - started) < options.seconds:
        due = int(elapsed * capacity * options.times)
        while sent < due:
            sent += 1
            if clients.under_way >= _MOST_UNDER_WAY:
                unsent += 1
                continue
            task = asyncio.create_task(clients.get(pages(), outcomes))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(0.005)
    in_time = outcomes.count(200)
    print(f"{options.times:g} times that for {options.seconds:g} s: {outcomes}; not sent: {unsent}")
    print(f"  goodput {in_time / options.seconds / capacity:.2f} of the capacity; answered 200 within 1 s: ", end="")
    print(f"{sum(each <= 1 for each in outcomes.seconds.get(200, ())) / options.seconds / capacity:.2f}")
    print(f"  a cached page beside it: {kept}\n  /healthz beside it: {health}", flush=True)
    await asyncio.gather(*beside)
    await asyncio.sleep(5)
    later = Outcomes()
    await _repeat(2, 0.05, lambda: clients.get(pages(), later))
    print(f"  a page, five seconds later: {later}", flush=True)
    for task in tasks:
        task.cancel()


async def _beside(
    served: Served, seconds: float, many: int, heavy: Callable[[random.Random], tuple[str, bytes]]
) -> None:
    clients, alone, beside = Clients(served.port), Outcomes(), Outcomes()
    first = random.randrange(10_000, 10**6)

    def simple(outcomes: Outcomes) -> Callable[[], object]:
        def ask() -> object:
            nonlocal first
            first += 1
            return clients.get(f"/v1/questions?limit=1&page={first % 9_000 + 1}&fields=id", outcomes)

        return ask

    await _repeat(5, 0.05, simple(alone))
    one, all_of_them, ready = Outcomes(), Outcomes(), Outcomes()
    only = random.Random(7)
    await _repeat(3, 0, lambda: clients.get(*_with(heavy(only), one)))
    tasks = []
    for number in range(many):
        choice = random.Random(number)

        async def ask(choice: random.Random = choice) -> None:
            if await clients.get(*_with(heavy(choice), all_of_them)) == 503:
                # A client that is asked to come back later does, though sooner than that.
                await asyncio.sleep(0.25)

        tasks.append(_repeat(seconds, 0, ask))
    readiness = _repeat(seconds, 0.05, lambda: clients.get("/readyz", ready))
    await asyncio.gather(_repeat(seconds, 0.05, simple(beside)), readiness, *tasks)
    ratio = _part(beside.seconds.get(200, [_TIMEOUT_SECONDS]), 0.99) / _part(alone.seconds[200], 0.99)
    print(f"  a simple page alone: {alone}\n  beside {many}: {beside}; p99 is {ratio:.1f} times that alone")
    print(f"  one client alone: {one}\n  {many}: {all_of_them}\n  /readyz: {ready}", flush=True)


def _with(asked: tuple[str, bytes], outcomes: Outcomes) -> tuple[str, Outcomes, bytes]:
    return asked[0], outcomes, asked[1]


async def searches(served: Served, options: argparse.Namespace) -> None:
    """Search common words beside a simple page."""
    for name, end in (("plain", ""), ("with facets", f"&facets={_FACETS}")):

        def search(choice: random.Random, end: str = end) -> tuple[str, bytes]:
            words = ("+OR+" if end else "+").join(choice.sample(options.words, 2))
            return f"/v1/search?q={words}&limit={choice.randint(1, 100)}{end}", b""

        print(f"searches, {name}:")
        await _beside(served, options.seconds, 20, search)


async def verifying(served: Served, options: argparse.Namespace) -> None:
    """Verify common words beside a simple page."""

    def verify(choice: random.Random) -> tuple[str, bytes]:
        text = " ".join(choice.choice(options.words) for _ in range(1_200))
        return "/v1/quotes/verify", json.dumps({"text": text[:5_000]}).encode()

    print("verifying:")
    await _beside(served, options.seconds, 8, verify)


async def slow(served: Served, options: argparse.Namespace) -> None:
    """Open 300 connections of each kind, and see when they are closed and what others notice."""
    head = b"POST /v1/quotes/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    kinds = {
        "nothing sent": b"",
        "half a head": b"GET /healthz HTTP/1.1\r\nHost: x\r\n",
        "half a body": head + b"Content-Length: 100\r\n\r\n{",
        "idle": _request("/healthz"),
        "not read": _request("/v1/questions?limit=100&include=all") * 40,
    }
    for name, sent in kinds.items():
        opened = []
        for _number in range(options.connections):
            one = socket.socket()
            if name == "not read":
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            try:
                one.settimeout(2)
                one.connect(("127.0.0.1", served.port))
                one.sendall(sent)
            except OSError:
                one.close()
                continue
            one.setblocking(False)
            opened.append(one)
        clients, beside = Clients(served.port), Outcomes()
        started = time.perf_counter()
        closed: list[float] = []
        left = dict.fromkeys(opened)
        while left and time.perf_counter() - started < 60:
            await clients.get(f"/v1/questions?limit=1&page={random.randrange(1, 9_000)}&fields=id", beside)
            for each in list(left):
                if _is_closed(each, reads=name != "not read"):
                    closed.append(time.perf_counter() - started)
                    del left[each]
            await asyncio.sleep(0.1)
        for each in opened:
            each.close()
        ended = f"closed after {min(closed):.1f} to {max(closed):.1f} s" if closed else "none closed"
        print(f"{name}: {len(opened)} opened, {ended}, {len(left)} open after 60 s; a page beside: {beside}")
        print(f"  memory {served.memory():.0f} MB; lines in the log: {_lines(served)}", flush=True)


def _is_closed(opened: socket.socket, *, reads: bool) -> bool:
    """Tell whether a server has closed a connection, with or without taking in what it sent before."""
    if not reads:
        # The state of a connection, from linux/tcp.h: 1 is established, 8 is closed by the other side alone.
        return opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != 1
    try:
        return opened.recv(65_536) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _lines(served: Served) -> int:
    return served.error_log.read_text(errors="replace").count("\n")


async def streams(served: Served, options: argparse.Namespace) -> None:
    """Ask for the whole list many times and read nothing."""
    clients = Clients(served.port)
    opened, given = [], Counter[str]()
    for _number in range(66):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", served.port))
        one.sendall(_request("/v1/questions?format=ndjson"))
        opened.append(one)
    await asyncio.sleep(3)
    outcomes = {name: Outcomes() for name in ("fresh page", "/readyz", "/healthz", "shed at once")}
    number = random.randrange(10**6)

    def fresh() -> object:
        nonlocal number
        number += 1
        return clients.get(f"/v1/questions?limit=5&fields=id&page={number % 1_900 + 1}", outcomes["fresh page"])

    await asyncio.gather(
        _repeat(options.seconds, 0.1, fresh),
        _repeat(options.seconds, 0.1, lambda: clients.get("/readyz", outcomes["/readyz"])),
        _repeat(options.seconds, 0.1, lambda: clients.get("/healthz", outcomes["/healthz"])),
    )
    for one in opened:
        one.settimeout(1)
        try:
            given[one.recv(16)[9:12].decode() or "closed"] += 1
        except OSError as error:
            given[type(error).__name__] += 1
        one.close()
    print(f"66 readers that do not read: {dict(given)}")
    for name, each in outcomes.items():
        if each.seconds:
            print(f"  {name}: {each}", flush=True)


async def memory(served: Served, options: argparse.Namespace) -> None:
    """Ask for many different pages."""
    clients, pages, outcomes = Clients(served.port), Pages(0), Outcomes()
    print(f"memory at the start: {served.memory():.0f} MB", flush=True)
    for step in (options.requests // 50, options.requests // 5, options.requests):

        async def ask(step: int = step) -> None:
            while sum(map(len, outcomes.seconds.values())) < step:
                await clients.get(pages(), outcomes)

        await asyncio.gather(*(ask() for _ in range(8)))
        print(f"after {step} requests: {served.memory():.0f} MB", flush=True)
    print(f"  {outcomes}")


_KINDS = {each.__name__: each for each in (overload, searches, verifying, slow, streams, memory)}


@contextmanager
def serving(checkout: Path, file: Path, workers: int) -> Iterator[Served]:
    """Start a server on a free port."""
    with socket.socket() as probe, tempfile.NamedTemporaryFile(prefix="benchmark.", suffix=".log") as log:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {**os.environ, "QUOTH_DATABASE_URL": f"sqlite:///{file}", "QUOTH_PORT": str(port)}
        command = [sys.executable, "-m", "app", "serve", "--workers", str(workers)]
        with subprocess.Popen(command, cwd=checkout, env=environment, stdout=subprocess.DEVNULL, stderr=log) as process:
            try:
                until = time.perf_counter() + _START_SECONDS
                while time.perf_counter() < until and process.poll() is None:
                    try:
                        socket.create_connection(("127.0.0.1", port), timeout=1).close()
                        break
                    except OSError:
                        time.sleep(0.1)
                # With several workers the socket listens before they do.
                time.sleep(3)
                yield Served(process.pid, port, Path(log.name))
            finally:
                process.terminate()


@asynccontextmanager
async def _announced(name: str, workers: int) -> AsyncIterator[None]:
    print(f"--- {name}, {workers} serving, load {os.getloadavg()[0]:.1f}", flush=True)
    yield


async def _measure(arguments: argparse.Namespace, file: Path) -> None:
    for name in arguments.what:
        with serving(arguments.checkout, file, arguments.workers) as served:
            async with _announced(name, arguments.workers):
                await _KINDS[name](served, arguments)


def main() -> None:
    """Measure what is asked for, each with a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", choices=list(_KINDS))
    parser.add_argument("--questions", type=int, default=20_000, help="how many questions a corpus made for this has")
    parser.add_argument("--database", type=Path, help="an SQLite file of such a corpus; made if it is not there")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--times", type=float, default=3, help="how many times its capacity a server is asked for")
    parser.add_argument("--connections", type=int, default=300, help="slow connections of each kind")
    parser.add_argument("--requests", type=int, default=50_000, help="different pages, for memory")
    parser.add_argument("--checkout", type=Path, default=ROOT, help="the folder of the version that is served")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark.") as folder:
        file = (arguments.database or Path(folder) / "corpus.db").absolute()
        if not file.exists():
            database = Database(f"sqlite:///{file}")
            database.migrate()
            fill(database, arguments.questions)
            database.migrate()
            database.close()
        arguments.words = _common_words(file)
        asyncio.run(_measure(arguments, file))


def _common_words(file: Path) -> list[str]:
    """Return words that many questions have, but for those that all of them have."""
    with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as connection:
        found = connection.execute("SELECT term FROM search_term WHERE term != '' ORDER BY documents DESC LIMIT 20")
        return [term for (term,) in found][4:]


if __name__ == "__main__":
    main()
