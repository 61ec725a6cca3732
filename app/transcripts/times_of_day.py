"""Tells times of day beside labels, as parliaments print them, from times into a recording."""

from collections.abc import Sequence
from dataclasses import replace

from app.transcripts.transcript import Ledger, Turn

# Characters a second above which nobody speaks, and characters and turns from which that can be judged.
_FASTEST_SPEECH, _FEWEST_CHARACTERS = 45, 120
_DAY_MINUTES = 24 * 60


def without_times_of_day(turns: Sequence[Turn], ledger: Ledger) -> list[Turn]:
    """Drop times such as 15:18 and 15:22 where, as minutes and seconds, the words between them would be too fast.

    As hours and minutes they have to be slow enough.
    """
    timed = [(index, turn.start_ms) for index, turn in enumerate(turns) if turn.start_ms is not None]
    if len(timed) < 2 or any(ms % 1000 or ms >= _DAY_MINUTES * 1000 for _, ms in timed):
        return list(turns)
    (first, begin), (last, end) = timed[0], timed[-1]
    said = sum(len(turn.text) for turn in turns[first:last])
    seconds = (end - begin) / 1000
    if said < _FEWEST_CHARACTERS or seconds <= 0 or not seconds < said / _FASTEST_SPEECH < seconds * 60:
        return list(turns)
    ledger.remark(
        "times-of-day",
        "the times beside the labels were taken for times of day: as times in a recording, the speech is too fast",
        turns[first].source_start,
    )
    return [replace(turn, start_ms=None) for turn in turns]
