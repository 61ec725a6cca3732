"""Suggested topics as a CSV table to review in a spreadsheet, and the decisions read back."""

import csv
import io
from collections.abc import Callable, Collection, Iterable
from typing import TextIO

from app.errors import MetadataError, did_you_mean
from app.exports.csv import without_formula
from app.loading import Decision
from app.models import TopicState
from app.queries.suggestions import Proposal
from app.text.folding import nearest
from app.topics.suggestion import ExchangeText

_COLUMNS = (
    "interview", "question_id", "topic", "decision", "label", "state", "confidence", "method", "question", "evidence",
)  # fmt: skip
_NEEDED = ("question_id", "topic", "decision")
_STATES = {"accept": TopicState.CONFIRMED, "reject": TopicState.REJECTED, "undecided": TopicState.PROPOSED}
_UNDECIDED = {"", "skip"}
# Code points of a cell that are written, and of an id or slug that are read, at most.
_MAX_TEXT = 500
_MAX_NAME = 200


def write_table(file: TextIO, proposals: Iterable[Proposal], exchange: Callable[[str], ExchangeText]) -> int:
    """Write one row per suggestion with an empty `decision`, and return how many."""
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    count = 0
    for one in proposals:
        turns = {turn.id: turn.text for turn in exchange(one.question_id).turns}
        asked = " ".join(turn.text for turn in exchange(one.question_id).turns if turn.is_question)
        row = (
            one.interview,
            one.question_id,
            one.topic,
            "",
            one.label,
            one.state.value,
            f"{one.confidence:.2f}",
            one.method.value,
            asked[:_MAX_TEXT],
            _evidence(one, turns)[:_MAX_TEXT],
        )
        writer.writerow(without_formula(cell) for cell in row)
        count += 1
    return count


def _evidence(one: Proposal, turns: dict[str, str]) -> str:
    pieces = []
    for piece in one.evidence:
        if piece["kind"] == "label":
            pieces.append(turns.get(piece["turn_id"], "")[piece["start"] : piece["end"]])
        elif piece["kind"] == "question":
            pieces.append(f"like {piece['question_id']}: {', '.join(piece['terms'])}")
        elif piece["kind"] == "interview":
            like = f"interview like {piece['interview_id']}: {', '.join(piece['terms'] or ())}"
            pieces.append(like if piece["interview_id"] else f"elsewhere in the interview: {piece['label']}")
        else:
            pieces.append(f"tag {piece['tag']}")
    return "; ".join(dict.fromkeys(pieces))


def read_table(name: str, data: bytes, suggested: Collection[tuple[str, str]]) -> list[Decision]:
    """Read the decisions of a table: accept, reject or undecided; an empty cell, or skip, decides nothing.

    Args:
        name: the name of the table in errors.
        data: the CSV, in UTF-8.
        suggested: the existing suggestions, as question id and topic slug.

    Raises:
        MetadataError: a column is missing, a decision is unknown, a row names no suggestion, or two rows contradict
            each other; with the line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MetadataError(name, "", f"byte {error.start} is not UTF-8; save the table as CSV in UTF-8") from None
    # Where a comma is the decimal sign, spreadsheets put semicolons between cells.
    header = text.partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in header and "," not in header else ","
    )
    if missing := [column for column in _NEEDED if column not in (reader.fieldnames or ())]:
        raise MetadataError(name, "line 1", f"there is no column {', '.join(missing)}")
    decisions: dict[tuple[str, str], TopicState] = {}
    try:
        for row in reader:
            line = f"line {reader.line_num}"
            word = (row["decision"] or "").strip().lower()
            if word in _UNDECIDED:
                continue
            if word not in _STATES:
                hint = did_you_mean(nearest(word, _STATES, limit=1))
                raise MetadataError(
                    name, line, f"{word!r} is not a decision; write {', '.join(_STATES)}, or nothing.{hint}"
                )
            key = ((row["question_id"] or "").strip()[:_MAX_NAME], (row["topic"] or "").strip()[:_MAX_NAME])
            if key not in suggested:
                raise MetadataError(name, line, f"there is no suggestion of topic {key[1]!r} on question {key[0]!r}")
            if decisions.setdefault(key, _STATES[word]) is not _STATES[word]:
                raise MetadataError(name, line, f"topic {key[1]!r} on question {key[0]!r} is decided differently above")
    except csv.Error as error:
        raise MetadataError(name, f"line {reader.line_num + 1}", f"not valid CSV: {error}") from None
    return [Decision(question_id, topic, state) for (question_id, topic), state in decisions.items()]
