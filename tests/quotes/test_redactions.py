from hypothesis import given, settings
from hypothesis import strategies as st

from app.quotes.redactions import Fingerprint, RedactedWords, blank, brought_back, carried, is_blank, merged, widened
from app.quotes.tokens import tokens

TEXT = "I met John Smith in Rome; JOHN “SMITH” left, and Johnny Smithers stayed."
LONG = " ".join(f"word{number}" for number in range(60))
_texts = st.lists(st.sampled_from(["the", "mill", "a", "burnt", "river", "down", "not", "10"]), min_size=1, max_size=40)


def _mark(number: int) -> str:
    return "█" * number


def test_words_are_found_whatever_their_case_and_typography_and_only_whole() -> None:
    words = RedactedWords.of("John Smith", is_whole=False)
    assert [TEXT[start:end] for start, end in words.found_in(TEXT)] == ["John Smith", "JOHN “SMITH"]
    assert Fingerprint.of(words).found_in(TEXT) == words.found_in(TEXT)


def test_blank_keeps_the_length_and_everything_else() -> None:
    assert blank(TEXT, [(6, 16)]) == f"I met {_mark(10)}{TEXT[16:]}"
    assert (is_blank(_mark(3)), is_blank(""), is_blank("█a")) == (True, False, False)


def test_span_is_widened_to_whole_words() -> None:
    assert TEXT[slice(*widened(TEXT, 8, 12))] == "John Smith"
    assert widened(TEXT, 6, 16) == (6, 16)


def test_spans_that_touch_are_one() -> None:
    assert merged([(4, 6), (0, 2), (2, 3), (5, 9), (7, 7)]) == [(0, 3), (4, 9)]


def test_fingerprint_says_nothing_of_the_words_and_is_salted() -> None:
    words = RedactedWords.of("John Smith", is_whole=False)
    one, other = Fingerprint.of(words), Fingerprint.of(words)
    assert one.salt != other.salt
    assert one.pieces != other.pieces
    assert "smith" not in repr(one).lower()


def test_a_long_passage_is_known_though_words_of_it_were_corrected() -> None:
    fingerprint = Fingerprint.of(RedactedWords.of(LONG, is_whole=False))
    corrected = LONG.replace("word3 ", "wurd3 ").replace("word30", "wurd30")
    text = f"Before that. {corrected} After that."
    [(start, end)] = fingerprint.found_in(text)
    assert (start, end) == (text.index("word0"), text.index(" After"))
    whole = Fingerprint.of(RedactedWords.of(LONG, is_whole=True))
    assert whole.found_in(text) == [(0, len(text))]


def test_another_text_with_some_common_words_is_not_the_passage() -> None:
    fingerprint = Fingerprint.of(RedactedWords.of("It burnt down in the night", is_whole=True))
    assert fingerprint.found_in("The mill burnt down in the night of the flood.") == []


def test_what_stands_where_words_were_redacted_is_found_though_it_is_other_words() -> None:
    before = blank(TEXT, [(6, 16)])
    after = TEXT.replace("John Smith in", "Jon Smyth, they say, in")
    assert [after[start:end] for start, end in carried([(6, 16)], before, after)] == ["Jon Smyth, they say"]
    assert carried([(6, 16)], before, TEXT.replace("John Smith ", "")) == []
    assert carried([(0, len(before))], _mark(len(before)), after) == [(0, len(after))]


def test_a_turn_of_which_nothing_is_left_is_known_by_its_neighbours() -> None:
    old = ["Where did the river begin?", _mark(30), "Who kept the mill in those years?", "My aunt kept it."]
    new = [old[0], "Under the mill.", "Behind it.", old[2], "My aunt did."]
    assert brought_back(old, {1: [(0, 30)]}, new) == {1: [(0, 15)], 2: [(0, 10)]}
    assert brought_back(old, {1: [(0, 30)]}, old) == {}


# Fingerprints are slow to make, by design.
@settings(deadline=None)
@given(_texts, st.data())
def test_redacted_words_never_stand_in_the_same_text_again(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    found = tokens(text)
    span = found[first].start, found[last].end
    left = blank(text, RedactedWords.of(text[slice(*span)], is_whole=False).found_in(text))
    assert RedactedWords.of(text[slice(*span)], is_whole=False).found_in(left) == []
    assert Fingerprint.of(RedactedWords.of(text[slice(*span)], is_whole=False)).found_in(text) == (
        RedactedWords.of(text[slice(*span)], is_whole=False).found_in(text)
    )
    # In the same text, a place is where it was.
    assert carried([span], text, text) == [span]
