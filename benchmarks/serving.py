"""What a page costs to serve: kept in memory, made anew, made of items that are kept, and confirmed by a 304, against a
bare ASGI application that sends the same bytes, against a handler of FastAPI that does, against FastAPI and SQLModel as
in their tutorials, and against Datasette's view of the table.

python -m benchmarks.serving [--questions N] [--database FILE] [--rounds N] [--seconds S] [--topic SLUG]
python -m benchmarks.serving --memory [--questions N] [--database FILE]

Each is one process on 127.0.0.1 and is asked for the same 20 questions on one topic, in turn, round after round. A
ratio is that of one round to the bare application in the same round: requests a second, and processor time a request,
which other work on the machine disturbs less. `--memory` asks for thousands of different pages instead, and tells what
the serving process then holds.

It needs wrk, the load generator (Debian: apt-get install wrk). Datasette, which is neither run nor tested with and so
is no dependency, is installed into var/ by its name; without a package registry it is left out.
"""

import argparse
import json
import os
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import quote

from app.db import Database
from benchmarks.bare import ANSWER
from benchmarks.pages import fill

ROOT = Path(__file__).parent.parent
DATASETTE = ROOT / "var" / "datasette"
_CONNECTIONS = 8
_START_SECONDS = 60.0
_OF_ONE_REQUEST = {"date", "x-request-id", "server-timing"}
_BARE = "bare ASGI"
_KEPT, _ANEW, _OF_ITEMS = "kept in memory", "made anew", "made of kept items"
_BARE_304 = "bare ASGI, 304"
# Different pages: of many lengths, topics and orders, some of them of no length at all.
_VARIED = """
local number = tonumber(os.getenv("BENCHMARK_FIRST"))
request = function()
  number = number + 1
  local sort = ({ "title", "-title", "published", "-published" })[number % 4 + 1]
  local path = "/v1/questions?topic=topic-" .. number % 200 .. "&limit=" .. number % 97 + 1 .. "&sort=" .. sort
  return wrk.format("GET", path, { ["Accept-Encoding"] = number % 2 == 0 and "gzip" or "" })
end
"""


@dataclass(frozen=True)
class Asked:
    """One of those that are compared: where it is asked for what, and with which it is compared."""

    name: str
    process: int
    address: str
    headers: tuple[str, ...] = ()
    against: str = _BARE


@dataclass(frozen=True)
class Round:
    """What one of them did in one round: requests a second, seconds of processor time a request, and how long 99 of
    100 took at most.
    """

    rate: float
    processor: float
    slowest: str


