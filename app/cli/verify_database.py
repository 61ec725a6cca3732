"""The command `quoth verify-database`: the integrity of everything stored."""

from collections import Counter
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.progress import TimeElapsedColumn

from app.cli.options import AsJson
from app.cli.terminal import Exit, open_database, print_json, progress_bar, say, visible, warn
from app.errors import DatabaseUnavailableError
from app.maintenance.integrity import CHECKS
from app.maintenance.integrity.check import Finding, ItemCounter, damaged_file, run_check

CheckName = StrEnum("CheckName", {check.name: check.name for check in CHECKS})  # type: ignore[misc]  # checks are values
# Findings that are shown of one check at most: a damaged table may have millions.
_MAX_SHOWN = 100


def verify_database(
    only: Annotated[
        list[CheckName] | None,
        typer.Option("--only", help=f"Make only this check; can be repeated: {', '.join(CheckName)}.", metavar="NAME"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the integrity of the database, and report what is wrong and how to repair it.

    Writes nothing, and may run beside a server and an import. Ends with status 3 if something is wrong.
    """
    chosen = [check for check in CHECKS if not only or check.name in only]
    found: Counter[str] = Counter()
    shown: list[Finding] = []
    results: list[dict[str, Any]] = []

    def take(finding: Finding) -> None:
        found[finding.check] += 1
        if found[finding.check] > _MAX_SHOWN:
            return
        if as_json:
            shown.append(finding)
        else:
            print_finding(finding)

    with open_database(check_schema=False) as database, progress_bar(TimeElapsedColumn(), hidden=as_json) as bar:
        task = bar.add_task("", total=len(chosen))
        try:
            database.check_schema()
        except DatabaseUnavailableError as error:
            # Trying again does not help where the file is not a database.
            if (damaged := damaged_file(database, error)) is None:
                raise
            take(damaged)
            chosen = []
        for place, check in enumerate(chosen):
            counter = ItemCounter(lambda many, name=check.name: bar.update(task, description=f"{name} {many:,}"))  # type: ignore[misc]  # defaults bind
            bar.update(task, description=check.name, completed=place)
            for finding in run_check(database, check, counter):
                take(finding)
            results.append(
                {"check": check.name, "what": check.description, "examined": counter.total, "found": found[check.name]}
            )
            if not as_json:
                _print_result(check.description, counter.total, found[check.name])
    if as_json:
        print_json({"sound": not found, "checks": results, "findings": [asdict(each) for each in shown]})
    if found:
        raise typer.Exit(Exit.CHECK_FAILED)


def print_finding(finding: Finding) -> None:
    """Print one finding on a line of the standard error."""
    warn(visible(f"{finding.check}: {finding.item}: {finding.problem}; {finding.remedy}").replace("\n", " "))


def _print_result(what: str, examined: int, found: int) -> None:
    more = f" (the first {_MAX_SHOWN} are shown)" if found > _MAX_SHOWN else ""
    result = f"{found:,} found{more}" if found else "holds"
    say(f"{result:<8} {what} ({examined:,} checked)")
