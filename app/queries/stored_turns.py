"""The turns of an interview as statements name them: by their ids, or by their words."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Turn
from app.structure.statement_ids import StoredTurns

_TURNS = (
    sa.select(
        col(Turn.id),
        col(Turn.text),
        col(Turn.speaker_label),
        col(Turn.source_start),
        col(Turn.question_id),
        col(Turn.answer_id),
    )
    .where(col(Turn.interview_id) == sa.bindparam("id"))
    .order_by(col(Turn.position))
)


def find_stored_turns(connection: sa.Connection, interview_id: str) -> StoredTurns:
    """Find the turns of an interview, given by id, in their order."""
    return stored_turns(connection.execute(_TURNS, {"id": interview_id}).all())


def stored_turns(rows: Sequence[Any]) -> StoredTurns:
    """Return the turns of an interview, given their rows in order."""
    questions: dict[str, list[int]] = defaultdict(list)
    answers: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.answer_id is not None:
            answers[row.answer_id].append(index)
        elif row.question_id is not None:
            questions[row.question_id].append(index)
    return StoredTurns(
        ids=[row.id for row in rows],
        texts=[row.text for row in rows],
        labels=[row.speaker_label for row in rows],
        starts=[row.source_start for row in rows],
        questions=questions,
        answers=answers,
    )
