"""Reads how an interview is stored, for statements that are moved to another file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.earlier_redactions import left_of
from app.loading.id_counter import IdCounter
from app.loading.identity import Identities, StoredInterview
from app.models import Transcript, Turn, table_of
from app.structure.places import Places, places_of_questions
from app.structure.prepare import PreparedTranscript
from app.structure.realignment import Realignment, StoredReading
from app.structure.redacted_statements import RedactedStatements
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
        return _questions(self.rows)

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
    report = report_of(connection, interview)

    def blank(read: Sequence[reading.Turn]) -> list[str]:
        return left_of(connection, interview.id, prepared, read)

    return _read_before(rows.all(), report, blank)


def report_of(connection: sa.Connection, interview: Any) -> Mapping[str, Any]:
    """Find the report of the file that an interview, given by its row, was read from."""
    of_revision = sa.and_(col(Transcript.interview_id) == interview.id, col(Transcript.revision) == interview.revision)
    report: Mapping[str, Any] = connection.execute(sa.select(col(Transcript.report)).where(of_revision)).scalar_one()
    return report


@dataclass(frozen=True)
class Redacted:
    """The turns of an interview of which words are redacted. `rows` are those before, `report` is that of the file;
    `before` and `texts` have the texts by id, with the words and without.
    """

    rows: Sequence[Any]
    report: Mapping[str, Any]
    before: Mapping[str, str]
    texts: Mapping[str, str]

    @cached_property
    def as_read(self) -> tuple[list[reading.Turn], list[reading.Turn]]:
        """The turns as they were read, with the words and without."""
        labels, parts = [row.speaker_label for row in self.rows], self.report.get("as_read", ())
        old, new = (turns_as_read(self._in_order(texts), labels, parts) for texts in (self.before, self.texts))
        return old, new

    @cached_property
    def statements(self) -> RedactedStatements:
        """What is stated of these turns."""
        asked = list(_questions(self.rows).values())
        old, new = (places_of_questions(self._in_order(texts), asked) for texts in (self.before, self.texts))
        return RedactedStatements(self.as_read, (old, new))

    def _in_order(self, texts: Mapping[str, str]) -> list[str]:
        return [texts[row.id] for row in self.rows]


def _questions(rows: Sequence[Any]) -> dict[str, list[int]]:
    questions: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        if row.question_id is not None and row.answer_id is None:
            questions.setdefault(row.question_id, []).append(index)
    return questions


def _read_before(rows: Sequence[Any], report: Mapping[str, Any], blank: Blank) -> ReadBefore:
    texts, labels = [row.text for row in rows], [row.speaker_label for row in rows]
    read = turns_as_read(texts, labels, report.get("as_read", ()))
    kinds = [reading.TurnKind(row.kind) for row in rows]
    return ReadBefore(StoredReading(read, kinds), rows, blank)
