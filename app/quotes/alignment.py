"""Where one sequence of words stands in another: whole, in fragments, or nearly. A sequence is a string with one
character a word, so that the searching is done in C; every function is linear in the passage but for a small factor.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from app.quotes.tokens import key_of

# An inserted word in brackets stands for so many words of the record at most, such as a name with its title.
MAX_REPLACED = 10
# In fragments of fewer words something can be found in any long answer.
SHORTEST_TELLING = 3
_LONGEST_HOLE = 30
_UNKNOWN = "\0"
_FIRST = 0x100
_SURROGATES = 0xD800


class Encoding(dict[str, str]):
    """The words of a quotation as characters. Every word that is not in the quotation is the same, other character."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self._keys: dict[str, str] = {}
        for word in words:
            self._keys.setdefault(key_of(word), chr(min(_FIRST + len(self._keys), _SURROGATES - 1)))

    def __missing__(self, word: str) -> str:
        self[word] = self._keys.get(key_of(word), _UNKNOWN)
        return self[word]

    def encode(self, words: Sequence[str]) -> str:
        """Write a sequence of words as characters."""
        return "".join(map(self.__getitem__, words))


class RunKind(StrEnum):
    """What a run of an alignment is."""

    SAME = "same"
    REPLACED = "replaced"
    LEFT_OUT = "left_out"
    ADDED = "added"
    OMITTED = "omitted"
    INSERTED = "inserted"


class AlignedRun(NamedTuple):
    """A run of words of the quotation and the run of the passage that it stands for; either may be empty."""

    kind: RunKind
    quoted_start: int
    quoted_end: int
    start: int
    end: int


@dataclass(frozen=True)
class Fragment:
    """A run of quoted words. `elastic` where an ellipsis stands before it; `inserted` is a bracketed run before it."""

    start: int
    end: int
    elastic: bool = False
    inserted: tuple[int, int] | None = None


def occurrences(quoted: str, passage: str, most: int) -> list[int]:
    """Return where a sequence stands in another, without overlaps, at most so many times."""
    found: list[int] = []
    place = passage.find(quoted)
    while place >= 0 and len(found) < most:
        found.append(place)
        place = passage.find(quoted, place + len(quoted))
    return found


def align_fragments(quoted: str, fragments: Sequence[Fragment], passage: str, most: int) -> list[list[AlignedRun]]:
    """Return the closest places where the fragments of a quotation stand in order, whole and without overlaps."""
    lengths = [fragment.end - fragment.start for fragment in fragments]
    if max(lengths) < SHORTEST_TELLING:
        return []
    # For each place of a fragment, the best chain that ends there: where it begins, and the place of the one before.
    chains: list[dict[int, tuple[int, int]]] = []
    for number, fragment in enumerate(fragments):
        places = list(_overlapping(quoted[fragment.start : fragment.end], passage))
        if not places:
            return []
        if number == 0:
            chains.append({place: (place, -1) for place in places})
        else:
            chains.append(_linked(chains[-1], lengths[number - 1], places, fragment))
            if not chains[-1]:
                return []
    ends = sorted(chains[-1].items(), key=lambda one: (one[0] - one[1][0], one[0]))
    return [_runs(fragments, chains, last) for last, _chain in ends[:most]]


def _overlapping(quoted: str, passage: str) -> Iterator[int]:
    place = passage.find(quoted)
    while place >= 0:
        yield place
        place = passage.find(quoted, place + 1)


def _linked(
    before: dict[int, tuple[int, int]], length: int, places: Sequence[int], fragment: Fragment
) -> dict[int, tuple[int, int]]:
    """Link each place of a fragment with the nearest place of the fragment before it, which also begins the latest."""
    linked: dict[int, tuple[int, int]] = {}
    earlier = iter(sorted(before))
    coming = next(earlier, None)
    nearest: int | None = None
    for place in places:
        while coming is not None and coming + length <= place:
            nearest, coming = coming, next(earlier, None)
        if nearest is not None and (fragment.elastic or place - nearest - length <= MAX_REPLACED):
            linked[place] = (before[nearest][0], nearest)
    return linked


