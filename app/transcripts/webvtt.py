"""Reads WebVTT (https://www.w3.org/TR/webvtt1/), and the deviations that players forgive.

The libraries (webvtt-py, pysubs2) keep no positions in the file, so none is used.
"""

import re
from dataclasses import dataclass, field

from app.errors import TranscriptError
from app.text.dates import PartialDate
from app.transcripts.captions import finish_cues
from app.transcripts.clock import clock_ms
from app.transcripts.cue_text import Cue, VoiceSpan, read_cue_text
from app.transcripts.source import Source
from app.transcripts.stated import stated_language
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
from app.transcripts.urls import canonical

_SIGNATURE = re.compile(r"\ufeff?(?P<word>WEBVTT)(?=[ \t\r\n]|\Z)", re.IGNORECASE)
_TIMING = re.compile(
    r"[ \t]*(?P<start>[0-9][0-9:.,]{0,30})[ \t]*-{1,2}>[ \t]*(?P<end>[0-9][0-9:.,]{0,30})(?P<rest>[^\r\n]*)"
)
_STRICT_TIME = re.compile(r"(?:[0-9]{2,}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3}")
_SETTING = re.compile(r"(?:vertical|line|position|size|align|region|[XY][12])\s*:\S*", re.IGNORECASE)
_HEADER_FIELD = re.compile(r"[ \t]*(?P<key>[A-Za-z][A-Za-z _-]{0,30}?)[ \t]{0,8}[:=][ \t]*(?P<value>[^\r\n]*)")
_HEADER_PART = re.compile(r"[^;]+")
_FIELDS = {
    "title": "title",
    "language": "language",
    "lang": "language",
    "date": "published",
    "published": "published",
    "publisher": "publisher",
    "series": "series",
    "source": "source_url",
    "url": "source_url",
    "copyright": "rights",
    "rights": "rights",
    "description": "summary",
}

_Line = tuple[int, int]


def sniff(source: Source) -> Guess:
    """A WebVTT file begins with WEBVTT; or at least it is named .vtt and has cue times."""
    try:
        text = source.text
    except TranscriptError:
        return NO
    if _SIGNATURE.match(text):
        return Guess(1.0, "the file begins with WEBVTT")
    if source.suffix in FORMAT.suffixes and any(_TIMING.match(text, start, end) for start, end in line_spans(text)):
        return Guess(0.97, "the file is named as WebVTT and has cue times")
    return NO


def parse(source: Source) -> Transcript:
    """Read WebVTT.

    Raises:
        TranscriptError: the file is not text, has neither signature nor cue times, or has no cue text.
    """
    ledger = Ledger(source)
    return _WebvttReader(source, ledger, Tally(ledger)).read()


