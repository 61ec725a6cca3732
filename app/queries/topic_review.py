"""What a reviewer of suggested topics is shown beside the suggestion: the whole exchange, what the evidence names
elsewhere, what else waits, and who decided last.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Change, Interview, Question, QuestionTopic, Revision, Topic, TopicState, Turn
from app.queries.embedding import Item, people_and_formats_of
from app.queries.topics import largest
from app.text.asking import asking
from app.text.paragraphs import PARAGRAPH

# Topics, and interviews, with suggestions that are counted: those that have most.
_MOST_COUNTED = 200


def find_exchange(connection: sa.Connection, question_id: str, interview_id: str) -> Item:
    """Return the turns of a question and of its answers, each with who speaks, and what they are written in."""
    columns = map(col, (Turn.id, Turn.text, Turn.answer_id, Turn.speaker_id, Turn.redactions))
    rows = connection.execute(
        sa.select(*columns).where(col(Turn.question_id) == question_id).order_by(col(Turn.position))
    )
    people, formats = people_and_formats_of(connection, [interview_id])
    turns = [
        {
            "id": row.id,
            "text": row.text,
            "redactions": row.redactions or [],
            "is_question": row.answer_id is None,
            "who": people[interview_id].get(row.speaker_id),
        }
        for row in rows
    ]
    return {"turns": turns, "text_format": formats.get(interview_id)}


def find_alike(connection: sa.Connection, evidence: Iterable[Mapping[str, Any]]) -> dict[str, Item]:
    """Return the questions and interviews that evidence names and that are there, by id, each with what to call it."""
    pieces = list(evidence)
    found: dict[str, Item] = {}
    questions = {one["question_id"] for one in pieces} - {None}
    texts: dict[str, list[str]] = defaultdict(list)
    columns: tuple[Any, ...] = (col(Turn.question_id), col(Turn.text), col(Interview.language))
    asked = (
        sa.select(*columns).join(Interview, col(Interview.id) == col(Turn.interview_id)).order_by(col(Turn.position))
    )
    for row in connection.execute(asked.where(col(Turn.question_id).in_(questions), col(Turn.answer_id).is_(None))):
        texts[row.question_id].append(row.text)
        found[row.question_id] = {"id": row.question_id, "language": row.language}
    for question_id, parts in texts.items():
        text = PARAGRAPH.join(parts)
        found[question_id]["label"] = asking(text, found[question_id]["language"]).short_text or text
    interviews = {one["interview_id"] for one in pieces} - {None}
    of_interviews = sa.select(*map(col, (Interview.id, Interview.slug, Interview.title, Interview.language)))
    for row in connection.execute(of_interviews.where(col(Interview.id).in_(interviews))):
        found[row.id] = {"id": row.slug, "label": row.title, "language": row.language}
    return found


def count_by_topic(connection: sa.Connection, state: TopicState) -> list[Item]:
    """Return the topics with suggestions in a state, those with most first: slug, label and how many."""
    count = sa.func.count().label("count")
    columns: tuple[Any, ...] = (col(Topic.slug), col(Topic.label), count)
    select = sa.select(*columns).join(QuestionTopic, col(QuestionTopic.topic_id) == col(Topic.id))
    return _most(connection, select.group_by(col(Topic.id), col(Topic.slug), col(Topic.label)), state, col(Topic.slug))


def count_by_interview(connection: sa.Connection, state: TopicState) -> list[Item]:
    """Return the interviews with suggestions in a state, those with most first: slug, label and how many."""
    count = sa.func.count().label("count")
    columns: tuple[Any, ...] = (col(Interview.slug), col(Interview.title).label("label"), count)
    select = (
        sa.select(*columns)
        .join(Question, col(Question.interview_id) == col(Interview.id))
        .join(QuestionTopic, col(QuestionTopic.question_id) == col(Question.id))
    )
    grouped = select.group_by(col(Interview.id), col(Interview.slug), col(Interview.title))
    return _most(connection, grouped, state, col(Interview.slug))


def _most(connection: sa.Connection, select: sa.Select[Any], state: TopicState, by: Any) -> list[Item]:
    waiting = select.where(col(QuestionTopic.state) == state, col(QuestionTopic.method).is_not(None))
    rows = connection.execute(waiting.order_by(sa.func.count().desc(), by).limit(_MOST_COUNTED))
    return [dict(row._mapping) for row in rows]


def labels_to_offer(connection: sa.Connection, limit: int) -> list[str]:
    """Return the labels of topics in order, at most as many as the limit: topics with the most questions come first
    when some have to be left out.
    """
    select = sa.select(col(Topic.label)).order_by(col(Topic.label), col(Topic.id)).limit(limit + 1)
    labels = list(connection.execute(select).scalars())
    return labels if len(labels) <= limit else [topic["label"] for topic in largest(connection, limit)]


def last_changes(connection: sa.Connection, noun: str, item_ids: Collection[str]) -> list[Any]:
    """Return who changed some items last, when and why: one row, or none where they were never changed."""
    columns = map(col, (Revision.made_at, Revision.made_by, Revision.reason))
    select = sa.select(*columns).join(Change, col(Change.revision) == col(Revision.number))
    select = select.where(col(Change.noun) == noun, col(Change.item_id).in_(item_ids))
    return list(connection.execute(select.order_by(col(Revision.number).desc()).limit(1)))
