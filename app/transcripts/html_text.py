"""Reads HTML as the lines of text that a browser would show, each character with its place in the source.

The standard library decodes the character references.
"""

import html
import re
from collections import Counter
from dataclasses import dataclass, field

from app.transcripts.html_attributes import bold_classes, stated_ms
from app.transcripts.html_classes import holds_speaker, inline_kind, is_of_publication, is_site, part_of
from app.transcripts.html_tokens import Tag, tokens
from app.transcripts.source import Source
from app.transcripts.transcript import Segment
from app.transcripts.turn_text import TurnText, cut

# Runs of copied text in a page, at most: this many take some 400 MB of memory. Entities and line breaks end a run.
MAX_RUNS = 500_000
_RUN = re.compile(
    r"""(?P<space>[ \t\n\r\f]++)
      | (?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?)
      | (?P<plain>(?:[^ \t\n\r\f&]|[ ](?=[^ \t\n\r\f&]))++)
      | (?P<ampersand>&(?:&(?=&))*+)""",
    re.VERBOSE,
)


_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog",
        "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
        "h6", "head", "header", "hgroup", "html", "legend", "li", "main", "menu", "nav", "noscript", "object", "ol",
        "option", "p", "pre", "search", "section", "select", "summary", "svg", "table", "tbody", "td", "template",
        "tfoot", "th", "thead", "tr", "ul", "video", "audio", "canvas", "math",
    )
)  # fmt: skip
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LINE_ELEMENTS = frozenset(("p", "dt", "dd", "summary", "td", "th", "li", "figcaption", "blockquote", "pre"))
# A start tag of the key closes an open element of the first names, unless one of the second names is inside it.
_ENDS_OPEN = {
    "li": (("li",), ("ul", "ol", "menu", "dir")),
    "dt": (("dt", "dd"), ("dl",)),
    "dd": (("dt", "dd"), ("dl",)),
    "td": (("td", "th"), ("tr", "table")),
    "th": (("td", "th"), ("tr", "table")),
    "tr": (("tr",), ("table",)),
    "option": (("option",), ("select",)),
}  # fmt: skip
# Open elements that are searched for the one that a tag closes, at most; bounds the time for deeply nested pages.
_NEAR = 30
_NEVER_SHOWN = frozenset(
    ("head", "noscript", "template", "svg", "math", "select", "button", "object", "video", "audio", "canvas", "option")
)


@dataclass(frozen=True, slots=True)
class InlineSpan:
    """A part of a line that an inline element covers: `bold`, `italic`, `cite`, `time`, `link` or `span`."""

    kind: str
    start: int
    end: int


@dataclass(slots=True)
class PageLine:
    """Text between two line or block breaks.

    `tag` is the name of its heading, paragraph, cell or the like, empty for text in none. `separator` joins it to the
    line before if both are in one turn. `part` is `question` or `answer` where a class says so. `container`, `row`
    (the table row) and `site` (navigation, form or the like that it is in) are numbers of elements of the page.
    `start_ms` is the time that an attribute of an element states with which the line begins.
    """

    text: str
    segments: tuple[Segment, ...]
    inline: list[InlineSpan]
    tag: str
    container: int
    separator: str
    row: int | None = None
    site: int | None = None
    part: str | None = None
    start_ms: int | None = None

    def covered(self, kind: str) -> bool:
        """Whether inline elements of a kind cover the whole line."""
        return sum(each.end - each.start for each in self.inline if each.kind == kind) >= len(self.text.rstrip())

    def slice(self, start: int, end: int) -> tuple[str, tuple[Segment, ...]]:
        """Return a part of the line with its segments."""
        return cut(self.text, self.segments, start, end)


@dataclass(slots=True)
class HtmlPage:
    """The lines of a page, its elements (names[n] is inside parents[n]), and the tags that hold metadata."""

    lines: list[PageLine] = field(default_factory=list)
    parents: list[int] = field(default_factory=lambda: [-1])
    names: list[str] = field(default_factory=lambda: [""])
    head: list[Tag] = field(default_factory=list)


