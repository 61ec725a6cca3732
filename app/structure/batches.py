"""Reads transcript files in batches, in several processes."""

import gc
import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from app.errors import QuothError
from app.structure.files import SIDECAR_SUFFIX, TranscriptFile, read_file
from app.structure.pairing import recurring_hosts
from app.structure.prepare import PreparedTranscript, pair_again, prepare, ready, without_spans
from app.transcripts.sidecar import Sidecar, read_sidecar, sidecar_of
from app.transcripts.source import Source

# One batch is read, paired as a series, and stored in one transaction.
BATCH_FILES = 200
_BATCH_BYTES = 32 * 1024 * 1024
_OBJECTS_BETWEEN_COLLECTIONS = 200_000


@dataclass(frozen=True)
class ReadOptions:
    """What the caller asks for all files: statements that win over every file's own, and how to read."""

    stated: Sidecar = field(default_factory=Sidecar)
    format_name: str | None = None
    keep_unlabelled: bool = False
    # What every character is, is wanted only where it is shown; handing it from process to process costs time.
    with_spans: bool = False
    # Whether what storing asks for is worked out as well, by the process that reads.
    to_store: bool = False


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not read, and the sentence that says why."""

    path: Path
    reason: str


def collect_rarely() -> None:
    """Let the garbage collector of this process run seldom: reading makes many objects, and hardly a cycle."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 50)


def prepare_all(
    jobs: Sequence[TranscriptFile], options: ReadOptions, workers: int
) -> Generator[list[PreparedTranscript | RefusedFile]]:
    """Read transcripts in batches, in several processes, of which this is one; what cannot be read is told and stops
    nothing.

    Files of one folder are paired as a series: who interviews in most of them interviews in the others too.
    """
    if workers < 2 or len(jobs) < 2:
        for batch in _batches(jobs):
            yield _as_series(batch, [prepare_one(job, options) for job in batch])
        return
    # A fresh interpreter for each of the others: forking a process that has threads is not safe.
    with ProcessPoolExecutor(min(workers, len(jobs)) - 1, get_context("spawn"), collect_rarely) as pool:
        ahead: _Reading | None = None
        try:
            for batch in _batches(jobs):
                reading = _Reading(batch, options, [pool.submit(prepare_one, job, options) for job in batch])
                # While the caller stores one batch, the next is being read.
                if ahead is not None:
                    yield ahead.finish()
                ahead = reading
            if ahead is not None:
                yield ahead.finish()
        finally:
            # A caller who cannot go on does not wait for files that nobody has begun to read.
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Reading:
    """A batch that other processes have begun to read."""

    batch: list[TranscriptFile]
    options: ReadOptions
    futures: list[Future[PreparedTranscript | RefusedFile]]

    def finish(self) -> list[PreparedTranscript | RefusedFile]:
        """Read what no other process has begun, from the end, and wait for what they read from the beginning."""
        own = {
            place: prepare_one(self.batch[place], self.options)
            for place in reversed(range(len(self.batch)))
            if self.futures[place].cancel()
        }
        read = [own[place] if place in own else future.result() for place, future in enumerate(self.futures)]
        return _as_series(self.batch, read)


def _batches(jobs: Sequence[TranscriptFile]) -> Iterator[list[TranscriptFile]]:
    batch: list[TranscriptFile] = []
    size = 0
    for job in jobs:
        try:
            bytes_ = job.path.stat().st_size
        except OSError:
            bytes_ = 0
        if batch and (len(batch) >= BATCH_FILES or size + bytes_ > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(job)
        size += bytes_
    if batch:
        yield batch


def _as_series(
    batch: Sequence[TranscriptFile], read: list[PreparedTranscript | RefusedFile]
) -> list[PreparedTranscript | RefusedFile]:
    by_folder: dict[Path, list[int]] = {}
    for place, job in enumerate(batch):
        by_folder.setdefault(job.path.parent, []).append(place)
    for places in by_folder.values():
        hosts = recurring_hosts(one.structure for place in places if isinstance(one := read[place], PreparedTranscript))
        for place in places:
            one = read[place]
            if hosts and isinstance(one, PreparedTranscript):
                read[place] = pair_again(one, hosts)
    return read


def prepare_one(job: TranscriptFile, options: ReadOptions) -> PreparedTranscript | RefusedFile:
    """Read one transcript with the metadata beside it."""
    beside = job.path.with_suffix(SIDECAR_SUFFIX)
    try:
        own = read_sidecar(str(beside), read_file(beside)) if beside != job.path and beside.is_file() else Sidecar()
        stated = options.stated.over_sidecar(own.over_sidecar(job.manifest or Sidecar()))
        prepared = prepare(
            # A name that is not UTF-8 can be opened, and neither stored nor printed.
            Source(os.fsencode(job.path).decode("utf-8", errors="replace"), read_file(job.path)),
            stated,
            str(beside),
            format_name=options.format_name,
            keep_unlabelled=options.keep_unlabelled,
            slug=job.slug,
        )
        prepared = prepared if options.with_spans else without_spans(prepared)
        return ready(prepared) if options.to_store else prepared
    except QuothError as error:
        return RefusedFile(job.path, str(error))
    except OSError as error:
        return RefusedFile(job.path, f"{job.path}: {error.strerror or error}")


def stated_by_options(**values: object) -> Sidecar:
    """Make the statements of command-line options.

    Raises:
        MetadataError: a value is impossible.
    """
    return sidecar_of("the command line", {name: value for name, value in values.items() if value is not None})
