"""Conditions on who asks, who answers and who takes part, which the filters of people share."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Contribution, Interview, Question, Speaker, Turn
from app.queries.conditions import Condition, Rows, Sql, of_question, without_index
from app.queries.filters.columns import negated
from app.queries.filters.grammar import Clause

# Says whether a column of speakers, beside one of interviews, holds one of some people.
Who = Callable[[Any, Any], Sql]
# Makes a condition of whom it asks for, as an index answers it or, if True, row by row.
Part = Callable[[Who, bool], Sql]


def named(ids: Sequence[str]) -> Who:
    """Ask for people by their ids."""
    return lambda speaker, _interview: sa.and_(speaker.is_not(None), speaker.in_(ids))


def in_roles(roles: Sequence[str]) -> Who:
    """Ask for people who have one of some roles in the interview."""

    def has_role(speaker: Any, interview: Any) -> Sql:
        contribution = sa.exists().where(
            col(Contribution.interview_id) == interview,
            col(Contribution.speaker_id) == speaker,
            *contributing(roles=roles),
        )
        return sa.and_(speaker.is_not(None), contribution)

    return has_role


def contributing(*, ids: Sequence[str] | None = None, roles: Sequence[str] | None = None) -> list[Sql]:
    """Conditions on a contribution: of one of these people, in one of these roles."""
    conditions: list[Sql] = []
    if ids is not None:
        conditions.append(col(Contribution.speaker_id).in_(ids))
    if roles is not None:
        conditions.append(col(Contribution.role).in_(roles))
    return conditions


def takes_part(clause: Clause, *, ids: Sequence[str] | None = None, roles: Sequence[str] | None = None) -> Condition:
    """Condition on an interview: one of these people, or somebody in one of these roles, takes part."""
    conditions = contributing(ids=ids, roles=roles)
    by_index = col(Interview.id).in_(sa.select(col(Contribution.interview_id)).where(*conditions))
    by_row = sa.exists().where(col(Contribution.interview_id) == col(Interview.id), *conditions).correlate(Interview)
    return Condition(negated(clause, by_index), negated(clause, by_row))


def implied(rows: Rows, clause: Clause, condition: Condition) -> list[Condition]:
    """Make a condition on interviews of one on questions: who speaks takes part, and there are fewer interviews."""
    return [] if rows == "documents" or clause.negated else [replace(condition, is_implied=True)]


def asked_by(connection: sa.Connection) -> Part:
    """Condition on a question: one of the people asks it."""

    def asks(who: Who, row_by_row: bool) -> Sql:
        speaker = without_index(connection, col(Question.asked_by)) if row_by_row else col(Question.asked_by)
        return who(speaker, col(Question.interview_id))

    return asks


def answered_by(connection: sa.Connection, rows: Rows) -> Part:
    """Condition on a question: one of the people answers it; in a list of answers, they give this very answer."""

    def answers(who: Who, row_by_row: bool) -> Sql:
        speaker = without_index(connection, col(Answer.speaker_id)) if row_by_row else col(Answer.speaker_id)
        gives = who(speaker, col(Answer.interview_id))
        if rows == "answers":
            return gives
        if row_by_row:
            return sa.exists().where(col(Answer.question_id) == col(Question.id), gives).correlate(Question)
        return col(Question.id).in_(sa.select(col(Answer.question_id)).where(gives))

    return answers


def speaks(connection: sa.Connection, rows: Rows) -> Part:
    """Condition on a question: one of the people asks or answers it; or says the free-standing turn of a document."""
    asks, answers = asked_by(connection), answered_by(connection, rows)

    def speaks_in(who: Who, row_by_row: bool) -> Sql:
        either = sa.or_(asks(who, row_by_row), answers(who, row_by_row))
        if rows != "documents":
            return either
        says_turn = sa.and_(col(Turn.id).is_not(None), who(col(Turn.speaker_id), col(Turn.interview_id)))
        return sa.or_(of_question(rows, either), says_turn)

    return speaks_in


def both_forms(clause: Clause, part: Part, who: Who) -> tuple[Sql, Sql]:
    """Make the forms of a condition: by index, and row by row."""
    by_index, by_row = (negated(clause, part(who, row_by_row)) for row_by_row in (False, True))
    return by_index, by_row


def frequent_speakers(connection: sa.Connection, column: Any) -> list[str]:
    """List the slugs of those in a column of speakers, those who stand there most often first."""
    counted = sa.select(col(Speaker.slug)).where(col(Speaker.id) == column).group_by(col(Speaker.slug))
    return list(connection.execute(counted.order_by(sa.func.count().desc(), col(Speaker.slug))).scalars())
