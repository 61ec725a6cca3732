"""Clock times as they are printed, in milliseconds."""

import pytest

from app.transcripts.clock import clock_ms, label_clock_ms


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [
        ("0:01", 1000),
        ("75:30", 4_530_000),
        ("1:02:03", 3_723_000),
        ("123:00:00.5", 442_800_500),
        ("00:00:01,250", 1250),
        ("82.5", 82_500),
        ("1:60", None),
        ("1:61:00", None),
        ("noon", None),
        ("9" * 5000, None),
    ],
)
def test_clock_times_are_milliseconds(written: str, milliseconds: int | None) -> None:
    assert clock_ms(written) == milliseconds


def test_impossible_time_beside_a_label_is_none() -> None:
    assert label_clock_ms("0:75") is None
