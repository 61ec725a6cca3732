"""Finds speaker labels in the text of cues, and splits the cues at them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.transcripts.cue_text import Cue, SourceRun, Voice, VoiceSpan
from app.transcripts.printed_labels import SpeakerLabel, leading_label
from app.transcripts.speaker_labels import speakers_among
from app.transcripts.text_lines import line_spans
from app.transcripts.transcript import ByteClass, Ledger, Tally

# What may stand before a label in a cue: the dash of a dialogue, or the arrows of live captions.
_MARKER = re.compile(r"(?:(?P<dash>[-–—‒])|(?P<arrows>>{2,3}))[ \t\u00a0]*")
_LINE_END = re.compile(r"[\r\n]")
# Characters at the start of a line in which a label is searched for.
_LABEL_REACH = 200


@dataclass(frozen=True, slots=True)
class _CueLabel:
    """A label in the decoded text of a span, which is cut at `start`; None for a new speaker without a label.

    It `leads` if it stands at the start of the cue, or after a dash or arrows.
    """

    label: str | None
    start: int
    speech_start: int
    time_start: int
    time_end: int
    leads: bool


def _find_labels(text: str) -> Iterator[_CueLabel]:
    """Yield the label candidates, and the arrows that mean another speaker, at the start of the lines of a cue."""
    for start, end in line_spans(text):
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
            yield _CueLabel(None, at, at, at, at, leads)


def _label_in(text: str) -> SpeakerLabel | None:
    label = leading_label(text)
    # A stutter is captioned "a- a partner"; that `a` is no label of an answer.
    stutter = label is not None and label.style == "dash" and not text[label.end : label.end + 1].isspace()
    return None if stutter else label


def _wrapped_label(text: str, line_length: int) -> SpeakerLabel | None:
    """Find a label that goes on in the next line: captions are wrapped by width, even inside a name."""
    label = _label_in(_LINE_END.sub(" ", text))
    return label if label and label.start < line_length < label.end else None


def _found(label: SpeakerLabel, start: int, offset: int, leads: bool) -> _CueLabel:
    speech_start = offset + label.speech_start
    if label.time_start is None or label.time_end is None:
        return _CueLabel(label.text, start, speech_start, speech_start, speech_start, leads)
    return _CueLabel(label.text, start, speech_start, offset + label.time_start, offset + label.time_end, leads)


def split_at_labels(cues: list[Cue], ledger: Ledger, tally: Tally, *, lone_label: bool = False) -> bool:
    """Split cues at speaker labels, give each part its voice, and return whether there was a label.

    Labels at the start of a cue, or after a dash or arrows, decide who the speakers are; at the start of another line
    only a label of theirs counts. With `lone_label`, one label is accepted even if it is the only one of the file and
    the file does not begin with it.
    """
    found = [(span, list(_find_labels(span.text()))) for cue in cues for span in cue.spans]
    leading = [each.label for _, marks in found for each in marks if each.leads and each.label]
    names = speakers_among(leading)
    if not names:
        return False
    cuts = [
        (span, _apart(each for each in marks if each.label is None or each.label in names)) for span, marks in found
    ]
    if len(names) == 1 and not lone_label and not cuts[0][1]:
        # Some speech recognizers print "Speaker 1:" before all speech from some minute on.
        tally.note(
            "lone-label",
            f"{next(iter(names))!r} is the only label in the file and does not begin it; it is kept as text",
            cues[0].offset,
        )
        return False
    labels = {id(span): marks for span, marks in cuts}
    for cue in cues:
        cue.spans = [piece for span in cue.spans for piece in _cut(span, labels[id(span)], ledger)]
    return True


def _apart(labels: Iterable[_CueLabel]) -> list[_CueLabel]:
    """Leave out labels that begin inside the one before: the second half of a wrapped name."""
    kept: list[_CueLabel] = []
    for each in labels:
        if not kept or each.start >= kept[-1].speech_start:
            kept.append(each)
    return kept


def _cut(span: VoiceSpan, labels: list[_CueLabel], ledger: Ledger) -> list[VoiceSpan]:
    """Cut a span at its labels, and mark their characters."""
    if not labels:
        return [span]
    bounds = [bound for each in labels for bound in (each.start, each.time_start, each.time_end, each.speech_start)]
    stretches = list(_split(span.pieces, sorted(bounds)))
    spans = [VoiceSpan(span.voice, stretches[0])]
    for index, each in enumerate(labels):
        before, time, after, speech = stretches[4 * index + 1 : 4 * index + 5]
        for pieces, byte_class in ((before, ByteClass.LABEL), (time, ByteClass.TIME), (after, ByteClass.LABEL)):
            for piece in pieces:
                if isinstance(piece, SourceRun):
                    ledger.mark(piece.start, piece.end, byte_class)
        spans.append(VoiceSpan(Voice(each.label), speech))
    return [each for each in spans if each.pieces or each.voice]


def _split(pieces: list[SourceRun | str], bounds: list[int]) -> Iterator[list[SourceRun | str]]:
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
