"""Large values compared so that a failure says where they differ, in a few lines."""

import difflib
import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

_MAX_LINES, _MAX_CHARACTERS = 20, 200


def assert_same(actual: Any, expected: Any, about: object = "") -> None:
    """Fail unless two values are equal, with the first place where they differ."""
    __tracebackhide__ = True
    if actual != expected:
        raise AssertionError(f"{about}\n{first_difference(actual, expected)}".strip())


def first_difference(actual: Any, expected: Any, place: str = "$") -> str:
    """Say where two values that differ do so first. Text that is JSON is compared as what it says."""
    if isinstance(actual, bytes | str) and isinstance(expected, bytes | str):
        return _text_difference(actual, expected, place)
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        if actual.keys() != expected.keys():
            added, missing = sorted(actual.keys() - expected.keys()), sorted(expected.keys() - actual.keys())
            return f"{place}: has {_shown(added)} that it should not, lacks {_shown(missing)}"
        for key in expected:
            if actual[key] != expected[key]:
                return first_difference(actual[key], expected[key], f"{place}.{key}")
    elif isinstance(actual, Sequence) and isinstance(expected, Sequence):
        for index, (one, other) in enumerate(zip(actual, expected, strict=False)):
            if one != other:
                return first_difference(one, other, f"{place}[{index}]")
        if len(actual) != len(expected):
            return f"{place}: has {len(actual)} items instead of {len(expected)}"
    return f"{place}: is {_shown(actual)} instead of {_shown(expected)}"


def diff(actual: str, expected: str) -> str:
    """Return the first lines of a unified diff: `-` is what was expected, `+` what there is."""
    lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), "expected", "actual", n=1, lineterm="")
    return "\n".join(line[:_MAX_CHARACTERS] for line in islice(lines, _MAX_LINES))


def _text_difference(actual: bytes | str, expected: bytes | str, place: str) -> str:
    try:
        documents = json.loads(actual), json.loads(expected)
    except ValueError:
        pass
    else:
        if isinstance(documents[0], dict | list) and documents[0] != documents[1]:
            return first_difference(*documents, place)
    if isinstance(actual, str) and isinstance(expected, str) and "\n" in actual + expected:
        return f"{place}:\n{diff(actual, expected)}"
    start = next((i for i, (a, b) in enumerate(zip(actual, expected, strict=False)) if a != b), len(actual))
    start = max(0, min(start, len(expected)) - 20)
    return f"{place}: from {start} on is {_shown(actual[start:])} instead of {_shown(expected[start:])}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}..."
