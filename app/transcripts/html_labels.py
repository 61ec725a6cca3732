"""Finds the labels and times at the start of lines of a page, and decides by the whole page which labels to believe."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.transcripts.clock import label_clock_ms
from app.transcripts.html_text import HEADINGS, PageLine
from app.transcripts.labels import is_name_shaped, is_question_label
from app.transcripts.moments import moment_at
from app.transcripts.printed_labels import leading_label
from app.transcripts.speaker_labels import speakers_among

_CLOCK = re.compile(r"[\[(]?(?P<clock>[0-9]{1,3}(?::[0-9]{2}){1,2}(?:[.,][0-9]{1,3})?)[\])]?(?![\d:.,]\d)")
_AFTER_LABEL = re.compile(r"[\s\u00a0:：–—-]{0,8}")
_MAX_LABEL = 60
_MAX_LABEL_WORDS = 6
# Lines with a label, or of one form, that make it a pattern of the page.
MIN_LINES = 2


@dataclass(frozen=True, slots=True)
class LineStart:
    """The label, the time or both at the start of a line; ranges are offsets in the line's text.

    A `sure` label is believed without a second one like it; a `weak` one has no colon.
    """

    text_start: int
    label: str | None = None
    label_range: tuple[int, int] = (0, 0)
    time_ms: int | None = None
    time_range: tuple[int, int] = (0, 0)
    sure: bool = False
    weak: bool = False


def is_row_head(lines: Sequence[PageLine], index: int) -> bool:
    """Whether a line is all of the first cell of a table row that has more cells, but for times and numbers."""
    row = lines[index].row
    if row is None:
        return False
    before = index - 1
    while before >= 0 and lines[before].row == row:
        if not (clock_alone(lines[before]) or lines[before].text.strip().isdigit()):
            return False
        before -= 1
    return (
        index + 1 < len(lines) and lines[index + 1].row == row and lines[index + 1].container != lines[index].container
    )


def line_start(line: PageLine, is_row_head: bool) -> LineStart | None:
    """Find what may be a label at the start of a line: cited, printed with a colon, in bold, or the whole line."""
    if cited := _cited(line):
        return cited
    if label := leading_label(line.text):
        time = (label.time_start or 0, label.time_end or 0)
        end = label.speech_start if label.time_start is None or label.time_start < label.start else label.time_start
        return LineStart(label.speech_start, label.text, (label.start, end), label.time_ms, time)
    if line.tag in HEADINGS or line.tag in {"dt", "summary"} or is_row_head or line.covered("bold"):
        return _whole(line)
    if apart := _in_spans(line):
        return apart
    bold = next((each for each in line.inline if each.kind == "bold" and each.start == 0), None)
    if bold is None or not _is_short(name := line.text[: bold.end].strip(" \u00a0:")):
        return None
    after = _AFTER_LABEL.match(line.text, bold.end)
    text_start = after.end() if after else bold.end
    gap = line.text[bold.end - 1 : text_start]
    if text_start == bold.end and not gap[-1:].isspace():
        return None
    return _timed(line, LineStart(text_start, name, (0, bold.end), weak=True))


def _in_spans(line: PageLine) -> LineStart | None:
    """Read a name in an element of its own at the start of a line of several: `<span>Jane Roe</span><span>0:03</span>`.

    A time may stand before or after it.
    """
    clock = _clock_at(line, 0)
    if clock and (clock.text_start >= len(line.text) or not _is_time_element(line, clock, "span")):
        return None
    at = clock.text_start if clock else 0
    span = next((each for each in line.inline if each.kind == "span" and each.start == at), None)
    if span is None or span.end >= len(line.text):
        return None
    name = line.text[at : span.end].strip(" \u00a0:：")
    after = _AFTER_LABEL.match(line.text, span.end)
    text_start = after.end() if after else span.end
    if not _is_short(name) or not any(each.kind in {"span", "time"} and each.start >= span.end for each in line.inline):
        return None
    if clock:
        return LineStart(text_start, name, (at, span.end), clock.time_ms, clock.time_range, weak=True)
    timed = _timed(line, LineStart(text_start, name, (0, span.end), weak=True))
    return replace(timed, sure=False, weak=True)


def _cited(line: PageLine) -> LineStart | None:
    """Read a name in <cite>, or in an element that is called a speaker, and a time before or after it."""
    clock = _clock_at(line, 0)
    at = clock.text_start if clock else 0
    cite = next((each for each in line.inline if each.kind == "cite" and each.start <= at < each.end), None)
    if cite is None:
        return _after_clock(line, clock) if clock and _is_time_element(line, clock) else None
    printed = line.text[at : cite.end]
    name = printed.strip(" \u00a0:：")
    if not _is_short(name):
        return None
    after = _AFTER_LABEL.match(line.text, cite.end)
    text_start = after.end() if after else cite.end
    has_colon = printed.rstrip().endswith((":", "：")) or ":" in line.text[cite.end : text_start]
    if clock:
        return LineStart(text_start, name, (at, cite.end), clock.time_ms, clock.time_range, sure=True)
    return _timed(line, LineStart(text_start, name, (at, cite.end), weak=not has_colon, sure=has_colon))


def _after_clock(line: PageLine, clock: LineStart) -> LineStart:
    """Add the label that follows a time, if there is one."""
    at = clock.text_start
    label = leading_label(line.text[at:])
    if label is None or label.time_ms is not None:
        return clock
    printed = (at + label.start, at + label.speech_start)
    return LineStart(at + label.speech_start, label.text, printed, clock.time_ms, clock.time_range)


def _timed(line: PageLine, start: LineStart) -> LineStart:
    """Add the time between a label and the words, if there is one."""
    clock = _clock_at(line, start.text_start)
    if clock is None:
        return start
    return LineStart(clock.text_start, start.label, start.label_range, clock.time_ms, clock.time_range, sure=True)


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


def _is_time_element(line: PageLine, clock: LineStart, kind: str = "time") -> bool:
    start, end = clock.time_range
    return any(each.kind in {"time", kind} and each.start <= start and end <= each.end for each in line.inline)


def clock_alone(line: PageLine) -> LineStart | None:
    """Return the time that is all there is on a line, or None."""
    clock = _clock_at(line, 0)
    if clock:
        return clock if clock.text_start >= len(line.text) else None
    end = len(line.text)
    moment = moment_at(line.text, 0, end) if end <= _MAX_LABEL else None
    return (
        LineStart(end, time_ms=moment.start_ms, time_range=(0, end), sure=True)
        if moment and moment.end == end
        else None
    )


def _whole(line: PageLine) -> LineStart | None:
    """Take the whole line for a label if it is short enough."""
    name = line.text.strip(" \u00a0:：")
    if not _is_short(name):
        return None
    colon = line.text.rstrip().endswith((":", "："))
    return LineStart(len(line.text), name, (0, len(line.text)), weak=not colon)


def _is_short(name: str) -> bool:
    return 0 < len(name) <= _MAX_LABEL and len(name.split()) <= _MAX_LABEL_WORDS and "\n" not in name


def confirmed(
    starts: dict[int, LineStart | None], lines: list[PageLine], known_people: Sequence[str]
) -> dict[int, LineStart]:
    """Return the starts whose labels are speakers, judged by the whole page, and those that are times only."""
    candidates = [(id(line), start) for line in lines if (start := starts[id(line)])]
    plain = [start.label for _, start in candidates if start.label and not start.weak]
    sure = {start.label for _, start in candidates if start.label and start.sure}
    speakers = speakers_among(plain, known_people) | sure
    strong = sum(label in speakers for label in plain)
    # A name without a colon is a speaker only if several such names recur: it may be a bold word that begins a line.
    weak = Counter(start.label for _, start in candidates if start.label and start.weak)
    recurring = {
        label
        for label in speakers_among(list(weak.elements()), known_people)
        if is_name_shaped(label) and (weak[label] > 1 or label in speakers)
    }
    lines_with = sum(weak[label] for label in recurring)
    if len(recurring) < 2 or lines_with < 4 or lines_with < strong:
        recurring = {label for label in recurring if label in speakers}
    believed: dict[int, LineStart] = {}
    for key, start in candidates:
        if start.label is None or (start.label in recurring if start.weak else start.label in speakers):
            believed[key] = start
        elif start.time_ms is not None and start.time_range[1] <= start.label_range[0]:
            # What follows the time is no label; the time is one all the same.
            believed[key] = LineStart(start.label_range[0], time_ms=start.time_ms, time_range=start.time_range)
    return believed


def labels_only_questions(lines: list[PageLine], starts: dict[int, LineStart]) -> bool:
    """Whether only questions have labels, so that the lines between them are the answers.

    Either the labels say so (`Q:`), or there is one label and all lines with it are bold or all are italic.
    """
    labels = {start.label for start in starts.values() if start.label}
    if not labels or all(is_question_label(label) for label in labels):
        return True
    labelled = [line for line in lines if id(line) in starts]
    return len(labels) == 1 and any(
        all(line.covered(kind) and starts[id(line)].text_start < len(line.text) for line in labelled)
        for kind in ("bold", "italic")
    )


def question_lines(lines: list[PageLine]) -> set[int]:
    """Return the Python ids of the lines that are questions by their form.

    The form is a class that says so, a term, a heading of one level, or bold or italic type.
    """
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
