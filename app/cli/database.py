"""The commands `quoth backup` and `quoth verify-database`: for those who have to answer for the database."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.terminal import Exit, err, exit_on_error, fail, out, print_json, visible
from app.db import Database
from app.errors import DatabaseUnavailableError
from app.maintenance.backups import UnsoundError, write_backup
from app.maintenance.integrity import CHECKS
from app.maintenance.integrity.check import Finding, ItemCounter, damaged_file, run_check
from app.settings import read_settings

CheckName = StrEnum("CheckName", {check.name: check.name for check in CHECKS})  # type: ignore[misc]  # known at run time
# A check may find as much as there is; so many are shown of each.
_SHOWN = 100

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write the backup to.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Do not look at it: for a database known to be damaged.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Copy the whole database into one file, while it is read and written, and verify the copy.

    Of SQLite this is a database to put in place; of PostgreSQL, a file for pg_restore, made by pg_dump. It appears
    whole or not at all. Only its owner can read it. Ends with status 3, and writes nothing, if the database is not
    sound; with 73 if the file is there already, and 74 if it cannot be written.
    """
    with exit_on_error(), closing(Database(read_settings().database_url)) as database, _bar(quiet=as_json) as show:
        try:
            made = write_backup(database, file, replace=force, verify=not unverified, on_progress=show)
        except UnsoundError as error:
            for finding in error.findings:
                _print_finding(finding)
            fail(str(error), Exit.FOUND_WANTING)
        except FileExistsError:
            fail(f"{file}: is there already; --force replaces it", Exit.CANNOT_CREATE)
    if as_json:
        print_json({**asdict(made), "verified": not unverified})
        return
    looked = "NOT verified" if unverified else "verified"
    told_of = f"{made.rows['interview']:,} interviews, {made.rows['question']:,} questions, revision {made.revision}"
    out.print(f"{file}: {made.bytes:,} bytes, {looked}; {told_of}", highlight=False, soft_wrap=True, markup=False)


def verify_database(
    only: Annotated[
        list[CheckName] | None, typer.Option("--only", help="Make this check alone; may be given several times.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check everything that must hold in the database, reading alone, and tell what does not and what to do.

    Ends with status 3 if something was found, 0 if not. It may run beside a server and an import.
    """
    chosen = [check for check in CHECKS if not only or check.name in only]
    found: Counter[str] = Counter()
    shown: list[Finding] = []
    looked: list[dict[str, Any]] = []

    def take(finding: Finding) -> None:
        found[finding.check] += 1
        if found[finding.check] > _SHOWN:
            return
        if as_json:
            shown.append(finding)
        else:
            _print_finding(finding)

    with exit_on_error(), closing(Database(read_settings().database_url)) as database, _bar(quiet=as_json) as show:
        try:
            database.check_schema()
        except DatabaseUnavailableError as error:
            # A file that is there and is no database will not be one later.
            if (damaged := damaged_file(database, error)) is None:
                raise
            take(damaged)
            chosen = []
        for place, check in enumerate(chosen):
            counter = ItemCounter(lambda many, name=check.name, at=place: show(f"{name} {many:,}", at, len(chosen)))  # type: ignore[misc]  # defaults bind
            show(check.name, place, len(chosen))
            for finding in run_check(database, check, counter):
                take(finding)
            looked.append(
                {"check": check.name, "what": check.description, "examined": counter.total, "found": found[check.name]}
            )
            if not as_json:
                _print_check(check.description, counter.total, found[check.name])
    if as_json:
        print_json({"sound": not found, "checks": looked, "findings": [asdict(one) for one in shown]})
    if found:
        raise typer.Exit(Exit.FOUND_WANTING)


def _print_finding(finding: Finding) -> None:
    line = visible(f"{finding.check}: {finding.item}: {finding.problem}; {finding.remedy}").replace("\n", " ")
    err.print(escape(line), highlight=False, soft_wrap=True)


def _print_check(what: str, examined: int, found: int) -> None:
    more = f" (the first {_SHOWN} are shown)" if found > _SHOWN else ""
    result = f"{found:,} found{more}" if found else "holds"
    out.print(f"{result:<8} {what} ({examined:,} looked at)", highlight=False, soft_wrap=True, markup=False)


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Show at a terminal what is being done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=quiet or not err.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of or None)
