import math

from app.topics.neighbours import Frequencies, Index

TEXTS = {
    "a": ["the", "river", "flooded", "the", "old", "mill"],
    "b": ["the", "mill", "stood", "by", "the", "river"],
    "c": ["the", "choir", "sang", "in", "the", "church"],
    "d": ["the", "yes"],
}


def _index(groups: dict[str, str] | None = None) -> tuple[Frequencies, Index]:
    frequencies = Frequencies(TEXTS.values())
    vectors = {name: frequencies.vector(words) for name, words in TEXTS.items()}
    return frequencies, Index(vectors, groups or {name: name for name in TEXTS})


def test_what_shares_telling_words_is_near_and_says_which() -> None:
    frequencies, index = _index()
    nearest = index.nearest(frequencies.vector(TEXTS["a"]), 15, "a")
    assert [one.id for one in nearest] == ["b"]
    assert set(nearest[0].terms) == {"river", "mill"}


def test_likeness_is_the_cosine_with_words_of_its_own() -> None:
    frequencies, index = _index()
    own = 8 * math.log(5 / 2) ** 2
    shared = 2 * math.log(5 / 3) ** 2
    rare = math.log(5 / 2) ** 2
    length_a = math.sqrt(shared + 2 * rare + own)
    length_b = math.sqrt(shared + 2 * rare + own)
    [nearest] = index.nearest(frequencies.vector(TEXTS["a"]), 1, "a")
    assert math.isclose(nearest.similarity, shared / (length_a * length_b))


def test_word_of_every_text_makes_nothing_alike() -> None:
    frequencies, index = _index()
    assert index.nearest(frequencies.vector(["the"]), 15) == []


def test_two_short_texts_are_not_the_same_for_one_word() -> None:
    frequencies, index = _index()
    [nearest] = index.nearest(frequencies.vector(["yes"]), 1)
    assert nearest.similarity < 0.2


def test_one_conversation_has_few_votes() -> None:
    texts = {f"{number}": ["mill", f"word{number}"] for number in range(6)} | {"other": ["choir"]}
    frequencies = Frequencies(texts.values())
    vectors = {name: frequencies.vector(words) for name, words in texts.items()}
    index = Index(vectors, dict.fromkeys(texts, "one long conversation"))
    assert len(index.nearest(frequencies.vector(["mill"]), 15)) == 3
