"""The steps of reading, pairing, comparing, judging and writing grow no faster than the text."""

from collections.abc import Callable

import pytest

from benchmarks.linear import FILLERS, UNITS, subjects
from tests.steps import is_superlinear

_SIZE = 1_000
_SUBJECTS = dict(subjects())
# Of these, only the length of the text matters.
_OF_UNITS = {f"read {known}, {name}" for known, units in UNITS.items() for name in units}


@pytest.mark.parametrize("subject", _SUBJECTS)
def test_steps_are_in_proportion_to_the_text(subject: str) -> None:
    work = _SUBJECTS[subject]
    fillers = {"words": FILLERS["words"]} if subject in _OF_UNITS else FILLERS
    assert [name for name, filler in fillers.items() if is_superlinear(work, filler, _SIZE)] == []


def _copies(text: str) -> list[str]:
    whole: list[str] = []
    for word in text.split():
        whole = [one for one in [*whole, word] if one]
    return whole


def _looks_back(text: str) -> int:
    words = text.split()
    return sum(any(other is words[place] for other in words[:place]) for place in range(len(words)))


def _looks_back_a_little(text: str) -> int:
    words = text.split()
    return sum(any(other is words[place] for other in words[place - 9 : place]) for place in range(len(words)))


@pytest.mark.parametrize(("work", "grows"), [(_copies, True), (_looks_back, True), (_looks_back_a_little, False)])
def test_steps_would_show_what_is_quadratic(work: Callable[[str], object], grows: bool) -> None:
    assert is_superlinear(work, "so it goes ", _SIZE, __file__) is grows
