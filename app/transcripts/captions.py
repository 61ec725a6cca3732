"""What timed text formats share: clock times, text gathered from runs of the source, and how cues become turns.

A voice or an accepted label at the start of a cue starts a turn, and cues without one continue it, joined by one
space. In a file without any voice or label each cue is a turn of nobody.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from app.transcripts.labels import Label, accepted, leading_label
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Ledger, Metadata, Segment, Transcript, Turn, TurnKind

# Bounded everywhere: a number of any length in the source costs no more than a short one.
_CLOCK = re.compile(
    r"(?:(?P<hours>[0-9]{1,6}):)?(?P<minutes>[0-9]{1,4}):(?P<seconds>[0-9]{1,2})(?:[.,:](?P<part>[0-9]{1,9}))?"
)
_SECONDS = re.compile(r"(?P<seconds>[0-9]{1,9})[.,](?P<part>[0-9]{1,9})")
_LINE = re.compile(r"(?P<line>[^\r\n]*)(?:\r\n|\r|\n|\Z)")
# What may stand before a label in a cue: the dash of a dialogue, or the arrows of live captions.
_MARKER = re.compile(r"(?:(?P<dash>[-–—‒])|(?P<arrows>>{2,3}))[ \t\u00a0]*")
_LINE_END = re.compile(r"[\r\n]")
_LABEL_REACH = 200

_TOKEN = re.compile(
    r"<(?P<tag>[^<>]*)>|(?P<override>\{\\[^{}]*\})|(?P<entity>&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]{1,31});?)"
)
_VOICE = re.compile(r"[vV](?:\.[^\s]*)?(?:\s+(?P<name>.*))?", re.DOTALL)
_KNOWN_TAG = re.compile(
    r"/?(?:c|i|b|u|s|ruby|rt|rp|v|lang|font|span|p|div|em|strong|small|big|br)?(?:[.\s/].*)?", re.IGNORECASE | re.DOTALL
)
_BREAK_TAG = re.compile(r"/?br\s*/?", re.IGNORECASE)
_MAX_REFERENCE = 40


def clock_ms(text: str) -> int | None:
    """Read `1:22`, `0:01:22`, `00:01:22.500`, `01:22,5` or `82.5` as milliseconds; None for an impossible time."""
    match = _CLOCK.fullmatch(text) or _SECONDS.fullmatch(text)
    if match is None:
        return None
    found = match.groupdict()
    hours, minutes, seconds = (int(found.get(name) or 0) for name in ("hours", "minutes", "seconds"))
    if "minutes" in found and (seconds > 59 or (found["hours"] and minutes > 59)):
        return None
    part = (found["part"] or "").ljust(3, "0")[:3]
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(part)


class Run(NamedTuple):
    """Characters of a turn and the range of the source that writes them; equal lengths mean a copy."""

    text: str
    start: int
    end: int

    @property
    def is_copy(self) -> bool:
        """Whether the source has the same characters."""
        return len(self.text) == self.end - self.start


@dataclass
class Passage:
    """The text of one turn while it is gathered: runs of the source, and joins that stand in no source."""

    pieces: list[Run | str] = field(default_factory=list)

    def join(self, text: str) -> None:
        """Go on with characters that the source does not have."""
        self.pieces.append(text)

    def extend(self, pieces: Iterable[Run | str]) -> None:
        """Go on with several pieces, joins among them."""
        self.pieces.extend(pieces)

    def close(self, ledger: Ledger) -> tuple[str, tuple[Segment, ...]]:
        """Trim white space at both ends, class the rest as text, and return the text and its segments."""
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
            if isinstance(piece, Run):
                run = _trimmed(piece, index == first, index == last - 1)
                ledger.mark(run.start, run.end, ByteClass.TEXT)
                _append(segments, Segment(length, length + len(run.text), run.start, run.end))
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
            # An entity that means a space is not white space in the source, so it has to be classed.
            ledger.mark(piece.start, piece.end, ByteClass.MARKUP)
        return True


def _trimmed(run: Run, at_start: bool, at_end: bool) -> Run:
    if not (at_start or at_end) or not run.is_copy:
        return run
    text, start = run.text, run.start
    if at_start:
        text = text.lstrip()
        start = run.end - len(text)
    if at_end:
        text = text.rstrip()
    return Run(text, start, start + len(text))


def _append(segments: list[Segment], segment: Segment) -> None:
    before = segments[-1] if segments else None
    if (
        before
        and before.is_copy
        and segment.is_copy
        and before.source_end == segment.source_start
        and before.text_end == segment.text_start
    ):
        segments[-1] = Segment(before.text_start, segment.text_end, before.source_start, segment.source_end)
    else:
        segments.append(segment)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, as the markup of a format names them; None for a voice without a name."""

    label: str | None


