from typing import Any

import pytest

from app.citations import Noun, Subject, cite
from app.errors import ParameterError
from tests.citations.subjects import BASE, SOURCE_URL, answer, interview, turn

ANSWER = answer(turn(1, "It began"), turn(2, "by the river 👩"))


@pytest.mark.parametrize(
    ("start", "end", "turn_id", "parameter"),
    [
        (24, None, None, "start"),
        (-1, None, None, "start"),
        (0, 25, None, "end"),
        (5, 5, None, "end"),
        (5, 4, None, "end"),
        (0, 0, None, "end"),
        (8, 10, None, "start"),
        (2, 3, None, "start"),
        (0, 9, "1x-t1", "end"),
        (8, None, "1x-t1", "start"),
        (None, None, "1x-t3", "turn"),
        (None, None, "", "turn"),
    ],
)
def test_range_that_is_none_is_refused_by_name(
    start: int | None, end: int | None, turn_id: str | None, parameter: str
) -> None:
    with pytest.raises(ParameterError) as refused:
        cite(ANSWER, start, end, turn_id=turn_id)
    assert refused.value.parameter == parameter


def test_unknown_turn_is_told_near_ones() -> None:
    with pytest.raises(ParameterError, match="'1x-t1'"):
        cite(ANSWER, turn_id="1x-t11")


@pytest.mark.parametrize("given", [{"start": 1}, {"end": 1}])
def test_interview_is_cited_by_range_within_a_turn_only(given: dict[str, Any]) -> None:
    whole = Subject(Noun.INTERVIEW, "1x", interview(), [turn(1, "So it is")], 4)
    with pytest.raises(ParameterError) as refused:
        cite(whole, **given)
    assert refused.value.parameter == next(iter(given))
    assert cite(whole, turn_id="1x-t1", **given).text


def test_range_counts_code_points_of_the_joined_text_or_of_a_turn() -> None:
    assert cite(ANSWER, 3, 13).text == "began\n\nby "
    assert cite(ANSWER, 23).text == "👩"
    assert cite(ANSWER, 13, 14, turn_id="1x-t2").text == "👩"


def test_permalink_is_pinned_and_keeps_the_range() -> None:
    assert cite(ANSWER).permalink == "/answers/1x-a2?revision=3"
    assert cite(ANSWER, 3, 8, base=BASE).permalink == f"{BASE}/answers/1x-a2?revision=3&start=3&end=8#passage"
    assert cite(ANSWER, turn_id="1x-t2").permalink == "/answers/1x-a2?revision=3&turn=1x-t2#passage"
    assert cite(ANSWER, 1, 2, turn_id="1x-t2").permalink == "/answers/1x-a2?revision=3&turn=1x-t2&start=1&end=2#passage"
    asked = Subject(Noun.QUESTION, "1x-q1", interview(), [turn(1, "So?")])
    assert cite(asked).permalink == "/questions/1x-q1"
    whole = Subject(Noun.INTERVIEW, "1x", interview(), [turn(1, "So?")], 4)
    assert cite(whole).permalink == "/interviews/1x?revision=4"
    assert cite(whole, turn_id="1x-t1").permalink == "/interviews/1x?revision=4&turn=1x-t1#passage"


def test_range_that_is_everything_is_the_whole() -> None:
    assert cite(ANSWER, 0, 24) == cite(ANSWER)


def test_without_the_source_there_are_no_targets_in_it() -> None:
    assert cite(ANSWER).in_source == ()
    assert [each.exact for each in cite(ANSWER, source_text="It began").in_source][:1] == ["It began"]


def test_range_may_begin_and_end_in_the_white_space_of_turns() -> None:
    spaced = answer(turn(1, "It began \n"), turn(2, " by the river"), turn(3, " \nin spring"), source_url=SOURCE_URL)
    found = cite(spaced, 9, 29)
    assert found.text_fragment == f"{SOURCE_URL}#:~:text=by%20the%20river"


def test_link_to_the_page_needs_an_address() -> None:
    assert cite(ANSWER).text_fragment is None
    stated = answer(turn(1, "It began"), source_url="https://river.example/a b?x={1}#top")
    assert cite(stated).text_fragment == "https://river.example/a%20b?x=%7B1%7D#top:~:text=It%20began"
