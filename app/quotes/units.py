"""Cuts words into units that compare what is meant rather than how it is written.

A unit is one word, or several that another writer writes as one: `twenty-seven` and `27`, `do not` and `don't`. Fillers
and repetitions are no units. Units only help to find: differences are reported word by word.
"""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.quotes.tokens import key_of
from app.quotes.word_forms import (
    FILLER_PAIRS,
    FILLERS,
    NUMBER_MARK,
    number_at,
    phrase_at,
    plain_form,
    without_accents,
)

# Words of a quotation that are compared with those of similar spelling, at most.
_MAX_SLIPS = 60
# Letters of a word from which one slip, and two slips, still leave the same word.
_ONE_SLIP, _TWO_SLIPS = 4, 8
_FEWEST_LETTERS = 3


class Unit(NamedTuple):
    """What a run of words has in common with its other spellings, and the positions of the words."""

    key: str
    start: int
    end: int


def units_of(
    words: Sequence[str], cuts: Collection[int] = frozenset(), dropped: Collection[int] = frozenset()
) -> list[Unit]:
    """Cut words into units. No unit lies over a cut, and none has a dropped word; both are positions of words."""
    keys = [without_accents(key_of(word)) for word in words]
    found: list[Unit] = []
    place = 0
    while place < len(keys):
        end, key = _unit_at(words, keys, place)
        if any(cut in cuts or cut in dropped for cut in range(place + 1, end)):
            end, key = place + 1, plain_form(words[place])
        if key and place not in dropped:
            found.append(Unit(key, place, end))
            _drop_repetition(found)
        place = end
    return found


def _unit_at(words: Sequence[str], keys: Sequence[str], place: int) -> tuple[int, str]:
    key = keys[place]
    if key in FILLERS:
        return place + 1, ""
    if place + 1 < len(keys) and (key, keys[place + 1]) in FILLER_PAIRS:
        return place + 2, ""
    end = place
    while end < len(keys) and len(words[end]) == 1 and words[end].isupper():
        end += 1
    phrase = phrase_at(keys, place)
    if phrase is not None:
        return place + phrase[0], phrase[1]
    if end - place > 1:
        return end, "".join(keys[place:end])
    number = number_at(keys, place)
    if number is not None:
        return place + number[0], number[1]
    if words[place] in {"US", "USA"}:
        return place + 1, "usa"
    return place + 1, plain_form(words[place])


def _drop_repetition(found: list[Unit]) -> None:
    """Drop the first of two units, or of two pairs, that are the same: `I I was`, `it was it was`."""
    if len(found) > 1 and found[-1].key == found[-2].key:
        del found[-2]
    elif len(found) > 3 and [one.key for one in found[-4:-2]] == [one.key for one in found[-2:]]:
        del found[-4:-2]


def join_divided(units: Sequence[Unit], wanted: Collection[str]) -> list[Unit]:
    """Join two units where the other text has them as one word: `mid day` and `midday`."""
    found: list[Unit] = []
    skip = False
    for one, following in pairwise([*units, Unit("", 0, 0)]):
        if skip:
            skip = False
        elif following.key and one.key + following.key in wanted and one.end == following.start:
            found.append(Unit(one.key + following.key, one.start, following.end))
            skip = True
        else:
            found.append(one)
    return found


def slips(wanted: Collection[str], others: Collection[str]) -> dict[str, str]:
    """Return which keys of a text are a slip of a letter or two away from a key that is wanted and not in the text."""
    candidates = [key for key in others if key not in wanted and is_word(key)]
    found: dict[str, str] = {}
    missing = [key for key in wanted if key not in others and is_word(key)]
    for key in missing[:_MAX_SLIPS]:
        near = process.extractOne(key, candidates, scorer=OSA.distance, score_cutoff=_slips_allowed(key))
        if near is not None and (len(key) >= _ONE_SLIP or sorted(key) == sorted(near[0])):
            found[near[0]] = key
    return found


def is_slip(one: str, other: str) -> bool:
    """Whether two words differ by so few letters that one may be a slip of the other."""
    if not (is_word(one) and is_word(other)) or OSA.distance(one, other) > _slips_allowed(one):
        return False
    return len(one) >= _ONE_SLIP or sorted(one) == sorted(other)


def is_word(key: str) -> bool:
    """Whether a key is of a word in which a slip is possible: no number, no sign and no single letter."""
    return len(key) >= _FEWEST_LETTERS and key[0] != NUMBER_MARK


def _slips_allowed(key: str) -> int:
    return 2 if len(key) >= _TWO_SLIPS else 1


def range_of_units(units: Sequence[Unit], start: int, end: int) -> tuple[int, int]:
    """Return the range of the units that lie within a range of words."""
    starts = [unit.start for unit in units]
    return bisect_left(starts, start), bisect_left(starts, end)
