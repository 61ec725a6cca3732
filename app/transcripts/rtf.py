"""Reads Rich Text (.rtf): paragraphs with labels, or with questions in bold or as headings.

Offsets, lines and columns count in the text of the paragraphs; see app/transcripts/paragraphs.py.
"""

from app.errors import TranscriptError
from app.transcripts.paragraphs import read_extracted
from app.transcripts.rtf_paragraphs import RtfReader
from app.transcripts.source import Source
from app.transcripts.transcript import NO, Guess, Metadata, Transcript, TranscriptFormat

_BEGIN = b"{\\rtf"


def sniff(source: Source) -> Guess:
    r"""A file that begins with {\rtf is sure enough."""
    return Guess(0.98, "it begins as Rich Text does") if _begins(source.data) else NO


def _begins(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith(_BEGIN)


def parse(source: Source) -> Transcript:
    """Read Rich Text.

    Raises:
        TranscriptError: it is no Rich Text, its groups are nested too deep, or it has no text.
    """
    if not _begins(source.data):
        raise TranscriptError(source.name, "this does not begin with {\\rtf, as Rich Text does")
    reader = RtfReader(source)
    paragraphs = reader.paragraphs()
    return read_extracted(source, FORMAT.name, paragraphs, Metadata(title=reader.title), reader.left_out)


FORMAT = TranscriptFormat(
    name="rtf",
    description="Rich Text: paragraphs with labels such as NAME:, or with questions in bold",
    suffixes=(".rtf",),
    sniff=sniff,
    parse=parse,
    extracts=True,
)
