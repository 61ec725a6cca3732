"""Reads conversations in HTML: podcast transcripts (<cite>, <time>, <p>) and web pages, without the site around them.

Speakers stand in <cite>, in a label at the start of a line, in <dt>, in a table's first cell or in bold; a page
without any has questions as headings or as bold paragraphs. Where the talk is on the page is decided by where its
labels, or else most of its text, stand together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.errors import TranscriptError
from app.transcripts import front_matter
from app.transcripts.front_matter import FrontMatter
from app.transcripts.html_content import keep_what_holds_most, place_of, prose_length, without_frame
from app.transcripts.html_labels import (
    MIN_LINES,
    LineStart,
    both,
    clock_alone,
    confirmed,
    is_row_head,
    line_start,
    only_asking,
    question_lines,
)
from app.transcripts.html_metadata import merged, page_metadata
from app.transcripts.html_text import HEADINGS, HtmlPage, PageLine, read_page
from app.transcripts.labels import is_answer_label, is_question_label
from app.transcripts.people import expected_names, name_speakers
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

_HEAD = 64 * 1024
_DOCUMENT = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_FIRST_TAG = re.compile(
    r"<(?:!--|(?:p|div|cite|time|h[1-6]|section|article|main|dl|table|ul|ol|span|blockquote|center|b|strong|i|em|a|meta"
    r"|title|img|br|hr|font|style|link|script|header|nav)[\s>/])",
    re.IGNORECASE,
)
_TEXT_TAG = re.compile(r"<(?:p|cite|dt|dd|h[1-6]|div|br|td|li|blockquote)[\s>/]", re.IGNORECASE)
_NOTE = re.compile(r"(?:\[[^\[\]]{1,300}\]|\([^()]{1,300}\)|♪[^♪]{0,300}♪?)")
# A container is the place of the talk if it holds this part of the labelled lines, or of the text.
_MOST_LABELS, _MOST_TEXT = 0.9, 0.8


@dataclass(slots=True)
class _TurnDraft:
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
    talk = _Conversation(source, page, ledger, marks, expected_names(metadata.speakers, before.people))
    drafts = talk.drafts()
    turns = [turn for draft in drafts if (turn := _turn(draft, marks))]
    if not turns:
        raise source.error("this page has no text", 0)
    turns, namings = name_speakers(turns, metadata.speakers, source.name)
    for naming in namings:
        ledger.remark("named", f"{naming.label!r} is {naming.name!r}, by {naming.evidence}", turns[0].source_start)
    mark_all(ledger, marks)
    remarks, counts = ledger.close()
    return Transcript(source, FORMAT.name, tuple(turns), metadata, remarks, counts)


def _front_matter(source: Source) -> FrontMatter:
    """Take a fenced block before the first tag; lines such as `Title: ...` are none in HTML."""
    text = source.text.removeprefix("\ufeff")
    start = len(source.text) - len(text)
    return front_matter.find(source) if text.startswith(("---", "+++")) else FrontMatter(start, start)


def _turn(draft: _TurnDraft, marks: list[Mark]) -> Turn | None:
    text = TurnText()
    for index, (joint, part, segments) in enumerate(draft.parts):
        text.join(joint if index else "")
        text.runs(part, segments)
    said, kept = text.stripped()
    if not kept:
        return None
    byte_class = ByteClass.NOTE if draft.kind is TurnKind.NOTE else ByteClass.TEXT
    marks.extend((run.source_start, run.source_end, byte_class) for run in kept)
    return Turn(said, kept, label=draft.label, kind=draft.kind, start_ms=draft.start_ms)


class _Conversation:
    """Finds the talk among the lines of a page, and divides it into turns."""

    def __init__(
        self, source: Source, page: HtmlPage, ledger: Ledger, marks: list[Mark], known_people: Sequence[str]
    ) -> None:
        self._source, self._page, self._ledger, self._marks = source, page, ledger, marks
        keep_what_holds_most(page.lines)
        shown = [line for line in page.lines if line.site is None]
        leads = {id(line): line_start(line, is_row_head(shown, index)) for index, line in enumerate(shown)}
        self._leads = confirmed(leads, shown, known_people)
        self._only_asking = only_asking(shown, self._leads)
        self._lines = self._in_one_place(shown)
        self._questions = set[int]() if len(self._leads) >= MIN_LINES else question_lines(self._lines)
        self._drafts: list[_TurnDraft] = []
        self._spoken: _TurnDraft | None = None
        self._continued: list[int] = []

    def drafts(self) -> list[_TurnDraft]:
        """Divide the lines into turns."""
        pending: LineStart | None = None
        pending_label: str | None = None
        for line in self._lines:
            lead = self._leads.get(id(line))
            if lead is None and (clock := clock_alone(line)) is not None:
                lead = clock
            if lead is None:
                self._take_unlabelled(line, pending_label, pending)
                pending, pending_label = None, None
                continue
            self._mark_lead(line, lead)
            label = lead.label or (pending_label if pending else None)
            if not line.text[lead.text_start :].strip():
                pending, pending_label = both(pending, lead), label
                continue
            start_ms = lead.time_ms if lead.time_ms is not None else (pending.time_ms if pending else None)
            self._open(line, lead.text_start, label or self._speaker(), start_ms)
            pending, pending_label = None, None
        self._remark_continued()
        return self._drafts

    def _speaker(self) -> str | None:
        """Return the label of the last turn that was spoken."""
        return self._spoken.label if self._spoken else None

    def _open(
        self, line: PageLine, at: int, label: str | None, start_ms: int | None, kind: TurnKind | None = None
    ) -> None:
        if kind is None and label and self._only_asking:
            kind = TurnKind.QUESTION
        elif kind is None and label:
            kind = (
                TurnKind.QUESTION if is_question_label(label) else TurnKind.ANSWER if is_answer_label(label) else None
            )
        self._drafts.append(_TurnDraft(label, kind, start_ms, [("", *line.slice(at, len(line.text)))]))
        if kind not in {TurnKind.NOTE, TurnKind.HEADING}:
            self._spoken = self._drafts[-1]

    def _take_unlabelled(self, line: PageLine, label: str | None, pending: LineStart | None) -> None:
        if pending is not None:
            # A label or a time that stood alone belongs to the line after it.
            self._open(line, 0, label or self._speaker(), pending.time_ms)
        elif id(line) in self._questions:
            self._open(line, 0, None, None, TurnKind.QUESTION)
        elif line.tag in HEADINGS:
            self._open(line, 0, None, None, TurnKind.HEADING)
        elif line.tag == "figcaption" or _NOTE.fullmatch(line.text):
            self._open(line, 0, None, None, TurnKind.NOTE)
        else:
            self._go_on(line)

    def _go_on(self, line: PageLine) -> None:
        """Add a line to the turn before it; after a note or a heading it is a new turn of the same speaker."""
        last = self._drafts[-1] if self._drafts else None
        start = line.segments[0].source_start
        if last is not None and last.kind is TurnKind.QUESTION and (last.label is None or self._only_asking):
            self._open(line, 0, None, None, TurnKind.ANSWER)
        elif last is not None and last.kind not in {TurnKind.NOTE, TurnKind.HEADING}:
            last.parts.append((line.joint, *line.slice(0, len(line.text))))
            if last.label and line.joint != "\n":
                self._continued.append(start)
        else:
            before = self._spoken
            kind = TurnKind.ANSWER if self._questions and before and before.kind else None
            self._open(line, 0, self._speaker(), None, kind)
            if before is None and not self._questions:
                self._ledger.remark("unlabelled", "text before the first label is kept as a turn of nobody", start)
            elif before and before.label:
                self._continued.append(start)

    def _remark_continued(self) -> None:
        if self._continued:
            count = len(self._continued)
            message = f"{count} paragraphs without a label were taken to go on with the speaker before them, first here"
            self._ledger.remark("continuation", message, self._continued[0])

    def _mark_lead(self, line: PageLine, lead: LineStart) -> None:
        ranges = ((lead.label_range, ByteClass.LABEL), (lead.time_range, ByteClass.TIME))
        for (start, end), byte_class in ranges:
            _, segments = line.slice(start, end)
            self._marks.extend((run.source_start, run.source_end, byte_class) for run in segments)

    def _in_one_place(self, shown: list[PageLine]) -> list[PageLine]:
        """Return the lines of the talk: those of the smallest element around nearly all labels, or most text."""
        labelled = len(self._leads) >= MIN_LINES
        weights = [(line.container, int(id(line) in self._leads) if labelled else prose_length(line)) for line in shown]
        place = place_of(self._page, weights, _MOST_LABELS if labelled else _MOST_TEXT)
        inside = [False] * len(self._page.parents)
        for number, parent in enumerate(self._page.parents):
            inside[number] = number == place or (parent >= 0 and inside[parent])
        talk = [line for line in shown if inside[line.container] or (labelled and id(line) in self._leads)]
        talk = without_frame(talk, self._leads if labelled else None)
        kept = {id(line) for line in talk}
        left = [line for line in self._page.lines if id(line) not in kept]
        if left:
            first = left[0].text[:60]
            self._ledger.remark(
                "site-text",
                f"{len(left)} lines outside the conversation were taken for the site's own, first {first!r}",
                left[0].segments[0].source_start,
            )
        return talk


FORMAT = TranscriptFormat(
    name="html",
    description="HTML: podcast transcripts with <cite> and <time>, and interviews on web pages",
    suffixes=(".html", ".htm", ".xhtml"),
    sniff=sniff,
    parse=parse,
)
