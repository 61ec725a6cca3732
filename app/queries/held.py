"""Interviews that are held back: which there are, and what one says. Only who may see them asks here."""

import json
import zlib
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError
from app.models import Change, Embargo, TopicState
from app.queries.embedding import Item
from app.queries.paging import Listing
from app.queries.past import Past, snapshot_of
from app.queries.sorting import Key, Sort, keys_for

SORTABLE = {"until": Sort(col(Embargo.until)), "slug": Sort(col(Embargo.slug))}
_COLUMNS: tuple[Any, ...] = tuple(map(col, (Embargo.interview_id, Embargo.slug, Embargo.until, Embargo.reason)))


def listing(sort: str) -> Listing:
    """Sort the list of interviews that are held back.

    Raises:
        ParameterError: the sort is not one.
    """
    return Listing(_select(), keys_for(sort, SORTABLE, (Key(col(Embargo.interview_id)),)), _embed)


def find_embargo(connection: sa.Connection, name: str) -> Item:
    """Find until when an interview is held back, given by slug or id, and why.

    Raises:
        NotFoundError: no interview of this name is held back.
    """
    return _embargo(_find(connection, name))


def find_held(connection: sa.Connection, name: str) -> Item:
    """Find an interview that is held back, given by slug or id: the embargo, the record, and the questions with their
    answers and their topics in every state.

    Raises:
        NotFoundError: no interview of this name is held back.
    """
    row = _find(connection, name, col(Embargo.content))
    past = _as_past(row)
    return {
        **_embargo(row),
        "interview": past.interview,
        "text_format": past.record["text_format"],
        "turns": past.turns,
        "questions": past.questions(tuple(TopicState)),
    }


def find_held_record(connection: sa.Connection, name: str) -> tuple[Item, Item]:
    """Find the columns of an interview that is held back, given by slug or id, and its whole record.

    Raises:
        NotFoundError: no interview of this name is held back.
    """
    past = _as_past(_find(connection, name, col(Embargo.content)))
    return past.interview, past.record


def topics_on_held(connection: sa.Connection, name: str) -> dict[str, list[Item]]:
    """Return the topics of each question of an interview that is held back, given by slug or id, in every state, by
    label, as `embedding.topics_on` does.

    Raises:
        NotFoundError: no interview of this name is held back.
    """
    rows = read_document(_find(connection, name, col(Embargo.content)).content)["rows"]
    return {question["id"]: question["topics"] for question in snapshot_of(rows)["questions"]}


def has_held_item(connection: sa.Connection, name: str, item_id: str) -> bool:
    """Tell whether a turn, a question or an answer is one of an interview that is held back, given by slug or id."""
    rows = read_document(_find(connection, name, col(Embargo.content)).content)["rows"]
    return any(row["id"] == item_id for table in ("turn", "question", "answer") for row in rows[table])


def _as_past(row: Any) -> Past:
    return Past(snapshot_of(read_document(row.content)["rows"]))


def not_held(connection: sa.Connection, name: str) -> NotFoundError:
    """Say that no interview of a name is held back, and which are."""
    slugs = connection.execute(sa.select(col(Embargo.slug)).order_by(col(Embargo.slug)).limit(5)).scalars()
    return NotFoundError("interview held back", name, list(slugs))


def read_document(content: bytes) -> Any:
    """Read the document of an embargo: rows by table, and source files (base64) by transcript id."""
    return json.loads(zlib.decompress(content))


def _select(*columns: Any) -> sa.Select[Any]:
    before = sa.exists().where(col(Change.item_id) == col(Embargo.interview_id)).correlate(Embargo)
    return sa.select(*_COLUMNS, before.label("was_published"), *columns)


def _find(connection: sa.Connection, name: str, *columns: Any) -> Any:
    called = sa.or_(col(Embargo.slug) == name, col(Embargo.interview_id) == name)
    row = connection.execute(_select(*columns).where(called)).first()
    if row is None:
        raise not_held(connection, name)
    return row


def _embed(_connection: sa.Connection, rows: Sequence[Any]) -> list[Item]:
    return [_embargo(row) for row in rows]


def _embargo(row: Any) -> Item:
    return {
        "id": row.interview_id,
        "slug": row.slug,
        "until": row.until,
        "reason": row.reason,
        "was_published": bool(row.was_published),
    }
