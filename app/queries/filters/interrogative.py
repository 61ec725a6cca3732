"""The filter `interrogative`: whether any words of a question ask."""

import sqlalchemy as sa
from sqlmodel import col

from app.models import Question, SearchDocument
from app.queries.conditions import of_question, row_condition
from app.queries.filters.filter import Filter, Narrowed, Narrowing
from app.queries.filters.grammar import BOOLEAN


def _narrow(narrowing: Narrowing, asks: bool) -> Narrowed:
    document = sa.exists().where(
        col(SearchDocument.question_id) == col(Question.id), col(SearchDocument.interrogative) == sa.literal(asks)
    )
    return Narrowed(on_question=[row_condition(of_question(narrowing.rows, document.correlate(Question)))])


FILTER = Filter(
    "interrogative",
    BOOLEAN,
    "Whether any sentence of the question asks; inferred from the words.",
    _narrow,
    example=True,
    values=lambda _connection: ("true", "false"),
)
