"""The same page as a tutorial would have it: FastAPI and SQLModel with relationships, a response model and count().

It is written as the documentation of SQLModel shows it, in its style and with its defaults, over the tables of Quoth:
relationships are loaded when they are looked at.
"""

import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, Query
from sqlmodel import Field, Relationship, Session, SQLModel, col, create_engine, func, select

engine = create_engine(os.environ.get("BENCHMARK_DATABASE", "sqlite://"), connect_args={"check_same_thread": False})


class QuestionTopic(SQLModel, table=True):
    """Links a question to a topic."""

    __tablename__ = "question_topic"
    question_id: str = Field(foreign_key="question.id", primary_key=True)
    topic_id: str = Field(foreign_key="topic.id", primary_key=True)


class TopicPublic(SQLModel):
    """A topic as it is shown."""

    slug: str
    label: str


class Topic(TopicPublic, table=True):
    """A topic."""

    id: str = Field(primary_key=True)
    questions: list["Question"] = Relationship(back_populates="topics", link_model=QuestionTopic)


class InterviewPublic(SQLModel):
    """An interview as it is shown."""

    id: str = Field(primary_key=True)
    slug: str
    title: str
    language: str | None
    published: str | None
    publisher: str | None
    series: str | None
    source_url: str | None


class Interview(InterviewPublic, table=True):
    """An interview."""

    published_earliest: str
    questions: list["Question"] = Relationship(back_populates="interview")


class SpeakerPublic(SQLModel):
    """A speaker as it is shown."""

    slug: str
    name: str | None


class Speaker(SpeakerPublic, table=True):
    """A speaker."""

    id: str = Field(primary_key=True)


class TurnPublic(SQLModel):
    """A turn as it is shown."""

    id: str = Field(primary_key=True)
    text: str
    source_start: int
    source_end: int
    start_ms: int | None
    end_ms: int | None


class Turn(TurnPublic, table=True):
    """A turn."""

    position: int
    question_id: str | None = Field(foreign_key="question.id")
    answer_id: str | None = Field(foreign_key="answer.id")
    question: "Question" = Relationship(back_populates="turns")
    answer: "Answer" = Relationship(back_populates="turns")


class AnswerPublic(SQLModel):
    """An answer as it is shown."""

    id: str = Field(primary_key=True)
    position: int
    revision: int


class Answer(AnswerPublic, table=True):
    """An answer."""

    question_id: str = Field(foreign_key="question.id")
    speaker_id: str | None = Field(foreign_key="speaker.id")
    question: "Question" = Relationship(back_populates="answers")
    speaker: Speaker = Relationship()
    turns: list[Turn] = Relationship(back_populates="answer", sa_relationship_kwargs={"order_by": "Turn.position"})


class QuestionPublic(SQLModel):
    """A question as it is shown."""

    id: str = Field(primary_key=True)
    position: int
    revision: int


class Question(QuestionPublic, table=True):
    """A question."""

    interview_id: str = Field(foreign_key="interview.id")
    asked_by: str | None = Field(foreign_key="speaker.id")
    interview: Interview = Relationship(back_populates="questions")
    asker: Speaker = Relationship()
    answers: list[Answer] = Relationship(
        back_populates="question", sa_relationship_kwargs={"order_by": "Answer.position"}
    )
    topics: list[Topic] = Relationship(back_populates="questions", link_model=QuestionTopic)
    # The turns of its answers name the question too.
    turns: list[Turn] = Relationship(
        back_populates="question",
        sa_relationship_kwargs={
            "primaryjoin": "and_(Turn.question_id == Question.id, Turn.answer_id.is_(None))",
            "order_by": "Turn.position",
        },
    )


class AnswerWithTurns(AnswerPublic):
    """An answer with its words."""

    speaker: SpeakerPublic | None
    turns: list[TurnPublic]


class QuestionWithAnswers(QuestionPublic):
    """A question with all that belongs to it."""

    asker: SpeakerPublic | None
    turns: list[TurnPublic]
    answers: list[AnswerWithTurns]
    topics: list[TopicPublic]
    interview: InterviewPublic


class QuestionPage(SQLModel):
    """A page of questions."""

    total: int
    items: list[QuestionWithAnswers]


def get_session() -> Iterator[Session]:
    """Open a session for one request."""
    with Session(engine) as session:
        yield session


app = FastAPI()


@app.get("/questions", response_model=QuestionPage)
def read_questions(
    *,
    session: Annotated[Session, Depends(get_session)],
    topic: str,
    offset: int = 0,
    limit: Annotated[int, Query(le=100)] = 20,
) -> object:
    """List questions on a topic, the newest first."""
    on_topic = select(Question).join(QuestionTopic).join(Topic).where(Topic.slug == topic)
    total = session.exec(select(func.count()).select_from(on_topic.subquery())).one()
    newest_first = (
        on_topic.join(Interview)
        .order_by(col(Interview.published_earliest).desc(), col(Interview.id), col(Question.position))
        .offset(offset)
        .limit(limit)
    )
    return {"total": total, "items": session.exec(newest_first).all()}
