"""Finds where one sequence of words stands in another: whole, in fragments, or with a few words changed.

Each word is encoded as one character, so that `str.find` and RapidFuzz do the searching in C. Every function takes time
linear in the length of the passage, but for a small factor.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from app.quotes.tokens import key_of

# Words of the record that a bracketed insertion replaces at most, such as a name with its title.
MAX_REPLACED = 10
# Words that the longest fragment has at least: any long answer has some shorter ones by chance.
MIN_FRAGMENT_WORDS = 3
# Words that a quotation may leave out unmarked, beyond four times its own length. Over a longer gap, the two halves are
# more likely two unrelated places.
_LONGEST_GAP = 30
_UNKNOWN_WORD = "\0"
# Code points that stand for words: from the first one to the surrogates, which no string may hold.
_FIRST_CODE = 0x100
_SURROGATES = 0xD800


class Encoding(dict[str, str]):
    """Maps each word of a quotation to one character, and every other word to one further character."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self._keys: dict[str, str] = {}
        for word in words:
            self._keys.setdefault(key_of(word), chr(min(_FIRST_CODE + len(self._keys), _SURROGATES - 1)))

    def __missing__(self, word: str) -> str:
        self[word] = self._keys.get(key_of(word), _UNKNOWN_WORD)
        return self[word]

    def encode(self, words: Sequence[str]) -> str:
        """Encode a sequence of words, one character a word."""
        return "".join(map(self.__getitem__, words))


class RunKind(StrEnum):
    """How a run of words in a quotation relates to the record."""

    SAME = "same"
    REPLACED = "replaced"
    LEFT_OUT = "left_out"
    ADDED = "added"
    OMITTED = "omitted"
    INSERTED = "inserted"


class AlignedRun(NamedTuple):
    """A run of words in the quotation and the run in the passage that it corresponds to; either may be empty."""

    kind: RunKind
    quoted_start: int
    quoted_end: int
    start: int
    end: int


@dataclass(frozen=True)
class Fragment:
    """A run of quoted words between marks of omission or insertion, as a range of word positions.

    `elastic` says that an ellipsis stands before it, `inserted` is the range of a bracketed insertion before it.
    `joint` says that an attribution interrupts the quotation before it ("We did," she said, "and we will."), which
    marks no omission.
    """

    start: int
    end: int
    elastic: bool = False
    inserted: tuple[int, int] | None = None
    joint: bool = False


def occurrences(quoted: str, passage: str, limit: int) -> list[int]:
    """Return the positions of a sequence in a passage, without overlaps, at most `limit` of them."""
    found: list[int] = []
    place = passage.find(quoted)
    while place >= 0 and len(found) < limit:
        found.append(place)
        place = passage.find(quoted, place + len(quoted))
    return found


def align_fragments(quoted: str, fragments: Sequence[Fragment], passage: str, limit: int) -> list[list[AlignedRun]]:
    """Return the tightest alignments, at most `limit`, with all fragments unchanged, in order and without overlaps."""
    lengths = [fragment.end - fragment.start for fragment in fragments]
    if max(lengths) < MIN_FRAGMENT_WORDS:
        return []
    # For each fragment, its positions, each with the best chain that ends there: the position where the chain begins,
    # and the position of the fragment before.
    chains: list[dict[int, tuple[int, int]]] = []
    for number, fragment in enumerate(fragments):
        places = list(_all_positions(quoted[fragment.start : fragment.end], passage))
        if not places:
            return []
        if number == 0:
            chains.append({place: (place, -1) for place in places})
        else:
            chains.append(_link(chains[-1], lengths[number - 1], places, fragment))
            if not chains[-1]:
                return []
    ends = sorted(chains[-1].items(), key=lambda one: (one[0] - one[1][0], one[0]))
    return [_runs_of_chain(fragments, chains, last) for last, _chain in ends[:limit]]


def _all_positions(quoted: str, passage: str) -> Iterator[int]:
    place = passage.find(quoted)
    while place >= 0:
        yield place
        place = passage.find(quoted, place + 1)


def _link(
    before: dict[int, tuple[int, int]], length: int, places: Sequence[int], fragment: Fragment
) -> dict[int, tuple[int, int]]:
    """Link each position of a fragment with the nearest one of the fragment before, whose chain also begins last."""
    linked: dict[int, tuple[int, int]] = {}
    earlier = iter(sorted(before))
    following = next(earlier, None)
    nearest: int | None = None
    for place in places:
        while following is not None and following + length <= place:
            nearest, following = following, next(earlier, None)
        if nearest is not None and (fragment.elastic or fragment.joint or place - nearest - length <= MAX_REPLACED):
            linked[place] = (before[nearest][0], nearest)
    return linked


def _runs_of_chain(
    fragments: Sequence[Fragment], chains: Sequence[dict[int, tuple[int, int]]], last: int
) -> list[AlignedRun]:
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
    kind = RunKind.LEFT_OUT if fragment.joint and not fragment.elastic else RunKind.OMITTED
    return [AlignedRun(kind, fragment.start, fragment.start, before, place)] if place > before else []


