"""What exporting the whole corpus costs: the server's memory while NDJSON and CSV of every question are downloaded,
against its memory before, and rows a second, against a bare SELECT of as many rows written as JSON, in the same run.

python -m benchmarks.exporting [--questions N] [--database FILE]
"""

import argparse
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col

from app.db import Database
from app.models import Question, Turn
from benchmarks.pages import fill

_READ = 1 << 20
_TIMEOUT_SECONDS = 600


def main() -> None:
    """Fill a database unless it is there, serve it, and download everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=200_000)
    parser.add_argument("--database", type=Path, help="an SQLite file to use, and to fill if it is not there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = arguments.database or Path(folder) / "exporting.db"
        database = Database(f"sqlite:///{file}")
        is_there = file.exists()
        database.migrate()
        if not is_there:
            started = time.perf_counter()
            fill(database, arguments.questions)
            database.migrate()
            print(f"loading {arguments.questions} questions: {time.perf_counter() - started:.0f} s")
        _measure(database, str(file))
        database.close()


def _measure(database: Database, file: str) -> None:
    rows, bare = _bare(database)
    print(f"bare SELECT of the words of {rows} questions and their answers, as JSON: {rows / bare:.0f} questions/s")
    with _serving(file) as (process, port):
        # One page loads what is loaded on first use.
        _download(port, "/v1/questions?limit=100", lambda _piece: None)
        idle = _peak(process)
        print(f"idle server after one page: {idle / 1024:.1f} MB at its peak")
        for name, count in (("ndjson", _Lines()), ("csv", _Records())):
            started = time.perf_counter()
            size = _download(port, f"/v1/questions?format={name}", count.take)
            seconds = time.perf_counter() - started
            peak = _peak(process)
            assert count.rows() == rows, (name, count.rows(), rows)
            print(
                f"{name}: {count.rows()} rows, {size} bytes, {count.rows() / seconds:.0f} rows/s "
                f"({rows / seconds / (rows / bare):.3f} of the bare SELECT), "
                f"peak memory {peak / 1024:.1f} MB ({peak / idle:.2f} of idle)"
            )


class _Lines:
    """Counts the lines of NDJSON."""

    def __init__(self) -> None:
        self._lines = 0

    def take(self, piece: bytes) -> None:
        self._lines += piece.count(b"\n")

    def rows(self) -> int:
        return self._lines


class _Records(_Lines):
    """Counts the records of CSV: a line end inside quotes ends none, and quotes inside quotes are doubled."""

    def __init__(self) -> None:
        super().__init__()
        self._quotes = 0

    def take(self, piece: bytes) -> None:
        for part in re.split(rb"(\r?\n)", piece):
            if part in {b"\r\n", b"\n"}:
                self._lines += self._quotes % 2 == 0
            else:
                self._quotes += part.count(b'"')

    def rows(self) -> int:
        return self._lines - 1


def _bare(database: Database) -> tuple[int, float]:
    """Select the words of all questions and answers, and write JSON of each row: no people, topics or interviews."""
    words = sa.select(col(Turn.id), col(Turn.question_id), col(Turn.answer_id), col(Turn.text))
    started = time.perf_counter()
    with database.read() as connection, Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        select = words.where(col(Turn.question_id).is_not(None)).order_by(col(Turn.question_id))
        found = connection.execution_options(yield_per=200).execute(select)
        nowhere.writelines(json.dumps(dict(row._mapping), ensure_ascii=False) + "\n" for row in found)
        seconds = time.perf_counter() - started
        return connection.execute(sa.select(sa.func.count()).select_from(Question)).scalar_one(), seconds


@contextmanager
def _serving(file: str) -> Iterator[tuple[int, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "QUOTH_DATABASE_URL": f"sqlite:///{file}"}
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            for _attempt in range(300):
                with closing(socket.socket()) as trial:
                    if trial.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield process.pid, port
        finally:
            process.terminate()


def _download(port: int, address: str, take: Callable[[bytes], None]) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)) as connection:
        connection.request("GET", address)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        size = 0
        while piece := answer.read(_READ):
            take(piece)
            size += len(piece)
        return size


def _peak(process: int) -> int:
    """The most memory that a process has had at a time, in KiB (Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found.group(1))


if __name__ == "__main__":
    main()
