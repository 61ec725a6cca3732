"""Facets: for each value that a filter could take, how many rows of a list it would leave. One statement a facet."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import (
    Answer,
    Contribution,
    Interview,
    Question,
    QuestionTopic,
    SearchDocument,
    Speaker,
    Topic,
    Turn,
)
from app.queries.embedding import Item, document_select
from app.queries.filters import Conditions, written
from app.queries.paging import TOTAL_CAP

# A facet shows so many values, those with most rows.
MAX_FACET_VALUES = 100


class FacetName(StrEnum):
    """What a list can be counted by. Each is also the name of the filter that takes its values."""

    TOPIC = "topic"
    SPEAKER = "speaker"
    LANGUAGE = "language"
    PUBLISHER = "publisher"
    SERIES = "series"
    YEAR = "year"


def count_facets(connection: sa.Connection, met: Conditions, names: Sequence[FacetName]) -> Item:
    """Count the rows that meet the conditions by each facet, the most frequent value first.

    A count is the total of the list once its value is added to what it is narrowed to: as one more occurrence of the
    parameter, and, like the total, counted up to a cap. `cut` names facets that have more values than are shown.
    """
    shown: Item = {name.value: None for name in FacetName}
    cut = []
    for name in dict.fromkeys(names):
        counted = _COUNTED.get(name, _of_interview)(met, name)
        rows = connection.execute(counted.limit(MAX_FACET_VALUES + 1)).all()
        if len(rows) > MAX_FACET_VALUES:
            cut.append(name.value)
        shown[name.value] = [_value(row) for row in rows[:MAX_FACET_VALUES]]
    return {**shown, "cut": cut}


def _value(row: sa.Row[Any]) -> Item:
    columns = row._mapping
    value: Item = {
        "value": written(row.value),
        "label": columns.get("label", row.value),
        "count": min(row.rows, TOTAL_CAP),
        "count_is_exact": row.rows <= TOTAL_CAP,
    }
    if "own" in columns:
        value |= {"own": min(row.own, TOTAL_CAP), "broader": row.broader}
    return value


def _rows_with_questions(met: Conditions, *columns: Any) -> sa.Select[Any]:
    """Select from the rows that meet the conditions, each joined with its question and its interview."""
    if met.rows == "documents":
        return document_select(*columns).where(*met.for_questions())
    select = sa.select(*columns).select_from(Question).join(Interview, col(Interview.id) == col(Question.interview_id))
    if met.rows == "answers":
        select = select.join(Answer, col(Answer.question_id) == col(Question.id))
    return select.where(*met.for_questions())


def _row_id(met: Conditions) -> Any:
    return {
        "questions": col(Question.id),
        "answers": col(Answer.id),
        "interviews": col(Interview.id),
        "documents": col(SearchDocument.number),
    }[met.rows]


def _of_interview(met: Conditions, name: FacetName) -> sa.Select[Any]:
    """Count by something that an interview has one of. A year is the first four figures of a date."""
    value: Any = {
        FacetName.LANGUAGE: col(Interview.language),
        FacetName.PUBLISHER: col(Interview.publisher),
        FacetName.SERIES: col(Interview.series),
        FacetName.YEAR: sa.func.substr(col(Interview.published), 1, 4),
    }[name]
    columns = (value.label("value"), sa.func.count().label("rows"))
    if met.rows == "interviews":
        select: sa.Select[Any] = sa.select(*columns).select_from(Interview).where(*met.for_interviews())
    else:
        select = _rows_with_questions(met, *columns)
    return select.where(value.is_not(None)).group_by(value).order_by(sa.desc("rows"), value)


def _of_topic(met: Conditions, _name: FacetName) -> sa.Select[Any]:
    """Count by topic: with those below it, as the filter does, and by itself."""
    tagged = (
        _rows_with_questions(met, _row_id(met).label("id"), col(QuestionTopic.topic_id))
        .join(QuestionTopic, col(QuestionTopic.question_id) == col(Question.id))
        .where(col(QuestionTopic.state).in_(met.topic_states))
        .subquery()
    )
    above = sa.select(col(Topic.id).label("topic"), col(Topic.id).label("above")).cte("above", recursive=True)
    if not met.topic_is_exact:
        above = above.union(
            sa.select(above.c.topic, col(Topic.broader_id))
            .join(above, col(Topic.id) == above.c.above)
            .where(col(Topic.broader_id).is_not(None))
        )
    # A row with two topics below the same one counts once there, and so does an interview for all of its questions.
    once = (
        sa.select(
            above.c.above, tagged.c.id, sa.func.max(sa.case((above.c.above == above.c.topic, 1), else_=0)).label("own")
        )
        .select_from(tagged.join(above, above.c.topic == tagged.c.topic_id))
        .group_by(above.c.above, tagged.c.id)
        .subquery()
    )
    counts = (
        sa.select(once.c.above.label("topic"), sa.func.count().label("rows"), sa.func.sum(once.c.own).label("own"))
        .group_by(once.c.above)
        .subquery()
    )
    broader = sa.orm.aliased(Topic)
    return (
        sa.select(
            col(Topic.slug).label("value"),
            col(Topic.label),
            counts.c.rows,
            counts.c.own,
            col(broader.slug).label("broader"),
        )
        .select_from(counts)
        .join(Topic, col(Topic.id) == counts.c.topic)
        .outerjoin(broader, col(broader.id) == col(Topic.broader_id))
        .order_by(counts.c.rows.desc(), col(Topic.slug))
    )


def _of_speaker(met: Conditions, _name: FacetName) -> sa.Select[Any]:
    """Count by who asks or answers, or, for interviews, by who takes part."""
    if met.rows == "interviews":
        who: Any = (
            sa.select(col(Contribution.speaker_id).label("speaker"), col(Interview.id))
            .join(Interview, col(Interview.id) == col(Contribution.interview_id))
            .where(*met.for_interviews())
            .subquery()
        )
    else:
        asked = _rows_with_questions(met, col(Question.asked_by).label("speaker"), _row_id(met).label("id"))
        answered = _rows_with_questions(met, col(Answer.speaker_id).label("speaker"), _row_id(met).label("id"))
        if met.rows != "answers":
            answered = answered.join(Answer, col(Answer.question_id) == col(Question.id))
        parts = [asked, answered]
        if met.rows == "documents":
            parts.append(_rows_with_questions(met, col(Turn.speaker_id).label("speaker"), _row_id(met).label("id")))
        # Who asks and also answers counts once.
        who = sa.union(*parts).subquery()
    columns: tuple[Any, ...] = (
        col(Speaker.slug).label("value"),
        col(Speaker.name).label("label"),
        sa.func.count().label("rows"),
    )
    return (
        sa.select(*columns)
        .select_from(who)
        .join(Speaker, col(Speaker.id) == who.c.speaker)
        .group_by(col(Speaker.id), col(Speaker.slug), col(Speaker.name))
        .order_by(sa.desc("rows"), col(Speaker.slug))
    )


_COUNTED = {FacetName.TOPIC: _of_topic, FacetName.SPEAKER: _of_speaker}
