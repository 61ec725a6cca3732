"""Compares two texts word by word. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

# A word, a run of spaces, or another character; together they are the text.
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_PARAGRAPH = re.compile(r"[^\n]++(?:\n\s*+)?|\n\s*+")
# Pairs of units compared, at most: time and memory grow with them. Above this, the whole text is one difference.
_MAX_PAIRS = 100_000_000


class Edit(StrEnum):
    """What happened to a part of a text."""

    INSERTED = "inserted"
    DELETED = "deleted"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Difference:
    """A range of the text before that became a range of the text after, in code points; one of them may be empty."""

    edit: Edit
    start_before: int
    end_before: int
    start_after: int
    end_after: int


def differences(before: str, after: str) -> list[Difference]:
    """Return the differences in order. Paragraphs are compared first, then the words of those that differ."""
    result: list[Difference] = []
    for block in _changed(before, after, _PARAGRAPH, (0, len(before)), (0, len(after))):
        old, new = (block.start_before, block.end_before), (block.start_after, block.end_after)
        result += _changed(before, after, _TOKEN, old, new)
    return result


def _changed(
    before: str, after: str, unit: re.Pattern[str], old: tuple[int, int], new: tuple[int, int]
) -> list[Difference]:
    """Compare a range of each text by the units that a pattern splits it into."""
    there, here = _cut(before, unit, *old), _cut(after, unit, *new)
    if len(there) * len(here) > _MAX_PAIRS:
        return [_difference(*old, *new)]
    result: list[Difference] = []
    texts = [[text[first:last] for first, last in cut] for text, cut in ((before, there), (after, here))]
    # The end of the range is the edge after the last unit.
    old_edges, new_edges = [*(first for first, _ in there), old[1]], [*(first for first, _ in here), new[1]]
    for block in Indel.opcodes(*texts):
        if block.tag == "equal":
            continue
        start_before, end_before = old_edges[block.src_start], old_edges[block.src_end]
        start_after, end_after = new_edges[block.dest_start], new_edges[block.dest_end]
        if result and (result[-1].end_before, result[-1].end_after) == (start_before, start_after):
            last = result.pop()
            start_before, start_after = last.start_before, last.start_after
        result.append(_difference(start_before, end_before, start_after, end_after))
    return result


def _cut(text: str, unit: re.Pattern[str], start: int, end: int) -> Sequence[tuple[int, int]]:
    return [match.span() for match in unit.finditer(text, start, end)]


def _difference(start_before: int, end_before: int, start_after: int, end_after: int) -> Difference:
    is_insertion, is_deletion = start_before == end_before, start_after == end_after
    edit = Edit.INSERTED if is_insertion else Edit.DELETED if is_deletion else Edit.REPLACED
    return Difference(edit, start_before, end_before, start_after, end_after)
