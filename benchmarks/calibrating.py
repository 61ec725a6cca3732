"""Fits the weights of evidence for topics: a logistic regression by Newton's method, with a small ridge."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.topics.confidence import NAMES, Calibration, Features

# A weight is drawn to 0 as by this many files: what is never wrong among few files is not sure for all.
_RIDGE = 0.05
_STEPS, _CLOSE = 50, 1e-7
# Rows that are equal in this many digits are fitted as one.
_DIGITS = 2


class Row(NamedTuple):
    """What was found for a topic on an exchange, whether it is right, and how much the row counts."""

    features: Features
    reliability: float
    is_right: bool
    weight: float


def fit(rows: Iterable[Row]) -> Calibration:
    """Return the weights under which what was right is likeliest."""
    together: Counter[tuple[tuple[float, ...], float, bool]] = Counter()
    for row in rows:
        values = (1.0, *(round(getattr(row.features, name), _DIGITS) for name in NAMES))
        together[values, round(math.log(row.reliability), _DIGITS), row.is_right] += row.weight  # type: ignore[assignment] # weights are fractions
    size = len(NAMES) + 1
    weights = [0.0] * size
    for _ in range(_STEPS):
        slope = [-_RIDGE * weight if place else 0.0 for place, weight in enumerate(weights)]
        curve = [[_RIDGE if one == other and one else 0.0 for other in range(size)] for one in range(size)]
        for (values, offset, is_right), weight in together.items():
            odds = offset + sum(one * other for one, other in zip(weights, values, strict=True))
            chance = 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))
            bend = weight * chance * (1 - chance)
            for one in range(size):
                if values[one]:
                    slope[one] += weight * (is_right - chance) * values[one]
                    for other in range(size):
                        curve[one][other] += bend * values[one] * values[other]
        steps = _solve(curve, slope)
        weights = [weight + step for weight, step in zip(weights, steps, strict=True)]
        if max(map(abs, steps)) < _CLOSE:
            break
    return Calibration(*(round(weight, 2) for weight in weights))


def _solve(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Solve linear equations by elimination with pivots."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for place in range(len(rows)):
        pivot = max(range(place, len(rows)), key=lambda at: abs(rows[at][place]))
        rows[place], rows[pivot] = rows[pivot], rows[place]
        for at in range(len(rows)):
            if at != place:
                factor = rows[at][place] / rows[place][place]
                rows[at] = [one - factor * other for one, other in zip(rows[at], rows[place], strict=True)]
    return [row[-1] / row[place] for place, row in enumerate(rows)]


def module_of(calibration: Calibration, files: int) -> str:
    """Write `app/topics/calibration.py`."""
    values = "\n".join(f"    {name}={getattr(calibration, name)}," for name in ("bias", *NAMES))
    return (
        '"""How much each kind of evidence weighs in the confidence of a suggestion.\n\n'
        "Written by `python -m benchmarks.topics FOLDER --fit > app/topics/calibration.py`, here from "
        f"{files} transcripts\nwith tags; not edited by hand.\n"
        f'"""\n\nfrom app.topics.confidence import Calibration\n\nCALIBRATION = Calibration(\n{values}\n)\n'
    )
