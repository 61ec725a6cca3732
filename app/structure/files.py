"""Transcripts on a disk: which files there are, what stands beside them, and how they are read without being fooled."""

import csv
import errno
import gc
import glob
import io
import os
import stat
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from app.errors import MetadataError, QuothError, TranscriptError, did_you_mean
from app.structure.pairing import recurring_hosts
from app.structure.prepare import Prepared, pair_again, prepare, ready, without_spans
from app.text.folding import nearest, slugify
from app.transcripts import FORMATS
from app.transcripts.sidecar import Sidecar, read_sidecar, sidecar_of
from app.transcripts.source import MAX_SOURCE_BYTES, Source

VOCABULARY = "topics.toml"
MANIFEST = "manifest.csv"
_SIDECAR_SUFFIX = ".toml"
# Names that say what a file is and not which one; the folder says that.
_GENERIC = frozenset({"index", "transcript", "interview", "readme", "default", "captions", "subtitles"})
# One batch is read, paired as a series, and stored in one transaction.
BATCH_FILES = 200
_BATCH_BYTES = 32 * 1024 * 1024
_OBJECTS_BETWEEN_COLLECTIONS = 200_000


@dataclass(frozen=True)
class Job:
    """One transcript to read: where it is, what it is called if nothing says so, and what is stated of it."""

    path: Path
    slug: str
    manifest: Sidecar | None = None


@dataclass(frozen=True)
class How:
    """What the caller asks for all files: statements that win over every file's own, and how to read."""

    stated: Sidecar = field(default_factory=Sidecar)
    format_name: str | None = None
    keep_unlabelled: bool = False
    # What every character is, is wanted only where it is shown; handing it from process to process costs time.
    with_spans: bool = False
    # Whether what storing asks for is worked out as well, by the process that reads.
    to_store: bool = False


@dataclass(frozen=True)
class Refused:
    """A file that was not read, and the sentence that says why."""

    path: Path
    reason: str


@dataclass
class Found:
    """What stands at the given paths; `passed_over` are files whose suffix is no transcript's."""

    vocabularies: list[Path] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    passed_over: list[Path] = field(default_factory=list)


def read_file(path: Path) -> bytes:
    """Read a regular file of a bearable size.

    Raises:
        OSError: there is no such file, or it cannot be read.
        TranscriptError: it is a pipe, a device or a folder, or larger than the limit.
    """
    # A pipe would wait for a writer that never comes.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise TranscriptError(str(path), "this is no regular file")
        if status.st_size > MAX_SOURCE_BYTES:
            raise TranscriptError(str(path), f"larger than {MAX_SOURCE_BYTES // 2**20} MiB")
        data = opened.read(MAX_SOURCE_BYTES + 1)
    if len(data) > MAX_SOURCE_BYTES:
        raise TranscriptError(str(path), f"larger than {MAX_SOURCE_BYTES // 2**20} MiB")
    return data


def find(paths: Sequence[Path]) -> Found:
    """Find vocabularies and transcripts in files, folders and patterns, in the order of names.

    Raises:
        FileNotFoundError: nothing stands at a path, or there is not one transcript or vocabulary.
        MetadataError: a manifest is wrong.
    """
    found = Found()
    for given in paths:
        for path in _expand(given):
            if path.is_dir():
                _look_into(path, found)
            elif path.name == VOCABULARY:
                found.vocabularies.append(path)
            else:
                found.jobs.append(Job(path, slugify(path.stem)))
    if not found.vocabularies and not found.jobs:
        raise FileNotFoundError(errno.ENOENT, "there are no transcripts", ", ".join(map(str, paths)))
    return found


def _expand(given: Path) -> list[Path]:
    if given.exists() or given.is_symlink():
        return [given]
    # A pattern reaches us as written where no shell has expanded it, and it may be absolute.
    matched = sorted(map(Path, glob.glob(str(given), recursive=True)))  # noqa: PTH207 - pathlib takes relative ones only
    if not matched:
        raise FileNotFoundError(errno.ENOENT, "there is no such file or folder", str(given))
    return matched


def _look_into(folder: Path, found: Found) -> None:
    known = {suffix for one in FORMATS for suffix in one.suffixes}
    inside = [path for path in sorted(folder.rglob("*")) if not path.is_dir() and not _is_hidden(path, folder)]
    manifests = {path.parent: _read_manifest(path) for path in inside if path.name.lower() == MANIFEST}
    transcripts = []
    for path in inside:
        if path.name == VOCABULARY:
            found.vocabularies.append(path)
        elif path.suffix.lower() in known and path.name.lower() != MANIFEST:
            transcripts.append(path)
        elif path.suffix.lower() != _SIDECAR_SUFFIX and path.name.lower() != MANIFEST:
            found.passed_over.append(path)
    names = {path: _name_in(folder, path) for path in transcripts}
    how_many = Counter(names.values())
    for path in transcripts:
        name = names[path]
        if how_many[name] > 1:
            # Two files of one name: the suffix or the whole way from the folder tells them apart.
            name = slugify(str(path.relative_to(folder)))
        listed = [rows[relative] for root, rows in manifests.items() if (relative := _relative(path, root)) in rows]
        found.jobs.append(Job(path, name, listed[-1] if listed else None))
    for root, rows in manifests.items():
        for name in rows:
            if root / name not in names:
                near = [shown for path in transcripts if (shown := _relative(path, root)) is not None]
                hint = did_you_mean(nearest(name, near))
                raise MetadataError(str(root / MANIFEST), "file", f"there is no transcript {name!r} here.{hint}")


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _name_in(folder: Path, path: Path) -> str:
    stem = path.stem
    if stem.casefold() in _GENERIC and path.parent != folder:
        return slugify(f"{path.parent.name}-{stem}")
    return slugify(stem)


