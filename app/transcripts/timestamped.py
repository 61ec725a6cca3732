"""Reads plain text whose paragraphs begin with a time: `00:00:17 text`, `[00:00] text`, `(0:01:22) NAME: text`.

A time may be alone on the line above its text, and two times may be a range. Each time starts a turn; a paragraph
without a time continues the turn before it.
"""

import re
from dataclasses import dataclass

from app.errors import TranscriptError
from app.transcripts import labelled
from app.transcripts.captions import check_times, finish_turns, turns_by_cue
from app.transcripts.clock import clock_ms
from app.transcripts.cue_text import Cue, SourceRun, VoiceSpan
from app.transcripts.label_columns import count_label_rows
from app.transcripts.label_lines import count_label_lines
from app.transcripts.label_times import are_times_of_day
from app.transcripts.moments import NEAR_DIGIT, moment_at
from app.transcripts.source import Source
from app.transcripts.text_lines import line_spans
from app.transcripts.transcript import NO, ByteClass, Guess, Ledger, Metadata, Tally, Transcript, TranscriptFormat
from app.transcripts.urls import address_on_its_own, canonical

_CLOCK = r"[0-9]{1,4}(?::[0-9]{2}){1,3}(?:[.,][0-9]{1,9})?"
_BRACKETS = {"[": "]", "(": ")", "{": "}", "<": ">"}
_TIME = re.compile(
    rf"[ \t]*(?P<escape>\\?)(?P<open>[\[({{<]?)(?P<start>{_CLOCK})"
    rf"(?:[ \t]{{0,4}}(?:-{{1,3}}>|[-–—]|to)[ \t]{{0,4}}(?P<end>{_CLOCK}))?"
    r"\\?(?P<close>[\])}>]?)(?:[ \t]{0,4}(?:[-–—|:]+(?=[ \t]|$)))?(?=[ \t]|$)[ \t]*"
)
# Share of lines or paragraphs that begin with a time, at least.
_ENOUGH = 0.6
_SUREST = 0.93


@dataclass(frozen=True, slots=True)
class _TimedLine:
    """The time at the start of a line, and where the text after it begins. A time of day has no milliseconds."""

    start: int
    text_start: int
    start_ms: int | None
    end_ms: int | None


def _timed_line(text: str, start: int, end: int) -> _TimedLine | None:
    if not NEAR_DIGIT.match(text, start, end):
        return None
    moment = moment_at(text, start, end)
    if moment and moment.time_of_day and text[moment.end : moment.end + 1] in {"", " ", "\t", "\r", "\n"}:
        return _TimedLine(start, moment.end, None, None)
    match = _TIME.match(text, start, end)
    if match is None or match["close"] != _BRACKETS.get(match["open"], ""):
        return None
    # Times with an arrow and without brackets are cue times of SubRip or WebVTT.
    if not match["open"] and match["end"] and ">" in match.group():
        return None
    first = clock_ms(match["start"])
    if first is None:
        return None
    return _TimedLine(match.start("escape"), match.end(), first, clock_ms(match["end"]) if match["end"] else None)


def sniff(source: Source) -> Guess:
    """Most paragraphs, or most lines, of timestamped text begin with a time."""
    try:
        text = source.text
    except TranscriptError:
        return NO
    entries = lines = paragraphs = timed_paragraphs = alone = 0
    after_blank = True
    for start, end in line_spans(text, 1 if text.startswith("\ufeff") else 0):
        if not text[start:end].strip():
            after_blank = True
            continue
        entry = _timed_line(text, start, end)
        timed = entry is not None
        alone += entry is not None and not text[entry.text_start : end].strip()
        lines += 1
        entries += timed
        paragraphs += after_blank
        timed_paragraphs += after_blank and timed
        after_blank = False
    if entries < 2:
        return NO
    # With the time on a line of its own, half of the lines begin with one.
    share = max(timed_paragraphs / paragraphs, entries / lines if paragraphs > 1 else 2 * entries / lines)
    if share < _ENOUGH:
        return NO
    if (2 * alone > entries and labelled.sniff(source).confidence) or _labels(text) * 2 > entries:
        # A time between the lines of a conversation parts no speech.
        return Guess(0.3, f"{entries} of {lines} lines begin with a time, but labels say who speaks")
    return Guess(min(_SUREST, 0.55 + 0.4 * share), f"{entries} of {lines} lines begin with a time")


