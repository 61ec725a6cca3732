"""The command `quoth migrate-data`: everything that one database holds, moved into an empty one of either engine."""

from collections.abc import Iterator
from contextlib import closing
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from app.cli.terminal import Exit, err, exit_on_error, fail, out
from app.db import Database
from app.loading.copying import Copied, check_empty, compare, copy, count_rows, tables
from app.settings import checked_address


def migrate_data(
    source: Annotated[str, typer.Argument(help="Address of the database to read, such as sqlite:///var/quoth.db.")],
    target: Annotated[
        str,
        typer.Argument(help="Address of the empty one to write, such as postgresql://host/name; made if it can be."),
    ],
) -> None:
    """Move everything from one database to another: from SQLite to PostgreSQL, back, or to one of the same kind.

    The target has to be empty; it gets its tables if it has none. All of it is one transaction, and before that is
    committed both sides are compared: rows counted, and all content line by line. What is interrupted leaves the target
    empty. Ends with status 73 if the target holds something, 69 if a schema is another than this version's, and 65 if
    the target cannot hold what the source has.
    """
    for address in (source, target):
        try:
            checked_address(address)
        except ValueError as error:
            fail(f"{address}: {error}", Exit.USAGE)
    with exit_on_error(), closing(Database(source)) as old, closing(Database(target)) as new:
        if old.url == new.url:
            fail("both are the same database", Exit.USAGE)
        old.check_schema()
        new.make_ready()
        with old.read() as reading, new.write() as writing:
            check_empty(writing, new)
            counts = count_rows(reading)
            _show(copy(reading, writing), counts, "copying")
            new.continue_numbering(writing, tables())
            _show(compare(reading, writing), {"lines": 0}, "comparing")
        new.analyze()
    for name, rows in counts.items():
        if rows:
            out.print(f"{rows:>12,}  {name}", highlight=False, soft_wrap=True)
    whole = f"{sum(counts.values()):>12,}  rows moved from {old} to {new}, and compared"
    out.print(whole, highlight=False, soft_wrap=True)


def _show(steps: Iterator[Copied], counts: dict[str, int], what: str) -> None:
    """Take every step, and show how far it is where somebody sits at a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ProgressBar(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        tasks = {name: bar.add_task(f"{what} {name}", total=rows or None) for name, rows in counts.items()}
        for step in steps:
            bar.update(tasks[step.table], completed=step.rows)
