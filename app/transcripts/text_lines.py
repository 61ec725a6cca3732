"""Cuts text into lines and paragraphs, and recognizes stage directions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from app.transcripts.label_decision import Verdict
from app.transcripts.printed_labels import SpeakerLabel
from app.transcripts.transcript import ByteClass, TurnKind

_LINE = re.compile(r"(?P<line>[^\r\n]*)(?:\r\n|\r|\n)?")
# What str.splitlines takes for the end of a line.
_LINE_ENDS = "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_STAGE_DIRECTION = re.compile(
    r"\\?[\[【][^\[\]【】]{1,600}\\?[\]】][.:]?|[(（][^()（）]{1,60}[)）]\.?|[♪♫][^\n]{0,200}[♪♫]"
)
# What stenographers of parliaments and courts put in brackets, however long it is.
_REPORTED = re.compile(
    r"[(（](?:(?:lebhafter?|anhaltender?|allgemeine[rs]?|prolonged|loud|general|vifs?|grandes?|vivos?|vivi|бурные) )?"
    r"(?:beifall|zurufe?|heiterkeit|lachen|widerspruch|unruhe|zustimmung|gegenrufe?|applaus\w{0,6}|laughter"
    r"|cheers|cheering"
    r"|interruptions?|interjections?|crosstalk|discussion|whereupon|recess|pause|rires|exclamations|protestations"
    r"|mouvements|rumores|risas|protestas|commenti|proteste|rumori|vozes|palmas|risos|protestos|аплодисменты"
    r"|смех|шум)"
    r"\b.{0,600}[)）]\.?",
    re.IGNORECASE,
)
_INTERJECTING = re.compile(
    r"(?:(?:an?|some|several|many|various|hon(?:ou?rable)?\.?|opposition|government) ){0,4}"
    r"(?:members?|senators?|deputies|voices|councillors?) (?:interject|interrupt|laugh|cheer)(?:ing|ed)\W{0,3}",
    re.IGNORECASE,
)
# What members call out: `(Jens Roe [Küste]: Hear, hear!)`
_CALLED_OUT = re.compile(
    r"[(（](?:Zuruf\b|Gegenruf\b|Abg\."
    r"|(?:[^()\[\]:\n]{2,60}[ ][(\[][^()\[\]\n]{1,30}[)\]]))[^:\n]{0,40}:[ ][^\n]{1,400}[)）]\.?"
)
_EMPHASIS = re.compile(r"[*_]{1,3}")
# Words of a stage direction in round brackets, at most: with more it is part of the speech.
_MAX_ASIDE_WORDS = 6


class LineKind(Enum):
    """What a line is, before it is decided who speaks."""

    BLANK = auto()
    TEXT = auto()
    HEADING = auto()
    NOTE = auto()
    MARKUP = auto()
    # The layout marks it as a question, without a label.
    QUESTION = auto()
    # It belongs to a question that begins on a line above.
    JOINED = auto()
    # All of it is taken off; the text around it goes on as if it were not there.
    OFF = auto()


@dataclass(frozen=True, slots=True)
class TakenOff:
    """A part of a line that nobody said, such as a line number or a footnote mark; `what` names it in a remark."""

    start: int
    end: int
    byte_class: ByteClass
    what: str


@dataclass(slots=True)
class TextLine:
    """A line without its end. All positions but the label's are offsets in the source.

    The text inside its markup (`## ... ##`) stands from `text_start` up to `text_end`. `paragraph_end` is the end of
    the paragraph that the line belongs to. `level` is the depth of a heading. `heading_end` is the end of a heading
    that stands in front of the label on the same line, or 0. `verdict` is what was decided on the label that the line
    began with; `refused_label` is that label where it is no speaker. `stated` is the kind of turn that the line begins,
    if more says so than its label; `speaker` is who is behind a mark. `off` are the parts that are not speech; of them,
    those at the beginning stand before `start`.
    """

    start: int
    end: int
    kind: LineKind = LineKind.TEXT
    text_start: int = 0
    text_end: int = 0
    begins_paragraph: bool = True
    paragraph_end: int = 0
    level: int = 0
    label: SpeakerLabel | None = None
    verdict: Verdict | None = None
    refused_label: str | None = None
    heading_end: int = 0
    in_code: bool = False
    stated: TurnKind | None = None
    speaker: str | None = None
    off: tuple[TakenOff, ...] = ()


def line_spans(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each line without its line end; only CR LF, LF and CR end a line."""
    for match in _LINE.finditer(text, start):
        if match.end() > match.start():
            yield match.span("line")


def split_lines(text: str, start: int, end: int) -> list[TextLine]:
    """Split text into lines, and say which are blank and where paragraphs begin and end."""
    lines, at, previous_blank = [], start, True
    for whole in text[start:end].splitlines(keepends=True):
        body = whole.rstrip(_LINE_ENDS)
        line = TextLine(at, at + len(body), text_start=at, text_end=at + len(body), begins_paragraph=previous_blank)
        if not body.strip():
            line.kind = LineKind.BLANK
        previous_blank = line.kind is LineKind.BLANK
        lines.append(line)
        at += len(whole)
    paragraph_end = 0
    for line in reversed(lines):
        if line.kind is LineKind.BLANK:
            paragraph_end = 0
        else:
            paragraph_end = paragraph_end or line.end
            line.paragraph_end = paragraph_end = max(paragraph_end, line.end)
    return lines


def is_stage_direction(line: str) -> bool:
    """Whether a line is nothing but a stage direction or an editor's note: `(laughter)`, `[END OF INTERVIEW]`."""
    line = _without_emphasis(line.strip())
    if _REPORTED.fullmatch(line) or _CALLED_OUT.fullmatch(line) or (len(line) < 120 and _INTERJECTING.fullmatch(line)):
        return True
    if not line or line[0] not in "\\[【(（♪♫" or not _STAGE_DIRECTION.fullmatch(line):
        return False
    return line[0] not in "(（" or len(line.split()) <= _MAX_ASIDE_WORDS


def _without_emphasis(line: str) -> str:
    """Return a line without the emphasis of Markdown around all of it, as in `*[She pours the tea.]*`."""
    marks = _EMPHASIS.match(line)
    if marks is None or not line.endswith(marks.group()[::-1]) or len(line) <= 2 * marks.end():
        return line
    return line[marks.end() : -marks.end()].strip()


def stands_alone(text: str, lines: Sequence[TextLine], index: int) -> bool:
    """Whether a line is a paragraph of its own, or follows a sentence that has ended; else it may be wrapped text."""
    line = lines[index]
    if line.begins_paragraph:
        return True
    before = text[lines[index - 1].start : lines[index - 1].end].rstrip(" \t\"'”’)]*_")
    return before.endswith((".", "?", "!", "…", "-", "–", "—", ":", "。", "？", "！"))
