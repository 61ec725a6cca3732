"""Finds transcripts on a disk, and what stands beside them: metadata files, manifests, vocabularies, statements."""

import errno
import glob
import os
import stat
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from app.errors import MetadataError, did_you_mean
from app.structure.manifests import MANIFEST, find_row, read_manifest, slugs_listed_twice
from app.text.folding import nearest, slugify
from app.transcripts import FORMATS
from app.transcripts.sidecar import Sidecar
from app.transcripts.unread import HEAD_BYTES, unread_reason

VOCABULARY = "topics.toml"
STATEMENTS = "speakers.toml"
SIDECAR_SUFFIX = ".toml"
SUFFIXES = frozenset(suffix for one in FORMATS for suffix in one.suffixes)
# Folders whose names of files are kept in memory.
_FOLDERS = 16
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
    statements: list[Path] = field(default_factory=list)
    transcripts: list[InputFile] = field(default_factory=list)
    passed_over: list[PassedOverFile] = field(default_factory=list)

    def add_vocabulary(self, path: Path) -> None:
        """Add a vocabulary that is not there yet."""
        if all(path.absolute() != other.absolute() for other in self.vocabularies):
            self.vocabularies.append(path)

    def add_statements(self, path: Path) -> None:
        """Add a file of statements that is not there yet."""
        if all(path.absolute() != other.absolute() for other in self.statements):
            self.statements.append(path)


def find_files(paths: Sequence[Path]) -> FoundFiles:
    """Find vocabularies, statements and transcripts in files, folders and glob patterns, sorted by name.

    Raises:
        FileNotFoundError: a path does not exist, or no path has a transcript, a vocabulary or statements.
        MetadataError: a manifest cannot be read, or names a file that is not there.
    """
    found = FoundFiles()
    for given in paths:
        for path in _expand(given):
            if path.is_dir():
                _search_folder(path, found)
            elif path.name == VOCABULARY:
                found.add_vocabulary(path)
            elif path.name == STATEMENTS:
                found.add_statements(path)
            else:
                _add_file(path, found)
    found.transcripts = _with_own_slugs(found.transcripts)
    if not found.vocabularies and not found.statements and not found.transcripts:
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


def _add_file(path: Path, found: FoundFiles) -> None:
    """Add a file that is named by itself, with what stands beside it: a file in a folder is read the same."""
    listed = find_row(path)
    found.transcripts.append(_input_file(path, listed))
    for folder in (path.parent, listed[0] if listed else path.parent):
        if (folder / VOCABULARY).is_file():
            found.add_vocabulary(folder / VOCABULARY)
        if (folder / STATEMENTS).is_file() and path.with_suffix(SIDECAR_SUFFIX) != folder / STATEMENTS:
            found.add_statements(folder / STATEMENTS)


def _search_folder(folder: Path, found: FoundFiles) -> None:
    inside = [path for path in sorted(folder.rglob("*")) if not path.is_dir() and not _is_hidden(path, folder)]
    manifests = {path.parent: read_manifest(path) for path in inside if path.name.lower() == MANIFEST}
    transcripts = []
    for path in inside:
        if path.name == VOCABULARY:
            found.add_vocabulary(path)
        elif path.suffix.lower() in SUFFIXES and path.name.lower() != MANIFEST:
            transcripts.append(path)
        elif path.suffix.lower() != SIDECAR_SUFFIX and path.name.lower() != MANIFEST:
            found.passed_over.append(PassedOverFile(path, _why_passed_over(path)))
    # Beside a transcript of that name, it is the metadata of that one.
    of_transcripts = {path.with_suffix(SIDECAR_SUFFIX) for path in transcripts}
    for path in inside:
        if path.name == STATEMENTS and path not in of_transcripts:
            found.add_statements(path)
    found.transcripts += [_input_file(path, find_row(path)) for path in transcripts]
    for root, rows in manifests.items():
        for name in rows:
            if root / name not in transcripts:
                here = [relative for path in transcripts if (relative := _relative(path, root)) is not None]
                hint = did_you_mean(nearest(name, here))
                raise MetadataError(str(root / MANIFEST), "file", f"there is no transcript {name!r} here.{hint}")


def _input_file(path: Path, listed: tuple[Path, Sidecar] | None) -> InputFile:
    """Give a file its slug, which is the same by itself and among the others that its manifest lists."""
    file = InputFile(path, _slug_in_folder(path), listed[1] if listed else None)
    return _with_folder(file) if listed and file.slug in slugs_listed_twice(listed[0]) else file


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


def _slug_in_folder(path: Path) -> str:
    """Make a slug of a file's name, with that of its folder or the suffix where the name alone tells too little."""
    stem, folder = path.stem, path.absolute().parent
    if stem.casefold() in _GENERIC and folder.name:
        stem = f"{folder.name}-{stem}"
    slug = slugify(stem)
    return slugify(f"{stem}{path.suffix}") if slug in _slugs_twice(path.parent) else slug


def _slugs_twice(folder: Path) -> frozenset[str]:
    """Return the slugs that several transcripts of a folder would have, such as `talk.vtt` and `talk.txt`."""
    try:
        return _slugs_twice_in(folder, folder.stat().st_mtime_ns)
    except OSError:
        return frozenset()


@lru_cache(maxsize=_FOLDERS)
def _slugs_twice_in(folder: Path, _changed_ns: int) -> frozenset[str]:
    inside = (path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.name.lower() != MANIFEST)
    uses = Counter(slugify(path.stem) for path in inside if not path.name.startswith(".") and path.is_file())
    return frozenset(slug for slug, count in uses.items() if count > 1)


def _with_own_slugs(files: Sequence[InputFile]) -> list[InputFile]:
    """Give files of one name in several folders a slug with the folder before it, or with the whole path from where
    theirs part; each file once.
    """
    by_place = {os.path.realpath(file.path): file for file in reversed(files)}
    once = [file for file in files if by_place[os.path.realpath(file.path)] is file]
    for distinguish in (_with_folder, _with_path):
        groups: dict[str, list[InputFile]] = defaultdict(list)
        for file in once:
            groups[file.slug].append(file)
        once = [file if len(groups[file.slug]) == 1 else distinguish(file, groups[file.slug]) for file in once]
    return once


def _with_folder(file: InputFile, _others: Sequence[InputFile] = ()) -> InputFile:
    folder = slugify(file.path.absolute().parent.name)
    return file if file.slug.startswith(f"{folder}-") else replace(file, slug=slugify(f"{folder}-{file.slug}"))


def _with_path(file: InputFile, others: Sequence[InputFile]) -> InputFile:
    common = os.path.commonpath([other.path.parent.resolve() for other in others])
    folders = file.path.parent.resolve().relative_to(common)
    return replace(file, slug=slugify(f"{folders}-{file.path.name}"))


def _relative(path: Path, root: Path) -> str | None:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None
