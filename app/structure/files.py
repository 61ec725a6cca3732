"""Finds transcripts, manifests and vocabularies on a disk, and reads files without being fooled by what they are."""

import csv
import errno
import glob
import io
import os
import stat
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.errors import MetadataError, TranscriptError, did_you_mean
from app.text.folding import nearest, slugify
from app.transcripts import FORMATS
from app.transcripts.sidecar import Sidecar, sidecar_of
from app.transcripts.source import MAX_SOURCE_BYTES

VOCABULARY = "topics.toml"
MANIFEST = "manifest.csv"
SIDECAR_SUFFIX = ".toml"
# Names that say what a file is and not which one; the folder says that.
_GENERIC = frozenset({"index", "transcript", "interview", "readme", "default", "captions", "subtitles"})


@dataclass(frozen=True)
class TranscriptFile:
    """One transcript to read: where it is, what it is called if nothing says so, and what is stated of it."""

    path: Path
    slug: str
    manifest: Sidecar | None = None


@dataclass
class FoundFiles:
    """What stands at the given paths; `passed_over` are files whose suffix is no transcript's."""

    vocabularies: list[Path] = field(default_factory=list)
    transcripts: list[TranscriptFile] = field(default_factory=list)
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


def find_files(paths: Sequence[Path]) -> FoundFiles:
    """Find vocabularies and transcripts in files, folders and patterns, in the order of names.

    Raises:
        FileNotFoundError: nothing stands at a path, or there is not one transcript or vocabulary.
        MetadataError: a manifest is wrong.
    """
    found = FoundFiles()
    for given in paths:
        for path in _expand(given):
            if path.is_dir():
                _look_into(path, found)
            elif path.name == VOCABULARY:
                found.vocabularies.append(path)
            else:
                found.transcripts.append(TranscriptFile(path, slugify(path.stem)))
    if not found.vocabularies and not found.transcripts:
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


def _look_into(folder: Path, found: FoundFiles) -> None:
    known = {suffix for one in FORMATS for suffix in one.suffixes}
    inside = [path for path in sorted(folder.rglob("*")) if not path.is_dir() and not _is_hidden(path, folder)]
    manifests = {path.parent: _read_manifest(path) for path in inside if path.name.lower() == MANIFEST}
    transcripts = []
    for path in inside:
        if path.name == VOCABULARY:
            found.vocabularies.append(path)
        elif path.suffix.lower() in known and path.name.lower() != MANIFEST:
            transcripts.append(path)
        elif path.suffix.lower() != SIDECAR_SUFFIX and path.name.lower() != MANIFEST:
            found.passed_over.append(path)
    names = {path: _name_in(folder, path) for path in transcripts}
    how_many = Counter(names.values())
    for path in transcripts:
        name = names[path]
        if how_many[name] > 1:
            # Two files of one name: the suffix or the whole way from the folder tells them apart.
            name = slugify(str(path.relative_to(folder)))
        listed = [rows[relative] for root, rows in manifests.items() if (relative := _relative(path, root)) in rows]
        found.transcripts.append(TranscriptFile(path, name, listed[-1] if listed else None))
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
