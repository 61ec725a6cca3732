"""Reads Praat TextGrids, long and short: the tier of each speaker, in the order of time.

Praat takes only free-standing numbers, texts in quotation marks and flags in angle brackets for values; everything else
(`xmin =`, `intervals [1]:`) is a comment. This reader does the same, so both forms of the file are one to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import TranscriptError
from app.transcripts.captions import finish_cues
from app.transcripts.cue_text import SourceRun
from app.transcripts.source import Source
from app.transcripts.tiers import Annotation, Tier, choose_tiers
from app.transcripts.transcript import NO, ByteClass, Guess, Ledger, Metadata, Tally, Transcript, TranscriptFormat

_HEAD = re.compile(
    r'\ufeff?\s{0,20}(?:File\s+type\s*=\s*)?"ooTextFile(?: short)?"\s{1,20}(?:Object\s+class\s*=\s*)?"TextGrid"'
)
_VALUE = re.compile(
    r'"(?P<text>(?:[^"]|"")*+)"|<(?P<flag>[a-z]{1,20})>'
    r"|(?<![^\s])(?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,20})?(?:[eE][-+]?[0-9]{1,3})?)(?=\s|$)|![^\n]*"
)
# Seconds into a recording, at most: a larger number is no time.
_LATEST_SECONDS = 2_000_000
# Characters of the head that are examined.
_REACH = 200


def sniff(source: Source) -> Guess:
    """The first two texts are the type of the file and TextGrid."""
    try:
        found = _HEAD.match(source.text[:_REACH])
    except TranscriptError:
        return NO
    return Guess(0.98, "it begins as a TextGrid of Praat does") if found else NO


def parse(source: Source) -> Transcript:
    """Read a TextGrid.

    Raises:
        TranscriptError: the file is not text, is no complete TextGrid, or no tier has words.
    """
    if not _HEAD.match(source.text[:_REACH]):
        raise source.error('this does not begin with "ooTextFile" and "TextGrid", as a TextGrid of Praat does', 0)
    ledger = Ledger(source)
    tiers, times = _Reader(source).tiers()
    chosen = choose_tiers(tiers)
    if not chosen.spoken:
        raise source.error("no tier of this TextGrid holds words of a speaker", 0)
    chosen.remark_others(ledger)
    said = {id(each) for tier, _ in chosen.spoken for each in tier.spoken()}
    marks: list[tuple[int, int, ByteClass | None]] = [(start, end, ByteClass.TIME) for start, end in times]
    for tier in tiers:
        for each in tier.annotations:
            # What is said is marked by the turns that are made of it.
            byte_class = None if id(each) in said else ByteClass.NOTE
            marks += [(piece.start, piece.end, byte_class) for piece in each.pieces if isinstance(piece, SourceRun)]
    at = 0
    for start, end, byte_class in [*sorted(marks, key=lambda mark: mark[0]), (len(source.text), 0, None)]:
        ledger.mark_stripped(at, start, ByteClass.MARKUP)
        if byte_class:
            ledger.mark_stripped(start, end, byte_class)
        at = end
    metadata = Metadata(speakers=chosen.speakers())
    return finish_cues(source, FORMAT.name, chosen.cues(), metadata, ledger, Tally(ledger))


@dataclass(frozen=True, slots=True)
class _Value:
    """A number, or a text whose characters are inside the quotation marks from `start` up to `end`."""

    start: int
    end: int
    number: float | None = None


class _Reader:
    """Reads the values of a TextGrid one after the other."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._values = self._all()
        self._last = 0
        self._times: list[tuple[int, int]] = []

    def _all(self) -> Iterator[_Value]:
        for found in _VALUE.finditer(self._source.text):
            if found.lastgroup == "text":
                yield _Value(*found.span("text"))
            elif found.lastgroup == "number":
                yield _Value(*found.span(), float(found.group()))

    def tiers(self) -> tuple[list[Tier], list[tuple[int, int]]]:
        """Return the tiers, and where the times of their intervals stand."""
        for _ in range(2):
            self._text()
        for _ in range(2):
            self._number()
        tiers = []
        for _ in range(self._count()):
            is_point = self._shown(self._text()) == "TextTier"
            tier = Tier(self._shown(self._text()).strip())
            for _ in range(2):
                self._number()
            for _ in range(self._count()):
                tier.annotations += self._annotation(is_point)
            tiers.append(tier)
        return tiers, self._times

    def _annotation(self, is_point: bool) -> list[Annotation]:
        start = self._number()
        end = start if is_point else self._number()
        text = self._text()
        pieces = self._pieces(text)
        if not pieces:
            return []
        self._times += [(each.start, each.end) for each in dict.fromkeys((start, end))]
        return [Annotation(text.start, _milliseconds(start), _milliseconds(end), pieces)]

    def _pieces(self, text: _Value) -> list[SourceRun | str]:
        """Return the characters of a text, in which a doubled quotation mark means one."""
        pieces: list[SourceRun | str] = []
        at = text.start
        whole = self._source.text
        while at < text.end:
            quote = whole.find('""', at, text.end)
            until = text.end if quote < 0 else quote
            if until > at:
                pieces.append(SourceRun(whole[at:until], at, until))
            if quote >= 0:
                pieces.append(SourceRun('"', quote, quote + 2))
                until += 2
            at = until
        return pieces

    def _next(self, what: str) -> _Value:
        value = next(self._values, None)
        if value is None:
            raise self._source.error(f"this TextGrid ends where {what} should follow", self._last)
        self._last = value.start
        return value

    def _number(self) -> _Value:
        value = self._next("a number")
        if value.number is None:
            raise self._source.error("a number should stand here in this TextGrid, and not a text", value.start)
        return value

    def _text(self) -> _Value:
        value = self._next("a text in quotation marks")
        if value.number is not None:
            raise self._source.error("a text in quotation marks should stand here in this TextGrid", value.start)
        return value

    def _count(self) -> int:
        return int(self._number().number or 0)

    def _shown(self, text: _Value) -> str:
        return self._source.text[text.start : text.end].replace('""', '"')


def _milliseconds(value: _Value) -> int | None:
    seconds = value.number
    return round(seconds * 1000) if seconds is not None and 0 <= seconds <= _LATEST_SECONDS else None


FORMAT = TranscriptFormat(
    name="textgrid",
    description="Praat TextGrids: the tiers of the speakers, put together by their times",
    suffixes=(".textgrid",),
    sniff=sniff,
    parse=parse,
)
