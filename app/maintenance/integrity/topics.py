"""Questions are found, and counted, by their confirmed topics and the topics above these."""

from collections import Counter
from collections.abc import Generator, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import col

from app.maintenance.integrity.check import Check, ItemCounter, Problem, stream
from app.models import (
    Interview,
    Question,
    QuestionTopic,
    Topic,
    TopicCount,
    TopicQuestion,
    TopicState,
    table_of,
)

_REBUILD = (
    "run DELETE FROM topic_question; DELETE FROM topic_count; UPDATE question_topic SET state = state: "
    "triggers build both anew"
)


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    ancestors: dict[str, Sequence[str]] = {}
    broader = {row.id: row.broader_id for row in connection.execute(sa.select(col(Topic.id), col(Topic.broader_id)))}
    for topic in sorted(broader):
        path, above = [topic], broader[topic]
        while above is not None and above not in path:
            path.append(above)
            above = broader.get(above)
        ancestors[topic] = path
        if above is not None:
            yield topic, f"the topics above it form a circle: {', '.join([*path, above])}"
    own: Counter[str] = Counter()
    all_questions: Counter[str] = Counter()
    yield from _compare_questions(connection, counter, ancestors, own, all_questions)
    stored_rows = connection.execute(sa.select(sa.func.count()).select_from(TopicQuestion)).scalar_one()
    if stored_rows > all_questions.total():
        yield "topic_question", f"has {stored_rows} rows, instead of {all_questions.total()}"
    counts = table_of(TopicCount).c
    sums = sa.select(counts.topic_id, sa.func.sum(counts.own).label("own"), sa.func.sum(counts.questions).label("all"))
    stored = {row.topic_id: (row.own, row.all) for row in connection.execute(sums.group_by(counts.topic_id))}
    counter.add(len(broader))
    for topic in sorted(broader):
        if (counted := stored.get(topic, (0, 0))) != (wanted := (own[topic], all_questions[topic])):
            numbers = "{} of its own and {} in all"
            yield topic, f"{numbers.format(*counted)} questions are counted, instead of {numbers.format(*wanted)}"


def _compare_questions(
    connection: sa.Connection,
    counter: ItemCounter,
    ancestors: Mapping[str, Sequence[str]],
    own: Counter[str],
    all_questions: Counter[str],
) -> Generator[Problem]:
    """Compare topic_question with what question_topic says, an interview at a time, and count what it should hold."""
    confirmed = (
        sa.select(col(QuestionTopic.question_id), col(QuestionTopic.topic_id))
        .join(Question, col(Question.id) == col(QuestionTopic.question_id))
        .where(col(QuestionTopic.state) == TopicState.CONFIRMED)
    )
    columns = table_of(TopicQuestion).c
    stored = sa.select(
        columns.question_id,
        columns.topic_id,
        columns.own,
        columns.undated,
        columns.published_earliest,
        columns.interview_id,
    )
    interviews = sa.select(col(Interview.undated), col(Interview.published_earliest), col(Interview.id))
    for interview in stream(connection, interviews):
        wanted: dict[tuple[str, str], bool] = {}
        for question, topic in connection.execute(confirmed.where(col(Question.interview_id) == interview.id)):
            for ancestor in ancestors.get(topic, ()):
                wanted[question, ancestor] = wanted.get((question, ancestor), False) or ancestor == topic
        rows = {(*key, is_own, *interview) for key, is_own in wanted.items()}
        counter.add(len(rows))
        all_questions.update(topic for _question, topic in wanted)
        own.update(topic for (_question, topic), is_own in wanted.items() if is_own)
        questions = sa.select(col(Question.id)).where(col(Question.interview_id) == interview.id)
        present = connection.execute(stored.where(columns.question_id.in_(questions)))
        for question in sorted({one[0] for one in rows ^ {tuple(row) for row in present}}):
            yield question, "the topics that find it are not its own and those above these"


CHECK = Check("topics", "topics find and count the questions that have them", _REBUILD, _find_problems, is_derived=True)
