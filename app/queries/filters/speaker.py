"""The filter `speaker`: who asks or answers; in a list of interviews, who takes part."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Contribution, Question, Speaker
from app.queries.conditions import Condition, Conditions
from app.queries.filters.filter import Facet, Filter, Narrowed, Narrowing
from app.queries.filters.grammar import SLUGS, Clauses
from app.queries.filters.people import both_forms, frequent_speakers, implied, named, speaks, takes_part


def _narrow(narrowing: Narrowing, clauses: Clauses) -> Narrowed:
    on_interview, on_question = [], []
    part = speaks(narrowing.connection, narrowing.rows)
    for clause, ids in narrowing.resolve("speaker", clauses, Speaker):
        condition = takes_part(clause, ids=ids)
        if narrowing.rows == "interviews":
            on_interview.append(condition)
            continue
        on_question.append(Condition(*both_forms(clause, part, named(ids))))
        on_interview += implied(narrowing.rows, clause, condition)
    return Narrowed(on_interview, on_question)


def _count(conditions: Conditions, rows: sa.CTE) -> sa.Select[Any]:
    """Count rows by who asks or answers; interviews by who takes part."""
    if conditions.rows == "interviews":
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
        parts = [asked, answered] if conditions.rows != "answers" else [asked]
        if conditions.rows != "questions":
            parts.append(sa.select(rows.c.speaker_id.label("speaker"), rows.c.id))
        who = sa.union_all(*parts).subquery()
    # Who asks and also answers counts once.
    number = sa.func.count(sa.distinct(who.c.id)).label("rows")
    counts = sa.select(who.c.speaker, number).group_by(who.c.speaker).subquery()
    return (
        sa.select(col(Speaker.slug).label("value"), col(Speaker.name).label("label"), counts.c.rows)
        .select_from(counts)
        .join(Speaker, col(Speaker.id) == counts.c.speaker)
        .order_by(counts.c.rows.desc(), col(Speaker.slug))
    )


FILTER = Filter(
    "speaker",
    SLUGS,
    "Speaker slugs: who asks or answers.",
    _narrow,
    example="worldnewsam-3712-interviewee",
    facet=Facet(_count),
    values=lambda connection: frequent_speakers(connection, col(Contribution.speaker_id)),
)
