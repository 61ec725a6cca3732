"""The filters of every list, from one definition: what they mean, and the conditions that they become."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

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
    TopicCount,
    TopicQuestion,
    TopicState,
    Turn,
    table_of,
)
from app.queries.embedding import CONFIRMED
from app.queries.names import Named, near, renamed
from app.queries.plans import FEW_QUESTIONS, Conditions, Lead, Narrowing, Rows, plain, without_index
from app.queries.query import Within, expanded, read_query
from app.queries.search import count, least, matches, matching, text_matches
from app.text.dates import PartialDate

MAX_VALUES = 50
# A value is what stands between commas; a backslash takes the next character for what it is.
_SPECIAL = re.compile(r"[\\,]")
_VALUE = re.compile(r"((?:[^\\,]|\\.)*)(,|$)", re.DOTALL)

_QUESTION_WEIGHT = 3
_ENOUGH_TIMES = 4

# The sorts, by their first column, that an index settles within one publisher, series or language; and by date.
_DATED = frozenset({"undated", "published_earliest"})
_ORDERS_OF_A_VALUE = _DATED | {"title"}
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


def conditions(connection: sa.Connection, filters: Filters, rows: Rows) -> Conditions:
    """Look up every name that the filters give, one statement a kind, and build the conditions for rows of a kind.

    In a list of answers, who answered means who gave the very answer that the row is; in a list of interviews,
    a speaker is anybody who takes part; of documents, also who says a free-standing turn. Each filter narrows by
    itself: one more never lets more rows through.

    Raises:
        ParameterError: a name is not known; near names are suggested.
    """
    on_interview = _of_interview(connection, filters)
    on_question: list[Narrowing] = []
    of_question = _where_there_is_one if rows == "documents" else _as_it_is
    for narrowing in _topic_conditions(connection, filters, rows):
        on_question.append(narrowing)
        if narrowing.topic is not None and rows == "interviews":
            on_interview.append(_of_topic(narrowing.topic, is_rare=narrowing.is_rare))
    people = _People(connection, rows)
    for name in ("asked_by", "answered_by", "speaker"):
        for clause, ids in _resolved(connection, name, getattr(filters, name), Speaker):
            takes_part = _takes_part(ids, None, negated=clause.negated)
            if rows == "interviews" and name == "speaker":
                on_interview.append(takes_part)
                continue
            on_question.append(people.narrowing(name, clause, _these(ids)))
            # Who says something takes part, and there are fewer interviews to look through.
            if rows != "documents" and not clause.negated:
                on_interview.append(replace(takes_part, is_implied=True))
    for clause in filters.role:
        takes_part = _in_roles(connection, clause)
        if rows == "interviews":
            on_interview.append(takes_part)
            continue
        on_question.append(people.narrowing("speaker", clause, _in_role(clause.values)))
        if rows != "documents" and not clause.negated:
            on_interview.append(replace(takes_part, is_implied=True))
    if filters.answered is not None and rows == "answers":
        on_question += [] if filters.answered else [plain(sa.false())]
    elif filters.answered is not None:
        has_answer = sa.exists().where(col(Answer.question_id) == col(Question.id)).correlate(Question)
        on_question.append(plain(of_question(has_answer if filters.answered else ~has_answer)))
    on_question += _word_conditions(connection, filters.q)
    met = Conditions(rows, on_interview, on_question, filters.topic_is_exact, filters.topic_states)
    return met.with_few(connection)


def interview_conditions(connection: sa.Connection, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Build the conditions on what is known of an interview as a whole.

    Raises:
        ParameterError: a name is not known; near names are suggested.
    """
    return [each.found for each in _of_interview(connection, filters)]


def _of_interview(connection: sa.Connection, filters: Filters) -> list[Narrowing]:
    met: list[Narrowing] = []
    for clause, ids in _resolved(connection, "interview", filters.interview, Interview):
        met.append(plain(_negated(clause, col(Interview.id).in_(ids))))
    for name, column in (
        ("language", Interview.language),
        ("publisher", Interview.publisher),
        ("series", Interview.series),
    ):
        on_walk = without_index(connection, col(column))
        for clause in getattr(filters, name):
            _check_values(connection, name, col(column), clause.values)
            found, tested = (
                _negated(clause, sa.and_(one.is_not(None), one.in_(clause.values))) for one in (col(column), on_walk)
            )
            # Of one value, an index has the interviews in order; of several, there are as many stretches of it.
            is_one = len(clause.values) == 1 and not clause.negated
            met.append(Narrowing(found, tested, orders=_ORDERS_OF_A_VALUE if is_one else frozenset()))
    for clause in filters.year:
        # Each partial date lies within one year.
        years = [PartialDate.parse(year) for year in clause.values]
        # Of several years, there are as many stretches of the index.
        met.append(_dated(connection, partial(_between, years), clause.negated, in_order=len(years) == 1))
    return [*met, *_date_conditions(connection, filters)]


