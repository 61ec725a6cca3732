"""The command `quoth backup`: a verified copy of the database in one file."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import TimeElapsedColumn

from app.cli.options import AsJson
from app.cli.terminal import Exit, fail, open_database, print_json, progress_bar, say
from app.cli.verify_database import print_finding
from app.maintenance.backups import UnsoundError, write_backup


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
    The file appears complete or not at all, and only its owner can read it.

    Ends with status 3, and writes nothing, if the database is damaged; with 73 if the file exists, and 74 if it cannot
    be written.
    """
    with open_database(check_schema=False) as database, progress_bar(TimeElapsedColumn(), hidden=as_json) as bar:
        task = bar.add_task("", total=None)
        try:
            made = write_backup(
                database,
                file,
                replace=force,
                verify=not unverified,
                on_progress=lambda what, done, of: bar.update(task, description=what, completed=done, total=of or None),
            )
        except UnsoundError as error:
            for finding in error.findings:
                print_finding(finding)
            fail(str(error), Exit.CHECK_FAILED)
        except FileExistsError:
            fail(f"{file} exists; --force replaces it", Exit.CANNOT_CREATE)
    if as_json:
        print_json({**asdict(made), "verified": not unverified})
        return
    verified = "NOT verified" if unverified else "verified"
    content = f"{made.rows['interview']:,} interviews, {made.rows['question']:,} questions, revision {made.revision}"
    say(f"{file}: {made.bytes:,} bytes, {verified}; {content}")
