"""What importing costs: a generated corpus through the command line's own path, against a bare executemany of the same
rows into the same tables with the same indexes, in one run.

python -m benchmarks.importing [--turns N] [--workers N] [--url DATABASE --baseline-url DATABASE]
"""

import argparse
import datetime
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.db import Database
from app.files import How, Refused, collect_rarely, find, prepare_all, read_file
from app.loading import Documents, load_interview, load_vocabulary
from app.models import TopicQuestion, table_of
from app.topics.vocabulary import read_vocabulary
from benchmarks.corpus import interviews, vocabulary

_ROWS_AT_A_TIME = 20_000
# An hour of conversation is some two hundred turns.
_QUESTIONS_EACH = 100


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
    found = find([folder])
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", read_file(found.vocabularies[0])), now)
    for batch in prepare_all(found.jobs, How(), workers):
        with database.write() as connection, Documents(connection) as documents:
            for one in batch:
                if isinstance(one, Refused):
                    raise SystemExit(one.reason)
                load_interview(connection, one, now, documents=documents)
    return time.perf_counter() - start


def copy_rows(source: Database, target: Database) -> dict[str, float]:
    """Insert the same rows, table by table, with plain executemany in one transaction each; return seconds by table."""
    spent: dict[str, float] = {}
    for table in SQLModel.metadata.sorted_tables:
        # What triggers derive comes by itself.
        if table is table_of(TopicQuestion):
            continue
        statement = table.insert()
        took = 0.0
        with source.read() as reading, target.write() as writing:
            # A topic stands after the one above it; the import stored them in that order.
            rows = reading.execution_options(yield_per=_ROWS_AT_A_TIME).execute(sa.select(table))
            for part in rows.partitions(_ROWS_AT_A_TIME):
                values: list[dict[str, Any]] = [dict(row._mapping) for row in part]
                start = time.perf_counter()
                writing.execute(statement, values)
                took += time.perf_counter() - start
            start = time.perf_counter()
        spent[table.name] = took + time.perf_counter() - start
    return spent


def _peak_mib() -> str:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return f"{own:.0f} MiB, and {worker:.0f} MiB in the largest reading process"


def main() -> None:
    """Generate, import, copy, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--url", help="an empty database to import into; else a temporary SQLite file")
    parser.add_argument("--baseline-url", help="an empty database for the baseline; else a temporary SQLite file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = folder / "corpus"
        corpus.mkdir()
        size = write_corpus(corpus, arguments.turns)
        print(f"{arguments.turns} turns, {size / 2**20:.0f} MiB, {arguments.workers} reading processes")
        imported = Database(arguments.url or f"sqlite:///{folder}/imported.db")
        baseline = Database(arguments.baseline_url or f"sqlite:///{folder}/baseline.db")
        imported.migrate()
        baseline.migrate()
        busy = time.process_time()
        seconds = import_corpus(imported, corpus, arguments.workers)
        busy = time.process_time() - busy
        print(f"import {seconds:.1f} s, {arguments.turns / seconds:.0f} turns a second, peak memory {_peak_mib()}")
        bare_busy = time.process_time()
        by_table = copy_rows(imported, baseline)
        bare = sum(by_table.values())
        bare_busy = time.process_time() - bare_busy
        print(f"bare executemany of the same rows {bare:.1f} s")
        for name, took in sorted(by_table.items(), key=lambda item: -item[1])[:5]:
            print(f"  {name} {took:.1f} s")
        print(f"ratio {bare / seconds:.2f} of the speed of bare executemany")
        # Where others use the machine too, this tells more: reading the rows for the copy is part of it.
        print(f"CPU of the writing process {busy:.1f} s, of the bare one {bare_busy:.1f} s: {bare_busy / busy:.2f}")
        imported.close()
        baseline.close()


if __name__ == "__main__":
    main()
