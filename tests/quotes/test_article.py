import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quotes.article import find_quotations
from app.quotes.quoted import ClaimedSpeaker


def texts(article: str) -> list[str]:
    return [one.text for one in find_quotations(article)]


def names(article: str) -> list[str | None]:
    return [one.attribution.name if one.attribution else None for one in find_quotations(article)]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("“", "”"), ("„", "“"), ("„", "”"), ("”", "”"), ("«", "»"), ("« ", " »"), ("»", "«"), ("‹", "›"), ("「", "」"),
        ("『", "』"), ('"', '"'), ("'", "'"), ("‘", "’"), ("‚", "‘"), ("＂", "＂"),
    ],
)  # fmt: skip
def test_marks_of_every_tradition_are_known(opening: str, closing: str) -> None:
    [found] = find_quotations(f"It was like this: {opening}we said so today{closing}, and so on.")
    assert found.text.strip() == "we said so today"


def test_an_apostrophe_is_no_mark() -> None:
    assert texts("It's John's, the boys' and the '90s' and rock 'n' roll.") == []
    assert texts("'It's the boys' turn to go,' he said.") == ["It's the boys' turn to go,"]
    assert texts("‘I don’t think it’s right’, she said.") == ["I don’t think it’s right"]


def test_a_quotation_keeps_those_inside_it() -> None:
    assert texts("“She told me ‘no way in hell’ twice,” he said.") == ["She told me ‘no way in hell’ twice,"]
    assert texts("\"She told me 'no way in hell' twice,\" he said.") == ["She told me 'no way in hell' twice,"]


def test_an_interrupted_quotation_is_one_with_parts() -> None:
    [found] = find_quotations("“We did it,” Jane Doe said, “and we were right.”")
    assert found.text == "We did it, and we were right."
    assert [part.text for part in found.parts] == ["We did it,", "and we were right."]
    assert texts("“We did it today,” said Jane Doe. “And we were right.”") == ["We did it today,", "And we were right."]


def test_a_quotation_runs_over_paragraphs_that_open_it_again() -> None:
    article = "“The first goes on.\n\n“The second ends,” said Jane Doe."
    assert texts(article) == ["The first goes on.\n\nThe second ends,"]
    assert texts("“This one is never closed.\n\nNext: “this one here is closed.”") == ["this one here is closed."]


def test_block_quotes_are_quotations() -> None:
    article = "He wrote:\n\n> You have power\n> over your mind.\n>\n> — Marcus Aurelius\n\nThat is all."
    [found] = find_quotations(article)
    assert found.text == "You have power\nover your mind."
    assert found.attribution == ClaimedSpeaker("Marcus Aurelius")
    assert texts("> “You have power over it,” he said.") == ["You have power over it,"]


def test_what_is_no_prose_has_no_quotations() -> None:
    article = (
        '---\ntitle: "A title that is long"\n---\n<a title="not a quotation here">x</a> `"nor this one here"`\n'
        '```\n"nor is this one"\n```\n[x](https://example.org "nor this title here")'
    )
    assert texts(article) == []


def test_short_quotations_are_left_out_unless_asked_for() -> None:
    assert texts("The “so-called” reform and its “big idea”.") == []
    assert len(find_quotations("The “big idea” of it.", fewest_words=1)) == 1


def test_places_are_lines_and_columns() -> None:
    article = "One.\n\nTwo: “we said so today”."
    [found] = find_quotations(article)
    assert (found.line, found.column) == (3, 7)
    assert article[found.start : found.end] == "we said so today"


@pytest.mark.parametrize(
    ("article", "name"),
    [
        ("“We said so today,” said Jane Doe.", "Jane Doe"),
        ("“We said so today,” Jane Doe said.", "Jane Doe"),
        ("“We said so today,” Jane Doe, a baker, told us.", "Jane Doe"),
        ("“We said so today,” Dr. Jane Doe explained.", "Jane Doe"),
        ("Jane Doe said: “We said so today.”", "Jane Doe"),
        ("In May, Jane Doe said that “we said so today”.", "Jane Doe"),
        ("According to Jane Doe, “we said so today”.", "Jane Doe"),
        ("Jane Doe: “We said so today.”", "Jane Doe"),
        ("**Jane Doe:** “We said so today.”", "Jane Doe"),
        ("“We said so today.” — Jane Doe", "Jane Doe"),
        ("„Wir haben es so gesagt“, sagte Anna von Berg.", "Anna von Berg"),
        ("« Nous l’avons bien dit », a dit Paul Roy.", "Paul Roy"),
        ("«Мы так и сказали», сказал Иван Петров.", "Иван Петров"),
        ("王小明说：「我們這樣說了」", "王小明"),
        ("“We said so today,” the weather being fine.", None),
        ("The mayor told Jane Doe: “We said so today.”", None),
    ],
)
def test_words_beside_a_quotation_name_who_says_it(article: str, name: str | None) -> None:
    assert names(article) == [name]


def test_a_pronoun_means_the_last_one_named_and_says_so() -> None:
    first, second = find_quotations("“We said so today,” said Jane Doe.\n\n“And we were right,” she added.")
    assert first.attribution == ClaimedSpeaker("Jane Doe")
    assert second.attribution == ClaimedSpeaker("Jane Doe", is_inferred=True)
    assert names("“And we were right,” she added.") == [None]


@given(st.text(alphabet="ab “”\"'’‘«»„\n>—.,:A`*[](){}<>-", max_size=300))
def test_any_article_is_read(article: str) -> None:
    for one in find_quotations(article, fewest_words=1):
        assert 0 <= one.start <= one.end <= len(article)
        assert one.line == article.count("\n", 0, one.start) + 1


@pytest.mark.parametrize(
    ("article", "kind"),
    [
        ("Her essay “The rope walk in winter”, published in 1999, is out of print.", "title"),
        ("Jane Doe’s essay “Who owns the rope walk?” won a prize.", "title"),
        ("Son livre « La corderie en hiver » est épuisé.", "title"),
        ("See “Ropes of the North” (Doe, 1999).", "title"),
        ("They run a “no questions asked” policy.", "term"),
        ("What locals call “the big rope” is a street.", "term"),
        ("Jane Doe called it “an act of great folly”.", "quotation"),
        ("Jane Doe described the book as “a work of genius by any measure”.", "quotation"),
        ("Jane Doe said “we won the war at last”.", "quotation"),
    ],
)
def test_titles_and_terms_are_told_from_what_is_said(article: str, kind: str) -> None:
    assert [one.kind for one in find_quotations(article)] == [kind]
