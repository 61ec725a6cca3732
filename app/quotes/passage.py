"""A passage of the record, as a quotation is compared with it."""

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

    `as_claimed` says whether that is who the quotation is attributed to: None where nobody is claimed, or where the
    record does not tell.
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
    """A part of a turn's text, in code points."""

    turn_id: str
    start: int
    end: int


class TokenizedPassage:
    """A passage as a sequence of words, whose places are found when they are needed."""

    def __init__(self, passage: Passage, quotation: Quotation) -> None:
        self.passage = passage
        counted = [token_texts(turn.text) for turn in passage.turns]
        self.encoded = "".join(map(quotation.encoding.encode, counted))
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
        """Its words with their places in its text."""
        if self._words is None:
            self._words, begun = [], 0
            for turn in self.passage.turns:
                self._words += [Token(word.text, word.start + begun, word.end + begun) for word in tokens(turn.text)]
                begun += len(turn.text) + len(PARAGRAPH)
        return self._words

    def turn_ranges(self, start: int, end: int) -> tuple[TurnRange, ...]:
        """Cut a part of its text up into parts of its turns."""
        found, begun = [], 0
        for turn in self.passage.turns:
            first, last = max(start - begun, 0), min(end - begun, len(turn.text))
            if first < last:
                found.append(TurnRange(turn.id, first, last))
            begun += len(turn.text) + len(PARAGRAPH)
        return tuple(found)
