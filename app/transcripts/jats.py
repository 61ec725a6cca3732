"""Reads interviews in JATS, the XML of journals: <speech> with <speaker>, or paragraphs with bold labels or questions.

Only what is before and around the body is metadata; figures, tables, notes and references are not said.
"""

from collections.abc import Iterator
from dataclasses import replace

from app.text.dates import PartialDate
from app.transcripts import xml
from app.transcripts.cue_text import SourceRun
from app.transcripts.placed_paragraphs import PlacedRun, place_paragraph, read_placed
from app.transcripts.source import Source
from app.transcripts.speeches import ElementKind, Speech, read_speeches
from app.transcripts.stated import stated_date, stated_language
from app.transcripts.transcript import NO, Guess, Ledger, Metadata, Transcript, TranscriptFormat
from app.transcripts.xml import Element, XmlDocument, XmlText
from app.transcripts.xml_cues import folded

_MARKS = ("<article-meta", "<journal-meta", "<article-title", "jats.nlm.nih.gov", "<contrib-group")
_SILENT = frozenset(
    (
        *("fig", "fig-group", "table-wrap", "table-wrap-group", "fn", "fn-group", "ref-list", "supplementary-material"),
        *("label", "caption", "graphic", "media", "alternatives", "object-id", "sec-meta", "permissions", "attrib"),
        *("table", "code", "disp-formula", "inline-graphic", "app-group", "glossary"),
    )
)
_INLINE = frozenset(
    (
        *("bold", "italic", "monospace", "overline", "roman", "sans-serif", "sc", "strike", "sub", "sup", "underline"),
        *("ext-link", "email", "named-content", "styled-content", "inline-formula", "abbrev", "uri", "milestone-start"),
        *("milestone-end", "institution", "chem-struct", "related-article", "related-object"),
    )
)
_CONTAINERS = frozenset(("front", "back", "sub-article", "response", "front-stub", "processing-meta", "floats-group"))


def sniff(source: Source) -> Guess:
    """An <article> with the elements of JATS."""
    if xml.root_name(source) != "article" or not any(mark in source.text for mark in _MARKS):
        return NO
    return Guess(0.97, "the XML is an <article> as journals have it (JATS)")


def parse(source: Source) -> Transcript:
    """Read an article.

    Raises:
        TranscriptError: xml.parse refuses it, or its body has no text.
    """
    document, ledger = xml.parse(source, may_name_type=True), Ledger(source)
    body = document.root.first("body")
    if body is None:
        raise source.error("this article has no body", document.root.start)
    if next(body.elements("speech"), None):
        conversation = read_speeches(document, ledger, {}, _element_kind, lambda _element: Speech())
        metadata = replace(_metadata(document), speakers=conversation.speakers)
        remarks, account = ledger.close()
        return Transcript(source, FORMAT.name, conversation.turns, metadata, remarks, account)
    return _read_paragraphs(source, document, body, ledger)


def _element_kind(element: Element, _parent: Element) -> ElementKind:
    name = element.name
    if name in _CONTAINERS or name in _SILENT:
        return ElementKind.METADATA
    if name in _INLINE:
        return ElementKind.INLINE
    kinds = {
        "speech": ElementKind.SPEECH,
        "speaker": ElementKind.LABEL,
        "title": ElementKind.HEADING,
        "xref": ElementKind.NOTE,
        "break": ElementKind.LINE_BREAK,
    }
    return kinds.get(name, ElementKind.PARAGRAPH)


def _read_paragraphs(source: Source, document: XmlDocument, body: Element, ledger: Ledger) -> Transcript:
    used: set[int] = set()
    placed = [
        paragraph
        for block in _blocks(body)
        if (paragraph := place_paragraph(list(_runs(block, used)), heading=block.name == "title"))
    ]
    if not placed:
        raise source.error("the body of this article has no text", body.start)
    around = [(run.start, run.end) for run in document.runs if id(run) not in used]
    return read_placed(source, FORMAT.name, placed, _metadata(document), ledger, around)


def _blocks(body: Element) -> Iterator[Element]:
    """Yield the headings and paragraphs of the body, in order."""
    waiting = [body]
    while waiting:
        element = waiting.pop()
        if element.name in {"title", "p"}:
            yield element
        elif element.name not in _SILENT:
            waiting.extend(child for child in reversed(element.children) if isinstance(child, Element))


def _runs(block: Element, used: set[int]) -> Iterator[PlacedRun]:
    """Yield the runs of a paragraph with single spaces for its white space.

    The Python ids of the texts that it is made of are added to `used`: every other text of the file is markup.
    """
    waiting: list[tuple[Element | XmlText, bool]] = [(child, False) for child in reversed(block.children)]
    before: list[SourceRun | str] = []
    while waiting:
        node, bold = waiting.pop()
        if isinstance(node, Element):
            if node.name not in _SILENT and node.name != "xref":
                inner = bold or node.name == "bold"
                waiting.extend((child, inner) for child in reversed(node.children))
            continue
        used.add(id(node))
        pieces = folded([node], after=before)
        at = node.start
        for piece in pieces:
            if isinstance(piece, SourceRun):
                at = piece.end
                yield PlacedRun(piece.text, piece.start, piece.end, bold)
            else:
                yield PlacedRun(piece, at, at, bold)
        before = pieces or before


def _metadata(document: XmlDocument) -> Metadata:
    root = document.root
    meta = root.first("article-meta") or Element("", {}, 0)
    published, evidence = None, None
    for date in meta.elements("pub-date"):
        stated = _date(date)
        if stated and published is None:
            published, evidence = stated, f"<pub-date> of the article: {stated.text}"
    keywords = [each.plain() for each in meta.elements("kwd")]
    return Metadata(
        title=_plain(meta, "article-title"),
        language=stated_language(root.attributes.get("xml:lang")),
        published=published,
        published_evidence=evidence,
        publisher=_plain(root, "publisher-name"),
        series=_plain(root, "journal-title"),
        summary=_plain(meta, "abstract"),
        rights=_plain(meta, "license-p") or _plain(meta, "copyright-statement"),
        topics=tuple(dict.fromkeys(word for word in keywords if word)),
    )


def _plain(element: Element, name: str) -> str | None:
    found = element.first(name)
    return (found.plain() if found else "") or None


def _date(element: Element) -> PartialDate | None:
    if stated := stated_date(element.attributes.get("iso-8601-date")):
        return stated
    parts = []
    for name, width in (("year", 4), ("month", 2), ("day", 2)):
        printed = _plain(element, name) or ""
        if not printed.isdecimal():
            break
        parts.append(printed.zfill(width))
    return stated_date("-".join(parts)) if parts else None


FORMAT = TranscriptFormat(
    name="jats",
    description="JATS articles of journals: <speech> with <speaker>, or paragraphs with bold labels or questions",
    suffixes=(".xml", ".jats", ".nxml"),
    sniff=sniff,
    parse=parse,
)
