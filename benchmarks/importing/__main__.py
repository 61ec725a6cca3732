"""What importing costs: a generated corpus through the command line's own path, against a bare executemany of the same
rows into the same tables, in one run, again and again in turn.

The import reads, parses, pairs and indexes files in several processes and stores them from one, as `quoth load FOLDER`
does. The baseline has the rows in memory already and only inserts them, one executemany a table: into the same schema
with its indexes, foreign keys, triggers and full-text index, in transactions of as many interviews, with the same
driver and the same pragmas. It inserts search documents as many rows a statement, as the import does, because a
statement for each row would make the full-text index write a segment for each, many times slower. What it stored is
counted against the original. Wall time is what a user waits for; processor time, of every process that took part, says
what it costs where others use the machine too. Of PostgreSQL, the server's own time is in the first only.

What the last profile showed: reading takes nearly half of the processor time of an import (telling the format and the
labels, cutting turns up for the index), with half a second a process for its interpreter and as much again for the
model that tells languages. Of storing, two thirds are SQLite's own, with the full-text index and the triggers of
topics, as in the baseline; the rest is making rows, counting terms, and twenty small statements an interview. A batch
is stored when all of it has been read, because its files are paired as a series: a corpus of one batch has no storing
while others are read.

python -m benchmarks.importing [--turns N] [--rounds N] [--workers N] [--url DATABASE --baseline-url DATABASE]
"""

import argparse
import datetime
import os
import resource
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.db import Database
from app.loading import DocumentWriter, load_interview, load_vocabulary
from app.models import (
    Change,
    Interview,
    Question,
    QuestionTopic,
    Revision,
    SearchDocument,
    SearchTerm,
    SearchWord,
    Speaker,
    Topic,
    TopicQuestion,
    table_of,
)
from app.structure.batches import BATCH_FILES, ReadOptions, RefusedFile, collect_rarely, prepare_all
from app.structure.files import find_files
from app.structure.regular_file import read_file
from app.topics.vocabulary import read_vocabulary
from benchmarks.authors import at
from benchmarks.corpus import interviews, vocabulary

# An hour of conversation is some two hundred turns.
_QUESTIONS_EACH = 100
_IN_ALL = "in all"
_Rows = list[tuple[sa.Table, list[dict[str, Any]]]]


