"""The filters of every list, from one definition: what they mean, and the conditions that they become."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
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
    Turn,
)
from app.queries.embedding import CONFIRMED
from app.queries.names import Named, near, renamed
from app.queries.query import Within, expanded, read_query
from app.queries.search import matching

MAX_VALUES = 50
# A value is what stands between commas; a backslash takes the next character for what it is.
_SPECIAL = re.compile(r"[\\,]")
_VALUE = re.compile(r"((?:[^\\,]|\\.)*)(,|$)", re.DOTALL)

_QUESTION_WEIGHT = 3
_ENOUGH_TIMES = 4

# Documents are what a search finds: questions, and turns of the record that belong to none.
Rows = Literal["questions", "answers", "interviews", "documents"]
# Whether a column of speakers, beside one of interviews, holds one of some people.
Who = Callable[[Any, Any], sa.ColumnElement[bool]]


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
    topic_states: tuple[TopicState, ...] = CONFIRMED
    speaker: Clauses = ()
    asked_by: Clauses = ()
    answered_by: Clauses = ()
    role: Clauses = ()
    interview: Clauses = ()
    language: Clauses = ()
    publisher: Clauses = ()
    series: Clauses = ()
    year: Clauses = ()
    published_from: PartialDate | None = None
    published_to: PartialDate | None = None
    answered: bool | None = None
    q: str | None = None


def clauses(parameter: str, occurrences: Iterable[str]) -> Clauses:
    """Read the grammar: a comma is either, a repeated parameter is both, a leading minus is not.

    A backslash before a comma, a minus or a backslash takes it as part of the value.

    Raises:
        ParameterError: a value is empty, or there are too many.
    """
    read = []
    for occurrence in occurrences:
        negated = occurrence.startswith("-")
        values = _values(parameter, occurrence.removeprefix("-"))
        if not all(value.strip() for value in values):
            raise ParameterError(parameter, "A value is empty; write one value, or several with commas between them.")
        read.append(Clause(values, negated))
    if sum(len(clause.values) for clause in read) > MAX_VALUES:
        raise ParameterError(parameter, f"At most {MAX_VALUES} values can be given.")
    return tuple(read)


def _values(parameter: str, text: str) -> tuple[str, ...]:
    if "\\" not in text:
        return tuple(text.split(","))
    values, place = [], 0
    while True:
        found = _VALUE.match(text, place)
        if found is None:
            raise ParameterError(parameter, "A backslash stands at the end; write two for one that is meant.")
        values.append(re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL))
        if not found[2]:
            return tuple(values)
        place = found.end()


def written(value: str) -> str:
    """Write a value so that the grammar reads it as this one value."""
    escaped = _SPECIAL.sub(r"\\\g<0>", value)
    return f"\\{escaped}" if escaped.startswith("-") else escaped


@dataclass(frozen=True)
class Conditions:
    """What rows of a kind have to meet: conditions on the interview, and on a question (and answer) of it."""

    rows: Rows
    on_interview: list[sa.ColumnElement[bool]]
    on_question: list[sa.ColumnElement[bool]]
    topic_is_exact: bool = False
    topic_states: tuple[TopicState, ...] = CONFIRMED

    def for_interviews(self) -> list[sa.ColumnElement[bool]]:
        """Narrow a list of interviews: conditions on questions ask for one question that meets them all."""
        if not self.on_question:
            return self.on_interview
        having = sa.select(col(Question.interview_id)).where(*self.on_question)
        return [*self.on_interview, col(Interview.id).in_(having)]

    def for_questions(self) -> list[sa.ColumnElement[bool]]:
        """Narrow a list in which each row has its question and its interview."""
        return [*self.on_interview, *self.on_question]


def conditions(connection: sa.Connection, filters: Filters, rows: Rows) -> Conditions:
    """Look up every name that the filters give, one statement a kind, and build the conditions for rows of a kind.

    In a list of answers, who answered means who gave the very answer that the row is; in a list of interviews,
    a speaker is anybody who takes part; of documents, also who says a free-standing turn. Each filter narrows by
    itself: one more never lets more rows through.

    Raises:
        ParameterError: a name is not known; near names are suggested.
    """
    on_interview = interview_conditions(connection, filters)
    on_question: list[sa.ColumnElement[bool]] = []
    of_question = _where_there_is_one if rows == "documents" else _as_it_is
    for clause, ids in _resolved_topics(connection, filters):
        tagged = sa.select(col(QuestionTopic.question_id)).where(
            col(QuestionTopic.topic_id).in_(ids), col(QuestionTopic.state).in_(filters.topic_states)
        )
        on_question.append(_negated(clause, of_question(col(Question.id).in_(tagged))))
    for clause, ids in _resolved(connection, "asked_by", filters.asked_by, Speaker):
        on_question.append(_negated(clause, of_question(_asked_by(_these(ids)))))
    answered_by = _gave_this_answer if rows == "answers" else _answered_by
    for clause, ids in _resolved(connection, "answered_by", filters.answered_by, Speaker):
        on_question.append(_negated(clause, of_question(answered_by(_these(ids)))))
    for clause, ids in _resolved(connection, "speaker", filters.speaker, Speaker):
        if rows == "interviews":
            on_interview.append(_negated(clause, _takes_part(ids, None)))
        else:
            on_question.append(_negated(clause, _has_part(rows, _these(ids))))
    for clause in filters.role:
        if rows == "interviews":
            on_interview.append(_negated(clause, _takes_part(None, clause.values)))
        else:
            on_question.append(_negated(clause, _has_part(rows, _in_role(clause.values))))
    if filters.answered is not None:
        has_answer = sa.exists().where(col(Answer.question_id) == col(Question.id)).correlate(Question)
        on_question.append(of_question(has_answer if filters.answered else ~has_answer))
    on_question += _word_conditions(connection, filters.q)
    return Conditions(rows, on_interview, on_question, filters.topic_is_exact, filters.topic_states)


def interview_conditions(connection: sa.Connection, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Build the conditions on what is known of an interview as a whole.

    Raises:
        ParameterError: a name is not known; near names are suggested.
    """
    met: list[sa.ColumnElement[bool]] = [
        _negated(clause, col(Interview.id).in_(ids))
        for clause, ids in _resolved(connection, "interview", filters.interview, Interview)
    ]
    for name, column in (
        ("language", Interview.language),
        ("publisher", Interview.publisher),
        ("series", Interview.series),
    ):
        for clause in getattr(filters, name):
            _check_values(connection, name, col(column), clause.values)
            met.append(_negated(clause, sa.and_(col(column).is_not(None), col(column).in_(clause.values))))
    for clause in filters.year:
        # Each partial date lies within one year.
        years = [PartialDate.parse(year) for year in clause.values]
        within = (col(Interview.published_earliest).between(year.earliest, year.latest) for year in years)
        met.append(_negated(clause, sa.and_(~col(Interview.undated), sa.or_(*within))))
    met.extend(_date_conditions(filters))
    return met


