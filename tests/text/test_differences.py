import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.differences import Difference, Edit, differences


def _applied(before: str, after: str, found: list[Difference]) -> str:
    made, at = [], 0
    for one in found:
        made += [before[at : one.start_before], after[one.start_after : one.end_after]]
        at = one.end_before
    return "".join([*made, before[at:]])


@pytest.mark.parametrize(
    ("before", "after", "edits"),
    [
        ("It began under the mill.", "It began under the mill.", []),
        ("It began under the mill.", "It began beside the mill.", [(Edit.REPLACED, "under", "beside")]),
        ("It was deep.", "It was not deep.", [(Edit.INSERTED, "", "not ")]),
        ("It was not deep.", "It was deep.", [(Edit.DELETED, "not ", "")]),
        ("", "Yes.", [(Edit.INSERTED, "", "Yes.")]),
        ("Yes.", "", [(Edit.DELETED, "Yes.", "")]),
        ("One thing. Another.", "One thing.\n\nAnother.", [(Edit.REPLACED, " ", "\n\n")]),
        ("naïve 👩‍🌾 then", "naïve 👩‍🌾 now", [(Edit.REPLACED, "then", "now")]),
    ],
)
def test_differences_are_whole_words_with_their_places(
    before: str, after: str, edits: list[tuple[Edit, str, str]]
) -> None:
    found = differences(before, after)
    assert [
        (one.edit, before[one.start_before : one.end_before], after[one.start_after : one.end_after]) for one in found
    ] == edits


def test_unchanged_paragraphs_are_not_touched() -> None:
    before = "The first stays.\n\nThe second goes.\n\nThe third stays."
    after = "The first stays.\n\nThe second went.\n\nThe third stays."
    [one] = differences(before, after)
    assert (before[one.start_before : one.end_before], after[one.start_after : one.end_after]) == ("goes", "went")


def test_long_texts_that_have_nothing_in_common_are_one_difference() -> None:
    before, after = "alpha " * 8_000, "omega " * 8_000
    assert differences(before, after) == [Difference(Edit.REPLACED, 0, len(before), 0, len(after))]


_TEXTS = st.text(alphabet="ab \n.,é👩", max_size=40)


@given(_TEXTS, _TEXTS)
def test_applying_differences_to_the_text_before_gives_the_text_after(before: str, after: str) -> None:
    found = differences(before, after)
    assert _applied(before, after, found) == after
    ends = [(0, 0), *((one.end_before, one.end_after) for one in found)]
    assert all(one.start_before >= end[0] and one.start_after >= end[1] for one, end in zip(found, ends, strict=False))
