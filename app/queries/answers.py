"""Answers, each with the question that it answers."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError
from app.models import Answer, Interview, Question
from app.queries import questions
from app.queries.embedding import Item, interview_of, people_of, topics_on, with_interview, words_of
from app.queries.filters import Filters, conditions
from app.queries.paging import Key, PageRequest, Slice, keys_for, list_page

DEFAULT_SORT = questions.DEFAULT_SORT
SORTABLE = questions.SORTABLE
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
        )
        .join(Question, col(Question.id) == col(Answer.question_id))
        .join(Interview, col(Interview.id) == col(Question.interview_id))
    )


def list_answers(connection: sa.Connection, filters: Filters, request: PageRequest) -> tuple[list[Item], Slice]:
    """List answers; the number of statements does not depend on the limit.

    Raises:
        ParameterError: a filter names something unknown, or the sort is not one.
        CursorError: the cursor is not of this list.
    """
    keys = keys_for(request.sort, SORTABLE, TIE)
    narrowed = _select().where(*conditions(connection, filters, "answers").for_questions())
    page = list_page(connection, narrowed, keys, request)
    return _embed(connection, page.rows), page


def find_answer(connection: sa.Connection, answer_id: str) -> Item:
    """Find one answer.

    Raises:
        NotFoundError: there is none with this id.
    """
    row = connection.execute(_select().where(col(Answer.id) == answer_id)).first()
    if row is None:
        raise NotFoundError("answer", answer_id)
    return _embed(connection, [row])[0]


def _embed(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Item]:
    question_ids = [row.question_id for row in rows]
    asked, answered = words_of(connection, question_ids)
    topics = topics_on(connection, question_ids)
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
            },
            "interview": interview_of(row),
        }
        for row in rows
    ]
