"""Cues of timed text, and their text taken apart: markup, voices (who speaks) and speech."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from app.transcripts.clock import clock_ms
from app.transcripts.transcript import ByteClass, Ledger, Segment, Tally, TurnKind
from app.transcripts.turn_text import append_segment

_TOKEN = re.compile(
    r"<(?P<tag>[^<>]*)>|(?P<override>\{\\[^{}]*\})|(?P<entity>&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]{1,31});?)"
)
_VOICE = re.compile(r"[vV](?:\.[^\s]*)?(?:\s++(?P<name>.*))?", re.DOTALL)
_KNOWN_TAG = re.compile(
    r"/?(?:c|i|b|u|s|ruby|rt|rp|v|lang|font|span|p|div|em|strong|small|big|br)?(?:[.\s/].*)?", re.IGNORECASE | re.DOTALL
)
_BREAK_TAG = re.compile(r"/?br\s*/?", re.IGNORECASE)
# Characters of an entity, at most.
_MAX_REFERENCE = 40
_ESCAPED_ARROWS = "&gt;&gt;"
# Characters of a file in which escaped arrows are searched for.
_HEAD = 100_000


class SourceRun(NamedTuple):
    """Characters of a turn, and the range of the source that they stand for; equal lengths mean a copy."""

    text: str
    start: int
    end: int

    @property
    def is_copy(self) -> bool:
        """Whether the source has the same characters."""
        return len(self.text) == self.end - self.start


@dataclass
class GatheredText:
    """The text of one turn while it is gathered: runs of the source, and strings that join them."""

    pieces: list[SourceRun | str] = field(default_factory=list)

    def join(self, text: str) -> None:
        """Add characters that the source does not have."""
        self.pieces.append(text)

    def extend(self, pieces: Iterable[SourceRun | str]) -> None:
        """Add several pieces."""
        self.pieces.extend(pieces)

    def last_words(self) -> str:
        """Return the characters of the last piece that has more than white space."""
        texts = (piece if isinstance(piece, str) else piece.text for piece in reversed(self.pieces))
        return next((text for text in texts if text.strip()), "")

    def close(self, ledger: Ledger, byte_class: ByteClass = ByteClass.TEXT) -> tuple[str, tuple[Segment, ...]]:
        """Trim white space at both ends, give the rest a class, and return the text and its segments."""
        first, last = 0, len(self.pieces)
        while first < last and self._is_blank(first, ledger):
            first += 1
        while last > first and self._is_blank(last - 1, ledger):
            last -= 1
        texts: list[str] = []
        segments: list[Segment] = []
        length = 0
        for index in range(first, last):
            piece = self.pieces[index]
            if isinstance(piece, SourceRun):
                run = _trimmed(piece, index == first, index == last - 1)
                ledger.mark(run.start, run.end, byte_class)
                append_segment(segments, Segment(length, length + len(run.text), run.start, run.end))
                piece = run.text
            texts.append(piece)
            length += len(piece)
        return "".join(texts), tuple(segments)

    def _is_blank(self, index: int, ledger: Ledger) -> bool:
        piece = self.pieces[index]
        if isinstance(piece, str):
            return not piece.strip()
        if piece.text.strip():
            return False
        if not piece.is_copy:
            # An entity such as &nbsp; is not white space in the source, so it needs a class.
            ledger.mark(piece.start, piece.end, ByteClass.MARKUP)
        return True


def _trimmed(run: SourceRun, at_start: bool, at_end: bool) -> SourceRun:
    if not (at_start or at_end) or not run.is_copy:
        return run
    text, start = run.text, run.start
    if at_start:
        text = text.lstrip()
        start = run.end - len(text)
    if at_end:
        text = text.rstrip()
    return SourceRun(text, start, start + len(text))


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker in the markup of a format. `label` is None for a voice without a name."""

    label: str | None


@dataclass
class VoiceSpan:
    """A stretch of a cue in one voice. Without a voice, the speaker before it goes on; a note is nobody's words."""

    voice: Voice | None
    pieces: list[SourceRun | str] = field(default_factory=list)
    is_note: bool = False

    def text(self) -> str:
        """Return the decoded characters, joins included."""
        return "".join(piece if isinstance(piece, str) else piece.text for piece in self.pieces)


def split_pieces(pieces: list[SourceRun | str], bounds: list[int]) -> Iterator[list[SourceRun | str]]:
    """Split pieces at ascending offsets of their text. A run that is no copy is not divided; the cut follows it."""
    stretch: list[SourceRun | str] = []
    at, next_bound = 0, 0
    for piece in pieces:
        rest = piece
        length = len(rest if isinstance(rest, str) else rest.text)
        while next_bound < len(bounds) and bounds[next_bound] < at + length:
            here = bounds[next_bound] - at
            if here > 0:
                if isinstance(rest, SourceRun) and not rest.is_copy:
                    break
                head, rest = _halves(rest, here)
                stretch.append(head)
                at, length = at + here, length - here
            yield stretch
            stretch = []
            next_bound += 1
        stretch.append(rest)
        at += length
    yield stretch
    for _ in range(next_bound, len(bounds)):
        yield []


