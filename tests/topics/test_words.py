import pytest

from app.topics.words import singular, split_words


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("universities", "university"),
        ("movies", "movie"),
        ("caches", "cache"),
        ("churches", "church"),
        ("boxes", "box"),
        ("houses", "house"),
        ("women", "woman"),
        ("topics", "topic"),
    ],
)
def test_plural_and_singular_are_one_word(plural: str, one: str) -> None:
    assert singular(plural) == singular(one)


@pytest.mark.parametrize(
    ("word", "other"), [("human", "humanism"), ("news", "new"), ("economics", "economic"), ("press", "pres")]
)
def test_different_words_stay_different(word: str, other: str) -> None:
    assert singular(word) != singular(other)


def test_spans_are_those_of_the_record() -> None:
    text = "The Сongress’s universities, under_score: C++ and C#; cafe\u0301s"
    words = split_words(text, "en")
    assert [text[start:end] for start, end in words.spans] == [
        "The", "Сongress", "s", "universities", "under", "score", "C++", "and", "C#", "cafe\u0301s",
    ]  # fmt: skip
    assert words.keys[1] == "congress"
    assert words.keys[-3:] == ["and", "c#", "cafe"]


def test_plurals_are_told_in_english_only() -> None:
    assert split_words("topics", "en-GB").keys == split_words("topic", None).keys
    assert split_words("mois", "fr").keys == ["mois"]


def test_scripts_without_spaces_are_words_by_character() -> None:
    assert split_words("社会主義 ok", "ja").keys == ["社", "会", "主", "義", "ok"]


def test_marks_belong_to_their_word() -> None:
    assert split_words("हिन्दी में", "hi").keys == ["हिन्दी", "में"]
