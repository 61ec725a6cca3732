"""Which topics find a question, kept in step by the database whatever writes."""

import datetime
from collections import Counter
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from app.db import Database
from app.models import Interview, Question, QuestionTopic, Topic, TopicCount, TopicQuestion, TopicState, table_of
from tests.queries.corpus import TOPICS, Talk, corpora, stored


def _wanted(connection: sa.Connection) -> set[tuple[Any, ...]]:
    """Work it out from the topics as they are, in plain Python."""
    above = {row.id: row.broader_id for row in connection.execute(sa.select(col(Topic.id), col(Topic.broader_id)))}
    dates = (col(Interview.undated), col(Interview.published_earliest))
    asked = sa.select(col(Question.id), col(Question.interview_id), *dates)
    interviews = {
        row.id: tuple(row)[1:]
        for row in connection.execute(asked.join(Interview, col(Interview.id) == col(Question.interview_id)))
    }
    own: dict[tuple[str, str], bool] = {}
    for row in connection.execute(sa.select(table_of(QuestionTopic))):
        topic = row.topic_id if row.state is TopicState.CONFIRMED else None
        is_own = True
        while topic is not None:
            own[row.question_id, topic] = own.get((row.question_id, topic), False) or is_own
            topic, is_own = above[topic], False
    return {(question, topic, is_own, *interviews[question]) for (question, topic), is_own in own.items()}


def _kept(connection: sa.Connection) -> set[tuple[Any, ...]]:
    columns = ("question_id", "topic_id", "own", "interview_id", "undated", "published_earliest")
    return {tuple(row) for row in connection.execute(sa.select(*(table_of(TopicQuestion).c[name] for name in columns)))}


def _counted(connection: sa.Connection) -> dict[str, tuple[int, int]]:
    kept = table_of(TopicCount).c
    sums = sa.select(kept.topic_id, sa.func.sum(kept.own), sa.func.sum(kept.questions)).group_by(kept.topic_id)
    return {topic: (own, questions) for topic, own, questions in connection.execute(sums) if questions}


def _sizes(wanted: set[tuple[Any, ...]]) -> dict[str, tuple[int, int]]:
    own = Counter(topic for _question, topic, is_own, *_dates in wanted if is_own)
    questions = Counter(topic for _question, topic, *_rest in wanted)
    return {topic: (own[topic], count) for topic, count in questions.items()}


def _check(connection: sa.Connection) -> None:
    wanted = _wanted(connection)
    assert _kept(connection) == wanted
    assert _counted(connection) == _sizes(wanted)


def _change(connection: sa.Connection, data: st.DataObject) -> None:
    assigned = table_of(QuestionTopic)
    rows = connection.execute(sa.select(assigned).order_by(assigned.c.question_id, assigned.c.topic_id)).all()
    kinds = [
        "move a topic",
        "date an interview",
        *(["reject", "propose", "confirm", "delete", "reassign"] if rows else []),
    ]
    kind = data.draw(st.sampled_from(kinds))
    if kind == "move a topic":
        topic = data.draw(st.sampled_from(["rivers", "lakes", "floods", "mills"]))
        # Never below itself.
        to = data.draw(st.sampled_from([None, "nature", "work"] + (["lakes"] if topic == "mills" else [])))
        connection.execute(sa.update(Topic).where(col(Topic.id) == topic).values(broader_id=to))
        return
    if kind == "date an interview":
        day = data.draw(st.dates(datetime.date(1990, 1, 1), datetime.date(2020, 1, 1)))
        one = data.draw(st.sampled_from(connection.execute(sa.select(col(Interview.id))).scalars().all()))
        values = {"undated": False, "published_earliest": day, "published_latest": day}
        connection.execute(sa.update(Interview).where(col(Interview.id) == one).values(**values))
        return
    row = data.draw(st.sampled_from(rows))
    here = sa.and_(assigned.c.question_id == row.question_id, assigned.c.topic_id == row.topic_id)
    if kind == "delete":
        connection.execute(sa.delete(assigned).where(here))
    elif kind == "reassign":
        free = set(TOPICS) - {one.topic_id for one in rows if one.question_id == row.question_id}
        connection.execute(sa.update(assigned).where(here).values(topic_id=data.draw(st.sampled_from(sorted(free)))))
    else:
        states = {"reject": TopicState.REJECTED, "propose": TopicState.PROPOSED, "confirm": TopicState.CONFIRMED}
        connection.execute(sa.update(assigned).where(here).values(state=states[kind]))


@settings(
    max_examples=settings().max_examples // 2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(data=st.data(), corpus=corpora())
def test_topics_of_a_question_and_those_above_find_it_after_any_change(
    database: Database, data: st.DataObject, corpus: list[Talk]
) -> None:
    with stored(database, corpus) as connection:
        _check(connection)
        for _number in range(data.draw(st.integers(1, 6))):
            _change(connection, data)
            _check(connection)
