"""Which sentences of a text ask, and its short form."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.asking import SHORT_LENGTH, asking
from app.text.sentences import sentences


def _asked(text: str, language: str | None = "en") -> list[str]:
    return [text[start:end] for start, end in asking(text, language).ranges]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("We met in May. Where was that? It rained.", ["Where was that?"]),
        ("Dr. Quill came at 5.30 p.m. to see J. Venn. Did she stay?", ["Did she stay?"]),
        ("“And the keys?” That is what people ask.", ["“And the keys?”"]),
        ('He only said: "Why?" and left. You saw it, right?', ["You saw it, right?"]),
        ("So, Mara, how did you get there. It was far.", ["So, Mara, how did you get there."]),
        ("When you came back, what did you find", ["When you came back, what did you find"]),
        ("Tell me about your family.", ["Tell me about your family."]),
        ("what did you see? and then? nothing", ["what did you see?", "and then?"]),
        ("Well... is that so?!", ["Well... is that so?!"]),
        ("First line\n\nWho was it\n\nLast line", ["Who was it"]),
    ],
)
def test_sentences_that_ask_are_found_with_and_without_marks(text: str, asked: list[str]) -> None:
    assert _asked(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "What I remember is the flood. When I was a boy we swam.",
        "I came home late, which was a surprise to all.",
        "He asked himself: “Why?”",
        "How I got there is another story.",
        "Do it. Right. Okay.",
        "Version 2.0? no".replace("?", ""),
        "",
    ],
)
def test_statements_do_not_ask(text: str) -> None:
    assert not asking(text, "en").interrogative


@pytest.mark.parametrize(
    ("language", "text", "asked"),
    [
        ("de", "Erzählen Sie uns von der Mühle. Was war dort los", 2),
        ("de", "Als ich Kind war, war das anders. Wie gesagt.", 0),
        ("fr", "Vous étiez là. Avez-vous vu le pont", 1),
        ("es", "Ya veo. ¿Quién tenía las llaves?", 1),
        ("it", "Ci racconti della diga. Va bene.", 1),
        ("pt", "Conte um pouco da ponte.", 1),
        ("nl", "Hoe lang hebt u daar gewoond", 1),
        ("sv", "Hur länge har du bott där. När jag var barn badade vi.", 1),
        ("pl", "Czy pamięta pani powódź. Tak.", 1),
        ("ru", "Расскажите о мельнице. Когда я был мальчиком, мы плавали.", 1),
        ("tr", "Köprüyü gördünüz mü. Evet.", 1),
        ("el", "Ποιος είχε τα κλειδιά; Ναι.", 1),
        ("zh", "水车的钥匙是谁保管的。是我叔叔。", 1),
        ("ja", "それは誰の鍵ですか。そうです。", 1),
        ("ko", "열쇠는 누가 가지고 있었습니까. 삼촌입니다.", 1),
        ("ar", "هل رأيت الجسر. نعم.", 1),
        ("he", "מי שמר על המפתח. כן.", 1),
        ("hi", "चाबी किसने रखी थी। हाँ।", 1),
        (None, "Did you see the bridge. Yes.", 1),
        ("xx", "Did you see the bridge. Yes?", 1),
    ],
)
def test_every_language_that_is_read_has_its_words(language: str | None, text: str, asked: int) -> None:
    assert len(_asked(text, language)) == asked


def test_a_long_question_is_shown_by_what_it_asks() -> None:
    preamble = "The mill stood for two hundred years and everybody in the valley knew who had the keys of it. " * 3
    found = asking(f"{preamble}What did you see there? Who was with you?", "en")
    assert found.short_text == "What did you see there? Who was with you?"


def test_a_tag_is_shown_with_what_it_belongs_to() -> None:
    found = asking("It was a long way to the mill from there. " * 5 + "You walked all of it. Right?", "en")
    assert found.short_text
    assert found.short_text.endswith("You walked all of it. Right?")


def test_a_long_statement_is_shown_by_its_beginning() -> None:
    found = asking("The mill stood for two hundred years, " * 8, "en")
    assert found.short_text
    assert found.short_text.startswith("The mill stood")
    assert found.short_text.endswith("…")


@given(st.text(alphabet=st.sampled_from('ab I?.!。？;\n"”(αΩ…'), max_size=400))
def test_sentences_cover_every_word_in_order_and_the_short_form_is_short(text: str) -> None:
    spans = list(sentences(text))
    edges = [(0, 0), *spans, (len(text), 0)]
    for (_, end), (start, _) in itertools.pairwise(edges):
        assert start >= end
        assert not text[end:start].strip()
    found = asking(text, None)
    assert set(found.ranges) <= set(spans)
    assert (found.short_text is None) == (len(text) <= SHORT_LENGTH)
    assert len(found.short_text or "") <= SHORT_LENGTH