def main() -> None:
    """Compare, or look at memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=20_000, help="how many questions a corpus made for this has")
    parser.add_argument("--database", type=Path, help="an SQLite file of such a corpus; made if it is not there")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="how long each is asked in a round")
    parser.add_argument(
        "--topic", default="topic-6", help="slug of the topic; the lower its number, the more questions"
    )
    parser.add_argument("--memory", action="store_true", help="ask for different pages, and tell what that leaves")
    parser.add_argument("--requests", type=int, default=50_000, help="how many different pages, with --memory")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed, and is not here; on Debian or Ubuntu: apt-get install wrk; on macOS: brew install wrk")
    with tempfile.TemporaryDirectory(prefix="benchmark.") as folder, ExitStack() as running:
        file = arguments.database or Path(folder) / "corpus.db"
        if not file.exists():
            _build(file, arguments.questions)
        if arguments.memory:
            _memory(running, file, Path(folder), arguments.requests)
        else:
            _compare(running, file, Path(folder), arguments)


def _build(file: Path, questions: int) -> None:
    database = Database(f"sqlite:///{file}")
    database.migrate()
    started = time.perf_counter()
    fill(database, questions)
    database.migrate()
    database.close()
    print(f"{questions} questions loaded in {time.perf_counter() - started:.0f} s", flush=True)


def _compare(running: ExitStack, file: Path, folder: Path, arguments: argparse.Namespace) -> None:
    path = f"/v1/questions?topic={arguments.topic}&topic_scope=exact"
    kept = running.enter_context(serving(*quoth(file)))
    anew = running.enter_context(serving(*quoth(file, QUOTH_CACHE_BYTES="0")))
    response, body = _get(kept[1], path)
    assert response.status == 200
    tag = response.headers["ETag"]
    confirmed, _nothing = _get(kept[1], path, **{"If-None-Match": tag})
    assert confirmed.status == 304
    answer = folder / "answer.json"
    headers, headers_of_304 = (
        [(name, value) for name, value in each.headers.items() if name.lower() != "date"]
        for each in (response, confirmed)
    )
    answer.write_text(json.dumps({"body": body.decode(), "headers": headers, "headers_of_304": headers_of_304}))
    bare = running.enter_context(serving(*_uvicorn("benchmarks.bare:make", "--factory", **{ANSWER: str(answer)})))
    framed = running.enter_context(
        serving(*_uvicorn("benchmarks.bare:make_framed", "--factory", **{ANSWER: str(answer)}))
    )
    textbook = running.enter_context(
        serving(*_uvicorn("benchmarks.textbook:app", BENCHMARK_DATABASE=f"sqlite:///{file}"))
    )
    if_none_match = (f"If-None-Match: {tag}",)
    asked = [
        Asked(_BARE, bare[0], f"{bare[1]}/"),
        Asked(_KEPT, kept[0], kept[1] + path),
        Asked("the page for people", kept[0], kept[1] + path.removeprefix("/v1"), ("Accept: text/html",), _KEPT),
        Asked(_ANEW, anew[0], anew[1] + path),
        # What names a revision that it has seen is answered from the database.
        Asked(_OF_ITEMS, kept[0], kept[1] + path, ("Quoth-Revision: 1",)),
        Asked("FastAPI alone", framed[0], framed[1] + path),
        Asked(_BARE_304, bare[0], f"{bare[1]}/", if_none_match, _BARE_304),
        Asked("304 of what is kept", kept[0], kept[1] + path, if_none_match, _BARE_304),
        Asked("FastAPI and SQLModel", textbook[0], f"{textbook[1]}/questions?topic={arguments.topic}"),
    ]
    datasette = _datasette()
    if datasette is not None:
        patient = ["--setting", "sql_time_limit_ms", "60000"]
        view = running.enter_context(serving([datasette, "serve", str(file), "--host", "127.0.0.1", *patient], {}))
        asked.append(Asked("Datasette", view[0], view[1] + _view(file, arguments.topic)))
    _check(asked, arguments.topic)
    print(
        f"a page of {len(body)} bytes; {arguments.rounds} rounds of {arguments.seconds} s, {_CONNECTIONS} connections"
    )
    rounds: dict[str, list[Round]] = {each.name: [] for each in asked}
    for each in asked:
        _ask(each, 1)
    for _round in range(arguments.rounds):
        for each in asked:
            rounds[each.name].append(_ask(each, arguments.seconds))
    for each in asked:
        print(_told(each, rounds[each.name], rounds[each.against]), flush=True)
    _told_times(rounds)


def _told(asked: Asked, mine: Sequence[Round], baseline: Sequence[Round]) -> str:
    rate = _spread([one.rate / other.rate for one, other in zip(mine, baseline, strict=True)])
    processor = _spread([other.processor / one.processor for one, other in zip(mine, baseline, strict=True)])
    middle = statistics.median(one.rate for one in mine)
    last = sorted(mine, key=lambda one: one.rate)[len(mine) // 2].slowest
    return (
        f"{asked.name:<22} {middle:>9.1f} requests/s, 99 % within {last:>8}; of {asked.against}: {rate}; "
        f"by processor time: {processor}"
    )


def _told_times(rounds: dict[str, list[Round]]) -> None:
    for name in ("FastAPI and SQLModel", "Datasette"):
        for made in (_ANEW, _OF_ITEMS) if name in rounds else ():
            pairs = list(zip(rounds[made], rounds[name], strict=True))
            rate = _spread([one.rate / other.rate for one, other in pairs])
            processor = _spread([other.processor / one.processor for one, other in pairs])
            print(f"{made} is {rate} times {name} by rate, {processor} by processor time")


def _spread(ratios: Sequence[float]) -> str:
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"


def _check(asked: Sequence[Asked], topic: str) -> None:
    """Make sure that each answers, and that those which tell a total have found the same questions."""
    totals = {}
    for each in asked:
        address, _, path = each.address.removeprefix("http://").partition("/")
        response, body = _get(f"http://{address}", f"/{path}")
        assert response.status == 200, f"{each.name} answers {response.status}: {body[:300]!r}"
        if "text/html" in response.headers["Content-Type"]:
            continue
        document = json.loads(body)
        told = document.get("page", document)
        totals[each.name] = told.get("total", told.get("count"))
    if len({min(total, 10_000) for total in totals.values() if total is not None}) != 1:
        sys.exit(f"they do not find the same questions on {topic}: {totals}")


def _memory(running: ExitStack, file: Path, folder: Path, requests: int) -> None:
    process, address = running.enter_context(serving(*quoth(file)))
    script = folder / "varied.lua"
    script.write_text(_VARIED)
    print(f"after the start: {resident(process):.0f} MB", flush=True)
    done = 0
    for step in (requests // 50, requests // 5, requests):
        while done < step:
            os.environ["BENCHMARK_FIRST"] = str(done)
            done += _wrk(f"{address}/", 5, "-s", str(script))[0]
        print(f"after {done} requests: {resident(process):.0f} MB", flush=True)


def resident(process: int) -> float:
    """Tell the megabytes that a process holds."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _ask(asked: Asked, seconds: int) -> Round:
    before = _processor_seconds(asked.process)
    headers = [part for header in asked.headers for part in ("-H", header)]
    requests, slowest = _wrk(asked.address, seconds, *headers)
    while not requests:
        # It has not answered once.
        before, seconds = _processor_seconds(asked.process), 3 * seconds
        requests, slowest = _wrk(asked.address, seconds, *headers)
    used = _processor_seconds(asked.process) - before
    return Round(requests / seconds, used / requests, slowest)


