"""Finds labels that are misprints of other labels: `Oskar Ven` once, among thirty of `Oskar Venn`."""

import itertools
from collections import Counter
from collections.abc import Collection, Sequence

from rapidfuzz.distance import OSA

from app.transcripts.label_forms import label_form, without_title
from app.transcripts.labels import is_name_shaped, is_person, label_key, names_nobody

# Letters of a word that differs, at least: of shorter ones each other letter makes another name.
_LONG_ENOUGH = 5
# The same where a letter is doubled, which makes no other name.
_SHORTEST = 3
# How often a label is printed that another one is a misprint of: at least, and times as often as the misprint.
_OFTEN = 3
# Letters of a word that is compared, at most.
_LONGEST = 40
# Labels that are compared, at most.
_MOST = 200


def misprinted(spoken: Sequence[str], known: Collection[str] = ()) -> dict[str, str]:
    """Return the label that each misprinted one stands for, of the labels of all turns in order.

    A misprint is rare, differs in one letter of a long word, and is nobody whom the file lists (`known`, folded). It
    never stands next to a turn of the same person: nobody follows after himself under another name.
    """
    counts = Counter(spoken)
    if len(counts) > _MOST:
        return {}
    beside: dict[str, set[str]] = {}
    for before, after in itertools.pairwise(spoken):
        if before != after:
            beside.setdefault(before, set()).add(after)
            beside.setdefault(after, set()).add(before)
    names = [label for label in counts if is_person(label) and is_name_shaped(label) and not names_nobody(label)]
    found = {}
    for label in names:
        if _key(label) in known:
            continue
        meant = [
            other
            for other in names
            if counts[other] >= _OFTEN * counts[label]
            and other not in beside.get(label, ())
            and is_misprint(_key(label), _key(other))
        ]
        if len(meant) == 1:
            found[label] = meant[0]
    return found


def _key(label: str) -> str:
    return label_key(without_title(label_form(label).name))


def is_misprint(key: str, other: str) -> bool:
    """Whether two folded names differ as a misprint does from the name that was meant."""
    words, others = key.split(), other.split()
    if len(words) != len(others):
        return False
    different = [(word, meant) for word, meant in zip(words, others, strict=True) if word != meant]
    return len(different) == 1 and _is_misspelled(*different[0], beside_others=len(words) > 1)


def _is_misspelled(word: str, meant: str, *, beside_others: bool) -> bool:
    shorter, longer = sorted((word, meant), key=len)
    if len(longer) > _LONGEST:
        return False
    if shorter[0] != longer[0] or OSA.distance(word, meant, score_cutoff=1) > 1:
        return False
    doubled = any(
        longer[:at] + longer[at + 1 :] == shorter and longer[at] == longer[at - 1] for at in range(1, len(longer))
    )
    if doubled:
        return len(shorter) >= (_SHORTEST if beside_others else _SHORTEST + 1)
    if len(shorter) < _LONG_ENOUGH or shorter[-1] != longer[-1]:
        return False
    # Names differ in their ends: Christian and Christina, Hansen and Hanson, Martin and Martina.
    is_other_letter = len(shorter) == len(longer) and sorted(shorter) != sorted(longer)
    return not is_other_letter or shorter[-2:] == longer[-2:]
