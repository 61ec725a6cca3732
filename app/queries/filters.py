"""The filters of every list, from one definition: what they mean, and the conditions that they become."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel import col

from app.dates import PartialDate
from app.errors import ParameterError
from app.models import (
    Answer,
    Contribution,
    Interview,
    Question,
    QuestionTopic,
    SearchDocument,
    Speaker,
    Topic,
    TopicState,
)
from app.text import fold, nearest

MAX_VALUES = 50


@dataclass(frozen=True)
class Clause:
    """One occurrence of a parameter: any of these values, or, negated, none of them."""

    values: tuple[str, ...]
    negated: bool = False


Clauses = tuple[Clause, ...]


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to. Clauses of one parameter all apply."""

    topic: Clauses = ()
    topic_is_exact: bool = False
    speaker: Clauses = ()
    asked_by: Clauses = ()
    answered_by: Clauses = ()
    interview: Clauses = ()
    language: Clauses = ()
    publisher: Clauses = ()
    series: Clauses = ()
    published_from: PartialDate | None = None
    published_to: PartialDate | None = None
    answered: bool | None = None
    q: str | None = None


def clauses(parameter: str, occurrences: Iterable[str]) -> Clauses:
    """Read the grammar: a comma is either, a repeated parameter is both, a leading minus is not.

    Raises:
        ParameterError: a value is empty, or there are too many.
    """
    read = []
    for occurrence in occurrences:
        negated = occurrence.startswith("-")
        values = tuple(occurrence.removeprefix("-").split(","))
        if not all(value.strip() for value in values):
            raise ParameterError(parameter, "A value is empty; write one value, or several with commas between them.")
        read.append(Clause(values, negated))
    if sum(len(clause.values) for clause in read) > MAX_VALUES:
        raise ParameterError(parameter, f"At most {MAX_VALUES} values can be given.")
    return tuple(read)


@dataclass(frozen=True)
class Conditions:
    """Conditions on the interview, and on a question of it."""

    on_interview: list[sa.ColumnElement[bool]]
    on_question: list[sa.ColumnElement[bool]]

    def for_interviews(self) -> list[sa.ColumnElement[bool]]:
        """Narrow a list of interviews: conditions on questions ask for one question that meets them all."""
        if not self.on_question:
            return self.on_interview
        having = sa.select(col(Question.interview_id)).where(*self.on_question)
        return [*self.on_interview, col(Interview.id).in_(having)]

    def for_questions(self) -> list[sa.ColumnElement[bool]]:
        """Narrow a list in which each row has its question and its interview."""
        return [*self.on_interview, *self.on_question]


def conditions(
    connection: sa.Connection, filters: Filters, rows: Literal["questions", "answers", "interviews"]
) -> Conditions:
    """Look up every name that the filters give, one statement a kind, and build the conditions for rows of a kind.

    In a list of answers, who answered means who gave the very answer that the row is; in a list of interviews,
    a speaker is anybody who takes part.

    Raises:
        ParameterError: a name is not known; near names are suggested.
    """
    on_interview: list[sa.ColumnElement[bool]] = []
    on_question: list[sa.ColumnElement[bool]] = []
    for clause, ids in _resolved(connection, "interview", filters.interview, Interview):
        on_interview.append(_negated(clause, col(Interview.id).in_(ids)))
    for name, column in (
        ("language", Interview.language),
        ("publisher", Interview.publisher),
        ("series", Interview.series),
    ):
        for clause in getattr(filters, name):
            _check_values(connection, name, col(column), clause.values)
            met = sa.and_(col(column).is_not(None), col(column).in_(clause.values))
            on_interview.append(_negated(clause, met))
    on_interview += _date_conditions(filters)
    for clause, ids in _resolved_topics(connection, filters):
        tagged = sa.select(col(QuestionTopic.question_id)).where(
            col(QuestionTopic.topic_id).in_(ids), col(QuestionTopic.state) == TopicState.CONFIRMED
        )
        on_question.append(_negated(clause, col(Question.id).in_(tagged)))
    for clause, ids in _resolved(connection, "asked_by", filters.asked_by, Speaker):
        on_question.append(_negated(clause, _asked_by(ids)))
    answered_by = _gave_this_answer if rows == "answers" else _answered_by
    for clause, ids in _resolved(connection, "answered_by", filters.answered_by, Speaker):
        on_question.append(_negated(clause, answered_by(ids)))
    for clause, ids in _resolved(connection, "speaker", filters.speaker, Speaker):
        if rows == "interviews":
            on_interview.append(_negated(clause, _takes_part(ids)))
        else:
            on_question.append(_negated(clause, sa.or_(_asked_by(ids), answered_by(ids))))
    if filters.answered is not None:
        has_answer = sa.exists().where(col(Answer.question_id) == col(Question.id)).correlate(Question)
        on_question.append(has_answer if filters.answered else ~has_answer)
    on_question += _word_conditions(filters.q)
    return Conditions(on_interview, on_question)


