"""Answers, each with the question that it answers."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Interview, Question, TopicState
from app.queries import questions
from app.queries.embedding import (
    CONFIRMED,
    Item,
    context_of,
    interview_of,
    people_of,
    topics_on,
    with_interview,
    words_of,
)
from app.queries.filters import Filters, conditions
from app.queries.names import absent_id
from app.queries.paging import Listing, keys_for
from app.queries.plans import Key

TIE = (*questions.TIE, Key(col(Answer.position)))


def _select() -> sa.Select[Any]:
    return (
        with_interview(
            col(Answer.id),
            col(Answer.interview_id),
            col(Answer.position),
            col(Answer.speaker_id),
            col(Answer.question_id),
            col(Question.position).label("question_position"),
            col(Question.asked_by),
            col(Answer.revision),
            col(Question.revision).label("question_revision"),
        )
        .join(Question, col(Question.id) == col(Answer.question_id))
        .join(Interview, col(Interview.id) == col(Question.interview_id))
    )


def listing(connection: sa.Connection, filters: Filters, sort: str) -> Listing:
    """Narrow and sort the list of answers.

    Raises:
        ParameterError: a filter names something unknown, or the sort is not one.
    """
    keys = keys_for(sort, questions.sortable(filters), TIE)
    met = conditions(connection, filters, "answers")
    select, keys = met.narrow(connection, _select(), keys)
    return Listing(select, keys, partial(_embed, states=met.topic_states), met, ("answer", *met.topic_states))


def find_answer(
    connection: sa.Connection, answer_id: str, context: int = 0, states: Sequence[TopicState] = CONFIRMED
) -> Item:
    """Find one answer, the answers before and after it, and so many turns of the record around it.

    Raises:
        NotFoundError: there is none with this id.
        GoneError: it was taken out.
    """
    row = connection.execute(_select().where(col(Answer.id) == answer_id)).first()
    if row is None:
        raise absent_id(connection, "answer", answer_id)
    item = _embed(connection, [row], states)[0]
    to_question = sa.select(sa.func.count()).where(col(Answer.question_id) == row.question_id)
    return {
        **item,
        "previous": _beside(connection, row, after=False),
        "next": _beside(connection, row, after=True),
        "counts": {
            "turns": len(item["turns"]),
            "answers_to_question": connection.execute(to_question).scalar_one(),
        },
        "context": context_of(connection, row.interview_id, [turn["id"] for turn in item["turns"]], context),
    }


def _beside(connection: sa.Connection, row: sa.Row[Any], *, after: bool) -> Item | None:
    """Find the answer before or after one, in the order of its interview."""
    place = sa.tuple_(col(Question.position), col(Answer.position))
    here = sa.tuple_(sa.literal(row.question_position), sa.literal(row.position))
    order = (col(Question.position), col(Answer.position))
    found = connection.execute(
        sa.select(col(Answer.id), col(Answer.position), col(Answer.question_id))
        .join(Question, col(Question.id) == col(Answer.question_id))
        .where(col(Question.interview_id) == row.interview_id, place > here if after else place < here)
        .order_by(*(column.asc() if after else column.desc() for column in order))
        .limit(1)
    ).first()
    return None if found is None else dict(found._mapping)


def _embed(connection: sa.Connection, rows: Sequence[sa.Row[Any]], states: Sequence[TopicState]) -> list[Item]:
    question_ids = [row.question_id for row in rows]
    asked, answered = words_of(connection, question_ids)
    topics = topics_on(connection, question_ids, states)
    people = people_of(connection, [row.interview_id for row in rows])
    return [
        {
            "id": row.id,
            "position": row.position,
            **answered[row.id],
            "speaker": people[row.interview_id].get(row.speaker_id),
            "question": {
                "id": row.question_id,
                "position": row.question_position,
                **asked[row.question_id],
                "asked_by": people[row.interview_id].get(row.asked_by),
                "topics": topics.get(row.question_id, []),
                "revision": row.question_revision,
            },
            "interview": interview_of(row),
            "revision": row.revision,
        }
        for row in rows
    ]
