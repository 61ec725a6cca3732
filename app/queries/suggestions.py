"""Reads what topics are suggested from: questions with their turns, and decisions on topics."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Interview, Question, QuestionTopic, Topic, TopicState, Transcript, Turn
from app.topics.concepts import Method
from app.topics.evidence import Evidence
from app.topics.suggestion import ExchangeText, ExchangeTurn

_ROWS_AT_A_TIME = 2000


def exchanges(connection: sa.Connection, question_ids: Sequence[str] | None = None) -> Iterator[ExchangeText]:
    """Yield some questions or all, with their answers, ordered by id and in bounded memory."""
    columns: tuple[Any, ...] = (
        col(Turn.question_id),
        col(Turn.interview_id),
        col(Turn.id),
        col(Turn.text),
        col(Turn.answer_id),
        col(Interview.language),
        col(Interview.title),
        col(Transcript.report)["tags"].label("tags"),
    )
    select = (
        sa.select(*columns)
        .join(Interview, col(Interview.id) == col(Turn.interview_id))
        .join(
            Transcript,
            sa.and_(
                col(Transcript.interview_id) == col(Interview.id), col(Transcript.revision) == col(Interview.revision)
            ),
        )
        .where(col(Turn.question_id).is_not(None))
        .order_by(col(Turn.question_id), col(Turn.position))
        .execution_options(yield_per=_ROWS_AT_A_TIME)
    )
    if question_ids is not None:
        select = select.where(col(Turn.question_id).in_(question_ids))
    for question_id, rows in groupby(connection.execute(select), key=lambda row: row.question_id):
        turns = list(rows)
        yield ExchangeText(
            question_id,
            turns[0].interview_id,
            turns[0].language,
            tuple(ExchangeTurn(row.id, row.text, row.answer_id is None) for row in turns),
            # Interviews stored by early versions have no tags.
            tuple(turns[0].tags or ()),
            turns[0].title or "",
        )


def decided(connection: sa.Connection, state: TopicState) -> dict[str, set[str]]:
    """Return the slugs of the topics in a state, by question id."""
    rows = connection.execute(
        sa.select(col(QuestionTopic.question_id), col(Topic.slug))
        .join(Topic, col(Topic.id) == col(QuestionTopic.topic_id))
        .where(col(QuestionTopic.state) == state)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row.question_id].add(row.slug)
    return found


def questions_to_suggest_for(
    connection: sa.Connection, version: str | None, interview_ids: Iterable[str] | None
) -> list[str]:
    """Return the ids of the questions without suggestions from a version of the vocabulary; of all, if it is None."""
    select = sa.select(col(Question.id)).order_by(col(Question.interview_id), col(Question.position))
    if version is not None:
        select = select.where(sa.or_(col(Question.suggested_from).is_(None), col(Question.suggested_from) != version))
    if interview_ids is not None:
        select = select.where(col(Question.interview_id).in_(interview_ids))
    return list(connection.execute(select).scalars())


@dataclass(frozen=True)
class Proposal:
    """A suggested topic on a question, with what a reviewer needs for a decision."""

    interview: str
    question_id: str
    topic: str
    label: str
    state: TopicState
    method: Method
    confidence: float
    evidence: list[Evidence]


def proposals(
    connection: sa.Connection,
    interview_ids: Iterable[str] | None = None,
    min_confidence: float = 0.0,
    states: Sequence[TopicState] = (TopicState.PROPOSED,),
) -> Iterator[Proposal]:
    """Yield suggestions by interview and question, the most confident of a question first."""
    columns: tuple[Any, ...] = (
        col(Interview.slug).label("interview"),
        col(QuestionTopic.question_id),
        col(Topic.slug).label("topic"),
        col(Topic.label),
        col(QuestionTopic.state),
        col(QuestionTopic.method),
        col(QuestionTopic.confidence),
        col(QuestionTopic.evidence),
    )
    select = (
        sa.select(*columns)
        .join(Topic, col(Topic.id) == col(QuestionTopic.topic_id))
        .join(Question, col(Question.id) == col(QuestionTopic.question_id))
        .join(Interview, col(Interview.id) == col(Question.interview_id))
        .where(
            col(QuestionTopic.state).in_(states),
            col(QuestionTopic.confidence) >= min_confidence,
            # Topics stated by an editor have no method.
            col(QuestionTopic.method).is_not(None),
        )
        .order_by(col(Interview.slug), col(Question.position), col(QuestionTopic.confidence).desc(), col(Topic.slug))
        .execution_options(yield_per=_ROWS_AT_A_TIME)
    )
    if interview_ids is not None:
        select = select.where(col(Interview.id).in_(interview_ids))
    for row in connection.execute(select):
        yield Proposal(**row._mapping)
