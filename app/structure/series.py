"""Who interviews in the other files of a folder: evidence for a transcript that does not show it by itself.

It comes from what stands in the folder, not from which files one command reads, so that a file reads the same by itself
and among others, whatever the order. A bounded sample of the folder is read, chosen by the files' names, so that one
file more or less hardly changes it.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.structure.files import SUFFIXES
from app.structure.manifests import MANIFEST
from app.structure.pairing import ASKING, Attribution, Role, Structure
from app.text.folding import fold
from app.transcripts.labels import is_speaker_word

# Files of a folder that are read for evidence, at most: a second of reading.
_SAMPLE = 32
# Bytes of such a file, at most.
_LARGEST = 2 * 1024 * 1024
# Files in which somebody has to interview.
_FEWEST_FILES = 2
# Folders whose files and whose evidence are kept in memory.
_FOLDERS = 16


@dataclass(frozen=True)
class FileRoles:
    """The series that one file states, and the folded names of those who ask and of those who answer in it."""

    series: str | None
    asking: frozenset[str]
    answering: frozenset[str]


# Reads a file without evidence from others; None where that leaves doubt, or where it cannot be read.
ReadRoles = Callable[[Path], FileRoles | None]


def roles_of(structure: Structure, series: str | None) -> FileRoles:
    """Return what a transcript says about who hosts its series. Labels such as `Speaker 1` are nobody's name."""
    known = [
        (fold(one.name), one.role)
        for one in structure.participants
        if one.name and one.role_attribution is not Attribution.UNKNOWN and _is_name(one.name)
    ]
    return FileRoles(
        series,
        frozenset(name for name, role in known if role in ASKING),
        frozenset(name for name, role in known if role is Role.INTERVIEWEE),
    )


@dataclass(frozen=True)
class FolderHosts:
    """Finds who interviews in the other files of a file's folder. Processes can hand it to one another."""

    path: Path
    read: ReadRoles

    def __call__(self, series: str | None) -> set[str]:
        """Return the folded names of people who interview in two or more of the other files of the folder, and in most
        of those in which they have a role. Files that state another series do not count.
        """
        folder = self.path.parent
        try:
            names = _sample(folder, folder.stat().st_mtime_ns)
            files = tuple((name, (folder / name).stat().st_mtime_ns) for name in names)
            seen = _evidence(folder, files, self.read)
        except OSError:
            return set()
        others = [one for name, one in zip(names, seen, strict=True) if one and _is_other(name, self.path)]
        return _recurring(one for one in others if _may_be_of(one, series))


def _is_other(name: str, path: Path) -> bool:
    # `episode.vtt` and `episode.srt` are one conversation.
    return Path(name).stem != path.stem


def _may_be_of(roles: FileRoles, series: str | None) -> bool:
    return roles.series is None or series is None or fold(roles.series) == fold(series)


def _recurring(files: Iterable[FileRoles]) -> set[str]:
    asks: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for file in files:
        asks.update(file.asking)
        seen.update(file.asking | file.answering)
    return {name for name, count in asks.items() if count >= _FEWEST_FILES and count * 2 > seen[name]}


def _is_name(name: str) -> bool:
    return len(name) > 1 and not any(character.isdigit() for character in name) and not is_speaker_word(name)


@lru_cache(maxsize=_FOLDERS)
def _sample(folder: Path, _changed_ns: int) -> tuple[str, ...]:
    """Return the names of the files that are read for evidence, one for each conversation."""
    by_stem: dict[str, str] = {}
    for name in sorted(path.name for path in folder.iterdir() if path.suffix.lower() in SUFFIXES):
        path = folder / name
        if name.lower() != MANIFEST and not name.startswith(".") and path.is_file() and path.stat().st_size <= _LARGEST:
            by_stem.setdefault(path.stem, name)
    by_digest = sorted(by_stem, key=lambda stem: hashlib.sha256(stem.encode(errors="surrogateescape")).digest())
    return tuple(by_stem[stem] for stem in by_digest[:_SAMPLE])


@lru_cache(maxsize=_FOLDERS)
def _evidence(folder: Path, files: Sequence[tuple[str, int]], read: ReadRoles) -> tuple[FileRoles | None, ...]:
    return tuple(read(folder / name) for name, _changed_ns in files)
