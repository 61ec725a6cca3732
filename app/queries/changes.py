"""The change feed: every item once, at the place of its newest change, in the order in which changes were committed.

A place is a revision and an item's id. Revisions are numbered in the order of their commits and become visible whole,
so nothing ever appears before a place that somebody has read past; an item that changes again moves to the end.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.db.corpus_revision import CorpusRevision, find_revision
from app.errors import CursorError
from app.models import Change, ChangeAction, Revision, Speaker, Topic
from app.queries.embedding import Item
from app.queries.paging import PageRequest, read_cursor, write_cursor
from app.queries.replay import contents, within_bounds

# The same on every server, so that a mirror's feed can be followed from where its origin's was left.
_FEED = "changes"
_BEGINNING: list[Any] = [0, "", None]


@dataclass(frozen=True)
class Changes:
    """A page of the feed: its items, where to go on, whether its last revision ends there, and the newest revision."""

    items: list[Item]
    next: str
    is_whole: bool
    revision: int


def list_changes(connection: sa.Connection, cursor: str | None, limit: int, *, with_data: bool) -> Changes:
    """Return the changes after a cursor, or from the beginning, oldest first.

    A page holds whole revisions. One that has more changes than `limit` goes over several pages by itself. With data, a
    page also ends where it would become too large, but never before its first item.

    Raises:
        CursorError: the cursor is damaged, made up, or of a state that the corpus is not in any more.
    """
    newest = find_revision(connection)
    at = _BEGINNING if cursor is None else _read(connection, cursor, newest)
    rows = _rows(connection, at, limit + 1)
    page = _whole_revisions(rows, limit)
    if with_data:
        page = _whole_revisions(rows, within_bounds(connection, page)) if page else page
    data = contents(connection, page) if with_data else [None] * len(page)
    slugs = _slugs(connection, page)
    items = [
        {
            "noun": row.noun,
            "id": row.item_id,
            "action": row.action,
            "revision": row.revision,
            "modified": row.made_at,
            "reason": row.reason,
            "replaced_by": row.replaced_by,
            "slug": slugs.get((row.noun, row.item_id)),
            "data": told,
        }
        for row, told in zip(page, data, strict=True)
    ]
    last = at if not page else [page[-1].revision, page[-1].item_id, page[-1].made_at.isoformat()]
    rest = rows[len(page) :]
    is_whole = not (page and rest and rest[0].revision == page[-1].revision)
    next_cursor = write_cursor(PageRequest(_FEED), last, backwards=False)
    return Changes(items, next_cursor, is_whole, 0 if newest is None else newest.number)


def _read(connection: sa.Connection, cursor: str, newest: CorpusRevision | None) -> list[Any]:
    """Take a cursor apart, and make sure that it is of this corpus: one put back to a backup counts revisions anew."""
    _backwards, values = read_cursor(PageRequest(_FEED, cursor=cursor))
    if values == _BEGINNING:
        return values
    if [type(value) for value in values] != [int, str, str]:
        raise CursorError("the cursor is not of the change feed")
    number, _item_id, made_at = values
    if not 0 < number <= (0 if newest is None else newest.number):
        raise CursorError("the corpus has not come as far as the cursor; it was put back to an older state")
    stored = connection.execute(sa.select(col(Revision.made_at)).where(col(Revision.number) == number)).scalar()
    # A mirror does not have those revisions of which nothing is left.
    if stored is not None and stored != datetime.datetime.fromisoformat(made_at):
        raise CursorError("the corpus has another history than the one that the cursor is of")
    return values


def _rows(connection: sa.Connection, at: Sequence[Any], limit: int) -> Sequence[Any]:
    columns: tuple[Any, ...] = (Change.revision, Change.item_id, Change.noun, Change.action, Change.replaced_by)
    place = sa.tuple_(col(Change.revision), col(Change.item_id))
    here = sa.tuple_(sa.literal(at[0]), sa.literal(at[1]))
    select = (
        sa.select(*map(col, columns), col(Revision.made_at), col(Revision.reason))
        .join(Revision, col(Revision.number) == col(Change.revision))
        .where(col(Change.superseded_by).is_(None), place > here)
        .order_by(col(Change.revision), col(Change.item_id))
        .limit(limit)
    )
    return connection.execute(select).all()


def _whole_revisions(rows: Sequence[Any], limit: int) -> Sequence[Any]:
    """Cut a page after so many rows, or before the revision that would be cut, unless it is the only one."""
    if len(rows) <= limit or rows[limit].revision != rows[limit - 1].revision:
        return rows[:limit]
    before = [row for row in rows[:limit] if row.revision != rows[limit].revision]
    return before or rows[:limit]


def _slugs(connection: sa.Connection, rows: Sequence[Any]) -> dict[tuple[str, str], str]:
    """Find the names in addresses of the items that are found by one; the others are found by their id."""
    found: dict[tuple[str, str], str] = {}
    for noun, table in (("speaker", Speaker), ("topic", Topic)):
        ids = [row.item_id for row in rows if row.noun == noun and row.action is not ChangeAction.DELETED]
        if ids:
            named = connection.execute(sa.select(col(table.id), col(table.slug)).where(col(table.id).in_(ids)))
            found |= {(noun, row.id): row.slug for row in named}
    return found
