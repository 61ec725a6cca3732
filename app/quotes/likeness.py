"""Says how alike the words of a quotation and those of the record are where they differ only a little."""

from collections.abc import Sequence
from enum import StrEnum

from app.quotes.alignment import AlignedRun, RunKind
from app.quotes.meaning import are_opposites, meanings_of
from app.quotes.tokens import key_of
from app.quotes.units import is_slip, units_of
from app.quotes.word_forms import NUMBER_MARK, is_abbreviation, spelled_alike, without_accents


class Likeness(StrEnum):
    """How alike two wordings are that are not the same."""

    NUMBER = "number"
    SPELLING = "spelling"
    ABBREVIATION = "abbreviation"
    CONTRACTION = "contraction"
    ACCENT = "accent"
    HYPHEN = "hyphen"
    FILLER = "filler"
    REPETITION = "repetition"
    SOUND = "sound"
    SLIP = "slip"


def likeness_of(run: AlignedRun, quoted: Sequence[str], said: Sequence[str], sounds: frozenset[int]) -> Likeness | None:
    """Return how alike the two sides of a run are, None where the words are others.

    `quoted` and `said` are all words of the quotation and of the passage, `sounds` the positions of words that note
    sounds.
    """
    if run.kind is RunKind.REPLACED:
        return _of_replaced(quoted[run.quoted_start : run.quoted_end], said[run.start : run.end])
    if run.kind is RunKind.LEFT_OUT:
        if sounds.issuperset(range(run.start, run.end)):
            return Likeness.SOUND
        return _of_extra(said, run.start, run.end)
    return _of_extra(quoted, run.quoted_start, run.quoted_end) if run.kind is RunKind.ADDED else None


def _of_extra(words: Sequence[str], start: int, end: int) -> Likeness | None:
    if not units_of(words[start:end]):
        return Likeness.FILLER
    extra = [key_of(word) for word in words[start:end]]
    length = end - start
    for first in (start - length, end):
        if first >= 0 and [key_of(word) for word in words[first : first + length]] == extra:
            return Likeness.REPETITION
    return None


def _of_replaced(quoted: Sequence[str], said: Sequence[str]) -> Likeness | None:
    one, other = ("".join(map(key_of, words)) for words in (quoted, said))
    if one == other:
        return Likeness.HYPHEN if len(quoted) != len(said) else None
    if without_accents(one) == without_accents(other):
        return Likeness.ACCENT
    first, second = ([unit.key for unit in units_of(words)] for words in (quoted, said))
    if first and first == second:
        return _of_same_units(first[0], quoted, said)
    if len(quoted) == len(said) == 1 and is_slip(one, other):
        means_something = meanings_of(one) | meanings_of(other) or are_opposites(one, other)
        return None if means_something else Likeness.SLIP
    return None


def _of_same_units(key: str, quoted: Sequence[str], said: Sequence[str]) -> Likeness:
    if key[0] == NUMBER_MARK:
        return Likeness.NUMBER
    one, other = ("".join(map(key_of, words)) for words in (quoted, said))
    if len(quoted) == len(said) and not is_abbreviation(one, other) and spelled_alike(one) == spelled_alike(other):
        return Likeness.SPELLING
    return Likeness.CONTRACTION if "'" in key or key in {"gonna", "wanna", "gotta"} else Likeness.ABBREVIATION