def _wrk(address: str, seconds: int, *arguments: str) -> tuple[int, str]:
    """Load a server; return how many requests it answered, and how long 99 of 100 took at most."""
    command = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "--latency", *arguments, address]
    done = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    count, slowest = re.search(r"(\d+) requests in", done), re.search(r"99%\s+(\S+)", done)
    assert count is not None
    assert "Non-2xx" not in done, done
    return int(count[1]), slowest[1] if slowest else "?"


def _processor_seconds(process: int) -> float:
    """Tell what a process has used of the processors, as Linux tells it."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quoth(file: Path, **environment: str) -> tuple[list[str], dict[str, str]]:
    """Write the command and the environment with which a database is served."""
    # A large corpus may take longer than a request should; what is measured here is how long.
    settings = {"QUOTH_DATABASE_URL": f"sqlite:///{file}", "QUOTH_STATEMENT_SECONDS": "60", **environment}
    return [sys.executable, "-m", "app", "serve"], settings


def _uvicorn(application: str, *options: str, **environment: str) -> tuple[list[str], dict[str, str]]:
    """Serve as Quoth does."""
    command = [sys.executable, "-W", "ignore", "-m", "uvicorn", application, "--http", "httptools", "--ws", "none"]
    quiet = ["--no-access-log", "--log-level", "warning", "--no-server-header", "--no-proxy-headers"]
    return [*command, *quiet, *options], environment


@contextmanager
def serving(command: Sequence[str], environment: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Start a server on a free port, and give its process and address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with subprocess.Popen(
        [*command, "--port", port],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            until = time.monotonic() + _START_SECONDS
            while not _answers(address):
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"{' '.join(command)} does not answer")
                time.sleep(0.1)
            yield process.pid, address
        finally:
            process.terminate()


def _answers(address: str) -> bool:
    try:
        _get(address, "/")
    except (OSError, HTTPException):
        return False
    return True


def _get(address: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(address.removeprefix("http://"), timeout=_START_SECONDS)
    connection.request("GET", path, headers={"Accept-Encoding": "identity", **headers})
    response = connection.getresponse()
    return response, response.read()


def _datasette() -> str | None:
    """Install Datasette into an environment of its own, and give its program; None where that cannot be."""
    program = DATASETTE / "bin" / "datasette"
    if not program.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", DATASETTE], check=True)
            installing = ["uv", "pip"] if shutil.which("uv") else [shutil.which("python3") or "python3", "-m", "pip"]
            where = ["install", "--python", str(DATASETTE / "bin" / "python"), "datasette"]
            if installing[0] != "uv":
                where = ["--python", str(DATASETTE / "bin" / "python"), "install", "datasette"]
            subprocess.run([*installing, "--quiet", *where], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"Datasette is left out, for it cannot be installed: {error}")
            return None
    return str(program)


def _view(file: Path, topic: str) -> str:
    """Write the address of the table of turns, narrowed to the questions on a topic, with their count."""
    with sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True) as connection:
        (topic_id,) = connection.execute("SELECT id FROM topic WHERE slug = ?", [topic]).fetchone()
    connection.close()
    on_topic = f"question_id in (select question_id from question_topic where topic_id = '{topic_id}')"  # noqa: S608 - an id of our own
    return f"/{file.stem}/turn.json?_size=20&_extra=count&kind=question&_where={quote(on_topic)}"


if __name__ == "__main__":
    main()
