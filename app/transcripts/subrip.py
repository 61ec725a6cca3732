"""Reads SubRip captions: cues with a number, two times and text.

SubRip has no standard, so only a line of cue times is relied on: numbers may be wrong or missing, blank lines may be
inside a cue or missing between cues. The libraries (srt, pysubs2) keep no positions in the file, so none is used.
"""

import re
from dataclasses import dataclass, field

from app.errors import TranscriptError
from app.transcripts.captions import finish_cues
from app.transcripts.clock import clock_ms
from app.transcripts.cue_text import Cue, VoiceSpan, has_escaped_arrows, read_cue_text
from app.transcripts.source import Source
from app.transcripts.text_lines import line_spans
from app.transcripts.transcript import (
    NO,
    ByteClass,
    Guess,
    Ledger,
    Metadata,
    Tally,
    TextFormat,
    Transcript,
    TranscriptFormat,
)

_TIMING = re.compile(
    r"[ \t]*(?P<start>[0-9](?:[0-9:.,：，]|(?<=[:.,：，]) (?=[0-9])){0,30})[ \t]*[-–—]{1,3}[ ]?[>＞][ \t]*"
    r"(?P<end>[0-9](?:[0-9:.,：，]|(?<=[:.,：，]) (?=[0-9])){0,30})(?P<rest>[^\r\n]*)"
)
# Translators by machine print `00: 00: 01,000`, and wide signs.
_AS_PRINTED_BY_MACHINES = str.maketrans({" ": "", "：": ":", "，": ","})
_STRICT_TIME = re.compile(r"[0-9]{2,}:[0-5][0-9]:[0-5][0-9],[0-9]{3}")
_COORDINATE = re.compile(r"[XY][12]:-?[0-9]+|[a-z]+:\S+", re.IGNORECASE)
_NUMBER = re.compile(r"\ufeff?[ \t]*(?P<number>[0-9]{1,9})[ \t]*")
# Lines with text before the first cue times, at most.
_SNIFFED_LINES = 12


def sniff(source: Source) -> Guess:
    """Cue times near the start, with a number above them, are SubRip's."""
    try:
        text = source.text
    except TranscriptError:
        return NO
    if text.removeprefix("\ufeff").startswith("WEBVTT"):
        return NO
    before: tuple[int, int] | None = None
    seen = 0
    for start, end in line_spans(text):
        if match := _TIMING.match(text, start, end):
            numbered = before is not None and _NUMBER.fullmatch(text, *before) is not None
            sure = (numbered or before is None) and "," in match["start"]
            return Guess(0.98 if sure else 0.95, "cue times such as 00:00:01,000 --> 00:00:02,000")
        seen += bool(text[start:end].strip())
        if seen > _SNIFFED_LINES:
            return NO
        before = (start, end)
    return NO


def parse(source: Source) -> Transcript:
    """Read SubRip.

    Raises:
        TranscriptError: the file is not text, or has no cue times or no text.
    """
    ledger = Ledger(source)
    return _SubripReader(source, ledger, Tally(ledger)).read()


@dataclass
class _OpenCue:
    """The cue that lines are added to, and the range of its text so far."""

    offset: int
    start_ms: int | None = None
    end_ms: int | None = None
    text_start: int | None = None
    text_end: int = 0
    blank_inside: bool = False


@dataclass
class _SubripReader:
    source: Source
    ledger: Ledger
    tally: Tally
    # SubRip has no entities, and `&amp;` is text, unless the whole file is escaped.
    entities: bool = False
    cues: list[Cue] = field(default_factory=list)
    number: int = 0

    def read(self) -> Transcript:
        text = self.source.text
        self.entities = has_escaped_arrows(text)
        first = 1 if text.startswith("\ufeff") else 0
        self.ledger.mark(0, first, ByteClass.MARKUP)
        lines = list(line_spans(text, first))
        timings = [_TIMING.match(text, *line) for line in lines]
        if not any(timings):
            raise self.source.error("there are no cue times such as 00:00:01,000 --> 00:00:02,000", 0)
        counters = self._counters(lines, timings)
        cue = _OpenCue(first)
        for index, (line, timing) in enumerate(zip(lines, timings, strict=True)):
            if index in counters:
                self.ledger.mark(*line, ByteClass.MARKUP)
            elif timing:
                self._close(cue)
                cue = self._open(timing)
            else:
                self._extend(cue, *line)
        self._close(cue)
        return finish_cues(self.source, FORMAT.name, self.cues, Metadata(), self.ledger, self.tally)

    def _counters(self, lines: list[tuple[int, int]], timings: list[re.Match[str] | None]) -> set[int]:
        """Find the lines with cue numbers: right above the times, or the expected number above blank lines."""
        counters: set[int] = set()
        last = 0
        for index, timing in enumerate(timings):
            if timing is None:
                continue
            above = index - 1
            while above >= 0 and not timings[above] and lines[above][0] == lines[above][1]:
                above -= 1
            number = _NUMBER.fullmatch(self.source.text, *lines[above]) if above >= 0 else None
            value = int(number["number"]) if number else None
            if value is None or (above < index - 1 and value != last + 1):
                self.tally.note("no-number", "a cue has no number", timing.start())
                last += 1
                continue
            if value != last + 1 and counters:
                self.tally.note("wrong-number", f"a cue has the number {value} instead of {last + 1}", timing.start())
            counters.add(above)
            last = value
        return counters

    def _open(self, timing: re.Match[str]) -> _OpenCue:
        start, rest = timing.start(), timing.start("rest")
        self.ledger.mark(start, rest, ByteClass.TIME)
        times = [clock_ms(timing[name].translate(_AS_PRINTED_BY_MACHINES)) for name in ("start", "end")]
        shown = timing.group()[:60].strip()
        if None in times:
            self.tally.note("bad-time", f"no such time: {shown!r}; it is left out", start)
        elif not all(_STRICT_TIME.fullmatch(timing[name]) for name in ("start", "end")):
            self.tally.note("odd-time", f"{shown!r} is not written as SubRip writes times", start)
        cue = _OpenCue(start, times[0], times[1])
        if all(_COORDINATE.fullmatch(word) for word in timing["rest"].split()):
            self.ledger.mark(rest, timing.end(), ByteClass.MARKUP)
        else:
            self.tally.note("text-beside-times", "text stands on the line of the cue times; it is kept", rest)
            self._extend(cue, rest, timing.end())
        return cue

    def _extend(self, cue: _OpenCue, start: int, end: int) -> None:
        if not self.source.text[start:end].strip():
            cue.blank_inside = cue.text_start is not None
            return
        if cue.text_start is None:
            cue.text_start = start
        elif cue.blank_inside:
            self.tally.note("blank-line", "a blank line stands inside a cue; the text after it is kept with it", start)
        cue.blank_inside = False
        cue.text_end = end

    def _close(self, cue: _OpenCue) -> None:
        spans: list[VoiceSpan] = []
        if cue.text_start is not None:
            if cue.start_ms is None and not self.cues:
                self.tally.note("no-times", "text before the first cue times is kept as it is", cue.text_start)
            spans = read_cue_text(
                self.source.text, cue.text_start, cue.text_end, self.ledger, self.tally, entities=self.entities
            )
        self.cues.append(Cue(cue.offset, cue.start_ms, cue.end_ms, spans))


FORMAT = TranscriptFormat(
    name="subrip",
    description="SubRip captions, with or without 'Name:' at the start of a cue",
    suffixes=(".srt",),
    sniff=sniff,
    parse=parse,
    text_format=TextFormat.CAPTIONS,
)
