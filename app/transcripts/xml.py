"""Parses all XML that Quoth reads: without external entities or expansion, and with the place of every run of text.

expat parses, because the trees of the standard library and of lxml do not keep where text stood. A document type, an
XInclude, or a nesting that no transcript needs is refused with its place.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn, Self
from xml.parsers import expat

from app.errors import TranscriptError
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Ledger, Segment, Turn, TurnKind

MAX_DEPTH = 200
MAX_ATTRIBUTES = 200
# Characters that sniffing examines for the root element, which comes after a short prologue.
_SNIFFED_CHARACTERS = 65_536
_XINCLUDE = re.compile(r"http://www\.w3\.org/200[13]/XInclude")
_WHITE_SPACE = " \t\r\n"


@dataclass(slots=True, eq=False)
class XmlText:
    """A run of text and its place in the source. Equal lengths mean a copy, else it is a reference such as &amp;."""

    text: str
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Element:
    """An element. Its name has no prefix, its attributes keep theirs (`xml:id`), and `start` is that of its tag."""

    name: str
    attributes: dict[str, str]
    start: int
    children: list["Element | XmlText"] = field(default_factory=list)

    def elements(self, *names: str) -> Iterator["Element"]:
        """Yield the descendants of these names, or all, in document order."""
        waiting = [child for child in reversed(self.children) if isinstance(child, Element)]
        while waiting:
            element = waiting.pop()
            if not names or element.name in names:
                yield element
            waiting.extend(child for child in reversed(element.children) if isinstance(child, Element))

    def first(self, *path: str) -> "Element | None":
        """Return the first element reached by descending through the names of the path, or None."""
        element: Element | None = self
        for name in path:
            element = next(element.elements(name), None) if element else None
        return element

    def runs(self) -> Iterator[XmlText]:
        """Yield all runs of text inside, in document order."""
        waiting: list[Element | XmlText] = list(reversed(self.children))
        while waiting:
            node = waiting.pop()
            if isinstance(node, XmlText):
                yield node
            else:
                waiting.extend(reversed(node.children))

    def plain(self) -> str:
        """Return the text inside with its white space folded, for metadata; a turn's text has to be verbatim."""
        return " ".join("".join(run.text for run in self.runs()).split())

    def identifier(self) -> str | None:
        """Return the element's id, as `xml:id`, `id` or `eId`."""
        for name in ("xml:id", "id", "eId"):
            if value := self.attributes.get(name):
                return value
        return None


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A well-formed document. `runs` are all its runs of text in order; everything between them is markup."""

    root: Element
    runs: tuple[XmlText, ...]

    def mark_markup(self, ledger: Ledger) -> None:
        """Class everything outside the runs of text as markup."""
        at = 0
        for run in self.runs:
            ledger.mark(at, run.start, ByteClass.MARKUP)
            at = run.end
        ledger.mark(at, len(ledger.source.text), ByteClass.MARKUP)


def parse(source: Source, *, may_name_type: bool = False) -> XmlDocument:
    """Parse a source as XML.

    With `may_name_type`, the document may name its type, which is never fetched; what the type would define is refused.

    Raises:
        TranscriptError: it is not well-formed, or it has a document type, entities of its own, an XInclude, more than
            MAX_DEPTH levels, or more than MAX_ATTRIBUTES attributes on one element.
    """
    return _Builder(source, may_name_type).build()


def root_name(source: Source) -> str | None:
    """Return the name of the root element without its prefix, or None if the source does not begin like XML.

    Only the beginning is examined, so parse() may still refuse the source.
    """
    try:
        head = source.text[:_SNIFFED_CHARACTERS]
    except TranscriptError:
        return None
    if not head.removeprefix("\ufeff").lstrip(_WHITE_SPACE).startswith("<"):
        return None
    names: list[str] = []

    def stop(name: str, *_rest: object) -> None:
        names.append(name)
        raise _RootFoundError

    parser = _new_parser()
    parser.StartElementHandler = stop
    parser.StartDoctypeDeclHandler = stop
    with contextlib.suppress(expat.ExpatError, _RootFoundError):
        parser.Parse(head.encode(), False)
    return _local(names[0]) if names else None


class _RootFoundError(Exception):
    """Stops the parser at the root element."""


def _new_parser() -> expat.XMLParserType:
    # The source is decoded already, so an encoding in the XML declaration is ignored.
    parser = expat.ParserCreate("utf-8")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    return parser


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Builder:
    """Turns the events of one parse into a XmlDocument."""

    def __init__(self, source: Source, may_name_type: bool) -> None:
        self._source = source
        self._may_name_type = may_name_type
        self._data = source.text.encode()
        self._ascii = len(self._data) == len(source.text)
        self._at = (0, 0)
        self._stack = [Element("", {}, 0)]
        self._runs: list[XmlText] = []
        self._plain_from: int | None = None
        self._reference: tuple[int, str] | None = None
        self._in_cdata = False
        self._include_prefixes: set[str] = set()
        self._parser = _new_parser()

    def build(self) -> XmlDocument:
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartCdataSectionHandler = self._start_cdata
        parser.EndCdataSectionHandler = self._end_cdata
        parser.CommentHandler = self._other
        parser.ProcessingInstructionHandler = self._other
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity_declaration
        parser.SkippedEntityHandler = self._skipped
        parser.ExternalEntityRefHandler = self._external
        try:
            parser.Parse(self._data, True)
        except expat.ExpatError as error:
            offset = len(self._data[: parser.ErrorByteIndex].decode(errors="ignore"))
            reason = expat.ErrorString(error.code)
            raise self._source.error(f"this is not well-formed XML: {reason}", offset) from None
        root = next((child for child in self._stack[0].children if isinstance(child, Element)), None)
        if root is None:  # expat refuses such a document before this
            raise self._source.error("this is not well-formed XML: no element found", 0)
        return XmlDocument(root, tuple(self._runs))

    def _offset(self) -> int:
        """Convert expat's byte index to an offset. Events come in order, so all conversions together are one pass."""
        index = self._parser.CurrentByteIndex
        if self._ascii:
            return index
        byte, offset = self._at
        if index > byte:
            offset += len(self._data[byte:index].decode())
            self._at = (index, offset)
        return offset

    def _refuse(self, reason: str) -> NoReturn:
        raise self._source.error(reason, self._offset())

    def _flush(self) -> int:
        """End the open run of text, if any, at the present event, and return the offset of that event."""
        offset = self._offset()
        if self._plain_from is not None:
            self._add(XmlText(self._source.text[self._plain_from : offset], self._plain_from, offset))
            self._plain_from = None
        if self._reference is not None:
            start, text = self._reference
            self._add(XmlText(text, start, offset))
            self._reference = None
        return offset

    def _add(self, run: XmlText) -> None:
        self._stack[-1].children.append(run)
        self._runs.append(run)

    def _characters(self, data: str) -> None:
        is_reference = not self._in_cdata and self._data[self._parser.CurrentByteIndex] == ord("&")
        if is_reference or self._reference is not None:
            offset = self._flush()
            if is_reference:
                self._reference = (offset, data)
            else:
                self._plain_from = offset
        elif self._plain_from is None:
            self._plain_from = self._offset()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        offset = self._flush()
        if len(self._stack) > MAX_DEPTH:
            self._refuse(f"elements are nested more than {MAX_DEPTH} deep")
        if len(attributes) > MAX_ATTRIBUTES:
            self._refuse(f"an element has more than {MAX_ATTRIBUTES} attributes")
        for key, value in attributes.items():
            if key.startswith("xmlns") and _XINCLUDE.match(value):
                self._include_prefixes.add(key.partition(":")[2])
        prefix, _, local = name.rpartition(":")
        if local == "include" and (prefix == "xi" or prefix in self._include_prefixes):
            self._refuse("XInclude is refused: give the file with its parts in place")
        element = Element(local, attributes, offset)
        self._stack[-1].children.append(element)
        self._stack.append(element)

    def _end(self, _name: str) -> None:
        self._flush()
        self._stack.pop()

    def _start_cdata(self) -> None:
        self._flush()
        self._in_cdata = True

    def _end_cdata(self) -> None:
        self._flush()
        self._in_cdata = False

    def _other(self, *_what: str) -> None:
        self._flush()

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset or not self._may_name_type:
            self._entity_declaration()

    def _skipped(self, name: str, _is_parameter: bool) -> None:
        self._refuse(f"&{name[:40]}; is defined in the document type, which is not fetched: write the character itself")

    def _entity_declaration(self, *_declaration: object) -> None:
        self._refuse("a document type (<!DOCTYPE>) is refused: remove it, and write characters instead of entities")

    def _external(self, *_reference: object) -> int:
        self._refuse("a reference to something outside this file is refused")


