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
    TopicQuestion,
    Turn,
)
from app.queries.embedding import CONFIRMED, Item
from app.queries.filters import written
from app.queries.paging import TOTAL_CAP
from app.queries.plans import LOOKED_AT, Conditions

# A facet shows so many values, those with most rows.
MAX_FACET_VALUES = 100
# Of so many interviews the questions are looked at.
MAX_INTERVIEWS = 1_000


class FacetName(StrEnum):
    """What a list can be counted by. Each is also the name of the filter that takes its values."""

    TOPIC = "topic"
    SPEAKER = "speaker"
    LANGUAGE = "language"
    PUBLISHER = "publisher"
    SERIES = "series"
    YEAR = "year"


def count_facets(
    connection: sa.Connection, met: Conditions, names: Sequence[FacetName], *, total: int, total_is_exact: bool
) -> Item:
    """Count the rows that meet the conditions by each facet, the most frequent value first; the total is the list's.

    A count is the total of the list once its value is added to what it is narrowed to: as one more occurrence of the
    parameter. In a list of more rows than are counted, so many of them are looked at, whichever the database comes upon
    first: then a count is a lower bound. `cut` names facets that may have more values than are shown.
    """
    shown: Item = {name.value: None for name in FacetName}
    cut = []
    for name in dict.fromkeys(names):
        # The questions of an interview are many.
        most = MAX_INTERVIEWS if met.rows == "interviews" and name is FacetName.TOPIC else TOTAL_CAP
        is_whole = total_is_exact and total <= most
        counted = _COUNTED.get(name, _of_interview)(met, name, _rows(met, most))
        rows = connection.execute(counted.limit(MAX_FACET_VALUES + 1)).all()
        if len(rows) > MAX_FACET_VALUES or not is_whole:
            cut.append(name.value)
        shown[name.value] = [_value(row, is_exact=is_whole) for row in rows[:MAX_FACET_VALUES]]
    return {**shown, "cut": cut}


def _value(row: sa.Row[Any], *, is_exact: bool) -> Item:
    columns = row._mapping
    value: Item = {
        "value": written(row.value),
        "label": columns.get("label", row.value),
        "count": row.rows,
        "count_is_exact": is_exact,
    }
    if "own" in columns:
        value |= {"own": row.own, "broader": row.broader}
    return value


def _rows(met: Conditions, most: int) -> sa.CTE:
    """Select rows that meet the conditions, so many at most: what each is, and what it belongs to."""
    columns: tuple[Any, ...] = {
        "questions": (col(Question.id), col(Question.id).label("question_id"), col(Question.interview_id)),
        "answers": (col(Answer.id), col(Answer.question_id), col(Answer.interview_id), col(Answer.speaker_id)),
        "interviews": (col(Interview.id), col(Interview.id).label("interview_id")),
        "documents": (
            col(SearchDocument.number).label("id"),
            col(SearchDocument.question_id),
            col(SearchDocument.interview_id),
            col(Turn.speaker_id),
        ),
    }[met.rows]
    select, tested = met.looked_at(*columns)
    if tested:
        looked_at = select.add_columns(sa.and_(*tested).label("met")).limit(LOOKED_AT).subquery()
        select = sa.select(*(one for one in looked_at.c if one.key != "met")).where(looked_at.c.met)
    return select.limit(most).cte("counted")


def _of_interview(_met: Conditions, name: FacetName, rows: sa.CTE) -> sa.Select[Any]:
    """Count by something that an interview has one of. A year is the first four figures of a date."""
    value: Any = {
        FacetName.LANGUAGE: col(Interview.language),
        FacetName.PUBLISHER: col(Interview.publisher),
        FacetName.SERIES: col(Interview.series),
        FacetName.YEAR: sa.func.substr(col(Interview.published), 1, 4),
    }[name]
    # Rows of one interview are many: it is looked up once.
    count = sa.func.count().label("rows")
    each = sa.select(rows.c.interview_id, count).group_by(rows.c.interview_id).subquery()
    return (
        sa.select(value.label("value"), sa.cast(sa.func.sum(each.c.rows), sa.Integer).label("rows"))
        .select_from(each)
        .join(Interview, col(Interview.id) == each.c.interview_id)
        .where(value.is_not(None))
        .group_by(value)
        .order_by(sa.desc("rows"), value)
    )


