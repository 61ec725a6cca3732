"""Word documents (.docx, ECMA-376): paragraphs with labels, or with questions in bold.

The text of a ZIP archive has no place in its bytes, so offsets, lines and columns count in `Transcript.extracted`:
the paragraphs in reading order with an empty line between them. All bytes of the file count as markup. The archive
is judged by its directory before anything is inflated, and nothing is ever written to disk. Its XML goes through
the same room as all XML: python-docx would hand it to lxml, and knows neither tracked changes nor footnotes.
"""

import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO

from app.errors import TranscriptError
from app.transcripts import front_matter, labelled, xml
from app.transcripts.conversation import Plan, read_conversation
from app.transcripts.front_matter import FrontMatter
from app.transcripts.labels import is_name_shaped, label_key, stands_for_speaker
from app.transcripts.printed_labels import Label
from app.transcripts.source import MAX_SOURCE_BYTES, Source
from app.transcripts.speaker_labels import decide_speakers
from app.transcripts.stated import stated_date, stated_language
from app.transcripts.text_lines import Kind, Line, split_lines
from app.transcripts.transcript import NO, ByteClass, Guess, Ledger, Metadata, Transcript, TranscriptFormat
from app.transcripts.xml import Element, Text

MAX_MEMBERS = 4_000
MAX_INFLATED_BYTES = 256 * 1024 * 1024
# Word's own XML shrinks to a tenth; what shrinks to less than this was made to burst.
MAX_RATIO = 200
_RATIO_COUNTS_FROM = 4 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_RECORD = struct.Struct("<4s4H2LH")
_MAX_DIRECTORY_BYTES = 4 * 1024 * 1024
_MAIN_PART = "word/document.xml"
_SILENT = frozenset({"del", "moveFrom", "instrText", "delText", "Fallback", "rPr", "pPr", "sectPr", "tblPr", "tcPr"})
_CHARACTERS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_HEADING_STYLE = re.compile(
    r"(?:heading|title|subtitle|überschrift|titre|titel|título|título|titolo)\s?\d?", re.IGNORECASE
)
_OFF = frozenset({"0", "false", "off"})
_QUESTION_MARKS = ("?", "？", "؟", "\u037e")
_MIN_QUESTIONS = 2
_LONGEST_LABEL = 60


@dataclass
class _Paragraph:
    """A paragraph or table row. `lead` is the length of what stands apart at its beginning, in bold or in a cell."""

    text: str
    lead: int = 0
    bold: bool = False
    heading: bool = False
    note: bool = False


def sniff(source: Source) -> Guess:
    """A ZIP archive with a Word document in it, or an old Word file that can be refused with good advice."""
    if source.data.startswith(_OLE) and source.suffix in {".doc", ".docx"}:
        return Guess(0.5, "an old or password-protected Word file")
    if not source.data.startswith(_ZIP):
        return NO
    # The directory at the end names the members; a search there inflates nothing.
    if b"word/" in source.data[-_MAX_DIRECTORY_BYTES:] and b"[Content_Types].xml" in source.data:
        return Guess(0.98, "a ZIP archive with a Word document in it")
    return NO


def parse(source: Source) -> Transcript:
    """Read a Word document.

    Raises:
        TranscriptError: it is no archive, is encrypted, would inflate beyond the limits, has no document with text,
            or its XML is refused.
    """
    parts = _Parts(source)
    main = parts.read(parts.main())
    if main is None:
        raise TranscriptError(source.name, "there is no Word document in this archive")
    extraction = _Extraction(parts)
    paragraphs = extraction.paragraphs(main)
    text = "\n\n".join(paragraph.text for paragraph in paragraphs)
    if not text.strip():
        raise TranscriptError(source.name, "the document holds no text")
    return _transcript(source, text, paragraphs, _properties(parts), extraction.left_out)


