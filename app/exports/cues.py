"""Turns as cues of captions: in which order they stand, and when each begins and ends.

Every cue needs an end. Where the source states none, a cue lasts until the next one begins, and the last one for ten
seconds.
"""

from collections.abc import Sequence

from app.errors import NoTimesError
from app.exports.format import InterviewDocument, Item

# Milliseconds that the last cue lasts if the source states no end for it.
LAST_CUE_MS = 10_000


def turns_in_order(document: InterviewDocument) -> list[Item]:
    """Return the turns in the order in which they begin; one without a time follows the turn before it in the record.

    Raises:
        NoTimesError: no turn has a time.
    """
    turns = document.record["turns"]
    if all(turn["start_ms"] is None for turn in turns):
        raise NoTimesError(document.interview["slug"])
    starts: list[int] = []
    for turn in turns:
        starts.append(turn["start_ms"] if turn["start_ms"] is not None else (starts[-1] if starts else 0))
    return [turns[place] for place in sorted(range(len(turns)), key=lambda place: starts[place])]


def timed(turns: Sequence[Item]) -> list[Item]:
    """Return the turns that have a time."""
    return [turn for turn in turns if turn["start_ms"] is not None]


def states_end(turn: Item) -> bool:
    """Return whether the source states when a turn that has a time ends."""
    return turn["end_ms"] is not None and bool(turn["end_ms"] > turn["start_ms"])


def ends_of(turns: Sequence[Item]) -> dict[str, int]:
    """Return the end of each turn by id: its own, else where the next later one begins, else after ten seconds.

    Every turn has a time, and they are in order.
    """
    ends: dict[str, int] = {}
    later: int | None = None
    following: int | None = None
    for turn in reversed(turns):
        start = turn["start_ms"]
        if following is not None and following > start:
            later = following
        ends[turn["id"]] = turn["end_ms"] if states_end(turn) else later if later is not None else start + LAST_CUE_MS
        following = start
    return ends


def clock(milliseconds: int, point: str) -> str:
    """Write a time with hours of two digits or more, and `point` before the milliseconds."""
    seconds, part = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{part:03}"
