from collections.abc import Sequence

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


@pytest.mark.parametrize(
    ("old", "new", "labels", "expected"),
    [
        # The first one is taken out; who says the second one still says it.
        ([TEXTS[0], "Yes.", "Yes."], [TEXTS[0], "Yes."], ("xab", "xb"), [0, 2]),
        ([TEXTS[0], "Yes.", "Yes."], [TEXTS[0], "Yes."], ("xab", "xa"), [0, 1]),
        ([TEXTS[0], "Yes."], [TEXTS[0], "Yes.", "Yes."], ("xb", "xab"), [0, None, 1]),
        # As many as there were: their order decides, though labels were put right.
        ([TEXTS[0], "Yes.", "Yes."], [TEXTS[0], "Yes.", "Yes."], ("xab", "xbb"), [0, 1, 2]),
        # Labels that are written otherwise everywhere tell nothing.
        ([TEXTS[0], "Yes.", "Yes."], [TEXTS[0], "Yes."], ("xab", "yc"), [0, 1]),
        # Nor does one that is not known.
        ([TEXTS[0], "Yes.", "Yes."], [TEXTS[0], "Yes."], (("x", None, "b"), ("x", "b")), [0, 1]),
        # Of turns that are as similar, the one that comes next.
        (["Yes. I did.", TEXTS[0], "Yes. I did."], [TEXTS[0], "Yes. We did."], ("axb", "xc"), [1, 2]),
    ],
)
def test_labels_and_neighbours_tell_equal_texts_apart(
    old: list[str],
    new: list[str],
    labels: tuple[Sequence[str | None], Sequence[str | None]],
    expected: list[int | None],
) -> None:
    assert align(old, new, labels) == expected


@pytest.mark.parametrize(("old", "new"), [([], []), ([], ["Good morning."]), (["Good morning."], [])])
def test_nothing_aligns_with_nothing(old: list[str], new: list[str]) -> None:
    assert align(old, new) == [None] * len(new)


_SOME_TEXT = st.lists(st.sampled_from([*TEXTS, "Yes.", "No, never.", "", "It began under an old mill."]), max_size=12)


@given(_SOME_TEXT, _SOME_TEXT, st.data())
def test_no_old_turn_is_given_twice_and_no_equal_one_is_left_out(
    old: list[str], new: list[str], data: st.DataObject
) -> None:
    some_labels = [
        data.draw(st.lists(st.sampled_from("ab"), min_size=len(one), max_size=len(one))) for one in (old, new)
    ]
    found = align(old, new, (some_labels[0], some_labels[1]))
    given_out = [index for index in found if index is not None]
    assert len(found) == len(new)
    assert len(given_out) == len(set(given_out))
    for text in {*old, *new}:
        equal = sum(index is not None and old[index] == text == new[place] for place, index in enumerate(found))
        assert equal == min(old.count(text), new.count(text))