class _Parts:
    """The archive. Members are known by their names in the directory, and only those that are asked for inflate."""

    def __init__(self, source: Source) -> None:
        self._source = source
        if source.data.startswith(_OLE):
            raise self.error("this is an old or password-protected Word file; save it as .docx without a password")
        self._check_end_record()
        try:
            self._archive = zipfile.ZipFile(BytesIO(source.data))
            members = self._archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError, OverflowError):
            raise self.error("this is not a readable ZIP archive") from None
        self._check(members)
        self._members = {member.filename: member for member in members}

    def error(self, reason: str) -> TranscriptError:
        return TranscriptError(self._source.name, reason)

    def _check_end_record(self) -> None:
        """Refuse a directory that is too long before the library reads it."""
        data = self._source.data
        at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
        if at < 0 or len(data) - at < _END_RECORD.size:
            raise self.error("this is not a readable ZIP archive")
        members, size = _END_RECORD.unpack_from(data, at)[4:6]
        if members > MAX_MEMBERS or size > _MAX_DIRECTORY_BYTES or data[at - 20 : at - 16] == b"PK\x06\x07":
            raise self.error(f"the archive has more than {MAX_MEMBERS} members")

    def _check(self, members: list[zipfile.ZipInfo]) -> None:
        if len(members) > MAX_MEMBERS:
            raise self.error(f"the archive has more than {MAX_MEMBERS} members")
        inflated = sum(member.file_size for member in members)
        if inflated > MAX_INFLATED_BYTES:
            raise self.error(f"the archive would inflate to {inflated} bytes")
        if inflated > _RATIO_COUNTS_FROM and inflated > MAX_RATIO * len(self._source.data):
            raise self.error(f"the archive would inflate to more than {MAX_RATIO} times its size")
        names = Counter(member.filename for member in members)
        if names and max(names.values()) > 1:
            raise self.error("two members of the archive have the same name")

    def main(self) -> str:
        """Return the name of the main document, which the relations of the package state."""
        relations = self.read("_rels/.rels")
        for relation in relations.elements("Relationship") if relations else ():
            values = relation.attributes
            if values.get("Type", "").endswith("/officeDocument") and values.get("TargetMode") != "External":
                return values.get("Target", "").removeprefix("/")
        return _MAIN_PART

    def read(self, name: str) -> Element | None:
        """Inflate and parse one member; None if there is none of that name.

        Raises:
            TranscriptError: the member is encrypted, broken or too large, or its XML is refused.
        """
        member = self._members.get(name)
        if member is None:
            return None
        if member.flag_bits & 1:
            raise self.error("the document is encrypted; save it without a password")
        if member.file_size > MAX_SOURCE_BYTES:
            raise self.error(f"{name} would inflate to {member.file_size} bytes")
        try:
            with self._archive.open(member) as stream:
                data = stream.read(MAX_SOURCE_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, struct.error):
            raise self.error(f"{name} cannot be inflated") from None
        return xml.parse(Source(f"{self._source.name}/{name}", data)).root


