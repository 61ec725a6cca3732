"""Reads who asks and who answers in depositions and trials: `BY MS. ROE:`, `Q. (By Mr. Poe)`, and who was sworn."""

import re
from collections.abc import Collection, Sequence

from app.transcripts.labels import is_answer_label, is_question_label, label_key
from app.transcripts.text_lines import LineKind, TextLine
from app.transcripts.transcript import TurnKind

_TITLE = r"(?:(?:(?i:Mr|Mrs|Ms|Miss|Dr|Mx|Judge|Attorney|Atty|Senator|Prof|Hon)\.?|THE)[ ]{1,2})?"
_NAME = rf"(?P<name>{_TITLE}[A-Z][\w.'’-]{{0,30}}(?:[ ][A-Z][\w.'’-]{{0,30}}){{0,3}})"
# `CROSS-EXAMINATION BY MR. POE:` in capitals, or `By Ms. Roe:` with its colon.
_HEAD = re.compile(
    rf"[ \t]{{0,80}}(?:(?:[A-Z][A-Z-]{{2,20}}[ ]){{0,4}}BY|By(?=[^\n]{{0,80}}:))[ ]{{1,3}}{_NAME}[ ]{{0,3}}[:,.]?[ \t]*"
)
_ASIDE = re.compile(rf"[ \t]{{0,8}}[(\[](?:Continuing )?(?:BY|By|by)[ ]{_NAME}[ ]{{0,3}}[:,]?[)\]][:.]?")
_SWORN = re.compile(
    r"[ \t]{0,80}(?P<name>(?:DR\. |MR\. |MS\. |MRS\. )?[A-Z][A-Z.'’-]{1,30}(?: [A-Z][A-Z.'’-]{0,30}){1,4}),.{0,200}"
)
_SWORN_WORDS = re.compile(r"\b(?:sworn|affirmed|testified|lawful age|oath)\b", re.IGNORECASE)
_COURT_LABEL = re.compile(
    r"(?:MR|MRS|MS|MISS|DR|JUDGE|HON|SENATOR|PROF)\.? [\w.'’ -]{2,40}"
    r"|(?:THE|A) [A-Z][A-Z -]{2,40}|(?:GRAND )?JUROR(?: (?:NO\. ?)?\d{1,3})?|(?:WITNESS|DEPONENT)(?: \d{1,3})?"
    r"|COURT(?: REPORTER| CLERK)?|VIDEOGRAPHER|BAILIFF|CLERK|INTERPRETER|FOREPERSON"
)
# Characters after a name in which it has to be said that the person was sworn, and lines that say it, at most.
_REACH, _MOST_LINES = 300, 5


def find_examinations(text: str, lines: Sequence[TextLine]) -> None:
    """Set who asks and who answers from each head on, and make notes of heads. Labels of lines are set already."""
    asks: str | None = None
    answers: str | None = None
    printed = {label_key(line.label.text): line.label.text for line in reversed(lines) if line.label}
    for index, line in enumerate(lines):
        if line.kind is LineKind.TEXT and line.label and is_question_label(line.label.text):
            if aside := _ASIDE.match(text, line.start + line.label.speech_start, line.end):
                asks = _as_printed(aside["name"], printed)
            line.speaker = asks
        elif line.kind is LineKind.TEXT and line.label and _answers(line.label.text):
            line.speaker = answers
        elif line.kind not in {LineKind.TEXT, LineKind.HEADING}:
            continue
        elif head := _HEAD.fullmatch(text, line.start, line.end):
            asks = _as_printed(head["name"], printed)
            line.kind, line.label = LineKind.NOTE, None
        elif sworn := _sworn(text, line):
            answers = sworn
            _set_apart(text, lines[index : index + _MOST_LINES])


def _sworn(text: str, line: TextLine) -> str | None:
    """Return who was sworn, if a line begins to say so."""
    match = _SWORN.fullmatch(text, line.start, line.end)
    if match is None or not _SWORN_WORDS.search(text, line.start, min(line.start + _REACH, len(text))):
        return None
    return _as_printed(match["name"], {})


def _set_apart(text: str, lines: Sequence[TextLine]) -> None:
    """Make a note of the sentence that says who was sworn."""
    for line in lines:
        says = line.label and text[line.start + line.label.speech_start : line.end].strip()
        if line.kind not in {LineKind.TEXT, LineKind.HEADING} or (says and line is not lines[0]):
            return
        line.kind, line.label = LineKind.NOTE, None
        if text[line.start : line.end].rstrip().endswith((":", ".")):
            return


def court_labels(lines: Sequence[TextLine]) -> set[str]:
    """Return the labels of others in a trial, however rarely they speak: `MR. POE`, `THE COURT`, `JUROR NO. 3`."""
    candidates = [line.label.text for line in lines if line.label and line.label.style == "colon"]
    return {label for label in candidates if label.isupper() and _COURT_LABEL.fullmatch(label)}


def state_remarks(text: str, lines: Sequence[TextLine], labels: Collection[str]) -> None:
    """State that what counsel, court and others say between `Q` and `A` asks nothing, unless it ends in a question."""
    begun: TextLine | None = None
    for line in lines:
        if line.kind is LineKind.TEXT and line.label:
            begun = line if line.label.text in labels and not _answers(line.label.text) else None
            if begun:
                begun.stated = TurnKind.STATEMENT
        if begun and line.kind is LineKind.TEXT:
            asks = text[line.start : line.end].rstrip().endswith("?")
            begun.stated = None if asks else begun.stated


def _answers(label: str) -> bool:
    return is_answer_label(label) or label_key(label) in {"the witness", "witness", "the deponent", "deponent"}


def _as_printed(name: str, printed: dict[str, str]) -> str:
    """Return a name as the first label of the same person prints it."""
    name = " ".join(name.split()).rstrip(":,")
    return printed.setdefault(label_key(name), name)
