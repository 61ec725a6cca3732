import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.topics.concepts import Concept, ConceptLabel, LabelKind
from app.topics.matching import Matcher
from app.topics.words import split_words


def _concepts(**labels: str | tuple[str | None, str]) -> dict[str, Concept]:
    made = {}
    for slug, given_ in labels.items():
        language, text = given_ if isinstance(given_, tuple) else (None, given_)
        made[slug] = Concept((ConceptLabel(LabelKind.PREFERRED, language, text),))
    return made


def _found(concepts: dict[str, Concept], text: str, language: str | None = "en") -> list[tuple[str, str]]:
    return [(match.topic, text[match.start : match.end]) for match in Matcher(concepts, language).find(text)]


def test_whole_words_only() -> None:
    concepts = _concepts(art="art", human="Humanism")
    assert _found(concepts, "The party of humans was smart; the art was human.") == [("art", "art")]


def test_words_that_only_a_plural_or_typography_sets_apart_are_found_where_they_stand() -> None:
    concepts = _concepts(leaders="religious leader", congress="congress", faith="inter-faith")
    text = "Religious  Leaders’ Сongress, inter–faith"
    assert _found(concepts, text) == [
        ("leaders", "Religious  Leaders"),
        ("congress", "Сongress"),
        ("faith", "inter–faith"),
    ]


def test_longest_label_wins_and_what_only_overlaps_stays() -> None:
    concepts = _concepts(religion="religion", freedom="freedom of religion", old="religion of old")
    assert _found(concepts, "freedom of religion of old") == [
        ("freedom", "freedom of religion"),
        ("old", "religion of old"),
    ]


def test_topics_that_share_a_label_are_both_found() -> None:
    assert _found(_concepts(a="Mercury (planet)", b="Mercury"), "Mercury rises") == [("a", "Mercury"), ("b", "Mercury")]


def test_label_of_another_language_is_not_looked_for() -> None:
    concepts = _concepts(bread=("fr", "pain"), pain=("en-GB", "pain"), both="pain")
    assert [topic for topic, _ in _found(concepts, "pain", "en")] == ["pain", "both"]
    assert [topic for topic, _ in _found(concepts, "pain", "fr-CA")] == ["bread", "both"]
    assert [topic for topic, _ in _found(concepts, "pain", None)] == ["bread", "pain", "both"]


def test_acronym_is_no_ordinary_word() -> None:
    concepts = _concepts(us="US", who="WHO")
    assert _found(concepts, "Who told us of the WHO?") == [("who", "WHO")]


@pytest.mark.parametrize(("text", "found"), [("中国的社会主义", ["社会"]), ("会", [])])
def test_label_in_a_script_without_spaces_is_found_by_its_characters(text: str, found: list[str]) -> None:
    assert [word for _, word in _found(_concepts(a="社会", b="会"), text, "zh")] == found


def test_tag_names_a_topic_only_as_a_whole() -> None:
    matcher = Matcher(_concepts(core="Bitcoin Core", coin="bitcoin"), "en")
    assert matcher.named("bitcoin-core") == ["core"]
    assert matcher.named("bitcoins") == ["coin"]
    assert matcher.named("bitcoin mining") == []


def test_no_concept_and_no_word_find_nothing() -> None:
    assert _found({}, "anything") == []
    assert _found(_concepts(a="..."), "... a") == []
    assert _found(_concepts(a="a"), "") == []


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), max_size=8), st.integers())
def test_same_as_looking_at_every_place(labels: list[list[str]], seed: int) -> None:
    words = random.Random(seed).choices("abcd", k=30)  # noqa: S311 - any text will do
    text = " ".join(words)
    places = [
        (start, start + len(label))
        for label in {tuple(label) for label in labels}
        for start in range(len(words))
        if words[start : start + len(label)] == list(label)
    ]
    kept = {
        one for one in places if not any(other != one and other[0] <= one[0] and one[1] <= other[1] for other in places)
    }
    concepts = _concepts(**{f"t{number}": " ".join(label) for number, label in enumerate(labels)})
    spans = split_words(text, "en").spans
    found = {(match.start, match.end) for match in Matcher(concepts, "en").find(text)}
    assert found == {(spans[start][0], spans[end - 1][1]) for start, end in kept}
