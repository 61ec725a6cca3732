"""Databases as an earlier version of Quoth left them: with content, and the first schema."""

from alembic import command

from app.db import Database

FIRST = "0001"


def make_older(database: Database) -> None:
    """Take a database back to the first schema, content and all."""
    with database.write() as connection:
        command.downgrade(database._alembic(connection), FIRST)
