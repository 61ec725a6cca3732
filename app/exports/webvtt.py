"""WebVTT: a cue for each turn that has a time, with the speaker as its voice, and a note for each turn that has none.

Where the source states no end, a note at the top says how long a cue lasts.
"""

import re
from collections.abc import Sequence

from app.exports.cues import LAST_CUE_MS, clock, ends_of, states_end, timed, turns_in_order
from app.exports.format import InterviewDocument, InterviewFormat, Item
from app.exports.plain_text import bracketed
from app.exports.speech import label_of, metadata_of, one_line, people_of
from app.transcripts.transcript import SPOKEN, TurnKind

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "\ufffd"})
_LINE_END = re.compile(r"\r\n|\n|\r")


def render(document: InterviewDocument) -> str:
    """Write an interview as WebVTT.

    Raises:
        NoTimesError: no turn has a time.
    """
    turns = turns_in_order(document)
    people = people_of(document.record)
    ends = ends_of(timed(turns))
    blocks = [_header(document, timed(turns))]
    for turn in document.written(turns):
        label = label_of(turn, people) if turn["kind"] in SPOKEN else None
        text = bracketed(turn["text"]) if turn["kind"] == TurnKind.NOTE else turn["text"]
        words = _without_empty_lines(text.strip()).translate(_ESCAPES)
        if turn["start_ms"] is None:
            blocks.append(f"NOTE without a time\n{f'{_voice(label)}: ' if label else ''}{words}")
            continue
        voice = f"<v {_voice(label)}>" if label else ""
        times = f"{clock(turn['start_ms'], '.')} --> {clock(ends[turn['id']], '.')}"
        blocks.append(f"{turn['id']}\n{times}\n{voice}{words}")
    return "\n\n".join(blocks) + "\n"


def _without_empty_lines(text: str) -> str:
    """Leave out empty lines, the first of which would end the cue, and white space at the ends of lines."""
    return "\n".join(line.rstrip() for line in _LINE_END.split(text) if line.strip())


def _voice(label: str) -> str:
    return label.translate(_ESCAPES)


def _header(document: InterviewDocument, turns: Sequence[Item]) -> str:
    """Write metadata, and how ends were chosen, as a comment: WebVTT has no other place for them."""
    about = [
        f"{key.capitalize()}: {one_line(value)}" for key, value in metadata_of(document.interview) if key != "summary"
    ]
    if open_ended := sum(not states_end(turn) for turn in turns):
        about.append(
            f"The source states no end for {open_ended} of {len(turns)} cues: each of them lasts until the next one "
            f"begins, and the last one {LAST_CUE_MS // 1000} seconds."
        )
    return "WEBVTT\n\nNOTE\n" + "\n".join(about).translate(_ESCAPES)


FORMAT = InterviewFormat(
    name="vtt",
    media_type="text/vtt",
    suffix=".vtt",
    description="WebVTT captions, where the source has times",
    render=render,
    needs_times=True,
)