def _halves(piece: SourceRun | str, at: int) -> tuple[SourceRun | str, SourceRun | str]:
    if isinstance(piece, str):
        return piece[:at], piece[at:]
    middle = piece.start + at
    return SourceRun(piece.text[:at], piece.start, middle), SourceRun(piece.text[at:], middle, piece.end)


def mark_pieces(pieces: Iterable[SourceRun | str], byte_class: ByteClass, ledger: Ledger) -> None:
    """Give the characters of pieces that are no speech a class."""
    for piece in pieces:
        if isinstance(piece, SourceRun):
            ledger.mark(piece.start, piece.end, byte_class)


@dataclass
class Cue:
    """Text between two times in milliseconds, which are None where the source has none that can be read."""

    offset: int
    start_ms: int | None
    end_ms: int | None
    spans: list[VoiceSpan]
    kind: TurnKind | None = None


def has_escaped_arrows(text: str) -> bool:
    """Whether captions print `>>` as entities, as some that download them do: there `&amp;` is an entity too."""
    return text.count(_ESCAPED_ARROWS, 0, _HEAD) > 1


def read_cue_text(text: str, start: int, end: int, ledger: Ledger, tally: Tally, *, entities: bool) -> list[VoiceSpan]:
    """Take a cue's text apart: mark tags as markup, begin a span at each voice, and decode entities if asked to.

    The rules are those of WebVTT cue text, except that unknown tags stay text: people write `<laughs>` and
    `List<int>`.
    """
    reader = _CueText(text, ledger, tally, entities, [VoiceSpan(None)])
    at = start
    for token in _TOKEN.finditer(text, start, end):
        reader.copy(at, token.start())
        if not (reader.entity(token) if token["entity"] else reader.markup(token)):
            reader.copy(token.start(), token.end())
        at = token.end()
    reader.copy(at, end)
    return [span for span in reader.spans if span.pieces or span.voice]


@dataclass
class _CueText:
    text: str
    ledger: Ledger
    tally: Tally
    entities: bool
    spans: list[VoiceSpan]
    voices: list[Voice] = field(default_factory=list)

    def copy(self, start: int, end: int) -> None:
        if end > start:
            self.spans[-1].pieces.append(SourceRun(self.text[start:end], start, end))

    def entity(self, token: re.Match[str]) -> bool:
        written = token.group()
        if not self.entities or len(written) > _MAX_REFERENCE:
            return False
        meant = html.unescape(written)
        # A reference to a forbidden character decodes to nothing, which would be a silent loss.
        if not meant or len(meant) == len(written):
            return False
        self.spans[-1].pieces.append(SourceRun(meant, token.start(), token.end()))
        return True

    def markup(self, token: re.Match[str]) -> bool:
        start, end = token.span()
        tag = token["tag"]
        if tag is None:
            self.ledger.mark(start, end, ByteClass.MARKUP)
        elif clock_ms(tag.strip()) is not None:
            self.ledger.mark(start, end, ByteClass.TIME)
        elif voice := _VOICE.fullmatch(tag):
            self._begin_voice(start, end, voice)
        elif tag and _KNOWN_TAG.fullmatch(tag):
            self._plain_tag(start, end, tag)
        else:
            self.tally.note("unknown-tag", f"{token.group()[:40]!r} is no caption tag; it is kept as text", start)
            return False
        return True

    def _plain_tag(self, start: int, end: int, tag: str) -> None:
        self.ledger.mark(start, end, ByteClass.MARKUP)
        if _BREAK_TAG.fullmatch(tag):
            self.spans[-1].pieces.append("\n")
        if tag.strip().lower() == "/v" and self.voices:
            self.voices.pop()
            if self.voices:
                self.spans.append(VoiceSpan(self.voices[-1]))

    def _begin_voice(self, start: int, end: int, match: re.Match[str]) -> None:
        name = match["name"] or ""
        label = " ".join(html.unescape(name).split())
        if label:
            name_start = start + 1 + match.start("name")
            self.ledger.mark(start, name_start, ByteClass.MARKUP)
            self.ledger.mark(name_start, name_start + len(name), ByteClass.LABEL)
            self.ledger.mark(name_start + len(name), end, ByteClass.MARKUP)
        else:
            self.ledger.mark(start, end, ByteClass.MARKUP)
        self.voices.append(Voice(label or None))
        self.spans.append(VoiceSpan(self.voices[-1]))
