"""Passages of the record, to compare quotations with."""

from dataclasses import dataclass

from app.quotes.quotation import Quotation
from app.quotes.tokens import Token, token_texts, tokens

PARAGRAPH = "\n\n"


@dataclass(frozen=True)
class PassageTurn:
    """A turn of a passage: its id and its text, verbatim."""

    id: str
    text: str


@dataclass(frozen=True)
class Passage:
    """What one speaker says in one answer, one question, or one run of statements.

    `as_claimed` says whether this is the speaker whom the quotation is attributed to. It is None where it is attributed
    to nobody, or where the record does not say.
    """

    id: str
    turns: tuple[PassageTurn, ...]
    as_claimed: bool | None = None

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

    def turn_ranges(self, start: int, end: int) -> tuple[TurnRange, ...]:
        """Convert a range of the text to ranges of the turns it covers."""
        found, offset = [], 0
        for turn in self.passage.turns:
            first, last = max(start - offset, 0), min(end - offset, len(turn.text))
            if first < last:
                found.append(TurnRange(turn.id, first, last))
            offset += len(turn.text) + len(PARAGRAPH)
        return tuple(found)