def _of_topic(met: Conditions, _name: FacetName, rows: sa.CTE) -> sa.Select[Any]:
    """Count by topic: with those below it, as the filter does, and by itself."""
    if met.rows == "interviews":
        having = (
            sa.select(rows.c.id, col(Question.id).label("question_id"))
            .join(Question, col(Question.interview_id) == rows.c.id)
            .where(*(each.tested for each in met.on_question))
        )
        rows = having.cte("questions")
    once = tagged = _topics_of(met, rows).subquery()
    if met.rows == "interviews" or met.topic_states != CONFIRMED:
        # A row with two topics below the same one counts once there, and so does an interview for all of its questions.
        once = (
            sa.select(tagged.c.topic, tagged.c.id, sa.func.max(tagged.c.own).label("own"))
            .group_by(tagged.c.topic, tagged.c.id)
            .subquery()
        )
    counts = (
        sa.select(once.c.topic, sa.func.count().label("rows"), sa.func.sum(once.c.own).label("own"))
        .group_by(once.c.topic)
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


def _topics_of(met: Conditions, rows: sa.CTE) -> sa.Select[Any]:
    """Pair rows with the topics that find them, and tell whether each is one of the question's own."""
    if met.topic_states == CONFIRMED:
        own = sa.case((col(TopicQuestion.own), 1), else_=0)
        under = sa.select(rows.c.id, col(TopicQuestion.topic_id).label("topic"), own.label("own")).join(
            TopicQuestion, col(TopicQuestion.question_id) == rows.c.question_id
        )
        return under.where(col(TopicQuestion.own)) if met.topic_is_exact else under
    above = sa.select(col(Topic.id).label("topic"), col(Topic.id).label("above")).cte("above", recursive=True)
    if not met.topic_is_exact:
        above = above.union(
            sa.select(above.c.topic, col(Topic.broader_id))
            .join(above, col(Topic.id) == above.c.above)
            .where(col(Topic.broader_id).is_not(None))
        )
    own = sa.case((above.c.above == above.c.topic, 1), else_=0)
    return (
        sa.select(rows.c.id, above.c.above.label("topic"), own.label("own"))
        .select_from(rows)
        .join(QuestionTopic, col(QuestionTopic.question_id) == rows.c.question_id)
        .join(above, above.c.topic == col(QuestionTopic.topic_id))
        .where(col(QuestionTopic.state).in_(met.topic_states))
    )


def _of_speaker(met: Conditions, _name: FacetName, rows: sa.CTE) -> sa.Select[Any]:
    """Count by who asks or answers, or, for interviews, by who takes part."""
    if met.rows == "interviews":
        who: Any = (
            sa.select(col(Contribution.speaker_id).label("speaker"), rows.c.id)
            .join(Contribution, col(Contribution.interview_id) == rows.c.id)
            .subquery()
        )
    else:
        asked = sa.select(col(Question.asked_by).label("speaker"), rows.c.id).join(
            rows, rows.c.question_id == col(Question.id)
        )
        answered = sa.select(col(Answer.speaker_id).label("speaker"), rows.c.id).join(
            rows, rows.c.question_id == col(Answer.question_id)
        )
        parts = [asked, answered] if met.rows != "answers" else [asked]
        if met.rows != "questions":
            parts.append(sa.select(rows.c.speaker_id.label("speaker"), rows.c.id))
        who = sa.union_all(*parts).subquery()
    # Who asks and also answers counts once.
    rows_of = sa.func.count(sa.distinct(who.c.id)).label("rows")
    counts = sa.select(who.c.speaker, rows_of).group_by(who.c.speaker).subquery()
    return (
        sa.select(col(Speaker.slug).label("value"), col(Speaker.name).label("label"), counts.c.rows)
        .select_from(counts)
        .join(Speaker, col(Speaker.id) == counts.c.speaker)
        .order_by(counts.c.rows.desc(), col(Speaker.slug))
    )


_COUNTED = {FacetName.TOPIC: _of_topic, FacetName.SPEAKER: _of_speaker}
