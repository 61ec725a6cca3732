"""Reads plain text with a speaker label at the start of a line: `Q:`, `Ans:`, `NAME:`, `THE PRESIDENT.`

A line without a label continues the turn before it, even after a blank line. Lines in capitals are headings, lines in
brackets are stage directions; neither is speech.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from app.errors import TranscriptError
from app.transcripts import front_matter
from app.transcripts.conversation import Convention, read_conversation
from app.transcripts.label_columns import mark_label_columns
from app.transcripts.label_lines import mark_label_lines
from app.transcripts.labels import label_key
from app.transcripts.source import Source
from app.transcripts.speaker_labels import find_labels, remark_prose_labels
from app.transcripts.text_lines import LineKind, TextLine, is_stage_direction, split_lines, stands_alone
from app.transcripts.transcript import NO, Guess, Ledger, Transcript, TranscriptFormat
from app.transcripts.unspoken import take_off
from app.transcripts.who_speaks import who_speaks

# Characters of a heading in capitals, at most.
_HEADING_LENGTH = 120
# White space before a line in the middle of the page, in characters, at least.
_CENTRED = 12
# Lines with a label that make a text a transcript.
MIN_LABELLED_LINES = 2
_RULE = re.compile(r"[\s*_=~#-]{3,}")
_FOOTNOTE = re.compile(r"(?P<number>\d{1,2})[ \t]?(?=[A-Z])")
_CUE_TIMES = re.compile(r"\d\d:\d\d[.,]\d{3}[ \t]*-->|^WEBVTT", re.MULTILINE)
_STARTS_WITH_TIME = re.compile(r"\W{0,2}\d{1,2}:\d{2}(?::\d{2})?\b")
# Share of lines in capitals above which capitals mark no headings.
_MANY = 0.3
_SUREST = 0.85


def is_other_format(text: str) -> bool:
    """Whether a text is clearly captions, XML, HTML or JSON, even if lines begin like labels."""
    head = text[:4000].lstrip("\ufeff \t\r\n")
    if head[:1] in {"{", "["} and text.rstrip()[-1:] in {"}", "]"}:
        return not head.startswith("[") or head[1:].lstrip()[:1] in {"{", "[", "]", '"'}
    if re.match(r"<(?:\?xml|!doctype|html|head|body|tei|akoma|transcript|root)\b", head, re.IGNORECASE):
        return True
    if head[:1] == "<" and text.rstrip().endswith(">") and "</" in head:
        return True
    return bool(_CUE_TIMES.search(head))


def classify(text: str, lines: Sequence[TextLine]) -> None:
    """Classify the lines of plain text, and set their label candidates."""
    take_off(text, lines)
    capitals = _capital_lines(text, lines)
    for index, line in enumerate(lines):
        if line.kind is not LineKind.TEXT:
            continue
        body = text[line.start : line.end]
        if _RULE.fullmatch(body):
            line.kind = LineKind.MARKUP
        elif is_stage_direction(body) and stands_alone(text, lines, index):
            line.kind = LineKind.NOTE
    find_labels(text, lines)
    mark_label_columns(text, lines)
    mark_label_lines(text, lines)
    for line in (*capitals, *_centred_lines(text, lines)):
        if line.kind is LineKind.TEXT and line.label is None:
            line.kind = LineKind.HEADING


def _capital_lines(text: str, lines: Sequence[TextLine]) -> list[TextLine]:
    with_text = [line for line in lines if line.kind is LineKind.TEXT]
    capitals = [line for line in with_text if _in_capitals(text[line.start : line.end].strip())]
    return capitals if len(capitals) <= _MANY * len(with_text) else []


def _centred_lines(text: str, lines: Sequence[TextLine]) -> list[TextLine]:
    """Return short lines in the middle of the page that end in no sentence, if few lines begin so far right."""
    with_text = [line for line in lines if line.kind is LineKind.TEXT]
    right = [line for line in with_text if not text[line.start : line.start + _CENTRED].strip()]
    if len(right) > _MANY * len(with_text):
        return []
    return [
        line
        for line in right
        if line.begins_paragraph
        and line.paragraph_end == line.end
        and line.end - line.start <= _HEADING_LENGTH
        and not text[line.start : line.end].rstrip().endswith((".", "?", "!", ",", ";", ":", "-", "…", '"', "”"))
    ]


def _in_capitals(body: str) -> bool:
    if not 4 <= len(body) <= _HEADING_LENGTH or not body.isupper() or body[-1] in "!,:;-–—":
        return False
    # `THE HARBOR AND THE U.N.` ends in a period that belongs to its last word.
    if body[-1] == "." and "." not in body.split()[-1][:-1]:
        return False
    return sum(character.isalpha() for character in body) * 2 >= len(body)


def _take_footnotes(text: str, lines: Sequence[TextLine]) -> None:
    """Classify lines such as `1 Pierre Salinger, Press Secretary.` as notes if their numbers ascend or restart at 1."""
    last = 0
    for line in lines:
        if line.kind is not LineKind.TEXT or line.label is not None:
            continue
        match = _FOOTNOTE.match(text, line.start, line.end)
        if match and (int(match["number"]) == 1 or last < int(match["number"]) <= last + 3):
            last = int(match["number"])
            line.kind = LineKind.NOTE


def _convention(source: Source) -> tuple[front_matter.FrontMatter, list[TextLine], Convention]:
    front = front_matter.find(source)
    lines = split_lines(source.text, front.end, len(source.text))
    classify(source.text, lines)
    speakers, count = who_speaks(source.text, lines, front)
    if any(line.label and line.label.style == "period" and line.label.text in speakers for line in lines):
        _take_footnotes(source.text, lines)
    return front, lines, Convention(speakers, count, answerer=front_matter.only_guest(front.metadata))


def guess(lines: Sequence[TextLine], convention: Convention, text: str) -> Guess:
    """Say how sure it is that a text with labels is a transcript, and name the labels."""
    if convention.labelled_lines < MIN_LABELLED_LINES:
        return NO
    timed = sum(bool(_STARTS_WITH_TIME.match(text, line.start, line.end)) for line in lines)
    with_text = sum(line.kind is not LineKind.BLANK for line in lines)
    if timed * 2 > with_text and convention.labelled_lines < timed / 2:
        return NO
    names = ", ".join(sorted(convention.speakers, key=label_key)[:4])
    more = len(convention.speakers) - 4
    listed = f"{names} and {more} more" if more > 0 else names
    count = convention.labelled_lines
    return Guess(min(_SUREST, 0.5 + count / 50), f"{count} lines begin with a label ({listed})")


def sniff(source: Source) -> Guess:
    """Two lines with labels make a labelled text; more of them make it surer."""
    try:
        text = source.text
        if is_other_format(text):
            return NO
        front, lines, convention = _convention(source)
    except TranscriptError:
        return NO
    return replace(guess(lines, convention, text), parse=partial(_read, source, front, lines, convention))


def parse(source: Source) -> Transcript:
    """Read a labelled text.

    Raises:
        TranscriptError: the file is empty, is not text, or has no label.
    """
    refuse_empty(source)
    return _read(source, *_convention(source))


def _read(source: Source, front: front_matter.FrontMatter, lines: list[TextLine], convention: Convention) -> Transcript:
    if not convention.speakers:
        raise source.error("no speaker labels such as 'Q:' or 'NAME:' at the start of a line", front.end)
    ledger = Ledger(source)
    remark_prose_labels(lines, ledger)
    return read_conversation(source, FORMAT.name, lines, front, convention, ledger)


def refuse_empty(source: Source) -> None:
    """Raise TranscriptError for a file without a character of text."""
    if not source.text.strip("\ufeff \t\r\n"):
        raise source.error("the file is empty", 0)


def parse_unlabelled(source: Source) -> Transcript:
    """Read a text without recognizable speakers: each paragraph is a turn without a label.

    Raises:
        TranscriptError: the file is empty or is not text.
    """
    refuse_empty(source)
    front = front_matter.find(source)
    lines = split_lines(source.text, front.end, len(source.text))
    classify(source.text, lines)
    ledger = Ledger(source)
    ledger.remark(
        "unlabelled", "the file names no speakers; each paragraph is kept as a turn without a speaker", front.end
    )
    return read_conversation(source, FORMAT.name, lines, front, Convention(frozenset(), paragraphs_apart=True), ledger)


FORMAT = TranscriptFormat(
    name="labelled-text",
    description="plain text with labels such as Q:, A:, NAME: or NAME. at the start of a line",
    suffixes=(".txt", ".text"),
    sniff=sniff,
    parse=parse,
    surest=_SUREST,
)
