"""Finds transcripts, manifests and vocabularies on a disk, and reads single files safely."""

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
from app.transcripts.unread import HEAD_BYTES, unread_reason

VOCABULARY = "topics.toml"
MANIFEST = "manifest.csv"
SIDECAR_SUFFIX = ".toml"
# Files that the refusal of a folder without transcripts names, at most.
_MOST_NAMED = 3
# File names that do not tell interviews apart: the name of the folder is put before them.
_GENERIC = frozenset({"index", "transcript", "interview", "readme", "default", "captions", "subtitles"})


@dataclass(frozen=True)
class InputFile:
    """A transcript file, the slug to use where nothing states one, and its row of the manifest."""

    path: Path
    slug: str
    manifest: Sidecar | None = None


@dataclass(frozen=True)
class PassedOverFile:
    """A file in a folder that is not read, because its suffix belongs to no format; and a sentence that says more."""

    path: Path
    reason: str


@dataclass
class FoundFiles:
    """The files at the given paths, and those of folders that were passed over."""

    vocabularies: list[Path] = field(default_factory=list)
    transcripts: list[InputFile] = field(default_factory=list)
    passed_over: list[PassedOverFile] = field(default_factory=list)


def read_file(path: Path) -> bytes:
    """Read a regular file of at most MAX_SOURCE_BYTES bytes.

    Raises:
        OSError: the file does not exist or cannot be read.
        TranscriptError: the path is a pipe, a device or a folder, or the file is larger than that.
    """
    # Without O_NONBLOCK, opening a pipe waits for a writer.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise TranscriptError(str(path), "this is not a regular file")
        if status.st_size > MAX_SOURCE_BYTES:
            raise TranscriptError(str(path), f"larger than {MAX_SOURCE_BYTES // 2**20} MiB")
        data = opened.read(MAX_SOURCE_BYTES + 1)
    if len(data) > MAX_SOURCE_BYTES:
        raise TranscriptError(str(path), f"larger than {MAX_SOURCE_BYTES // 2**20} MiB")
    return data


def find_files(paths: Sequence[Path]) -> FoundFiles:
    """Find vocabularies and transcripts in files, folders and glob patterns, sorted by name.

    Raises:
        FileNotFoundError: a path does not exist, or no path has a transcript or a vocabulary.
        MetadataError: a manifest cannot be read, or names a file that is not there.
    """
    found = FoundFiles()
    for given in paths:
        for path in _expand(given):
            if path.is_dir():
                _search_folder(path, found)
            elif path.name == VOCABULARY:
                found.vocabularies.append(path)
            else:
                found.transcripts.append(InputFile(path, slugify(path.stem)))
    if not found.vocabularies and not found.transcripts:
        raise FileNotFoundError(errno.ENOENT, _no_transcripts(found.passed_over), ", ".join(map(str, paths)))
    return found


def _expand(given: Path) -> list[Path]:
    if given.exists() or given.is_symlink():
        return [given]
    # Where no shell has expanded it, the path is still a pattern.
    matched = sorted(map(Path, glob.glob(str(given), recursive=True)))  # noqa: PTH207 - pathlib takes relative ones only
    if not matched:
        raise FileNotFoundError(errno.ENOENT, "there is no such file or folder", str(given))
    return matched


def _search_folder(folder: Path, found: FoundFiles) -> None:
    suffixes = {suffix for one in FORMATS for suffix in one.suffixes}
    inside = [path for path in sorted(folder.rglob("*")) if not path.is_dir() and not _is_hidden(path, folder)]
    manifests = {path.parent: _read_manifest(path) for path in inside if path.name.lower() == MANIFEST}
    transcripts = []
    for path in inside:
        if path.name == VOCABULARY:
            found.vocabularies.append(path)
        elif path.suffix.lower() in suffixes and path.name.lower() != MANIFEST:
            transcripts.append(path)
        elif path.suffix.lower() != SIDECAR_SUFFIX and path.name.lower() != MANIFEST:
            found.passed_over.append(PassedOverFile(path, _why_passed_over(path)))
    names = {path: _slug_in(folder, path) for path in transcripts}
    uses = Counter(names.values())
    for path in transcripts:
        name = names[path]
        if uses[name] > 1:
            # Several files have this name: take the path within the folder, with the suffix.
            name = slugify(str(path.relative_to(folder)))
        listed = [rows[relative] for root, rows in manifests.items() if (relative := _relative(path, root)) in rows]
        found.transcripts.append(InputFile(path, name, listed[-1] if listed else None))
    for root, rows in manifests.items():
        for name in rows:
            if root / name not in names:
                here = [relative for path in transcripts if (relative := _relative(path, root)) is not None]
                hint = did_you_mean(nearest(name, here))
                raise MetadataError(str(root / MANIFEST), "file", f"there is no transcript {name!r} here.{hint}")


def _why_passed_over(path: Path) -> str:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as opened:
            is_regular = stat.S_ISREG(os.fstat(handle).st_mode)
            head = opened.read(HEAD_BYTES) if is_regular else b""
    except OSError as error:
        return str(error.strerror)
    if reason := unread_reason(head, is_whole=False):
        return reason
    kind = f"no format has files that end in {path.suffix}" if path.suffix else "its name has no ending, such as .txt"
    return f"{kind}; if it is a transcript, name the file itself"


def _no_transcripts(passed_over: Sequence[PassedOverFile]) -> str:
    """Say that there are no transcripts, and what there is instead."""
    by_reason: dict[str, list[str]] = {}
    for file in passed_over[:_MOST_NAMED]:
        by_reason.setdefault(file.reason, []).append(file.path.name)
    parts = [f"{', '.join(names)}: {reason}" for reason, names in by_reason.items()]
    if len(passed_over) > _MOST_NAMED:
        parts.append(f"and {len(passed_over) - _MOST_NAMED} more files")
    return "; ".join(["there are no transcripts", *parts])


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _slug_in(folder: Path, path: Path) -> str:
    stem = path.stem
    if stem.casefold() in _GENERIC and path.parent != folder:
        return slugify(f"{path.parent.name}-{stem}")
    return slugify(stem)


def _relative(path: Path, root: Path) -> str | None:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None


def _read_manifest(path: Path) -> dict[str, Sidecar]:
    """Read a table with a column `file` and columns named like the keys of a metadata file; return rows by file."""
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
        raise MetadataError(str(path), "", "the first line has to name the columns, and one of them has to be 'file'")
    listed = {}
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise MetadataError(str(path), f"line {number}", f"has more or fewer cells than the {len(columns)} columns")
        values = {name: value for name, value in row.items() if name != "file" and value}
        try:
            listed[row["file"]] = sidecar_of(str(path), values).stated_in(f"{path}, line {number}")
        except MetadataError as error:
            raise MetadataError(str(path), f"line {number}, {error.key}", error.reason) from None
    return listed