@dataclass
class Part:
    """A stretch of a cue in one voice. Without a voice it belongs to whoever spoke before."""

    voice: Voice | None
    pieces: list[Run | str] = field(default_factory=list)

    def text(self) -> str:
        """Return the decoded characters, joins included."""
        return "".join(piece if isinstance(piece, str) else piece.text for piece in self.pieces)


@dataclass
class Cue:
    """Text between two times, in milliseconds; None where the source gives none that can be read."""

    offset: int
    start_ms: int | None
    end_ms: int | None
    parts: list[Part]
    kind: TurnKind | None = None


@dataclass
class Tally:
    """Collects remarks of one kind into one: a file with a thousand odd times is told so once, with their number."""

    ledger: Ledger
    _first: dict[str, tuple[str, int]] = field(default_factory=dict)
    _count: dict[str, int] = field(default_factory=dict)

    def note(self, code: str, sentence: str, offset: int) -> None:
        """Count something forgiven; the first sentence of a code is the one that is kept."""
        self._first.setdefault(code, (sentence, offset))
        self._count[code] = self._count.get(code, 0) + 1

    def close(self) -> None:
        """Hand one remark of each code to the ledger."""
        for code, (sentence, offset) in self._first.items():
            more = self._count[code] - 1
            self.ledger.remark(code, f"{sentence} (and {more} more)" if more else sentence, offset)