def _runs(fragments: Sequence[Fragment], chains: Sequence[dict[int, tuple[int, int]]], last: int) -> list[AlignedRun]:
    places = [last]
    for chain in reversed(chains[1:]):
        places.append(chain[places[-1]][1])
    places.reverse()
    runs: list[AlignedRun] = []
    for fragment, place in zip(fragments, places, strict=True):
        before = runs[-1].end if runs else place
        runs += _gap(fragment, before, place)
        runs.append(
            AlignedRun(RunKind.SAME, fragment.start, fragment.end, place, place + fragment.end - fragment.start)
        )
    return runs


def _gap(fragment: Fragment, before: int, place: int) -> list[AlignedRun]:
    if fragment.inserted is not None:
        return [AlignedRun(RunKind.INSERTED, *fragment.inserted, before, place)]
    return [AlignedRun(RunKind.OMITTED, fragment.start, fragment.start, before, place)] if place > before else []


def allowed_edits(words: int) -> int:
    """How many words may differ for a passage to be the one that is meant: one in five, and more in long quotations.

    Of two words none may: too much would be like them.
    """
    return 0 if words < 3 else max(1, words // 5 + max(0, words - 20) // 4)


def nearly(quoted: str, passage: str, most: int) -> tuple[int, list[AlignedRun]] | None:
    """Find where a sequence stands with the fewest words replaced, added or left out, and how many those are.

    None where that takes more than `most`. The number is exact: it is the least over all parts of the passage.
    """
    ends = _least(quoted, passage, most)
    if ends is None:
        return None
    edits, end = ends
    # The beginning is the end of the reversed sequence.
    longest = min(end, len(quoted) + edits)
    begun = _least(quoted[::-1], passage[end - longest : end][::-1], edits, anchored=True)
    start = end - (begun[1] if begun else longest)
    found = [
        AlignedRun(_KINDS[code.tag], code.src_start, code.src_end, start + code.dest_start, start + code.dest_end)
        for code in Levenshtein.opcodes(quoted, passage[start:end])
    ]
    matched = sum(run.end - run.start for run in found if run.kind is RunKind.SAME)
    return (edits, found) if matched >= SHORTEST_TELLING else None


_KINDS = {"equal": RunKind.SAME, "replace": RunKind.REPLACED, "delete": RunKind.ADDED, "insert": RunKind.LEFT_OUT}


def _least(quoted: str, passage: str, most: int, *, anchored: bool = False) -> tuple[int, int] | None:
    """Return the least number of edits and where the part of the passage ends that needs them.

    Myers' bit-vector algorithm, with one integer of as many bits as there are words for each column; `anchored` where
    the part has to begin where the passage does. Of equal ends the last of the first run is taken: a word at the end
    is rather replaced than added.
    """
    masks: dict[str, int] = {}
    for place, character in enumerate(quoted):
        masks[character] = masks.get(character, 0) | 1 << place
    full, top = (1 << len(quoted)) - 1, 1 << len(quoted) - 1
    carried = int(anchored)
    plus, minus, edits = full, 0, len(quoted)
    best, where = edits + 1, 0
    for place, character in enumerate(passage, start=1):
        equal = masks.get(character, 0)
        across = equal | minus
        equal |= ((((equal & plus) + plus) ^ plus) | equal) & full
        up, down = minus | (full & ~(equal | plus)), plus & equal
        if up & top:
            edits += 1
        elif down & top:
            edits -= 1
        up, down = (up << 1 | carried) & full, down << 1 & full
        plus, minus = down | (full & ~(across | up)), up & across
        if edits < best or (edits == best and where == place - 1):
            best, where = edits, place
    return (best, where) if best <= most else None


def with_a_hole(quoted: str, passage: str) -> list[AlignedRun] | None:
    """Find a quotation that leaves a whole run of words out without saying so; the longest beginning decides where."""
    low, high = 0, len(quoted)
    while low < high:
        middle = (low + high + 1) // 2
        if quoted[:middle] in passage:
            low = middle
        else:
            high = middle - 1
    part = max(SHORTEST_TELLING, len(quoted) // 4)
    cut = min(low, len(quoted) - part)
    if cut < part:
        return None
    fragments = (Fragment(0, cut), Fragment(cut, len(quoted), elastic=True))
    found = align_fragments(quoted, fragments, passage, 1)
    # Over a longer hole the parts are rather two places that have nothing to do with each other.
    if not found or found[0][-1].end - found[0][0].start > 4 * len(quoted) + _LONGEST_HOLE:
        return None
    return [run._replace(kind=RunKind.LEFT_OUT) if run.kind is RunKind.OMITTED else run for run in found[0]]
