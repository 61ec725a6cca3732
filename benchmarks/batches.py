"""Whether folders read and load the same whatever the batch and the order: batches of 50, 200 and 1,000 files, and each
file by itself in another order.

python -m benchmarks.batches [FOLDER ...] [--seed N]
"""

import argparse
import datetime
import hashlib
import json
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest import mock

import sqlalchemy as sa

from app.db import Database
from app.loading import DocumentWriter, load_interview
from app.structure import batches
from app.structure.batches import ReadOptions, RefusedFile, prepare_all
from app.structure.files import InputFile, find_files
from app.structure.prepare import PreparedTranscript
from benchmarks.authors import at

_NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
_SIZES = (50, 200, 1000)
Read = PreparedTranscript | RefusedFile
# Ids and numbers of revisions tell the order in which interviews came, so none of them is compared.
_CONTENT = """
SELECT i.slug, i.title, i.language, i.language_attribution, i.published, i.publisher, i.series, i.source_url, i.summary,
  i.rights, t.position, t.kind, t.speaker_label, t.text, t.start_ms, t.end_ms, t.source_start, t.source_end, s.name,
  c.role, c.role_attribution, c.attribution, c.affiliation, q.position AS question, a.position AS answer
FROM turn t JOIN interview i ON i.id = t.interview_id LEFT JOIN speaker s ON s.id = t.speaker_id
LEFT JOIN contribution c ON c.interview_id = i.id AND c.speaker_id = s.id
LEFT JOIN question q ON q.id = t.question_id LEFT JOIN answer a ON a.id = t.answer_id
ORDER BY i.slug, t.position
"""


def read_in_batches(folder: Path, size: int) -> Iterator[list[Read]]:
    """Read a folder in batches of so many files."""
    with mock.patch.object(batches, "BATCH_FILES", size):
        yield from prepare_all(find_files([folder]).transcripts, ReadOptions(keep_unlabelled=True), 1)


def read_one_by_one(folder: Path, seed: int) -> Iterator[list[Read]]:
    """Read each file of a folder by itself, in random order."""
    files = find_files([folder]).transcripts
    random.Random(seed).shuffle(files)
    for file in files:
        alone: Sequence[InputFile] = find_files([file.path]).transcripts
        yield from prepare_all(alone, ReadOptions(keep_unlabelled=True), 1)


def readings(read: Iterable[list[Read]]) -> dict[str, Any]:
    """Return how each file was read, by its path."""
    found: dict[str, Any] = {}
    for batch in read:
        for one in batch:
            if isinstance(one, RefusedFile):
                found[str(one.path)] = one.reason
            else:
                found[one.transcript.source.name] = (one.slug, one.digest, asdict(one.structure))
    return found


def loaded(read: Iterable[list[Read]]) -> str:
    """Load transcripts into an empty database, and return the digest of what it has to show."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/quoth.sqlite")
        database.migrate()
        for batch in read:
            with database.write() as connection, DocumentWriter(connection) as documents:
                for one in batch:
                    if isinstance(one, PreparedTranscript):
                        load_interview(connection, one, at(_NOW), documents=documents)
        with database.read() as connection:
            rows = [list(row) for row in connection.execute(sa.text(_CONTENT))]
        database.close()
    return hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()


def main() -> None:
    """Compare, and print one line a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for folder in arguments.folders:
        ways = {str(size): readings(read_in_batches(folder, size)) for size in _SIZES}
        ways["one by one"] = readings(read_one_by_one(folder, arguments.seed))
        first = ways[str(_SIZES[0])]
        different = sorted({path for way in ways.values() for path in way if way[path] != first[path]})
        stored = {loaded(read_in_batches(folder, size)) for size in _SIZES}
        stored.add(loaded(read_one_by_one(folder, arguments.seed)))
        print(
            f"{folder}: {len(first)} files, {len(different)} read differently, {len(stored)} contents {different[:3]}"
        )


if __name__ == "__main__":
    main()