def _dated(
    connection: sa.Connection,
    met: Callable[[Any], sa.ColumnElement[bool]],
    negated: bool = False,
    *,
    in_order: bool = True,
) -> Narrowing:
    """Ask something of the first day of a date; an interview whose date nobody states meets nothing."""
    columns = (col(Interview.undated), col(Interview.published_earliest))
    found, tested = (
        _negated(Clause((), negated), sa.and_(~undated, met(date)))
        for undated, date in (columns, tuple(without_index(connection, column) for column in columns))
    )
    return Narrowing(found, tested, orders=_DATED if in_order and not negated else frozenset())


def _between(years: Sequence[PartialDate], date: Any) -> sa.ColumnElement[bool]:
    return sa.or_(*(date.between(year.earliest, year.latest) for year in years))


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


@dataclass(frozen=True)
class _People:
    """Conditions on who asks and who answers, for rows of a kind."""

    connection: sa.Connection
    rows: Rows

    def narrowing(self, name: str, clause: Clause, who: Who) -> Narrowing:
        """Ask a question for one of some people, in the part that a filter names."""
        met = {"asked_by": self._asked_by, "answered_by": self._answered_by, "speaker": self._has_part}[name]
        of_question = _where_there_is_one if self.rows == "documents" and name != "speaker" else _as_it_is
        found, tested = (_negated(clause, of_question(met(who, on_walk))) for on_walk in (False, True))
        lead = None
        if name == "answered_by" and self.rows == "questions" and not clause.negated:
            # Who answers a question twice finds it once.
            given = sa.select(col(Answer.question_id)).where(who(col(Answer.speaker_id), col(Answer.interview_id)))
            answered = given.distinct().subquery()
            lead = Lead(answered, sa.true(), answered.c.question_id)
        return Narrowing(found, tested, of_people=not clause.negated and name != "speaker", lead=lead)

    def _asked_by(self, who: Who, on_walk: bool) -> sa.ColumnElement[bool]:
        asked_by = without_index(self.connection, col(Question.asked_by)) if on_walk else col(Question.asked_by)
        return who(asked_by, col(Question.interview_id))

    def _answered_by(self, who: Who, on_walk: bool) -> sa.ColumnElement[bool]:
        speaker = without_index(self.connection, col(Answer.speaker_id)) if on_walk else col(Answer.speaker_id)
        given = who(speaker, col(Answer.interview_id))
        if self.rows == "answers":
            # The very answer that the row is.
            return given
        if on_walk:
            return sa.exists().where(col(Answer.question_id) == col(Question.id), given).correlate(Question)
        return col(Question.id).in_(sa.select(col(Answer.question_id)).where(given))

    def _has_part(self, who: Who, on_walk: bool) -> sa.ColumnElement[bool]:
        """Whether one of them asks or answers, or says the free-standing turn that a document is."""
        either = sa.or_(self._asked_by(who, on_walk), self._answered_by(who, on_walk))
        if self.rows != "documents":
            return either
        said = sa.and_(col(Turn.id).is_not(None), who(col(Turn.speaker_id), col(Turn.interview_id)))
        return sa.or_(_where_there_is_one(either), said)


