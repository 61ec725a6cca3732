"""SubRip: a cue of one line for each turn that has a time, with `Label: ` before the words.

SubRip can escape nothing and has no comments. So what is not spoken stands in brackets; who speaks without a label has
the arrows `>>` of live captions where others have labels, which tell that the one before has ended; and a turn without
a time is left out, as there is no place that it could stand in.
"""

from app.exports.cues import clock, ends_of, timed, turns_in_order
from app.exports.format import InterviewDocument, InterviewFormat, Item
from app.exports.plain_text import bracketed
from app.exports.speech import label_of, one_line, people_of
from app.transcripts.transcript import SPOKEN

_ARROW = "-->"
# Nothing that is said may be taken for the times of a cue.
_BROKEN_ARROW = "-- >"


def render(document: InterviewDocument) -> str:
    """Write an interview as SubRip.

    Raises:
        NoTimesError: no turn has a time.
    """
    turns = timed(turns_in_order(document))
    people, ends = people_of(document.record), ends_of(turns)
    labels = {turn["id"]: label_of(turn, people) for turn in turns if turn["kind"] in SPOKEN}
    has_labels = any(labels.values())
    return "\n".join(
        f"{number}\n{clock(turn['start_ms'], ',')} {_ARROW} {clock(ends[turn['id']], ',')}\n"
        f"{_line(turn, labels.get(turn['id']), has_labels=has_labels)}\n"
        for number, turn in enumerate(document.written(turns), 1)
    )


def _line(turn: Item, label: str | None, *, has_labels: bool) -> str:
    """Write a turn as one line: in a further line, words like `Bob: no` would be taken for another speaker's."""
    words = one_line(turn["text"])
    if turn["kind"] not in SPOKEN:
        words = bracketed(words)
    elif label:
        words = f"{label}: {words}"
    elif has_labels:
        words = f">> {words}"
    return words.replace(_ARROW, _BROKEN_ARROW)


FORMAT = InterviewFormat(
    name="srt",
    media_type="application/x-subrip",
    suffix=".srt",
    description="SubRip captions, where the source has times",
    render=render,
    needs_times=True,
)
