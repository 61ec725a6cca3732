"""How the rows of a list are counted: from the table that leads to fewest of them, with no more joins than needed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Interview, Question
from app.queries.conditions import Condition, Conditions, Driver, Sql
from app.queries.embedding import document_select


@dataclass(frozen=True)
class _Start:
    """Where a count of questions or answers starts, and what is left to test of each row."""

    driver: Driver | None
    by_index: list[Sql]
    by_row: list[Sql] = field(default_factory=list)
    needs_interview: bool = False


def known_total(conditions: Conditions) -> int | None:
    """Return the total of a list where it is stored, so that nothing has to be counted."""
    if conditions.rows != "questions" or conditions.on_interview or len(conditions.on_question) != 1:
        return None
    return conditions.on_question[0].size if conditions.on_question[0].size_is_total else None


def select_to_count(conditions: Conditions, *columns: Any) -> tuple[sa.Select[Any], list[Sql]]:
    """Select rows that an index leads to; return the statement, and the conditions that are left to test of each row.

    The columns may be of the question, of the interview and, in a list of answers, of the answer.
    """
    if conditions.rows == "documents":
        return document_select(*columns).where(*conditions.by_index()), []
    if conditions.rows == "interviews":
        return _interviews(conditions, columns)
    start = _start(conditions)
    question_id, interview_id = col(Question.id), col(Question.interview_id)
    if start.driver is not None:
        question_id = start.driver.question_id
        interview_id = interview_id if start.driver.interview_id is None else start.driver.interview_id
        columns = _replaced(columns, {col(Question.id): question_id, col(Question.interview_id): interview_id})
    tables = {getattr(table, "name", None) for table in sa.select(*columns).columns_clause_froms}
    needs_interview = start.needs_interview or "interview" in tables
    needs_question = len(conditions.on_question) > 1 or "question" in tables
    select = sa.select(*columns).select_from(Question if start.driver is None else start.driver.table)
    if start.driver is not None and (needs_question or (needs_interview and start.driver.interview_id is None)):
        select = select.join(Question, col(Question.id) == question_id)
    if conditions.rows == "answers":
        select = select.join(Answer, col(Answer.question_id) == question_id)
    if needs_interview:
        select = select.join(Interview, col(Interview.id) == interview_id)
    return select.where(*start.by_index), start.by_row


def _start(conditions: Conditions) -> _Start:
    if conditions.candidates is not None:
        candidates = col(Question.interview_id).in_(conditions.candidates)
        return _Start(None, [candidates], [each.by_row for each in conditions.on_question])
    first = choose_driving(conditions.on_question, interviews_drive=conditions.interviews_drive)
    by_row = [each.by_row for each in conditions.on_question if each is not first]
    if first is None:
        by_index = [each.by_index for each in conditions.on_interview]
        return _Start(None, by_index, by_row, needs_interview=bool(by_index))
    on_interview = [each.by_row for each in conditions.on_interview if not each.is_implied]
    by_index = [first.by_index if first.driver is None else first.driver.condition]
    return _Start(first.driver, by_index, [*by_row, *on_interview], needs_interview=bool(on_interview))


def choose_driving(on_question: Sequence[Condition], *, interviews_drive: bool) -> Condition | None:
    """Choose the condition whose questions are counted through: the one that fewest meet, else one of people.

    Where a bounded number of interviews is left, only a rare condition is better than going through these.
    """
    sized = [each for each in on_question if each.size is not None and (each.is_rare or not interviews_drive)]
    if sized:
        return min(sized, key=lambda each: each.size or 0)
    return next((each for each in on_question if each.is_of_people), None)


def _interviews(conditions: Conditions, columns: Sequence[Any]) -> tuple[sa.Select[Any], list[Sql]]:
    on_question = [each.by_index if each.is_rare else each.by_row for each in conditions.on_question]
    if conditions.is_topic_alone:
        on_question = []
    tests = [conditions.interviews_with_question(on_question)] if on_question else []
    if conditions.candidates is not None:
        few = sa.select(*columns).select_from(Interview).where(col(Interview.id).in_(conditions.candidates))
        return few, [*(each.by_row for each in conditions.on_interview), *tests]
    under = None if tests else conditions.interviews_under_topic()
    if under is None:
        select = sa.select(*columns).select_from(Interview)
        return select.where(*(each.by_index for each in conditions.on_interview)), tests
    return sa.select(*_replaced(columns, {col(Interview.id): under.c.interview_id})).select_from(under), []


def _replaced(columns: Sequence[Any], others: dict[Any, Any]) -> tuple[Any, ...]:
    """Take columns of the driving table in place of the same columns of another, under the names that they had."""
    by_name = {str(column.expression): other for column, other in others.items()}
    pairs = ((column, by_name.get(str(getattr(column, "element", column.expression)))) for column in columns)
    return tuple(column if other is None else other.label(column.key) for column, other in pairs)