class _Extraction:
    """Collects the paragraphs of the main document, with the footnotes behind those that refer to them."""

    def __init__(self, parts: _Parts) -> None:
        folder = parts.main().rpartition("/")[0]
        self._styles = _Styles(parts.read(f"{folder}/styles.xml"))
        self._notes = {
            kind: {_attribute(note, "id"): note for note in notes.elements(kind)}
            for kind in ("footnote", "endnote")
            if (notes := parts.read(f"{folder}/{kind}s.xml"))
        }
        self._found: list[_Paragraph] = []
        self.left_out: Counter[str] = Counter()

    def paragraphs(self, main: Element) -> list[_Paragraph]:
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
        return self._found

    def _take(self, built: "_Built") -> None:
        paragraph = built.paragraph()
        if paragraph:
            self._found.append(paragraph)
        for kind, identifier in built.references:
            note = self._notes.get(kind, {}).get(identifier)
            inner = [self._paragraph(each).paragraph() for each in note.elements("p")] if note else []
            text = "\n".join(each.text for each in inner if each)
            if text:
                self._found.append(_Paragraph(text, note=True))
        for boxed in built.boxed:
            self._take(self._paragraph(boxed))

    def _paragraph(self, element: Element) -> "_Built":
        style = element.first("pPr", "pStyle")
        identifier = _attribute(style, "val") if style else ""
        built = _Built(heading=identifier in self._styles.headings)
        bold = identifier in self._styles.bold
        waiting: list[tuple[Element | Text, bool]] = [(child, bold) for child in reversed(element.children)]
        while waiting:
            node, bold = waiting.pop()
            if isinstance(node, Text) or node.name in _SILENT:
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

    def _character(self, node: Element, built: "_Built", bold: bool) -> bool:
        """Take an element that stands for a character or a note; return whether it was one."""
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

    def _row(self, row: Element) -> "_Built":
        """Put the cells of a row side by side; what stands in the first one may be a label."""
        whole = _Built()
        length = 0
        waiting: list[Element | Text] = list(reversed(row.children))
        while waiting:
            node = waiting.pop()
            if isinstance(node, Text) or node.name in _SILENT:
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
class _Built:
    """A paragraph that is being read. `bold_until` is where the bold at its beginning ends."""

    heading: bool = False
    cell: int = 0
    references: list[tuple[str, str]] = field(default_factory=list)
    boxed: list[Element] = field(default_factory=list)
    _runs: list[tuple[str, bool]] = field(default_factory=list)

    def add(self, text: str, bold: bool) -> None:
        self._runs.append((text, bold))

    def text(self) -> str:
        return "".join(run for run, _ in self._runs)

    def paragraph(self) -> _Paragraph | None:
        whole_text = self.text()
        text = whole_text.strip()
        if not text:
            return None
        lead = 0
        for run, bold in self._runs:
            if not bold and run.strip():
                break
            lead += len(run)
        lead -= len(whole_text) - len(whole_text.lstrip())
        whole = lead >= len(text)
        if self.cell:
            return _Paragraph(text, lead=self.cell)
        return _Paragraph(text, len(text[: max(lead, 0)].rstrip()), bold=whole, heading=self.heading)


class _Styles:
    """Which styles are bold and which are headings, also through the styles that they are based on."""

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
        """Whether a run is bold: as it says itself, by its style, or else as its paragraph is."""
        stated = _switch(run)
        if stated is not None:
            return stated
        properties = run.first("rPr")
        style = _value(properties, "rStyle") if properties else None
        return bold or style in self.bold


def _attribute(element: Element, name: str) -> str:
    """Return an attribute by its local name, whatever prefix the writer has chosen, or an empty string."""
    return next((value for key, value in element.attributes.items() if key.rpartition(":")[2] == name), "")


def _value(element: Element, name: str) -> str | None:
    found = next((each for each in element.children if isinstance(each, Element) and each.name == name), None)
    return _attribute(found, "val") if found else None


def _switch(element: Element) -> bool | None:
    """Return what the run properties of an element say of bold; None if they do not say."""
    properties = next((each for each in element.children if isinstance(each, Element) and each.name == "rPr"), None)
    bold = properties.first("b") if properties else None
    return _attribute(bold, "val").lower() not in _OFF if bold else None


def _properties(parts: _Parts) -> Metadata:
    """Read title, language, keywords and day of creation from the properties of the package."""
    root = parts.read("docProps/core.xml")
    if root is None:
        return Metadata()
    stated = {each.name: each.plain() for each in root.elements()}
    created = stated.get("created")
    published = stated_date(created)
    keywords = re.split("[,;]", stated.get("keywords", ""))
    return Metadata(
        title=stated.get("title") or None,
        language=stated_language(stated.get("language")),
        published=published,
        published_evidence=f"the document was created {created}" if published else None,
        topics=tuple(dict.fromkeys(word.strip() for word in keywords if word.strip())),
    )


