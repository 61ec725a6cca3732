"""Compares two versions of what is stated of an interview. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any


@dataclass(frozen=True)
class StatedDifference:
    """What is stated otherwise under a key: a value, or one table of a list. None where there is none."""

    key: str
    before: Any
    after: Any


def stated_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[StatedDifference]:
    """Return the differences, by key; of lists of tables in their order, table by table."""
    found = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if isinstance(old or [], list) and isinstance(new or [], list):
            found += [StatedDifference(key, *pair) for pair in _pairs(old or [], new or [])]
        elif old != new:
            found.append(StatedDifference(key, old, new))
    return found


def _pairs(old: list[Any], new: list[Any]) -> list[tuple[Any, Any]]:
    """Return the tables that differ: the one before and the one after it, where both are at one place."""
    before, after = ([json.dumps(table, sort_keys=True) for table in tables] for tables in (old, new))
    pairs: list[tuple[Any, Any]] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, first_old, last_old, first_new, last_new in matcher.get_opcodes():
        if tag != "equal":
            pairs += zip_longest(old[first_old:last_old], new[first_new:last_new])
    return pairs
