import io
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from app.errors import TranscriptError
from app.structure.files import find_files
from app.transcripts import FORMATS, read
from app.transcripts.source import Source
from app.transcripts.unread import KINDS, unread_reason


def _archive(**members: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return content.getvalue()


def _tar() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return content.getvalue()


def _pdf(objects: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj <</Type /ObjStm /N 1>> stream\n" + zlib.compress(objects) + b"\nendstream"


FILES = {
    "a PDF of scanned pages, without text": b"%PDF-1.4\n1 0 obj <</Subtype /Image>>",
    "a PDF": b"%PDF-1.4\nBT /Font Ann Lee: Why do you go?",
    "an EPUB book": _archive(mimetype="application/epub+zip"),
    "an OpenDocument file": _archive(mimetype="application/vnd.oasis.opendocument.text"),
    "an Excel file": _archive(xl__workbook_dot_xml="<x/>"),
    "a PowerPoint file": _archive(ppt__presentation_dot_xml="<x/>"),
    "an RTF file": b"{\\rtf1 Ann: Why?\\par Bob: So.}",
    "a PNG image": b"\x89PNG\r\n\x1a\n\0\0",
    "a JPEG image": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "a WAV recording": b"RIFF\x24\0\0\0WAVEfmt ",
    "an MP3 recording": b"ID3\4\0\0\0",
    "an MPEG-4 audio recording": b"\0\0\0\x20ftypM4A \0",
    "a video in MPEG-4 or QuickTime": b"\0\0\0\x20ftypisom\0",
    "a gzip archive": b"\x1f\x8b\x08\0",
    "a tar archive": _tar(),
    "a ZIP archive": _archive(a_dot_txt="Ann: Why?\nBob: So.\n"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("suffix", [".txt", ".docx", ""])
def test_file_of_another_kind_is_refused_by_name_whatever_it_is_called(name: str, suffix: str) -> None:
    with pytest.raises(TranscriptError) as refused:
        read(Source(f"talk{suffix}", FILES[name]))
    assert refused.value.reason.startswith(f"this is {name}: ")
    kind = next(kind for kind in KINDS if kind.name == name)
    assert refused.value.reason.endswith(kind.advice)


def test_font_in_compressed_objects_of_a_pdf_means_text() -> None:
    assert "scanned" in str(unread_reason(_pdf(b"<</Subtype /Image>>") + b"/Image"))
    assert "scanned" not in str(unread_reason(_pdf(b"<</Type /Font>>") + b"/Image"))
    # What cannot be inflated tells nothing; of a file that is not known whole, fonts may follow.
    assert "scanned" in str(unread_reason(b"%PDF-1.7 /ObjStm>> stream\nnothing /Image"))
    assert "scanned" not in str(unread_reason(b"%PDF-1.7 /Image", is_whole=False))


def test_text_is_of_no_other_kind() -> None:
    for text in ("", "PK: Why?\nZIP: So.\n", "ID3: Why?\nOggS: So.\n", "BZh: Why?", "RIFF: x", "II: Why?\nMM: So.\n"):
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
            assert unread_reason(text.encode(encoding)) is None


def test_passed_over_files_are_named_with_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text("Ann: Why?\nBob: So.\n")
    (tmp_path / "scan.pdf").write_bytes(FILES["a PDF"])
    (tmp_path / "notes.xyz").write_text("notes")
    (tmp_path / "Makefile").write_text("all:")
    passed = {file.path.name: file.reason for file in find_files([tmp_path]).passed_over}
    assert passed["scan.pdf"].startswith("this is a PDF")
    assert "end in .xyz" in passed["notes.xyz"]
    assert "no ending" in passed["Makefile"]
    assert len(passed) == 3


def test_folder_without_transcripts_says_what_is_there_instead(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.mp3").write_bytes(FILES["an MP3 recording"])
    with pytest.raises(FileNotFoundError, match=r"0\.mp3, 1\.mp3, 2\.mp3: this is an MP3 recording.*and 2 more files"):
        find_files([tmp_path])


def test_no_kind_has_the_suffix_of_a_format() -> None:
    suffixes = {suffix for one in FORMATS for suffix in one.suffixes}
    assert not suffixes & {".pdf", ".mp3", ".epub", ".png", ".zip"}