def write_corpus(folder: Path, turns: int) -> int:
    """Write transcripts with their metadata files; return their size in bytes."""
    size = 0
    (folder / "topics.toml").write_text(vocabulary())
    for name, transcript, metadata in interviews(turns // 2, questions_each=_QUESTIONS_EACH):
        (folder / name).write_text(transcript)
        (folder / name).with_suffix(".toml").write_text(metadata)
        size += len(transcript)
    return size


def import_corpus(database: Database, folder: Path, workers: int) -> float:
    """Import as `quoth load FOLDER` does; return seconds."""
    collect_rarely()
    start = time.perf_counter()
    now = datetime.datetime.now(datetime.UTC)
    found = find_files([folder])
    with database.write() as connection:
        load_vocabulary(
            connection,
            read_vocabulary("topics.toml", read_file(found.vocabularies[0])),
            at(now),
        )
    for batch in prepare_all(found.transcripts, ReadOptions(to_store=True), workers):
        with database.write() as connection, DocumentWriter(connection) as documents:
            for one in batch:
                if isinstance(one, RefusedFile):
                    raise SystemExit(one.reason)
                load_interview(connection, one, at(now), documents=documents)
    return time.perf_counter() - start


def copy_rows(source: Database, target: Database) -> tuple[Counter[str], float]:
    """Insert the same rows with executemany, a table at a time; return seconds by table, and of processor time.

    What is committed together is what the import commits together. Reading the rows is not counted.

    Raises:
        SystemExit: a row was left out.
    """
    spent: Any = Counter()
    busy = 0.0
    for rows in _transactions(source):
        began = _busy()
        start = time.perf_counter()
        with target.write() as connection:
            for table, values in rows:
                before = time.perf_counter()
                _insert(connection, table, values)
                spent[table.name] += time.perf_counter() - before
        spent[_IN_ALL] += time.perf_counter() - start
        busy += _busy() - began
    _check_same(source, target)
    return spent, busy


def _insert(connection: sa.Connection, table: sa.Table, values: list[dict[str, Any]]) -> None:
    if table is table_of(SearchDocument):
        connection.execute(table.insert().returning(table.c.number), values).all()
    else:
        connection.execute(table.insert(), values)


def _transactions(source: Database) -> Iterator[_Rows]:
    """Yield what the import wrote, a transaction at a time: the vocabulary, batches of interviews, and last what is
    counted over all of them, which the import brings up to date with each batch.
    """
    with source.read() as connection:
        made = sa.select(col(Interview.id)).join(Revision, col(Revision.interview_id) == col(Interview.id))
        ids = connection.execute(made.order_by(col(Revision.number))).scalars().all()
    of_vocabulary = {
        table_of(Revision): col(Revision.interview_id).is_(None),
        table_of(Topic): sa.true(),
        table_of(Change): col(Change.noun) == "topic",
    }
    yield _read(source, of_vocabulary)
    for first in range(0, len(ids), BATCH_FILES):
        yield _read(source, _of_interviews(ids[first : first + BATCH_FILES]))
    yield _read(source, {table_of(SearchTerm): sa.true(), table_of(SearchWord): sa.true()})


def _of_interviews(ids: Sequence[str]) -> dict[sa.Table, sa.ColumnElement[bool]]:
    """Say which rows came with some interviews."""
    questions = sa.select(col(Question.id)).where(col(Question.interview_id).in_(ids))
    which = {
        table: table.c.interview_id.in_(ids) for table in SQLModel.metadata.sorted_tables if "interview_id" in table.c
    }
    # It is derived by triggers, here as in the import.
    del which[table_of(TopicQuestion)]
    return which | {
        table_of(Interview): col(Interview.id).in_(ids),
        # A speaker is called after the interview that brought it.
        table_of(Speaker): sa.func.substr(col(Speaker.id), 1, len(ids[0])).in_(ids),
        table_of(QuestionTopic): col(QuestionTopic.question_id).in_(questions),
        table_of(Change): col(Change.item_id).in_(ids),
    }


def _read(source: Database, which: dict[sa.Table, sa.ColumnElement[bool]]) -> _Rows:
    """Read rows, tables in an order that foreign keys allow; a topic stands after the one above it already."""
    with source.read() as connection:
        found = [
            (table, [dict(row) for row in connection.execute(sa.select(table).where(which[table])).mappings()])
            for table in SQLModel.metadata.sorted_tables
            if table in which
        ]
    return [(table, values) for table, values in found if values]


def _check_same(source: Database, target: Database) -> None:
    with source.read() as imported, target.read() as bare:
        for table in SQLModel.metadata.sorted_tables:
            wanted, got = (
                connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for connection in (imported, bare)
            )
            if wanted != got:
                raise SystemExit(f"the baseline has {got} rows of {table.name}, and the import {wanted}")


def _busy() -> float:
    """Seconds of processor time of this process and of those that it has started and seen end."""
    who = (resource.getrusage(one) for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in who)


def _peak_mib() -> str:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return f"{own:.0f} MiB, and {worker:.0f} MiB in the largest reading process"


def _round(arguments: argparse.Namespace, corpus: Path, folder: Path) -> tuple[float, float]:
    """Import and copy once; return the ratios of wall time and of processor time."""
    imported = Database(arguments.url or f"sqlite:///{folder}/imported.db")
    baseline = Database(arguments.baseline_url or f"sqlite:///{folder}/baseline.db")
    imported.migrate()
    baseline.migrate()
    began, own = _busy(), time.process_time()
    seconds = import_corpus(imported, corpus, arguments.workers)
    busy, own = _busy() - began, time.process_time() - own
    print(f"import {seconds:.1f} s, {arguments.turns / seconds:.0f} turns a second, peak memory {_peak_mib()}")
    print(f"  processor time {busy:.1f} s, of it {own:.1f} s of the process that stores")
    spent, bare_busy = copy_rows(imported, baseline)
    bare = spent.pop(_IN_ALL)
    print(f"bare executemany of the same rows {bare:.1f} s, processor time {bare_busy:.1f} s")
    print("  " + ", ".join(f"{name} {took:.1f} s" for name, took in Counter(spent).most_common(5)))
    imported.close()
    baseline.close()
    return bare / seconds, bare_busy / busy


def main() -> None:
    """Generate, import and copy in turn, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1, help="each with databases of its own; one with --url")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--url", help="an empty database to import into; else a temporary SQLite file")
    parser.add_argument("--baseline-url", help="an empty database for the baseline; else a temporary SQLite file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        corpus = Path(name) / "corpus"
        corpus.mkdir()
        size = write_corpus(corpus, arguments.turns)
        print(f"{arguments.turns} turns, {size / 2**20:.0f} MiB, {arguments.workers} reading processes")
        ratios = []
        for _round_number in range(1 if arguments.url or arguments.baseline_url else arguments.rounds):
            with tempfile.TemporaryDirectory(dir=name) as folder:
                ratios.append(_round(arguments, corpus, Path(folder)))
    for what, found in zip(("wall time", "processor time"), zip(*ratios, strict=True), strict=True):
        spread = f"{min(found):.2f} to {max(found):.2f}"
        print(f"{what}: {statistics.median(found):.2f} of the speed of bare executemany ({spread})")


if __name__ == "__main__":
    main()
