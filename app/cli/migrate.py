"""The command `quoth migrate`: the schema of the database brought up to date."""

from app.cli.terminal import open_database, say
from app.loading import index_missing, index_missing_speakers


def migrate() -> None:
    """Create the database, or bring its schema up to date."""
    with open_database(check_schema=False) as database:
        database.migrate()
        with database.write() as connection:
            indexed = index_missing(connection)
            index_missing_speakers(connection)
    if indexed:
        say(f"Rebuilt the search index of {indexed} interviews.")
    say(f"The schema of {database} is up to date.")
