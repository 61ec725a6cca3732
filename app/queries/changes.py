"""Lists the change feed: each item once, at its newest change, in the order in which changes were committed.

The position of a change is its revision and the item's id. Revisions are numbered in the order of their commits and
become visible as a whole, so nothing appears before a position that has been read. An item that changes again moves to
the end.
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
from app.queries.change_data import count_fitting, find_change_data
from app.queries.cursor import read_cursor, write_cursor
from app.queries.embedding import Item

# The name of the feed in cursors, the same on every server: a cursor of a server is valid on its mirrors.
_FEED = "changes"
_BEGINNING: list[Any] = [0, "", None]


@dataclass(frozen=True)
class Changes:
    """A page of the feed and the cursor of the next one.

    `is_whole` says whether the page ends with a revision; `revision` is the newest one of the corpus.
    """

    items: list[Item]
    next: str
    is_whole: bool
    revision: int


def list_changes(connection: sa.Connection, cursor: str | None, limit: int, *, with_data: bool) -> Changes:
    """Return the changes after a cursor, or from the beginning, oldest first.

    Pages end with a revision, but a revision with more changes than `limit` has several pages of its own. With data, a
    page also ends before it would become too large, but has at least one item.

    Raises:
        CursorError: the cursor is not valid, or is newer than the corpus, or of another history.
    """
    newest = find_revision(connection)
    at = _BEGINNING if cursor is None else _read_position(connection, cursor, newest)
    rows = _rows(connection, at, limit + 1)
    page = _whole_revisions(rows, limit)
    if with_data:
        page = _whole_revisions(rows, count_fitting(connection, page)) if page else page
    data = find_change_data(connection, page) if with_data else [None] * len(page)
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
            "data": item_data,
        }
        for row, item_data in zip(page, data, strict=True)
    ]
    last = at if not page else [page[-1].revision, page[-1].item_id, page[-1].made_at.isoformat()]
    rest = rows[len(page) :]
    is_whole = not (page and rest and rest[0].revision == page[-1].revision)
    next_cursor = write_cursor(_FEED, last, backwards=False)
    return Changes(items, next_cursor, is_whole, 0 if newest is None else newest.number)


def _read_position(connection: sa.Connection, cursor: str, newest: CorpusRevision | None) -> list[Any]:
    """Read a cursor and check that it is of this corpus: after restoring a backup, revision numbers are reused."""
    _backwards, values = read_cursor(_FEED, cursor)
    if values == _BEGINNING:
        return values
    if [type(value) for value in values] != [int, str, str]:
        raise CursorError("the cursor is not of the change feed")
    number, _item_id, made_at = values
    if not 0 < number <= (0 if newest is None else newest.number):
        raise CursorError("the corpus has not come as far as the cursor; it was put back to an older state")
    stored = connection.execute(sa.select(col(Revision.made_at)).where(col(Revision.number) == number)).scalar()
    # A mirror does not have revisions whose changes are all superseded.
    if stored is not None and stored != datetime.datetime.fromisoformat(made_at):
        raise CursorError("the corpus has another history than the one that the cursor is of")
    return values


def _rows(connection: sa.Connection, at: Sequence[Any], limit: int) -> Sequence[Any]:
    columns: tuple[Any, ...] = (Change.revision, Change.item_id, Change.noun, Change.action, Change.replaced_by)
    position = sa.tuple_(col(Change.revision), col(Change.item_id))
    here = sa.tuple_(sa.literal(at[0]), sa.literal(at[1]))
    select = (
        sa.select(*map(col, columns), col(Revision.made_at), col(Revision.reason))
        .join(Revision, col(Revision.number) == col(Change.revision))
        .where(col(Change.superseded_by).is_(None), position > here)
        .order_by(col(Change.revision), col(Change.item_id))
        .limit(limit)
    )
    return connection.execute(select).all()


def _whole_revisions(rows: Sequence[Any], limit: int) -> Sequence[Any]:
    """End a page after `limit` rows, or before the revision that this would split, unless it is the only one."""
    if len(rows) <= limit or rows[limit].revision != rows[limit - 1].revision:
        return rows[:limit]
    before = [row for row in rows[:limit] if row.revision != rows[limit].revision]
    return before or rows[:limit]


def _slugs(connection: sa.Connection, rows: Sequence[Any]) -> dict[tuple[str, str], str]:
    """Return the slugs of speakers and topics, by noun and id; other items are addressed by id."""
    found: dict[tuple[str, str], str] = {}
    for noun, table in (("speaker", Speaker), ("topic", Topic)):
        ids = [row.item_id for row in rows if row.noun == noun and row.action is not ChangeAction.DELETED]
        if ids:
            named = connection.execute(sa.select(col(table.id), col(table.slug)).where(col(table.id).in_(ids)))
            found |= {(noun, row.id): row.slug for row in named}
    return found
