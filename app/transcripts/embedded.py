"""Reads a transcript of one format that is the text of a file of another, such as WebVTT in an XML element.

The inner text is read by its own reader; its places are then converted to places in the whole file. One run of inner
text may be written there as a reference such as &amp;.
"""

import bisect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from app.errors import TranscriptError
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Ledger, Segment, Transcript, Turn, TurnKind
from app.transcripts.xml import XmlText

_CLOCK = r"\d{1,3}(?::\d{1,2}){1,3}(?:[.,]\d{1,9})?"
_TIME = re.compile(rf"{_CLOCK}(?:[ \t]*-{{1,2}}>[ \t]*{_CLOCK})?", re.ASCII)
_NOTE_BLOCK = re.compile(r"^NOTE\b.*(?:\n(?!\r?\n).*)*", re.MULTILINE)

Reader = Callable[[Source], Transcript]


def read_embedded(source: Source, runs: Sequence[XmlText], ledger: Ledger, reader: Reader) -> Transcript:
    """Read the runs of text as one transcript, class them, and return it with all places in `source`.

    Raises:
        TranscriptError: the reader refuses the inner text; line and column are those of the whole file.
    """
    place = _Placement(runs)
    inner = Source(source.name, place.text.encode())
    try:
        read = reader(inner)
    except TranscriptError as error:
        raise source.error(error.reason, place.outer(error.line, error.column)) from None
    for remark in read.remarks:
        ledger.remark(remark.code, remark.message, place.outer(remark.line, remark.column))
    at = 0
    spoken = ((segment, turn) for turn in read.turns for segment in turn.segments)
    for segment, turn in sorted(spoken, key=lambda pair: pair[0].source_start):
        place.mark_between(at, segment.source_start, turn.label, ledger)
        byte_class = ByteClass.NOTE if turn.kind is TurnKind.NOTE else ByteClass.TEXT
        place.mark(segment.source_start, segment.source_end, byte_class, ledger)
        at = segment.source_end
    place.mark_between(at, len(place.text), None, ledger)
    return replace(read, source=source, turns=tuple(place.turn(turn) for turn in read.turns))


class _Placement:
    """Converts places in the inner text to places in the outer source."""

    def __init__(self, runs: Sequence[XmlText]) -> None:
        self._runs = runs
        self._starts: list[int] = []
        at = 0
        for run in runs:
            self._starts.append(at)
            at += len(run.text)
        self.text = "".join(run.text for run in runs)
        self._lines = [0, *(match.end() for match in re.finditer("\n", self.text))]

    def outer(self, line: int, column: int) -> int:
        """Convert a line and column of the inner text, counted from 1, to an outer offset."""
        at = self._lines[min(max(line, 1), len(self._lines)) - 1] + max(column - 1, 0)
        index = max(bisect.bisect_right(self._starts, at) - 1, 0)
        run = self._runs[index]
        is_copy = len(run.text) == run.end - run.start
        return min(run.start + at - self._starts[index], run.end) if is_copy else run.start

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield (inner start, inner end, outer start, outer end) of the runs that a range of inner text touches."""
        index = max(bisect.bisect_right(self._starts, start) - 1, 0)
        while index < len(self._runs) and self._starts[index] < end:
            run, first = self._runs[index], self._starts[index]
            last = first + len(run.text)
            inner = max(start, first), min(end, last)
            if inner[0] < inner[1]:
                if len(run.text) == run.end - run.start:
                    yield *inner, run.start + inner[0] - first, run.start + inner[1] - first
                elif run.end > run.start:
                    # What joins two runs has no place.
                    yield *inner, run.start, run.end
            index += 1

    def mark(self, start: int, end: int, byte_class: ByteClass, ledger: Ledger) -> None:
        """Class a range of inner text."""
        for _, _, outer_start, outer_end in self._pieces(start, end):
            ledger.mark(outer_start, outer_end, byte_class)

    def mark_between(self, start: int, end: int, label: str | None, ledger: Ledger) -> None:
        """Class what is between two turns: the label of the next turn, times, notes of the format, markup."""
        text = self.text[start:end]
        marks = [(match.span(), ByteClass.NOTE) for match in _NOTE_BLOCK.finditer(text)]
        marks += [(match.span(), ByteClass.TIME) for match in _TIME.finditer(text)]
        if label and (at := text.rfind(label)) >= 0:
            after = text[at + len(label) :]
            colon = len(after) - len(after.lstrip(" \t:：.>"))
            marks.append(((at, at + len(label) + len(after[:colon].rstrip())), ByteClass.LABEL))
        last = 0
        for (first, stop), byte_class in sorted(marks):
            if first < last:
                continue
            self._mark_markup(start + last, start + first, ledger)
            self.mark(start + first, start + stop, byte_class, ledger)
            last = stop
        self._mark_markup(start + last, end, ledger)

    def _mark_markup(self, start: int, end: int, ledger: Ledger) -> None:
        for inner_start, inner_end, outer_start, outer_end in self._pieces(start, end):
            text = self.text[inner_start:inner_end]
            if inner_end - inner_start != outer_end - outer_start:
                ledger.mark(outer_start, outer_end, ByteClass.MARKUP)
            elif text.strip():
                outer_start += len(text) - len(text.lstrip())
                ledger.mark(outer_start, outer_start + len(text.strip()), ByteClass.MARKUP)

    def turn(self, turn: Turn) -> Turn:
        """Return a turn of the inner text with its segments in the outer source."""
        segments: list[Segment] = []
        for segment in turn.segments:
            pieces = list(self._pieces(segment.source_start, segment.source_end))
            if segment.is_copy:
                shift = segment.text_start - segment.source_start
                segments += [Segment(first + shift, last + shift, start, end) for first, last, start, end in pieces]
            else:
                segments.append(Segment(segment.text_start, segment.text_end, pieces[0][2], pieces[-1][3]))
        return replace(turn, segments=tuple(segments))
