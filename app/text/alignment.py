"""Finds which turns of a corrected transcript are turns of the old one, by content and not by position. Pure.

Matched in this order: texts that stand once on both sides; equal texts beside a match; similar texts; equal texts that
repeat, in their order; and last, pieces of a turn that was split and wholes of turns that were merged.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

# Similarity (0 to 100) of a turn and its correction, at least.
_SAME_TURN = 60.0
# Pairs of texts whose similarity is computed, at most: more would take minutes. Above it, only equal texts match.
_MAX_COMPARISONS = 4_000_000
# Pairs of turns in the search for the longest common order, at most: each takes a bit of memory.
_MAX_IN_ORDER = 2_000_000_000
# Characters of a turn that are compared: more takes memory and changes no decision.
_COMPARED = 10_000
# Share of the pairs of words of the smaller text that the other has to have, for a piece or a whole of it.
_SAME_WORDS = 0.6
# Pairs of words in common, at least: fewer are chance.
_PAIRS = 3
# Turns that have a pair of words, at most: a more common pair identifies none of them.
_COMMON = 50
# Characters of a text that identifies a turn by itself, at least; "Yes, I do." does not.
MIN_DISTINCT_LENGTH = 20
_WORD = re.compile(r"\w+")


def align(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    """Return, for each new text, the index of the old text that it continues, or None.

    Each old text is used at most once. Where a text was split, the piece with the most words continues it; where texts
    were merged, the whole continues the one with the most words.
    """
    matching = _Matching(old, new)
    matching.match_unique()
    matching.match_beside()
    matching.match_similar()
    matching.match_beside()
    matching.match_in_order()
    matching.match_anywhere()
    matching.match_pieces()
    return matching.of_new


def align_returned(
    old: Sequence[str], new: Sequence[str], matched: Mapping[int, int], gone: Collection[int]
) -> dict[int, int]:
    """Return the old index of new texts that came back unchanged after they were `gone` (indexes of old texts).

    `matched` has the old index of new texts that are matched already. Short texts are matched only beside a match.
    """
    matching = _Matching(old, new, matched, gone)
    matching.match_unique(at_least=MIN_DISTINCT_LENGTH)
    matching.match_beside()
    return {place: index for place, index in enumerate(matching.of_new) if index is not None and place not in matched}


def find_successors(old: Sequence[str], new: Sequence[str], same: Sequence[int | None]) -> dict[int, list[int]]:
    """Return, for each old text that no new text continues, the indexes of new texts that have its words now.

    `same` is the result of align(). Words that a new text had before do not count.
    """
    continued = {index for index in same if index is not None}
    gone = {index: _pairs(old[index]) for index in range(len(old)) if index not in continued}
    having = _having(gone)
    into: dict[int, list[int]] = {index: [] for index in gone}
    if not gone:
        return into
    for place, index in enumerate(same):
        if index is not None and old[index] == new[place]:
            continue
        added = _pairs(new[place]) - (set() if index is None else _pairs(old[index]))
        for before, shared in _shared(added, having).items():
            smaller = min(len(added), len(gone[before]))
            # All words of a very short text have to be there.
            if shared >= _SAME_WORDS * smaller and (shared >= _PAIRS or shared == len(gone[before])):
                into[before].append(place)
    return into


class _Matching:
    """The matches found so far between new texts and old ones."""

    def __init__(
        self,
        old: Sequence[str],
        new: Sequence[str],
        matched: Mapping[int, int] | None = None,
        left: Collection[int] | None = None,
    ) -> None:
        self._old, self._new = old, new
        self.of_new: list[int | None] = [(matched or {}).get(place) for place in range(len(new))]
        # -1 marks old texts that may not be matched.
        self._of_old: list[int | None] = [None if left is None or index in left else -1 for index in range(len(old))]
        self._free = {place for place, index in enumerate(self.of_new) if index is None}

    def match_unique(self, at_least: int = 0) -> None:
        """Match texts of `at_least` this length that stand once on both sides."""
        old, new = _places(self._old, self._left()), _places(self._new, sorted(self._free))
        for text, places in new.items():
            if len(places) == 1 and len(old.get(text, ())) == 1 and len(text) >= at_least:
                self._match(old[text][0], places[0])

    def match_beside(self) -> None:
        """Match equal texts beside matched ones; first those after them, as answers follow questions."""
        for step in (1, -1):
            for place in range(len(self._new)) if step > 0 else reversed(range(len(self._new))):
                index = self.of_new[place]
                beside, there = place + step, -1 if index is None else index + step
                if (
                    index is not None
                    and beside in self._free
                    and 0 <= there < len(self._old)
                    and self._of_old[there] is None
                    and self._old[there] == self._new[beside]
                ):
                    self._match(there, beside)

    def match_similar(self) -> None:
        """Match similar texts, the most similar first. A text on both sides was not changed, so it is left out."""
        left = self._left()
        both = {self._old[index] for index in left} & {self._new[place] for place in self._free}
        choices = {index: self._old[index][:_COMPARED] for index in left if self._old[index] not in both}
        places = [place for place in sorted(self._free) if self._new[place] not in both]
        if not choices or len(choices) * len(places) > _MAX_COMPARISONS:
            return
        candidates = [
            (-score, abs(index - place), place, index)
            for place in places
            for _text, score, index in process.extract(
                self._new[place][:_COMPARED], choices, scorer=fuzz.ratio, score_cutoff=_SAME_TURN, limit=3
            )
        ]
        for _score, _distance, place, index in sorted(candidates):
            self._match_if_free(index, place)

    def match_in_order(self) -> None:
        """Match equal texts that keep their order among the matched ones."""
        left, free = set(self._left()), self._free
        repeated = {self._old[index] for index in left} & {self._new[place] for place in free}
        if not repeated or len(self._old) * len(self._new) > _MAX_IN_ORDER:
            return
        # A matched text is represented by its old index.
        old: list[str | int] = [self._old[index] if index in left else index for index in range(len(self._old))]
        new: list[str | int] = [self._new[at] if index is None else index for at, index in enumerate(self.of_new)]
        for block in LCSseq.opcodes(old, new):
            if block.tag == "equal":
                for step in range(block.dest_end - block.dest_start):
                    self._match_if_free(block.src_start + step, block.dest_start + step)

    def match_anywhere(self) -> None:
        """Match the remaining equal texts, in order."""
        left = {text: deque(places) for text, places in _places(self._old, self._left()).items()}
        for place in sorted(self._free):
            if left.get(self._new[place]):
                self._match(left[self._new[place]].popleft(), place)

    def match_pieces(self) -> None:
        """Match pieces of a split text and wholes of merged texts, by the words that they share."""
        pairs = {index: _pairs(self._old[index]) for index in self._left()}
        if not pairs:
            return
        having = _having(pairs)
        candidates = []
        for place in sorted(self._free):
            mine = _pairs(self._new[place])
            for index, shared in _shared(mine, having).items():
                if shared >= _PAIRS and shared >= _SAME_WORDS * min(len(mine), len(pairs[index])):
                    candidates.append((-shared, place, index))
        for _shared_pairs, place, index in sorted(candidates):
            self._match_if_free(index, place)

    def _left(self) -> list[int]:
        return [index for index, place in enumerate(self._of_old) if place is None]

    def _match_if_free(self, index: int, place: int) -> None:
        if place in self._free and self._of_old[index] is None:
            self._match(index, place)

    def _match(self, index: int, place: int) -> None:
        self.of_new[place], self._of_old[index] = index, place
        self._free.discard(place)


def _places(texts: Sequence[str], places: Iterable[int]) -> dict[str, list[int]]:
    by_text: dict[str, list[int]] = defaultdict(list)
    for place in places:
        by_text[texts[place]].append(place)
    return by_text


def _pairs(text: str) -> set[tuple[str, str]]:
    """Return the pairs of adjacent words; for a single word, it and an empty one."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return {(words[0], "")} if len(words) == 1 else set(pairwise(words))


def _having(pairs: Mapping[int, Collection[tuple[str, str]]]) -> dict[tuple[str, str], list[int]]:
    having: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, of_one in pairs.items():
        for pair in of_one:
            having[pair].append(index)
    return {pair: indexes for pair, indexes in having.items() if len(indexes) <= _COMMON}


def _shared(pairs: Iterable[tuple[str, str]], having: Mapping[tuple[str, str], Sequence[int]]) -> Counter[int]:
    def indexes() -> Iterator[int]:
        for pair in pairs:
            yield from having.get(pair, ())

    return Counter(indexes())
