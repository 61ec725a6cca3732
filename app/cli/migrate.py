"""The command `quoth migrate`: the schema of the database brought up to date, after a backup if one is wanted."""

import sys
from itertools import chain, count
from pathlib import Path
from typing import Annotated

import typer

from app.cli.backup import described, make_backup
from app.cli.terminal import Exit, err, fail, open_database, say, warn
from app.db import Database
from app.db.corpus_revision import has_revisions
from app.db.schema import Schema
from app.errors import NoDatabaseError
from app.loading import index_missing, index_missing_speakers


def migrate(
    backup: Annotated[
        Path | None,
        typer.Option(
            help="Write a verified backup to this file first, if the schema is going to change.", metavar="FILE"
        ),
    ] = None,
    no_backup: Annotated[
        bool, typer.Option("--no-backup", help="Neither ask for a backup at a terminal nor mention one.")
    ] = False,
) -> None:
    """Create the database, or bring its schema up to date.

    The change is one transaction, all or nothing. Before a database with something in it is changed, --backup writes a
    backup, and without --backup a terminal is asked for one. Where nobody can be asked, no backup is written. If the
    backup fails, nothing is migrated, and the status is that of 'quoth backup'.
    """
    if backup is not None and no_backup:
        fail("--backup and --no-backup exclude each other", Exit.USAGE)
    with open_database(check_schema=False) as database:
        schema = _schema_before(database)
        if schema is not None and schema.is_older and _has_content(database):
            target = backup or (None if no_backup else _offered(database, schema))
            if target is not None:
                say(described(make_backup(database, target, replace=False, verify=True)))
        elif backup is not None:
            say("There is nothing to migrate that a backup would keep, so none was written.")
        database.migrate()
        with database.write() as connection:
            indexed = index_missing(connection)
            index_missing_speakers(connection)
    if schema is not None and schema.is_older:
        say(f"Migrated the schema from {schema.present} to {schema.expected}.")
    if indexed:
        say(f"Rebuilt the search index of {indexed} interviews.")
    if schema is None or schema.present is None:
        say(f"Made the tables of {database}; load transcripts with 'quoth load FOLDER'.")
    else:
        say(f"The schema of {database} is up to date.")


def _schema_before(database: Database) -> Schema | None:
    """Find the schema; None where there is no database yet."""
    try:
        schema = database.schema()
    except NoDatabaseError:
        return None
    if schema.present is not None:
        schema.check_is_known()
    return schema


def _has_content(database: Database) -> bool:
    with database.read() as connection:
        return has_revisions(connection)


def _offered(database: Database, schema: Schema) -> Path | None:
    """Ask at a terminal whether to write a backup; elsewhere, say how to get one, and never wait."""
    change = f"{database} has something in it, and its schema changes from {schema.present} to {schema.expected}"
    if not (sys.stdin.isatty() and err.is_terminal):
        warn(f"quoth: {change}; no backup is written: 'quoth migrate --backup FILE' writes one first")
        return None
    target = _free_name(database, schema)
    warn(f"{change}.")
    return target if typer.confirm(f"Write a backup to {target} first?", default=True, err=True) else None


def _free_name(database: Database, schema: Schema) -> Path:
    """Name a backup after the database and its schema: beside an SQLite file, else in this folder."""
    place = Path(str(database.url.database))
    if not database.is_sqlite:
        place = Path(place.name)
    suffix = ".backup" if database.is_sqlite else ".dump"
    stem = f"{place.stem}-schema-{schema.present}"
    names = chain([stem], (f"{stem}-{number}" for number in count(2)))
    return next(path for name in names if not (path := place.with_name(f"{name}{suffix}")).exists())
