"""Questions with their answers, people, topics and interview: the main list."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError
from app.models import Interview, Question
from app.queries.embedding import (
    Item,
    answers_to,
    interview_of,
    people_of,
    question_select,
    topics_on,
    words_of,
)
from app.queries.filters import Filters, conditions
from app.queries.paging import Key, PageRequest, Slice, keys_for, list_page

DEFAULT_SORT = "-published"
SORTABLE = {
    "published": (col(Interview.published_earliest), col(Interview.id)),
    "title": (col(Interview.title), col(Interview.id)),
}
# Within an interview, questions stand in the order in which they were asked, whichever way interviews are sorted.
TIE = (Key(col(Interview.id)), Key(col(Question.position)))


def list_questions(connection: sa.Connection, filters: Filters, request: PageRequest) -> tuple[list[Item], Slice]:
    """List questions; the number of statements does not depend on the limit.

    Raises:
        ParameterError: a filter names something unknown, or the sort is not one.
        CursorError: the cursor is not of this list.
    """
    keys = keys_for(request.sort, SORTABLE, TIE)
    narrowed = question_select().where(*conditions(connection, filters, "questions").for_questions())
    page = list_page(connection, narrowed, keys, request)
    return _embed(connection, page.rows), page


def find_question(connection: sa.Connection, question_id: str) -> Item:
    """Find one question.

    Raises:
        NotFoundError: there is none with this id.
    """
    row = connection.execute(question_select().where(col(Question.id) == question_id)).first()
    if row is None:
        raise NotFoundError("question", question_id)
    return _embed(connection, [row])[0]


def _embed(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Item]:
    ids = [row.id for row in rows]
    asked, answered = words_of(connection, ids)
    answers = answers_to(connection, ids)
    topics = topics_on(connection, ids)
    people = people_of(connection, [row.interview_id for row in rows])
    return [
        {
            "id": row.id,
            "position": row.position,
            **asked[row.id],
            "asked_by": people[row.interview_id].get(row.asked_by),
            "answers": [
                {
                    "id": answer.id,
                    "position": answer.position,
                    **answered[answer.id],
                    "speaker": people[row.interview_id].get(answer.speaker_id),
                }
                for answer in answers.get(row.id, ())
            ],
            "topics": topics.get(row.id, []),
            "interview": interview_of(row),
        }
        for row in rows
    ]
