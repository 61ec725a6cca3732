"""What holds of every quotation cut from any text, whatever is done to it and whatever else is in the record."""

import re
import unicodedata

from hypothesis import assume, given
from hypothesis import strategies as st

from app.quotes import FAITHFUL, Passage, PassageTurn, Verdict, judge, token_texts
from app.quotes.meaning import TURNING, meanings_of

_WORDS = (
    "the a of to and in it is was we they people country never not no can't must may Congress Kazakhstan 2003 1.5 "
    "one hundred Maße Straße naïve café Сongress мы не говорили никогда это l’été Sıla İzmir हिन्दी में so-called O’Hara "
    "C# R&D 50% don’t cannot will would"
)
WORDS = _WORDS.split()
MARKS = ("", "", "", "", ",", ".", "?", "!", ";", " –", "…", ":", ' "', "”")


def texts(fewest: int) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Texts of a minimum of words, each with the mark after it."""
    return st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(MARKS)), min_size=fewest, max_size=40)


def passage(text: str, name: str = "p") -> Passage:
    return Passage(name, (PassageTurn(f"{name}-t1", text),))


def written(chosen: list[tuple[str, str]]) -> str:
    return " ".join(f"{word}{mark}" for word, mark in chosen)


@st.composite
def cuts(draw: st.DrawFn, fewest: int = 1) -> tuple[list[tuple[str, str]], int, int]:
    """A text as words, and where a quotation of a minimum of words is cut out of it."""
    text = draw(texts(max(6, fewest)))
    first = draw(st.integers(0, len(text) - fewest))
    return text, first, draw(st.integers(first + fewest, len(text)))


@given(cuts())
def test_an_exact_cut_is_exact(cut: tuple[list[tuple[str, str]], int, int]) -> None:
    text, first, last = cut
    quotation = written(text[first:last])
    judgement = judge(quotation, [passage(written(text))])
    assert judgement.verdict is Verdict.EXACT
    for match in judgement.matches:
        [place] = match.turn_ranges
        assert written(text)[place.start : place.end] == match.text


CHANGES = (
    str.upper,
    str.lower,
    str.swapcase,
    lambda text: text.replace("’", "'"),
    lambda text: text.replace("'", "’"),
    lambda text: text.replace(" ", "\n"),
    lambda text: text.replace(" ", "\u00a0 "),
    lambda text: text.replace("–", "—").replace("…", "..."),
    lambda text: re.sub(r"[.!;,](?!\d)", "", text),
    lambda text: f"{text.rstrip('.,')},",
    lambda text: f"“{text}”",
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: re.sub(r"(?<![\w#&%’'])[^\W\d_]{4,}(?![\w#&%’'-])", r"*\g<0>*", text),
    lambda text: text.replace("people", "реорlе").replace("one", "оne"),
    lambda text: text.replace("country", "coun\u00adtry"),
    lambda text: text.replace("&", "&amp;"),
)


@given(cuts(), st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3))
def test_a_typographic_change_is_folded(cut, changes) -> None:  # type: ignore[no-untyped-def]
    text, first, last = cut
    quotation = written(text[first:last])
    for change in changes:
        quotation = change(quotation)
    # Letters that lose what tells them apart in capitals stay lost.
    assume(not re.search("[ßıİ]", written(text)) or not {str.upper, str.lower, str.swapcase} & set(changes))
    assert judge(quotation, [passage(written(text))]).verdict in (Verdict.EXACT, Verdict.FOLDED)


@given(
    cuts(fewest=5),
    st.sampled_from(("insert", "drop", "replace")),
    st.sampled_from((*WORDS, "not", "otherwise")),
    st.data(),
)
def test_a_changed_word_is_never_exact_nor_folded(cut, way, word, data) -> None:  # type: ignore[no-untyped-def]
    text, first, last = cut
    chosen = [one for one, _mark in text[first:last]]
    place = data.draw(st.integers(1, len(chosen) - 2))
    changed = {
        "insert": [*chosen[:place], word, *chosen[place:]],
        "drop": [*chosen[:place], *chosen[place + 1 :]],
        "replace": [*chosen[:place], word, *chosen[place + 1 :]],
    }[way]
    folded = [one.lower() for one in " ".join(changed).split()]
    record = [one.lower() for one, _mark in text]
    # It may stand elsewhere in the text as it is.
    assume(not any(record[at : at + len(folded)] == folded for at in range(len(record))))
    assume(not any(same(folded, record[at : at + len(folded)]) for at in range(len(record))))
    assert judge(" ".join(changed), [passage(written(text))]).verdict not in FAITHFUL


def same(one: list[str], other: list[str]) -> bool:
    """Words that look the same are the same: a Cyrillic letter among Latin ones, any apostrophe."""
    plain = str.maketrans("сС’", "cC'")
    return [word.translate(plain) for word in one] == [word.translate(plain) for word in other]


@given(cuts(fewest=10), st.sampled_from(("…", " ... ", " [...] ")), st.data())
def test_an_omitted_middle_is_elided(cut, mark, data) -> None:  # type: ignore[no-untyped-def]
    text, first, last = cut
    chosen = [(one, "") for one, _mark in text[first:last]]
    begin = data.draw(st.integers(3, len(chosen) - 5))
    end = data.draw(st.integers(begin + 1, len(chosen) - 3))
    quotation = f"{written(chosen[:begin])}{mark}{written(chosen[end:])}"
    plain = [(one, "") for one, _mark in text]
    verdict = judge(quotation, [passage(written(plain))]).verdict
    # Without a sentence end in it, an omission may not hide a word that turns the sentence.
    if any(meanings_of(word) & TURNING for one, _mark in text[first:last][begin:end] for word in token_texts(one)):
        assert verdict in {Verdict.ALTERED, Verdict.FOLDED, Verdict.ELIDED}
        return
    # What is left may also stand there without an omission.
    assert verdict in ((Verdict.ELIDED, Verdict.FOLDED) if token_texts(quotation) else (Verdict.ELIDED,))
    left = written([*chosen[:begin], *chosen[end:]])
    if left.lower() not in written(plain).lower():
        assert verdict is Verdict.ELIDED


@given(cuts(), st.lists(texts(1), max_size=3), st.booleans())
def test_a_verdict_does_not_depend_on_what_else_is_in_the_record(cut, others, is_first) -> None:  # type: ignore[no-untyped-def]
    text, first, last = cut
    quotation = written(text[first:last])
    alone = judge(quotation, [passage(written(text))])
    more = [passage(written(other), f"o{number}") for number, other in enumerate(others)]
    passages = [passage(written(text)), *more] if is_first else [*more, passage(written(text))]
    together = judge(quotation, passages)
    assert together.verdict is alone.verdict
    assert {match.text for match in together.matches if match.passage.id == "p"} <= {
        match.text for match in alone.matches
    }


@given(st.text(max_size=200), st.text(max_size=400))
def test_any_text_is_judged(quotation: str, text: str) -> None:
    judgement = judge(quotation, [passage(text)])
    for match in judgement.matches:
        [place] = match.turn_ranges
        assert text[place.start : place.end] == match.text
        for one in match.differences:
            assert quotation[one.quoted_start : one.quoted_end] == one.quoted


@given(st.text(min_size=1, max_size=200))
def test_a_text_with_a_word_says_itself(text: str) -> None:
    assume(token_texts(text))
    assert judge(text, [passage(text)]).verdict is Verdict.EXACT
