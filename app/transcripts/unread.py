"""Files that are no transcripts, or none that Quoth reads: told by their first bytes, and refused by name with what to
do.

To add a kind, add a line to KINDS.
"""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from app.extras import how_to_install
from app.transcripts import pdf

# Bytes at the start of a file that are read to recognize its kind.
HEAD_BYTES = 64 * 1024
# Bytes of a PDF's compressed objects that are looked through for fonts, at most.
_MAX_INFLATED_BYTES = 16 * 1024 * 1024
_OBJECTS = re.compile(rb"/ObjStm\b[^>]{0,500}>>\s*stream\r?\n")


@dataclass(frozen=True)
class UnreadKind:
    """A kind of file: what it is called, whether bytes are of it, and what to do with such a file."""

    name: str
    matches: Callable[[bytes], bool]
    advice: str
    # The extra that reads it, where it is not installed.
    extra: str | None = None
    # Whether the first bytes are not enough.
    needs_all: bool = False


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(marks)


def _riff(kind: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(b"RIFF") and data[8:12] == kind


def _zip(*types: bytes) -> Callable[[bytes], bool]:
    """Match an archive whose first member states its type, as in EPUB and OpenDocument."""
    return lambda data: data.startswith(b"PK\x03\x04") and data[30:38] == b"mimetype" and data[38:].startswith(types)


def is_open_document(data: bytes) -> bool:
    """Tell whether an archive states that it is a text of OpenDocument, or a template of one."""
    mark = b"mimetypeapplication/vnd.oasis.opendocument.text"
    return data.startswith(b"PK\x03\x04") and (data[30:].startswith(mark) or mark in data)


def _zip_with(folder: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(b"PK\x03\x04") and folder in data


def _brand(data: bytes) -> bytes:
    return data[8:12] if data[4:8] == b"ftyp" else b""


def _is_scan(data: bytes) -> bool:
    """Tell whether a PDF has no font, and so no text: its pages are pictures."""
    if not data.startswith(b"%PDF-") or b"/Font" in data:
        return False
    left = _MAX_INFLATED_BYTES
    for found in _OBJECTS.finditer(data):
        try:
            inflated = zlib.decompressobj().decompress(data[found.end() :], left)
        except zlib.error:
            continue
        left -= len(inflated)
        if b"/Font" in inflated:
            return False
        if left <= 0:
            break
    return b"/Image" in data


def _is_unread_pdf(data: bytes) -> bool:
    """Tell whether a file is a PDF, and the extra that reads PDF is not installed."""
    return data.startswith(b"%PDF-") and not pdf.is_available()


_TRANSCRIBE = "Quoth reads transcripts, not recordings; load the text of what is said in it, such as .vtt, .srt or .txt"
_RECOGNIZE = "Quoth reads text, not pictures; recognize the text first (OCR), check it, and save it as .txt or .docx"
_UNPACK = "unpack it, and load the folder with the files that were in it"
_SAVE = "save it as .docx or .txt"

# Of several kinds that match, the first one here is it. What is left of a ZIP archive is one that no format reads.
KINDS: tuple[UnreadKind, ...] = (
    UnreadKind(
        "a PDF of scanned pages, without text",
        _is_scan,
        "recognize the text first (OCR), for example with 'ocrmypdf', check it, and save it as .txt or .docx",
        needs_all=True,
    ),
    UnreadKind(
        "a PDF",
        _is_unread_pdf,
        "save the document that it was made from as .docx or .txt, and load that; if its pages are pictures, recognize "
        "the text first (OCR)",
        extra="pdf",
    ),
    UnreadKind("an EPUB book", _zip(b"application/epub+zip"), f"{_UNPACK}: its chapters are HTML"),
    UnreadKind(
        "an OpenDocument spreadsheet",
        _zip(b"application/vnd.oasis.opendocument.spreadsheet"),
        "save it as .csv in UTF-8",
    ),
    UnreadKind(
        "an OpenDocument file that is no text",
        lambda data: _zip(b"application/vnd.oasis.opendocument")(data) and not is_open_document(data),
        _SAVE,
    ),
    UnreadKind("an Excel file", _zip_with(b"xl/workbook.xml"), "save it as .csv in UTF-8"),
    UnreadKind("a PowerPoint file", _zip_with(b"ppt/presentation.xml"), _SAVE),
    UnreadKind("a PNG image", _starts(b"\x89PNG\r\n\x1a\n"), _RECOGNIZE),
    UnreadKind("a JPEG image", _starts(b"\xff\xd8\xff"), _RECOGNIZE),
    UnreadKind("a GIF image", _starts(b"GIF87a", b"GIF89a"), _RECOGNIZE),
    UnreadKind("a TIFF image", _starts(b"II*\0", b"MM\0*"), _RECOGNIZE),
    UnreadKind("a WebP image", _riff(b"WEBP"), _RECOGNIZE),
    UnreadKind("a HEIF image", lambda data: _brand(data) in {b"heic", b"heix", b"mif1", b"avif"}, _RECOGNIZE),
    UnreadKind(
        "an MP3 recording", _starts(b"ID3\2", b"ID3\3", b"ID3\4", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"), _TRANSCRIBE
    ),
    UnreadKind("a WAV recording", _riff(b"WAVE"), _TRANSCRIBE),
    UnreadKind("a FLAC recording", _starts(b"fLaC\0"), _TRANSCRIBE),
    UnreadKind("an Ogg recording", _starts(b"OggS\0"), _TRANSCRIBE),
    UnreadKind("an AIFF recording", lambda data: data.startswith(b"FORM") and data[8:11] == b"AIF", _TRANSCRIBE),
    UnreadKind("an MPEG-4 audio recording", lambda data: _brand(data) in {b"M4A ", b"M4B "}, _TRANSCRIBE),
    UnreadKind("a video in MPEG-4 or QuickTime", lambda data: bool(_brand(data)), _TRANSCRIBE),
    UnreadKind("a Matroska or WebM video", _starts(b"\x1aE\xdf\xa3"), _TRANSCRIBE),
    UnreadKind("an AVI video", _riff(b"AVI "), _TRANSCRIBE),
    UnreadKind("a Windows Media recording", _starts(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"), _TRANSCRIBE),
    UnreadKind("an AMR recording", _starts(b"#!AMR"), _TRANSCRIBE),
    UnreadKind("a DjVu document", _starts(b"AT&TFORM"), _RECOGNIZE),
    UnreadKind("a Kindle book", lambda data: data[60:68] in {b"BOOKMOBI", b"TEXtREAd"}, _SAVE),
    UnreadKind(
        "a binary file of Praat", _starts(b"ooBinaryFile"), "save it in Praat as a text file (TextGrid), and load that"
    ),
    UnreadKind(
        "EBU STL subtitles",
        lambda data: data[3:6] == b"STL" and data[8:11] == b".01",
        "convert it to SubRip (.srt) or WebVTT (.vtt), for example with Subtitle Edit, and load that",
    ),
    UnreadKind("an SQLite database", _starts(b"SQLite format 3\0"), "export what it has as files, and load these"),
    UnreadKind("a gzip archive", _starts(b"\x1f\x8b"), _UNPACK),
    UnreadKind("a bzip2 archive", lambda data: data.startswith(b"BZh") and data[4:10] == b"1AY&SY", _UNPACK),
    UnreadKind("an XZ archive", _starts(b"\xfd7zXZ\0"), _UNPACK),
    UnreadKind("a Zstandard archive", _starts(b"\x28\xb5\x2f\xfd"), _UNPACK),
    UnreadKind("a 7z archive", _starts(b"7z\xbc\xaf\x27\x1c"), _UNPACK),
    UnreadKind("a RAR archive", _starts(b"Rar!\x1a\x07"), _UNPACK),
    UnreadKind("a tar archive", lambda data: data[257:262] == b"ustar", _UNPACK),
    UnreadKind(
        "a ZIP archive",
        lambda data: (
            data.startswith((b"PK\x03\x04", b"PK\x05\x06")) and b"word/" not in data and not is_open_document(data)
        ),
        _UNPACK,
    ),
)


def unread_reason(data: bytes, *, is_whole: bool = True) -> str | None:
    """Say what a file is and what to do with it, if it is of a kind that no format reads; else None.

    Unless `is_whole`, `data` are its first bytes.
    """
    kind = next((kind for kind in KINDS if (is_whole or not kind.needs_all) and kind.matches(data)), None)
    if kind is None:
        return None
    advice = f"to read it, run: {how_to_install(kind.extra)}; or {kind.advice}" if kind.extra else kind.advice
    return f"this is {kind.name}: {advice}"
