"""What can be cited, and which characters of which turns a range means."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.errors import ParameterError
from app.text.folding import nearest
from app.text.paragraphs import PARAGRAPH

Item = Mapping[str, Any]


class Noun(StrEnum):
    """What can be cited."""

    QUESTION = "question"
    ANSWER = "answer"
    INTERVIEW = "interview"

    @property
    def plural(self) -> str:
        """The plural, as in addresses."""
        return f"{self.value}s"


@dataclass(frozen=True)
class Subject:
    """An item to cite, as queries return it.

    `revision` is the item's own, if it has one. `interview` has the public columns of an interview, its `revision` and
    its `people`. `turns` are those of a question or an answer in order, each with `id`, `text`, `speaker` (a
    slug or None), `source_start`, `source_end` and `segments`; for an interview, those that a range may name.
    `position` counts questions within an interview, and answers within a question, whose own is `question_position`.
    """

    noun: Noun
    id: str
    interview: Item
    turns: Sequence[Item]
    revision: int | None = None
    position: int | None = None
    question_position: int | None = None


@dataclass(frozen=True, slots=True)
class CitedSpan:
    """Characters of one turn's text, from `start` up to `end`."""

    turn: Item
    start: int
    end: int


@dataclass(frozen=True)
class CitedText:
    """The cited characters of a subject, one span a turn.

    `start` and `end` count in the item's text, or in that of turn `turn_id`; both are None if the whole is cited.
    """

    spans: tuple[CitedSpan, ...]
    text: str
    start: int | None = None
    end: int | None = None
    turn_id: str | None = None


def cited_text(subject: Subject, start: int | None, end: int | None, turn_id: str | None) -> CitedText | None:
    """Return the text that a range means. Without `start` and `end`, it begins and ends where the text does.

    Returns None for an interview as a whole.

    Raises:
        ParameterError: the range is empty, holds no word, or lies outside the text; or there is no such turn.
    """
    turns = subject.turns
    if turn_id is not None:
        turns = [turn for turn in turns if turn["id"] == turn_id]
        if not turns:
            ids = [turn["id"] for turn in subject.turns]
            raise ParameterError(
                "turn", f"There is no turn {turn_id[:80]!r} in this {subject.noun}.", nearest(turn_id, ids)
            )
    elif subject.noun is Noun.INTERVIEW:
        for name, value in (("start", start), ("end", end)):
            if value is not None:
                raise ParameterError(name, "Ranges of an interview count within a turn; name it in `turn`.")
        return None
    text = PARAGRAPH.join(turn["text"] for turn in turns)
    first, last = _checked_range(len(text), start, end)
    words = text[first:last]
    if not words.strip():
        raise ParameterError("start", f"There is nothing but white space from {first} up to {last}.")
    spans = tuple(_spans(turns, first, last))
    if (first, last) == (0, len(text)):
        return CitedText(spans, words, turn_id=turn_id)
    return CitedText(spans, words, first, last, turn_id)


def _checked_range(length: int, start: int | None, end: int | None) -> tuple[int, int]:
    first, last = 0 if start is None else start, length if end is None else end
    if not 0 <= first < length:
        raise ParameterError("start", f"The text has {length} characters; a range starts at 0 to {length - 1}.")
    if last > length:
        raise ParameterError("end", f"The text has {length} characters; a range ends at {length} at the latest.")
    if last <= first:
        raise ParameterError("end", f"The range is empty; it starts at {first}, so it ends at {first + 1} or later.")
    return first, last


def _spans(turns: Sequence[Item], start: int, end: int) -> Iterator[CitedSpan]:
    """Split a range of the joined text by turns. The empty lines that join turns are in no span."""
    at = 0
    for turn in turns:
        first, last = max(start - at, 0), min(end - at, len(turn["text"]))
        if first < last:
            yield CitedSpan(turn, first, last)
        at += len(turn["text"]) + len(PARAGRAPH)
