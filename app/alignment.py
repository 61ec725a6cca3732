"""What of a corrected text is still the same turn? Decided by content and not by position. Pure."""

from collections import defaultdict, deque
from collections.abc import Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

# Below this share of common characters a turn is another turn, not the same one corrected.
_SAME_TURN = 60.0
# Past this many pairs, comparing every one would take minutes; then only unchanged texts are matched.
_MAX_COMPARISONS = 4_000_000
# Two turns that begin alike for this many characters are alike; comparing more takes memory and tells nothing.
_COMPARED = 10_000


def align(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    """For each new text, the index of the old text that it is, or None for one that was not there.

    Unchanged texts are matched first, in order and then wherever they moved; what is left is matched by likeness,
    each old text at most once.
    """
    found: list[int | None] = [None] * len(new)
    for block in LCSseq.opcodes(old, new):
        if block.tag == "equal":
            for step in range(block.dest_end - block.dest_start):
                found[block.dest_start + step] = block.src_start + step
    taken = {index for index in found if index is not None}
    left: dict[str, deque[int]] = defaultdict(deque)
    for index, text in enumerate(old):
        if index not in taken:
            left[text].append(index)
    for place, text in enumerate(new):
        if found[place] is None and left.get(text):
            found[place] = left[text].popleft()
    _match_by_likeness(old, new, found)
    return found


def _match_by_likeness(old: Sequence[str], new: Sequence[str], found: list[int | None]) -> None:
    taken = {index for index in found if index is not None}
    choices = {index: text[:_COMPARED] for index, text in enumerate(old) if index not in taken}
    if not choices or len(choices) * found.count(None) > _MAX_COMPARISONS:
        return
    candidates = [
        (score, place, index)
        for place, text in enumerate(new)
        if found[place] is None
        for _text, score, index in process.extract(
            text[:_COMPARED], choices, scorer=fuzz.ratio, score_cutoff=_SAME_TURN, limit=3
        )
    ]
    for _score, place, index in sorted(candidates, key=lambda candidate: (-candidate[0], candidate[1], candidate[2])):
        if found[place] is None and index in choices:
            found[place] = index
            del choices[index]
