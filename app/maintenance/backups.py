"""Backups: the whole database in one file, made while it is in use, and verified before the file gets its name.

SQLite's pages are copied within one reading transaction, so that writers neither wait nor make the copy begin again.
PostgreSQL's pg_dump makes the file itself.

A database whose schema is older than this version's is backed up as it is, before it is migrated. The checks read the
schema of this version only. So they are made on a second copy, once that is migrated: what passes can be restored and
migrated. Of PostgreSQL there is no second copy, and only what holds in every schema is checked.
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
from sqlmodel import SQLModel, col

from app.db import Database
from app.db.postgresql import without_secrets
from app.errors import BackupError, QuothError
from app.maintenance.integrity import CHECKS
from app.maintenance.integrity.check import Check, Finding, ItemCounter, run_check
from app.models import Revision

# Pages copied between two reports of progress.
_PAGES_PER_STEP = 2_000
_PG_DUMP = ("pg_dump", "--format=custom", "--no-owner", "--no-privileges")
# Findings of one check that are reported, at most; a single one is enough to write no backup.
_MAX_FINDINGS = 20
# What a backup is verified by, and what of it can be made before a migration too.
_CONTENT = [check for check in CHECKS if not check.is_derived]
_ANY_SCHEMA = [check for check in _CONTENT if check.holds_in_every_schema]
# Called with what is being done, how much of it is done, and of how much; 0 of 0 where that is unknown.
OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Backup:
    """What was written: the file's size and SHA-256, the corpus revision in it, and rows by table.

    PostgreSQL's rows are counted just before the dump, which may have newer ones. `checks` are the names of the
    integrity checks that passed.
    """

    file: str
    bytes: int
    sha256: str
    schema: str
    revision: int
    checks: list[str]
    rows: dict[str, int]


class UnsoundError(BackupError):
    """A database with integrity findings: a backup of it would replace better ones."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("the database is not sound, and nothing was written; 'quoth verify-database' says more")
        self.findings = findings


def write_backup(database: Database, target: Path, *, replace: bool, verify: bool, on_progress: OnProgress) -> Backup:
    """Copy the database into a file, which appears complete or not at all; with `replace`, in place of another one.

    With `verify`, every integrity check passes but those of derived tables; see above for an older schema.

    Raises:
        FileExistsError: the target exists, and is not to be replaced.
        UnsoundError: the database is damaged.
        BackupError: the copy differs from the database or cannot be migrated, or pg_dump is not installed or fails.
        OSError: the file cannot be written: the disk is full, or the folder does not exist.
        DatabaseUnavailableError, SchemaVersionError: the database cannot be read; its schema is unknown.
    """
    if target.exists() and not replace:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    schema = database.schema()
    schema.check_is_known()
    has_content_verified = schema.is_current or database.is_sqlite
    checks = (_CONTENT if has_content_verified else _ANY_SCHEMA) if verify else []
    with _part_of(target) as part:
        if database.is_sqlite:
            revision, rows = _copy(database, part, target, on_progress)
            if verify:
                _verify_copy(part, checks if schema.is_current else _ANY_SCHEMA, rows, on_progress)
            if verify and not schema.is_current:
                _verify_migrated(part, target, checks, on_progress)
        else:
            with database.read() as connection:
                revision, rows = _state_of(connection)
            _verify(database, checks, on_progress)
            _dump(database, part, on_progress)
        digest = _flush(part)
        size = part.stat().st_size
        _publish(part, target, replace=replace)
    passed = [check.name for check in checks]
    return Backup(str(target), size, digest, str(schema.present), revision, passed, rows)


def dump_command(database: Database, target: Path) -> list[str]:
    """Return the command that backs a PostgreSQL database up; neither its password nor another secret is in it."""
    url = without_secrets(database.url)
    address = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return [*_PG_DUMP, f"--file={target}", f"--dbname={address.render_as_string(hide_password=False)}"]


