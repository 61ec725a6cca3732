"""Reads clock times in captions, tables and timestamped text, and beside speaker labels."""

import re

# Every quantifier is bounded, so that a long number costs no more than a short one.
_CLOCK = re.compile(
    r"(?:(?P<hours>[0-9]{1,6}):)?(?P<minutes>[0-9]{1,4}):(?P<seconds>[0-9]{1,2})(?:[.,:](?P<part>[0-9]{1,9}))?"
)
_SECONDS = re.compile(r"(?P<seconds>[0-9]{1,9})[.,](?P<part>[0-9]{1,9})")


def clock_ms(text: str) -> int | None:
    """Read a time such as `1:22`, `00:01:22.500`, `01:22,5` or `82.5` in milliseconds; None for anything else."""
    match = _CLOCK.fullmatch(text) or _SECONDS.fullmatch(text)
    if match is None:
        return None
    part = int((match["part"] or "").ljust(3, "0")[:3])
    seconds = int(match["seconds"])
    if match.re is _SECONDS:
        return seconds * 1000 + part
    hours, minutes = match["hours"], int(match["minutes"])
    if seconds > 59 or (hours and minutes > 59):
        return None
    return ((int(hours or 0) * 60 + minutes) * 60 + seconds) * 1000 + part


def label_clock_ms(clock: str) -> int | None:
    """Read a time beside a label in milliseconds: `1:22`, `[0:01:22.5]`, `0:00:01:22` with days; None if impossible.

    The text has to be a time by its form.
    """
    whole, _, fraction = clock.strip("()[]{}<> ").replace(",", ".").partition(".")
    parts = [int(part) for part in whole.split(":")]
    if any(part > 59 for part in parts[1:]):
        return None
    seconds = 0
    for part, weight in zip(reversed(parts), (1, 60, 3600, 86400), strict=False):
        seconds += part * weight
    return seconds * 1000 + int(fraction.ljust(3, "0")[:3] or 0)
