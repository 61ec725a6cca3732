"""Says what the times beside labels mean: places in a recording, or times of day, which are none."""

import bisect
from collections.abc import Collection, Sequence
from dataclasses import replace

from app.transcripts.moments import moment_at
from app.transcripts.text_lines import LineKind, TextLine
from app.transcripts.transcript import ByteClass, Ledger

_HOUR_MS = 3600 * 1000
# A text whose first time is later begins in the middle of no recording.
_LATEST_START_MS = 4 * _HOUR_MS
# Characters that somebody says in a second, and characters that are enough to measure it, at most and at least.
_FASTEST = 40
_ENOUGH = 150


def settle_times(text: str, lines: Sequence[TextLine], ledger: Ledger) -> None:
    """Give labels without a time the one on a line above them, and take away the times of day."""
    _give_times_above(text, lines)
    timed = [line for line in lines if line.label and line.label.time_start is not None]
    if not timed or not _are_times_of_day(lines, timed):
        return
    ledger.remark(
        "times-of-day", "the times beside the names are times of day, not places in a recording", timed[0].start
    )
    for line in timed:
        if line.label:
            line.label = replace(line.label, time_ms=None)


def _give_times_above(text: str, lines: Sequence[TextLine]) -> None:
    above: int | None = None
    for line in lines:
        if line.kind is LineKind.OFF:
            times = [off for off in line.off if off.byte_class is ByteClass.TIME]
            above = _milliseconds(text[times[0].start : times[0].end]) if times else None
        elif line.kind is not LineKind.BLANK:
            if above is not None and line.label and line.label.time_start is None:
                line.label = replace(line.label, time_ms=above)
            above = None


def _milliseconds(printed: str) -> int | None:
    clock = printed.strip(" \t#.:")
    moment = moment_at(clock, 0, len(clock))
    return moment.start_ms if moment else None


def are_times_of_day(clocks: Collection[int]) -> bool:
    """Whether clock times in milliseconds begin too late for a recording, and end within a day."""
    return bool(clocks) and max(clocks) < 24 * _HOUR_MS and min(clocks) >= _LATEST_START_MS


def _are_times_of_day(lines: Sequence[TextLine], timed: Sequence[TextLine]) -> bool:
    """Whether they say so, or the first time is too late for a recording, or so much could not be said between them."""
    labels = [line.label for line in timed if line.label]
    clocks = [label.time_ms for label in labels if label.time_ms is not None]
    if 2 * len(clocks) <= len(labels):
        return True
    if are_times_of_day(clocks):
        return True
    # Hours and minutes of a day are printed as minutes and seconds are.
    return max(clocks) < 24 * 60 * 1000 and _is_too_fast(lines, timed)


def _is_too_fast(lines: Sequence[TextLine], timed: Sequence[TextLine]) -> bool:
    """Whether nobody could say so much between the first time and the last one."""
    first, last = timed[0], timed[-1]
    if not first.label or not last.label or first.label.time_ms is None or last.label.time_ms is None:
        return False
    starts = [line.start for line in lines]
    said = sum(
        line.end - line.start
        for line in lines[bisect.bisect_left(starts, first.start) : bisect.bisect_left(starts, last.start)]
        if line.kind is LineKind.TEXT
    )
    seconds = (last.label.time_ms - first.label.time_ms) / 1000
    return said >= _ENOUGH and (seconds < 0 or said > _FASTEST * seconds)
