"""Turns out of what JSON transcripts are made of: strings with a time and a speaker, from one character to a paragraph.

Decides how words become sentences (where a space is missing), what a time in a JSON value means, and what a label is.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from app.transcripts.json_text import JsonNode, string_segments
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Ledger, Turn, TurnKind
from app.transcripts.turn_text import Mark, TurnText

# Longer than any recording; a larger number is a date or a mistake.
_MAX_MS = 10_000 * 3600 * 1000
# Speech takes about 0.07 seconds a character. A count of time above this many for each character is finer than seconds.
_MS_PER_CHARACTER = 5
_TICKS_PER_CHARACTER = 20_000

_ATTACHING = frozenset(",.;:!?%)]}»”…、。，．！？；：」』）】")
_OPENING = frozenset("([{«“¿¡「『（【")
_PLAIN = re.compile(r"(?P<number>[0-9]{1,18}(?:\.[0-9]{1,18})?)(?P<seconds> ?s)?")
_CLOCK = re.compile(r"(?:(?P<h>[0-9]{1,4}):)?(?P<m>[0-9]{1,3}):(?P<s>[0-9]{1,2}(?:[.,][0-9]{1,9})?)")
_ISO_DURATION = re.compile(r"PT(?:(?P<h>[0-9]{1,6})H)?(?:(?P<m>[0-9]{1,6})M)?(?:(?P<s>[0-9]{1,9}(?:\.[0-9]{1,9})?)S)?")

SECONDS, MILLISECONDS, TICKS, NANOSECONDS = 1000.0, 1.0, 1e-4, 1e-6


@dataclass(slots=True)
class TimedText:
    """A string or a few with one time and one speaker. Times are milliseconds, and None where there are none."""

    texts: list[JsonNode]
    label: JsonNode | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    time_marks: list[JsonNode] = field(default_factory=list)
    kind: TurnKind | None = None
    paragraphs: bool = False

    @property
    def text(self) -> str:
        """The characters, without anything between the strings."""
        return "".join(node.string or "" for node in self.texts)


@dataclass(frozen=True, slots=True)
class Spacing:
    """Whether a file writes the spaces between its pieces: within them (`subwords`), as pieces of their own, or not."""

    subwords: bool
    own_pieces: bool

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Spacing":
        """Look at all pieces of a file."""
        words = [text for text in texts if text]
        bordered = sum(text != text.strip() and not text.isspace() for text in words)
        blank = sum(text.isspace() for text in words)
        return cls(bordered > 0.3 * len(words), blank > 0.2 * len(words))

    def between(self, before: str, after: str) -> str:
        """Return what has to stand between two pieces: a space or nothing."""
        if not before or not after or before[-1].isspace() or after[0].isspace():
            return ""
        both_words = before[-1].isalnum() and after[0].isalnum()
        if self.subwords or (self.own_pieces and not both_words):
            return ""
        if _is_unspaced(before[-1]) and _is_unspaced(after[0]):
            return ""
        attaches = after[0] in _ATTACHING and not any(character.isalnum() for character in after)
        return "" if attaches or before in _OPENING else " "


def _is_unspaced(character: str) -> bool:
    """Whether a character belongs to Chinese or Japanese, which write no spaces, or to Thai, Lao, Burmese or Khmer."""
    code = ord(character)
    return (
        0x3000 <= code <= 0x30FF
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0xFF00 <= code <= 0xFFEF
        or 0x20000 <= code <= 0x3FFFF
        or 0x0E00 <= code <= 0x0EFF
        or 0x1000 <= code <= 0x109F
        or 0x1780 <= code <= 0x17FF
    )


def label_text(source: Source, node: JsonNode | None) -> str | None:
    """Return a label as printed: a string without its colon, or the digits of a number; None for anything else."""
    if node is None:
        return None
    if node.string is not None:
        return node.string.strip().removesuffix(":").rstrip() or None
    return None if node.number is None else source.text[node.start : node.end]


def is_word_sized(texts: Sequence[str]) -> bool:
    """Whether the pieces of a file are single words, which only together make a turn."""
    words = [text.strip() for text in texts if text.strip()]
    if not words:
        return False
    return median(len(word.split()) for word in words) <= 1 and median(map(len, words)) <= 12


def milliseconds(node: JsonNode | None, scale: float) -> int | None:
    """Read a time as milliseconds. `scale` is how many a bare number counts; None for what is no time.

    Besides numbers: "0.04", "12.5s", "PT0.76S", "00:00:01,200" and {"seconds": 1, "nanos": 5}.
    """
    if node is None:
        return None
    count = node.number
    if count is not None:
        count *= scale
    elif node.string is not None:
        count = _written_time(node.string.strip(), scale)
    elif "seconds" in node.members:
        count = _counted_time(node.members)
    if count is None or not 0 <= count <= _MAX_MS:
        return None
    return round(count)


def _written_time(text: str, scale: float) -> float | None:
    if match := _PLAIN.fullmatch(text):
        return float(match["number"]) * (SECONDS if match["seconds"] else scale)
    match = _CLOCK.fullmatch(text) or (_ISO_DURATION.fullmatch(text) if text != "PT" else None)
    if match is None:
        return None
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.group("h", "m", "s"))
    return (hours * 3600 + minutes * 60 + seconds) * 1000


def _counted_time(members: dict[str, JsonNode]) -> float | None:
    seconds = milliseconds(members["seconds"], SECONDS)
    rest = members.get("nanos") or members.get("nanoseconds")
    fraction = rest.number if rest else None
    return None if seconds is None else seconds + (fraction or 0) * NANOSECONDS


def likely_scale(durations: Iterable[tuple[float, int]]) -> float:
    """Tell seconds from milliseconds and ticks by how long the characters take; pairs of (bare number, characters)."""
    total, characters = 0.0, 0
    for duration, length in durations:
        if duration > 0 and length:
            total += duration
            characters += length
    each = total / max(characters, 1)
    if each > _TICKS_PER_CHARACTER:
        return TICKS
    return MILLISECONDS if each > _MS_PER_CHARACTER else SECONDS


def joined_by_speaker(source: Source, units: Iterable[TimedText]) -> list[list[TimedText]]:
    """Put units of one speaker in a row together; a unit without a speaker goes on with the one before it."""
    runs: list[list[TimedText]] = []
    speaker: str | None = None
    for unit in units:
        label = label_text(source, unit.label)
        if not runs or (label is not None and speaker is not None and label != speaker):
            runs.append([])
        runs[-1].append(unit)
        speaker = label or speaker
    return runs


def make_turn(
    source: Source, units: Sequence[TimedText], spacing: Spacing, names: dict[str, str], marks: list[Mark]
) -> Turn | None:
    """Make one turn of units, and class what it takes; None when the units hold nothing but white space."""
    text = TurnText()
    for unit in units:
        for index, node in enumerate(unit.texts):
            value = node.string or ""
            text.join("\n\n" if unit.paragraphs and index else spacing.between(text.last, value))
            text.runs(value, string_segments(source, node))
    said, segments = text.stripped()
    if not segments:
        return None
    marks.extend((run.source_start, run.source_end, ByteClass.TEXT) for run in segments)
    for unit in units:
        marks.extend((node.start, node.end, ByteClass.TIME) for node in unit.time_marks)
    label_node = next((unit.label for unit in units if unit.label), None)
    label = label_text(source, label_node)
    start_ms = next((unit.start_ms for unit in units if unit.start_ms is not None), None)
    end_ms = next((unit.end_ms for unit in reversed(units) if unit.end_ms is not None), None)
    if start_ms is not None and end_ms is not None and end_ms < start_ms:
        end_ms = None
    return Turn(
        said,
        segments,
        label=label,
        speaker=names.get(label) if label else None,
        kind=units[0].kind,
        start_ms=start_ms,
        end_ms=end_ms,
    )


def mark_labels(source: Source, nodes: Iterable[JsonNode | None], marks: list[Mark]) -> None:
    """Class speaker values, each once, without their quotation marks."""
    seen: set[int] = set()
    for node in nodes:
        if node is None or node.start in seen or label_text(source, node) is None:
            continue
        seen.add(node.start)
        inside = 0 if node.string is None else 1
        marks.append((node.start + inside, node.end - inside, ByteClass.LABEL))


def remark_odd_times(ledger: Ledger, units: Sequence[TimedText], expected: bool) -> None:
    """Say so when most units have a time and one has none, or times run backwards."""
    if not expected:
        return
    without = [unit for unit in units if unit.start_ms is None and unit.text.strip()]
    if without:
        ledger.remark("no-time", f"{len(without)} pieces of the transcript have no time", without[0].texts[0].start)
    latest = 0
    for unit in units:
        if unit.start_ms is not None and unit.start_ms + 1000 < latest:
            ledger.remark("times-backwards", "from here on, times are earlier than before", unit.texts[0].start)
            return
        latest = max(latest, unit.start_ms or 0)
