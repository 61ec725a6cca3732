"""What every format returns: turns with their places in the source, metadata, remarks, and the class of every byte."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from app.text.dates import PartialDate
from app.text.folding import mixed_script_words
from app.transcripts.source import Source


class TurnKind(StrEnum):
    """What a turn is in the conversation."""

    QUESTION = "question"
    ANSWER = "answer"
    STATEMENT = "statement"
    NOTE = "note"
    HEADING = "heading"


# Notes and headings are the editor's words.
SPOKEN = frozenset({TurnKind.QUESTION, TurnKind.ANSWER, TurnKind.STATEMENT})


class ByteClass(StrEnum):
    """What a byte of a source is. Each byte has one class, and the classes add up to the file's size."""

    TEXT = "text"
    LABEL = "label"
    TIME = "time"
    MARKUP = "markup"
    FRONT_MATTER = "front_matter"
    SOURCE_LINE = "source_line"
    NOTE = "note"
    BLANK = "blank"


class Segment(NamedTuple):
    """A run of a turn's text and where it stands in the source, all in code points.

    Equal lengths mean a copy, character for character. Unequal ones mean that the source writes the same text
    differently (an entity, an escape): the two ranges correspond as wholes.
    """

    text_start: int
    text_end: int
    source_start: int
    source_end: int

    @property
    def is_copy(self) -> bool:
        """Whether the characters of both ranges are the same."""
        return self.text_end - self.text_start == self.source_end - self.source_start


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker until the next, or a note or heading between turns.

    `kind` is None where the format does not say whether the turn is a question or an answer; pairing decides then.
    `label` is the speaker's label as printed, without its colon or brackets; None where there is none.
    `speaker` is the name behind the label where the format states it (a TEI person list, a declared initial).
    Times are milliseconds from the start of the recording.
    """

    text: str
    segments: tuple[Segment, ...]
    label: str | None = None
    speaker: str | None = None
    kind: TurnKind | None = None
    start_ms: int | None = None
    end_ms: int | None = None

    @property
    def source_start(self) -> int:
        """Offset of the turn's first character in the source."""
        return self.segments[0].source_start

    @property
    def source_end(self) -> int:
        """Offset just past the turn's last character in the source."""
        return self.segments[-1].source_end


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd in a source that did not stop its reading. Lines and columns count from 1; codes are stable."""

    code: str
    message: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class SpeakerStatement:
    """What metadata states about a speaker. `labels` are the labels in the transcript that mean this person."""

    name: str | None = None
    role: str | None = None
    labels: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    affiliation: str | None = None
    same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a source states about itself. None or empty means that it does not say."""

    title: str | None = None
    language: str | None = None
    language_is_inferred: bool = False
    published: PartialDate | None = None
    published_evidence: str | None = None
    publisher: str | None = None
    series: str | None = None
    source_url: str | None = None
    source_url_as_printed: str | None = None
    summary: str | None = None
    rights: str | None = None
    speakers: tuple[SpeakerStatement, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """The class of every character, as (start, end, class) in order without gap or overlap, and the bytes of each."""

    spans: tuple[tuple[int, int, ByteClass], ...]
    bytes_by_class: dict[ByteClass, int]


@dataclass(frozen=True, slots=True)
class Transcript:
    """A source that was read. Turns are in the order of the conversation.

    `extracted` is the text of a source whose bytes are no text, such as a ZIP archive. Where it is not None, all
    offsets, lines and columns count in it.
    """

    source: Source
    format: str
    turns: tuple[Turn, ...]
    metadata: Metadata
    remarks: tuple[Remark, ...]
    account: Account
    extracted: str | None = None

    @property
    def bytes_by_class(self) -> dict[ByteClass, int]:
        """The number of bytes of each class; their sum is the size of the file."""
        return self.account.bytes_by_class

    @property
    def text(self) -> str:
        """The text in which offsets count: the extracted one, or else the source's own."""
        return self.source.text if self.extracted is None else self.extracted


@dataclass(frozen=True, slots=True)
class Guess:
    """How sure a format is that a source is its own, from 0 (no) to 1 (certain), and why.

    `parse` finishes a reading that sniffing has mostly done already.
    """

    confidence: float
    reason: str
    parse: Callable[[], Transcript] | None = None


class TextFormat(StrEnum):
    """What the text of a turn is written in."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    CAPTIONS = "captions"


@dataclass(frozen=True, slots=True)
class TranscriptFormat:
    """A format: how to recognize it and how to read it. `sniff` never raises; `parse` raises TranscriptError only.

    To add a format:

    1. Write app/transcripts/NAME.py. It ends in FORMAT = TranscriptFormat(...). subrip.py is a short example.
    2. Add NAME.FORMAT to FORMATS in app/transcripts/__init__.py.
    3. Write tests/transcripts/test_NAME.py with what the format promises. tests/transcripts/test_every_format.py
       checks every format in FORMATS: any bytes are read or refused, every byte has one class, segments are copies.
    4. Add a row to the table of docs/reading-transcripts.md; until then tests/documents/test_pages.py fails.
    """

    name: str
    description: str
    suffixes: tuple[str, ...]
    sniff: Callable[[Source], Guess]
    parse: Callable[[Source], Transcript]
    text_format: TextFormat = TextFormat.PLAIN
    # Whether its files are no text, so that offsets count in a text that is extracted from them.
    extracts: bool = False
    # The confidence of a guess, at most: a format that cannot be the surest is not asked.
    surest: float = 1.0


NO = Guess(0.0, "")


@dataclass
class Ledger:
    """Accounts for every character of a source while it is read.

    A format marks the ranges that it understands, without overlap; close() marks the white space between them as blank
    and counts bytes. A character that is neither marked nor white space is a bug in the format: close() raises
    AssertionError with its place.
    """

    source: Source
    _marks: list[tuple[int, int, ByteClass]] = field(default_factory=list)
    _remarks: list[Remark] = field(default_factory=list)

    def mark(self, start: int, end: int, byte_class: ByteClass) -> None:
        """Give the characters from start up to end a class."""
        if end > start:
            self._marks.append((start, end, byte_class))

    def mark_stripped(self, start: int, end: int, byte_class: ByteClass) -> None:
        """Give the characters from start up to end a class, but for the white space at both ends."""
        part = self.source.text[start:end]
        self.mark(start + len(part) - len(part.lstrip()), start + len(part.rstrip()), byte_class)

    def remark(self, code: str, message: str, offset: int) -> None:
        """Add a remark at an offset."""
        self._remarks.append(Remark(code, message, *self.source.position(offset)))

    def close(self) -> tuple[tuple[Remark, ...], Account]:
        """Return the remarks in the order of the source, and the class of every character."""
        text, at = self.source.text, 0
        counts = dict.fromkeys(ByteClass, 0)
        spans: list[tuple[int, int, ByteClass]] = []
        for start, end, byte_class in [*sorted(self._marks), (len(text), len(text), ByteClass.BLANK)]:
            if start < at:
                raise AssertionError(f"{self.source.name}: characters {start} to {at} are classed twice")
            gap = text[at:start]
            if gap and not gap.isspace():
                raise AssertionError(f"{self.source.name}: characters {at} to {start} are not classed: {gap[:60]!r}")
            for first, last, what in ((at, start, ByteClass.BLANK), (start, end, byte_class)):
                if last > first:
                    spans.append((first, last, what))
                    counts[what] += self.source.byte_length(first, last)
            at = end
        self._remark_characters()
        # A source inside a source repeats remarks.
        remarks = sorted(dict.fromkeys(self._remarks), key=lambda remark: (remark.line, remark.column))
        return tuple(remarks), Account(tuple(spans), counts)

    def _remark_characters(self) -> None:
        """Remark on look-alike letters and on characters that were lost before the file was received."""
        for offset, word in mixed_script_words(self.source.text):
            self.remark("mixed-scripts", f"{word!r} mixes letters of two scripts; it is kept as it is", offset)
        if (lost := self.source.text.find("\ufffd")) >= 0:
            count = self.source.text.count("\ufffd")
            reason = (
                f"{count} characters were replaced by U+FFFD before this file was received; they are kept as they are"
            )
            self.remark("decoding-replaced", reason, lost)


@dataclass
class Tally:
    """Combines the remarks of one code: a thousand odd times in a file make one remark, with their number."""

    ledger: Ledger
    _first: dict[str, tuple[str, int]] = field(default_factory=dict)
    _count: dict[str, int] = field(default_factory=dict)

    def note(self, code: str, sentence: str, offset: int) -> None:
        """Count a remark. The first sentence and offset of a code are used."""
        self._first.setdefault(code, (sentence, offset))
        self._count[code] = self._count.get(code, 0) + 1

    def close(self) -> None:
        """Add one remark for each code to the ledger."""
        for code, (sentence, offset) in self._first.items():
            more = self._count[code] - 1
            self.ledger.remark(code, f"{sentence} (and {more} more)" if more else sentence, offset)
