"""Statements of the corpus: who was merged and parted, by whom, when and why."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError
from app.models import Speaker, SpeakerReading, Statement, table_of
from app.queries.embedding import Item
from app.queries.interviews import slugs_by_id
from app.queries.paging import Listing
from app.queries.sorting import Sort, keys_for

SORTABLE = {"number": Sort(col(Statement.number))}
_SHOWN = ("number", "kind", "made_at", "made_by", "reason", "undone_at", "undone_by", "undone_reason")


def listing(sort: str = "number", *, undone: bool = False) -> Listing:
    """Sort the list of statements in force; or of all, also those that were undone.

    Raises:
        ParameterError: the sort is not one.
    """
    select = sa.select(table_of(Statement))
    if not undone:
        select = select.where(col(Statement.undone_at).is_(None))
    return Listing(select, keys_for(sort, SORTABLE, ()), _embed)


def find_statement(connection: sa.Connection, number: int) -> Item:
    """Find a statement, in force or undone.

    Raises:
        NotFoundError: there is none with this number.
    """
    row = connection.execute(sa.select(table_of(Statement)).where(col(Statement.number) == number)).first()
    if row is None:
        raise NotFoundError("statement", str(number))
    return _embed(connection, [row])[0]


def slugs_as_read(connection: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    """Return the slug of each speaker as the files tell of them; of those who take part nowhere, none."""
    slugs: dict[str, str] = {}
    for table in (Speaker, SpeakerReading):
        rows = connection.execute(sa.select(col(table.id), col(table.slug)).where(col(table.id).in_(ids)))
        slugs |= {row.id: row.slug for row in rows}
    return slugs


def _embed(connection: sa.Connection, rows: Sequence[Any]) -> list[Item]:
    slugs = slugs_as_read(connection, {one for row in rows for one in (row.speaker_id, row.other_id)})
    interviews = slugs_by_id(connection, {one for row in rows for one in row.interviews})
    return [
        {
            **{name: getattr(row, name) for name in _SHOWN},
            # Of somebody who takes part nowhere now, the id.
            "speaker": slugs.get(row.speaker_id, row.speaker_id),
            "other": slugs.get(row.other_id, row.other_id),
            "interviews": [interviews.get(one, one) for one in row.interviews],
        }
        for row in rows
    ]
