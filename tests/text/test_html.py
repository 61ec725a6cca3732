from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.html import captions_html, markdown_html, plain_html
from tests.profiles import examples

WRITERS = (plain_html, captions_html, markdown_html)
ELEMENTS = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong",
    "ul",
}  # fmt: skip
ATTRIBUTES = {("a", "href"), ("a", "title"), ("ol", "start")}
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](javascript:alert(1))",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](//evil.example)",
    '[x](https://a.example "\\" onmouseover=\\"alert(1)")',
    "<javascript:alert(1)>",
    "<https://a.example/\"onmouseover='x'>",
    "```\"><script>\nx\n```",
    "<style>p{}</style>",
    "<a href='javascript:x' onclick=x>",
    "<svg/onload=alert(1)>",
    "<i onclick=x>a</i>",
    "<<i>script>alert(1)<</i>/script>",
    "{\\an8}<c.red>&lt;script&gt;</c>",
    "\0<scr\0ipt>",
    "<!--", "-->", "<![CDATA[", "&lt;", "&#60;script&#62;", "\\<b>", "[a]: javascript:x", "[a]",
)  # fmt: skip


class _Reader(HTMLParser):
    """Reads HTML as a browser does, and says what it has."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.other: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {(tag, name) for name, _value in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        self.other.append(data)


def _check(html: str) -> None:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.elements <= ELEMENTS
    assert reader.attributes <= ATTRIBUTES
    assert all(link.lower().startswith(("http://", "https://", "mailto:")) for link in reader.links)
    assert not reader.other


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("write", WRITERS)
def test_hostile_text_becomes_no_element_and_no_attribute(write: object, text: str) -> None:
    assert callable(write)
    _check(write(text))


@given(
    st.lists(
        st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8), st.sampled_from("<>&\"'`*_[]()!#\n \t\\")), max_size=12
    )
)
@settings(max_examples=examples(200), deadline=None)
def test_no_text_becomes_what_is_not_allowed(parts: list[str]) -> None:
    for write in WRITERS:
        _check(write("".join(parts)))


def test_plain_text_keeps_its_lines_and_captions_let_them_flow() -> None:
    assert plain_html("a < b\nc\n\nd") == "<p>a &lt; b<br>c</p><p>d</p>"
    assert captions_html("a\nb <i>c</i>") == "<p>a\nb c</p>"


def test_markdown_is_marked_up() -> None:
    assert markdown_html("*a* **b**\n\n- c\n\n> d") == (
        "<p><em>a</em> <strong>b</strong></p>\n<ul>\n<li>c</li>\n</ul>\n<blockquote>\n<p>d</p>\n</blockquote>\n"
    )
