"""The command `quoth migrate-data`: a whole database copied into an empty one of either engine."""

from collections.abc import Iterator
from contextlib import closing
from typing import Annotated

import typer

from app.cli.terminal import Exit, exit_on_error, fail, progress_bar, say
from app.db import Database
from app.loading.copying import Copied, check_empty, compare, copy, count_rows, tables
from app.settings import checked_address


def migrate_data(
    source: Annotated[str, typer.Argument(help="Address of the database to read, such as sqlite:///var/quoth.db.")],
    target: Annotated[
        str,
        typer.Argument(
            help="Address of the empty one to write, such as postgresql://host/name; an SQLite file is created."
        ),
    ],
) -> None:
    """Copy a whole database into an empty one: from SQLite to PostgreSQL, back, or between two of a kind.

    The target has to be empty; its tables are created if needed. Everything is copied in one transaction. Before it is
    committed, both databases are compared: the number of rows, and all content line by line. An interrupted copy leaves
    the target empty.

    Ends with status 73 if the target is not empty, 69 if a schema is of another version, and 65 if the target cannot
    hold what the source has.
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
            _finish(copy(reading, writing), counts, "copying")
            new.continue_numbering(writing, tables())
            _finish(compare(reading, writing), {"lines": 0}, "comparing")
        new.analyze()
    for name, rows in counts.items():
        if rows:
            say(f"{rows:>12,}  {name}")
    say(f"{sum(counts.values()):>12,}  rows copied from {old} to {new}, and compared")


def _finish(steps: Iterator[Copied], counts: dict[str, int], what: str) -> None:
    """Take every step, and show the rows done in a progress bar for each table."""
    with progress_bar() as bar:
        tasks = {name: bar.add_task(f"{what} {name}", total=rows or None) for name, rows in counts.items()}
        for step in steps:
            bar.update(tasks[step.table], completed=step.rows)
