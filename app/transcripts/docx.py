"""Reads Word documents (.docx, ECMA-376): paragraphs with labels, or with questions in bold.

Offsets, lines and columns count in the text of the paragraphs; see app/transcripts/paragraphs.py.
"""

import re

from app.errors import TranscriptError
from app.transcripts.archive import MAX_DIRECTORY_BYTES, OLE
from app.transcripts.docx_archive import WordArchive
from app.transcripts.docx_paragraphs import ParagraphReader
from app.transcripts.paragraphs import read_extracted
from app.transcripts.source import Source
from app.transcripts.stated import stated_language
from app.transcripts.transcript import NO, Guess, Metadata, Transcript, TranscriptFormat

_ZIP = b"PK\x03\x04"


def sniff(source: Source) -> Guess:
    """Recognize a ZIP archive with a Word document in it, or an old Word file, which parse() refuses with advice."""
    if source.data.startswith(OLE) and source.suffix in {".doc", ".docx"}:
        return Guess(0.5, "an old or password-protected Word file")
    if not source.data.startswith(_ZIP):
        return NO
    # The directory at the end names the members, so that nothing has to be inflated.
    if b"word/" in source.data[-MAX_DIRECTORY_BYTES:] and b"[Content_Types].xml" in source.data:
        return Guess(0.98, "a ZIP archive with a Word document in it")
    return NO


def parse(source: Source) -> Transcript:
    """Read a Word document.

    Raises:
        TranscriptError: it is no archive, is encrypted, would inflate beyond the limits, has no document with text,
            or its XML is refused.
    """
    parts = WordArchive(source)
    main = parts.read(parts.main())
    if main is None:
        raise TranscriptError(source.name, "there is no Word document in this archive")
    extraction = ParagraphReader(parts)
    paragraphs = extraction.paragraphs(main)
    return read_extracted(source, FORMAT.name, paragraphs, _properties(parts), extraction.left_out)


def _properties(parts: WordArchive) -> Metadata:
    """Read title, language and keywords from the properties of the package.

    The day on which Word made the document is not when anything was said or published.
    """
    root = parts.read("docProps/core.xml")
    if root is None:
        return Metadata()
    stated = {each.name: each.plain() for each in root.elements()}
    keywords = re.split("[,;]", stated.get("keywords", ""))
    return Metadata(
        title=stated.get("title") or None,
        language=stated_language(stated.get("language")),
        topics=tuple(dict.fromkeys(word.strip() for word in keywords if word.strip())),
    )


FORMAT = TranscriptFormat(
    name="docx",
    description="Word documents: paragraphs with labels such as NAME:, or with questions in bold",
    suffixes=(".docx", ".docm"),
    sniff=sniff,
    parse=parse,
    extracts=True,
)
