"""Reads the paragraphs of an OpenDocument text's XML, in reading order."""

import re
from collections import Counter
from collections.abc import Iterable

from app.transcripts.paragraphs import Paragraph, ParagraphBuilder
from app.transcripts.xml import Element, XmlText

# What is no part of the text: comments, deleted passages, contents lists, definitions of fields and shapes.
_LEFT_OUT = {
    "annotation": "comments",
    "tracked-changes": "deleted passages",
    "table-of-content": "contents lists",
    "alphabetical-index": "indexes",
    "bibliography": "bibliographies",
    "illustration-index": "indexes",
}
_SILENT = frozenset(
    (
        *("annotation-end", "sequence-decls", "variable-decls", "user-field-decls", "forms", "dde-connection-decls"),
        *(
            "note-citation",
            "ruby-text",
            "event-listeners",
            "script",
            "desc",
            "title",
            "image",
            "object",
            "tracked-changes",
        ),
        *("page-number", "page-count", "soft-page-break", "bookmark-ref"),
    )
)
_SPACE = re.compile(r"[ \t\r\n]+")
# Spaces that one element can stand for, at most.
_MOST_SPACES = 200
_LONGEST_CHAIN = 20
_HEADING_STYLE = re.compile(r"(?:heading|title|subtitle)(?:_20_\d{1,2})?", re.IGNORECASE)


class OdtParagraphReader:
    """Collects the paragraphs of a document, each followed by the notes inside it."""

    def __init__(self, roots: Iterable[Element]) -> None:
        self._styles: dict[str, Element] = {}
        for root in roots:
            for style in root.elements("style"):
                name = _attribute(style, "name")
                if name:
                    self._styles.setdefault(name, style)
        self._bold: dict[str, bool | None] = {}
        self._paragraphs: list[Paragraph] = []
        self.left_out: Counter[str] = Counter()

    def paragraphs(self, body: Element) -> list[Paragraph]:
        """Return the paragraphs and notes below an element."""
        waiting = [body]
        while waiting:
            element = waiting.pop()
            if self._is_left_out(element):
                continue
            if element.name in {"p", "h"}:
                self._take(element)
            elif element.name == "table-row":
                self._row(element)
            else:
                waiting.extend(child for child in reversed(element.children) if isinstance(child, Element))
        return self._paragraphs

    def _is_left_out(self, element: Element) -> bool:
        if what := _LEFT_OUT.get(element.name):
            self.left_out[what] += 1
        return what is not None or element.name in _SILENT

    def _take(self, element: Element) -> None:
        built, notes, boxed = self._paragraph(element)
        if paragraph := built.paragraph():
            self._paragraphs.append(paragraph)
        self._take_notes(notes)
        for each in boxed:
            self._take(each)

    def _take_notes(self, notes: list[Element]) -> None:
        for note in notes:
            texts = [self._paragraph(each)[0].text().strip() for each in note.elements("p")]
            if text := "\n".join(filter(None, texts)):
                self._paragraphs.append(Paragraph(text, note=True))

    def _row(self, row: Element) -> None:
        """Join the cells of a row by tabs; the first one may be a label."""
        whole, length, notes = ParagraphBuilder(), 0, list[Element]()
        for cell in row.children:
            if not isinstance(cell, Element) or cell.name != "table-cell":
                continue
            lines = []
            for each in cell.elements("p", "h"):
                built, inner, _ = self._paragraph(each)
                lines.append(built.text().strip())
                notes += inner
            text = "\n".join(filter(None, lines))
            if text and length:
                whole.cell = whole.cell or length
                whole.add("\t", bold=False)
            whole.add(text, bold=False)
            length += len(text)
        if paragraph := whole.paragraph():
            self._paragraphs.append(paragraph)
        self._take_notes(notes)

    def _paragraph(self, element: Element) -> tuple[ParagraphBuilder, list[Element], list[Element]]:
        """Return a paragraph, the notes inside it, and the paragraphs of text boxes in it."""
        style = _attribute(element, "style-name")
        built = ParagraphBuilder(heading=element.name == "h" or self._is_heading(style))
        notes, boxed = list[Element](), list[Element]()
        bold = bool(self._is_bold(style))
        waiting: list[tuple[Element | XmlText, bool]] = [(child, bold) for child in reversed(element.children)]
        while waiting:
            node, bold = waiting.pop()
            if isinstance(node, XmlText):
                before = built.runs[-1][0] if built.runs else " "
                text = _SPACE.sub(" ", node.text)
                built.add(text.removeprefix(" ") if before[-1:] in {" ", "\n", "\t"} else text, bold)
            elif node.name == "note":
                notes.append(node)
            elif self._is_left_out(node):
                continue
            elif node.name in {"p", "h"}:
                boxed.append(node)
            elif node.name == "s":
                count = _attribute(node, "c")
                built.add(" " * min(int(count) if count.isdecimal() and len(count) < 6 else 1, _MOST_SPACES), bold)
            elif node.name in {"tab", "line-break"}:
                built.add("\t" if node.name == "tab" else "\n", bold)
            else:
                if node.name == "span" and (own := self._is_bold(_attribute(node, "style-name"))) is not None:
                    bold = own
                waiting.extend((child, bold) for child in reversed(node.children))
        return built, notes, boxed

    def _chain(self, name: str) -> Iterable[Element]:
        for _ in range(_LONGEST_CHAIN):
            style = self._styles.get(name)
            if style is None:
                return
            yield style
            name = _attribute(style, "parent-style-name")

    def _is_bold(self, name: str) -> bool | None:
        """Return whether a style is bold, by itself or by the styles that it is based on; None if none says so."""
        if name not in self._bold:
            self._bold[name] = next(
                (
                    weight == "bold" or weight in {"600", "700", "800", "900"}
                    for style in self._chain(name)
                    for properties in style.elements("text-properties")
                    if (weight := _attribute(properties, "font-weight"))
                ),
                None,
            )
        return self._bold[name]

    def _is_heading(self, name: str) -> bool:
        return any(_HEADING_STYLE.fullmatch(_attribute(style, "name")) for style in self._chain(name))


def _attribute(element: Element, name: str) -> str:
    """Return an attribute by its name without prefix, or an empty string."""
    return next((value for key, value in element.attributes.items() if key.rpartition(":")[2] == name), "")
