"""Imports beside a disk that fails: what a process leaves that is killed, gets errors, or loses power.

faults.c stands between SQLite and the system. A power cut is simulated: what was written is recorded in its order, and
a disk is put together of all that was synchronized before the cut and of any part of what was not, by sectors. Files
that appear or go without their folder being synchronized may be there or not. No journal of a file system takes part.
"""

import hashlib
import itertools
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.server import ROOT

# Kinds of calls, and what happens at one, as in faults.c.
OPEN, READ, WRITE, SYNC, TRUNCATE, UNLINK, MAP = (1 << number for number in range(7))
WRITING = WRITE | SYNC | TRUNCATE | UNLINK
ANY = OPEN | READ | WRITING | MAP
KILL_HALF_WAY, FAIL, FAIL_FROM_NOW_ON = 2, 3, 4
# Bytes that a disk writes all or not.
_SECTOR = 512
# Share of what was not synchronized that is on the disk after a power cut.
_CHANCE = 0.5
# In memory, so that many attempts wear no disk: each kill and error is that of a process, not of a machine.
_MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it are made by tempfile
TALKS = {
    name: f"Q: Where did river {name} begin?\nA: It began under mill {name}, behind our house.\n"
    f"Q: Who kept mill {name} then?\nA: My aunt kept it, and after her nobody did.\n"
    for name in ("one", "two")
}


def compiler() -> str | None:
    """Find a C compiler; None where there is none."""
    return shutil.which("cc") or shutil.which("gcc")


@dataclass
class Import:
    """How an import of two files ended, and which of them it said were stored."""

    signal: int
    stored: list[str]
    calls: int | None
    # File, exit status, standard error and exception of each.
    runs: list[tuple[str, int, str, str]] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)


class Disk:
    """A folder with a migrated database, into which two files are imported again and again."""

    def __init__(self, folder: Path, template: Path, library: Path) -> None:
        self.template, self.folder = template, folder / "disk"
        self.database = self.folder / "quoth.db"
        self.trace = folder / "trace"
        self.files = []
        for name, text in TALKS.items():
            self.files.append(folder / f"{name}.txt")
            self.files[-1].write_text(text)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.storm.importer"],
            cwd=ROOT,
            env={**os.environ, "LD_PRELOAD": str(library)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process that imports."""
        self._process.communicate(timeout=60)

    def renew(self) -> None:
        """Begin with an empty database again."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        shutil.copy(self.template, self.database)

    def load(self, **task: Any) -> Import:
        """Import both files, one after the other, each acknowledged by itself."""
        names = [str(file) for file in self.files]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"database": str(self.database), "files": names, **task}) + "\n")
        self._process.stdin.flush()
        return Import(**json.loads(self._process.stdout.readline()))

    def problems(self, stored: Sequence[str]) -> list[str]:
        """Say what is wrong with the database after files were acknowledged as stored; nothing if all is well."""
        try:
            with closing(sqlite3.connect(self.database)) as connection:
                return list(self._problems(connection, stored))
        except sqlite3.Error as error:
            return [f"cannot be read: {error}"]

    def _problems(self, connection: sqlite3.Connection, stored: Sequence[str]) -> Iterator[str]:
        [found] = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            yield f"integrity_check: {found}"
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            yield "foreign_key_check finds a row"
        try:
            connection.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")
            connection.rollback()
        except sqlite3.Error as error:
            yield f"search: {error}"
        for file in self.files:
            counts = rows_of(connection, file.stem)
            is_whole, is_absent = counts == WHOLE, not any(counts.values())
            if not is_whole and not is_absent:
                yield f"{file.name} is stored in part: {counts}"
            if not is_whole and str(file) in stored:
                yield f"{file.name} was acknowledged and is lost"


# Rows of one of these interviews.
WHOLE = {
    "interview": 1, "turn": 4, "question": 2, "answer": 2, "contribution": 2, "transcript": 1, "search_document": 2,
    "revision": 1,
}  # fmt: skip


def rows_of(connection: sqlite3.Connection, name: str) -> dict[str, int]:
    """Count the rows of one interview in each table; by the words in it where its row is not there."""
    ids = {
        row[0]
        for row in connection.execute(
            "SELECT id FROM interview WHERE slug = ? UNION SELECT interview_id FROM turn WHERE text LIKE ? "
            "UNION SELECT interview_id FROM transcript WHERE file_name = ?",
            (name, f"%{name}%", f"{name}.txt"),
        )
    }
    counts = dict.fromkeys(WHOLE, 0)
    for interview_id in ids:
        for table in counts:
            column = "id" if table == "interview" else "interview_id"
            [count] = connection.execute(
                f"SELECT count(*) FROM {table} WHERE {column} = ?",  # noqa: S608 - names of tables
                (interview_id,),
            ).fetchone()
            counts[table] += count
    return counts


