"""An interview that is held back, and what everybody else can see of the corpus meanwhile."""

import datetime
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.db import Database
from app.loading import LoadedInterview, hold
from app.models import Change, Revision
from app.queries.canonical import lines
from app.queries.held import find_held
from tests.authors import at
from tests.loading.test_editing import LATER

Load = Callable[..., LoadedInterview]
FAR = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
HELD = 'embargo_until = "2031-01-01"\n'
OTHER = "Q: Is it late?\nA: No, it is early.\n"
# What it was before it was held back.
BEFORE = ("never published", "published before")


def load_held(
    load: Load, database: Database, before: str, text: str, metadata: str = "", *, earlier: str | None = None
) -> LoadedInterview:
    """Load an interview that is held back, beside one that is published. One that was published has a past revision
    with an `earlier` text, if that is given.
    """
    load(OTHER, name="other.txt")
    if before == "never published":
        return load(text, HELD + metadata)
    if earlier is not None:
        load(earlier, metadata)
    loaded = load(text, metadata)
    with database.write() as connection:
        hold(connection, loaded.slug, FAR, at(LATER))
    return loaded


def public(database: Database) -> list[Any]:
    """All that is public, and every revision and change of the corpus."""
    with database.read() as connection:
        tables = (sa.select(col(Revision.number)), sa.select(col(Change.revision), col(Change.item_id)))
        return [*lines(connection), *(sorted(map(tuple, connection.execute(table))) for table in tables)]


def ids(database: Database, name: str) -> dict[str, str]:
    """The ids of the turns of an interview that is held back, by their texts."""
    with database.read() as connection:
        return {turn["text"]: turn["id"] for turn in find_held(connection, name)["turns"]}
