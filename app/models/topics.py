"""Topics, topics on questions, and two derived tables that make them fast to list and count."""

import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.models.columns import Exact, Json, words
from app.topics.concepts import Method


class TopicState(StrEnum):
    """Whether an editor has agreed to a topic on a question."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"
    REJECTED = "rejected"


class TopicOrigin(StrEnum):
    """Where a topic on a question comes from."""

    EDITOR = "editor"
    VOCABULARY_MATCH = "vocabulary_match"
    SUGGESTION = "suggestion"


class TopicFields(SQLModel):
    """A topic's public columns."""

    slug: str = Field(sa_type=Exact, unique=True, description="Name in addresses.")
    label: str = Field(sa_type=Exact, description="Preferred label.")


class Topic(TopicFields, table=True):
    """A concept in a hierarchy."""

    __table_args__ = (
        sa.CheckConstraint("broader_id <> id", name="not_its_own_broader"),
        sa.Index(None, "broader_id"),
        sa.Index(None, "label", "id", unique=True),
    )

    id: str = Field(primary_key=True, sa_type=Exact)
    definition: str | None = Field(default=None, sa_type=Exact)
    broader_id: str | None = Field(default=None, foreign_key="topic.id", sa_type=Exact)
    # The concept's own name where it comes from, and its code there.
    uri: str | None = Field(default=None, sa_type=Exact)
    notation: str | None = Field(default=None, sa_type=Exact)
    # Every label, the shown one first: {"kind": ..., "language": ..., "text": ...}.
    labels: list[dict[str, Any]] = Field(sa_type=Json)
    exact_match: list[str] = Field(sa_type=Json)


class QuestionTopic(SQLModel, table=True):
    """A topic on a question: its origin, confidence and evidence."""

    __tablename__ = "question_topic"
    __table_args__ = (
        sa.CheckConstraint("confidence >= 0 AND confidence <= 1", name="confidence_range"),
        sa.Index(None, "topic_id", "state", "question_id"),
    )

    question_id: str = Field(primary_key=True, foreign_key="question.id", sa_type=Exact)
    topic_id: str = Field(primary_key=True, foreign_key="topic.id", sa_type=Exact)
    origin: TopicOrigin = Field(sa_type=words(TopicOrigin, "origin"))
    state: TopicState = Field(sa_type=words(TopicState, "state"))
    # How a suggestion was found, and the version of the vocabulary; null for an editor's topic.
    method: Method | None = Field(default=None, sa_type=words(Method, "method"))
    vocabulary: str | None = Field(default=None, sa_type=Exact)
    confidence: float | None = None
    # As in `app.topics.evidence`.
    evidence: list[dict[str, Any]] = Field(sa_type=Json)


class TopicQuestion(SQLModel, table=True):
    """A question and a topic that finds it: one of its confirmed topics (`own`), or one above these.

    Triggers keep this table in step. With it, the questions of a topic and of all topics below it are one range of an
    index, in the order of dates; the hierarchy is not searched.
    """

    __tablename__ = "topic_question"
    __table_args__ = (
        sa.Index("ix_topic_question_newest", "topic_id", "published_earliest", "interview_id"),
        sa.Index("ix_topic_question_oldest", "topic_id", "undated", "published_earliest", "interview_id"),
        {"sqlite_with_rowid": False},
    )

    question_id: str = Field(primary_key=True, sa_type=Exact)
    topic_id: str = Field(primary_key=True, sa_type=Exact)
    own: bool
    # Same as in Interview.
    undated: bool
    published_earliest: datetime.date
    interview_id: str = Field(sa_type=Exact)


class TopicCount(SQLModel, table=True):
    """How many questions a topic finds, and how many of these have the topic itself (`own`): the sum of its parts.

    Triggers keep this table in step with `topic_question`. PostgreSQL has several parts a topic, SQLite one.
    """

    __tablename__ = "topic_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    topic_id: str = Field(primary_key=True, foreign_key="topic.id", ondelete="CASCADE", sa_type=Exact)
    part: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    questions: int
    own: int
