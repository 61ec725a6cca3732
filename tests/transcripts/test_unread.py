import io
import re
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
    "an EPUB book": _archive(mimetype="application/epub+zip"),
    "an OpenDocument spreadsheet": _archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    "an OpenDocument file that is no text": _archive(mimetype="application/vnd.oasis.opendocument.graphics"),
    "an Excel file": _archive(xl__workbook_dot_xml="<x/>"),
    "a PowerPoint file": _archive(ppt__presentation_dot_xml="<x/>"),
    "a PNG image": b"\x89PNG\r\n\x1a\n\0\0",
    "a JPEG image": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "a WAV recording": b"RIFF\x24\0\0\0WAVEfmt ",
    "an MP3 recording": b"ID3\4\0\0\0",
    "an MPEG-4 audio recording": b"\0\0\0\x20ftypM4A \0",
    "a video in MPEG-4 or QuickTime": b"\0\0\0\x20ftypisom\0",
    "a Windows Media recording": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9",
    "an AMR recording": b"#!AMR\n\0",
    "a DjVu document": b"AT&TFORM\0\0",
    "a Kindle book": b"So".ljust(60, b"\0") + b"BOOKMOBI\0",
    "a binary file of Praat": b"ooBinaryFile\x08TextGrid\0",
    "EBU STL subtitles": b"437STL25.01\x30",
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
    (tmp_path / "scan.epub").write_bytes(FILES["an EPUB book"])
    (tmp_path / "notes.xyz").write_text("notes")
    (tmp_path / "Makefile").write_text("all:")
    passed = {file.path.name: file.reason for file in find_files([tmp_path]).passed_over}
    assert passed["scan.epub"].startswith("this is an EPUB book")
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
    assert not suffixes & {".mp3", ".epub", ".png", ".zip"}


TEXTS = {
    "Scenarist closed captions": "Scenarist_SCC V1.0\n\n00:00:01:00\t9420 9420\n",
    "MicroDVD subtitles": "{1}{25}Ada: Who?\n{26}{50}Ben: She.\n",
    "MPL2 subtitles": "[10][25] Ada: Who?\n[26][50] Ben: She.\n",
    "SAMI captions": "<SAMI><BODY><SYNC Start=1><P>Ada: Who?</P></BODY></SAMI>",
    "a LaTeX document": "\\documentclass{article}\n\\begin{document}\nAda: Who?\n\nBen: She.\n\\end{document}\n",
    "a Jupyter notebook": '{\n "cells": [{"cell_type": "markdown", "source": ["Ada: Who?"]}]}',
    "an e-mail message": "From: ada@example.org\nSubject: So\nMIME-Version: 1.0\n\nAda: Who?\nBen: She.\n",
    "a list of chapters (Podlove": '<psc:chapters xmlns:psc="x"><psc:chapter start="00:00" title="So"/></psc:chapters>',
    "a feed": "<rss><channel><title>So</title></channel></rss>",
    "a transcript in XML, as Podlove": '<transcript><segment start="0" speaker="Ada">Who?</segment></transcript>',
    "timed text of YouTube": '<timedtext format="3"><body><p t="0" d="9">Who?</p></body></timedtext>',
    "a Transcriber file": '<Trans><Episode><Turn speaker="a">So</Turn></Episode></Trans>',
    "a Word 2003 XML document": "<w:wordDocument xmlns:w='x'><w:p>Ada: Who?</w:p></w:wordDocument>",
}


@pytest.mark.parametrize("keep_unlabelled", [False, True])
@pytest.mark.parametrize("name", TEXTS)
def test_text_of_a_kind_that_is_not_read_is_refused_by_name(name: str, keep_unlabelled: bool) -> None:
    with pytest.raises(TranscriptError, match=rf"^talk: this is {re.escape(name)}.*: .{{10}}"):
        read(Source("talk", TEXTS[name].encode()), keep_unlabelled=keep_unlabelled)


@pytest.mark.parametrize(
    ("file_name", "text", "reason"),
    [
        ("talk.xml", "<novel><p>It rained all day.</p></novel>", "this is XML with <novel> at its root"),
        ("talk.json", '{"pages": [1, 2], "ok": true}', "this is JSON, and no list in it"),
        ("talk.csv", "3;4\n5;6;7;8\n9;\n", "this is a table, and no column of it"),
    ],
)
def test_code_is_never_kept_as_words(file_name: str, text: str, reason: str) -> None:
    with pytest.raises(TranscriptError, match=reason):
        read(Source(file_name, text.encode()), keep_unlabelled=True)


PROSE = {
    "talk.txt": "It rained all day.\n\nNobody came to the fair.\n",
    "talk.md": "It rained all day.\n\n*Nobody* came to the fair.\n",
    "talk.html": "<html><body><p>It rained all day.</p><p>Nobody came to the fair.</p></body></html>",
    "talk.json": '{"text": "It rained all day. Nobody came to the fair."}',
    "talk.xml": "<TEI><text><body><p>It rained all day.</p><p>Nobody came to the fair.</p></body></text></TEI>",
}


@pytest.mark.parametrize("file_name", PROSE)
def test_prose_is_refused_in_any_format_unless_it_is_to_be_kept(file_name: str) -> None:
    source = Source(file_name, PROSE[file_name].encode())
    with pytest.raises(TranscriptError, match="no speaker labels were found; --keep-unlabelled keeps each paragraph"):
        read(source)
    kept = read(source, keep_unlabelled=True).turns
    assert {turn.label for turn in kept} == {None}
    assert "rained all day" in kept[0].text


def test_captions_without_speakers_are_kept_because_they_have_times() -> None:
    source = Source("talk.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nIt rained all day.\n")
    assert read(source).turns[0].start_ms == 1000


@pytest.mark.parametrize("keep_unlabelled", [False, True])
@pytest.mark.parametrize(
    ("file_name", "text"),
    [
        ("talk.txt", "No transcript available.\n"),
        ("talk.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nThis interview has not been transcribed.\n"),
        ("talk.html", "<html><body><p>[Transcript unavailable]</p></body></html>"),
        (
            "talk.xml",
            "<ROOT><record><sync></sync><transcript>Kein Transkript.</transcript></record></ROOT>",
        ),
    ],
)
def test_file_that_says_that_there_is_no_transcript_is_refused(
    file_name: str, text: str, keep_unlabelled: bool
) -> None:
    if file_name == "talk.txt" and not keep_unlabelled:
        pytest.skip("it has no labels either")
    with pytest.raises(TranscriptError, match="says itself that there is no transcript: "):
        read(Source(file_name, text.encode()), keep_unlabelled=keep_unlabelled)


def test_talk_about_a_transcript_is_one() -> None:
    text = b"WEBVTT\n\n00:01.000 --> 00:02.000\nThere is no transcript of that night, he said.\n"
    assert len(read(Source("talk.vtt", text)).turns) == 1
