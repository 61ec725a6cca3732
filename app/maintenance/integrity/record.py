"""The text of each turn is what stands at its place in the source file."""

from collections.abc import Generator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import TranscriptError
from app.maintenance.integrity.check import RESTORE, Check, ItemCounter, Problem, stream
from app.maintenance.integrity.source_text import (
    UNREDACTED,
    find_file,
    is_redacted,
    misplaced,
    read_text,
    segments_of,
)
from app.models import Interview, Turn


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    for interview in stream(connection, sa.select(col(Interview.id), col(Interview.revision))):
        file = find_file(connection, interview.id, interview.revision)
        if file is None:
            yield interview.id, f"there is no source file of its revision {interview.revision}"
            continue
        try:
            text = read_text(file)
        except TranscriptError as error:
            yield interview.id, f"the source file of revision {interview.revision} cannot be read: {error}"
            continue
        columns: Sequence[Any] = (
            Turn.id,
            Turn.text,
            Turn.source_start,
            Turn.source_end,
            Turn.segments,
            Turn.redactions,
        )
        for turn in stream(connection, sa.select(*map(col, columns)).where(col(Turn.interview_id) == interview.id)):
            counter.add()
            if not is_redacted(turn.text, turn.redactions or ()):
                yield turn.id, UNREDACTED
            if text is None:
                continue
            if fault := misplaced(turn.text, text, turn.source_start, turn.source_end, segments_of(turn.segments)):
                yield turn.id, fault


CHECK = Check("record", "the text of each turn is what stands at its place in the source", RESTORE, _find_problems)