@dataclass
class TextBuilder:
    """Builds the text of a turn from runs: verbatim but for white space at its ends and around joins.

    A reference to white space that is left out is classed at once; mark() and close() class the rest.
    """

    ledger: Ledger
    _pieces: list[tuple[str, int, int]] = field(default_factory=list)
    _join: str = ""
    _glued: bool = False

    def add(self, run: XmlText) -> Self:
        """Add a run of text, without the white space at the beginning of a paragraph."""
        text, start = run.text, run.start
        if self._join or self._glued or not self._pieces:
            text = text.lstrip(_WHITE_SPACE)
            if not text:
                self._leave_out(run.text, run.start, run.end)
                return self
            if len(run.text) == run.end - run.start:
                start += len(run.text) - len(text)
            if self._join:
                self._pieces.append((self._join, -1, -1))
                self._join = ""
            self._glued = False
        self._pieces.append((text, start, run.end))
        return self

    def join(self, separator: str) -> None:
        """End a paragraph or line with the separator before the next run. Of several separators the longest is used."""
        self._trim()
        if self._pieces and len(separator) > len(self._join):
            self._join = separator

    def _leave_out(self, text: str, start: int, end: int) -> None:
        """Class white space that is left out as markup if it is a reference; closing the ledger classes the rest."""
        if len(text) != end - start:
            self.ledger.mark(start, end, ByteClass.MARKUP)

    def _trim(self) -> None:
        while self._pieces:
            text, start, end = self._pieces.pop()
            kept = text.rstrip(_WHITE_SPACE)
            if kept:
                self._pieces.append((kept, start, start + len(kept)) if kept != text else (text, start, end))
                return
            if start >= 0:
                self._leave_out(text, start, end)

    def space(self) -> None:
        """Fold the white space at the end, if there is any, into one space before the next run."""
        if self._pieces and self._pieces[-1][0][-1] in _WHITE_SPACE:
            self.join(" ")

    def glue(self) -> None:
        """Leave out the white space between the last run and the next."""
        self._trim()
        self._glued = bool(self._pieces)

    def mark(self, byte_class: ByteClass) -> tuple[str, tuple[Segment, ...]]:
        """Class the text and return it with its segments; it is empty if there was only white space."""
        self._trim()
        text, segments = [], []
        at = 0
        for piece, start, end in self._pieces:
            if start >= 0:
                self.ledger.mark(start, end, byte_class)
                segments.append(Segment(at, at + len(piece), start, end))
            text.append(piece)
            at += len(piece)
        self._pieces, self._join, self._glued = [], "", False
        return "".join(text), tuple(segments)

    def close(
        self,
        label: str | None = None,
        speaker: str | None = None,
        kind: TurnKind | None = None,
        start_ms: int | None = None,
        end_ms: int | None = None,
    ) -> Turn | None:
        """Make the turn, with times in milliseconds; None if there was only white space."""
        text, segments = self.mark(ByteClass.NOTE if kind is TurnKind.NOTE else ByteClass.TEXT)
        return Turn(text, segments, label, speaker, kind, start_ms, end_ms) if segments else None


def mark_text(ledger: Ledger, element: Element, byte_class: ByteClass) -> None:
    """Class all text inside an element that is in no turn, such as a header."""
    for run in element.runs():
        TextBuilder(ledger).add(run).mark(byte_class)