@contextmanager
def disk(template: Path) -> Iterator[Disk]:
    """Make a disk; it goes with everything on it.

    Raises:
        subprocess.CalledProcessError: faults.c cannot be compiled.
    """
    with tempfile.TemporaryDirectory(prefix="quoth-storm.", dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        library = Path(folder) / "faults.so"
        command = [str(compiler()), "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library)]
        subprocess.run([*command, str(Path(__file__).parent / "faults.c"), "-ldl"], check=True)
        made = Disk(Path(folder), template, library)
        try:
            yield made
        finally:
            made.close()


@dataclass(frozen=True)
class Operation:
    """One call of the recorded import: creates, writes, syncs, truncates, unlinks; or `A`, a file is acknowledged."""

    kind: str
    path: str
    offset: int
    data: bytes = b""


def read_trace(path: Path) -> list[Operation]:
    """Read what faults.c has recorded."""
    data, at, operations = path.read_bytes(), 0, []
    while at < len(data):
        end = data.index(b"\n", at)
        kind, offset, size, name = data[at:end].decode().split(" ", 3)
        at = end + 1
        content = data[at : at + int(size)] if kind == "W" else b""
        at += len(content)
        operations.append(Operation(kind, name, int(offset), content))
    return operations


class PowerCut:
    """The files that a disk may have after a power cut at one of the recorded calls.

    As on a disk, a name and a file are two things: a file that is deleted and made again is another one.
    """

    def __init__(self, before: dict[str, bytes], operations: Sequence[Operation], chance: random.Random) -> None:
        self._chance = chance
        self.stored = [one.path for one in operations if one.kind == "A"]
        # What is on the disk for certain; files are numbered.
        self._numbers = itertools.count()
        self._names = {path: next(self._numbers) for path in before}
        self._data = defaultdict(bytearray, {number: bytearray(before[path]) for path, number in self._names.items()})
        # What the program sees, and what of it is not synchronized.
        self._seen = dict(self._names)
        self._entries: list[tuple[str, str, int]] = []
        self._pending: dict[int, list[Operation]] = defaultdict(list)
        for one in operations:
            # What is shared between processes is made anew after a cut.
            if one.kind != "A" and not one.path.endswith("-shm"):
                self._follow(one)
        for entry in self._entries:
            if chance.random() < _CHANCE:
                self._enter(*entry)
        for number, some in self._pending.items():
            for written in some:
                self._write_in_part(number, written)

    def _follow(self, one: Operation) -> None:
        if one.kind == "C":
            if one.path not in self._seen:
                self._seen[one.path] = next(self._numbers)
                self._entries.append(("C", one.path, self._seen[one.path]))
        elif one.kind == "U":
            self._entries.append(("U", one.path, self._seen.pop(one.path)))
        elif one.path not in self._seen:
            # The folder.
            for entry in self._entries:
                self._enter(*entry)
            self._entries.clear()
        elif one.kind == "S":
            for written in self._pending.pop(self._seen[one.path], []):
                self._write(self._seen[one.path], written)
        else:
            self._pending[self._seen[one.path]].append(one)

    def _enter(self, kind: str, path: str, number: int) -> None:
        if kind == "C":
            self._names[path] = number
        elif self._names.get(path) == number:
            del self._names[path]

    def _write(self, number: int, one: Operation) -> None:
        file = self._data[number]
        if one.kind == "T":
            del file[one.offset :]
            return
        file.extend(bytes(max(0, one.offset + len(one.data) - len(file))))
        file[one.offset : one.offset + len(one.data)] = one.data

    def _write_in_part(self, number: int, one: Operation) -> None:
        """Write any of the sectors of what was not synchronized."""
        if one.kind == "T":
            if self._chance.random() < _CHANCE:
                self._write(number, one)
            return
        at = 0
        while at < len(one.data):
            end = at + _SECTOR - (one.offset + at) % _SECTOR
            if self._chance.random() < _CHANCE:
                self._write(number, Operation("W", one.path, one.offset + at, one.data[at:end]))
            at = end

    def put(self, folder: Path) -> None:
        """Write these files into a folder that is empty otherwise."""
        for path in folder.iterdir():
            path.unlink()
        for name, number in self._names.items():
            Path(name).write_bytes(self._data[number])


def chance_of(*numbers: int) -> random.Random:
    """Return a generator of the same choices for the same numbers."""
    return random.Random(int.from_bytes(hashlib.sha256(repr(numbers).encode()).digest()[:8], "big"))  # noqa: S311 - no secret
