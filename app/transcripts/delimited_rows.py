"""Cuts delimited text into rows of fields (RFC 4180), each field with its place in the source.

The csv module gives no positions and refuses fields above a global limit. It also drops quotation marks from a field
that has text after its closing quote; here, such a field is kept as it is written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from app.transcripts.cue_text import SourceRun

_INSIDE_QUOTES = re.compile(r"[^\"]*(?:\"\"[^\"]*)*")
_SPACES = re.compile(r" *")
_ROW_END = re.compile(r"[\r\n]*")


class Cell(NamedTuple):
    """A field of a row: its place in the source, quotes included, and the runs of its text."""

    start: int
    end: int
    runs: tuple[SourceRun, ...]
    quoted: bool

    @property
    def text(self) -> str:
        """The decoded field without the white space around it."""
        return "".join(run.text for run in self.runs).strip()


TableRow = list[Cell]


class UnclosedQuoteError(Exception):
    """A quoted field goes on to the end of the file; `offset` is that of its opening quotation mark."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


@dataclass
class DelimitedText:
    """A text with its delimiter. `stray_quotes` are the offsets of quotation marks that do not enclose a field."""

    text: str
    delimiter: str
    start: int
    stray_quotes: list[int] = field(default_factory=list)

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows that are not blank.

        Raises:
            UnclosedQuoteError: a quoted field goes on to the end of the file.
        """
        plain = re.compile(rf"[^{re.escape(self.delimiter)}\r\n]*")
        at, length = self.start, len(self.text)
        row: TableRow = []
        while at < length or row:
            cell = self._cell(at, plain)
            row.append(cell)
            at = cell.end
            if at < length and self.text[at] == self.delimiter:
                at += 1
                continue
            if len(row) > 1 or cell.quoted or cell.text:
                yield row
            row = []
            at = _skip(_ROW_END, self.text, at)

    def _cell(self, at: int, plain: re.Pattern[str]) -> Cell:
        quote = _skip(_SPACES, self.text, at)
        if self.text.startswith('"', quote):
            if cell := self._quoted(at, quote):
                return cell
            self.stray_quotes.append(quote)
        end = _skip(plain, self.text, at)
        return Cell(at, end, (SourceRun(self.text[at:end], at, end),) if end > at else (), quoted=False)

    def _quoted(self, start: int, quote: int) -> Cell | None:
        close = _skip(_INSIDE_QUOTES, self.text, quote + 1)
        if close == len(self.text):
            if self.delimiter == "\t":
                # Tab-separated text need not have quoting, so a quotation mark may be part of the text.
                return None
            raise UnclosedQuoteError(quote)
        end = _skip(_SPACES, self.text, close + 1)
        if end < len(self.text) and self.text[end] not in (self.delimiter, "\r", "\n"):
            return None
        return Cell(start, end, tuple(self._unescaped(quote + 1, close)), quoted=True)

    def _unescaped(self, start: int, end: int) -> Iterator[SourceRun]:
        while start < end:
            pair = self.text.find('""', start, end)
            stop = end if pair < 0 else pair
            if stop > start:
                yield SourceRun(self.text[start:stop], start, stop)
            if pair < 0:
                return
            yield SourceRun('"', pair, pair + 2)
            start = pair + 2


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