def _these(ids: Sequence[str]) -> Who:
    return lambda speaker, _interview: sa.and_(speaker.is_not(None), speaker.in_(ids))


def _in_role(roles: Sequence[str]) -> Who:
    def are(speaker: Any, interview: Any) -> sa.ColumnElement[bool]:
        part = sa.exists().where(
            col(Contribution.interview_id) == interview,
            col(Contribution.speaker_id) == speaker,
            *contributing(None, roles),
        )
        return sa.and_(speaker.is_not(None), part)

    return are


def _asked_by(who: Who) -> sa.ColumnElement[bool]:
    return who(col(Question.asked_by), col(Question.interview_id))


def _answered_by(who: Who) -> sa.ColumnElement[bool]:
    given = sa.select(col(Answer.question_id)).where(who(col(Answer.speaker_id), col(Answer.interview_id)))
    return col(Question.id).in_(given)


def _gave_this_answer(who: Who) -> sa.ColumnElement[bool]:
    return who(col(Answer.speaker_id), col(Answer.interview_id))


def _has_part(rows: Rows, who: Who) -> sa.ColumnElement[bool]:
    """Whether one of them asks or answers, or says the free-standing turn that a document is."""
    if rows == "documents":
        said = sa.and_(col(Turn.id).is_not(None), who(col(Turn.speaker_id), col(Turn.interview_id)))
        return sa.or_(_where_there_is_one(sa.or_(_asked_by(who), _answered_by(who))), said)
    return sa.or_(_asked_by(who), _gave_this_answer(who) if rows == "answers" else _answered_by(who))


