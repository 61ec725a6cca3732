"""Finds which turns of a corrected transcript are turns of the old one, by content and not by position. Pure.

Matched in this order: texts that stand once on both sides; equal texts beside a match; similar texts; equal texts that
repeat, in their order; and last, pieces of a turn that was split and wholes of turns that were merged. Where several
match as well, it is the one with the same label, and of those the one that comes where the neighbours let it be
expected.
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
# Pairs of equal texts that follow one another whose labels are compared, at most: beyond, only their order counts.
_MAX_LABELLED = 10_000
# Characters of a text that identifies a turn by itself, at least; "Yes, I do." does not.
MIN_DISTINCT_LENGTH = 20
_WORD = re.compile(r"\w+")


Labels = Sequence[str | None]


def align(old: Sequence[str], new: Sequence[str], labels: tuple[Labels, Labels] | None = None) -> list[int | None]:
    """Return, for each new text, the index of the old text that it continues, or None. `labels` are those of the turns
    with the old texts, and with the new ones.

    Each old text is used at most once. Where a text was split, the piece with the most words continues it; where texts
    were merged, the whole continues the one with the most words.
    """
    matching = _Matching(old, new, labels=labels)
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
        labels: tuple[Labels, Labels] | None = None,
    ) -> None:
        self._old, self._new, self._labels = old, new, labels
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
                    self._match_run(there, beside, step)

    def match_similar(self) -> None:
        """Match similar texts, the most similar first. A text on both sides was not changed, so it is left out."""
        left = self._left()
        both = {self._old[index] for index in left} & {self._new[place] for place in self._free}
        choices = {index: self._old[index][:_COMPARED] for index in left if self._old[index] not in both}
        places = [place for place in sorted(self._free) if self._new[place] not in both]
        if not choices or len(choices) * len(places) > _MAX_COMPARISONS:
            return
        expected = self._expected()
        candidates = [
            (-score, not self._is_same_label(index, place), abs(index - expected[place]), place, index)
            for place in places
            for _text, score, index in process.extract(
                self._new[place][:_COMPARED], choices, scorer=fuzz.ratio, score_cutoff=_SAME_TURN, limit=3
            )
        ]
        for *_how_near, place, index in sorted(candidates):
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

    def _match_run(self, there: int, beside: int, step: int) -> None:
        """Match equal texts that follow one another from two places on, in their order, as their labels fit best."""
        text = self._new[beside]
        olds, news = [there], [beside]
        while 0 <= (index := olds[-1] + step) < len(self._old) and self._of_old[index] is None:
            if self._old[index] != text:
                break
            olds.append(index)
        while (place := news[-1] + step) in self._free and self._new[place] == text:
            news.append(place)
        for old, new in self._in_order(olds, news):
            self._match(old, new)

    def _in_order(self, olds: Sequence[int], news: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Pair all that there can be, in order, so that the most labels are the same; of such, the first ones."""
        if len(olds) == len(news) or self._labels is None or len(olds) * len(news) > _MAX_LABELLED:
            yield from zip(olds, news, strict=False)
            return
        is_old_few = len(olds) < len(news)
        few, many = (olds, news) if is_old_few else (news, olds)
        pairs = [[(one, other) if is_old_few else (other, one) for other in many] for one in few]
        # How many labels can be the same of the last ones of each.
        best = [[0] * (len(many) + 1) for _one in range(len(few) + 1)]
        for row in reversed(range(len(few))):
            best[row][len(many) - len(few) + row + 1] = -1
            for at in reversed(range(row, len(many) - len(few) + row + 1)):
                paired = self._is_same_label(*pairs[row][at]) + best[row + 1][at + 1]
                best[row][at] = max(paired, best[row][at + 1])
        at = 0
        for row in range(len(few)):
            while self._is_same_label(*pairs[row][at]) + best[row + 1][at + 1] < best[row][at]:
                at += 1
            yield pairs[row][at]
            at += 1

    def _is_same_label(self, index: int, place: int) -> bool:
        if self._labels is None:
            return False
        before, now = self._labels[0][index], self._labels[1][place]
        # A label that is not known any more may be any.
        return before is None or now is None or before == now

    def _expected(self) -> list[int]:
        """Return for each new text where the old text would be that it continues, after the match before it."""
        expected, moved = [], 0
        for place, index in enumerate(self.of_new):
            moved = moved if index is None else index - place
            expected.append(place + moved)
        return expected

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
