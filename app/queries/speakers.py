"""Speakers, with their roles and the numbers of their questions and answers."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Contribution, Interview, Question, Speaker
from app.queries.embedding import Item
from app.queries.filters import Filters, interview_conditions
from app.queries.filters.columns import negated
from app.queries.filters.people import contributing
from app.queries.names import absent
from app.queries.paging import Listing
from app.queries.sorting import Key, Sort, keys_for

DEFAULT_SORT = "slug"
SORTABLE = {"slug": Sort(col(Speaker.slug))}


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


def listing(connection: sa.Connection, filters: Filters, sort: str) -> Listing:
    """Narrow and sort the list of speakers: those who take part in an interview that meets the filters.

    With a role, those who have it in such an interview.

    Raises:
        ParameterError: a filter names something unknown, or the sort is not one.
    """
    keys = keys_for(sort, SORTABLE, (Key(col(Speaker.slug)),))
    conditions = interview_conditions(connection, filters.replacing(role=None))
    taking_part = sa.select(col(Contribution.speaker_id))
    select = _select()
    if conditions:
        in_interview = col(Interview.id) == col(Contribution.interview_id)
        taking_part = taking_part.join(Interview, in_interview).where(*conditions)
        select = select.where(col(Speaker.id).in_(taking_part))
    for clause in filters.get("role") or ():
        has_role = col(Speaker.id).in_(taking_part.where(*contributing(roles=clause.values)))
        select = select.where(negated(clause, has_role))
    return Listing(select, keys, _with_roles)


def find_speaker(connection: sa.Connection, slug: str) -> Item:
    """Find one speaker.

    Raises:
        NotFoundError: there is none of this slug; near ones are suggested.
        MovedError: the slug was changed.
        GoneError: the speaker was taken out.
    """
    row = connection.execute(_select().where(col(Speaker.slug) == slug)).first()
    if row is None:
        raise absent(connection, Speaker, slug)
    return _with_roles(connection, [row])[0]


def _with_roles(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Item]:
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
