"""Reads SubViewer captions, as YouTube writes them (.sbv): a line with two times and a comma, text, an empty line.

SubViewer 2 has a header of fields in brackets and writes `[br]` for the end of a line.
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

_CLOCK = r"[0-9]{1,3}:[0-9]{2}:[0-9]{2}\.[0-9]{2,3}"
_TIMING = re.compile(rf"[ \t]*(?P<start>{_CLOCK})[ \t]*,[ \t]*(?P<end>{_CLOCK})[ \t]*")
_FIELD = re.compile(r"[ \t]*\[(?P<name>[A-Z][A-Z ]{2,20})\](?P<value>[^\r\n]*)")
_LINE_BREAK = re.compile(r"\[br\]", re.IGNORECASE)
# Lines of a header before the first times, at most.
_SNIFFED_LINES = 24


def sniff(source: Source) -> Guess:
    """A line of two times with a comma between them comes first, or after a header in brackets."""
    try:
        text = source.text
    except TranscriptError:
        return NO
    seen = 0
    for start, end in line_spans(text, 1 if text.startswith("\ufeff") else 0):
        if _TIMING.fullmatch(text, start, end):
            return Guess(0.97, "cue times such as 0:00:01.000,0:00:02.000")
        if not text[start:end].strip():
            continue
        seen += 1
        if seen > _SNIFFED_LINES or not _FIELD.fullmatch(text, start, end):
            return NO
    return NO


def parse(source: Source) -> Transcript:
    """Read SubViewer captions.

    Raises:
        TranscriptError: the file is not text, or has no cue times or no text.
    """
    ledger = Ledger(source)
    return _SbvReader(source, ledger, Tally(ledger)).read()


@dataclass
class _SbvReader:
    source: Source
    ledger: Ledger
    tally: Tally
    entities: bool = False
    cues: list[Cue] = field(default_factory=list)
    title: str | None = None
    text_range: tuple[int, int] | None = None

    def read(self) -> Transcript:
        text = self.source.text
        self.entities = has_escaped_arrows(text)
        first = 1 if text.startswith("\ufeff") else 0
        self.ledger.mark(0, first, ByteClass.MARKUP)
        cue: Cue | None = None
        for start, end in line_spans(text, first):
            if timing := _TIMING.fullmatch(text, start, end):
                self._close(cue)
                cue = self._open(timing)
            elif cue is None and (stated := _FIELD.fullmatch(text, start, end)):
                self._state(stated)
            elif text[start:end].strip():
                if cue is None:
                    self.tally.note("no-times", "text before the first cue times is kept as it is", start)
                    cue = Cue(start, None, None, [])
                self.text_range = (self.text_range[0] if self.text_range else start, end)
        if cue is None or not any(one.start_ms is not None for one in (*self.cues, cue)):
            raise self.source.error("there are no cue times such as 0:00:01.000,0:00:02.000", 0)
        self._close(cue)
        return finish_cues(self.source, FORMAT.name, self.cues, Metadata(title=self.title), self.ledger, self.tally)

    def _open(self, timing: re.Match[str]) -> Cue:
        self.ledger.mark(timing.start(), timing.end(), ByteClass.TIME)
        times = [clock_ms(timing[name]) for name in ("start", "end")]
        if None in times:
            shown = timing.group().strip()
            self.tally.note("bad-time", f"no such time: {shown!r}; it is left out", timing.start())
        return Cue(timing.start(), times[0], times[1], [])

    def _state(self, stated: re.Match[str]) -> None:
        self.ledger.mark(stated.start(), stated.end(), ByteClass.FRONT_MATTER)
        if stated["name"] == "TITLE" and stated["value"].strip():
            self.title = self.title or stated["value"].strip()

    def _close(self, cue: Cue | None) -> None:
        if cue is None:
            return
        if self.text_range:
            cue.spans = self._text(*self.text_range)
        self.text_range = None
        self.cues.append(cue)

    def _text(self, start: int, end: int) -> list[VoiceSpan]:
        """Read the text of a cue, in which `[br]` ends a line."""
        spans: list[VoiceSpan] = []
        at = start
        for mark in [*_LINE_BREAK.finditer(self.source.text, start, end), None]:
            until = mark.start() if mark else end
            read = read_cue_text(self.source.text, at, until, self.ledger, self.tally, entities=self.entities)
            if spans and read:
                spans[-1].pieces += ["\n", *read.pop(0).pieces]
            spans += read
            if mark:
                self.ledger.mark(mark.start(), mark.end(), ByteClass.MARKUP)
                at = mark.end()
        return spans


FORMAT = TranscriptFormat(
    name="sbv",
    description="SubViewer captions, as YouTube writes them: 0:00:01.000,0:00:02.000 above the text",
    suffixes=(".sbv", ".sub"),
    sniff=sniff,
    parse=parse,
    text_format=TextFormat.CAPTIONS,
)
