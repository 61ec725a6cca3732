import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.alignment import align

TEXTS = [
    "Where did the river begin?",
    "It began under the old mill.",
    "Who kept the mill?",
    "My aunt kept it for years.",
]


def test_same_text_is_the_same_turn() -> None:
    assert align(TEXTS, TEXTS) == [0, 1, 2, 3]


def test_inserted_turn_is_new_and_moves_no_other() -> None:
    assert align(TEXTS, [TEXTS[0], "Please speak up a little.", *TEXTS[1:]]) == [0, None, 1, 2, 3]


def test_removed_turn_moves_no_other() -> None:
    assert align(TEXTS, [TEXTS[0], *TEXTS[2:]]) == [0, 2, 3]


def test_moved_turns_stay_themselves() -> None:
    assert align(TEXTS, [TEXTS[2], TEXTS[3], TEXTS[0], TEXTS[1]]) == [2, 3, 0, 1]


def test_corrected_turn_stays_itself() -> None:
    assert align(TEXTS, [TEXTS[0], "It began under the old windmill.", *TEXTS[2:]]) == [0, 1, 2, 3]


def test_rewritten_turn_is_another_turn() -> None:
    assert align(TEXTS, ["Bees!", *TEXTS[1:]]) == [None, 1, 2, 3]


def test_corrected_turn_that_also_moved_stays_itself() -> None:
    assert align(TEXTS, ["My aunt kept it for ten years.", *TEXTS[:3]]) == [3, 0, 1, 2]


def test_repeated_text_is_matched_once_each() -> None:
    assert align(["Yes.", "No, never.", "Yes."], ["Yes.", "Yes.", "Yes."]) == [0, None, 2]


@pytest.mark.parametrize(("old", "new"), [([], []), ([], ["Good morning."]), (["Good morning."], [])])
def test_nothing_aligns_with_nothing(old: list[str], new: list[str]) -> None:
    assert align(old, new) == [None] * len(new)


_SOME_TEXT = st.lists(st.sampled_from([*TEXTS, "Yes.", "No, never.", "", "It began under an old mill."]), max_size=12)


@given(_SOME_TEXT, _SOME_TEXT)
def test_no_old_turn_is_given_twice_and_no_equal_one_is_left_out(old: list[str], new: list[str]) -> None:
    found = align(old, new)
    given_out = [index for index in found if index is not None]
    assert len(found) == len(new)
    assert len(given_out) == len(set(given_out))
    for text in {*old, *new}:
        equal = sum(index is not None and old[index] == text == new[place] for place, index in enumerate(found))
        assert equal == min(old.count(text), new.count(text))
