"""Stores suggested topics, and what reviewers decide on them. A decision outlives every later suggestion."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.author import Author
from app.loading.history import new_revision, record_changes
from app.models import ChangeAction, Question, QuestionTopic, Topic, TopicOrigin, TopicState, table_of
from app.topics.suggestion import Suggestion

_ASSIGNED = table_of(QuestionTopic)


@dataclass
class SuggestionCounts:
    """Numbers of questions, and of proposals that were made, changed, withdrawn or left unchanged.

    `decided` counts suggestions that an editor or reviewer had decided on before.
    """

    questions: int = 0
    proposed: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    decided: int = 0


@dataclass(frozen=True)
class Decision:
    """A decision on a suggestion, named by question id and topic slug. PROPOSED makes it undecided again."""

    question_id: str
    topic: str
    state: TopicState


def store_suggestions(
    connection: sa.Connection,
    version: str,
    suggestions: Mapping[str, Sequence[Suggestion]],
    author: Author,
    counts: SuggestionCounts,
) -> None:
    """Replace the proposals of these questions, and add to the counts.

    Topics that an editor stated or a reviewer confirmed or rejected stay.
    """
    ids = {row.slug: row.id for row in connection.execute(sa.select(col(Topic.slug), col(Topic.id)))}
    stored: dict[str, dict[str, Any]] = {question_id: {} for question_id in suggestions}
    for row in connection.execute(sa.select(_ASSIGNED).where(_ASSIGNED.c.question_id.in_(list(suggestions)))):
        stored[row.question_id][row.topic_id] = row
    new: list[dict[str, Any]] = []
    touched: set[str] = set()
    for question_id, proposals in suggestions.items():
        before = stored[question_id]
        wanted = {ids[one.topic]: _values(one, version) for one in proposals}
        for topic_id, values in wanted.items():
            assigned: Any = before.get(topic_id)
            if assigned is None:
                new.append({"question_id": question_id, "topic_id": topic_id, **values})
                counts.proposed += 1
                touched.add(question_id)
            elif assigned.state != TopicState.PROPOSED:
                counts.decided += 1
            elif any(getattr(assigned, name) != value for name, value in values.items()):
                connection.execute(sa.update(_ASSIGNED).where(_at(question_id, topic_id)).values(**values))
                counts.changed += 1
                touched.add(question_id)
            else:
                counts.unchanged += 1
        for topic_id, old in before.items():
            if old.state == TopicState.PROPOSED and topic_id not in wanted:
                connection.execute(sa.delete(_ASSIGNED).where(_at(question_id, topic_id)))
                counts.withdrawn += 1
                touched.add(question_id)
    if new:
        connection.execute(sa.insert(QuestionTopic), new)
    done = sa.update(Question).where(col(Question.id).in_(list(suggestions)))
    connection.execute(done.values(suggested_from=version))
    counts.questions += len(suggestions)
    _record(connection, touched, author, "topics suggested")


def decide(connection: sa.Connection, decisions: Iterable[Decision], author: Author) -> list[Decision]:
    """Store decisions, and return those that changed something.

    Decisions on topics that an editor stated, or that nobody suggested, are ignored.
    """
    ids = {row.slug: row.id for row in connection.execute(sa.select(col(Topic.slug), col(Topic.id)))}
    changed = []
    for decision in decisions:
        update = sa.update(_ASSIGNED).where(
            _at(decision.question_id, ids.get(decision.topic, "")),
            _ASSIGNED.c.origin != TopicOrigin.EDITOR,
            _ASSIGNED.c.state != decision.state,
        )
        if connection.execute(update.values(state=decision.state)).rowcount:
            changed.append(decision)
    _record(connection, {decision.question_id for decision in changed}, author, "topics reviewed")
    return changed


def _values(one: Suggestion, version: str) -> dict[str, Any]:
    # Evidence from other questions makes it a suggestion; labels and tags alone are matches of the vocabulary.
    from_others = any(piece.get("question_id") or piece.get("interview_id") for piece in one.evidence)
    return {
        "origin": TopicOrigin.SUGGESTION if from_others else TopicOrigin.VOCABULARY_MATCH,
        "state": TopicState.PROPOSED,
        "method": one.method,
        "vocabulary": version,
        "confidence": one.confidence,
        "evidence": one.evidence,
    }


def _at(question_id: str, topic_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(_ASSIGNED.c.question_id == question_id, _ASSIGNED.c.topic_id == topic_id)


def _record(connection: sa.Connection, question_ids: Iterable[str], author: Author, reason: str) -> None:
    changes = [("question", question_id, ChangeAction.CHANGED, ()) for question_id in sorted(question_ids)]
    if changes:
        signed = replace(author, why=author.why or reason)
        record_changes(connection, new_revision(connection, signed), changes)
