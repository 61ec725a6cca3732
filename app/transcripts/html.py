"""Reads conversations in HTML: podcast transcripts (<cite>, <time>, <p>) and web pages, without the site around them.

Speakers stand in <cite>, in a label at the start of a line, in <dt>, in a table's first cell or in bold; a page
without any has questions as headings or as bold paragraphs. Where the talk is on the page is decided by where its
labels, or else most of its text, stand together.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field

from app.errors import TranscriptError
from app.transcripts import front_matter
from app.transcripts.clock import milliseconds
from app.transcripts.front_matter import FrontMatter
from app.transcripts.html_metadata import merged, page_metadata
from app.transcripts.html_text import HEADINGS, Line, Page, read_page
from app.transcripts.labels import answers, asks, is_name_shaped
from app.transcripts.people import known_names, name_speakers
from app.transcripts.printed_labels import leading_label
from app.transcripts.source import Source
from app.transcripts.speaker_labels import accepted
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

_CLOCK = re.compile(r"[\[(]?(?P<clock>[0-9]{1,3}(?::[0-9]{2}){1,2}(?:[.,][0-9]{1,3})?)[\])]?(?![\d:.,]\d)")
_NOTE = re.compile(r"(?:\[[^\[\]]{1,300}\]|\([^()]{1,300}\)|♪[^♪]{0,300}♪?)")
_AFTER_LABEL = re.compile(r"[\s\u00a0:：–—-]{0,8}")
_MAX_LABEL = 60
_MAX_LABEL_WORDS = 6
# A container is the place of the talk if it holds this part of the labelled lines, or of the text.
_MOST_LABELS, _MOST_TEXT = 0.9, 0.8
_MIN_LINES = 2


@dataclass(frozen=True, slots=True)
class _Lead:
    """What a line begins with. `sure` labels need no other line to be believed; `weak` ones have no colon."""

    text_start: int
    label: str | None = None
    label_range: tuple[int, int] = (0, 0)
    time_ms: int | None = None
    time_range: tuple[int, int] = (0, 0)
    sure: bool = False
    weak: bool = False


@dataclass(slots=True)
class _Draft:
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
    talk = _Talk(source, page, ledger, marks, known_names(metadata.speakers, before.people))
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


def _turn(draft: _Draft, marks: list[Mark]) -> Turn | None:
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


class _Talk:
    """Finds the talk among the lines of a page, and divides it into turns."""

    def __init__(
        self, source: Source, page: Page, ledger: Ledger, marks: list[Mark], known_people: Sequence[str]
    ) -> None:
        self._source, self._page, self._ledger, self._marks = source, page, ledger, marks
        _keep_what_holds_most(page.lines)
        shown = [line for line in page.lines if line.site is None]
        leads = {id(line): _lead(line, _is_row_head(shown, index)) for index, line in enumerate(shown)}
        self._leads = _believed(leads, shown, known_people)
        self._only_asking = _only_asking(shown, self._leads)
        self._lines = self._in_one_place(shown)
        self._questions = set[int]() if len(self._leads) >= _MIN_LINES else _question_lines(self._lines)
        self._drafts: list[_Draft] = []
        self._spoken: _Draft | None = None
        self._continued: list[int] = []

    def drafts(self) -> list[_Draft]:
        """Divide the lines into turns."""
        pending: _Lead | None = None
        pending_label: str | None = None
        for line in self._lines:
            lead = self._leads.get(id(line))
            if lead is None and (clock := _clock_alone(line)) is not None:
                lead = clock
            if lead is None:
                self._take_unlabelled(line, pending_label, pending)
                pending, pending_label = None, None
                continue
            self._mark_lead(line, lead)
            label = lead.label or (pending_label if pending else None)
            if not line.text[lead.text_start :].strip():
                pending, pending_label = _both(pending, lead), label
                continue
            start_ms = lead.time_ms if lead.time_ms is not None else (pending.time_ms if pending else None)
            self._open(line, lead.text_start, label or self._speaker(), start_ms)
            pending, pending_label = None, None
        self._remark_continued()
        return self._drafts

    def _speaker(self) -> str | None:
        """Return the label of the last turn that was spoken."""
        return self._spoken.label if self._spoken else None

    def _open(self, line: Line, at: int, label: str | None, start_ms: int | None, kind: TurnKind | None = None) -> None:
        if kind is None and label and self._only_asking:
            kind = TurnKind.QUESTION
        elif kind is None and label:
            kind = TurnKind.QUESTION if asks(label) else TurnKind.ANSWER if answers(label) else None
        self._drafts.append(_Draft(label, kind, start_ms, [("", *line.slice(at, len(line.text)))]))
        if kind not in {TurnKind.NOTE, TurnKind.HEADING}:
            self._spoken = self._drafts[-1]

    def _take_unlabelled(self, line: Line, label: str | None, pending: _Lead | None) -> None:
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

    def _go_on(self, line: Line) -> None:
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

    def _mark_lead(self, line: Line, lead: _Lead) -> None:
        ranges = ((lead.label_range, ByteClass.LABEL), (lead.time_range, ByteClass.TIME))
        for (start, end), byte_class in ranges:
            _, segments = line.slice(start, end)
            self._marks.extend((run.source_start, run.source_end, byte_class) for run in segments)

    def _in_one_place(self, shown: list[Line]) -> list[Line]:
        """Return the lines of the talk: those of the smallest element around nearly all labels, or most text."""
        labelled = len(self._leads) >= _MIN_LINES
        weights = [
            (line.container, int(id(line) in self._leads) if labelled else _prose_length(line)) for line in shown
        ]
        place = _place(self._page, weights, _MOST_LABELS if labelled else _MOST_TEXT)
        inside = [False] * len(self._page.parents)
        for number, parent in enumerate(self._page.parents):
            inside[number] = number == place or (parent >= 0 and inside[parent])
        talk = [line for line in shown if inside[line.container] or (labelled and id(line) in self._leads)]
        talk = _without_frame(talk, self._leads if labelled else None)
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


def _without_frame(talk: list[Line], leads: Container[int] | None) -> list[Line]:
    """Leave out what stands before and after the talk and is no paragraph, on a page that writes paragraphs: bylines,
    dates, buttons; and links after its end.
    """
    writes_paragraphs = sum(bool(line.tag) for line in talk) >= 0.8 * len(talk)

    def is_said(line: Line) -> bool:
        if line.part or (leads is not None and id(line) in leads):
            return True
        return line.tag not in HEADINGS and bool(line.tag or not writes_paragraphs) and not line.covered("link")

    said = [index for index, line in enumerate(talk) if is_said(line)]
    if not said:
        return talk
    headings = [line for line in talk[: said[0]] if line.tag in HEADINGS]
    return headings + talk[said[0] : said[-1] + 1]


def _keep_what_holds_most(lines: list[Line]) -> None:
    """Take navigation, forms and the like for part of the page after all if one of them holds half of the text."""
    sizes: Counter[int] = Counter()
    for line in lines:
        if line.site is not None:
            sizes[line.site] += _prose_length(line)
    total = sum(_prose_length(line) for line in lines)
    large = {site for site, size in sizes.items() if 2 * size >= total}
    for line in lines:
        if line.site in large:
            line.site = None


def _prose_length(line: Line) -> int:
    linked = sum(each.end - each.start for each in line.stretches if each.kind == "link")
    return max(len(line.text) - 2 * linked, 0)


def _place(page: Page, weights: Iterable[tuple[int, int]], most: float) -> int:
    """Return the innermost element that holds at least this part of the weight."""
    total = [0] * len(page.parents)
    for container, weight in weights:
        total[container] += weight
    heaviest = [0] * len(page.parents)
    for number in range(len(page.parents) - 1, 0, -1):
        parent = page.parents[number]
        total[parent] += total[number]
        if total[number] >= total[heaviest[parent]] or heaviest[parent] == 0:
            heaviest[parent] = number
    place, wanted = 0, max(most * total[0], 1)
    leaves = HEADINGS | {"p", "li", "dt", "dd", "td", "th", "tr", "blockquote"}
    while (below := heaviest[place]) and total[below] >= wanted and page.names[below] not in leaves:
        place = below
    return place


def _is_row_head(lines: Sequence[Line], index: int) -> bool:
    """Whether a line is all of the first cell of a table row that has more cells."""
    row = lines[index].row
    if row is None or (index and lines[index - 1].row == row):
        return False
    return (
        index + 1 < len(lines) and lines[index + 1].row == row and lines[index + 1].container != lines[index].container
    )


def _lead(line: Line, is_row_head: bool) -> _Lead | None:
    """Find the label that a line may begin with."""
    if named := _cited(line):
        return named
    if found := leading_label(line.text):
        time = (found.time_start or 0, found.time_end or 0)
        end = found.text_start if found.time_start is None or found.time_start < found.start else found.time_start
        return _Lead(found.text_start, found.label, (found.start, end), found.time_ms, time)
    if line.tag in HEADINGS or line.tag in {"dt", "summary"} or is_row_head or line.covered("bold"):
        return _whole(line)
    bold = next((each for each in line.stretches if each.kind == "bold" and each.start == 0), None)
    if bold is None or not _is_short(name := line.text[: bold.end].strip(" \u00a0:")):
        return None
    after = _AFTER_LABEL.match(line.text, bold.end)
    text_start = after.end() if after else bold.end
    gap = line.text[bold.end - 1 : text_start]
    if text_start == bold.end and not gap[-1:].isspace():
        return None
    return _timed(line, _Lead(text_start, name, (0, bold.end), weak=True))


def _cited(line: Line) -> _Lead | None:
    """Read a name in <cite>, or in an element that is called a speaker, and a time before or after it."""
    clock = _clock_at(line, 0)
    at = clock.text_start if clock else 0
    cite = next((each for each in line.stretches if each.kind == "cite" and each.start <= at < each.end), None)
    if cite is None:
        return clock if clock and _is_time_element(line, clock) else None
    printed = line.text[at : cite.end]
    name = printed.strip(" \u00a0:：")
    if not _is_short(name):
        return None
    after = _AFTER_LABEL.match(line.text, cite.end)
    text_start = after.end() if after else cite.end
    has_colon = printed.rstrip().endswith((":", "：")) or ":" in line.text[cite.end : text_start]
    lead = _Lead(text_start, name, (at, cite.end), weak=not has_colon, sure=has_colon)
    if clock:
        return _Lead(text_start, name, (at, cite.end), clock.time_ms, clock.time_range, sure=True)
    return _timed(line, lead)


def _timed(line: Line, lead: _Lead) -> _Lead:
    """Add the time that stands between a label and what is said."""
    clock = _clock_at(line, lead.text_start)
    if clock is None:
        return lead
    return _Lead(clock.text_start, lead.label, lead.label_range, clock.time_ms, clock.time_range, sure=True, weak=False)


def _clock_at(line: Line, at: int) -> _Lead | None:
    match = _CLOCK.match(line.text, at)
    if match is None or (moment := milliseconds(match["clock"])) is None:
        return None
    ends = {len(line.text), *(each.end for each in line.stretches), *(each.start for each in line.stretches)}
    if match.end() not in ends and not line.text[match.end()].isspace():
        return None
    after = _AFTER_LABEL.match(line.text, match.end())
    return _Lead(
        after.end() if after else match.end(), time_ms=moment, time_range=(match.start(), match.end()), sure=True
    )


def _is_time_element(line: Line, clock: _Lead) -> bool:
    start, end = clock.time_range
    return any(each.kind == "time" and each.start <= start and end <= each.end for each in line.stretches)


def _clock_alone(line: Line) -> _Lead | None:
    clock = _clock_at(line, 0)
    return clock if clock and clock.text_start >= len(line.text) else None


def _whole(line: Line) -> _Lead | None:
    name = line.text.strip(" \u00a0:：")
    if not _is_short(name):
        return None
    colon = line.text.rstrip().endswith((":", "："))
    return _Lead(len(line.text), name, (0, len(line.text)), weak=not colon)


def _is_short(name: str) -> bool:
    return 0 < len(name) <= _MAX_LABEL and len(name.split()) <= _MAX_LABEL_WORDS and "\n" not in name


def _both(before: _Lead | None, lead: _Lead) -> _Lead:
    """Keep the time of an earlier line that had no speech either."""
    return before if before and lead.time_ms is None and before.time_ms is not None else lead


def _believed(leads: dict[int, _Lead | None], lines: list[Line], known_people: Sequence[str]) -> dict[int, _Lead]:
    """Return the leads whose labels are speakers, judged by the whole page."""
    found = [(id(line), lead) for line in lines if (lead := leads[id(line)])]
    plain = [lead.label for _, lead in found if lead.label and not lead.weak]
    sure = {lead.label for _, lead in found if lead.label and lead.sure}
    speakers = accepted(plain, known_people) | sure
    strong = sum(label in speakers for label in plain)
    # Names without a colon are speakers when several of them recur; a bold word at the start of a line is none.
    weak = Counter(lead.label for _, lead in found if lead.label and lead.weak)
    recurring = {
        label
        for label in accepted(list(weak.elements()), known_people)
        if is_name_shaped(label) and (weak[label] > 1 or label in speakers)
    }
    lines_with = sum(weak[label] for label in recurring)
    if len(recurring) < 2 or lines_with < 4 or lines_with < strong:
        recurring = {label for label in recurring if label in speakers}
    return {
        key: lead
        for key, lead in found
        if lead.label is None or (lead.label in recurring if lead.weak else lead.label in speakers)
    }


def _only_asking(lines: list[Line], leads: dict[int, _Lead]) -> bool:
    """Whether all labels stand on questions, so that what stands between the questions are the answers.

    Either the labels say so (`Q:`), or one person's label is all there is and the lines with it are bold or italic.
    """
    labels = {lead.label for lead in leads.values() if lead.label}
    if not labels or all(asks(label) for label in labels):
        return True
    led = [line for line in lines if id(line) in leads]
    return len(labels) == 1 and any(
        all(line.covered(kind) and leads[id(line)].text_start < len(line.text) for line in led)
        for kind in ("bold", "italic")
    )


def _question_lines(lines: list[Line]) -> set[int]:
    """Find the lines that are questions by their form: terms, headings of one level, bold or italic lines."""
    classed = [line for line in lines if line.part == "question"]
    terms = [line for line in lines if line.tag in {"dt", "summary"}]
    for stated in (classed, terms):
        if len(stated) >= _MIN_LINES and len(stated) < len(lines):
            return {id(line) for line in stated}
    forms: dict[str, list[Line]] = {}
    for line in lines:
        if line.tag in HEADINGS:
            forms.setdefault(line.tag, []).append(line)
        elif line.covered("bold"):
            forms.setdefault("bold", []).append(line)
        elif line.covered("italic"):
            forms.setdefault("italic", []).append(line)
    asked = {form: sum(_asks(line.text) for line in group) for form, group in forms.items()}
    likely = [form for form, group in forms.items() if asked[form] >= _MIN_LINES and 2 * asked[form] >= len(group)]
    if not likely:
        return set()
    best = max(likely, key=lambda form: asked[form])
    return {id(line) for line in forms[best]}


def _asks(text: str) -> bool:
    return text.rstrip(" \u00a0\"'”’)").endswith(("?", "？", "؟"))


FORMAT = TranscriptFormat(
    name="html",
    description="HTML: podcast transcripts with <cite> and <time>, and interviews on web pages",
    suffixes=(".html", ".htm", ".xhtml"),
    sniff=sniff,
    parse=parse,
)