@dataclass
class _WebvttReader:
    source: Source
    ledger: Ledger
    tally: Tally
    cues: list[Cue] = field(default_factory=list)
    stated: dict[str, tuple[str, int]] = field(default_factory=dict)
    has_times: bool = False

    def read(self) -> Transcript:
        text = self.source.text
        signature = _SIGNATURE.match(text)
        lines = list(line_spans(text))
        if signature:
            if signature["word"] != "WEBVTT":
                self.tally.note("signature", "the first line should be WEBVTT in capitals", signature.start("word"))
            lines = self._after_header(lines, signature.end())
        elif text.startswith("\ufeff"):
            self.ledger.mark(0, 1, ByteClass.MARKUP)
            lines = list(line_spans(text, 1))
        for block in self._blocks(lines):
            self._block(block)
        if not signature:
            if not self.has_times:
                raise self.source.error("the file does not begin with WEBVTT and has no cue times", 0)
            self.tally.note("signature", "the file does not begin with WEBVTT; it is read all the same", 0)
        metadata = _metadata(self.stated, self.tally)
        return finish_cues(self.source, FORMAT.name, self.cues, metadata, self.ledger, self.tally)

    def _after_header(self, lines: list[_Line], at: int) -> list[_Line]:
        """Read the signature and the header, which ends at a blank line or at cue times; return the lines after it."""
        text = self.source.text
        self.ledger.mark(0, at, ByteClass.MARKUP)
        for index, (line_start, end) in enumerate(lines):
            start = max(line_start, at)
            if index and (not text[start:end].strip() or _TIMING.match(text, start, end)):
                return lines[index:]
            self.ledger.mark(start, end, ByteClass.FRONT_MATTER)
            if index:
                self._state(start, end)
            else:
                # YouTube used to write all fields after the signature: "WEBVTT Kind: captions; Language: en".
                for part in _HEADER_PART.finditer(text, start, end):
                    self._state(part.start(), part.end())
        return []

    def _blocks(self, lines: list[_Line]) -> list[list[_Line]]:
        """Group lines into blocks: a block ends at a blank line, or before the next cue times and their identifier.

        A line of spaces right below the times ends none: YouTube leaves the upper line of the first cue empty.
        """
        text = self.source.text
        blocks: list[list[_Line]] = [[]]
        times = below_times = False
        for start, end in lines:
            if not text[start:end].strip():
                if below_times and end > start:
                    continue
                below_times = False
                if blocks[-1]:
                    blocks.append([])
                times = False
                continue
            below_times = bool(_TIMING.match(text, start, end))
            if below_times:
                if times or len(blocks[-1]) > 1:
                    blocks.append([])
                times = True
            blocks[-1].append((start, end))
        return [block for block in blocks if block]

    def _state(self, start: int, end: int) -> None:
        match = _HEADER_FIELD.match(self.source.text, start, end)
        if match and match["value"].strip() and (name := _FIELDS.get(match["key"].lower())):
            self.stated.setdefault(name, (match["value"].strip(), match.start("value")))

    def _block(self, block: list[_Line]) -> None:
        text = self.source.text
        for index, (start, end) in enumerate(block[:2]):
            if match := _TIMING.match(text, start, end):
                for line in block[:index]:
                    self.ledger.mark(*line, ByteClass.MARKUP)
                self._cue(match, block[index + 1 :])
                return
        start, end = block[0][0], block[-1][1]
        first = text[start : block[0][1]]
        if first == "NOTE" or first.startswith(("NOTE ", "NOTE\t")):
            self.ledger.mark(start, end, ByteClass.NOTE)
            if not self.cues:
                self._note_field(start + len("NOTE"), block)
        elif first.rstrip() in {"STYLE", "REGION"}:
            self.ledger.mark(start, end, ByteClass.MARKUP)
            if self.cues:
                self.tally.note("late-block", f"a {first.rstrip()} block after the first cue has no effect", start)
        else:
            self.tally.note("no-times", "text without cue times is kept where it stands", start)
            self.cues.append(Cue(start, None, None, self._text(start, end)))

    def _note_field(self, start: int, block: list[_Line]) -> None:
        # Microsoft Stream and Teams state the language in a comment: "NOTE language:en-us".
        match = _HEADER_FIELD.match(self.source.text, start, block[0][1])
        if match and match["key"].lower() == "language":
            self._state(start, block[0][1])

    def _cue(self, match: re.Match[str], lines: list[_Line]) -> None:
        self.has_times = True
        start, rest = match.start(), match.start("rest")
        self.ledger.mark(start, rest, ByteClass.TIME)
        times = [clock_ms(match[name]) for name in ("start", "end")]
        if None in times:
            self.tally.note("bad-time", f"no such time: {match.group()[:60].strip()!r}; it is left out", start)
        elif not all(_STRICT_TIME.fullmatch(match[name]) for name in ("start", "end")):
            self.tally.note("odd-time", f"{match.group()[:60].strip()!r} is not written as WebVTT writes times", start)
        if self._is_settings(match):
            self.ledger.mark(rest, match.end(), ByteClass.MARKUP)
        else:
            self.tally.note("text-beside-times", "text stands on the line of the cue times; it is kept", rest)
            lines = [(rest, match.end()), *lines]
        spans = self._text(lines[0][0], lines[-1][1]) if lines else []
        self.cues.append(Cue(start, times[0], times[1], spans))

    @staticmethod
    def _is_settings(match: re.Match[str]) -> bool:
        return all(_SETTING.fullmatch(word) for word in match["rest"].split())

    def _text(self, start: int, end: int) -> list[VoiceSpan]:
        return read_cue_text(self.source.text, start, end, self.ledger, self.tally, entities=True)


def _metadata(stated: dict[str, tuple[str, int]], tally: Tally) -> Metadata:
    """Return the metadata that the header states, and remark on values that cannot be read."""
    values = {name: value for name, (value, _) in stated.items()}
    published = None
    language = stated_language(values.get("language"))
    if "language" in stated and language is None:
        sentence = f"{values['language'][:40]!r} is no language that is known; it is left out"
        tally.note("language", sentence, stated["language"][1])
    if "published" in stated:
        try:
            published = PartialDate.parse(values["published"])
        except ValueError as error:
            tally.note("date", f"the date {values['published'][:40]!r} is left out: {error}", stated["published"][1])
    address, clean = values.get("source_url"), None
    if address is not None:
        try:
            clean = canonical(address)
        except ValueError:
            tally.note("source", f"{address[:80]!r} is no http address; it is left out", stated["source_url"][1])
            address = None
    return Metadata(
        title=values.get("title"),
        language=language,
        published=published,
        published_evidence=values["published"] if published else None,
        publisher=values.get("publisher"),
        series=values.get("series"),
        source_url=clean,
        source_url_as_printed=address,
        summary=values.get("summary"),
        rights=values.get("rights"),
    )


FORMAT = TranscriptFormat(
    name="webvtt",
    description="WebVTT captions, with or without <v Name> voices or 'Name:' at the start of a cue",
    suffixes=(".vtt", ".webvtt"),
    sniff=sniff,
    parse=parse,
    text_format=TextFormat.CAPTIONS,
)
