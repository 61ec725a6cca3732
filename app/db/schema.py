"""The schema of a database: which revision it has, and whether this version of Quoth knows it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.errors import SchemaVersionError


@dataclass(frozen=True)
class Schema:
    """The revision of a database's schema, or None without tables, beside the one that this version reads."""

    database: str
    present: str | None
    expected: str
    is_known: bool

    @property
    def is_current(self) -> bool:
        """Whether this version reads it."""
        return self.present == self.expected

    @property
    def is_older(self) -> bool:
        """Whether `quoth migrate` brings it up to date, and there is something in it to lose."""
        return self.present is not None and self.is_known and not self.is_current

    def check_is_current(self) -> None:
        """Make sure that this version reads it.

        Raises:
            SchemaVersionError: it is older, newer, or not there.
        """
        self.check_is_known()
        if self.is_older:
            raise SchemaVersionError(
                f"{self.database} has schema {self.present}, and this version of Quoth reads {self.expected}; run "
                "'quoth migrate --backup FILE', or use the version that made it"
            )

    def check_is_known(self) -> None:
        """Make sure that this version reads it or can bring it up to date.

        Raises:
            SchemaVersionError: it is newer, or not there.
        """
        if self.present is None:
            raise SchemaVersionError(f"{self.database} has no tables yet; run 'quoth migrate' to make them")
        if not self.is_known:
            raise SchemaVersionError(
                f"{self.database} has schema {self.present}, which this version of Quoth does not know: it reads "
                f"{self.expected}; a newer version made it, so use that one, or restore a backup from before"
            )


def find_schema(connection: sa.Connection, database: str) -> Schema:
    """Find out which schema is there; `database` is what messages call it."""
    present = MigrationContext.configure(connection).get_current_revision()
    newest, known = _revisions()
    return Schema(database, present, newest, present in known)


@cache
def _revisions() -> tuple[str, frozenset[str]]:
    """Read the newest revision of this version, and all that lead to it."""
    script = ScriptDirectory(str(migrations()))
    return str(script.get_current_head()), frozenset(each.revision for each in script.walk_revisions())


def migrations() -> Path:
    """Return the folder of revisions: beside the package in a checkout, inside it once installed."""
    here = Path(__file__).parent.parent
    inside = here / "migrations"
    return inside if inside.is_dir() else here.parent / "migrations"
