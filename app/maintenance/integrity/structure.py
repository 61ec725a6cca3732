"""Questions, answers, turns and speakers belong to the same interview; positions have no gap."""

from collections.abc import Generator
from typing import Any

import sqlalchemy as sa

from app.maintenance.integrity.check import RESTORE, Check, ItemCounter, Problem, stream
from app.models import Answer, Contribution, Question, Turn, table_of
from app.transcripts.transcript import TurnKind

# Selects the ids of items that break a rule, and what is wrong with them.
_Rule = tuple[sa.Select[*tuple[Any, ...]], str]
_TURN, _QUESTION, _ANSWER, _PART = (table_of(one) for one in (Turn, Question, Answer, Contribution))


def _takes_no_part(speaker: sa.Column[Any], interview: sa.Column[Any]) -> sa.ColumnElement[bool]:
    takes_part = sa.exists().where(_PART.c.speaker_id == speaker, _PART.c.interview_id == interview)
    return sa.and_(speaker.is_not(None), ~takes_part)


def _has_gap(table: sa.Table) -> _Rule:
    position = table.c.position
    gap = sa.or_(sa.func.min(position) != 1, sa.func.max(position) != sa.func.count())
    broken = sa.select(table.c.interview_id).group_by(table.c.interview_id).having(gap)
    return broken, f"its {table.name}s are not numbered from 1 on without a gap"


_IN_ANOTHER_ANSWER = sa.or_(
    _ANSWER.c.interview_id != _TURN.c.interview_id, _ANSWER.c.question_id.is_distinct_from(_TURN.c.question_id)
)
_ASKED = sa.exists().where(
    _TURN.c.question_id == _QUESTION.c.id, _TURN.c.answer_id.is_(None), _TURN.c.kind == TurnKind.QUESTION
)
_RULES: tuple[_Rule, ...] = (
    (
        sa.select(_TURN.c.id)
        .join(_QUESTION, _QUESTION.c.id == _TURN.c.question_id)
        .where(_QUESTION.c.interview_id != _TURN.c.interview_id),
        "belongs to a question of another interview",
    ),
    (
        sa.select(_TURN.c.id).join(_ANSWER, _ANSWER.c.id == _TURN.c.answer_id).where(_IN_ANOTHER_ANSWER),
        "belongs to an answer of another interview or to another question",
    ),
    (
        sa.select(_ANSWER.c.id)
        .join(_QUESTION, _QUESTION.c.id == _ANSWER.c.question_id)
        .where(_QUESTION.c.interview_id != _ANSWER.c.interview_id),
        "answers a question of another interview",
    ),
    (sa.select(_QUESTION.c.id).where(~_ASKED), "has no turn in which it is asked"),
    (
        sa.select(_ANSWER.c.id).where(~sa.exists().where(_TURN.c.answer_id == _ANSWER.c.id)),
        "has no turn in which it is given",
    ),
    (
        sa.select(_TURN.c.id).where(_takes_no_part(_TURN.c.speaker_id, _TURN.c.interview_id)),
        "is spoken by somebody who takes no part in the interview",
    ),
    (
        sa.select(_QUESTION.c.id).where(_takes_no_part(_QUESTION.c.asked_by, _QUESTION.c.interview_id)),
        "is asked by somebody who takes no part in the interview",
    ),
    (
        sa.select(_ANSWER.c.id).where(_takes_no_part(_ANSWER.c.speaker_id, _ANSWER.c.interview_id)),
        "is given by somebody who takes no part in the interview",
    ),
    _has_gap(_TURN),
    _has_gap(_QUESTION),
)


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    for broken, problem in _RULES:
        counter.add()
        for row in stream(connection, broken):
            yield row[0], problem


CHECK = Check(
    "structure",
    "questions, answers and turns belong together, and to speakers of their interview",
    RESTORE,
    _find_problems,
)
