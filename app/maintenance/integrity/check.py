"""What an integrity check is, and how it is run."""

import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.db import Database
from app.errors import DatabaseUnavailableError, QuothError

RESTORE = "restore the newest backup that verifies, and load what is newer again"
REBUILD_SEARCH = "empty search_document, search_term and search_word; 'quoth migrate' builds them anew from the record"
# Rows fetched at a time: memory stays bounded, whatever the size of the database.
_CHUNK = 100
# Items between two reports of progress.
_PROGRESS_STEP = 500

# An item, and what is wrong with it.
Problem = tuple[str, str]


class ItemCounter:
    """How many items a check has read. `on_progress` is called with their number now and then."""

    def __init__(self, on_progress: Callable[[int], None] = lambda _count: None) -> None:
        self.total = 0
        self._on_progress = on_progress

    def add(self, items: int = 1) -> None:
        """Count items that were read."""
        self.total += items
        if self.total % _PROGRESS_STEP < items:
            self._on_progress(self.total)


@dataclass(frozen=True)
class Check:
    """Something that must hold in every database. `find_problems` yields where it does not.

    `find_problems` only reads, counts every item that it reads and needs bounded memory, whatever is stored. `remedy`
    says what to do about a problem. A check `is_derived` if it is about what can be built anew from other tables: a
    backup is verified without these checks, which take the longest. One that `holds_in_every_schema` reads none of
    Quoth's tables, so it can be made before a migration too.

    Adding one: write app/maintenance/integrity/NAME.py that ends in CHECK = Check(...), and add it to CHECKS in
    app/maintenance/integrity/__init__.py; a row in docs/operations.md.
    """

    name: str
    description: str
    remedy: str
    find_problems: Callable[[sa.Connection, ItemCounter], Generator[Problem]]
    is_derived: bool = False
    holds_in_every_schema: bool = False


@dataclass(frozen=True)
class Finding:
    """Something that does not hold: the check, the item, what is wrong and what to do."""

    check: str
    item: str
    problem: str
    remedy: str


def run_check(database: Database, check: Check, counter: ItemCounter) -> Generator[Finding]:
    """Yield what one check finds, from one state of the database.

    Raises:
        DatabaseUnavailableError: the database could not be reached when the check began.
    """
    with database.read() as connection, closing(check.find_problems(connection, counter)) as problems:
        try:
            for item, problem in problems:
                yield Finding(check.name, item, problem, check.remedy)
        except (sa.exc.DBAPIError, QuothError, ValueError, LookupError, TypeError) as error:
            # The last three: stored values that are no JSON, no date or no member of an enumeration.
            cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
            yield Finding(check.name, "database", f"cannot be read to its end: {cause}", RESTORE)


def damaged_file(database: Database, error: DatabaseUnavailableError) -> Finding | None:
    """Return a finding if a file that cannot be opened is damaged; None where trying again may help."""
    if not database.is_sqlite or not Path(str(database.url.database)).is_file():
        return None
    if not isinstance(cause := error.__cause__, sa.exc.DBAPIError | sqlite3.Error):
        return None
    code = getattr(getattr(cause, "orig", cause), "sqlite_errorname", "")
    damaged = code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT"))
    return Finding("engine", "file", str(error), RESTORE) if damaged else None


def stream(
    connection: sa.Connection, select: sa.Select[*tuple[Any, ...]], chunk: int = _CHUNK
) -> Iterator[sa.Row[*tuple[Any, ...]]]:
    """Yield rows, fetching a few at a time; the result is closed even if the caller stops early."""
    with connection.execute(select, execution_options={"yield_per": chunk}) as rows:
        yield from rows
