"""Selectors of the Web Annotation Data Model (https://www.w3.org/TR/annotation-model/, section 4.2) for the text of a
turn and for the source file. Positions count code points, as the model requires.
"""

from dataclasses import dataclass

from app.citations.subject import CitedSpan
from app.transcripts.transcript import Segment

# Code points of context tried on each side until the quote is unique in its text.
_CONTEXTS = (32, 64, 128, 256, 512, 1024)


@dataclass(frozen=True, slots=True)
class Target:
    """A range of a text as a TextPositionSelector and a TextQuoteSelector.

    `is_unique` says whether the quote with its context occurs once in the text; if not, only the position is certain.
    `is_verbatim` says whether the text has exactly the cited characters: a source may write some as escapes, or have
    markup between them.
    """

    turn_id: str
    start: int
    end: int
    exact: str
    prefix: str
    suffix: str
    is_unique: bool
    is_verbatim: bool


def in_turn(span: CitedSpan) -> Target:
    """Select a span in the text of its turn."""
    return _target(span, span.turn["text"], span.start, span.end)


def in_source(span: CitedSpan, source_text: str) -> Target:
    """Select a span in the text of the source file, from its first character there up to its last."""
    start, end = source_range(span)
    return _target(span, source_text, start, end)


def source_range(span: CitedSpan) -> tuple[int, int]:
    """Return the range of the source that a span was read from.

    A segment that the source writes differently is taken as a whole. Characters in no segment lie between the segments
    around them. White space at the ends of a span is left out, because it may only join segments.
    """
    turn = span.turn
    if turn["segments"] is None:
        return turn["source_start"] + span.start, turn["source_start"] + span.end
    text = turn["text"][span.start : span.end]
    start = span.start + len(text) - len(text.lstrip())
    end = span.end - len(text) + len(text.rstrip())
    runs = [Segment(*run) for run in turn["segments"]]
    touched = [run for run in runs if run.text_start < end and run.text_end > start]
    starts = [_start_in(run, start) for run in touched]
    ends = [_end_in(run, end) for run in touched]
    if not any(run.text_start <= start for run in touched):
        starts.append(max((run.source_end for run in runs if run.text_end <= start), default=turn["source_start"]))
    if not any(run.text_end >= end for run in touched):
        ends.append(min((run.source_start for run in runs if run.text_start >= end), default=turn["source_end"]))
    return min(starts), max(ends)


def _start_in(run: Segment, start: int) -> int:
    return run.source_start + max(start - run.text_start, 0) if run.is_copy else run.source_start


def _end_in(run: Segment, end: int) -> int:
    return run.source_end - max(run.text_end - end, 0) if run.is_copy else run.source_end


def _target(span: CitedSpan, text: str, start: int, end: int) -> Target:
    longest = _CONTEXTS[-1]
    is_unique = _occurs_once(text, start, end, longest)
    # If the longest context is ambiguous, so are all shorter ones.
    tried = _CONTEXTS if is_unique else ()
    length = next((some for some in tried if _occurs_once(text, start, end, some)), longest)
    exact = text[start:end]
    return Target(
        turn_id=span.turn["id"],
        start=start,
        end=end,
        exact=exact,
        prefix=text[max(0, start - length) : start],
        suffix=text[end : end + length],
        is_unique=is_unique,
        is_verbatim=exact == span.turn["text"][span.start : span.end],
    )


def _occurs_once(text: str, start: int, end: int, length: int) -> bool:
    first = max(0, start - length)
    whole = text[first : end + length]
    return text.find(whole) == first and text.find(whole, first + 1) < 0