def _as_it_is(met: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return met


def _where_there_is_one(met: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """A free-standing turn has no question that could meet anything, so that what is negated is met."""
    return sa.and_(col(Question.id).is_not(None), met)


def _takes_part(ids: Sequence[str] | None, roles: Sequence[str] | None) -> sa.ColumnElement[bool]:
    return col(Interview.id).in_(sa.select(col(Contribution.interview_id)).where(*contributing(ids, roles)))


def contributing(ids: Sequence[str] | None, roles: Sequence[str] | None) -> list[sa.ColumnElement[bool]]:
    """Conditions on a contribution: of one of these people, in one of these roles."""
    met: list[sa.ColumnElement[bool]] = []
    if ids is not None:
        met.append(col(Contribution.speaker_id).in_(ids))
    if roles is not None:
        met.append(col(Contribution.role).in_(roles))
    return met


def _date_conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """A partial date is the range that it is: it is met where the two ranges share a day."""
    met: list[sa.ColumnElement[bool]] = []
    if filters.published_from is not None:
        met.append(col(Interview.published_latest) >= filters.published_from.earliest)
    if filters.published_to is not None:
        met.append(col(Interview.published_earliest) <= filters.published_to.latest)
    # An interview whose date nobody states is in no range.
    if met:
        met.append(~col(Interview.undated))
    return met


def _word_conditions(connection: sa.Connection, q: str | None) -> list[sa.ColumnElement[bool]]:
    """Every word stands somewhere in the question or its answers. Where `q` has no word, nothing is found by it."""
    if q is None:
        return []
    query = replace(read_query(q), within=Within.SPOKEN)
    if not query.groups:
        return [sa.false()]
    holding = sa.select(col(SearchDocument.question_id)).where(
        col(SearchDocument.question_id).is_not(None), matching(connection, expanded(connection, query))
    )
    return [col(Question.id).in_(holding)]


def irrelevance(q: str) -> sa.ColumnElement[int]:
    """Rank a question by the words of `q`, the best lowest.

    How often a word stands in the question counts more than in its answers, and after some times it counts no more.
    Nothing but the item itself decides, so that its place among others stays while rows come and go.
    """
    score: sa.ColumnElement[int] = sa.literal(0)
    terms = sorted({term for phrase in read_query(q).phrases() for term in phrase.terms()})
    for column, weight in ((col(SearchDocument.question), _QUESTION_WEIGHT), (col(SearchDocument.answers), 1)):
        # With a space on both sides of every term, none is counted within another.
        spaced = sa.literal(" ").concat(sa.func.replace(column, " ", "  ")).concat(" ")
        for term in terms:
            without = sa.func.length(sa.func.replace(spaced, f" {term} ", ""), type_=sa.Integer)
            times = (sa.func.length(spaced, type_=sa.Integer) - without) // sa.literal(len(term) + 2)
            score += weight * sa.case((times > _ENOUGH_TIMES, _ENOUGH_TIMES), else_=times)
    ranked = sa.select(-score).where(col(SearchDocument.question_id) == col(Question.id)).correlate(Question)
    return ranked.scalar_subquery()


def ids_of(connection: sa.Connection, parameter: str, slugs: Sequence[str], table: Named) -> list[str]:
    """Look up the id of each slug, also of one that was changed.

    Raises:
        ParameterError: a name is not known; near names are suggested.
    """
    return _resolved(connection, parameter, (Clause(tuple(slugs)),), table)[0][1]


def _resolved(
    connection: sa.Connection, parameter: str, asked: Clauses, table: Named
) -> list[tuple[Clause, list[str]]]:
    wanted = {value for clause in asked for value in clause.values}
    if not wanted:
        return []
    slug = col(table.slug)
    ids = {row.slug: row.id for row in connection.execute(sa.select(slug, col(table.id)).where(slug.in_(wanted)))}
    # A link with a name that was changed goes on to mean the same.
    ids.update(renamed(connection, table, wanted - set(ids)))
    for value in sorted(wanted - set(ids)):
        raise _unknown(connection, parameter, value, slug)
    return [(clause, [ids[value] for value in clause.values]) for clause in asked]


def _resolved_topics(connection: sa.Connection, filters: Filters) -> list[tuple[Clause, list[str]]]:
    resolved = _resolved(connection, "topic", filters.topic, Topic)
    if not resolved or filters.topic_is_exact:
        return resolved
    below = descendants(col(Topic.id).in_({topic for _clause, ids in resolved for topic in ids}))
    narrower: dict[str, list[str]] = {}
    for row in connection.execute(sa.select(below.c.root, below.c.id)):
        narrower.setdefault(row.root, []).append(row.id)
    return [(clause, [one for topic in ids for one in narrower[topic]]) for clause, ids in resolved]


def descendants(*which: sa.ColumnElement[bool]) -> sa.CTE:
    """Pair the id of each of the topics (`root`) with its own and those of every topic below it (`id`)."""
    below = sa.select(col(Topic.id).label("root"), col(Topic.id)).where(*which).cte("below", recursive=True)
    return below.union(sa.select(below.c.root, col(Topic.id)).join(below, col(Topic.broader_id) == below.c.id))


def _check_values(connection: sa.Connection, parameter: str, column: Any, values: Sequence[str]) -> None:
    present = set(connection.execute(sa.select(column).where(column.in_(values)).distinct()).scalars())
    for value in values:
        if value not in present:
            raise _unknown(connection, parameter, value, column)


def _unknown(connection: sa.Connection, parameter: str, value: str, column: Any) -> ParameterError:
    return ParameterError(parameter, f"There is no {parameter} {value[:120]!r}.", near(connection, column, value))


def _negated(clause: Clause, met: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.not_(met) if clause.negated else met
