"""Finds the places in the text of cues where somebody else may begin to speak.

Captions say so with a label (`IDA:`), with arrows (`>>`, `>> IDA:`), or with a dash before each of two speakers in one
cue. Arrows and dashes without a label mean another speaker, and do not say who.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from app.transcripts.cue_text import Cue, VoiceSpan
from app.transcripts.label_lines import is_label_shaped
from app.transcripts.printed_labels import SpeakerLabel, leading_label
from app.transcripts.text_lines import line_spans

Marker = Literal["", "dash", "arrows"]
_MARKER = re.compile(r"(?:(?P<dash>[-–—‒](?![-–—‒]))|(?P<arrows>[>＞]{2,3}))[ \t\u00a0]{0,8}")
# Arrows inside a line: recognized speech has no line of its own for each speaker.
# Between numbers they are a sign: `8 >> 2`.
_INNER_ARROWS = re.compile(
    r"(?<=[ \t\u00a0])(?:(?<!\d[ \t\u00a0])[>＞]{2,3}|[>＞]{2,3}(?![ \t\u00a0]{0,2}\d))"
    r"(?=[ \t\u00a0\w])[ \t\u00a0]{0,8}"
)
# The dash of the second speaker on one line: `- Who is it? - Me.`
_INNER_DASH = re.compile(r"(?<=[.?!…\"”'’)])[ \t\u00a0]{1,4}(?P<mark>[-–—‒][ \t\u00a0]{0,4})(?=[^\W\d_]|[¿¡\"“])")
_LINE_END = re.compile(r"[\r\n]")
# What ends a sentence, before any closing marks.
_SENTENCE_END = (".", "?", "!", "…", "。", "？", "！", "؟", "۔", "।", "--", "–", "—", ":", ";", "♪", "♫")
_CLOSING = " \t\r\n\u00a0\"'”’»*_"
# Characters at the end of a text that are examined.
_TAIL = 40
# Characters at the start of a line in which a label is searched for.
_LABEL_REACH = 200
# How labels end in captions. Others are shouted words (`NEVER.`) and stutters (`a- a partner`).
_CAPTION_STYLES = frozenset({"colon", "bold", "italic", "bold-run", "time", "bracket"})
# Styles that have no sign of a label but brackets or bold type.
_WEAK_STYLES = frozenset({"bracket", "name", "wide"})
_COLONS_AND_BRACKETS = frozenset(":：[(<")


@dataclass(frozen=True, slots=True)
class SpeakerChange:
    """A place where somebody else may begin. Offsets are those of the decoded text of a span.

    The span would be cut at `start`. `marker_end` is where the arrows or the dash end, `speech_start` where the label
    ends. It `leads` if a speaker may begin there: at the start of the cue, after arrows or a dash, or on a line below
    the end of a sentence. It `opens` if a sentence has ended before it, perhaps in the cue before. A `weak`
    label is only in brackets or in bold.
    """

    label: str | None
    start: int
    marker_end: int
    speech_start: int
    time_start: int
    time_end: int
    marker: Marker
    leads: bool
    opens: bool
    begins: bool
    weak: bool = False

    def without_label(self, *, keep_marker: bool = False) -> "SpeakerChange":
        """Return the change that the arrows or the dash mean; the words behind them are speech."""
        end = self.start if keep_marker else self.marker_end
        return replace(self, label=None, marker_end=end, speech_start=end, time_start=end, time_end=end)


def find_changes(cues: Iterable[Cue], *, captions: bool) -> list[tuple[VoiceSpan, list[SpeakerChange]]]:
    """Return every span with its changes. In text that is no `captions`, labels may also end in a period or a dash."""
    found = []
    ended = True
    for cue in cues:
        for span in cue.spans:
            if span.is_note:
                continue
            text = span.text()
            found.append((span, list(_changes(text, ended, captions))))
            ended = ends_sentence(text) if text.strip() else ended
    return found


def first_line_label(text: str) -> SpeakerChange | None:
    """Return the name without a colon that is all of the first line of a cue with more lines, as a change."""
    lines = [(start, end) for start, end in line_spans(text) if text[start:end].strip()]
    if len(lines) < 2:
        return None
    start, end = lines[0]
    name = text[start:end].strip()
    if not is_label_shaped(name):
        return None
    return SpeakerChange(name, start, start, end, end, end, "", leads=True, opens=True, begins=True)


def ends_sentence(text: str) -> bool:
    """Whether a text ends where a sentence may: after a period or the like, or after a sound in brackets."""
    end = text[-_TAIL:].rstrip(_CLOSING)
    return end.endswith((*_SENTENCE_END, "]", ")", "）", "】"))


def _changes(text: str, ended: bool, captions: bool) -> Iterator[SpeakerChange]:
    first = True
    for start, end in line_spans(text):
        at = start
        while at < end and text[at] in " \t\u00a0":
            at += 1
        marker = _MARKER.match(text, at, end)
        yield from _change_at(text, at, end, marker, first=first, opens=ended, captions=captions)
        if captions:
            yield from _inner_changes(
                text, marker.end() if marker else at, end, dialogue=bool(marker and marker["dash"])
            )
        if at < end:
            tail = text[max(at, end - _TAIL) : end]
            # `I said to him:` is followed by what was said.
            first, ended = False, ends_sentence(tail) and not tail.rstrip().endswith(":")


def _inner_changes(text: str, start: int, end: int, *, dialogue: bool) -> Iterator[SpeakerChange]:
    for arrows in _INNER_ARROWS.finditer(text, start, end):
        yield from _change_at(text, arrows.start(), end, arrows, first=False, opens=True, captions=True)
    for dash in _INNER_DASH.finditer(text, start, end) if dialogue else ():
        begins, over = dash.span("mark")
        capital = not text[over].islower()
        yield SpeakerChange(None, begins, over, over, over, over, "dash", leads=True, opens=True, begins=capital)


def _change_at(
    text: str, at: int, end: int, marker: re.Match[str] | None, *, first: bool, opens: bool, captions: bool
) -> Iterator[SpeakerChange]:
    """Yield the change that begins here, if there is a label or a marker; a label on the `first` line may wrap."""
    head = marker.end() if marker else at
    kind: Marker = "" if marker is None else ("dash" if marker.groupdict().get("dash") else "arrows")
    label = _label_in(text[head : min(end, head + _LABEL_REACH)], captions)
    if label is None and first:
        label = _wrapped_label(text[head : head + _LABEL_REACH], end - head, captions)
    if label is None and marker is None:
        return
    change = SpeakerChange(
        label=None,
        start=at,
        marker_end=head,
        speech_start=head,
        time_start=head,
        time_end=head,
        marker=kind,
        leads=first or opens or marker is not None,
        opens=opens or kind == "arrows",
        begins=not text[head : head + 1].islower(),
    )
    if label is not None:
        speech = head + label.speech_start
        times = (speech, speech)
        if label.time_start is not None and label.time_end is not None:
            times = (head + label.time_start, head + label.time_end)
        change = replace(change, label=label.text, speech_start=speech, time_start=times[0], time_end=times[1])
        change = replace(change, weak=label.style in _WEAK_STYLES)
    yield change


def _label_in(text: str, captions: bool) -> SpeakerLabel | None:
    # In captions, labels end in a colon or stand in brackets.
    if captions and _COLONS_AND_BRACKETS.isdisjoint(text):
        return None
    label = leading_label(text)
    if label is None:
        return None
    if captions:
        return label if label.style in _CAPTION_STYLES else None
    # A stutter is written "a- a partner"; that `a` is no label of an answer.
    stutter = label.style == "dash" and not text[label.end : label.end + 1].isspace()
    # `NEVER.` with nothing behind it is said, and nobody's name.
    shouted = label.style == "period" and not text[label.speech_start :].strip()
    return None if stutter or shouted else label


def _wrapped_label(text: str, line_length: int, captions: bool) -> SpeakerLabel | None:
    """Find a label that goes on in the next line: captions are wrapped by width, even inside a name."""
    label = _label_in(_LINE_END.sub(" ", text), captions) if len(text) > line_length else None
    return label if label and label.start < line_length < label.end else None
