r"""Reads SubStation Alpha subtitles (.ass, .ssa): lines of events whose fields the file names itself.

The field Name (or Actor) is the speaker. `\N` ends a line, codes in braces are markup, and what they draw is no text.
"""

import re
from dataclasses import dataclass, field, replace

from app.errors import TranscriptError
from app.transcripts.captions import finish_cues
from app.transcripts.clock import clock_ms
from app.transcripts.cue_text import Cue, SourceRun, Voice, VoiceSpan
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

_HEAD = re.compile(r"\ufeff?(?:[ \t]*(?:[;!][^\n]{0,400})?\r?\n){0,40}[ \t]*\[Script Info\]", re.IGNORECASE)
_SECTION = re.compile(r"[ \t]*\[(?P<name>[^\[\]\r\n]{1,60})\][ \t]*")
_FIELD = re.compile(r"[ \t]*(?P<key>[A-Za-z][A-Za-z 0-9]{0,40}):[ \t]*+(?P<value>[^\r\n]*)")
_CODE = re.compile(r"\{(?P<code>[^{}]{0,2000})\}|\\(?P<sign>[Nnh])")
_DRAWS = re.compile(r"\\p(?P<scale>[0-9]{1,3})(?![A-Za-z0-9])")
# The fields of an event where no Format line names them.
_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_NAMES = ("name", "actor")
_MOST_FIELDS = 40


def sniff(source: Source) -> Guess:
    """The section [Script Info] comes first."""
    try:
        found = _HEAD.match(source.text)
    except TranscriptError:
        return NO
    return Guess(0.98, "it begins with [Script Info], as SubStation Alpha does") if found else NO


def parse(source: Source) -> Transcript:
    """Read SubStation Alpha.

    Raises:
        TranscriptError: the file is not text, or has no event with text.
    """
    ledger = Ledger(source)
    reader = _SubstationReader(source, ledger, Tally(ledger))
    first = 1 if source.text.startswith("\ufeff") else 0
    ledger.mark(0, first, ByteClass.MARKUP)
    for start, end in line_spans(source.text, first):
        reader.take(start, end)
    if not reader.cues:
        raise source.error("there are no lines such as 'Dialogue: 0,0:00:01.00,0:00:02.00,...' in [Events]", 0)
    if any(span.voice for cue in reader.cues for span in cue.spans):
        # Where names are given, a line without one is nobody's.
        for cue in reader.cues:
            cue.spans = [replace(span, voice=span.voice or Voice(None)) for span in cue.spans]
    # The lines of a file stand in any order; players show them by their times.
    cues = sorted(reader.cues, key=lambda cue: (cue.start_ms is None, cue.start_ms or 0))
    return finish_cues(source, FORMAT.name, cues, Metadata(title=reader.title), ledger, reader.tally)


@dataclass
class _SubstationReader:
    source: Source
    ledger: Ledger
    tally: Tally
    cues: list[Cue] = field(default_factory=list)
    title: str | None = None
    section: str = ""
    fields: tuple[str, ...] = _FIELDS

    def take(self, start: int, end: int) -> None:
        """Take one line."""
        text = self.source.text
        if section := _SECTION.fullmatch(text, start, end):
            self.section = section["name"].strip().lower()
            self.ledger.mark(start, end, ByteClass.MARKUP)
            return
        stated = _FIELD.fullmatch(text, start, end)
        key = stated["key"].strip().lower() if stated else ""
        if self.section != "events" or stated is None:
            is_info = self.section == "script info"
            self.ledger.mark_stripped(start, end, ByteClass.FRONT_MATTER if is_info else ByteClass.MARKUP)
            if stated and is_info and key == "title" and stated["value"].strip() not in {"", "<untitled>"}:
                self.title = self.title or stated["value"].strip()
        elif key == "format":
            self.ledger.mark_stripped(start, end, ByteClass.MARKUP)
            names = tuple(name.strip().lower() for name in stated["value"].split(",", _MOST_FIELDS))
            self.fields = names if "text" in names else self.fields
        elif key == "dialogue":
            self._event(start, stated.start("value"), end)
        else:
            # `Comment:` is an event that is not shown.
            byte_class = ByteClass.NOTE if key == "comment" else ByteClass.MARKUP
            self.ledger.mark_stripped(start, end, byte_class)

    def _event(self, start: int, at: int, end: int) -> None:
        """Read the fields of an event; the last one, its text, may have commas."""
        values: dict[str, tuple[int, int]] = {}
        for name in self.fields[:-1]:
            comma = self.source.text.find(",", at, end)
            if comma < 0:
                self.tally.note("short-event", "an event has too few fields; it is left out", start)
                self.ledger.mark_stripped(start, end, ByteClass.MARKUP)
                return
            values[name] = at, comma
            at = comma + 1
        last = start
        times: dict[str, int | None] = {}
        label: str | None = None
        for name, (first, until) in values.items():
            printed = self.source.text[first:until].strip()
            byte_class = ByteClass.MARKUP
            if name in {"start", "end"}:
                times[name] = clock_ms(printed)
                byte_class = ByteClass.TIME
            elif name in _NAMES and printed:
                label, byte_class = printed, ByteClass.LABEL
            if byte_class is not ByteClass.MARKUP:
                self.ledger.mark_stripped(last, first, ByteClass.MARKUP)
                self.ledger.mark_stripped(first, until, byte_class)
                last = until
        self.ledger.mark_stripped(last, at, ByteClass.MARKUP)
        if None in times.values():
            self.tally.note("bad-time", "an event has a time that cannot be read; it is left out", start)
        pieces = self._pieces(at, end)
        self.cues.append(
            Cue(start, times.get("start"), times.get("end"), [VoiceSpan(Voice(label) if label else None, pieces)])
        )

    def _pieces(self, start: int, end: int) -> list[SourceRun | str]:
        text = self.source.text
        pieces: list[SourceRun | str] = []
        at, draws = start, False
        for code in [*_CODE.finditer(text, start, end), None]:
            until = code.start() if code else end
            if draws:
                self.ledger.mark_stripped(at, until, ByteClass.MARKUP)
            elif until > at:
                pieces.append(SourceRun(text[at:until], at, until))
            if code is None:
                break
            self.ledger.mark(code.start(), code.end(), ByteClass.MARKUP)
            if code["sign"] and not draws:
                pieces.append("\n" if code["sign"] == "N" else " ")
            for drawing in _DRAWS.finditer(code["code"] or ""):
                draws = drawing["scale"].strip("0") != ""
            at = code.end()
        return pieces


FORMAT = TranscriptFormat(
    name="substation",
    description="SubStation Alpha subtitles, with the speaker in the field Name or as 'Name:' in the text",
    suffixes=(".ass", ".ssa"),
    sniff=sniff,
    parse=parse,
    text_format=TextFormat.CAPTIONS,
)