@contextmanager
def _part_of(target: Path) -> Iterator[Path]:
    """Make an empty file beside the target that only its owner can read; remove what is left of it at the end."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:
        # Name the target in the message, not the temporary file.
        raise OSError(error.errno, error.strerror, str(target)) from error
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        for left in (part, Path(f"{part}-journal"), Path(f"{part}-wal"), Path(f"{part}-shm")):
            left.unlink(missing_ok=True)


def _copy(database: Database, part: Path, target: Path, on_progress: OnProgress) -> tuple[int, dict[str, int]]:
    with database.read() as connection:
        # This statement settles which state of the database the transaction sees.
        revision, rows = _state_of(connection)
        source = connection.connection.driver_connection
        try:
            with closing(sqlite3.connect(part, isolation_level=None)) as copy:
                # The file is flushed once, at the end.
                copy.execute("PRAGMA synchronous = OFF")
                source.backup(  # type: ignore[union-attr]  # it is one of sqlite3
                    copy,
                    pages=_PAGES_PER_STEP,
                    progress=lambda _, left, all_: on_progress("copying", all_ - left, all_),
                )
                # A file that can be read without others beside it, from a read-only medium too.
                copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN")):
                code = errno.ENOSPC if name == "SQLITE_FULL" else errno.EIO
                raise OSError(code, os.strerror(code), str(target)) from error
            raise
    return revision, rows


def _dump(database: Database, part: Path, on_progress: OnProgress) -> None:
    if shutil.which(_PG_DUMP[0]) is None:
        command = " ".join(dump_command(database, Path("FILE")))
        raise BackupError(f"pg_dump is not installed here; install PostgreSQL's client programs, or run: {command}")
    on_progress("dumping", 0, 0)
    environment = _environment(database.url)
    _run(dump_command(database, part), environment)
    # Reading the dump to its end shows that it is complete.
    _run(["pg_restore", "--file=/dev/null", str(part)], environment)


def _environment(url: sa.URL) -> dict[str, str]:
    """Return what pg_dump is started with: only its own user can read the environment, everybody its arguments."""
    if "sslpassword" in url.query:
        raise BackupError(
            "pg_dump takes sslpassword as an argument only, which everybody on this machine could read; write it into "
            "a service file of PostgreSQL, and service=NAME into QUOTH_DATABASE_URL"
        )
    # As for the driver, the parameter wins.
    password = url.query.get("password") or url.password
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise BackupError(f"{command[0]} failed: {done.stderr.strip()}")


def _state_of(connection: sa.Connection) -> tuple[int, dict[str, int]]:
    """Return the revision and the number of rows in each table, whichever of them the schema has."""
    present = set(sa.inspect(connection).get_table_names())
    counted = {
        table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
        if table.name in present
    }
    newest = sa.select(sa.func.max(col(Revision.number)))
    return connection.execute(newest).scalar_one() or 0, counted


def _verify_copy(part: Path, checks: Sequence[Check], rows: dict[str, int], on_progress: OnProgress) -> None:
    with closing(Database(f"sqlite:///{part}")) as copy:
        _verify(copy, checks, on_progress)
        with copy.read() as connection:
            _revision, copied = _state_of(connection)
    if copied != rows:
        raise BackupError("the copy does not have as many rows as the database, and was removed; try again")


def _verify_migrated(part: Path, target: Path, checks: Sequence[Check], on_progress: OnProgress) -> None:
    """Make a second copy, migrate it, and run the checks on it: they read the schema of this version only."""
    with _part_of(target) as second:
        shutil.copyfile(part, second)
        with closing(Database(f"sqlite:///{second}")) as migrated:
            on_progress("migrating a second copy", 0, 0)
            try:
                migrated.migrate()
            except (sa.exc.SQLAlchemyError, QuothError) as error:
                cause = getattr(error, "orig", None) or error
                raise BackupError(
                    f"a copy could not be migrated, and nothing was written; --unverified writes it as it is: {cause}"
                ) from error
            _verify(migrated, checks, on_progress)


def _verify(database: Database, checks: Sequence[Check], on_progress: OnProgress) -> None:
    findings: list[Finding] = []
    for done, check in enumerate(checks):
        on_progress(f"verifying {check.name}", done, len(checks))
        with closing(run_check(database, check, ItemCounter())) as found:
            findings += islice(found, _MAX_FINDINGS)
    if findings:
        raise UnsoundError(findings)


def _flush(part: Path) -> str:
    """Flush the file to its disk, and return its SHA-256."""
    with part.open("rb") as opened:
        os.fsync(opened.fileno())
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _publish(part: Path, target: Path, *, replace: bool) -> None:
    if replace:
        part.replace(target)
    else:
        # Unlike renaming, linking never replaces a file that has appeared meanwhile.
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