def _transcript(
    source: Source, text: str, paragraphs: list[_Paragraph], properties: Metadata, left_out: Counter[str]
) -> Transcript:
    inner = Source(source.name, text.encode())
    front = front_matter.find(inner)
    front = replace(front, metadata=_merged(front.metadata, properties))
    lines = split_lines(text, front.end, len(text))
    labelled.classify(text, lines)
    plan = _plan(text, lines, paragraphs, front)
    ledger = Ledger(inner)
    ledger.remark("extracted", "offsets, lines and columns count in the text of the document's paragraphs", 0)
    for what, count in left_out.items():
        ledger.remark("left-out", f"{what} ({count}) are not part of the transcript", 0)
    if plan.paragraphs_apart:
        ledger.remark("unlabelled", "the document marks no speakers; each paragraph is kept as a turn of nobody", 0)
    made = read_conversation(inner, FORMAT.name, lines, front, plan, ledger)
    counts = dict.fromkeys(ByteClass, 0) | {ByteClass.MARKUP: len(source.data)}
    return replace(made, source=source, extracted=text, account=replace(made.account, bytes_by_class=counts))


def _merged(printed: Metadata, properties: Metadata) -> Metadata:
    """Prefer what the document prints to what its properties say."""
    return replace(
        printed,
        title=printed.title or properties.title,
        language=printed.language or properties.language,
        published=printed.published or properties.published,
        published_evidence=printed.published_evidence if printed.published else properties.published_evidence,
        topics=printed.topics or properties.topics,
    )


def _plan(text: str, lines: list[Line], paragraphs: list[_Paragraph], front: FrontMatter) -> Plan:
    """Decide who speaks by labels, by names in bold or in a cell, or else by questions in bold."""
    first_lines = _first_lines(lines, paragraphs)
    _mark_names(text, first_lines)
    for line, paragraph in first_lines:
        if paragraph.heading and line.label is None:
            line.kind = Kind.HEADING
    speakers, count = decide_speakers(text, lines, front)
    for layout, kind in (("heading", Kind.HEADING), ("paragraph in bold", Kind.TEXT)):
        standing_out = [
            (line, paragraph.text)
            for line, paragraph in first_lines
            if line.kind is kind and (paragraph.bold or paragraph.heading) and line.paragraph_end == line.end
        ]
        asking = sum(text.endswith(_QUESTION_MARKS) for _, text in standing_out)
        if asking >= _MIN_QUESTIONS and asking * 2 >= len(standing_out) and count < len(standing_out):
            for line, _ in standing_out:
                line.kind, line.label = Kind.QUESTION, None
            return Plan(speakers, count, asked_by_layout=len(standing_out), layout=layout)
    return Plan(speakers, count, paragraphs_apart=not speakers)


def _first_lines(lines: list[Line], paragraphs: list[_Paragraph]) -> list[tuple[Line, _Paragraph]]:
    """Put each paragraph beside its first line. Notes are classed on all their lines and left out."""
    by_start = {line.start: index for index, line in enumerate(lines)}
    found, at = [], 0
    for paragraph in paragraphs:
        index = by_start.get(at)
        end = at + len(paragraph.text)
        at = end + 2
        if index is None:
            continue
        if not paragraph.note:
            found.append((lines[index], paragraph))
            continue
        for line in lines[index:]:
            if line.start >= end:
                break
            if line.kind is not Kind.BLANK:
                line.kind, line.label = Kind.NOTE, None
    return found


def _mark_names(text: str, first_lines: list[tuple[Line, _Paragraph]]) -> None:
    """Take a name without a colon for a label if it stands apart, in bold or in a cell, and recurs."""
    apart = []
    for line, paragraph in first_lines:
        name = paragraph.text[: paragraph.lead].strip().rstrip(":")
        if line.label or line.kind is Kind.NOTE or not 0 < len(name) <= _LONGEST_LABEL or "\n" in name:
            continue
        if stands_for_speaker(name) or is_name_shaped(name):
            apart.append((line, paragraph, name))
    counts = Counter(label_key(name) for _, _, name in apart)
    for line, paragraph, name in apart:
        if counts[label_key(name)] > 1:
            rest = text[line.start + paragraph.lead : line.end]
            begins = paragraph.lead + len(rest) - len(rest.lstrip())
            line.label = Label(name, 0, len(name), begins)
            line.kind = Kind.TEXT


FORMAT = TranscriptFormat(
    name="docx",
    description="Word documents: paragraphs with labels such as NAME:, or with questions in bold",
    suffixes=(".docx", ".docm"),
    sniff=sniff,
    parse=parse,
)
