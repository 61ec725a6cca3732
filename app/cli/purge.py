"""The command `quoth purge`: the database file rewritten without what was taken out."""

from app.cli.terminal import Exit, fail, open_database, say
from app.db import Database
from app.errors import DatabaseUnavailableError


def purge() -> None:
    """Rewrite the database file, so that nothing that was taken out is left in it.

    Backups are not changed, nor are PostgreSQL's replicas and its log of writes: these are up to the operator.
    """
    with open_database() as database:
        database.purge()
        say(f"{database} was rewritten.")


def purge_or_remind(database: Database, *, purge: bool, quiet: bool) -> None:
    """Rewrite the database file after words were taken out, or say that this is left to do."""
    if purge:
        try:
            database.purge()
        except DatabaseUnavailableError as error:
            fail(f"the words are out of every answer, but not yet out of the database file: {error}", Exit.TRY_LATER)
    elif not quiet:
        say("The database file may still hold the words in free space; run 'quoth purge' to rewrite it.")
