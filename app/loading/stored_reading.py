"""Reads how an interview is stored, for statements that are moved to another file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.earlier_redactions import apply_earlier_redactions
from app.loading.id_counter import IdCounter
from app.loading.identity import Identities, StoredInterview
from app.models import Transcript, Turn, table_of
from app.structure.places import Places, places_of_questions
from app.structure.prepare import PreparedTranscript
from app.structure.realignment import Realignment, StoredReading
from app.structure.turns_as_read import numbered, turns_as_read
from app.transcripts import transcript as reading

Blank = Callable[[Sequence[reading.Turn]], list[str]]


@dataclass(frozen=True)
class ReadBefore:
    """How an interview is stored. `rows` are its turns; `blank` returns the texts of turns of another file,
    without what was redacted in the interview.
    """

    reading: StoredReading
    rows: Sequence[Any]
    blank: Blank

    @cached_property
    def questions(self) -> dict[str, list[int]]:
        """The indexes of the turns of each question, by id."""
        questions: dict[str, list[int]] = {}
        for index, row in enumerate(self.rows):
            if row.question_id is not None and row.answer_id is None:
                questions.setdefault(row.question_id, []).append(index)
        return questions

    @cached_property
    def question_places(self) -> Places:
        """Where the questions are found by their first words."""
        return places_of_questions([row.text for row in self.rows], list(self.questions.values()))

    def questions_now(self, prepared: PreparedTranscript) -> tuple[Places, list[int | None]]:
        """Return where the questions of another file are found, and which stored one each of them continues."""
        turns, structure = prepared.transcript.turns, prepared.structure
        texts, labels = self.blank(turns), [turn.label for turn in turns]
        counters = IdCounter("", "t", 0), IdCounter("", "q", 0), IdCounter("", "a", 0)
        identities = Identities(StoredInterview(list(self.rows)), texts, labels, structure, counters)
        ids = [row["id"] for row in identities.questions]
        number_of = {question_id: number for number, question_id in enumerate(self.questions)}
        places = places_of_questions(texts, [exchange.question_turns for exchange in structure.exchanges])
        return places, [number_of.get(question_id) for question_id in ids]

    def realignment(self, prepared: PreparedTranscript) -> Realignment:
        """Compare it with another file, or with another reading of its file."""
        turns = prepared.turns_as_read
        return Realignment(self.reading, numbered(self.blank(turns), [turn.label for turn in turns]))


def read_before(connection: sa.Connection, interview: Any, prepared: PreparedTranscript) -> ReadBefore:
    """Read how an interview, given by its row, is stored. `prepared` is a file that corrects it."""
    turns = table_of(Turn)
    rows = connection.execute(sa.select(turns).where(turns.c.interview_id == interview.id).order_by(turns.c.position))
    of_revision = sa.and_(col(Transcript.interview_id) == interview.id, col(Transcript.revision) == interview.revision)
    report = connection.execute(sa.select(col(Transcript.report)).where(of_revision)).scalar_one()

    def blank(read: Sequence[reading.Turn]) -> list[str]:
        other = replace(prepared, transcript=replace(prepared.transcript, turns=tuple(read)))
        redacted = apply_earlier_redactions(connection, interview.id, other).prepared
        return [turn.text for turn in redacted.transcript.turns]

    return _read_before(rows.all(), report, blank)


def _read_before(rows: Sequence[Any], report: Mapping[str, Any], blank: Blank) -> ReadBefore:
    texts, labels = [row.text for row in rows], [row.speaker_label for row in rows]
    read = turns_as_read(texts, labels, report.get("as_read", ()))
    kinds = [reading.TurnKind(row.kind) for row in rows]
    return ReadBefore(StoredReading(read, kinds), rows, blank)
