"""A copy of the whole database in one file, made while it is read and written, and looked at before it gets its name.

Each engine has its own way, as in `app.db`: SQLite's pages are copied within one reading transaction, so that writers
neither wait nor make the copy begin again; of PostgreSQL, its own pg_dump makes the file.
"""

import errno
import hashlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.db import Database
from app.db.corpus_revision import find_revision
from app.errors import BackupError
from app.maintenance.integrity import CHECKS, Count, Finding, examine

_PAGES_AT_A_TIME = 2_000
_PG_DUMP = ("pg_dump", "--format=custom", "--no-owner", "--no-privileges")
# Findings of one check that are shown: the first would do to write nothing.
_ENOUGH = 20
# Told what is being done, how much of it is done, and of how much.
Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Backup:
    """What was written: the file's size and SHA-256, the corpus revision that it holds, and rows by table.

    Rows are counted in SQLite's copy, and in PostgreSQL itself before the dump, which may hold newer ones.
    """

    file: str
    bytes: int
    sha256: str
    revision: int
    rows: dict[str, int]


class UnsoundError(BackupError):
    """A database in which something does not hold that must; a copy of it would replace better ones."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("the database is not sound, and nothing was written; 'quoth verify-database' tells more")
        self.findings = findings


def write_backup(database: Database, target: Path, *, replace: bool, verify: bool, told: Told) -> Backup:
    """Copy the database into a file that appears whole, or not at all; one that is there is replaced only if asked to.

    With `verify`, everything that `app.soundness` can tell of what is not derived holds in it.

    Raises:
        FileExistsError: something has that name.
        UnsoundError: the database is damaged.
        BackupError: the copy is not what was copied, or there is no pg_dump.
        OSError: the file cannot be written: the disk is full, or the folder not there.
        DatabaseUnavailableError, SchemaVersionError: as for everybody who reads.
    """
    if target.exists() and not replace:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    database.check_schema()
    with _part_of(target) as part:
        if database.is_sqlite:
            revision, rows = _copy(database, part, target, told)
            with closing(Database(f"sqlite:///{part}")) as copy:
                if verify:
                    _verify(copy, rows, told)
        else:
            with database.read() as connection:
                revision, rows = _state_of(connection)
            if verify:
                _verify(database, None, told)
            _dump(database, part, told)
        digest = _flush(part)
        size = part.stat().st_size
        _publish(part, target, replace=replace)
    return Backup(str(target), size, digest, revision, rows)


def dump_command(database: Database, target: Path) -> list[str]:
    """Return the command that backs a PostgreSQL database up; its password is not in it."""
    url = database.url
    address = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return [*_PG_DUMP, f"--file={target}", f"--dbname={address.render_as_string(hide_password=False)}"]


@contextmanager
def _part_of(target: Path) -> Iterator[Path]:
    """Make an empty file beside the target that only its owner can read, and see to it that it does not stay."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:
        # Who asked for the backup knows the name that it is to have.
        raise OSError(error.errno, error.strerror, str(target)) from error
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        for left in (part, Path(f"{part}-journal"), Path(f"{part}-wal"), Path(f"{part}-shm")):
            left.unlink(missing_ok=True)


def _copy(database: Database, part: Path, target: Path, told: Told) -> tuple[int, dict[str, int]]:
    with database.read() as connection:
        # From here on everything is read in the state that this statement sees.
        revision, rows = _state_of(connection)
        source = connection.connection.driver_connection
        try:
            with closing(sqlite3.connect(part, isolation_level=None)) as copy:
                # It is flushed once, at the end.
                copy.execute("PRAGMA synchronous = OFF")
                source.backup(  # type: ignore[union-attr]  # it is one of sqlite3
                    copy, pages=_PAGES_AT_A_TIME, progress=lambda _, left, all_: told("copying", all_ - left, all_)
                )
                # One file that needs no other beside it, on a medium that cannot be written too.
                copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN")):
                code = errno.ENOSPC if name == "SQLITE_FULL" else errno.EIO
                raise OSError(code, os.strerror(code), str(target)) from error
            raise
    return revision, rows


def _dump(database: Database, part: Path, told: Told) -> None:
    if shutil.which(_PG_DUMP[0]) is None:
        command = " ".join(dump_command(database, Path("FILE")))
        raise BackupError(f"pg_dump is not installed here; install PostgreSQL's client programs, or run: {command}")
    told("dumping", 0, 0)
    environment = dict(os.environ)
    if database.url.password:
        environment["PGPASSWORD"] = str(database.url.password)
    _run(dump_command(database, part), environment)
    # Reading it to its end shows that it is whole.
    _run(["pg_restore", "--file=/dev/null", str(part)], environment)


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise BackupError(f"{command[0]} failed: {done.stderr.strip()}")


def _state_of(connection: sa.Connection) -> tuple[int, dict[str, int]]:
    revision = find_revision(connection)
    counted = {
        table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
    }
    return 0 if revision is None else revision.number, counted


def _verify(database: Database, rows: dict[str, int] | None, told: Told) -> None:
    findings: list[Finding] = []
    checks = [check for check in CHECKS if not check.is_derived]
    for done, check in enumerate(checks):
        told(f"verifying {check.name}", done, len(checks))
        with closing(examine(database, check, Count())) as found:
            findings += islice(found, _ENOUGH)
    if findings:
        raise UnsoundError(findings)
    if rows is not None:
        with database.read() as connection:
            _revision, copied = _state_of(connection)
        if copied != rows:
            raise BackupError("the copy has not as many rows as what was copied, and was removed; try again")


def _flush(part: Path) -> str:
    """See to it that the file is on its disk, and return its SHA-256."""
    with part.open("rb") as opened:
        os.fsync(opened.fileno())
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _publish(part: Path, target: Path, *, replace: bool) -> None:
    if replace:
        part.replace(target)
    else:
        # Unlike renaming, a link never takes the place of what somebody else has put there meanwhile.
        try:
            target.hardlink_to(part)
        except FileExistsError:
            raise
        except OSError:
            if target.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
            part.rename(target)
    with suppress(OSError):
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
