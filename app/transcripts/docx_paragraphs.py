"""Reads the paragraphs of a Word document's XML, in reading order.

python-docx does not serve: it parses with lxml, and knows neither tracked changes nor footnotes.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.transcripts.docx_archive import WordArchive
from app.transcripts.paragraphs import Paragraph, ParagraphBuilder
from app.transcripts.xml import Element, XmlText

_SILENT = frozenset({"del", "moveFrom", "instrText", "delText", "Fallback", "rPr", "pPr", "sectPr", "tblPr", "tcPr"})
_CHARACTERS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_HEADING_STYLE = re.compile(
    r"(?:heading|title|subtitle|überschrift|titre|titel|título|título|titolo)\s?\d?", re.IGNORECASE
)
_OFF = frozenset({"0", "false", "off"})


class ParagraphReader:
    """Collects the paragraphs of the main document, each followed by the footnotes that it refers to."""

    def __init__(self, parts: WordArchive) -> None:
        folder = parts.main().rpartition("/")[0]
        self._styles = _Styles(parts.read(f"{folder}/styles.xml"))
        self._notes = {
            kind: {_attribute(note, "id"): note for note in notes.elements(kind)}
            for kind in ("footnote", "endnote")
            if (notes := parts.read(f"{folder}/{kind}s.xml"))
        }
        self._paragraphs: list[Paragraph] = []
        self.left_out: Counter[str] = Counter()

    def paragraphs(self, main: Element) -> list[Paragraph]:
        """Return the paragraphs of the main document and its notes that hold text."""
        waiting = [main]
        while waiting:
            element = waiting.pop()
            if element.name in _SILENT:
                continue
            if element.name == "p":
                self._take(self._paragraph(element))
            elif element.name == "tr":
                self._take(self._row(element))
            else:
                waiting.extend(child for child in reversed(element.children) if isinstance(child, Element))
        return self._paragraphs

    def _take(self, built: "_WordParagraph") -> None:
        paragraph = built.paragraph()
        if paragraph:
            self._paragraphs.append(paragraph)
        for kind, identifier in built.references:
            note = self._notes.get(kind, {}).get(identifier)
            inner = [self._paragraph(each).paragraph() for each in note.elements("p")] if note else []
            text = "\n".join(each.text for each in inner if each)
            if text:
                self._paragraphs.append(Paragraph(text, note=True))
        for boxed in built.boxed:
            self._take(self._paragraph(boxed))

    def _paragraph(self, element: Element) -> "_WordParagraph":
        style = element.first("pPr", "pStyle")
        identifier = _attribute(style, "val") if style else ""
        built = _WordParagraph(heading=identifier in self._styles.headings)
        bold = identifier in self._styles.bold
        waiting: list[tuple[Element | XmlText, bool]] = [(child, bold) for child in reversed(element.children)]
        while waiting:
            node, bold = waiting.pop()
            if isinstance(node, XmlText) or node.name in _SILENT:
                if isinstance(node, Element) and node.name in {"del", "moveFrom"} and node.first("delText"):
                    self.left_out["deleted passages"] += 1
                continue
            if node.name == "p":
                built.boxed.append(node)
            elif node.name == "t":
                built.add("".join(run.text for run in node.runs()), bold)
            elif not self._character(node, built, bold):
                if node.name == "r":
                    bold = self._styles.is_bold(node, bold)
                waiting.extend((child, bold) for child in reversed(node.children))
        return built

    def _character(self, node: Element, built: "_WordParagraph", bold: bool) -> bool:
        """Add an element that means a character or a note; return whether it is one."""
        if node.name in {"footnoteReference", "endnoteReference"}:
            built.references.append((node.name.removesuffix("Reference"), _attribute(node, "id")))
        elif node.name == "br":
            built.add("\n" if _attribute(node, "type") in {"", "textWrapping"} else "", bold)
        elif node.name in _CHARACTERS:
            built.add(_CHARACTERS[node.name], bold)
        elif node.name == "commentReference":
            self.left_out["comments"] += 1
        elif node.name == "sym":
            self.left_out["symbols of special fonts"] += 1
        else:
            return False
        return True

    def _row(self, row: Element) -> "_WordParagraph":
        """Join the cells of a row by tabs; the first one may be a label."""
        whole = _WordParagraph()
        length = 0
        waiting: list[Element | XmlText] = list(reversed(row.children))
        while waiting:
            node = waiting.pop()
            if isinstance(node, XmlText) or node.name in _SILENT:
                continue
            if node.name != "tc":
                waiting.extend(reversed(node.children))
                continue
            lines = [self._paragraph(each) for each in node.elements("p")]
            text = "\n".join(line for built in lines if (line := built.text().strip()))
            if text and length:
                whole.cell = whole.cell or length
                whole.add("\t", bold=False)
            whole.add(text, bold=False)
            length += len(text)
            for built in lines:
                whole.references += built.references
        return whole


@dataclass
class _WordParagraph(ParagraphBuilder):
    """A paragraph of a Word document while it is read, with the notes and text boxes that it refers to."""

    references: list[tuple[str, str]] = field(default_factory=list)
    boxed: list[Element] = field(default_factory=list)


class _Styles:
    """The styles that are bold and those that are headings, by themselves or by the styles they are based on."""

    def __init__(self, root: Element | None) -> None:
        styles = {_attribute(each, "styleId"): each for each in root.elements("style")} if root else {}
        self.bold: set[str] = set()
        self.headings: set[str] = set()
        for identifier in styles:
            chain = list(self._chain(identifier, styles))
            if any(_HEADING_STYLE.fullmatch(_value(each, "name") or "") for each in chain):
                self.headings.add(identifier)
            stated = next((bold for each in chain if (bold := _switch(each)) is not None), False)
            if stated:
                self.bold.add(identifier)

    @staticmethod
    def _chain(identifier: str, styles: dict[str, Element]) -> Iterator[Element]:
        for _ in range(20):
            style = styles.get(identifier)
            if style is None:
                return
            yield style
            identifier = _value(style, "basedOn") or ""

    def is_bold(self, run: Element, bold: bool) -> bool:
        """Whether a run is bold: by its own properties, by its style, or else like its paragraph."""
        stated = _switch(run)
        if stated is not None:
            return stated
        properties = run.first("rPr")
        style = _value(properties, "rStyle") if properties else None
        return bold or style in self.bold


def _attribute(element: Element, name: str) -> str:
    """Return an attribute by its name without prefix, or an empty string."""
    return next((value for key, value in element.attributes.items() if key.rpartition(":")[2] == name), "")


def _value(element: Element, name: str) -> str | None:
    found = next((each for each in element.children if isinstance(each, Element) and each.name == name), None)
    return _attribute(found, "val") if found else None


def _switch(element: Element) -> bool | None:
    """Return whether an element's run properties set bold; None if they do not mention it."""
    properties = next((each for each in element.children if isinstance(each, Element) and each.name == "rPr"), None)
    bold = properties.first("b") if properties else None
    return _attribute(bold, "val").lower() not in _OFF if bold else None
