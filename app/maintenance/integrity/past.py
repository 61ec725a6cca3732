"""Past revisions can be read, and say what their source files say."""

from collections.abc import Generator, Iterator
from typing import Any

import sqlalchemy as sa

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
from app.models import PastInterview, PastItem, table_of
from app.queries.past import Past


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    for row in stream(connection, sa.select(table_of(PastInterview)), chunk=1):
        counter.add()
        yield from _problems_of(connection, row)
    item, past = table_of(PastItem), table_of(PastInterview)
    stored = sa.exists().where(past.c.interview_id == item.c.interview_id, past.c.revision == item.c.last_in)
    for lost in stream(connection, sa.select(item.c.item_id, item.c.revision).where(~stored)):
        yield f"{lost.item_id} revision {lost.revision}", "the interview as it was then is missing"


def _problems_of(connection: sa.Connection, row: Any) -> Iterator[Problem]:
    name = f"{row.interview_id} revision {row.revision}"
    try:
        past = Past(row.content)
        ids = _build_items(past)
        turns = [
            (turn["id"], turn["text"], turn["source_start"], turn["source_end"], segments_of(turn["segments"]))
            for turn in past.record["turns"]
        ]
        unredacted = [turn["id"] for turn in past.turns if not is_redacted(turn["text"], turn["redactions"])]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, StopIteration) as error:
        yield name, f"cannot be read: {type(error).__name__} {error}"
        return
    for turn_id in unredacted:
        yield f"{turn_id} in revision {row.revision}", UNREDACTED
    item = table_of(PastItem)
    last_here = sa.and_(item.c.interview_id == row.interview_id, item.c.last_in == row.revision)
    for past_item in connection.execute(sa.select(item.c.item_id, item.c.revision).where(last_here)):
        if past_item.item_id not in ids:
            yield f"{past_item.item_id} revision {past_item.revision}", f"is not in {name}, which should contain it"
    file = find_file(connection, row.interview_id, row.revision)
    if file is None:
        yield name, "its source file is missing"
        return
    try:
        source = read_text(file)
    except TranscriptError as error:
        yield name, f"its source file cannot be read: {error}"
        return
    if source is None:
        return
    for turn_id, text, start, end, segments in turns:
        if fault := misplaced(text, source, start, end, segments):
            yield f"{turn_id} in revision {row.revision}", fault


def _build_items(past: Past) -> set[str]:
    """Build every question and answer of a past revision as queries return it, and return their ids."""
    questions = {turn["question_id"] for turn in past.turns} - {None}
    answers = {turn["answer_id"] for turn in past.turns} - {None}
    for question_id in questions:
        past.question(question_id, 1, ())
    for answer_id in answers:
        past.answer(answer_id, 1, ())
    return questions | answers


CHECK = Check("past", "past revisions can be read, and say what their source files say", RESTORE, _find_problems)
