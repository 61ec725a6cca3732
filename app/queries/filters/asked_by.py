"""The filter `asked_by`: who asks."""

from sqlmodel import col

from app.models import Question, Speaker
from app.queries.conditions import Condition, of_question
from app.queries.filters.filter import Filter, Narrowed, Narrowing
from app.queries.filters.grammar import SLUGS, Clauses
from app.queries.filters.people import asked_by, both_forms, frequent_speakers, implied, named, takes_part


def _narrow(narrowing: Narrowing, clauses: Clauses) -> Narrowed:
    asks = asked_by(narrowing.connection)
    on_interview, on_question = [], []
    for clause, ids in narrowing.resolve("asked_by", clauses, Speaker):
        by_index, by_row = both_forms(
            clause, lambda who, row_by_row: of_question(narrowing.rows, asks(who, row_by_row)), named(ids)
        )
        on_question.append(Condition(by_index, by_row, is_of_people=not clause.negated))
        on_interview += implied(narrowing.rows, clause, takes_part(clause, ids=ids))
    return Narrowed(on_interview, on_question)


FILTER = Filter(
    "asked_by",
    SLUGS,
    "Speaker slugs: who asks.",
    _narrow,
    example="worldnewsam-3712-interviewer",
    values=lambda connection: frequent_speakers(connection, col(Question.asked_by)),
)
