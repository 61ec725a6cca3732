"""Who is behind several labels of one file."""

import pytest

from app.transcripts.mentioned import person_in_file_name
from app.transcripts.people import name_speakers
from app.transcripts.transcript import Segment, SpeakerStatement, Turn


def _names(labels: list[str], stated: list[str] = [], file_name: str = "") -> list[str | None]:  # noqa: B006
    turns = [Turn("x", (Segment(0, 1, 0, 1),), label=label) for label in labels]
    named, _ = name_speakers(turns, [SpeakerStatement(name=name) for name in stated], file_name)
    return [turn.speaker for turn in named]


def test_declared_initials_name_the_person() -> None:
    assert _names(["Adam Roe (AR)", "AR"]) == ["Adam Roe", "Adam Roe"]


def test_first_name_after_full_name_is_the_same_person() -> None:
    assert _names(["Jane Roe", "Jane"]) == [None, "Jane Roe"]


def test_listed_speaker_is_behind_the_first_name() -> None:
    assert _names(["Jane", "Bob"], ["Jane Roe"]) == ["Jane Roe", None]


def test_first_name_of_two_people_stays() -> None:
    assert _names(["Jane Roe", "Jane Doe", "Jane"]) == [None, None, None]


@pytest.mark.parametrize("joint", ["Ulf and Greta", "ULF AND GRETA", "ULF & GRETA"])
def test_who_speaks_together_with_another_is_not_both_of_them(joint: str) -> None:
    assert _names(["Ulf", "Greta", joint]) == [None, None, None]


def test_two_of_one_surname_are_told_apart_by_where_they_are_from() -> None:
    assert _names(["Senator Roe of Ohio", "Senator Roe of Utah"]) == [None, None]
    assert _names(["Senator Roe of Ohio", "Senator Roe"]) == ["Senator Roe", None]


def test_single_letter_stays_unless_declared() -> None:
    assert _names(["Patrick Roe", "P"]) == [None, None]
    assert _names(["Patrick (P)", "P"]) == ["Patrick", "Patrick"]


def test_declared_letters_are_people_and_no_marks_of_questions() -> None:
    assert _names(["Patrick (P)", "Roman (R)", "P", "R", "P"]) == ["Patrick", "Roman", "Patrick", "Roman", "Patrick"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Senator QUILL (South Bay)", "Senator QUILL"),
        ("The Minister for Ferries (Oskar Venn)", "Oskar Venn"),
        ("Q (Oskar Venn)", "Oskar Venn"),
        ("Mara Quill (Night Line)", "Mara Quill"),
        ("VENN (on camera)", "VENN"),
        ("Oskar Venn (he/him)", "Oskar Venn"),
    ],
)
def test_name_in_brackets_is_the_persons_where_an_office_or_a_mark_stands_before_it(label: str, name: str) -> None:
    assert _names([label]) == [name]


def test_numbered_short_form_is_the_numbered_label() -> None:
    assert _names(["Audience 1", "A1"]) == [None, "Audience 1"]


def test_answers_are_those_of_the_one_listed_speaker() -> None:
    assert _names(["Q", "A"], ["Jane Roe"]) == [None, "Jane Roe"]
    assert _names(["Q", "A"], ["Jane Roe", "John Doe"]) == [None, None]


def test_office_is_held_by_the_person_whom_the_file_is_named_after() -> None:
    assert _names(["THE PRESIDENT", "Q"], file_name="1961-11-08__John Q. Doe.txt") == ["John Q. Doe", None]


@pytest.mark.parametrize("name", ["1961-11-08.txt", "John Doe.txt", "a talk on lamps - 2020.txt"])
def test_file_name_without_date_and_name_names_nobody(name: str) -> None:
    assert person_in_file_name(name) is None