def lines_of(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each line without its end, which is CR LF, LF or CR and nothing else."""
    for match in _LINE.finditer(text, start):
        if match.end() > match.start():
            yield match.span("line")


def read_cue_text(text: str, start: int, end: int, ledger: Ledger, tally: Tally, *, entities: bool) -> list[Part]:
    """Take a cue's text apart: tags are classed as markup, voices begin parts, entities are decoded if asked to.

    The tokenizer follows the WebVTT cue text rules, except that a tag of no known name is kept as text, because
    people write `<laughs>` and `List<int>`.
    """
    reader = _CueText(text, ledger, tally, entities, [Part(None)])
    at = start
    for token in _TOKEN.finditer(text, start, end):
        reader.copy(at, token.start())
        if not (reader.entity(token) if token["entity"] else reader.markup(token)):
            reader.copy(token.start(), token.end())
        at = token.end()
    reader.copy(at, end)
    return [part for part in reader.parts if part.pieces or part.voice]


@dataclass
class _CueText:
    text: str
    ledger: Ledger
    tally: Tally
    entities: bool
    parts: list[Part]
    voices: list[Voice] = field(default_factory=list)

    def copy(self, start: int, end: int) -> None:
        if end > start:
            self.parts[-1].pieces.append(Run(self.text[start:end], start, end))

    def entity(self, token: re.Match[str]) -> bool:
        written = token.group()
        if not self.entities or len(written) > _MAX_REFERENCE:
            return False
        meant = html.unescape(written)
        # A reference to a forbidden character decodes to nothing, which would be a silent loss.
        if not meant or len(meant) == len(written):
            return False
        self.parts[-1].pieces.append(Run(meant, token.start(), token.end()))
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
            self.parts[-1].pieces.append("\n")
        if tag.strip().lower() == "/v" and self.voices:
            self.voices.pop()
            if self.voices:
                self.parts.append(Part(self.voices[-1]))

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
        self.parts.append(Part(self.voices[-1]))


@dataclass(frozen=True, slots=True)
class _Found:
    """A label in a part's decoded text: the part's text is cut at `start`, and speech goes on at `text_start`."""

    label: str | None
    start: int
    text_start: int
    time_start: int
    time_end: int
    leads: bool


def _find_labels(text: str) -> Iterator[_Found]:
    """Yield what could be a label, or says that somebody else speaks, at the start of each line of a cue."""
    for start, end in lines_of(text):
        at = start
        while at < end and text[at] in " \t\u00a0":
            at += 1
        marker = _MARKER.match(text, at, end)
        head_start = marker.end() if marker else at
        label = _label_in(text[head_start : min(end, head_start + _LABEL_REACH)])
        if label is None and start == 0:
            label = _wrapped_label(text[head_start : head_start + _LABEL_REACH], end - head_start)
        leads = start == 0 or marker is not None
        if label is not None:
            yield _found(label, at, head_start, leads)
        elif marker and marker["arrows"]:
            yield _Found(None, at, at, at, at, leads)


def _label_in(text: str) -> Label | None:
    label = leading_label(text)
    # Spoken stutter is captioned "a- a partner": no label for an answer.
    stutter = label is not None and label.style == "dash" and not text[label.end : label.end + 1].isspace()
    return None if stutter else label


def _wrapped_label(text: str, line_length: int) -> Label | None:
    """Find a label that goes on in the next line: captions are wrapped by width, also in the middle of a name."""
    label = _label_in(_LINE_END.sub(" ", text))
    return label if label and label.start < line_length < label.end else None


def _found(label: Label, start: int, offset: int, leads: bool) -> _Found:
    text_start = offset + label.text_start
    if label.time_start is None or label.time_end is None:
        return _Found(label.label, start, text_start, text_start, text_start, leads)
    return _Found(label.label, start, text_start, offset + label.time_start, offset + label.time_end, leads)


def label_parts(cues: list[Cue], ledger: Ledger, tally: Tally, *, lone_label: bool = False) -> bool:
    """Give a voice to the parts of cues that begin with a speaker's label, and say whether there is any.

    Only labels at the start of a cue, or behind a dash or arrows, decide who the speakers are; at the start of
    another line of a cue a label counts if it is one of theirs. With `lone_label`, one label counts even if it is
    the only one and begins somewhere inside the file.
    """
    found = [(part, list(_find_labels(part.text()))) for cue in cues for part in cue.parts]
    leading = [each.label for _, marks in found for each in marks if each.leads and each.label]
    names = accepted(leading)
    if not names:
        return False
    cuts = [
        (part, _apart(each for each in marks if each.label is None or each.label in names)) for part, marks in found
    ]
    if len(names) == 1 and not lone_label and not cuts[0][1]:
        # Speech recognizers sometimes put "Speaker 1:" before whatever anybody says from some minute on.
        tally.note("lone-label", f"{next(iter(names))!r} tells nobody apart; it is kept as text", cues[0].offset)
        return False
    labels = {id(part): marks for part, marks in cuts}
    for cue in cues:
        cue.parts = [piece for part in cue.parts for piece in _cut(part, labels[id(part)], ledger)]
    return True


def _apart(labels: Iterable[_Found]) -> list[_Found]:
    """Leave out what begins inside the label in front: the second half of a name that was wrapped."""
    kept: list[_Found] = []
    for each in labels:
        if not kept or each.start >= kept[-1].text_start:
            kept.append(each)
    return kept


def _cut(part: Part, labels: list[_Found], ledger: Ledger) -> list[Part]:
    """Cut a part at its labels, in one pass, and class the characters of the labels."""
    if not labels:
        return [part]
    bounds = [bound for each in labels for bound in (each.start, each.time_start, each.time_end, each.text_start)]
    stretches = list(_split(part.pieces, sorted(bounds)))
    parts = [Part(part.voice, stretches[0])]
    for index, each in enumerate(labels):
        before, time, after, speech = stretches[4 * index + 1 : 4 * index + 5]
        for pieces, byte_class in ((before, ByteClass.LABEL), (time, ByteClass.TIME), (after, ByteClass.LABEL)):
            for piece in pieces:
                if isinstance(piece, Run):
                    ledger.mark(piece.start, piece.end, byte_class)
        parts.append(Part(Voice(each.label), speech))
    return [each for each in parts if each.pieces or each.voice]


def _split(pieces: list[Run | str], bounds: list[int]) -> Iterator[list[Run | str]]:
    """Split pieces at ascending offsets of their text; a run that is no copy stays whole, before the cut."""
    stretch: list[Run | str] = []
    at, next_bound = 0, 0
    for piece in pieces:
        rest = piece
        length = len(rest if isinstance(rest, str) else rest.text)
        while next_bound < len(bounds) and bounds[next_bound] < at + length:
            here = bounds[next_bound] - at
            if here > 0:
                if isinstance(rest, Run) and not rest.is_copy:
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


def _halves(piece: Run | str, at: int) -> tuple[Run | str, Run | str]:
    if isinstance(piece, str):
        return piece[:at], piece[at:]
    middle = piece.start + at
    return Run(piece.text[:at], piece.start, middle), Run(piece.text[at:], middle, piece.end)


@dataclass
class _OpenTurn:
    voice: Voice
    passage: Passage
    offset: int
    start_ms: int | None
    end_ms: int | None
    kind: TurnKind | None


def turns_of(cues: list[Cue], ledger: Ledger, tally: Tally) -> list[Turn]:
    """Make turns of cues, in the order of the source; cues without a voice go on with the voice before them."""
    voiced = any(part.voice for cue in cues for part in cue.parts) or label_parts(cues, ledger, tally)
    turns: list[_OpenTurn] = []
    for cue in cues:
        for index, part in enumerate(cue.parts):
            if turns and voiced and not part.voice:
                _continue(turns[-1], cue, new_cue=index == 0)
            else:
                turns.append(_opened(cue, part))
                if voiced and not part.voice:
                    tally.note("unlabelled", "text before the first speaker is kept as a turn of nobody", cue.offset)
            turns[-1].passage.extend(part.pieces)
    return _closed(turns, ledger, tally)


def _continue(turn: _OpenTurn, cue: Cue, *, new_cue: bool) -> None:
    if new_cue:
        turn.passage.join(" ")
    turn.end_ms = turn.end_ms if cue.end_ms is None else cue.end_ms


def turn_each(cues: list[Cue], ledger: Ledger, tally: Tally, *, find_labels: bool = True) -> list[Turn]:
    """Make turns of cues, in the order of the source; every cue is a turn, and a label belongs to its cue only."""
    if find_labels:
        label_parts(cues, ledger, tally, lone_label=True)
    turns: list[_OpenTurn] = []
    for cue in cues:
        for part in cue.parts:
            turns.append(_opened(cue, part))
            turns[-1].passage.extend(part.pieces)
    return _closed(turns, ledger, tally)


def _opened(cue: Cue, part: Part) -> _OpenTurn:
    return _OpenTurn(part.voice or Voice(None), Passage(), cue.offset, cue.start_ms, cue.end_ms, cue.kind)


def _closed(turns: list[_OpenTurn], ledger: Ledger, tally: Tally) -> list[Turn]:
    """Close turns, leaving out with a remark those that have a label and no text."""
    return [turn for turn in (_close(each, ledger, tally) for each in turns) if turn]


def _close(turn: _OpenTurn, ledger: Ledger, tally: Tally) -> Turn | None:
    text, segments = turn.passage.close(ledger)
    if not segments:
        if turn.voice.label:
            tally.note("empty-turn", f"the label {turn.voice.label!r} has no text; it makes no turn", turn.offset)
        return None
    end_ms = turn.end_ms
    if end_ms is not None and turn.start_ms is not None and end_ms < turn.start_ms:
        end_ms = None
    return Turn(text, segments, label=turn.voice.label, kind=turn.kind, start_ms=turn.start_ms, end_ms=end_ms)


def check_times(cues: Iterable[Cue], tally: Tally) -> None:
    """Remark on cues that end before they start or start before the cue in front; their order is kept."""
    latest = -1
    for cue in cues:
        if cue.start_ms is None:
            continue
        if cue.end_ms is not None and cue.end_ms < cue.start_ms:
            tally.note("ends-early", "a cue ends before it starts; its end is left out", cue.offset)
            cue.end_ms = None
        if cue.start_ms < latest:
            tally.note(
                "out-of-order", "a cue starts before the cue in front of it; the order of the file is kept", cue.offset
            )
        latest = max(latest, cue.start_ms)


def transcript_of(
    source: Source, format_name: str, cues: list[Cue], metadata: Metadata, ledger: Ledger, tally: Tally
) -> Transcript:
    """Close a reading of cues in which a label holds until the next.

    Raises:
        TranscriptError: the cues have no text.
    """
    check_times(cues, tally)
    return closed(source, format_name, turns_of(cues, ledger, tally), metadata, ledger, tally)


def closed(
    source: Source, format_name: str, turns: list[Turn], metadata: Metadata, ledger: Ledger, tally: Tally
) -> Transcript:
    """Close a reading: remarks are gathered, and every character is accounted for.

    Raises:
        TranscriptError: there are no turns.
    """
    if not turns:
        raise source.error("there is no text in this file", 0)
    tally.close()
    remarks, counts = ledger.close()
    return Transcript(source, format_name, tuple(turns), metadata, remarks, counts)
