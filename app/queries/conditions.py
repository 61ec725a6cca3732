"""What the rows of a list have to meet. Each condition has two forms that select the same rows: one that a database
answers from an index, and one that it tests row by row. Which form is used, plans decides for pages and counting for
totals.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op
from sqlmodel import col

from app.models import Interview, Question, TopicQuestion, TopicState
from app.queries import limits
from app.queries.embedding import CONFIRMED

# Documents are what a search finds: questions, and turns of the record that belong to none.
Rows = Literal["questions", "answers", "interviews", "documents"]
Sql = sa.ColumnElement[bool]
_PLUS = custom_op[Any]("+")


@dataclass(frozen=True)
class TopicRange:
    """The questions under one topic, which `topic_question` has in the order of dates."""

    topic_id: str
    # Only those that have the topic itself, not one below it.
    is_exact: bool = False

    @property
    def condition(self) -> Sql:
        """The rows of `topic_question` that are in the range."""
        under = col(TopicQuestion.topic_id) == self.topic_id
        return sa.and_(under, col(TopicQuestion.own)) if self.is_exact else under


@dataclass(frozen=True)
class Driver:
    """A table that leads to the questions that meet a condition, with one row for each of them."""

    table: sa.FromClause
    condition: Sql
    question_id: Any
    # None where the table does not have it, and the question has to be joined for it.
    interview_id: Any = None


@dataclass(frozen=True)
class Condition:
    """One condition on rows, in both forms, and what is known of the rows that meet it."""

    by_index: Sql
    by_row: Sql
    # Sort columns in whose order the index of `by_index` has its rows.
    index_order: frozenset[str] = frozenset()
    # So few rows meet it that they are looked up, whatever the sort.
    is_rare: bool = False
    topic_range: TopicRange | None = None
    # Questions that meet it, where an index leads to them; or a lower bound above `limits.RARE_QUESTIONS`.
    size: int | None = None
    # `size` is the total of a list with no other condition.
    size_is_total: bool = False
    driver: Driver | None = None
    # An index of people leads to its questions, and to no others.
    is_of_people: bool = False
    # It follows from a condition on questions. It speeds up a scan and may be left out of a count.
    is_implied: bool = False
    # The full-text index leads to its questions.
    is_of_words: bool = False


def row_condition(condition: Sql) -> Condition:
    """Make a condition that no index leads to."""
    return Condition(condition, condition)


def of_question(rows: Rows, condition: Sql) -> Sql:
    """Make a condition on a question that a free-standing turn of a search never meets, so that it always meets the
    opposite.
    """
    return sa.and_(col(Question.id).is_not(None), condition) if rows == "documents" else condition


def without_index(connection: sa.Connection, column: Any) -> Any:
    """Write a column so that SQLite uses no index of it; PostgreSQL has statistics of single values and may decide."""
    if connection.dialect.name == "postgresql":
        return column
    return UnaryExpression(sa.inspect(column).expression, operator=_PLUS, type_=column.type)


def without_index_order(connection: sa.Connection, column: Any) -> Any:
    """Write a sort column so that neither engine scans an index in its order in place of sorting."""
    if connection.dialect.name == "postgresql":
        return sa.func.coalesce(column, column)
    return without_index(connection, column)


@dataclass(frozen=True)
class Conditions:
    """All conditions on rows of a kind: those on the interview, and those on a question (and answer) of it."""

    rows: Rows
    on_interview: Sequence[Condition]
    on_question: Sequence[Condition]
    topic_is_exact: bool = False
    topic_states: tuple[TopicState, ...] = CONFIRMED
    # Ids of the interviews that meet the conditions on interviews, where these are few.
    candidates: tuple[str, ...] | None = None
    # The interviews are few enough to drive a count.
    interviews_drive: bool = False

    def with_candidates(self, connection: sa.Connection) -> "Conditions":
        """Look up the interviews that meet the conditions, up to a bound: one statement, or none."""
        by_questions = self.rows == "interviews" and bool(self.rare) and not self.is_topic_alone
        if self.rows == "documents" or not (self.on_interview or by_questions):
            return self
        conditions = [each.by_index for each in self.on_interview]
        if by_questions:
            rare = sa.select(col(Question.interview_id)).where(*(each.by_index for each in self.rare))
            conditions.append(col(Interview.id).in_(rare))
        has_driver = any(each.driver is not None for each in self.on_question)
        bound = limits.DRIVING_INTERVIEWS if has_driver else limits.FEW_INTERVIEWS
        under = None if by_questions else self.interviews_under_topic()
        select = sa.select(col(Interview.id)).where(*conditions) if under is None else sa.select(under.c.interview_id)
        ids = connection.execute(select.limit(bound + 1)).scalars().all()
        if len(ids) <= limits.FEW_INTERVIEWS:
            return replace(self, candidates=tuple(ids))
        return replace(self, interviews_drive=len(ids) <= bound)

    def adding(self, condition: Condition) -> "Conditions":
        """Add a condition on questions."""
        return replace(self, on_question=[*self.on_question, condition])

    @property
    def rare(self) -> list[Condition]:
        """The conditions that few questions meet."""
        return [each for each in self.on_question if each.is_rare]

    @property
    def topic(self) -> Condition | None:
        """The condition that is a range of one topic."""
        return next((each for each in self.on_question if each.topic_range is not None), None)

    @property
    def is_topic_alone(self) -> bool:
        """Whether interviews are listed whose questions have to be under a topic and meet nothing else."""
        return self.rows == "interviews" and len(self.on_question) == 1 and self.topic is not None

    def interviews_under_topic(self) -> sa.Subquery | None:
        """Select each interview with a question under the topic once; None unless that is the only condition."""
        if self.rows != "interviews" or len(self.on_interview) != 1 or self.on_interview[0].topic_range is None:
            return None
        dated = sa.select(col(TopicQuestion.published_earliest), col(TopicQuestion.interview_id))
        return dated.where(self.on_interview[0].topic_range.condition).distinct().subquery()

    def by_index(self) -> list[Sql]:
        """Every condition as an index answers it, for rows joined with their question and interview."""
        return [each.by_index for each in (*self.on_interview, *self.on_question)]

    def interviews_with_question(self, conditions: Sequence[Sql]) -> Sql:
        """Condition on an interview: one question of it meets all of these."""
        if self.rare:
            return col(Interview.id).in_(sa.select(col(Question.interview_id)).where(*conditions))
        return sa.exists().where(col(Question.interview_id) == col(Interview.id), *conditions).correlate(Interview)
