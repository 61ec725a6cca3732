"""What a page of the main list costs: statements for limit=1 and limit=100, and page 1,000 against page 1.

python -m benchmarks.pages [--questions N] [--url DATABASE]
"""

import argparse
import datetime
import statistics
import tempfile
import time
from collections.abc import Callable

import sqlalchemy as sa
from starlette.testclient import TestClient

from app.db import Database
from app.loading import load_interview, load_vocabulary
from app.main import create_app
from app.settings import Settings
from app.structure.prepare import prepare
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from benchmarks.authors import at
from benchmarks.corpus import interviews, vocabulary

_ROUNDS = 30
_LISTS = {
    "every question": "/v1/questions?",
    "a common topic": "/v1/questions?topic=topic-0&",
    "a rare topic": "/v1/questions?topic=topic-150&",
    "an answerer": "/v1/questions?answered_by=guest-number7&",
    "a publisher": "/v1/questions?publisher=Publisher 1&",
    "sorted by title": "/v1/questions?sort=title&",
    "answers": "/v1/answers?",
    "interviews": "/v1/interviews?",
}


def fill(database: Database, questions: int) -> None:
    """Load the generated corpus in one transaction."""
    now = datetime.datetime.now(datetime.UTC)
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", vocabulary().encode()), at(now))
        for name, transcript, metadata in interviews(questions):
            sidecar = read_sidecar(name, metadata.encode())
            load_interview(
                connection,
                prepare(Source(name, transcript.encode()), sidecar, name),
                at(now),
            )


def _seconds(ask: Callable[[], object]) -> float:
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


def main() -> None:
    """Fill a database, walk to page 1,000 and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=20_000)
    parser.add_argument("--url", help="an empty, migrated database; else a temporary SQLite file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.url or f"sqlite:///{folder}/pages.db"
        database = Database(url)
        database.migrate()
        print(f"loading {arguments.questions} questions: {_seconds(lambda: fill(database, arguments.questions)):.1f} s")
        database.migrate()
        with TestClient(create_app(Settings(database_url=url, cache_bytes=0))) as client:
            _statements(client)
            _depth(client)
        database.close()


def _statements(client: TestClient) -> None:
    count = 0

    def counted(*_arguments: object) -> None:
        nonlocal count
        count += 1

    sa.event.listen(sa.Engine, "before_cursor_execute", counted)
    for name, address in _LISTS.items():
        counts = []
        for limit in (1, 100):
            count = 0
            client.get(f"{address}limit={limit}").raise_for_status()
            counts.append(count)
        print(f"statements, {name}: limit=1 {counts[0]}, limit=100 {counts[1]}")
    sa.event.remove(sa.Engine, "before_cursor_execute", counted)


def _depth(client: TestClient) -> None:
    for name, address in _LISTS.items():
        first = f"{address}limit=20"
        deep, depth = first, 1
        while depth < 1000:
            following = client.get(deep).json()["page"]["next"]
            if following is None:
                break
            deep, depth = following, depth + 1
        ratios, times = [], []
        for _round in range(_ROUNDS):
            one, many = (_seconds(lambda address=address: client.get(address)) for address in (first, deep))  # type: ignore[misc]  # a bound default
            times.append(one)
            ratios.append(many / one)
        low, middle, high = (statistics.quantiles(ratios, n=4)[quarter] for quarter in range(3))
        print(
            f"{name}: page {depth} costs {middle:.2f} of page 1 (quartiles {low:.2f} to {high:.2f}; "
            f"page 1 {statistics.median(times) * 1000:.1f} ms)"
        )


if __name__ == "__main__":
    main()
