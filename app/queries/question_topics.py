"""Topics on questions: those of one question in every state, and suggestions that wait for a decision, with the words
that are evidence.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError
from app.models import Interview, Question, QuestionTopic, Topic, TopicOrigin, TopicState, Turn
from app.queries.embedding import Item, with_interview
from app.queries.items import interview_of
from app.queries.names import absent, absent_id, find_ids
from app.queries.paging import Listing
from app.queries.sorting import Key, Sort, keys_for
from app.text.paragraphs import PARAGRAPH

# Code points shown on each side of words that are evidence.
CONTEXT_LENGTH = 120
DEFAULT_SORT = "interview"
SORTABLE = {
    "interview": Sort(col(Interview.slug), unique=col(Question.position)),
    "confidence": Sort(col(QuestionTopic.confidence)),
}
SORTABLE_OF_QUESTION = {"label": Sort(col(Topic.label), unique=col(Topic.id)), "slug": Sort(col(Topic.slug))}
_SHOWN: tuple[Any, ...] = tuple(
    map(
        col,
        (
            QuestionTopic.origin,
            QuestionTopic.state,
            QuestionTopic.method,
            QuestionTopic.vocabulary,
            QuestionTopic.confidence,
            QuestionTopic.evidence,
        ),
    )
)


def suggestions(
    connection: sa.Connection,
    sort: str,
    states: Sequence[TopicState],
    min_confidence: float,
    *,
    interview: str | None = None,
    topic: str | None = None,
) -> Listing:
    """Narrow and sort the list of suggestions; what an editor states was not suggested.

    Raises:
        ParameterError: there is no such interview or topic, or the sort is not one.
    """
    select = _select().where(
        col(QuestionTopic.method).is_not(None),
        col(QuestionTopic.state).in_(states),
        col(QuestionTopic.confidence) >= min_confidence,
    )
    for name, slug, table, column in (
        ("interview", interview, Interview, Question.interview_id),
        ("topic", topic, Topic, QuestionTopic.topic_id),
    ):
        if slug is not None:
            select = select.where(col(column) == find_ids(connection, name, [slug], table)[slug])
    # Of one question, the most confident first.
    tie = (
        Key(col(QuestionTopic.confidence), descending=True),
        Key(col(QuestionTopic.question_id)),
        Key(col(QuestionTopic.topic_id)),
    )
    return Listing(select, keys_for(sort, SORTABLE, tie), _embed)


def of_question(connection: sa.Connection, question_id: str, sort: str) -> Listing:
    """Sort the topics of one question, in every state.

    Raises:
        NotFoundError, GoneError: there is no question with this id.
        ParameterError: the sort is not one.
    """
    _check_question(connection, question_id)
    keys = keys_for(sort, SORTABLE_OF_QUESTION, (Key(col(Topic.id)),))
    return Listing(_select().where(col(QuestionTopic.question_id) == question_id), keys, _embed)


def find_question_topic(connection: sa.Connection, question_id: str, slug: str) -> Item:
    """Find a topic on a question, in any state.

    Raises:
        NotFoundError: nobody has stated or suggested this topic of the question.
        NotFoundError, MovedError, GoneError: there is no such question or topic.
    """
    select = _select().where(col(QuestionTopic.question_id) == question_id, col(Topic.slug) == slug)
    row = connection.execute(select).first()
    if row is None:
        _check_question(connection, question_id)
        if connection.execute(sa.select(col(Topic.id)).where(col(Topic.slug) == slug)).first() is None:
            raise absent(connection, Topic, slug)
        of_question = sa.select(col(Topic.slug)).join(QuestionTopic, col(QuestionTopic.topic_id) == col(Topic.id))
        known = connection.execute(of_question.where(col(QuestionTopic.question_id) == question_id)).scalars()
        raise NotFoundError(f"topic on the question {question_id!r} called", slug, sorted(known)[:3])
    return _embed(connection, [row])[0]


def find_states(connection: sa.Connection, question_ids: Collection[str]) -> dict[tuple[str, str], TopicState]:
    """Return the states of suggestions on questions, by question id and topic slug."""
    columns = (col(QuestionTopic.question_id), col(Topic.slug), col(QuestionTopic.state))
    select = sa.select(*columns).join(Topic, col(Topic.id) == col(QuestionTopic.topic_id))
    select = select.where(col(QuestionTopic.origin) != TopicOrigin.EDITOR)
    rows = connection.execute(select.where(col(QuestionTopic.question_id).in_(question_ids)))
    return {(row.question_id, row.slug): row.state for row in rows}


def _check_question(connection: sa.Connection, question_id: str) -> None:
    if connection.execute(sa.select(col(Question.id)).where(col(Question.id) == question_id)).first() is None:
        raise absent_id(connection, "question", question_id)


def _select() -> sa.Select[Any]:
    columns = (
        col(QuestionTopic.question_id),
        col(Question.position).label("question_position"),
        col(Topic.slug).label("topic_slug"),
        col(Topic.label).label("topic_label"),
        *_SHOWN,
    )
    return (
        with_interview(*columns)
        .select_from(QuestionTopic)
        .join(Topic, col(Topic.id) == col(QuestionTopic.topic_id))
        .join(Question, col(Question.id) == col(QuestionTopic.question_id))
        .join(Interview, col(Interview.id) == col(Question.interview_id))
    )


def _embed(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Item]:
    """Build topics on questions with what was asked: one statement for any number."""
    turns: dict[str, dict[str, Any]] = defaultdict(dict)
    select = sa.select(*map(col, (Turn.id, Turn.question_id, Turn.answer_id, Turn.text))).order_by(col(Turn.position))
    for turn in connection.execute(select.where(col(Turn.question_id).in_({row.question_id for row in rows}))):
        turns[turn.question_id][turn.id] = turn
    return [
        {
            "topic": {"slug": row.topic_slug, "label": row.topic_label},
            **{column.key: getattr(row, column.key) for column in _SHOWN},
            "evidence": [_with_words(one, turns[row.question_id]) for one in row.evidence],
            "question": {
                "id": row.question_id,
                "position": row.question_position,
                "text": PARAGRAPH.join(turn.text for turn in turns[row.question_id].values() if turn.answer_id is None),
            },
            "interview": interview_of(row),
        }
        for row in rows
    ]


def _with_words(evidence: Item, turns: Mapping[str, Any]) -> Item:
    """Add the words that a piece of evidence names, and those around them; null for what names none."""
    turn = turns.get(evidence["turn_id"])
    if turn is None:
        return {**evidence, "words": None, "before": None, "after": None}
    start, end = evidence["start"], evidence["end"]
    return {
        **evidence,
        "words": turn.text[start:end],
        "before": turn.text[max(0, start - CONTEXT_LENGTH) : start],
        "after": turn.text[end : end + CONTEXT_LENGTH],
    }
