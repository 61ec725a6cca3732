"""Topics that reviewers decided on, as the tables of a metadata file that would state them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.suggestions import Decision
from app.models import Question, QuestionTopic, Topic, TopicOrigin, TopicState, Turn, table_of
from app.structure.places import Places, places_of_questions
from app.transcripts.metadata_tables import PLACE, Place

_DECIDED = (TopicState.CONFIRMED, TopicState.REJECTED)
_KEYS = {TopicState.CONFIRMED: "topics", TopicState.REJECTED: "rejected"}


@dataclass(frozen=True)
class _Topic:
    """A topic that a reviewer confirmed or rejected, by slug."""

    question_id: str
    slug: str
    state: TopicState


class ReviewedTopics:
    """The topics that reviewers confirmed or rejected in one interview. `tables` state those that `document` does not
    state already, in the order of the questions.
    """

    def __init__(self, turns: Sequence[Any], topics: Sequence[_Topic], document: Mapping[str, Any]) -> None:
        asked: dict[str, list[int]] = {}
        for index, turn in enumerate(turns):
            if turn.question_id is not None and turn.answer_id is None:
                asked.setdefault(turn.question_id, []).append(index)
        self._ids = list(asked)
        self._places = places_of_questions([turn.text for turn in turns], list(asked.values())) if asked else Places([])
        stated = {(question_id, slug) for question_id, slug, _key in self._stated(document.get("questions", ()))}
        of_question: dict[str, list[_Topic]] = {question_id: [] for question_id in asked}
        for one in topics:
            if (one.question_id, one.slug) not in stated and one.question_id in of_question:
                of_question[one.question_id].append(one)
        self._decided = {question_id: some for question_id, some in of_question.items() if some}
        self.tables = [self._table(question_id) for question_id in self._decided]

    def _table(self, question_id: str) -> dict[str, Any]:
        table = self._places.describe(self._ids.index(question_id))
        for one in sorted(self._decided[question_id], key=lambda one: one.slug):
            table.setdefault(_KEYS[one.state], []).append(one.slug)
        return table

    def _stated(self, tables: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
        """Return the question, the topic and the key of each topic that tables state."""
        stated = []
        for table in tables:
            if table.get("open"):
                continue
            try:
                index = self._places.find(Place(**{key: table[key] for key in PLACE if key in table}), "question")
            except LookupError:
                continue
            stated += [(self._ids[index], slug, key) for key in _KEYS.values() for slug in table.get(key, ())]
        return stated

    def not_in(self, tables: Sequence[Mapping[str, Any]]) -> list[Decision]:
        """Return, as undecided, the decisions that tables do not state."""
        stated = {(question_id, slug) for question_id, slug, _key in self._stated(tables)}
        return [
            Decision(question_id, one.slug, TopicState.PROPOSED)
            for question_id, some in self._decided.items()
            for one in some
            if (question_id, one.slug) not in stated
        ]


def reviewed_topics(connection: sa.Connection, interview_id: str, document: Mapping[str, Any]) -> ReviewedTopics:
    """Read the topics that reviewers decided on in an interview, of which a document is stated."""
    columns: tuple[Any, ...] = (col(QuestionTopic.question_id), col(Topic.slug), col(QuestionTopic.state))
    decided = (
        sa.select(*columns)
        .join(Question, col(Question.id) == col(QuestionTopic.question_id))
        .join(Topic, col(Topic.id) == col(QuestionTopic.topic_id))
        .where(
            col(Question.interview_id) == interview_id,
            col(QuestionTopic.origin) != TopicOrigin.EDITOR,
            col(QuestionTopic.state).in_(_DECIDED),
        )
    )
    topics = [_Topic(*row) for row in connection.execute(decided)]
    if not topics:
        return ReviewedTopics((), (), {})
    turns = table_of(Turn)
    rows = connection.execute(sa.select(turns).where(turns.c.interview_id == interview_id).order_by(turns.c.position))
    return ReviewedTopics(rows.all(), topics, document)


def reviewed_in_rows(turns: Sequence[Any], topics: Sequence[Any], document: Mapping[str, Any]) -> ReviewedTopics:
    """Return the topics that reviewers decided on in an interview that is held back, given the rows of its turns in
    order and of the topics on its questions.
    """
    decided = [
        _Topic(row.question_id, row.slug, row.state)
        for row in topics
        if row.origin is not TopicOrigin.EDITOR and row.state in _DECIDED
    ]
    return ReviewedTopics(turns, decided, document) if decided else ReviewedTopics((), (), {})


def with_reviewed(connection: sa.Connection, interview_id: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stated of an interview, and the topics that reviewers decided on."""
    return and_reviewed(document, reviewed_topics(connection, interview_id, document))


def and_reviewed(document: Mapping[str, Any], topics: ReviewedTopics) -> dict[str, Any]:
    """Return what is stated of an interview, and topics that reviewers decided on."""
    tables = topics.tables
    return {**document, "questions": [*document.get("questions", ()), *tables]} if tables else dict(document)
