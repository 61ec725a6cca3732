"""Speakers, with what they did."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError
from app.models import Answer, Contribution, Interview, Question, Speaker
from app.queries.embedding import Item
from app.queries.filters import Clauses, Filters, conditions
from app.queries.paging import Key, PageRequest, Slice, keys_for, list_page
from app.text import nearest

DEFAULT_SORT = "slug"
SORTABLE = {"slug": (col(Speaker.slug),)}


def _select() -> sa.Select[Any]:
    asked = sa.select(sa.func.count()).where(col(Question.asked_by) == col(Speaker.id)).correlate(Speaker)
    given = sa.select(sa.func.count()).where(col(Answer.speaker_id) == col(Speaker.id)).correlate(Speaker)
    return sa.select(
        col(Speaker.id),
        col(Speaker.slug),
        col(Speaker.name),
        col(Speaker.aliases),
        col(Speaker.same_as),
        asked.scalar_subquery().label("questions"),
        given.scalar_subquery().label("answers"),
    )


def list_speakers(connection: sa.Connection, interview: Clauses, request: PageRequest) -> tuple[list[Item], Slice]:
    """List speakers, of some interviews if asked.

    Raises:
        ParameterError: there is no such interview, or the sort is not one.
        CursorError: the cursor is not of this list.
    """
    keys = keys_for(request.sort, SORTABLE, (Key(col(Speaker.slug)),))
    narrowed = _select()
    met = conditions(connection, Filters(interview=interview), "interviews").for_interviews()
    if met:
        taking_part = (
            sa.select(col(Contribution.speaker_id))
            .join(Interview, col(Interview.id) == col(Contribution.interview_id))
            .where(*met)
        )
        narrowed = narrowed.where(col(Speaker.id).in_(taking_part))
    page = list_page(connection, narrowed, keys, request)
    return _with_roles(connection, page.rows), page


def find_speaker(connection: sa.Connection, slug: str) -> Item:
    """Find one speaker.

    Raises:
        NotFoundError: there is none of this slug.
    """
    row = connection.execute(_select().where(col(Speaker.slug) == slug)).first()
    if row is None:
        some = sa.select(col(Speaker.slug)).order_by(col(Speaker.slug)).limit(1000)
        like = some.where(col(Speaker.slug).startswith(slug[:2], autoescape=True))
        known = [*connection.execute(like).scalars(), *connection.execute(some).scalars()]
        raise NotFoundError("speaker", slug, nearest(slug, dict.fromkeys(known)))
    return _with_roles(connection, [row])[0]


def _with_roles(connection: sa.Connection, rows: list[sa.Row[Any]]) -> list[Item]:
    """Add how many interviews each speaker takes part in, by role: one statement."""
    counted = connection.execute(
        sa.select(col(Contribution.speaker_id), col(Contribution.role), sa.func.count().label("interviews"))
        .where(col(Contribution.speaker_id).in_([row.id for row in rows]))
        .group_by(col(Contribution.speaker_id), col(Contribution.role))
        .order_by(col(Contribution.role))
    )
    roles: dict[str, list[Item]] = {row.id: [] for row in rows}
    for count in counted:
        roles[count.speaker_id].append({"role": count.role, "interviews": count.interviews})
    return [
        {
            "slug": row.slug,
            "name": row.name,
            "aliases": row.aliases,
            "same_as": row.same_as,
            "questions": row.questions,
            "answers": row.answers,
            "roles": roles[row.id],
        }
        for row in rows
    ]
