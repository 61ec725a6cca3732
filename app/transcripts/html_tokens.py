"""Cuts HTML into tags and text, each with its place in the source.

No library serves: lxml, html5lib and selectolax give no offsets, html.parser (on Python 3.11) and tree-sitter-html take
quadratic time for some broken pages, and turbohtml tells where a token begins but not where it ends. So tags are found
here, in one pass and without recursion, as the HTML standard delimits them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.transcripts.source import Source

# Possessive quantifiers never give characters back, so that no input makes a match slow.
_TAG = re.compile(
    r"""<(?P<slash>/?)(?P<name>[A-Za-z][^\s/>]*+)(?P<attributes>(?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+'|)|["'])*+)>"""
)
_MARKUP = re.compile(r"<[A-Za-z/!?]")
_LETTER = re.compile(r"[A-Za-z]")
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?+""")
# Attributes of one tag that are read; more are ignored.
_MAX_ATTRIBUTES = 10_000
_RAW = frozenset(("script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp"))


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag with its place in the source. Attributes are as written, with references.

    For an element whose content is not markup, such as <script>, the content is from `end` up to `raw_end`; else
    `raw_end` is 0.
    """

    name: str
    start: int
    end: int
    is_end: bool
    attributes: dict[str, str]
    raw_end: int = 0


def tokens(source: Source, at: int) -> Iterator[Tag | tuple[int, int]]:
    """Yield tags and ranges of text from an offset on, without comments, declarations and instructions."""
    text = source.text
    while markup := _MARKUP.search(text, at):
        less = markup.start()
        if less > at:
            yield at, less
        following = text[less + 1 : less + 2]
        if following in {"!", "?"} or (following == "/" and not _LETTER.match(text, less + 2)):
            at = _declaration_end(source, less)
        else:
            tag = _tag(source, less)
            yield tag
            at = tag.raw_end or tag.end
    if at < len(text):
        yield at, len(text)


def _declaration_end(source: Source, start: int) -> int:
    text = source.text
    if not text.startswith("<!--", start):
        end = text.find(">", start)
        if end < 0:
            raise source.error("a declaration begins here and never ends", start)
        return end + 1
    for short in ("<!-->", "<!--->"):
        if text.startswith(short, start):
            return start + len(short)
    end = text.find("-->", start + 4)
    if end < 0:
        raise source.error("a comment begins here and never ends", start)
    return end + 3


def _tag(source: Source, start: int) -> Tag:
    match = _TAG.match(source.text, start)
    if match is None:
        raise source.error("a tag begins here and never ends", start)
    name, end = match["name"].lower(), match.end()
    if match["slash"]:
        return Tag(name, start, end, True, {})
    tag = Tag(name, start, end, False, _attributes(match["attributes"]))
    if name not in _RAW:
        return tag
    closing = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(source.text, end)
    if closing is None:
        raise source.error(f"<{name}> begins here and never ends", start)
    return Tag(name, start, end, False, tag.attributes, closing.start())


def _attributes(text: str) -> dict[str, str]:
    attributes: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        if len(attributes) >= _MAX_ATTRIBUTES:
            break
        attributes.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
    return attributes
