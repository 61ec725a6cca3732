"""Takes the parts of lines that nobody said out of the text of turns, and joins what is left."""

import bisect
from collections.abc import Sequence

from app.transcripts.text_lines import LineKind, TakenOff, TextLine
from app.transcripts.transcript import Ledger, Tally

_ENDS_SENTENCE = (".", "?", "!", "…", "。", "？", "！", "؟", ":", "”", '"', "»")


class OffRanges:
    """All parts of a file that are taken off, in order and without overlap."""

    def __init__(self, text: str, lines: Sequence[TextLine]) -> None:
        self._text = text
        self._ranges: list[TakenOff] = []
        for line in lines:
            for off in line.off:
                if _is_speech(line, off) and (not self._ranges or self._ranges[-1].end <= off.start):
                    self._ranges.append(off)
        self._ends = [off.end for off in self._ranges]

    def close(self, ledger: Ledger) -> None:
        """Class every part, and remark once on each kind of them."""
        tally = Tally(ledger)
        for off in self._ranges:
            ledger.mark_stripped(off.start, off.end, off.byte_class)
            tally.note(off.what, f"{off.what.replace('-', ' ')}: it is not part of what is said", off.start)
        tally.close()

    def without(self, start: int, end: int) -> list[tuple[int, int, str]]:
        """Return the parts of a range that are left as (start, end, what joins it to the part before)."""
        parts, at = list[tuple[int, int, str]](), start
        for index in range(bisect.bisect_right(self._ends, start), len(self._ranges)):
            off = self._ranges[index]
            if off.start >= end:
                break
            self._add(parts, at, off.start)
            at = max(off.end, at)
        self._add(parts, at, end)
        return parts

    def _add(self, parts: list[tuple[int, int, str]], start: int, end: int) -> None:
        """Add a part without the white space around it."""
        part = self._text[start:end]
        stripped = part.strip()
        if stripped:
            start += len(part) - len(part.lstrip())
            parts.append((start, start + len(stripped), self._separator(parts[-1][1], start) if parts else ""))

    def _separator(self, before: int, after: int) -> str:
        """Return what joins two parts: nothing inside a word, a space inside a sentence, else an empty line."""
        first = bisect.bisect_left(self._ends, before + 1)
        off = self._ranges[first]
        lead, trail = self._text[before : off.start], self._text[off.end : after]
        breaks = self._text.count("\n", before, after)
        if "\n" not in lead and "\n" in trail and first + 1 >= bisect.bisect_right(self._ends, after):
            # A mark at the end of a line leaves the line break as it is.
            return "\n" * min(breaks, 2)
        if breaks:
            return "\n\n" if breaks > 1 and self._text[before - 1] in _ENDS_SENTENCE else " "
        return " " if lead or trail else ""


def _is_speech(line: TextLine, off: TakenOff) -> bool:
    """Whether a part stands where its line can lose it: before the line's text or in it, and not in its label."""
    if off.end <= line.start or line.kind is LineKind.OFF:
        return True
    if line.kind in {LineKind.BLANK, LineKind.MARKUP}:
        return False
    first = line.start + line.label.speech_start if line.label and line.kind is LineKind.TEXT else line.text_start
    return off.start >= max(first, line.start) and off.end <= line.end
