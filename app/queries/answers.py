"""Answers, each with the question that it answers."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Interview, Question, TopicState
from app.queries import questions
from app.queries.embedding import (
    ANSWER_COLUMNS,
    CONFIRMED,
    QUESTION_COLUMNS,
    Item,
    context_of,
    with_interview,
)
from app.queries.filters import Filters, conditions
from app.queries.items import (
    answer_detail,
    embed_answers,
)
from app.queries.names import absent_id
from app.queries.paging import Listing
from app.queries.plans import narrow
from app.queries.relevance import narrow_to_newest
from app.queries.sorting import Key, keys_for

TIE = (*questions.TIE, Key(col(Answer.position)))


def _select() -> sa.Select[Any]:
    return (
        with_interview(
            *map(col, ANSWER_COLUMNS),
            col(Answer.interview_id),
            col(Answer.speaker_id),
            *(col(column).label(f"question_{column.key}") for column in QUESTION_COLUMNS),
            col(Question.asked_by),
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
    bounded = narrow_to_newest(connection, filters, sort, met)
    select, keys = narrow(connection, bounded or met, _select(), keys)
    return Listing(
        select,
        keys,
        partial(embed_answers, states=met.topic_states),
        met,
        ("answer", *met.topic_states),
        is_bounded=bounded is not None,
    )


def find_answer(
    connection: sa.Connection, answer_id: str, context: int = 0, states: Sequence[TopicState] = CONFIRMED
) -> Item:
    """Find one answer, the answers before and after it, and the given number of turns of the record around it.

    Raises:
        NotFoundError: there is none with this id.
        GoneError: it was taken out.
    """
    row = connection.execute(_select().where(col(Answer.id) == answer_id)).first()
    if row is None:
        raise absent_id(connection, "answer", answer_id)
    item = embed_answers(connection, [row], states)[0]
    to_question = sa.select(sa.func.count()).where(col(Answer.question_id) == row.question_id)
    return answer_detail(
        item,
        _beside(connection, row, after=False),
        _beside(connection, row, after=True),
        connection.execute(to_question).scalar_one(),
        context_of(connection, row.interview_id, [turn["id"] for turn in item["turns"]], context),
    )


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
