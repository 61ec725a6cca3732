"""Passages of the record, to compare quotations with."""

import copy
from bisect import bisect_left
from dataclasses import dataclass

from app.quotes.quotation import Quotation
from app.quotes.tokens import Token, token_texts, tokens
from app.quotes.units import Unit, units_of
from app.quotes.word_forms import sound_ranges
from app.text.paragraphs import PARAGRAPH


@dataclass(frozen=True)
class PassageTurn:
    """A turn of a passage: its id and its text, verbatim."""

    id: str
    text: str


@dataclass(frozen=True)
class Passage:
    """What one speaker says in one answer, one question, or one run of statements.

    `as_claimed` says whether this is the speaker whom the quotation is attributed to. It is None where it is attributed
    to nobody, or where the record does not say. `interrupted_before` are the places of turns before which a listener
    put in a word or two.
    """

    id: str
    turns: tuple[PassageTurn, ...]
    as_claimed: bool | None = None
    interrupted_before: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The turns as one text, joined by an empty line."""
        return PARAGRAPH.join(turn.text for turn in self.turns)


@dataclass(frozen=True)
class TurnRange:
    """A range of a turn's text, in code points."""

    turn_id: str
    start: int
    end: int


class TokenizedPassage:
    """A passage and its words, encoded for a quotation. Text and offsets are computed when needed."""

    def __init__(self, passage: Passage, quotation: Quotation) -> None:
        self.passage = passage
        words_of_turns = [token_texts(turn.text) for turn in passage.turns]
        self.encoded = "".join(map(quotation.encoding.encode, words_of_turns))
        self._words: list[Token] | None = None
        self._text: str | None = None
        self._units: list[Unit] | None = None
        self._sounds: frozenset[int] | None = None

    @property
    def units(self) -> list[Unit]:
        """The words as units, without those that note sounds."""
        if self._units is None:
            self._units = units_of([word.text for word in self.words], dropped=self.sounds)
        return self._units

    @property
    def sounds(self) -> frozenset[int]:
        """The positions of the words that note sounds, such as `[laughs]`."""
        if self._sounds is None:
            ranges = sound_ranges(self.text)
            starts = [word.start for word in self.words] if ranges else []
            self._sounds = frozenset(
                place for start, end in ranges for place in range(bisect_left(starts, start), bisect_left(starts, end))
            )
        return self._sounds

    def without_sounds(self) -> "TokenizedPassage":
        """Return the passage as if no sounds were noted in it; its text and its offsets stay."""
        silent = copy.copy(self)
        silent._words = [word for place, word in enumerate(self.words) if place not in self.sounds]
        silent.encoded = "".join(one for place, one in enumerate(self.encoded) if place not in self.sounds)
        silent._sounds, silent._units = frozenset(), None
        return silent

    @property
    def text(self) -> str:
        """The text of the passage."""
        if self._text is None:
            self._text = self.passage.text
        return self._text

    @property
    def words(self) -> list[Token]:
        """The words with their offsets in the text."""
        if self._words is None:
            self._words, offset = [], 0
            for turn in self.passage.turns:
                self._words += [Token(word.text, word.start + offset, word.end + offset) for word in tokens(turn.text)]
                offset += len(turn.text) + len(PARAGRAPH)
        return self._words

    def is_interrupted(self, start: int, end: int) -> bool:
        """Whether a listener put in a word or two within a range of the text."""
        offset = 0
        for number, turn in enumerate(self.passage.turns):
            if number in self.passage.interrupted_before and start < offset < end:
                return True
            offset += len(turn.text) + len(PARAGRAPH)
        return False

    def turn_ranges(self, start: int, end: int) -> tuple[TurnRange, ...]:
        """Convert a range of the text to ranges of the turns it covers."""
        found, offset = [], 0
        for turn in self.passage.turns:
            first, last = max(start - offset, 0), min(end - offset, len(turn.text))
            if first < last:
                found.append(TurnRange(turn.id, first, last))
            offset += len(turn.text) + len(PARAGRAPH)
        return tuple(found)
