"""Marks stand around the very characters that a range counts, in every format, and the words stay the same."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.completing import WRITERS
from app.transcripts.transcript import TextFormat
from app.web.marking import Marked, marked_html

TEXT = "He said *very* clearly: **no**.\n\n- one\n- two & three\n\n> quoted [link](https://x.example/a b) <b>"


def _marked(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", page, re.DOTALL))))


def _unmarked(page: str) -> str:
    return re.sub(r"</?(?:mark|span)[^>]*>", "", page)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("He said", "He said"),
        ("*very* clearly", "very clearly"),
        ("clearly: **no**.\n\n- one\n- two", "clearly: no.onetwo"),
        ("- one", "one"),
        ("> quoted", "quoted"),
        ("two & three", "two & three"),
        ("said *ve", "said ve"),
        ("link", "link"),
    ],
)
def test_passage_of_markdown_is_marked(words: str, shown: str) -> None:
    start = TEXT.index(words)
    page = marked_html(TEXT, TextFormat.MARKDOWN, [Marked(start, start + len(words), anchor="passage")])
    assert _marked(page) == shown
    assert page.count('id="passage"') == 1
    assert _unmarked(page) == WRITERS[TextFormat.MARKDOWN](TEXT)


def test_range_inside_of_an_address_marks_at_least_the_text() -> None:
    start = TEXT.index("x.example")
    page = marked_html(TEXT, TextFormat.MARKDOWN, [Marked(start, start + 4, anchor="passage")])
    assert _unmarked(page) == WRITERS[TextFormat.MARKDOWN](TEXT)


@given(
    st.text(st.sampled_from("ab *_[]()<>&\n#-1.\ue000é好א"), max_size=40),
    st.integers(0, 40),
    st.integers(0, 40),
    st.sampled_from(list(TextFormat)),
)
def test_marks_change_nothing_else(text: str, start: int, end: int, text_format: TextFormat) -> None:
    page = marked_html(text, text_format, [Marked(start, end), Marked(0, 3, "span", "asks")])
    assert _unmarked(page) == WRITERS[text_format](text)
    assert page.count("<mark") == page.count("</mark>")


@given(st.text(st.sampled_from("ab c\n<&\ue000好א"), max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_marks_of_plain_text_have_its_very_characters(text: str, start: int, end: int) -> None:
    page = marked_html(text, TextFormat.PLAIN, [Marked(start, end)])
    assert _marked(page).split() == text[start:end].split() or _marked(page).replace(" ", "") == re.sub(
        r"\s", "", text[start:end]
    )


def test_ranges_may_overlap() -> None:
    page = marked_html("one two three", TextFormat.PLAIN, [Marked(0, 7), Marked(4, 13, "span", "asks")])
    assert page == '<p><mark>one </mark><mark><span class="asks">two</span></mark><span class="asks"> three</span></p>'


def test_label_and_text_are_escaped() -> None:
    page = marked_html("<b>█", TextFormat.PLAIN, [Marked(3, 4, "span", "redacted", label='"><script>')])
    assert page == (
        '<p>&lt;b&gt;<span class="redacted" role="img" aria-label="&#34;&gt;&lt;script&gt;"'
        ' title="&#34;&gt;&lt;script&gt;">█</span></p>'
    )
