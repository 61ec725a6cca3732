"""Plain text: lines about the interview, then `Label: words` with an empty line between turns, notes in brackets."""

from app.exports.format import InterviewDocument, InterviewFormat
from app.exports.speech import label_of, metadata_of, name_with_role, one_line, people_of
from app.transcripts.transcript import SPOKEN, TurnKind

# A summary may be long, and is not by anybody who speaks.
_LEFT_OUT = frozenset({"summary"})


def render(document: InterviewDocument) -> str:
    """Write an interview as text that the format `labelled-text` can read back."""
    people = people_of(document.record)
    lines = [
        f"{key.capitalize()}: {one_line(value)}"
        for key, value in metadata_of(document.interview)
        if key not in _LEFT_OUT
    ]
    if speakers := [each for person in people.values() if (each := name_with_role(person))]:
        lines.append(f"Speakers: {'; '.join(speakers)}")
    parts = ["\n".join(lines)]
    for turn in document.written(document.record["turns"]):
        text = turn["text"]
        if turn["kind"] == TurnKind.NOTE:
            text = bracketed(text)
        elif turn["kind"] in SPOKEN and (label := label_of(turn, people)):
            text = f"{label}: {text}"
        parts.append(text)
    return "\n\n".join(parts) + "\n"


def bracketed(note: str) -> str:
    """Put a note into brackets, unless it has some."""
    return note if note[:1] in "([【（♪" else f"[{note}]"


FORMAT = InterviewFormat(
    name="text",
    media_type="text/plain",
    suffix=".txt",
    description="plain text with a label before each turn",
    render=render,
)
