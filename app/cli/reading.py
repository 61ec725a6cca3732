"""What `check` and `load` read files: progress, vocabularies, statements, the report file and its lines."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.cli.options import TranscriptOptions
from app.cli.terminal import progress_bar
from app.loading import LoadedInterview
from app.structure.batches import ReadOptions, RefusedFile, collect_rarely, prepare_all
from app.structure.files import FoundFiles, PassedOverFile
from app.structure.prepare import PreparedTranscript
from app.structure.reading_report import report_on
from app.structure.regular_file import read_file
from app.structure.statement_file import StatedSpeakers, read_statements
from app.topics.concepts import Concept
from app.topics.vocabulary import read_vocabulary

# Below this number of files, starting processes takes longer than reading.
_FILES_FOR_PROCESSES = 8


def read_vocabularies(found: FoundFiles) -> list[dict[str, Concept]]:
    """Read every vocabulary file that was found."""
    return [read_vocabulary(str(path), read_file(path)) for path in found.vocabularies]


def read_statement_files(found: FoundFiles) -> list[StatedSpeakers]:
    """Read every file of statements that was found."""
    return [read_statements(str(path), read_file(path)) for path in found.statements]


def read_batches(
    found: FoundFiles, read_options: ReadOptions, options: TranscriptOptions
) -> Iterator[list[PreparedTranscript | RefusedFile]]:
    """Read the transcripts in batches, in several processes where that is faster, and show a progress bar."""
    collect_rarely()
    many = options.workers is not None or len(found.transcripts) >= _FILES_FOR_PROCESSES
    processes = min(options.workers or os.cpu_count() or 1, len(found.transcripts)) if many else 1
    with progress_bar(hidden=options.as_json or len(found.transcripts) < 2) as progress:
        task = progress.add_task("reading", total=len(found.transcripts))
        for batch in prepare_all(found.transcripts, read_options, processes):
            yield batch
            progress.advance(task, len(batch))


def report_line(file: PreparedTranscript | RefusedFile, loaded: LoadedInterview | None = None) -> dict[str, Any]:
    """Describe one file in plain values, as in the report file: what was understood, or why it was refused."""
    if isinstance(file, RefusedFile):
        return {"file": str(file.path), "outcome": "refused", "reason": file.reason}
    return {**report_on(file), **(asdict(loaded) if loaded else {})}


def passed_over_line(file: PassedOverFile) -> dict[str, Any]:
    """Describe a file that was passed over in plain values, as in the report file."""
    return {"file": str(file.path), "outcome": "passed over", "reason": file.reason}


@contextmanager
def report_file(path: Path | None) -> Iterator[Callable[[dict[str, Any]], object]]:
    """Open the report file and return the function that writes a line to it; without a path it writes nothing."""
    if path is None:
        yield lambda _line: None
        return
    with path.open("w", encoding="utf-8") as opened:
        yield lambda line: opened.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