def decode(text: str) -> str:
    """Decode the character references of an attribute or a title."""
    return _RUN.sub(lambda run: html.unescape(run.group()) if run.lastgroup == "entity" else run.group(), text)


def read_page(source: Source, start: int = 0) -> HtmlPage:
    """Read the lines of HTML from an offset on.

    Raises:
        TranscriptError: a tag, a comment or an element such as <script> never ends, so the rest would be inside it.
    """
    reading = _PageReader(source)
    for token in tokens(source, start):
        if isinstance(token, Tag):
            reading.take_tag(token)
        else:
            reading.take_text(*token)
    return reading.close()


@dataclass(slots=True)
class _OpenElement:
    """A block element whose end has not come yet; `site`, `row` and `part` as in PageLine."""

    name: str
    number: int
    hidden: bool
    site: int | None
    row: int | None
    speaker: bool
    part: str | None


class _PageReader:
    """Follows the open elements of a page, and collects the text between breaks into lines."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._page = HtmlPage()
        self._stack: list[_OpenElement] = [_OpenElement("", 0, False, None, None, False, None)]
        self._open_names: Counter[str] = Counter()
        self._inline: list[tuple[str, str | None]] = []
        self._kinds: Counter[str] = Counter()
        self._since: dict[str, int] = {}
        self._inline_spans: list[InlineSpan] = []
        self._text = TurnText()
        self._separator = "\n\n"
        self._runs = 0
        self._bold_classes: set[str] = set()
        self._start_ms: int | None = None

    def close(self) -> HtmlPage:
        self._break("\n\n")
        return self._page

    def take_tag(self, tag: Tag) -> None:
        if tag.raw_end:
            self._page.head.append(tag)
            if tag.name == "style":
                self._bold_classes |= bold_classes(self._source.text[tag.end : tag.raw_end])
        elif tag.name in {"meta", "link", "html"}:
            if not tag.is_end:
                self._page.head.append(tag)
            if tag.name == "html":
                self._take_block(tag)
        elif tag.name == "br":
            self._break("\n")
        elif tag.name == "hr":
            self._break("\n\n")
        elif tag.name in _BLOCKS:
            self._take_block(tag)
        elif tag.name not in _VOID:
            self._take_inline(tag)

    def _take_block(self, tag: Tag) -> None:
        self._break("\n\n")
        if tag.is_end:
            if self._open_names[tag.name]:
                while self._pop().name != tag.name:
                    pass
            return
        self._imply_ends(tag.name)
        page, around = self._page, self._stack[-1]
        number = len(page.parents)
        page.parents.append(around.number)
        page.names.append(tag.name)
        # A header inside an article or a section holds its title, and is not the site's.
        own_header = tag.name == "header" and any(self._open_names[name] for name in ("article", "main", "section"))
        site = around.site if around.site is not None else (number if is_site(tag) and not own_header else None)
        hidden = around.hidden or tag.name in _NEVER_SHOWN or "hidden" in tag.attributes
        row = number if tag.name == "tr" else (None if tag.name == "table" else around.row)
        speaker, part = holds_speaker(tag), part_of(tag) or around.part
        self._start_ms = stated_ms(tag)
        self._stack.append(_OpenElement(tag.name, number, hidden, site, row, speaker, part))
        self._open_names[tag.name] += 1

    def _imply_ends(self, name: str) -> None:
        """Close the elements that a start tag closes: a paragraph by any block, a list item by the next."""
        top = self._stack[-1].name
        if top == "p" or (top in HEADINGS and name in HEADINGS):
            self._pop()
        if name not in _ENDS_OPEN:
            return
        closed, borders = _ENDS_OPEN[name]
        for depth, element in enumerate(reversed(self._stack[-_NEAR:]), 1):
            if element.name in borders:
                return
            if element.name in closed:
                for _ in range(depth):
                    self._pop()
                return

    def _pop(self) -> _OpenElement:
        element = self._stack.pop()
        self._open_names[element.name] -= 1
        return element

    def _take_inline(self, tag: Tag) -> None:
        if not tag.is_end:
            if tag.name == "time" and is_of_publication(tag):
                self._page.head.append(tag)
            kind = inline_kind(tag) or self._bold_by_class(tag) or ("span" if tag.name == "span" else None)
            if not self._text and self._start_ms is None:
                self._start_ms = stated_ms(tag)
            self._inline.append((tag.name, kind))
            if kind:
                self._kinds[kind] += 1
                self._since.setdefault(kind, self._text.length)
            return
        for index in range(len(self._inline) - 1, max(len(self._inline) - 1 - _NEAR, -1), -1):
            if self._inline[index][0] == tag.name:
                kind = self._inline.pop(index)[1]
                if kind:
                    self._kinds[kind] -= 1
                    if not self._kinds[kind]:
                        self._end_inline_span(kind)
                return

    def _bold_by_class(self, tag: Tag) -> str | None:
        return "bold" if self._bold_classes.intersection(tag.attributes.get("class", "").split()) else None

    def _end_inline_span(self, kind: str) -> None:
        start = self._since.pop(kind, self._text.length)
        if self._text.length > start:
            self._inline_spans.append(InlineSpan(kind, start, self._text.length))

    def take_text(self, start: int, end: int) -> None:
        # The number of a footnote is not said.
        if self._stack[-1].hidden or self._kinds["noteref"]:
            return
        if self._open_names["pre"]:
            self._take_preformatted(start, end)
            return
        text, line = self._source.text, self._text
        for run in _RUN.finditer(text, start, end):
            if run.lastgroup == "space":
                if line and not line.last[-1:].isspace():
                    # White space of any kind and length is shown as one space; only a space is a copy of it.
                    line.copy(" ", run.start()) if run.group() == " " else line.join(" ")
            elif run.lastgroup == "entity":
                self._take_entity(run.group(), run.start(), run.end())
            else:
                self._copy(run.group(), run.start())

    def _copy(self, text: str, start: int) -> None:
        self._runs += 1
        if self._runs > MAX_RUNS:
            raise self._source.error(f"entities and line breaks cut the page into more than {MAX_RUNS:,} pieces", start)
        self._text.copy(text, start)

    def _take_preformatted(self, start: int, end: int) -> None:
        for run in re.finditer(r"\n|&[#\w]{1,32};|[^\n&]++|&", self._source.text[start:end]):
            if run.group() == "\n":
                self._break("\n")
            elif run.group().startswith("&") and len(run.group()) > 1:
                self._take_entity(run.group(), start + run.start(), start + run.end())
            else:
                self._copy(run.group(), start + run.start())

    def _take_entity(self, written: str, start: int, end: int) -> None:
        character = html.unescape(written) if len(written) < 40 else written
        if character == written:
            self._copy(written, start)
        else:
            self._text.decoded(character, start, end)

    def _break(self, separator: str) -> None:
        """End the line. After two line breaks in a row, as after a block, an empty line separates it from the next."""
        for kind in list(self._since):
            self._end_inline_span(kind)
        text, segments = self._text.stripped()
        if segments:
            self._add_line(text, segments)
            self._separator = separator
        elif self._page.lines:
            self._separator = "\n\n"
        self._text, self._inline_spans, self._start_ms = TurnText(), [], None
        self._since = {kind: 0 for kind, count in self._kinds.items() if count}

    def _add_line(self, text: str, segments: tuple[Segment, ...]) -> None:
        top = self._stack[-1]
        # Inline spans count from the first character that stripping has left.
        shift = self._text.leading
        inline = [
            InlineSpan(each.kind, max(each.start - shift, 0), min(each.end - shift, len(text)))
            for each in self._inline_spans
            if each.end > shift
        ]
        if top.speaker and len(text) <= 80:
            inline.append(InlineSpan("cite", 0, len(text)))
        self._page.lines.append(
            PageLine(
                text,
                segments,
                inline,
                self._line_tag(),
                top.number,
                self._separator,
                top.row,
                top.site,
                top.part,
                self._start_ms,
            )
        )

    def _line_tag(self) -> str:
        """Return the name of the innermost heading, term, cell, caption, paragraph or the like, or an empty string."""
        for element in reversed(self._stack[-6:]):
            if element.name in HEADINGS or element.name in _LINE_ELEMENTS:
                return element.name
        return ""