def _asked_by(ids: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.and_(col(Question.asked_by).is_not(None), col(Question.asked_by).in_(ids))


def _answered_by(ids: Sequence[str]) -> sa.ColumnElement[bool]:
    return col(Question.id).in_(sa.select(col(Answer.question_id)).where(col(Answer.speaker_id).in_(ids)))


def _gave_this_answer(ids: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.and_(col(Answer.speaker_id).is_not(None), col(Answer.speaker_id).in_(ids))


def _takes_part(ids: Sequence[str]) -> sa.ColumnElement[bool]:
    return col(Interview.id).in_(sa.select(col(Contribution.interview_id)).where(col(Contribution.speaker_id).in_(ids)))


def _date_conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """A partial date is the range that it is: it is met where the two ranges share a day."""
    met: list[sa.ColumnElement[bool]] = []
    if filters.published_from is not None:
        met.append(col(Interview.published_latest) >= filters.published_from.earliest)
    if filters.published_to is not None:
        met.append(col(Interview.published_earliest) <= filters.published_to.latest)
    # An interview whose date nobody states is in no range.
    return [*met, col(Interview.published).is_not(None)] if met else met


def _word_conditions(q: str | None) -> list[sa.ColumnElement[bool]]:
    """Every word stands somewhere in the question or its answers, compared as folded text."""
    if q is None:
        return []
    columns = (col(SearchDocument.question), col(SearchDocument.answers))
    holding = sa.select(col(SearchDocument.question_id)).where(
        *(sa.or_(*(column.contains(word, autoescape=True) for column in columns)) for word in fold(q).split())
    )
    return [col(Question.id).in_(holding)]


def _resolved(
    connection: sa.Connection, parameter: str, asked: Clauses, table: type[Interview] | type[Speaker]
) -> list[tuple[Clause, list[str]]]:
    wanted = {value for clause in asked for value in clause.values}
    if not wanted:
        return []
    slug = col(table.slug)
    ids = {row.slug: row.id for row in connection.execute(sa.select(slug, col(table.id)).where(slug.in_(wanted)))}
    for value in sorted(wanted - set(ids)):
        raise _unknown(connection, parameter, value, slug)
    return [(clause, [ids[value] for value in clause.values]) for clause in asked]


def _resolved_topics(connection: sa.Connection, filters: Filters) -> list[tuple[Clause, list[str]]]:
    wanted = {value for clause in filters.topic for value in clause.values}
    if not wanted:
        return []
    below = descendants(col(Topic.slug).in_(wanted))
    rows = connection.execute(sa.select(below.c.root, below.c.slug, below.c.id)).all()
    ids: dict[str, list[str]] = {}
    for row in rows:
        if not filters.topic_is_exact or row.slug == row.root:
            ids.setdefault(row.root, []).append(row.id)
    for value in sorted(wanted - set(ids)):
        raise _unknown(connection, "topic", value, col(Topic.slug))
    return [(clause, [one for value in clause.values for one in ids[value]]) for clause in filters.topic]


def descendants(*which: sa.ColumnElement[bool]) -> sa.CTE:
    """Pair each of the topics (`root`, a slug) with itself and every topic below it (`slug`, `id`)."""
    columns: tuple[Any, ...] = (col(Topic.slug).label("root"), col(Topic.slug), col(Topic.id))
    below = sa.select(*columns).where(*which).cte("below", recursive=True)
    return below.union(
        sa.select(below.c.root, col(Topic.slug), col(Topic.id)).join(below, col(Topic.broader_id) == below.c.id)
    )


def _check_values(connection: sa.Connection, parameter: str, column: Any, values: Sequence[str]) -> None:
    present = set(connection.execute(sa.select(column).where(column.in_(values)).distinct()).scalars())
    for value in values:
        if value not in present:
            raise _unknown(connection, parameter, value, column)


def _unknown(connection: sa.Connection, parameter: str, value: str, column: Any) -> ParameterError:
    """Refuse a name, and suggest near ones among those that begin like it, or among the first thousand."""
    some = sa.select(column).where(column.is_not(None)).distinct().order_by(column).limit(1000)
    known = [
        *connection.execute(some.where(column.startswith(value[:2], autoescape=True))).scalars(),
        *connection.execute(some).scalars(),
    ]
    return ParameterError(parameter, f"There is no {parameter} {value[:120]!r}.", nearest(value, dict.fromkeys(known)))


def _negated(clause: Clause, met: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.not_(met) if clause.negated else met
