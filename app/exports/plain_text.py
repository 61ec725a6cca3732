"""Plain text: a few lines about the interview, then `Label: words`, notes in brackets, an empty line between turns."""

from app.exports.format import InterviewDocument, InterviewFormat
from app.exports.speech import described, label_of, one_line, people_of, stated
from app.transcripts.transcript import SPOKEN, TurnKind

# A summary is somebody else's words about the interview, and may be as long as it likes.
_LEFT_OUT = frozenset({"summary"})


def render(document: InterviewDocument) -> str:
    """Write an interview as text that people read, and that labelled-text reads back."""
    people = people_of(document.record)
    head = [
        f"{key.capitalize()}: {one_line(value)}" for key, value in stated(document.interview) if key not in _LEFT_OUT
    ]
    if named := [each for person in people.values() if (each := described(person))]:
        head.append(f"Speakers: {'; '.join(named)}")
    parts = ["\n".join(head)]
    for turn in document.record["turns"]:
        text = turn["text"]
        if turn["kind"] == TurnKind.NOTE:
            text = bracketed(text)
        elif turn["kind"] in SPOKEN and (label := label_of(turn, people)):
            text = f"{label}: {text}"
        parts.append(text)
    return "\n\n".join(parts) + "\n"


def bracketed(note: str) -> str:
    """Put a note into brackets unless it stands in some already."""
    return note if note[:1] in "([【（♪" else f"[{note}]"


FORMAT = InterviewFormat(
    name="text",
    media_type="text/plain",
    suffix=".txt",
    description="plain text with a label before each turn",
    render=render,
)
