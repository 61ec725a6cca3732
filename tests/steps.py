"""Counts what the application does for a text: steps, without a clock, so that the same text has the same number.

A step is a line of the application that is begun, each time; a line that loops is begun again in each round. What a
library does in one call, such as copying a list, is no step.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import app

_ROOT = str(Path(app.__file__).parent)
# Times as many steps for twice the text, at most: twice as many are linear, four times as many quadratic. A short text
# hides what grows beside what is done anyway, so fewer make one suspect that a longer text is to decide on.
MOST, SUSPECT, LONGER = 3.0, 2.2, 8
# Steps for the longer text below which a ratio says nothing.
FEWEST = 1_000


def count_steps(work: Callable[[], object], root: str = _ROOT) -> int:
    """Return how many lines below a folder are begun while `work` is done in this thread."""
    steps = 0

    def begin(frame: FrameType, _event: str, _argument: Any) -> Any:
        return count if frame.f_code.co_filename.startswith(root) else None

    def count(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal steps
        if event == "line":
            steps += 1
        return count

    before = sys.gettrace()
    sys.settrace(begin)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


def growth(work: Callable[[str], object], filler: str, size: int, root: str = _ROOT) -> float:
    """Return how many times the steps are more for a text of 2 * `size` characters than for one of `size`.

    Steps for no text do not count. It is 0 for few steps.
    """
    none, once, twice = (
        count_steps(lambda length=length: work(filler * (length // len(filler))), root)  # type: ignore[misc]
        for length in (0, size, 2 * size)
    )
    return 0.0 if twice < FEWEST else (twice - none) / max(once - none, 1)


def is_superlinear(work: Callable[[str], object], filler: str, size: int, root: str = _ROOT) -> bool:
    """Whether the steps grow faster than the text. At one size only, something may begin that had no room before."""
    return growth(work, filler, size, root) > SUSPECT and growth(work, filler, LONGER * size, root) > MOST
