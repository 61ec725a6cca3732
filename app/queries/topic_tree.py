"""The hierarchy of topics: what is below a topic, and how many questions each one has."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.models import Topic, TopicCount


class TopicSize(NamedTuple):
    """How many questions have a topic itself, and how many have it or one below it."""

    own: int
    questions: int


def sizes_of(connection: sa.Connection, topics: Sequence[str]) -> dict[str, TopicSize]:
    """Return how many questions each topic has, by its id: one statement over stored counts."""
    own, questions = sa.func.sum(col(TopicCount.own)), sa.func.sum(col(TopicCount.questions))
    stored = sa.select(col(TopicCount.topic_id), own, questions).where(col(TopicCount.topic_id).in_(topics))
    sizes = dict.fromkeys(topics, TopicSize(0, 0))
    for topic, own_questions, all_questions in connection.execute(stored.group_by(col(TopicCount.topic_id))):
        sizes[topic] = TopicSize(own_questions, all_questions)
    return sizes


def descendants(*conditions: sa.ColumnElement[bool]) -> sa.CTE:
    """Pair each topic that meets the conditions (`root`) with itself and with every topic below it (`id`)."""
    below = sa.select(col(Topic.id).label("root"), col(Topic.id)).where(*conditions).cte("below", recursive=True)
    return below.union(sa.select(below.c.root, col(Topic.id)).join(below, col(Topic.broader_id) == below.c.id))
