import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.folding import SLUG_MAX_LENGTH, SLUG_PATTERN, fold, mixed_script_words, nearest, slugify


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Our Сongress", "our congress"),
        ("“Quoted” – and ‘so’", "\"quoted\" - and 'so'"),
        ("Café Zürich", "cafe zurich"),
        ("Привет, Congress", "привет, congress"),
        ("a\u00a0b\nc", "a b c"),
        ("한국은 がか", "한국은 がか"),
        ("أحمد", "احمد"),
    ],
)
def test_folding_takes_away_what_does_not_matter_in_a_comparison(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_word_wholly_in_another_script_keeps_its_letters() -> None:
    assert fold("СОН") == "сон"
    assert list(mixed_script_words("СОН и сон")) == []


def test_mixed_word_is_told_with_its_offset() -> None:
    assert list(mixed_script_words("Our Сongress, our рeace")) == [(4, "Сongress"), (18, "рeace")]


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=300))
def test_any_text_makes_a_valid_slug(text: str) -> None:
    slug = slugify(text)
    assert re.fullmatch(SLUG_PATTERN, slug)
    assert len(slug) <= SLUG_MAX_LENGTH


def test_name_in_another_script_keeps_something_in_its_slug() -> None:
    assert slugify("Әйгерім Оспанова") != "untitled"
    assert slugify("***") == "untitled"
    assert slugify("***", fallback="speaker") == "speaker"


def test_nearest_names_come_best_first_and_far_ones_not_at_all() -> None:
    known = ["peace", "peace-and-conflict", "tolerance"]
    assert nearest("peece", known)[0] == "peace"
    assert nearest("PEACE", known)[0] == "peace"
    assert nearest("zzzz", known) == []
    assert nearest("", known) == []
