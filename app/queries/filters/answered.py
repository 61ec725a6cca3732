"""The filter `answered`: whether a question has an answer."""

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Question
from app.queries.conditions import of_question, row_condition
from app.queries.filters.filter import Filter, Narrowed, Narrowing
from app.queries.filters.grammar import BOOLEAN


def _narrow(narrowing: Narrowing, is_answered: bool) -> Narrowed:
    if narrowing.rows == "answers":
        # The question of an answer has one.
        return Narrowed() if is_answered else Narrowed(on_question=[row_condition(sa.false())])
    has_answer = sa.exists().where(col(Answer.question_id) == col(Question.id)).correlate(Question)
    condition = of_question(narrowing.rows, has_answer if is_answered else ~has_answer)
    return Narrowed(on_question=[row_condition(condition)])


FILTER = Filter(
    "answered",
    BOOLEAN,
    "Whether the question has an answer.",
    _narrow,
    example=True,
    values=lambda _connection: ("true", "false"),
)
