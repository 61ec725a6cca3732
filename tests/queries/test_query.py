import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.queries.query import MAX_OPERANDS, Mode, Query, read_query


def _groups(query: Query) -> list[list[str]]:
    return [[str(phrase) for phrase in group] for group in query.groups]


@pytest.mark.parametrize(
    ("text", "groups", "excluded"),
    [
        ("congress peace", [["congress"], ["peace"]], []),
        ("Peace PEACE péace", [["peace"]], []),
        ('"world religions" -islam', [['"world religions"']], ["islam"]),
        ("“world religions”", [['"world religions"']], []),
        ('-"round table" talks', [["talks"]], ['"round table"']),
        ("a OR b c", [["a", "b"], ["c"]], []),
        ("a OR b OR c", [["a", "b", "c"]], []),
        ("congr* peace", [["congr*"], ["peace"]], []),
        ("o'hara snow\\fall", [['"o hara"'], ['"snow fall"']], []),
        ("東京大 東", [['"東京 京大"'], ["東*"]], []),
    ],
)
def test_query_is_read(text: str, groups: list[list[str]], excluded: list[str]) -> None:
    query = read_query(text)
    assert _groups(query) == groups
    assert [str(phrase) for phrase in query.excluded] == excluded


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("OR a", [["or"], ["a"]]),
        ("a OR", [["a"], ["or"]]),
        ("a OR OR b", [["a"], ["or"], ["b"]]),
        ("-a", [["a"]]),
        ("- a", [["a"]]),
        ('"a b', [["a"], ["b"]]),
        ('a"', [["a"]]),
        ("a*", [["a"]]),
        ("* a ^ {} (", [["a"]]),
        ("AND NOT NEAR(a, 2)", [["and"], ["not"], ['"near a"'], ["2"]]),
        ("title:a", [['"title a"']]),
        ("a or b", [["a"], ["or"], ["b"]]),
    ],
)
def test_operator_out_of_place_is_a_word_or_nothing(text: str, groups: list[list[str]]) -> None:
    assert _groups(read_query(text)) == groups


@pytest.mark.parametrize("text", ["", " ", "%", '"" - *', "♥", "_"])
def test_text_without_letters_or_digits_asks_for_nothing(text: str) -> None:
    assert read_query(text).groups == read_query(text, Mode.ASK).groups == ()


def test_question_is_read_as_any_of_its_telling_words() -> None:
    query = read_query("What do you think about the role of universities?", Mode.ASK)
    assert _groups(query) == [["role", "universities"]]
    assert _groups(read_query("What is it that they do?", Mode.ASK)) == [["what", "is", "it", "that", "they", "do"]]


def test_relaxed_query_takes_any_plain_word_and_keeps_what_is_quoted() -> None:
    relaxed = read_query('"world religions" peace harmony -war').relaxed()
    assert relaxed is not None
    assert _groups(relaxed) == [['"world religions"'], ["peace", "harmony"]]
    assert relaxed.excluded == read_query("x -war").excluded
    assert read_query("peace").relaxed() is None
    assert read_query('"a b" peace').relaxed() is None


def test_long_query_is_cut_and_says_so() -> None:
    words = " ".join(f"word{number}" for number in range(MAX_OPERANDS + 1))
    assert read_query(words).is_cut
    assert len(read_query(words).groups) == MAX_OPERANDS
    assert not read_query(words.rpartition(" ")[0]).is_cut


@given(st.text(alphabet=st.sampled_from('ab東é -"*OR“”()^:')), st.sampled_from(Mode))
def test_any_text_is_a_query(text: str, mode: Mode) -> None:
    query = read_query(text, mode)
    assert all(phrase.words for phrase in query.phrases())
    assert bool(query.groups) == any(character.isalnum() for character in text)
