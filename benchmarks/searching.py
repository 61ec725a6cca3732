"""What a search costs among many documents: a rare word, a common one and six words, against the same query run bare on
FTS5 in the same process: every match ranked by bm25, the first twenty taken, nothing counted.

python -m benchmarks.searching [--documents N] [--url POSTGRESQL] [--folder FOLDER]

Documents are generated straight into the index, without the record behind them: finding, ranking, counting and looking
for slips are measured, and showing the twenty hits is not (a page of a list costs the same, see benchmarks.pages).
"""

import argparse
import itertools
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from app.db import Database
from app.queries.filters import Filters
from app.queries.hits import search
from app.queries.query import Mode, read_query
from app.queries.search import IndexQuery
from app.text.terms import stem

_AT_A_TIME = 5_000
_ROUNDS = 15
_PER_INTERVIEW = 100
_QUESTION_WORDS, _ANSWER_WORDS = 18, 110
# How far down a word stands in the list of words by frequency.
_WORDS = [
    "".join(random.Random(seed).choices("abcdefghiklmnoprstuvw", k=3 + seed % 8)) for seed in range(40_000)
]  # fmt: skip
_TERMS = list(map(stem, _WORDS))
# Zipf's law: the word at place n is said 1/n times as often as the first.
_CUMULATED = list(itertools.accumulate(1 / (place + 2) for place in range(len(_WORDS))))
# Planted in one document of so many, which no word of a short vocabulary is as rare as.
_RARE_WORD, _RARE_IN = "zyzzogeton", 50_000
QUERIES = {
    "a rare word": (_RARE_WORD, Mode.SEARCH),
    "an uncommon word": (_WORDS[36_000], Mode.SEARCH),
    "a common word": (_WORDS[3], Mode.SEARCH),
    "six words, all": (" ".join(_WORDS[place] for place in (3, 20, 60, 150, 400, 900)), Mode.SEARCH),
    "six words, any": (" ".join(_WORDS[place] for place in (3, 20, 60, 150, 400, 900)), Mode.ASK),
}


def documents(count: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield (interview, question, title, question's terms, answers' terms)."""
    source = random.Random(5)
    for number in range(count):
        interview = number // _PER_INTERVIEW
        lengths = (max(3, int(source.expovariate(1 / mean))) for mean in (4, _QUESTION_WORDS, _ANSWER_WORDS))
        texts = [" ".join(source.choices(_TERMS, cum_weights=_CUMULATED, k=length)) for length in lengths]
        if number % _RARE_IN == _RARE_IN // 2:
            texts[2] += f" {stem(_RARE_WORD)}"
        yield f"i{interview}", f"q{number}", *texts  # type: ignore[misc]  # three of them


def _counted(batch: Sequence[Sequence[str]], counts: Counter[str]) -> None:
    for row in batch:
        counts.update({*row[2].split(" "), *row[3].split(" "), *row[4].split(" ")})
    counts[""] += len(batch)


def fill_sqlite(file: Path, count: int) -> None:
    """Write the documents without the foreign keys that they would have."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous = OFF")
    counts: Counter[str] = Counter()
    rows = documents(count)
    while batch := list(itertools.islice(rows, _AT_A_TIME)):
        _counted(batch, counts)
        connection.execute(
            "INSERT INTO search_document (interview_id, question_id, title, question, answers) "
            "SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)",
            (json.dumps(batch),),
        )
    _write_counts(connection.executemany, counts, "?")
    connection.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def fill_postgresql(database: Database, count: int) -> None:
    """Write the documents without the foreign keys that they would have."""
    counts: Counter[str] = Counter()
    rows = documents(count)
    with database.write() as connection:
        for column in ("interview", "question", "turn"):
            connection.exec_driver_sql(
                f"ALTER TABLE search_document DROP CONSTRAINT fk_search_document_{column}_id_{column}"
            )
        connection.exec_driver_sql("DROP INDEX ix_search_index_vector")
        cursor = connection.connection.cursor()
        statement = (
            "INSERT INTO search_document (interview_id, question_id, title, question, answers) "
            "SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_array_elements(%s) value"
        )
        while batch := list(itertools.islice(rows, _AT_A_TIME)):
            _counted(batch, counts)
            cursor.execute(statement, (json.dumps(batch),))
        _write_counts(cursor.executemany, counts, "%s")
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
        connection.exec_driver_sql("CREATE INDEX ix_search_index_vector ON search_index USING gin (vector)")
    with sa.create_engine(database.url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE search_index")
        connection.exec_driver_sql("VACUUM ANALYZE search_document")


def _write_counts(executemany: Callable[..., object], counts: Counter[str], place: str) -> None:
    terms = "INSERT INTO search_term (term, documents) VALUES (PLACE, PLACE)"
    words = "INSERT INTO search_word (word) VALUES (PLACE) ON CONFLICT DO NOTHING"
    executemany(terms.replace("PLACE", place), list(counts.items()))
    executemany(words.replace("PLACE", place), [(word,) for word in _WORDS])


def _seconds(ask: Callable[[], object]) -> float:
    """The median of some rounds, after one that warms up."""
    ask()
    times = []
    for _round in range(_ROUNDS):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _bare(sqlite: Database, text: str, mode: Mode) -> tuple[float, int]:
    """Run a query on FTS5 and nothing else; return seconds and how many documents it finds."""
    with sqlite.read() as connection:
        match = str(IndexQuery(connection, read_query(text, mode)).match().right.value)
        raw = connection.connection.dbapi_connection
        assert raw is not None
        cursor = raw.cursor()
        statement = "SELECT rowid FROM search_index WHERE search_index MATCH ? ORDER BY rank LIMIT 20"
        seconds = _seconds(lambda: cursor.execute(statement, (match,)).fetchall())
        found = cursor.execute("SELECT count(*) FROM search_index WHERE search_index MATCH ?", (match,)).fetchone()[0]
    return seconds, found


def _whole(database: Database, text: str, mode: Mode) -> float:
    def ask() -> object:
        with database.read() as connection:
            return search(connection, text, mode, Filters()).ranks[:20]

    return _seconds(ask)


def main() -> None:
    """Fill, search and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--url", help="an empty PostgreSQL database, to measure that too")
    parser.add_argument("--folder", help="where the SQLite file is made, and removed at the end")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        file = Path(folder) / "searching.db"
        databases = {"SQLite": Database(f"sqlite:///{file}")}
        databases["SQLite"].migrate()
        start = time.perf_counter()
        fill_sqlite(file, arguments.documents)
        print(f"{arguments.documents} documents, {file.stat().st_size >> 20} MiB of SQLite, ", end="")
        print(f"filled in {time.perf_counter() - start:.0f} s")
        if arguments.url:
            databases["PostgreSQL"] = Database(arguments.url)
            databases["PostgreSQL"].migrate()
            start = time.perf_counter()
            fill_postgresql(databases["PostgreSQL"], arguments.documents)
            print(f"PostgreSQL filled in {time.perf_counter() - start:.0f} s")
        print(f"\n| | found | bare FTS5 | {' | '.join(databases)} |\n|---|--:|--:|{'--:|' * len(databases)}")
        for name, (text, mode) in QUERIES.items():
            bare, found = _bare(databases["SQLite"], text, mode)
            cells = []
            for database in databases.values():
                seconds = _whole(database, text, mode)
                cells.append(f"{seconds / bare:.2f} ({seconds * 1000:.1f} ms)")
            print(f"| {name} | {found} | {bare * 1000:.1f} ms | {' | '.join(cells)} |")
        for database in databases.values():
            database.close()


if __name__ == "__main__":
    main()
