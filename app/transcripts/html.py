"""Reads conversations in HTML: podcast transcripts (<cite>, <time>, <p>) and web pages, without the site around them.

A speaker is named in <cite>, in a label at the start of a line, in <dt>, in the first cell of a table row or in bold.
On a page without speakers, headings or bold paragraphs that ask are the questions.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.errors import TranscriptError
from app.transcripts import front_matter
from app.transcripts.asides import is_appendix, is_promotion
from app.transcripts.front_matter import FrontMatter
from app.transcripts.html_content import conversation_lines, readmit_large_sites
from app.transcripts.html_labels import (
    MIN_LINES,
    LineStart,
    clock_alone,
    confirmed,
    is_row_head,
    labels_only_questions,
    line_start,
    question_lines,
)
from app.transcripts.html_metadata import merged, page_metadata
from app.transcripts.html_text import HEADINGS, HtmlPage, PageLine, read_page
from app.transcripts.labels import is_answer_label, is_question_label
from app.transcripts.people import expected_names, name_and_remark
from app.transcripts.source import Source
from app.transcripts.transcript import (
    NO,
    ByteClass,
    Guess,
    Ledger,
    Segment,
    Transcript,
    TranscriptFormat,
    Turn,
    TurnKind,
)
from app.transcripts.turn_text import Mark, TurnText, mark_all
from app.transcripts.unspoken import is_trailer

# Characters at the beginning that sniffing examines.
_HEAD = 64 * 1024
_DOCUMENT = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_FIRST_TAG = re.compile(
    r"<(?:!--|(?:p|div|cite|time|h[1-6]|section|article|main|dl|table|ul|ol|span|blockquote|center|b|strong|i|em|a|meta"
    r"|title|img|br|hr|font|style|link|script|header|nav)[\s>/])",
    re.IGNORECASE,
)
_TEXT_TAG = re.compile(r"<(?:p|cite|dt|dd|h[1-6]|div|br|td|li|blockquote)[\s>/]", re.IGNORECASE)
_NOTE = re.compile(r"(?:\[[^\[\]]{1,300}\]|\([^()]{1,300}\)|♪[^♪]{0,300}♪?)")


@dataclass(slots=True)
class _TurnDraft:
    """A turn that lines are still added to. Each part is (separator before it, text, segments)."""

    label: str | None
    kind: TurnKind | None = None
    start_ms: int | None = None
    parts: list[tuple[str, str, tuple[Segment, ...]]] = field(default_factory=list)


def sniff(source: Source) -> Guess:
    """Look for the tags of HTML at the beginning, after any front matter."""
    try:
        text = source.text[:_HEAD].lstrip("\ufeff \t\r\n")
    except TranscriptError:
        return NO
    if text.startswith("---"):
        end = text.find("\n---", 3)
        text = text[end + 4 :].lstrip(" -\t\r\n") if end >= 0 else text
    if text.lower().startswith("<?xml"):
        text = text[text.find(">") + 1 :].lstrip()
    if _DOCUMENT.match(text):
        return Guess(0.95, "it begins as an HTML document does")
    tags = len(_TEXT_TAG.findall(text))
    if not _FIRST_TAG.match(text) or not tags:
        html_name = source.suffix in FORMAT.suffixes and tags > 0
        return Guess(0.6, "its name ends in .html, and it has HTML tags") if html_name else NO
    lines = [line for line in text.splitlines() if line.strip()]
    tagged = sum(line.lstrip().startswith("<") for line in lines)
    if source.suffix in FORMAT.suffixes or (tags > 2 and 2 * tagged >= len(lines)):
        return Guess(0.92, f"it begins with an HTML tag, and {tagged} of its {len(lines)} first lines do")
    return NO


def parse(source: Source) -> Transcript:
    """Read an HTML page or fragment.

    Raises:
        TranscriptError: the page has no text, or is cut off inside a tag or a comment.
    """
    ledger, marks = Ledger(source), list[Mark]()
    before = _front_matter(source)
    page = read_page(source, before.end)
    marks.append((before.start, before.end, ByteClass.FRONT_MATTER))
    for code, message, offset in before.remarks:
        ledger.remark(code, message, offset)
    metadata = merged(before.metadata, page_metadata(source, page.head, ledger))
    divider = _TurnDivider(page, ledger, marks, expected_names(metadata.speakers, before.people))
    drafts = divider.drafts()
    turns = [turn for draft in drafts if (turn := _turn(draft, marks))]
    if not turns:
        raise source.error("this page has no text", 0)
    turns = name_and_remark(turns, metadata.speakers, source.name, ledger)
    mark_all(ledger, marks)
    remarks, counts = ledger.close()
    return Transcript(source, FORMAT.name, tuple(turns), metadata, remarks, counts)


def _front_matter(source: Source) -> FrontMatter:
    """Find a fenced block before the first tag. In HTML, lines such as `Title: ...` are no front matter."""
    text = source.text.removeprefix("\ufeff")
    start = len(source.text) - len(text)
    return front_matter.find(source) if text.startswith(("---", "+++")) else FrontMatter(start, start)


def _turn(draft: _TurnDraft, marks: list[Mark]) -> Turn | None:
    text = TurnText()
    for index, (separator, part, segments) in enumerate(draft.parts):
        text.join(separator if index else "")
        text.runs(part, segments)
    words, segments = text.stripped()
    if not segments:
        return None
    byte_class = ByteClass.NOTE if draft.kind is TurnKind.NOTE else ByteClass.TEXT
    marks.extend((run.source_start, run.source_end, byte_class) for run in segments)
    return Turn(words, segments, label=draft.label, kind=draft.kind, start_ms=draft.start_ms)


def _is_promotion(line: PageLine) -> bool:
    return is_promotion(f"*{line.text}*" if line.covered("italic") or line.covered("link") else line.text)


class _TurnDivider:
    """Divides the conversation on a page into turns. Lines are keyed by their Python id."""

    def __init__(self, page: HtmlPage, ledger: Ledger, marks: list[Mark], known_people: Sequence[str]) -> None:
        self._ledger, self._marks = ledger, marks
        readmit_large_sites(page.lines)
        shown = [line for line in page.lines if line.site is None]
        starts = {id(line): line_start(line, is_row_head(shown, index)) for index, line in enumerate(shown)}
        self._starts = confirmed(starts, shown, known_people)
        self._labels_only_questions = labels_only_questions(shown, self._starts)
        labelled = self._starts if len(self._starts) >= MIN_LINES else None
        self._lines = conversation_lines(page, shown, labelled)
        self._remark_left_out(page.lines)
        self._questions = set[int]() if labelled is not None else question_lines(self._lines)
        self._drafts: list[_TurnDraft] = []
        self._spoken: _TurnDraft | None = None
        self._continued: list[int] = []

    def drafts(self) -> list[_TurnDraft]:
        """Divide the lines into turns. A label or time alone on a line is pending until the next line with text."""
        pending: LineStart | None = None
        pending_label: str | None = None
        appendix = self._appendix()
        for index, line in enumerate(self._lines):
            start = self._starts.get(id(line)) or clock_alone(line)
            if index >= appendix:
                self._open(line, 0, None, None, TurnKind.HEADING if line.tag in HEADINGS else TurnKind.NOTE)
            elif start is None:
                self._take_unlabelled(line, pending_label, pending)
                pending, pending_label = None, None
            if start is None or index >= appendix:
                continue
            self._mark_label_and_time(line, start)
            label = start.label or (pending_label if pending else None)
            if not line.text[start.text_start :].strip():
                if pending is None or start.time_ms is not None or pending.time_ms is None:
                    pending = start
                pending_label = label
                continue
            start_ms = start.time_ms if start.time_ms is not None else (pending.time_ms if pending else None)
            self._open(line, start.text_start, label or self._speaker(), start_ms)
            pending, pending_label = None, None
        self._remark_continued()
        return self._drafts

    def _appendix(self) -> int:
        """Return the index of the first line of an appendix below the last label or question."""
        spoken = [n for n, line in enumerate(self._lines) if id(line) in self._starts or id(line) in self._questions]
        first = spoken[-1] + 1 if spoken else len(self._lines)
        texts = [line.text for line in self._lines]
        found = (n for n in range(first, len(texts)) if is_appendix(texts[n]) or is_trailer(texts[n]))
        return next(found, len(self._lines))

    def _speaker(self) -> str | None:
        """Return the label of the last turn that was spoken."""
        return self._spoken.label if self._spoken else None

    def _open(
        self, line: PageLine, at: int, label: str | None, start_ms: int | None, kind: TurnKind | None = None
    ) -> None:
        """Begin a turn with the line's text from an offset on."""
        if kind is None and label and self._labels_only_questions:
            kind = TurnKind.QUESTION
        elif kind is None and label:
            kind = (
                TurnKind.QUESTION if is_question_label(label) else TurnKind.ANSWER if is_answer_label(label) else None
            )
        start_ms = start_ms if line.start_ms is None else line.start_ms
        self._drafts.append(_TurnDraft(label, kind, start_ms, [("", *line.slice(at, len(line.text)))]))
        if kind not in {TurnKind.NOTE, TurnKind.HEADING}:
            self._spoken = self._drafts[-1]

    def _take_unlabelled(self, line: PageLine, label: str | None, pending: LineStart | None) -> None:
        if pending is not None:
            self._open(line, 0, label or self._speaker(), pending.time_ms)
        elif id(line) in self._questions:
            self._open(line, 0, None, None, TurnKind.QUESTION)
        elif line.tag in HEADINGS:
            self._open(line, 0, None, None, TurnKind.HEADING)
        elif line.tag in {"figcaption", "th"} or _NOTE.fullmatch(line.text) or _is_promotion(line):
            self._open(line, 0, None, None, TurnKind.NOTE)
        else:
            self._continue(line)

    def _continue(self, line: PageLine) -> None:
        """Add a line to the turn before it; after a note or a heading it is a new turn of the same speaker."""
        last = self._drafts[-1] if self._drafts else None
        start = line.segments[0].source_start
        if last is not None and last.kind is TurnKind.QUESTION and (last.label is None or self._labels_only_questions):
            self._open(line, 0, None, None, TurnKind.ANSWER)
        elif last is not None and last.kind not in {TurnKind.NOTE, TurnKind.HEADING}:
            last.parts.append((line.separator, *line.slice(0, len(line.text))))
            if last.label and line.separator != "\n":
                self._continued.append(start)
        else:
            before = self._spoken
            kind = TurnKind.ANSWER if self._questions and before and before.kind else None
            self._open(line, 0, self._speaker(), None, kind)
            if before is None and not self._questions:
                self._ledger.remark(
                    "unlabelled", "text before the first label is kept as a turn without a speaker", start
                )
            elif before and before.label:
                self._continued.append(start)

    def _remark_continued(self) -> None:
        if self._continued:
            count = len(self._continued)
            message = f"{count} paragraphs without a label were given to the speaker before them, first here"
            self._ledger.remark("continuation", message, self._continued[0])

    def _mark_label_and_time(self, line: PageLine, start: LineStart) -> None:
        ranges = ((start.label_range, ByteClass.LABEL), (start.time_range, ByteClass.TIME))
        for text_range, byte_class in ranges:
            _, segments = line.slice(*text_range)
            self._marks.extend((run.source_start, run.source_end, byte_class) for run in segments)

    def _remark_left_out(self, lines: list[PageLine]) -> None:
        inside = {id(line) for line in self._lines}
        outside = [line for line in lines if id(line) not in inside]
        if outside:
            self._ledger.remark(
                "site-text",
                f"{len(outside)} lines outside the conversation were left out, first {outside[0].text[:60]!r}",
                outside[0].segments[0].source_start,
            )


FORMAT = TranscriptFormat(
    name="html",
    description="HTML: podcast transcripts with <cite> and <time>, and interviews on web pages",
    suffixes=(".html", ".htm", ".xhtml"),
    sniff=sniff,
    parse=parse,
)
