"""Builds the text of a turn from runs of the source, with the place of each run.

For formats that write some characters differently (JSON escapes, HTML entities) or put markup between the words of a
turn.
"""

from collections.abc import Iterable

from app.transcripts.transcript import ByteClass, Ledger, Segment

Mark = tuple[int, int, ByteClass]


class TurnText:
    """The text of one turn while it is built, from beginning to end."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._segments: list[Segment] = []

    def __bool__(self) -> bool:
        """Whether anything was added."""
        return self._length > 0

    @property
    def last(self) -> str:
        """The last part that was added, or an empty string."""
        return self._parts[-1] if self._parts else ""

    def copy(self, text: str, source_start: int) -> None:
        """Add characters that are in the source at `source_start`."""
        self._add(text, source_start, source_start + len(text))

    def decoded(self, text: str, source_start: int, source_end: int) -> None:
        """Add characters that the source writes as an escape or an entity."""
        if len(text) == source_end - source_start:
            # A segment of equal lengths would mean a copy, so this run gets none.
            self.join(text)
        else:
            self._add(text, source_start, source_end)

    def join(self, text: str) -> None:
        """Add characters that are not in the source: white space between runs."""
        if text:
            self._parts.append(text)
            self._length += len(text)

    def runs(self, text: str, segments: Iterable[Segment]) -> None:
        """Add a text with its segments."""
        self._segments += (
            segments
            if not self._length
            else [
                Segment(
                    run.text_start + self._length,
                    run.text_end + self._length,
                    run.source_start,
                    run.source_end,
                )
                for run in segments
            ]
        )
        self.join(text)

    def stripped(self) -> tuple[str, tuple[Segment, ...]]:
        """Return the text without white space at its ends, and its segments; without segments, there is no text."""
        whole = "".join(self._parts)
        start = len(whole) - len(whole.lstrip())
        return cut(whole, self._segments, start, start + len(whole.strip()))

    @property
    def leading(self) -> int:
        """The number of white space characters that stripped() removes at the beginning."""
        whole = "".join(self._parts)
        return len(whole) - len(whole.lstrip())

    @property
    def length(self) -> int:
        """The number of characters that were added."""
        return self._length

    def _add(self, text: str, source_start: int, source_end: int) -> None:
        if text:
            self._segments.append(Segment(self._length, self._length + len(text), source_start, source_end))
            self.join(text)


def cut(text: str, segments: Iterable[Segment], start: int, end: int) -> tuple[str, tuple[Segment, ...]]:
    """Return the characters from start up to end with their segments; neighbouring copies become one segment."""
    if start == 0 and end == len(text) and isinstance(segments, tuple):
        return text, segments
    kept: list[Segment] = []
    for run in segments:
        if clipped := _clip(run, start, end):
            append_segment(kept, clipped)
    return text[start:end], tuple(kept)


def _clip(run: Segment, start: int, end: int) -> Segment | None:
    """Return the part of a run inside start and end, its text counted from start; None if there is none."""
    if start == 0 and run.text_end <= end:
        return run
    text_start, text_end = max(run.text_start, start), min(run.text_end, end)
    if text_start >= text_end:
        return None
    if not run.is_copy:
        # A run that is no copy cannot be divided, so it belongs to the part in which it begins.
        whole = run.text_start >= start
        return Segment(text_start - start, text_end - start, run.source_start, run.source_end) if whole else None
    shift = run.source_start - run.text_start
    return Segment(text_start - start, text_end - start, text_start + shift, text_end + shift)


def append_segment(segments: list[Segment], segment: Segment) -> None:
    """Append a segment, joined to the one before it if both are copies and neighbours in text and source."""
    before = segments[-1] if segments else None
    if (
        before
        and before.is_copy
        and segment.is_copy
        and before.text_end == segment.text_start
        and before.source_end == segment.source_start
    ):
        segments[-1] = Segment(before.text_start, segment.text_end, before.source_start, segment.source_end)
    else:
        segments.append(segment)


def mark_all(ledger: Ledger, marks: Iterable[Mark], rest: ByteClass = ByteClass.MARKUP) -> None:
    """Mark ranges in any order, and everything between them as `rest`, with the white space inside it."""
    at = 0
    for start, end, byte_class in sorted(marks):
        if end <= start:
            continue
        _mark_gap(ledger, at, start, rest)
        ledger.mark(start, end, byte_class)
        at = end
    _mark_gap(ledger, at, len(ledger.source.text), rest)


def _mark_gap(ledger: Ledger, start: int, end: int, rest: ByteClass) -> None:
    """Mark a gap, unless it is all white space: Ledger.close() marks that as blank."""
    if end > start and not ledger.source.text[start:end].isspace():
        ledger.mark(start, end, rest)
