"""The feed under importers that really run at the same time: a reader that reads all the while misses nothing."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import Database
from app.loading import load_interview, load_vocabulary
from app.queries.changes import list_changes
from app.structure.prepare import prepare
from app.topics.vocabulary import read_vocabulary
from app.transcripts.source import Source
from tests.authors import at

_IMPORTERS, _EACH = 4, 10


def _import(url: str, importer: int, start: threading.Barrier) -> None:
    """Load interviews of one's own, correct one that all correct, and bring topics."""
    database = Database(url)
    try:
        start.wait()
        for number in range(_EACH):
            # Everybody's clock is off by another number of hours.
            now = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=importer)
            own = f"Q: What of number {number}?\nA: {importer} says that it is {number * importer}.\n"
            shared = f"Q: Who was here last?\nA: Number {importer} for the time {number}, said the keeper.\n"
            with database.write() as connection:
                load_interview(connection, prepare(Source(f"own-{importer}-{number}.txt", own.encode())), at(now))
            with database.write() as connection:
                load_interview(connection, prepare(Source("shared.txt", shared.encode()), slug="shared"), at(now))
                vocabulary = f'[topic-{importer}]\nlabel = "Time {number}"\n'
                load_vocabulary(connection, read_vocabulary("topics.toml", vocabulary.encode()), at(now))
    finally:
        database.close()


@pytest.mark.slow
def test_reader_of_the_feed_misses_nothing_under_concurrent_importers(database: Database, database_url: str) -> None:
    seen: list[tuple[int, str]] = []
    newest: dict[tuple[str, str], int] = {}
    pages = 0
    start = threading.Barrier(_IMPORTERS + 1)
    with ThreadPoolExecutor(_IMPORTERS) as pool:
        importers = [pool.submit(_import, database_url, number, start) for number in range(_IMPORTERS)]
        start.wait()
        cursor: str | None = None
        while True:
            # Asked before the page is read: whatever was committed before that is on it.
            all_done = all(one.done() for one in importers)
            with database.read() as connection:
                page = list_changes(connection, cursor, 5, with_data=False)
            for item in page.items:
                seen.append((item["revision"], item["id"]))
                newest[item["noun"], item["id"]] = item["revision"]
            pages += bool(page.items)
            cursor = page.next
            if all_done and not page.items:
                break
        for one in importers:
            one.result()
    assert seen == sorted(set(seen))
    rows = _rows(database, "SELECT noun, item_id, MAX(revision) FROM change GROUP BY noun, item_id")
    assert newest == {(noun, item): revision for noun, item, revision in rows}
    assert pages > 1
    # Numbers without a gap, given out in the order of commits.
    numbers = [number for (number,) in _rows(database, "SELECT number FROM revision ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > _IMPORTERS * _EACH


def _rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]
