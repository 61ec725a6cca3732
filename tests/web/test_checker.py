"""The quote checker: addresses, forms, marks, articles."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from app.quotes import DifferenceKind
from app.web.quotation_marks import Piece, PieceKind, context, mark
from app.web.reader.quotes import is_article

INTERVIEW = """\
Q: How long have you kept the weir?
LORNA TIDEWELL: I have kept the weir for twenty-seven years. It cost 35 shillings a year, and the parish did not pay \
for the gate.
Q: And the frost?
FELIX BRANDRETH: We lost three geese in the frost of 1991. It was the worst winter of my life.
"""
METADATA = """\
title = "The weir & the <b>frost</b>"
published = "2024-05-01"
[[speakers]]
labels = ["LORNA TIDEWELL"]
name = "Lorna Tidewell"
role = "interviewee"
[[speakers]]
labels = ["FELIX BRANDRETH"]
name = "Felix Brandreth"
role = "interviewee"
"""


@pytest.fixture
def weir(load: Callable[..., Any], client: TestClient) -> TestClient:
    load(INTERVIEW, METADATA)
    return client


def _text(page: str) -> str:
    """The words of a page as they are read, without what only a screen reader says."""
    body = re.sub(r'<span class="unseen">.*?</span>', "", page[page.index("<main") :])
    return " ".join(unescape(re.sub(r"<[^>]+>", "", body)).split())


def test_a_quotation_is_led_to_its_address_and_marked_there(weir: TestClient) -> None:
    posted = weir.post(
        "/quotes", data={"text": "It cost 45 shillings a year", "speaker": "Tidewell"}, follow_redirects=False
    )
    assert posted.status_code == 303
    assert parse_qs(urlsplit(posted.headers["Location"]).query) == {
        "q": ["It cost 45 shillings a year"],
        "speaker": ["Tidewell"],
    }
    page = weir.get(posted.headers["Location"])
    assert "max-age" in page.headers["Cache-Control"]
    assert "Lorna Tidewell said this, but the number is different: 35, not 45." in _text(page.text)
    assert re.search(r"<del><span[^>]*>[^<]*</span>45</del>\s*<ins><span[^>]*>[^<]*</span>35</ins>", page.text)
    assert "<mark>It cost 35 shillings a year</mark>" in page.text
    assert "The weir &amp; the &lt;b&gt;frost&lt;/b&gt;" in page.text
    assert "How to cite this" in page.text
    [place] = re.findall(r'<a href="([^"]+)">Read it in its place', page.text)
    assert weir.get(unescape(place)).status_code == 200


def test_somebody_else_is_named_and_unknown_names_are_refused(weir: TestClient) -> None:
    page = weir.get("/quotes", params={"q": "It was the worst winter of my life.", "speaker": "Lorna Tidewell"})
    assert "Felix Brandreth said this, not Lorna Tidewell." in _text(page.text)
    browser = {"Accept": "text/html"}
    unknown = weir.get("/quotes", params={"q": "It was", "speaker": "Lorna Tidewel of Nowhere"}, headers=browser)
    assert unknown.status_code == 422
    assert weir.get("/quotes", params={"q": "It was", "speaker": "lorna-tidewell"}).status_code == 200


def test_an_article_is_checked_and_stored_nowhere(weir: TestClient) -> None:
    article = (
        "Lorna Tidewell kept the weir. “It cost 35 shillings a year,” Tidewell said.\r\n\r\n"
        "“We lost five geese in the frost of 1991,” said Felix Brandreth. Tidewell added: “It was the worst winter of "
        "my life.” Nobody ever said “the moon is made of river mud and slate”."
    )
    page = weir.post("/quotes", data={"text": article})
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    words = _text(page.text)
    assert "4 quotations checked" in words
    assert "1 said so" in words
    assert "2 not said so" in words
    assert "1 not found" in words
    assert "the number is different: three, not five" in words
    assert "Felix Brandreth said this, not Lorna Tidewell." in words
    for address in re.findall(r'<a href="(/quotes[^"]+)">Address of this check', page.text):
        assert weir.get(unescape(address)).status_code == 200


def test_what_is_an_article_and_what_a_quotation() -> None:
    for quotation in (
        "It was the worst winter of my life.",
        "“It was the worst winter of my life.”",
        '"It was … the worst winter [ever]."',
        "It was.\n\nIt is no more.",
    ):
        assert not is_article(quotation), quotation
    for article in (
        "“It was the worst winter of my life,” Lorna said.",
        "She said: “It was the worst winter.” He said: “It was the very best winter.”",
        "word " * 3_000,
    ):
        assert is_article(article), article


@pytest.mark.parametrize("text", ["", "  ", "…", "“”"])
def test_a_form_without_words_is_refused(weir: TestClient, text: str) -> None:
    assert weir.post("/quotes", data={"text": text}).status_code == 422


def test_forms_that_cannot_be_read_are_refused(weir: TestClient) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for body, headers in (
        (b"text=%ff%fe", form),
        (b"text=x&other=y", form),
        (b"&".join(b"text=x" for _ in range(20)), form),
        (b'{"text": "x"}', {"Content-Type": "application/json"}),
        (b"text=" + b"x" * 1_000_000, form),
    ):
        assert weir.post("/quotes", content=body, headers=headers).status_code in {413, 422}, body[:40]
    assert weir.get("/quotes?q=x&colour=red").status_code == 422
    assert weir.get("/quotes?q=x&q=y").status_code == 422


def test_a_long_article_fits(weir: TestClient) -> None:
    article = "Там не было “ничего подобного никогда” и всё. " * 800
    assert weir.post("/quotes", data={"text": article}).status_code == 200


def test_hostile_words_are_inert(weir: TestClient) -> None:
    hostile = '"><script>alert(1)</script> \u202e it cost 35 shillings <img src=x onerror=alert(1)> {{ 7*7 }}'
    for page in (
        weir.get("/quotes", params={"q": hostile}),
        weir.post("/quotes", data={"text": f"He said: “{hostile}” and she said: “{hostile}”."}),
    ):
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "{{ 7*7 }}" in page.text


def _difference(kind: DifferenceKind, text: str, quoted: str, stands: str) -> dict[str, Any]:
    start = text.index(quoted) if quoted else 0
    return {
        "telling": [],
        "kind": kind, "quoted": quoted, "quoted_start": start, "quoted_end": start + len(quoted), "stands": stands,
    }  # fmt: skip


def test_marks_show_each_kind_of_difference_in_order() -> None:
    text = "It cost 45 shillings … [he] paid"
    pieces = mark(
        text,
        [
            _difference(DifferenceKind.TYPOGRAPHY, text, "It", "it"),
            _difference(DifferenceKind.REPLACED, text, "45", "35"),
            _difference(DifferenceKind.OMITTED, text, "…", "a year, and"),
            _difference(DifferenceKind.INSERTED, text, "[he]", "my cousin"),
        ],
    )
    assert [(one.kind, one.text) for one in pieces if one.kind is not PieceKind.SAME] == [
        (PieceKind.WRITTEN, "It"),
        (PieceKind.NOT_SAID, "45"),
        (PieceKind.SAID, "35"),
        (PieceKind.MARKED, "…"),
        (PieceKind.MARKED_FOR, "a year, and"),
        (PieceKind.MARKED, "[he]"),
        (PieceKind.MARKED_FOR, "my cousin"),
    ]
    # What is quoted stays as it is.
    own = (PieceKind.SAID, PieceKind.MARKED_FOR)
    assert "".join(one.text for one in pieces if one.kind not in own).split() == text.split()


def test_words_that_are_left_out_stand_apart_from_others() -> None:
    left_out = {
        "telling": [],
        "kind": DifferenceKind.LEFT_OUT,
        "quoted": "",
        "quoted_start": 8,
        "quoted_end": 8,
        "stands": "not",
    }
    assert "".join(one.text for one in mark("they did pay", [{**left_out, "quoted_start": 9, "quoted_end": 9}])) == (
        "they did not pay"
    )
    end = {**left_out, "quoted_start": 8, "quoted_end": 8}
    assert "".join(one.text for one in mark("they did", [end])) == "they did not"
    chinese = {**left_out, "quoted_start": 1, "quoted_end": 1, "stands": "不"}
    assert "".join(one.text for one in mark("他去", [chinese])) == "他不去"
    assert mark("same", []) == [Piece(PieceKind.SAME, "same")]


def test_context_ends_where_words_do() -> None:
    match = {"before": "rd of the river and ", "after": ", and then the wa"}
    assert context(match, 10) == ("… of the river and ", ", and then the …")
    assert context(match, 100) == (match["before"], match["after"])
