"""Finds the lines that rolling captions show again, so that what is said once is read once.

Captions that roll (YouTube's own, and those of television) keep the line before on the screen above the new one, and
captions of live speech show a line again with each word that is added. Both repeat what was said; a speaker who says
a word twice does not do so in most cues of a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.transcripts.cue_text import Cue, VoiceSpan, mark_pieces, split_pieces
from app.transcripts.text_lines import line_spans
from app.transcripts.transcript import ByteClass, Ledger, Tally

# Milliseconds between two cues that still roll, at most.
_GAP_MS = 500
# Cues that repeat and those of them that also show something new, at least, and the share of all that follow another.
_MIN_REPEATS = 3
_MIN_ROLLING = 2
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class _ShownLine:
    """A line on the screen, without white space at its ends and between its words; the offsets are those of its cue."""

    text: str
    start: int
    end: int


def drop_repeated_lines(cues: Sequence[Cue], ledger: Ledger, tally: Tally) -> None:
    """Leave out of each cue what the cue before it has shown, if the captions of the file roll."""
    shown = [(cue, lines) for cue in cues if (lines := _lines(cue))]
    repeats = [_repeated(before, after) for before, after in pairwise(shown)]
    count = sum(end > 0 for end in repeats)
    rolling = sum(0 < end < lines[-1].end for (_, lines), end in zip(shown[1:], repeats, strict=True))
    if count < max(_MIN_REPEATS, _SHARE * len(repeats)) or rolling < _MIN_ROLLING:
        return
    for (cue, _), end in zip(shown[1:], repeats, strict=True):
        if end:
            (span,) = cue.spans
            again, new = split_pieces(span.pieces, [end])
            mark_pieces(again, ByteClass.MARKUP, ledger)
            cue.spans = [VoiceSpan(span.voice, new)] if any(_has_text(piece) for piece in new) else []
            mark_pieces(new if not cue.spans else (), ByteClass.MARKUP, ledger)
            tally.note("rolling", "a cue shows again what the cue before it showed; it is read once", cue.offset)


def _has_text(piece: object) -> bool:
    return bool((piece if isinstance(piece, str) else getattr(piece, "text", "")).strip())


def _lines(cue: Cue) -> list[_ShownLine]:
    """Return the lines of a cue with text; none for a cue with several voices, because voices do not roll."""
    if len(cue.spans) != 1:
        return []
    text = cue.spans[0].text()
    return [
        _ShownLine(words, start, end) for start, end in line_spans(text) if (words := " ".join(text[start:end].split()))
    ]


def _repeated(before: tuple[Cue, list[_ShownLine]], after: tuple[Cue, list[_ShownLine]]) -> int:
    """Return the offset in the later cue up to which it repeats the end of the earlier one; 0 if it does not."""
    (first, above), (second, below) = before, after
    if first.end_ms is None or second.start_ms is None or second.start_ms > first.end_ms + _GAP_MS:
        return 0
    texts = [line.text for line in above]
    for count in range(min(len(above), len(below)), 0, -1):
        if texts[-count:] == [line.text for line in below[:count]]:
            return below[count - 1].end
    for count in range(min(len(above), len(below)), 0, -1):
        grown = below[count - 1]
        if texts[-count:-1] == [line.text for line in below[: count - 1]] and grown.text.startswith(f"{texts[-1]} "):
            return _end_of_words(second, grown, len(texts[-1].split()))
    return 0


def _end_of_words(cue: Cue, line: _ShownLine, count: int) -> int:
    """Return the offset at which a number of words of a line end."""
    text = cue.spans[0].text()
    at = line.start
    for _ in range(count):
        while text[at].isspace():
            at += 1
        while at < line.end and not text[at].isspace():
            at += 1
    return at
