"""Every way of printing a label, and what is no label."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.transcripts.labels import stated_role
from app.transcripts.printed_labels import leading_label
from app.transcripts.speaker_labels import speakers_among


@pytest.mark.parametrize(
    ("line", "label", "speech", "time_ms"),
    [
        ("Jane Roe: hello", "Jane Roe", "hello", None),
        ("Q. Sir, why?", "Q", "Sir, why?", None),
        ("[2.] Q. Sir, why?", "Q", "Sir, why?", None),
        ("THE PRESIDENT. U.S. forces left.", "THE PRESIDENT", "U.S. forces left.", None),
        ("MR. SMITH. Yes.", "MR. SMITH", "Yes.", None),
        ("Senator Boxer. Thank you.", "Senator Boxer", "Thank you.", None),
        ("Q - Is it on?", "Q", "Is it on?", None),
        ("A) It is.", "A", "It is.", None),
        ("Q1. Why?", "Q1", "Why?", None),
        ("Jane (0:01:22): hello", "Jane", "hello", 82_000),
        ("Jane: 00:00:07", "Jane", "", 7_000),
        ("Jane 00:00:07:", "Jane", "", 7_000),
        ("Jane [0:05]: hello", "Jane", "hello", 5_000),
        ("Jane- 00:00:09: hello", "Jane", "hello", 9_000),
        ("[00:01:00] Jane: hello", "Jane", "hello", 60_000),
        ("Jane Roe  0:03", "Jane Roe", "", 3_000),
        ("Adam Roe (AR): hello", "Adam Roe (AR)", "hello", None),
        ("M/G/S: hello", "M/G/S", "hello", None),
        ("DM & RL: hello", "DM & RL", "hello", None),
        ("Follow-up Q: and?", "Follow-up Q", "and?", None),
        ("记者：你好", "记者", "你好", None),
        ("N\u00a0V: hello", "N\u00a0V", "hello", None),
        ("**Jane:** hello", "Jane", "hello", None),
        ("**Jane**: hello", "Jane", "hello", None),
        ("**Jane: ** hello", "Jane", "hello", None),
        ("**Jane:**hello", "Jane", "hello", None),
        ("**Jane: Jane:** hello", "Jane", "hello", None),
        ("***Jane:** hello*", "Jane", "hello*", None),
        ("*AL (0:01:22)*: hello", "AL", "hello", 82_000),
        ("_NP:_ hello", "NP", "hello", None),
        ("__Jane__: hello", "Jane", "hello", None),
        ("**FK: All of it?**", "FK", "All of it?**", None),
        ("**Jane Roe**", "Jane Roe", "", None),
        ("- **Jane:** hello", "Jane", "hello", None),
        ("ENERGY PROGRAM Q. Sir?", "ENERGY PROGRAM Q", "Sir?", None),
    ],
)
def test_printing_of_a_label_is_recognized(line: str, label: str, speech: str, time_ms: int | None) -> None:
    found = leading_label(line)
    assert found is not None
    assert (found.text, line[found.speech_start :], found.time_ms) == (label, speech, time_ms)
    assert line[found.start : found.end] == label


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello there",
        "https://example.org",
        "At 10:30 we met",
        "std::string",
        "[python]: https://example.org",
        "* Modeling: x",
    ],
)
def test_line_without_a_label_has_none(line: str) -> None:
    assert leading_label(line) is None


def test_impossible_time_makes_no_label() -> None:
    assert leading_label("Jane 0:75:") is None


@given(st.text())
def test_any_text_is_judged_without_an_error(text: str) -> None:
    found = leading_label(text)
    if found:
        assert text[found.start : found.end] == found.text
        assert found.end <= found.speech_start <= len(text)
        stated_role(found.text)
        speakers_among([found.text, found.text])
