"""WebVTT: a cue for each turn that has a time, with the speaker as its voice, and a note for each turn that has none.

Every cue needs an end. Where the source states none, a cue lasts until the next one begins, and the last one for ten
seconds; a note at the top says so.
"""

import re
from collections.abc import Sequence

from app.errors import NoTimesError
from app.exports.format import InterviewDocument, InterviewFormat, Item
from app.exports.plain_text import bracketed
from app.exports.speech import label_of, metadata_of, one_line, people_of
from app.transcripts.transcript import SPOKEN, TurnKind

# Milliseconds that the last cue lasts if the source states no end for it.
_LAST_CUE_MS = 10_000
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "\ufffd"})
# Line ends with only white space between them: an empty line would end the cue.
_LINE_ENDS = re.compile(r"[^\S\r\n]*(?:\r\n|\n|\r)(?:[^\S\r\n]*(?:\r\n|\n|\r))*")


def render(document: InterviewDocument) -> str:
    """Write an interview as WebVTT.

    Raises:
        NoTimesError: no turn has a time.
    """
    turns = document.record["turns"]
    if all(turn["start_ms"] is None for turn in turns):
        raise NoTimesError(document.interview["slug"])
    people = people_of(document.record)
    # Cues are in order of their beginnings; turns without a time follow the turn before them in the record.
    starts: list[int] = []
    for turn in turns:
        starts.append(turn["start_ms"] if turn["start_ms"] is not None else (starts[-1] if starts else 0))
    order = sorted(range(len(turns)), key=lambda place: starts[place])
    timed = [turns[place] for place in order if turns[place]["start_ms"] is not None]
    ends = dict(zip((turn["id"] for turn in timed), _ends(timed), strict=True))
    blocks = [_header(document, timed)]
    for place in order:
        turn = turns[place]
        label = label_of(turn, people) if turn["kind"] in SPOKEN else None
        text = bracketed(turn["text"]) if turn["kind"] == TurnKind.NOTE else turn["text"]
        words = _LINE_ENDS.sub("\n", text.strip()).translate(_ESCAPES)
        if turn["start_ms"] is None:
            blocks.append(f"NOTE without a time\n{f'{_voice(label)}: ' if label else ''}{words}")
            continue
        voice = f"<v {_voice(label)}>" if label else ""
        blocks.append(f"{turn['id']}\n{clock(turn['start_ms'])} --> {clock(ends[turn['id']])}\n{voice}{words}")
    return "\n\n".join(blocks) + "\n"


def _voice(label: str) -> str:
    return label.translate(_ESCAPES)


def _states_end(turn: Item) -> bool:
    return turn["end_ms"] is not None and bool(turn["end_ms"] > turn["start_ms"])


def _ends(timed: Sequence[Item]) -> list[int]:
    """Return the end of each cue: its own, else where the next later one begins, else ten seconds after it begins."""
    ends = []
    later: int | None = None
    following: int | None = None
    for turn in reversed(timed):
        start = turn["start_ms"]
        if following is not None and following > start:
            later = following
        ends.append(turn["end_ms"] if _states_end(turn) else later if later is not None else start + _LAST_CUE_MS)
        following = start
    return ends[::-1]


def _header(document: InterviewDocument, timed: Sequence[Item]) -> str:
    """Write metadata, and how ends were chosen, as a comment: WebVTT has no other place for them."""
    about = [
        f"{key.capitalize()}: {one_line(value)}" for key, value in metadata_of(document.interview) if key != "summary"
    ]
    if open_ended := sum(not _states_end(turn) for turn in timed):
        about.append(
            f"The source states no end for {open_ended} of {len(timed)} cues: each of them lasts until the next one "
            f"begins, and the last one {_LAST_CUE_MS // 1000} seconds."
        )
    return "WEBVTT\n\nNOTE\n" + "\n".join(about).translate(_ESCAPES)


def clock(milliseconds: int) -> str:
    """Write a time as WebVTT does: hours of two digits or more."""
    seconds, part = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{part:03}"


FORMAT = InterviewFormat(
    name="vtt",
    media_type="text/vtt",
    suffix=".vtt",
    description="WebVTT captions, where the source has times",
    render=render,
)
