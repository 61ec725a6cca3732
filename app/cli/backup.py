"""The command `quoth backup`: a verified copy of the database in one file."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import TimeElapsedColumn

from app.cli.options import AsJson
from app.cli.terminal import Exit, fail, open_database, print_json, progress_bar, say
from app.cli.verify_database import print_finding
from app.db import Database
from app.maintenance.backups import Backup, UnsoundError, write_backup


def backup(
    file: Annotated[Path, typer.Argument(help="File to write the backup to.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Do not verify the copy: for a database known to be damaged.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Copy the whole database to one file, while it is in use, and verify the copy.

    The backup of SQLite is a database to put in place; that of PostgreSQL is a file for pg_restore, made by pg_dump.
    The file appears complete or not at all, and only its owner can read it. A database that is still to be migrated is
    copied as it is; 'quoth migrate' brings the restored one up to date.

    Ends with status 3, and writes nothing, if the database is damaged; with 73 if the file exists, and 74 if it cannot
    be written.
    """
    with open_database(check_schema=False) as database:
        made = make_backup(database, file, replace=force, verify=not unverified, hidden=as_json)
    if as_json:
        print_json({**asdict(made), "verified": not unverified})
    else:
        say(described(made))


def make_backup(database: Database, file: Path, *, replace: bool, verify: bool, hidden: bool = False) -> Backup:
    """Write a backup with a progress bar; end the command with findings and status where that cannot be done."""
    with progress_bar(TimeElapsedColumn(), hidden=hidden) as bar:
        task = bar.add_task("", total=None)
        try:
            return write_backup(
                database,
                file,
                replace=replace,
                verify=verify,
                on_progress=lambda what, done, of: bar.update(task, description=what, completed=done, total=of or None),
            )
        except UnsoundError as error:
            for finding in error.findings:
                print_finding(finding)
            fail(str(error), Exit.CHECK_FAILED)
        except FileExistsError:
            fail(f"{file} exists; --force of 'quoth backup' replaces it, or take another name", Exit.CANNOT_CREATE)


def described(made: Backup) -> str:
    """Say in one line what a backup has, and how much of it was verified."""
    verified = "NOT verified"
    if made.checks:
        # Of PostgreSQL, the content can only be checked once the schema is that of this version.
        verified = "verified" if len(made.checks) > 1 else "read to its end, its content not verified before migrating"
    content = f"{made.rows['interview']:,} interviews, {made.rows['question']:,} questions, revision {made.revision}"
    return f"{made.file}: {made.bytes:,} bytes, {verified}; {content}, schema {made.schema}"
