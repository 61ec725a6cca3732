import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.terms import BREAK, IndexedTexts, index_copy, is_stemmed, join_copies, located_words, stem, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Our Сongress’s work", ["our", "congress", "s", "work"]),
        ("café cafe\u0301 CAFÉ", ["cafe", "cafe", "cafe"]),
        ("ﬁrst Ｃｏｎ straße", ["first", "con", "strasse"]),
        ("co\u00adoperate", ["cooperate"]),
        ("snow\\fall under_score 100% it's", ["snow", "fall", "under", "score", "100", "it", "s"]),
        ("東京大学 東", ["東京", "京大", "大学", "学", "東"]),
        ("東京abc", ["東京", "京", "abc"]),
        ("ภาษา", ["ภา", "าษ", "ษา", "า"]),
        ("한국은 \u1112\u1161\u11ab\u1100\u116e\u11a8", ["한국", "국은", "은", "한국", "국"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("Привет, мир", ["привет", "мир"]),
        ("مُحَمَّد", ["محمد"]),
        ("... – ♥", []),
    ],
)
def test_text_is_cut_into_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_places_are_those_of_the_verbatim_text() -> None:
    text = "Our Сongress, cafe\u0301 ﬁrst 東京大"
    assert [text[word.start : word.end] for word in located_words(text)] == [
        *("Our", "Сongress", "cafe\u0301", "ﬁrst", "東京", "京大", "大"),
    ]


@given(st.text())
def test_every_text_has_words_in_order_and_the_same_ones_both_ways(text: str) -> None:
    located = list(located_words(text))
    assert [word.text for word in located] == words_of(text)
    assert all(0 <= word.start < word.end <= len(text) for word in located)
    assert all(one.start < next_.start for one, next_ in itertools.pairwise(located))
    # Nothing that an index takes for more than a term.
    assert all(word.text and not set(word.text) & set(" '\"\\:*\0" + BREAK) for word in located)


@given(st.text(max_size=200))
def test_words_of_words_are_themselves(text: str) -> None:
    spaced = [word.text for word in located_words(text) if not word.is_tail and word.text.isascii()]
    assert words_of(" ".join(spaced)) == spaced


def test_endings_of_english_words_do_not_matter() -> None:
    assert stem("religions") == stem("religion") == "religion"
    assert stem("2023") == "2023"
    assert stem("привет") == "привет"
    assert [is_stemmed(language) for language in ("en", "en-GB", None, "fr", "eng")] == [True, True, True, False, False]


def test_copy_keeps_turns_apart_and_stems_only_where_it_should() -> None:
    turns = [["world", "religions"], ["talks"]]
    assert index_copy(turns, stemmed=True) == f"world religion {BREAK} talk"
    assert index_copy(turns, stemmed=False) == f"world religions {BREAK} talks"


def test_copy_ends_at_a_bearable_size_between_words() -> None:
    copy = index_copy([["東京"] * 200_000], stemmed=False)
    assert 400_000 < len(copy.encode()) <= 500_000
    assert set(copy.split(" ")) == {"東京"}


def test_turn_is_cut_up_once_and_apart_at_words_that_were_taken_out() -> None:
    indexed = IndexedTexts(["Keeping bees", "a hive ███ a mill"], stemmed=True)
    assert indexed.copies("Keeping bees") == ("keep bee",)
    assert indexed.copies("a hive ███ a mill") == ("a hive", "a mill")
    assert indexed.words == {"keeping", "bees", "a", "hive", "mill"}
    assert indexed.copies("later words") == ("later word",)
    assert "later" in indexed.words
    assert IndexedTexts(["Keeping bees"], stemmed=False).copies("Keeping bees") == ("keeping bees",)
    assert join_copies(["a hive", "a mill"]) == "a hive ¶ a mill"
