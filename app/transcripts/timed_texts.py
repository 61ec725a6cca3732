"""Makes turns of timed texts: the strings of a JSON transcript with a time and a speaker, from a word to a paragraph.

Decides where a space is missing between words, what a time in a JSON value means, and what a speaker's label is.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from app.transcripts.json_text import JsonNode, string_segments
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Ledger, Turn, TurnKind
from app.transcripts.turn_text import Mark, TurnText, cut

# Milliseconds in 10,000 hours, longer than any recording: a larger number is a date or a mistake.
_MAX_MS = 10_000 * 3600 * 1000
# Speech takes about 0.07 seconds a character. Above these numbers for a character, the unit is finer than seconds.
_MS_PER_CHARACTER = 5
_TICKS_PER_CHARACTER = 20_000

_ATTACHING = frozenset(",.;:!?%)]}»”…、。，．！？；：」』）】")
_OPENING = frozenset("([{«“¿¡「『（【")
_ARROWS = re.compile(r"(?<!\S)(?P<arrows>[>＞]{2,3})(?!\S*[>＞])")
_PLAIN = re.compile(r"(?P<number>[0-9]{1,18}(?:\.[0-9]{1,18})?)(?P<seconds> ?s)?")
_CLOCK = re.compile(r"(?:(?P<h>[0-9]{1,4}):)?(?P<m>[0-9]{1,3}):(?P<s>[0-9]{1,2}(?:[.,][0-9]{1,9})?)")
_ISO_DURATION = re.compile(r"PT(?:(?P<h>[0-9]{1,6})H)?(?:(?P<m>[0-9]{1,6})M)?(?:(?P<s>[0-9]{1,9}(?:\.[0-9]{1,9})?)S)?")

# Milliseconds in one of each unit; a tick is 100 nanoseconds.
SECONDS, MILLISECONDS, TICKS, NANOSECONDS = 1000.0, 1.0, 1e-4, 1e-6


@dataclass(frozen=True, slots=True)
class Spacing:
    """Where a file has the spaces between its pieces: in them (`subwords`), as `own_pieces`, or nowhere."""

    subwords: bool
    own_pieces: bool

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Spacing":
        """Find out from all pieces of a file."""
        words = [text for text in texts if text]
        bordered = sum(text != text.strip() and not text.isspace() for text in words)
        blank = sum(text.isspace() for text in words)
        return cls(bordered > 0.3 * len(words), blank > 0.2 * len(words))

    def between(self, before: str, after: str) -> str:
        """Return what to put between two pieces: a space or nothing."""
        if not before or not after or before[-1].isspace() or after[0].isspace():
            return ""
        both_words = before[-1].isalnum() and after[0].isalnum()
        if self.subwords or (self.own_pieces and not both_words):
            return ""
        if _is_unspaced(before[-1]) and _is_unspaced(after[0]):
            return ""
        attaches = after[0] in _ATTACHING and not any(character.isalnum() for character in after)
        return "" if attaches or before in _OPENING else " "


@dataclass(slots=True)
class TimedText:
    """One or more strings with one time, in milliseconds, and one speaker. `paragraphs` are joined by empty lines."""

    strings: list[JsonNode]
    label: JsonNode | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    time_marks: list[JsonNode] = field(default_factory=list)
    kind: TurnKind | None = None
    paragraphs: bool = False
    # The channel of the recording, where the file has several.
    channel: JsonNode | None = None
    # Where the spaces between these strings are, if not where they are in the rest of the file.
    spacing: Spacing | None = None
    # Whether the file says that somebody else speaks next.
    ends_turn: bool = False

    @property
    def text(self) -> str:
        """The characters of all strings, with nothing between them."""
        return "".join(node.string or "" for node in self.strings)


def _is_unspaced(character: str) -> bool:
    """Whether a character is of a script without spaces: Chinese, Japanese, Thai, Lao, Burmese or Khmer."""
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
    """Return a label as printed: a string without its colon, or the digits of a number; None for anything else.

    A sign such as `?` says that nobody knows who speaks.
    """
    if node is None:
        return None
    if node.string is not None:
        label = node.string.strip().removesuffix(":").rstrip()
        return label if any(map(str.isalnum, label)) else None
    return None if node.number is None else source.text[node.start : node.end]


def is_word_sized(texts: Sequence[str]) -> bool:
    """Whether most pieces of a file are single words, so that a turn consists of many."""
    words = [text.strip() for text in texts if text.strip()]
    if not words:
        return False
    return median(len(word.split()) for word in words) <= 1 and median(map(len, words)) <= 12


def milliseconds(node: JsonNode | None, scale: float) -> int | None:
    """Read a time as milliseconds; None if the value is no time. `scale` is the milliseconds in a bare number's unit.

    A time is a number, "0.04", "12.5s", "PT0.76S", "00:00:01,200", {"seconds": 1, "nanos": 5} or, beside the time of
    day, {"relative": 0.4}.
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
    elif "relative" in node.members:
        return milliseconds(node.members["relative"], SECONDS)
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
    """Decide whether times are seconds, milliseconds or ticks, from pairs of (duration, number of characters)."""
    total, characters = 0.0, 0
    for duration, length in durations:
        if duration > 0 and length:
            total += duration
            characters += length
    each = total / max(characters, 1)
    if each > _TICKS_PER_CHARACTER:
        return TICKS
    return MILLISECONDS if each > _MS_PER_CHARACTER else SECONDS