def allowed_edits(words: int) -> int:
    """Return how many words may differ for a passage to count as the one quoted: one in five, more in long quotations.

    None may differ in quotations of one or two words, which would resemble too much.
    """
    return 0 if words < 3 else max(1, words // 5 + max(0, words - 20) // 4)


def align_approximately(quoted: str, passage: str, limit: int) -> tuple[int, list[AlignedRun]] | None:
    """Align a sequence with the part of the passage that needs the fewest edits, and return their number with it.

    An edit replaces, adds or leaves out one word. Returns None above `limit` edits. The number is exact: no part of the
    passage needs fewer.
    """
    ends = _fewest_edits(quoted, passage, limit)
    if ends is None:
        return None
    edits, end = ends
    # Searching backwards from the end finds the beginning.
    longest = min(end, len(quoted) + edits)
    backwards = _fewest_edits(quoted[::-1], passage[end - longest : end][::-1], edits, anchored=True)
    start = end - (backwards[1] if backwards else longest)
    found = [
        AlignedRun(_KINDS[code.tag], code.src_start, code.src_end, start + code.dest_start, start + code.dest_end)
        for code in Levenshtein.opcodes(quoted, passage[start:end])
    ]
    matched = sum(run.end - run.start for run in found if run.kind is RunKind.SAME)
    return (edits, found) if matched >= MIN_FRAGMENT_WORDS else None


_KINDS = {"equal": RunKind.SAME, "replace": RunKind.REPLACED, "delete": RunKind.ADDED, "insert": RunKind.LEFT_OUT}


def _fewest_edits(quoted: str, passage: str, limit: int, *, anchored: bool = False) -> tuple[int, int] | None:
    """Return the least number of edits, and where the part of the passage that needs them ends; None above `limit`.

    This is Myers' bit-vector algorithm (1999) with integers of one bit a quoted word. `anchored` makes the part begin
    where the passage does. Of several ends with the least number, the last of the first consecutive ones is returned:
    a differing last word then counts as replaced rather than added.
    """
    masks: dict[str, int] = {}
    for place, character in enumerate(quoted):
        masks[character] = masks.get(character, 0) | 1 << place
    full, top = (1 << len(quoted)) - 1, 1 << len(quoted) - 1
    carry = int(anchored)
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
        up, down = (up << 1 | carry) & full, down << 1 & full
        plus, minus = down | (full & ~(across | up)), up & across
        if edits < best or (edits == best and where == place - 1):
            best, where = edits, place
    return (best, where) if best <= limit else None


def align_with_gap(quoted: str, passage: str) -> list[AlignedRun] | None:
    """Align a quotation that leaves out one run of words without marking it.

    It is cut after the longest beginning that the passage has unchanged. Returns None where the rest does not follow.
    """
    low, high = 0, len(quoted)
    while low < high:
        middle = (low + high + 1) // 2
        if quoted[:middle] in passage:
            low = middle
        else:
            high = middle - 1
    part = max(MIN_FRAGMENT_WORDS, len(quoted) // 4)
    cut = min(low, len(quoted) - part)
    if cut < part:
        return None
    fragments = (Fragment(0, cut), Fragment(cut, len(quoted), elastic=True))
    found = align_fragments(quoted, fragments, passage, 1)
    if not found or found[0][-1].end - found[0][0].start > 4 * len(quoted) + _LONGEST_GAP:
        return None
    return [run._replace(kind=RunKind.LEFT_OUT) if run.kind is RunKind.OMITTED else run for run in found[0]]


def align_fragments_separately(
    encoded_quotation: str, fragments: Sequence[Fragment], encoded: str, limit: int
) -> tuple[int, list[AlignedRun]] | None:
    """Align each fragment separately: after the one before it if the passage has it there, or else anywhere."""
    lengths = [fragment.end - fragment.start for fragment in fragments]
    # Any long passage has single words by chance: most of the quotation has to be in longer fragments.
    if 2 * sum(length for length in lengths if length >= MIN_FRAGMENT_WORDS) < sum(lengths):
        return None
    found: list[tuple[int, Fragment, list[AlignedRun]]] = []
    edits, reached = 0, 0
    for fragment in fragments:
        quoted = encoded_quotation[fragment.start : fragment.end]
        place = encoded.find(quoted, reached)
        place = encoded.find(quoted) if place < 0 else place
        if place >= 0:
            runs = [AlignedRun(RunKind.SAME, 0, len(quoted), place, place + len(quoted))]
        else:
            near = align_approximately(quoted, encoded, limit - edits)
            if near is None:
                return None
            edits += near[0]
            runs = near[1]
        moved = [
            run._replace(quoted_start=run.quoted_start + fragment.start, quoted_end=run.quoted_end + fragment.start)
            for run in runs
        ]
        reached = max(reached, moved[-1].end)
        found.append((edits, fragment, moved))
    runs = []
    for _edits, fragment, own in found:
        if runs and own[0].start >= runs[-1].end:
            kind = RunKind.INSERTED if fragment.inserted else RunKind.OMITTED
            quoted_range = fragment.inserted or (fragment.start, fragment.start)
            runs.append(AlignedRun(kind, *quoted_range, runs[-1].end, own[0].start))
        runs += own
    return max(edits, 1), runs
