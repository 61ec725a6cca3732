"""Reads OpenDocument texts (.odt, ISO/IEC 26300): paragraphs with labels, or with questions in bold or as headings.

Offsets, lines and columns count in the text of the paragraphs; see app/transcripts/paragraphs.py. odfpy has had no
release since 2020, and odfdo parses with lxml; neither is needed to walk one XML document.
"""

import re

from app.errors import TranscriptError
from app.transcripts import xml
from app.transcripts.archive import Archive
from app.transcripts.odt_paragraphs import OdtParagraphReader
from app.transcripts.paragraphs import read_extracted
from app.transcripts.source import Source
from app.transcripts.stated import stated_language
from app.transcripts.transcript import NO, Guess, Metadata, Transcript, TranscriptFormat
from app.transcripts.unread import is_open_document
from app.transcripts.xml import Element

_FLAT_ROOT = "document"
_FLAT_MARK = "urn:oasis:names:tc:opendocument:xmlns:office"


def sniff(source: Source) -> Guess:
    """Recognize an archive that states the type of OpenDocument texts, or the same document as one XML file."""
    if is_open_document(source.data):
        return Guess(0.98, "a ZIP archive with an OpenDocument text in it")
    if xml.root_name(source) == _FLAT_ROOT and _FLAT_MARK in source.text:
        return Guess(0.97, "the XML is an OpenDocument text in one file")
    return NO


def parse(source: Source) -> Transcript:
    """Read an OpenDocument text.

    Raises:
        TranscriptError: it is no archive, is encrypted, would inflate beyond the limits, has no text, or its XML is
            refused.
    """
    if source.data.startswith(b"PK"):
        archive = Archive(source)
        _refuse_encrypted(archive)
        content, styles, meta = (archive.read(name) for name in ("content.xml", "styles.xml", "meta.xml"))
    else:
        content = xml.parse(source).root
        styles = meta = content
    body = content.first("body", "text") if content else None
    if content is None or body is None:
        raise TranscriptError(source.name, "there is no OpenDocument text in this file")
    reader = OdtParagraphReader(root for root in (styles, content) if root)
    paragraphs = reader.paragraphs(body)
    return read_extracted(source, FORMAT.name, paragraphs, _properties(meta), reader.left_out)


def _refuse_encrypted(archive: Archive) -> None:
    manifest = archive.read("META-INF/manifest.xml")
    if manifest and next(manifest.elements("encryption-data"), None):
        raise archive.error("the document is encrypted; save it without a password")


def _properties(meta: Element | None) -> Metadata:
    """Read title, language and keywords; the days on which a document was made or changed are no publication."""
    stated = meta.first("meta") if meta else None
    if stated is None:
        return Metadata()
    texts = {each.name: each.plain() for each in stated.elements("title", "language", "description")}
    words = [word.strip() for each in stated.elements("keyword") for word in re.split("[,;]", each.plain())]
    return Metadata(
        title=texts.get("title") or None,
        language=stated_language(texts.get("language")),
        topics=tuple(dict.fromkeys(word for word in words if word)),
    )


FORMAT = TranscriptFormat(
    name="odt",
    description="OpenDocument texts: paragraphs with labels such as NAME:, or with questions in bold",
    suffixes=(".odt", ".ott", ".fodt"),
    sniff=sniff,
    parse=parse,
    extracts=True,
)