def joined_by_speaker(source: Source, pieces: Iterable[TimedText]) -> list[list[TimedText]]:
    """Group consecutive pieces of one speaker; a piece without a speaker belongs to the one before it."""
    runs: list[list[TimedText]] = []
    speaker: str | None = None
    for piece in pieces:
        label = label_text(source, piece.label)
        if not runs or (label is not None and speaker is not None and label != speaker):
            runs.append([])
        runs[-1].append(piece)
        speaker = label or speaker
    return runs


def joined_until_next_speaker(pieces: Iterable[TimedText]) -> list[list[TimedText]]:
    """Group pieces of a file that says where the next speaker begins, and not who it is."""
    runs: list[list[TimedText]] = [[]]
    for piece in pieces:
        runs[-1].append(piece)
        if piece.ends_turn:
            runs.append([])
    return [run for run in runs if run]


def have_arrows(pieces: Sequence[TimedText]) -> bool:
    """Whether arrows (`>>`) say where somebody else begins: there are several, and nobody has a label."""
    if any(piece.label for piece in pieces):
        return False
    return sum(len(_ARROWS.findall(node.string or "")) for piece in pieces for node in piece.strings) > 1


def make_turns(
    source: Source,
    pieces: Sequence[TimedText],
    spacing: Spacing,
    names: dict[str, str],
    marks: list[Mark],
    *,
    arrows: bool = False,
) -> list[Turn]:
    """Make a turn of pieces, and mark its characters and times; none if there is only white space.

    With `arrows`, each pair of them begins another turn.
    """
    text = TurnText()
    for piece in pieces:
        for index, node in enumerate(piece.strings):
            value = node.string or ""
            between = (piece.spacing or spacing) if index else spacing
            text.join("\n\n" if piece.paragraphs and index else between.between(text.last, value))
            text.runs(value, string_segments(source, node))
    said, segments = text.stripped()
    if not segments:
        return []
    for piece in pieces:
        marks.extend((node.start, node.end, ByteClass.TIME) for node in piece.time_marks)
    label_node = next((piece.label for piece in pieces if piece.label), None)
    label = label_text(source, label_node)
    start_ms = next((piece.start_ms for piece in pieces if piece.start_ms is not None), None)
    end_ms = next((piece.end_ms for piece in reversed(pieces) if piece.end_ms is not None), None)
    if start_ms is not None and end_ms is not None and end_ms < start_ms:
        end_ms = None
    whole = Turn(
        said,
        segments,
        label=label,
        speaker=names.get(label) if label else None,
        kind=pieces[0].kind,
        start_ms=start_ms,
        end_ms=end_ms,
    )
    parts = _parted_at_arrows(whole, marks) if arrows else [whole]
    for part in parts:
        marks.extend((run.source_start, run.source_end, ByteClass.TEXT) for run in part.segments)
    return parts


def _parted_at_arrows(turn: Turn, marks: list[Mark]) -> list[Turn]:
    """Cut a turn at its arrows, and mark them as labels; only the first part has the time of the turn."""
    parts, at = list[Turn](), 0
    for match in [*_ARROWS.finditer(turn.text), None]:
        end = match.start() if match else len(turn.text)
        stripped = turn.text[at:end].strip()
        start = turn.text.index(stripped, at)
        words, segments = cut(turn.text, list(turn.segments), start, start + len(stripped))
        if segments:
            parts.append(replace(turn, text=words, segments=segments, start_ms=None if parts else turn.start_ms))
        if match:
            _, arrows = cut(turn.text, list(turn.segments), *match.span("arrows"))
            marks.extend((run.source_start, run.source_end, ByteClass.LABEL) for run in arrows)
            at = match.end("arrows")
    return parts


def mark_labels(source: Source, nodes: Iterable[JsonNode | None], marks: list[Mark]) -> None:
    """Mark speaker values as labels, each once, without their quotation marks."""
    seen: set[int] = set()
    for node in nodes:
        if node is None or node.end == node.start or node.start in seen or label_text(source, node) is None:
            continue
        seen.add(node.start)
        inside = 0 if node.string is None else 1
        marks.append((node.start + inside, node.end - inside, ByteClass.LABEL))


def remark_odd_times(ledger: Ledger, pieces: Sequence[TimedText], expected: bool) -> None:
    """Remark pieces without a time, where times are `expected`, and times that run backwards."""
    if not expected:
        return
    without = [piece for piece in pieces if piece.start_ms is None and piece.text.strip()]
    if without:
        ledger.remark("no-time", f"{len(without)} pieces of the transcript have no time", without[0].strings[0].start)
    latest = 0
    for piece in pieces:
        if piece.start_ms is not None and piece.start_ms + 1000 < latest:
            ledger.remark("times-backwards", "from here on, times are earlier than before", piece.strings[0].start)
            return
        latest = max(latest, piece.start_ms or 0)