def _as_it_is(met: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return met


def _where_there_is_one(met: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """A free-standing turn has no question that could meet anything, so that what is negated is met."""
    return sa.and_(col(Question.id).is_not(None), met)


def _takes_part(ids: Sequence[str] | None, roles: Sequence[str] | None, *, negated: bool = False) -> Narrowing:
    """Ask an interview for one of these people, or for somebody in one of these roles."""
    met = contributing(ids, roles)
    clause = Clause((), negated)
    found = col(Interview.id).in_(sa.select(col(Contribution.interview_id)).where(*met))
    tested = sa.exists().where(col(Contribution.interview_id) == col(Interview.id), *met).correlate(Interview)
    return Narrowing(_negated(clause, found), _negated(clause, tested))


def _in_roles(connection: sa.Connection, clause: Clause) -> Narrowing:
    """Ask an interview for somebody in one of these roles; most have somebody in a common one, who is met on a walk."""
    narrowing = _takes_part(None, clause.values, negated=clause.negated)
    some = sa.select(sa.literal(1)).where(*contributing(None, clause.values)).limit(FEW_QUESTIONS + 1).subquery()
    is_rare = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one() <= FEW_QUESTIONS
    return narrowing if is_rare else plain(narrowing.tested)


def contributing(ids: Sequence[str] | None, roles: Sequence[str] | None) -> list[sa.ColumnElement[bool]]:
    """Conditions on a contribution: of one of these people, in one of these roles."""
    met: list[sa.ColumnElement[bool]] = []
    if ids is not None:
        met.append(col(Contribution.speaker_id).in_(ids))
    if roles is not None:
        met.append(col(Contribution.role).in_(roles))
    return met


def _date_conditions(connection: sa.Connection, filters: Filters) -> list[Narrowing]:
    """A partial date is the range that it is: it is met where the two ranges share a day."""
    met: list[Narrowing] = []
    if filters.published_from is not None:
        earliest = filters.published_from.earliest
        met.append(plain(col(Interview.published_latest) >= earliest))
        # Each partial date lies within one year, so that an index of first days leads there too.
        met.append(_dated(connection, lambda date: date >= earliest.replace(month=1, day=1)))
    if filters.published_to is not None:
        latest = filters.published_to.latest
        met.append(_dated(connection, lambda date: date <= latest))
    return met


def _topic_conditions(connection: sa.Connection, filters: Filters, rows: Rows) -> list[Narrowing]:
    met = []
    of_question = _where_there_is_one if rows == "documents" else _as_it_is
    is_usual = filters.topic_states == CONFIRMED and not filters.topic_is_exact
    for clause, ids in _resolved_topics(connection, filters, with_narrower=not is_usual):
        table: Any = TopicQuestion if is_usual else QuestionTopic
        states = [] if is_usual else [col(table.state).in_(filters.topic_states)]
        under = [col(table.topic_id).in_(ids), *states]
        found = of_question(col(Question.id).in_(sa.select(col(table.question_id)).where(*under)))
        # A question has a topic or two, of which one look tells; there may be hundreds to look for.
        topic_id = col(table.topic_id) if len(ids) == 1 else without_index(connection, col(table.topic_id))
        on_it = sa.exists().where(col(table.question_id) == col(Question.id), topic_id.in_(ids), *states)
        tested = of_question(on_it.correlate(Question))
        if clause.negated:
            met.append(Narrowing(sa.not_(found), sa.not_(tested)))
            continue
        size = _size(connection, filters, ids, under)
        is_rare = size <= FEW_QUESTIONS
        # Those that have one topic themselves are met soon among those under it, where these are few.
        is_own = (
            is_rare
            and filters.topic_is_exact
            and filters.topic_states == CONFIRMED
            and rows != "interviews"
            and len(ids) == 1
            and counts_of(connection, ids)[ids[0]].questions <= FEW_QUESTIONS
        )
        topic = ids[0] if is_own or (is_usual and len(ids) == 1) else None
        narrowing = Narrowing(found, tested, is_rare=is_rare, topic=topic, is_own=is_own, size=size)
        is_counted = len(ids) == 1 and filters.topic_states == CONFIRMED
        if topic is not None:
            columns = (col(TopicQuestion.question_id), col(TopicQuestion.interview_id))
            narrowing = replace(narrowing, lead=Lead(table_of(TopicQuestion), narrowing.in_order(), *columns))
        elif is_counted:
            narrowing = replace(narrowing, lead=Lead(table_of(table), sa.and_(*under), col(table.question_id)))
        elif not is_rare:
            narrowing = replace(narrowing, size=None)
        met.append(replace(narrowing, is_counted=is_counted))
    return met


def _size(
    connection: sa.Connection, filters: Filters, ids: Sequence[str], under: Sequence[sa.ColumnElement[bool]]
) -> int:
    """Tell how many questions have one of some topics, those that have several as often; some more than few will do."""
    if filters.topic_states == CONFIRMED:
        counts = counts_of(connection, ids).values()
        return sum(each.own if filters.topic_is_exact else each.questions for each in counts)
    some = sa.select(sa.literal(1)).select_from(QuestionTopic).where(*under).limit(FEW_QUESTIONS + 1).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


class TopicSize(NamedTuple):
    """How many questions have a topic itself, and how many that or one below it."""

    own: int
    questions: int


def counts_of(connection: sa.Connection, topics: Sequence[str]) -> dict[str, TopicSize]:
    """Return how many questions each of some topics has: one statement, which counts nothing."""
    own, questions = sa.func.sum(col(TopicCount.own)), sa.func.sum(col(TopicCount.questions))
    kept = sa.select(col(TopicCount.topic_id), own, questions).where(col(TopicCount.topic_id).in_(topics))
    sizes = dict.fromkeys(topics, TopicSize(0, 0))
    for topic, of_own, in_all in connection.execute(kept.group_by(col(TopicCount.topic_id))):
        sizes[topic] = TopicSize(of_own, in_all)
    return sizes


def _of_topic(topic_id: str, *, is_rare: bool) -> Narrowing:
    """Ask an interview for a question under a topic, in the order of the index that such questions stand in."""
    under = col(TopicQuestion.topic_id) == topic_id
    has_one = sa.exists().where(
        under,
        col(TopicQuestion.published_earliest) == col(Interview.published_earliest),
        col(TopicQuestion.interview_id) == col(Interview.id),
    )
    tested = has_one.correlate(Interview)
    found = col(Interview.id).in_(sa.select(col(TopicQuestion.interview_id)).where(under)) if is_rare else tested
    return Narrowing(found, tested, topic=topic_id, is_rare=is_rare)


def _word_conditions(connection: sa.Connection, q: str | None) -> list[Narrowing]:
    """Every word stands somewhere in the question or its answers. Where `q` has no word, nothing is found by it."""
    if q is None:
        return []
    query = replace(read_query(q), within=Within.SPOKEN)
    if not query.groups:
        return [plain(sa.false())]
    whole = expanded(connection, query)
    is_question = col(SearchDocument.question_id).is_not(None)
    holding = sa.select(col(SearchDocument.question_id)).where(is_question, matching(connection, whole))
    found = col(Question.id).in_(holding)
    source, matched = matches(connection, whole)
    columns = (col(SearchDocument.question_id), col(SearchDocument.interview_id))
    lead = Lead(source, sa.and_(matched, is_question), *columns)
    size = count(connection, whole, FEW_QUESTIONS + 1)
    if size == 0:
        return [plain(sa.false())]
    if size <= FEW_QUESTIONS:
        return [Narrowing(found, found, is_rare=True, size=size, lead=lead, is_of_words=True)]
    says = sa.exists().where(col(SearchDocument.question_id) == col(Question.id), text_matches(connection, whole))
    return [Narrowing(found, says.correlate(Question), size=size, lead=lead, is_of_words=True)]


def irrelevance(q: str) -> sa.ColumnElement[int]:
    """Rank a question by the words of `q`, the best lowest.

    How often a word stands in the question counts more than in its answers, and after some times it counts no more.
    Nothing but the item itself decides, so that its place among others stays while rows come and go.
    """
    score: sa.ColumnElement[int] = sa.literal(0)
    terms = sorted({term for phrase in read_query(q).phrases() for term in phrase.terms()})
    for column, weight in ((col(SearchDocument.question), _QUESTION_WEIGHT), (col(SearchDocument.answers), 1)):
        for term in terms:
            # With spaces of its own on both sides of the term, none is counted within another.
            apart = sa.func.replace(sa.literal(" ").concat(column).concat(" "), f" {term} ", f"  {term}  ")
            without = sa.func.length(sa.func.replace(apart, f" {term} ", ""), type_=sa.Integer)
            times = (sa.func.length(apart, type_=sa.Integer) - without) // sa.literal(len(term) + 2)
            score += weight * least(times, _ENOUGH_TIMES)
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


def _resolved_topics(
    connection: sa.Connection, filters: Filters, *, with_narrower: bool
) -> list[tuple[Clause, list[str]]]:
    resolved = _resolved(connection, "topic", filters.topic, Topic)
    if not resolved or filters.topic_is_exact or not with_narrower:
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
