"""Texts as HTML that is safe to put into a page: a few elements, links to the web, and no other attribute.

Everything that is not understood is escaped. The words stay the same; only typography is added.
"""

import html
import re
from functools import cache
from typing import Any

_PARAGRAPHS = re.compile(r"\n{2,}")
# Tags of captions. Readers take them out; what comes from elsewhere may have them.
_CAPTION_TAG = re.compile(
    r"</?(?:c|i|b|u|s|v|lang|ruby|rt|font)(?:[.\s][^<>]{0,200})?>|<[0-9:.,]{5,16}>|\{\\[^{}]{0,200}\}", re.IGNORECASE
)
# Images are read from other servers, which would learn who reads.
_NOT_SHOWN = ("image", "html_inline", "html_block")
_LINK = re.compile(r"(?:https?|mailto):", re.IGNORECASE)


def plain_html(text: str) -> str:
    """Write plain text: paragraphs, and lines as they are broken."""
    return "".join(f"<p>{_escape(each).replace(chr(10), '<br>')}</p>" for each in _paragraphs(text))


def captions_html(text: str) -> str:
    """Write the text of captions: without their tags, and with lines that flow, since they were cut for a screen."""
    return "".join(f"<p>{_escape(each)}</p>" for each in _paragraphs(_CAPTION_TAG.sub("", text)))


def markdown_html(text: str) -> str:
    """Write Markdown (CommonMark) in which HTML is text."""
    return str(_parser().render(text))


def _paragraphs(text: str) -> list[str]:
    return [each for each in _PARAGRAPHS.split(text.strip("\n")) if each]


def _escape(text: str) -> str:
    # A browser drops a null character, or ends there.
    return html.escape(text.replace("\0", "\ufffd"))


@cache
def _parser() -> Any:
    # Most processes write no Markdown.
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).disable([*_NOT_SHOWN])
    parser.validateLink = lambda url: bool(_LINK.match(url.strip()))  # type: ignore[method-assign]  # as documented
    for kind in ("fence", "code_block"):
        parser.add_render_rule(kind, _code)
    return parser


def _code(_renderer: Any, tokens: Any, place: int, *_: Any) -> str:
    """Write code without the class of its language."""
    return f"<pre><code>{html.escape(tokens[place].content)}</code></pre>\n"