def _relative(path: Path, root: Path) -> str | None:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None


def _read_manifest(path: Path) -> dict[str, Sidecar]:
    """Read a table of metadata: a column `file`, and columns named as the keys of a metadata file."""
    try:
        text = read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MetadataError(str(path), "", f"byte {error.start} is not UTF-8; save the file as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise MetadataError(str(path), "", f"line {reader.line_num}: {error}") from None
    columns = reader.fieldnames or []
    if "file" not in columns:
        raise MetadataError(str(path), "", "the first line names the columns, and one of them is 'file'")
    listed = {}
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise MetadataError(str(path), f"line {number}", f"has more or fewer cells than the {len(columns)} columns")
        values = {name: value for name, value in row.items() if name != "file" and value}
        try:
            listed[row["file"]] = sidecar_of(str(path), values)
        except MetadataError as error:
            raise MetadataError(str(path), f"line {number}, {error.key}", error.reason) from None
    return listed


def collect_rarely() -> None:
    """Let the garbage collector of this process run seldom: reading makes many objects, and hardly a cycle."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 50)


def prepare_all(jobs: Sequence[Job], how: How, workers: int) -> Generator[list[Prepared | Refused]]:
    """Read transcripts in batches, in several processes, of which this is one; what cannot be read is told and stops
    nothing.

    Files of one folder are paired as a series: who interviews in most of them interviews in the others too.
    """
    if workers < 2 or len(jobs) < 2:
        for batch in _batches(jobs):
            yield _as_series(batch, [prepare_one(job, how) for job in batch])
        return
    # A fresh interpreter for each of the others: forking a process that has threads is not safe.
    with ProcessPoolExecutor(min(workers, len(jobs)) - 1, get_context("spawn"), collect_rarely) as pool:
        ahead: _Reading | None = None
        try:
            for batch in _batches(jobs):
                reading = _Reading(batch, how, [pool.submit(prepare_one, job, how) for job in batch])
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

    batch: list[Job]
    how: How
    futures: list[Future[Prepared | Refused]]

    def finish(self) -> list[Prepared | Refused]:
        """Read what no other process has begun, from the end, and wait for what they read from the beginning."""
        own = {
            place: prepare_one(self.batch[place], self.how)
            for place in reversed(range(len(self.batch)))
            if self.futures[place].cancel()
        }
        read = [own[place] if place in own else future.result() for place, future in enumerate(self.futures)]
        return _as_series(self.batch, read)


def _batches(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    batch: list[Job] = []
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


def _as_series(batch: Sequence[Job], read: list[Prepared | Refused]) -> list[Prepared | Refused]:
    by_folder: dict[Path, list[int]] = {}
    for place, job in enumerate(batch):
        by_folder.setdefault(job.path.parent, []).append(place)
    for places in by_folder.values():
        hosts = recurring_hosts(one.structure for place in places if isinstance(one := read[place], Prepared))
        for place in places:
            one = read[place]
            if hosts and isinstance(one, Prepared):
                read[place] = pair_again(one, hosts)
    return read


def prepare_one(job: Job, how: How) -> Prepared | Refused:
    """Read one transcript with the metadata beside it."""
    beside = job.path.with_suffix(_SIDECAR_SUFFIX)
    try:
        own = read_sidecar(str(beside), read_file(beside)) if beside != job.path and beside.is_file() else Sidecar()
        stated = how.stated.over_sidecar(own.over_sidecar(job.manifest or Sidecar()))
        prepared = prepare(
            # A name that is not UTF-8 can be opened, and neither stored nor printed.
            Source(os.fsencode(job.path).decode("utf-8", errors="replace"), read_file(job.path)),
            stated,
            str(beside),
            format_name=how.format_name,
            keep_unlabelled=how.keep_unlabelled,
            slug=job.slug,
        )
        prepared = prepared if how.with_spans else without_spans(prepared)
        return ready(prepared) if how.to_store else prepared
    except QuothError as error:
        return Refused(job.path, str(error))
    except OSError as error:
        return Refused(job.path, f"{job.path}: {error.strerror or error}")


def stated_by_options(**values: object) -> Sidecar:
    """Make the statements of command-line options.

    Raises:
        MetadataError: a value is impossible.
    """
    return sidecar_of("the command line", {name: value for name, value in values.items() if value is not None})
