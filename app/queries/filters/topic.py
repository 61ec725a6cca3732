"""The filter `topic`: questions on a topic, with those on the topics below it unless `topic_scope=exact`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Interview, Question, QuestionTopic, Topic, TopicQuestion, table_of
from app.queries import limits
from app.queries.conditions import Condition, Conditions, Driver, Sql, TopicRange, of_question, without_index
from app.queries.embedding import CONFIRMED
from app.queries.filters.filter import OF_INTERVIEWS, Facet, Filter, Narrowed, Narrowing
from app.queries.filters.grammar import SLUGS, Clause, Clauses
from app.queries.filters.topic_scope import TopicScope
from app.queries.topic_tree import descendants, sizes_of


@dataclass(frozen=True)
class _Scope:
    """Which topics on a question count: whether also those below, and in which states."""

    is_exact: bool
    states: tuple[Any, ...]

    @property
    def is_stored(self) -> bool:
        """Whether `topic_question`, which triggers keep in step, has every topic that finds a question."""
        return self.states == CONFIRMED and not self.is_exact


def scope_of(narrowing: Narrowing) -> _Scope:
    """Read the options `topic_scope` and `topic_state`."""
    state = narrowing.filters.get("topic_state")
    is_exact = narrowing.filters.get("topic_scope") == TopicScope.EXACT
    return _Scope(is_exact, CONFIRMED if state is None else state.states)


def _narrow(narrowing: Narrowing, clauses: Clauses) -> Narrowed:
    scope = scope_of(narrowing)
    on_interview, on_question = [], []
    for clause, ids in _resolve(narrowing, clauses, scope):
        condition = _condition(narrowing, scope, clause, ids)
        on_question.append(condition)
        if condition.topic_range is not None and narrowing.rows == "interviews":
            on_interview.append(_on_interview(condition.topic_range, is_rare=condition.is_rare))
    return Narrowed(on_interview, on_question)


def _resolve(narrowing: Narrowing, clauses: Clauses, scope: _Scope) -> list[tuple[Clause, list[str]]]:
    resolved = narrowing.resolve("topic", clauses, Topic)
    if scope.is_exact or scope.is_stored:
        return resolved
    below = descendants(col(Topic.id).in_({topic for _clause, ids in resolved for topic in ids}))
    narrower: dict[str, list[str]] = {}
    for row in narrowing.connection.execute(sa.select(below.c.root, below.c.id)):
        narrower.setdefault(row.root, []).append(row.id)
    return [(clause, [one for topic in ids for one in narrower[topic]]) for clause, ids in resolved]


def _condition(narrowing: Narrowing, scope: _Scope, clause: Clause, ids: Sequence[str]) -> Condition:
    connection = narrowing.connection
    table: Any = TopicQuestion if scope.is_stored else QuestionTopic
    states = [] if scope.is_stored else [col(table.state).in_(scope.states)]
    under = [col(table.topic_id).in_(ids), *states]
    by_index = of_question(narrowing.rows, col(Question.id).in_(sa.select(col(table.question_id)).where(*under)))
    # A question has a topic or two, which one look-up finds; there may be hundreds to look for.
    topic_id = col(table.topic_id) if len(ids) == 1 else without_index(connection, col(table.topic_id))
    has_topic = sa.exists().where(col(table.question_id) == col(Question.id), topic_id.in_(ids), *states)
    by_row = of_question(narrowing.rows, has_topic.correlate(Question))
    if clause.negated:
        return Condition(sa.not_(by_index), sa.not_(by_row))
    size = _size(connection, scope, ids, under)
    is_rare = size <= limits.RARE_QUESTIONS
    has_total = len(ids) == 1 and scope.states == CONFIRMED
    topic_range = _range(narrowing, scope, ids, is_rare=is_rare)
    driver = None
    if topic_range is not None:
        columns = (col(TopicQuestion.question_id), col(TopicQuestion.interview_id))
        driver = Driver(table_of(TopicQuestion), topic_range.condition, *columns)
    elif has_total:
        driver = Driver(table_of(table), sa.and_(*under), col(table.question_id))
    return Condition(
        by_index,
        by_row,
        is_rare=is_rare,
        topic_range=topic_range,
        size=size if driver is not None or is_rare else None,
        size_is_total=has_total,
        driver=driver,
    )


def _range(narrowing: Narrowing, scope: _Scope, ids: Sequence[str], *, is_rare: bool) -> TopicRange | None:
    """Find the range of `topic_question` that has the questions of the one topic; None where no range has them."""
    if len(ids) != 1:
        return None
    if scope.is_stored:
        return TopicRange(ids[0])
    # Among few questions under a topic, a scan soon finds those that have the topic itself.
    is_possible = is_rare and scope.states == CONFIRMED and narrowing.rows != "interviews"
    if is_possible and sizes_of(narrowing.connection, ids)[ids[0]].questions <= limits.RARE_QUESTIONS:
        return TopicRange(ids[0], is_exact=True)
    return None


def _size(connection: sa.Connection, scope: _Scope, ids: Sequence[str], under: Sequence[Sql]) -> int:
    """Count the questions of some topics, those that have several as often; a little above the bound is enough."""
    if scope.states == CONFIRMED:
        sizes = sizes_of(connection, ids).values()
        return sum(each.own if scope.is_exact else each.questions for each in sizes)
    some = sa.select(sa.literal(1)).select_from(QuestionTopic).where(*under).limit(limits.RARE_QUESTIONS + 1).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def _on_interview(topic_range: TopicRange, *, is_rare: bool) -> Condition:
    """Condition on an interview: it has a question under the topic, looked up in the order of the range."""
    has_one = sa.exists().where(
        topic_range.condition,
        col(TopicQuestion.published_earliest) == col(Interview.published_earliest),
        col(TopicQuestion.interview_id) == col(Interview.id),
    )
    by_row = has_one.correlate(Interview)
    ids = sa.select(col(TopicQuestion.interview_id)).where(topic_range.condition)
    return Condition(
        col(Interview.id).in_(ids) if is_rare else by_row, by_row, topic_range=topic_range, is_rare=is_rare
    )


def _count(conditions: Conditions, rows: sa.CTE) -> sa.Select[Any]:
    """Count rows by topic: with the topics below, as the filter does, and by the topic itself."""
    if conditions.rows == "interviews":
        rows = (
            sa.select(rows.c.id, col(Question.id).label("question_id"))
            .join(Question, col(Question.interview_id) == rows.c.id)
            .where(*(each.by_row for each in conditions.on_question))
            .cte("questions")
        )
    once = tagged = _topics_of(conditions, rows).subquery()
    if conditions.rows == "interviews" or conditions.topic_states != CONFIRMED:
        # A row with two topics below one counts once for it, and so does an interview with many questions.
        once = (
            sa.select(tagged.c.topic, tagged.c.id, sa.func.max(tagged.c.own).label("own"))
            .group_by(tagged.c.topic, tagged.c.id)
            .subquery()
        )
    counts = (
        sa.select(once.c.topic, sa.func.count().label("rows"), sa.func.sum(once.c.own).label("own"))
        .group_by(once.c.topic)
        .subquery()
    )
    broader = sa.orm.aliased(Topic)
    return (
        sa.select(
            col(Topic.slug).label("value"),
            col(Topic.label),
            counts.c.rows,
            counts.c.own,
            col(broader.slug).label("broader"),
        )
        .select_from(counts)
        .join(Topic, col(Topic.id) == counts.c.topic)
        .outerjoin(broader, col(broader.id) == col(Topic.broader_id))
        .order_by(counts.c.rows.desc(), col(Topic.slug))
    )


def _topics_of(conditions: Conditions, rows: sa.CTE) -> sa.Select[Any]:
    """Pair rows with the topics that find them, and say whether each is one of the question's own."""
    if conditions.topic_states == CONFIRMED:
        own = sa.case((col(TopicQuestion.own), 1), else_=0)
        under = sa.select(rows.c.id, col(TopicQuestion.topic_id).label("topic"), own.label("own")).join(
            TopicQuestion, col(TopicQuestion.question_id) == rows.c.question_id
        )
        return under.where(col(TopicQuestion.own)) if conditions.topic_is_exact else under
    above = sa.select(col(Topic.id).label("topic"), col(Topic.id).label("above")).cte("above", recursive=True)
    if not conditions.topic_is_exact:
        above = above.union(
            sa.select(above.c.topic, col(Topic.broader_id))
            .join(above, col(Topic.id) == above.c.above)
            .where(col(Topic.broader_id).is_not(None))
        )
    own = sa.case((above.c.above == above.c.topic, 1), else_=0)
    return (
        sa.select(rows.c.id, above.c.above.label("topic"), own.label("own"))
        .select_from(rows)
        .join(QuestionTopic, col(QuestionTopic.question_id) == rows.c.question_id)
        .join(above, above.c.topic == col(QuestionTopic.topic_id))
        .where(col(QuestionTopic.state).in_(conditions.topic_states))
    )


def _values(connection: sa.Connection) -> list[str]:
    counted = (
        sa.select(col(Topic.slug))
        .join(TopicQuestion, col(TopicQuestion.topic_id) == col(Topic.id))
        .group_by(col(Topic.slug))
        .order_by(sa.func.count().desc(), col(Topic.slug))
    )
    return list(connection.execute(counted).scalars())


FILTER = Filter(
    "topic",
    SLUGS,
    "Topic slugs; topics below them are included. Of speakers, those who answer a question on one.",
    _narrow,
    example="interfaith-dialogue",
    lists=OF_INTERVIEWS,
    is_of_questions=True,
    facet=Facet(_count, is_hierarchy=True, is_of_questions=True),
    values=_values,
)
