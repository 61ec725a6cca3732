from typing import Any

import pytest

from tests.differences import assert_same


@pytest.mark.parametrize(
    ("actual", "expected", "message"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "$.a[1].b: is 2 instead of 3"),
        ({"a": 1}, {"b": 1}, "$: has ['a'] that it should not, lacks ['b']"),
        ([1], [1, 2], "$: has 1 items instead of 2"),
        ((200, b'{"a": 1}'), (200, b'{"a": 2}'), "$[1].a: is 1 instead of 2"),
        (b"x" * 5_000 + b"a", b"x" * 5_000 + b"b", f"$: from 4980 on is {b'x' * 20 + b'a'!r} instead of"),
        ("x" * 50, "x" * 49, "$: from 29 on is"),
        ("a\nb\nc", "a\nB\nc", "$:\n--- expected\n+++ actual\n@@ -1,3 +1,3 @@\n a\n-B\n+b\n c"),
        ('{"a":1}', '{"a": 1}', "$: from 0 on is"),
        (True, "true", "$: is True instead of 'true'"),
    ],
)
def test_first_difference_is_shown(actual: Any, expected: Any, message: str) -> None:
    with pytest.raises(AssertionError) as failed:
        assert_same(actual, expected, "about")
    assert str(failed.value).startswith(f"about\n{message}")


def test_failure_is_short_and_equal_values_pass() -> None:
    whole = {str(number): "x" * 1_000 for number in range(1_000)}
    assert_same(whole, dict(whole))
    with pytest.raises(AssertionError) as failed:
        assert_same(whole, {**whole, "999": "y" * 1_000})
    assert len(str(failed.value)) < 500
