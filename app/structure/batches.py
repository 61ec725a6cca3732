"""Reads transcript files in batches, in several processes."""

import gc
import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

from app.errors import QuothError
from app.structure.files import SIDECAR_SUFFIX, InputFile
from app.structure.manifests import find_row
from app.structure.prepare import PreparedTranscript, compute_lazy_parts, prepare, without_spans
from app.structure.regular_file import read_file
from app.structure.roles import SeriesHosts
from app.structure.series import FileRoles, FolderHosts, roles_of
from app.transcripts.sidecar import Sidecar, read_sidecar, sidecar_of
from app.transcripts.source import Source

# Files and bytes of a batch, at most. A batch is stored in one transaction, and is in memory. How a file is read does
# not depend on its batch.
BATCH_FILES = 200
_BATCH_BYTES = 32 * 1024 * 1024
# Objects made before the garbage collector looks for cycles: reading makes many objects and hardly any cycle.
_OBJECTS_BETWEEN_COLLECTIONS = 200_000


@dataclass(frozen=True)
class ReadOptions:
    """How to read all files. `stated` is metadata that overrides every file's own."""

    stated: Sidecar = field(default_factory=Sidecar)
    format_name: str | None = None
    keep_unlabelled: bool = False
    # Keep the class of every character. Only needed to show it, and slow to hand from process to process.
    with_spans: bool = False
    # Compute the digest and the index terms in the process that reads.
    to_store: bool = False


@dataclass(frozen=True)
class RefusedFile:
    """A file that could not be read, and a sentence that says why."""

    path: Path
    reason: str


def collect_rarely() -> None:
    """Make the garbage collector of this process run less often."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 50)


def prepare_all(
    files: Sequence[InputFile], options: ReadOptions, workers: int
) -> Generator[list[PreparedTranscript | RefusedFile]]:
    """Yield transcripts in batches, read by `workers` processes, of which this is one.

    A file that cannot be read becomes a RefusedFile. How one is read does not depend on the others.
    """
    if workers < 2 or len(files) < 2:
        for batch in _batches(files):
            yield [prepare_one(file, options) for file in batch]
        return
    # Spawned, because forking a process that has threads is not safe.
    with ProcessPoolExecutor(min(workers, len(files)) - 1, get_context("spawn"), collect_rarely) as pool:
        ahead: _PendingBatch | None = None
        try:
            for batch in _batches(files):
                pending = _PendingBatch(batch, options, [pool.submit(prepare_one, file, options) for file in batch])
                # The other processes read this batch while the caller stores the one before.
                if ahead is not None:
                    yield ahead.finish()
                ahead = pending
            if ahead is not None:
                yield ahead.finish()
        finally:
            # If the caller stops early, files that no process has begun are not read.
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _PendingBatch:
    """A batch that other processes are reading."""

    batch: list[InputFile]
    options: ReadOptions
    futures: list[Future[PreparedTranscript | RefusedFile]]

    def finish(self) -> list[PreparedTranscript | RefusedFile]:
        """Read from the end the files that no other process has begun, then wait for the others."""
        own = {
            place: prepare_one(self.batch[place], self.options)
            for place in reversed(range(len(self.batch)))
            if self.futures[place].cancel()
        }
        return [own[place] if place in own else future.result() for place, future in enumerate(self.futures)]


def _batches(files: Sequence[InputFile]) -> Iterator[list[InputFile]]:
    batch: list[InputFile] = []
    size = 0
    for file in files:
        try:
            file_bytes = file.path.stat().st_size
        except OSError:
            file_bytes = 0
        if batch and (len(batch) >= BATCH_FILES or size + file_bytes > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file_bytes
    if batch:
        yield batch


def prepare_one(file: InputFile, options: ReadOptions) -> PreparedTranscript | RefusedFile:
    """Read one transcript with its metadata file, NAME.toml beside NAME.txt.

    Where the file alone leaves in doubt who asks, other files of its folder are looked at.
    """
    return _prepare(file, options, FolderHosts(file.path, _read_roles))


def _read_roles(path: Path) -> FileRoles | None:
    """Read who asks and who answers in a file for the sake of another one; None if that is not clear."""
    in_doubt = False

    def hosts(_series: str | None) -> set[str]:
        nonlocal in_doubt
        in_doubt = True
        return set()

    try:
        row = find_row(path)
    except (QuothError, OSError):
        return None
    read = _prepare(InputFile(path, "", row[1] if row else None), ReadOptions(), hosts)
    if in_doubt or isinstance(read, RefusedFile):
        return None
    return roles_of(read.structure, read.metadata.series)


def _prepare(file: InputFile, options: ReadOptions, hosts: SeriesHosts) -> PreparedTranscript | RefusedFile:
    toml = file.path.with_suffix(SIDECAR_SUFFIX)
    try:
        own = read_sidecar(str(toml), read_file(toml)) if toml != file.path and toml.is_file() else Sidecar()
        stated = options.stated.over_sidecar(own.over_sidecar(file.manifest or Sidecar()))
        prepared = prepare(
            # A name that is not UTF-8 can be opened but not stored or printed.
            Source(os.fsencode(file.path).decode("utf-8", errors="replace"), read_file(file.path)),
            stated,
            str(toml),
            format_name=options.format_name,
            keep_unlabelled=options.keep_unlabelled,
            slug=file.slug,
            series_hosts=hosts,
        )
        prepared = replace(prepared, path=_place_of(file.path))
        prepared = prepared if options.with_spans else without_spans(prepared)
        return compute_lazy_parts(prepared) if options.to_store else prepared
    except QuothError as error:
        return RefusedFile(file.path, str(error))
    except OSError as error:
        return RefusedFile(file.path, f"{file.path}: {error.strerror or error}")


def _place_of(path: Path) -> str:
    """Return where a file stands, whatever it was called by and from where."""
    # A name that is not UTF-8 cannot be stored.
    return os.fsencode(path.resolve()).decode("utf-8", errors="backslashreplace")


def stated_by_options(**values: object) -> Sidecar:
    """Return the metadata that command-line options state.

    Raises:
        MetadataError: a value is not valid.
    """
    return sidecar_of("the command line", {name: value for name, value in values.items() if value is not None})
