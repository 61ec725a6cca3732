"""The filter `answered_by`: who answers; in a list of answers, who gives the answer."""

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Speaker
from app.queries.conditions import Condition, Driver, of_question
from app.queries.filters.filter import Filter, Narrowed, Narrowing
from app.queries.filters.grammar import SLUGS, Clauses
from app.queries.filters.people import answered_by, both_forms, frequent_speakers, implied, named, takes_part


def _narrow(narrowing: Narrowing, clauses: Clauses) -> Narrowed:
    answers = answered_by(narrowing.connection, narrowing.rows)
    on_interview, on_question = [], []
    for clause, ids in narrowing.resolve("answered_by", clauses, Speaker):
        who = named(ids)
        by_index, by_row = both_forms(
            clause, lambda who, row_by_row: of_question(narrowing.rows, answers(who, row_by_row)), who
        )
        driver = None
        if narrowing.rows == "questions" and not clause.negated:
            # Who answers a question twice counts once.
            given = sa.select(col(Answer.question_id)).where(who(col(Answer.speaker_id), col(Answer.interview_id)))
            answered = given.distinct().subquery()
            driver = Driver(answered, sa.true(), answered.c.question_id)
        on_question.append(Condition(by_index, by_row, is_of_people=not clause.negated, driver=driver))
        on_interview += implied(narrowing.rows, clause, takes_part(clause, ids=ids))
    return Narrowed(on_interview, on_question)


FILTER = Filter(
    "answered_by",
    SLUGS,
    "Speaker slugs: who answers.",
    _narrow,
    example="worldnewsam-3712-interviewee",
    values=lambda connection: frequent_speakers(connection, col(Answer.speaker_id)),
)
