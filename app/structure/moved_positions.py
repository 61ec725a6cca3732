"""Finds where words of a turn stand in the turn that continues it in a corrected file. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence

from rapidfuzz.distance import LCSseq

from app.text.alignment import align
from app.transcripts.transcript import Turn

_WORD = re.compile(r"\S+")
# Pairs of words in the search for the longest common order, at most: each takes a bit of memory.
_MAX_IN_ORDER = 2_000_000_000


class MovedPositions:
    """Positions in turns as they were read, and in those of another file. Both are numbered: see `turns_as_read`."""

    def __init__(self, old: Sequence[Turn], new: Sequence[Turn]) -> None:
        self._old, self._new = old, new
        self._starts = [turn.source_start for turn in old]
        self._new_starts = [turn.source_start for turn in new]
        labels = [turn.label for turn in old], [turn.label for turn in new]
        self._same = align([turn.text for turn in old], [turn.text for turn in new], labels)
        self._place_of = {index: place for place, index in enumerate(self._same) if index is not None}

    def find(self, position: int) -> int | None:
        """Return where the word that begins at a position begins now; None if its turn is gone.

        A word that was changed is where it would be. Of a turn that the other file parts, the parts beside it count.
        """
        index = bisect_right(self._starts, position) - 1
        place, at = self._place_of.get(index), position - self._starts[index]
        if place is None:
            return None
        old, new = self._old[index].text, self._new[place].text
        if at == 0 or old == new:
            return self._new_starts[place] + at
        words = list(_WORD.finditer(old))
        number = bisect_left(words, at, key=lambda word: word.start())
        others = [(one, word) for one in self._beside(place) for word in _WORD.finditer(self._new[one].text)]
        if number == len(words) or len(words) * len(others) > _MAX_IN_ORDER:
            return None
        found, is_there = _word_now([word.group() for word in words], [word.group() for _one, word in others], number)
        if found < len(others) and (is_there or others[found][0] == place):
            return self._new_starts[others[found][0]] + others[found][1].start()
        return None

    def _beside(self, place: int) -> range:
        """Return a turn and those around it that continue none."""
        first = last = place
        while first > 0 and self._same[first - 1] is None:
            first -= 1
        while last + 1 < len(self._same) and self._same[last + 1] is None:
            last += 1
        return range(first, last + 1)

    def is_new(self, position: int) -> bool:
        """Whether a position in the other file is in a turn that continues none."""
        return self._same[bisect_right(self._new_starts, position) - 1] is None

    def renamed_labels(self) -> dict[str, str]:
        """Return the labels that the other file has no more, if all their turns that still stand have one new label."""
        before, now = {turn.label for turn in self._old}, {turn.label for turn in self._new}
        found: dict[str, set[str | None]] = {}
        for place, index in enumerate(self._same):
            if index is None:
                continue
            label, new = self._old[index].label, self._new[place].label
            if label is None:
                # It may have had this label: of a turn that was joined with another one it is not always known.
                before.add(new)
            elif label not in now:
                found.setdefault(label, set()).add(new)
        renamed = {label: next(iter(labels)) for label, labels in found.items() if len(labels) == 1}
        # Two who have one label now cannot be told apart by it.
        shared = Counter(new for labels in found.values() for new in labels)
        return {
            label: new for label, new in renamed.items() if new is not None and new not in before and shared[new] == 1
        }


def _word_now(words: Sequence[str], others: Sequence[str], number: int) -> tuple[int, bool]:
    """Return which word of others a word is, and whether it is there; else where it would be."""
    last, following, beyond = 0, len(others), 0
    for block in LCSseq.opcodes(words, others):
        if block.tag != "equal":
            continue
        if block.src_start <= number < block.src_end:
            return block.dest_start + number - block.src_start, True
        if block.src_end <= number:
            last, beyond = block.dest_end, block.src_end
        else:
            following = min(following, block.dest_start)
    return min(last + number - beyond, following), False