def _labels(text: str) -> int:
    return max(count_label_lines(text), count_label_rows(text))


def parse(source: Source) -> Transcript:
    """Read text with times in front.

    Raises:
        TranscriptError: the file is not text, or has no line that begins with a time, or no text.
    """
    ledger, text = Ledger(source), source.text
    tally = Tally(ledger)
    first = 1 if text.startswith("\ufeff") else 0
    ledger.mark(0, first, ByteClass.MARKUP)
    lines = [(start, end) for start, end in line_spans(text, first) if text[start:end].strip()]
    metadata = _take_source_line(source, lines, ledger, tally)
    cues, of_day = list[Cue](), list[bool]()
    timed = False
    before = first
    for start, end in lines:
        entry = _timed_line(text, start, end)
        if entry:
            timed = True
            of_day.append(entry.start_ms is None)
            ledger.mark(entry.start, entry.text_start, ByteClass.TIME)
            cues.append(Cue(entry.start, entry.start_ms, entry.end_ms, []))
            _extend(cues[-1], text, entry.text_start, end)
        else:
            if not cues:
                tally.note("unlabelled", "text before the first time is kept as a turn without a speaker", start)
                cues.append(Cue(start, None, None, []))
            elif cues[-1].spans and _blank_lines(text, before, start):
                tally.note("continuation", "a paragraph without a time was taken to go on with the one before", start)
            _extend(cues[-1], text, start, end)
        before = end
    if not timed:
        raise source.error("no line begins with a time such as 00:00:17 or [0:17]", 0)
    if any(of_day) or are_times_of_day([cue.start_ms for cue in cues if cue.start_ms is not None]):
        tally.note("times-of-day", "the times are times of day, not places in a recording", cues[0].offset)
        for cue in cues:
            cue.start_ms = cue.end_ms = None
    check_times(cues, tally)
    return finish_turns(source, FORMAT.name, turns_by_cue(cues, ledger, tally), metadata, ledger, tally)


def _blank_lines(text: str, start: int, end: int) -> bool:
    between = text[start:end]
    return between.count("\n") > 1 or between.count("\r") > 1 + between.count("\r\n")


def _extend(cue: Cue, text: str, start: int, end: int) -> None:
    """Extend a cue's text up to `end`, line ends included."""
    if not text[start:end].strip():
        return
    if cue.spans:
        reached = cue.spans[0].pieces[-1]
        if isinstance(reached, SourceRun):
            start = reached.end
        cue.spans[0].pieces.append(SourceRun(text[start:end], start, end))
    else:
        cue.spans.append(VoiceSpan(None, [SourceRun(text[start:end], start, end)]))


def _take_source_line(source: Source, lines: list[tuple[int, int]], ledger: Ledger, tally: Tally) -> Metadata:
    """Take the address on the last line, if it is all there is on it, for the source of the transcript."""
    if len(lines) < 2:
        return Metadata()
    start, end = lines[-1]
    address = address_on_its_own(source.text[start:end])
    if address is None:
        return Metadata()
    try:
        clean = canonical(address)
    except ValueError:
        return Metadata()
    del lines[-1]
    ledger.mark(start, end, ByteClass.SOURCE_LINE)
    if clean != address:
        tally.note("tracking-removed", f"tracking parameters were left out of {clean}", start)
    return Metadata(source_url=clean, source_url_as_printed=address)


FORMAT = TranscriptFormat(
    name="timestamped-text",
    description="plain text whose paragraphs begin with a time, such as 00:00:17 or [0:17]",
    suffixes=(".txt", ".text"),
    sniff=sniff,
    parse=parse,
    surest=_SUREST,
)
