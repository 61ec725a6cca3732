"""What lines of a page begin with: speakers' labels and times, and which of these the whole page confirms."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.transcripts.clock import label_clock_ms
from app.transcripts.html_text import HEADINGS, PageLine
from app.transcripts.labels import is_name_shaped, is_question_label
from app.transcripts.printed_labels import leading_label
from app.transcripts.speaker_labels import speakers_among

_CLOCK = re.compile(r"[\[(]?(?P<clock>[0-9]{1,3}(?::[0-9]{2}){1,2}(?:[.,][0-9]{1,3})?)[\])]?(?![\d:.,]\d)")
_AFTER_LABEL = re.compile(r"[\s\u00a0:：–—-]{0,8}")
_MAX_LABEL = 60
_MAX_LABEL_WORDS = 6
MIN_LINES = 2


@dataclass(frozen=True, slots=True)
class LineStart:
    """What a line begins with. `sure` labels need no other line to be confirmed; `weak` ones have no colon."""

    text_start: int
    label: str | None = None
    label_range: tuple[int, int] = (0, 0)
    time_ms: int | None = None
    time_range: tuple[int, int] = (0, 0)
    sure: bool = False
    weak: bool = False


def is_row_head(lines: Sequence[PageLine], index: int) -> bool:
    """Whether a line is all of the first cell of a table row that has more cells."""
    row = lines[index].row
    if row is None or (index and lines[index - 1].row == row):
        return False
    return (
        index + 1 < len(lines) and lines[index + 1].row == row and lines[index + 1].container != lines[index].container
    )


def line_start(line: PageLine, is_row_head: bool) -> LineStart | None:
    """Find the label that a line may begin with."""
    if named := _cited(line):
        return named
    if found := leading_label(line.text):
        time = (found.time_start or 0, found.time_end or 0)
        end = found.speech_start if found.time_start is None or found.time_start < found.start else found.time_start
        return LineStart(found.speech_start, found.text, (found.start, end), found.time_ms, time)
    if line.tag in HEADINGS or line.tag in {"dt", "summary"} or is_row_head or line.covered("bold"):
        return _whole(line)
    bold = next((each for each in line.inline if each.kind == "bold" and each.start == 0), None)
    if bold is None or not _is_short(name := line.text[: bold.end].strip(" \u00a0:")):
        return None
    after = _AFTER_LABEL.match(line.text, bold.end)
    text_start = after.end() if after else bold.end
    gap = line.text[bold.end - 1 : text_start]
    if text_start == bold.end and not gap[-1:].isspace():
        return None
    return _timed(line, LineStart(text_start, name, (0, bold.end), weak=True))


def _cited(line: PageLine) -> LineStart | None:
    """Read a name in <cite>, or in an element that is called a speaker, and a time before or after it."""
    clock = _clock_at(line, 0)
    at = clock.text_start if clock else 0
    cite = next((each for each in line.inline if each.kind == "cite" and each.start <= at < each.end), None)
    if cite is None:
        return clock if clock and _is_time_element(line, clock) else None
    printed = line.text[at : cite.end]
    name = printed.strip(" \u00a0:：")
    if not _is_short(name):
        return None
    after = _AFTER_LABEL.match(line.text, cite.end)
    text_start = after.end() if after else cite.end
    has_colon = printed.rstrip().endswith((":", "：")) or ":" in line.text[cite.end : text_start]
    lead = LineStart(text_start, name, (at, cite.end), weak=not has_colon, sure=has_colon)
    if clock:
        return LineStart(text_start, name, (at, cite.end), clock.time_ms, clock.time_range, sure=True)
    return _timed(line, lead)


def _timed(line: PageLine, lead: LineStart) -> LineStart:
    """Add the time that stands between a label and what is said."""
    clock = _clock_at(line, lead.text_start)
    if clock is None:
        return lead
    return LineStart(
        clock.text_start, lead.label, lead.label_range, clock.time_ms, clock.time_range, sure=True, weak=False
    )


def _clock_at(line: PageLine, at: int) -> LineStart | None:
    match = _CLOCK.match(line.text, at)
    if match is None or (moment := label_clock_ms(match["clock"])) is None:
        return None
    ends = {len(line.text), *(each.end for each in line.inline), *(each.start for each in line.inline)}
    if match.end() not in ends and not line.text[match.end()].isspace():
        return None
    after = _AFTER_LABEL.match(line.text, match.end())
    return LineStart(
        after.end() if after else match.end(), time_ms=moment, time_range=(match.start(), match.end()), sure=True
    )


def _is_time_element(line: PageLine, clock: LineStart) -> bool:
    start, end = clock.time_range
    return any(each.kind == "time" and each.start <= start and end <= each.end for each in line.inline)


def clock_alone(line: PageLine) -> LineStart | None:
    """Return the time that is all there is on a line, or None."""
    clock = _clock_at(line, 0)
    return clock if clock and clock.text_start >= len(line.text) else None


def _whole(line: PageLine) -> LineStart | None:
    name = line.text.strip(" \u00a0:：")
    if not _is_short(name):
        return None
    colon = line.text.rstrip().endswith((":", "："))
    return LineStart(len(line.text), name, (0, len(line.text)), weak=not colon)


def _is_short(name: str) -> bool:
    return 0 < len(name) <= _MAX_LABEL and len(name.split()) <= _MAX_LABEL_WORDS and "\n" not in name


def both(before: LineStart | None, lead: LineStart) -> LineStart:
    """Keep the time of an earlier line that had no speech either."""
    return before if before and lead.time_ms is None and before.time_ms is not None else lead


def confirmed(
    leads: dict[int, LineStart | None], lines: list[PageLine], known_people: Sequence[str]
) -> dict[int, LineStart]:
    """Return the leads whose labels are speakers, judged by the whole page."""
    found = [(id(line), lead) for line in lines if (lead := leads[id(line)])]
    plain = [lead.label for _, lead in found if lead.label and not lead.weak]
    sure = {lead.label for _, lead in found if lead.label and lead.sure}
    speakers = speakers_among(plain, known_people) | sure
    strong = sum(label in speakers for label in plain)
    # Names without a colon are speakers when several of them recur; a bold word at the start of a line is none.
    weak = Counter(lead.label for _, lead in found if lead.label and lead.weak)
    recurring = {
        label
        for label in speakers_among(list(weak.elements()), known_people)
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


def only_asking(lines: list[PageLine], leads: dict[int, LineStart]) -> bool:
    """Whether all labels stand on questions, so that what stands between the questions are the answers.

    Either the labels say so (`Q:`), or one person's label is all there is and the lines with it are bold or italic.
    """
    labels = {lead.label for lead in leads.values() if lead.label}
    if not labels or all(is_question_label(label) for label in labels):
        return True
    led = [line for line in lines if id(line) in leads]
    return len(labels) == 1 and any(
        all(line.covered(kind) and leads[id(line)].text_start < len(line.text) for line in led)
        for kind in ("bold", "italic")
    )


def question_lines(lines: list[PageLine]) -> set[int]:
    """Find the lines that are questions by their form: terms, headings of one level, bold or italic lines."""
    classed = [line for line in lines if line.part == "question"]
    terms = [line for line in lines if line.tag in {"dt", "summary"}]
    for stated in (classed, terms):
        if len(stated) >= MIN_LINES and len(stated) < len(lines):
            return {id(line) for line in stated}
    forms: dict[str, list[PageLine]] = {}
    for line in lines:
        if line.tag in HEADINGS:
            forms.setdefault(line.tag, []).append(line)
        elif line.covered("bold"):
            forms.setdefault("bold", []).append(line)
        elif line.covered("italic"):
            forms.setdefault("italic", []).append(line)
    asked = {form: sum(_asks(line.text) for line in group) for form, group in forms.items()}
    likely = [form for form, group in forms.items() if asked[form] >= MIN_LINES and 2 * asked[form] >= len(group)]
    if not likely:
        return set()
    best = max(likely, key=lambda form: asked[form])
    return {id(line) for line in forms[best]}


def _asks(text: str) -> bool:
    return text.rstrip(" \u00a0\"'”’)").endswith(("?", "？", "؟"))
