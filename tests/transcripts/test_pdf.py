"""The text layer of PDF files."""

import logging

import pytest

from app.errors import TranscriptError
from app.transcripts import pdf, read
from app.transcripts.source import Source
from app.transcripts.transcript import Transcript, TurnKind
from tests.transcripts.reading import codes, read_as, said

pytest.importorskip("pypdf")


def document(*pages: str, title: str = "") -> bytes:
    """Make a PDF of pages, each a content stream with the fonts F1 and F2, which is bold."""
    objects = ["<</Type/Catalog/Pages 2 0 R/Lang(de-DE)>>", "", *map(_font, ("Helvetica", "Helvetica-Bold"))]
    objects.append(f"<</Title({title})>>")
    kids = []
    for content in pages:
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        fonts = "<</Font<</F1 3 0 R/F2 4 0 R>>>>"
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {number + 1} 0 R/Resources{fonts}>>")
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    made, offsets = "%PDF-1.4\n", []
    for number, inner in enumerate(objects, 1):
        offsets.append(len(made))
        made += f"{number} 0 obj{inner}endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 5 0 R>>\nstartxref\n{len(made)}\n%%EOF\n"
    return (made + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}").encode("cp1252")


def _font(name: str) -> str:
    return f"<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>"


def page(*lines: str, head: str = "", foot: str = "") -> str:
    """Print lines 14 apart, an empty string for a gap; a line in capitals before a bar is bold."""
    made, height = [], 760
    for line in lines:
        bold, _, plain = line.rpartition("|")
        height -= 14
        if line:
            made.append(f"BT 72 {height} Td /F2 12 Tf ({bold}) Tj /F1 12 Tf ({plain}) Tj ET")
    edges = [f"BT /F1 9 Tf 72 800 Td ({head}) Tj ET"] if head else []
    return "\n".join([*edges, *made, *([f"BT /F1 9 Tf 290 40 Td ({foot}) Tj ET"] if foot else [])])


def talk(*pages: str, title: str = "") -> Transcript:
    return read_as(pdf.FORMAT, document(*pages, title=title), "talk.pdf")


def test_lines_with_labels_make_turns_and_wrapped_lines_go_on() -> None:
    transcript = talk(
        page("Ada: Who kept the bees", "in winter?", "Ben: My aunt did.", "Ada: And then?", "Ben: Nobody.")
    )
    assert said(transcript) == [
        ("Ada", "Who kept the bees\nin winter?"), ("Ben", "My aunt did."), ("Ada", "And then?"), ("Ben", "Nobody."),
    ]  # fmt: skip
    assert transcript.metadata.language == "de-DE"
    assert "extracted" in codes(transcript)


def test_heads_and_numbers_of_pages_are_left_out_and_a_sentence_goes_on_after_them() -> None:
    transcript = talk(
        page("Ada:| Who?", "", "Ben:| My aunt, until the", head="Archive of Bees", foot="1"),
        page("war came.", "", "Ada:| And then?", head="Archive of Bees", foot="2"),
        page("Ben:|Nobody.", head="Archive of Bees", foot="3"),
    )
    assert said(transcript) == [
        ("Ada", "Who?"), ("Ben", "My aunt, until the\nwar came."), ("Ada", "And then?"), ("Ben", "Nobody."),
    ]  # fmt: skip
    assert "left-out" in codes(transcript)


def test_bold_paragraphs_that_ask_are_questions() -> None:
    lines = ("Who kept the bees|", "in winter?|", "My aunt did.", "And then?|", "Nobody.", "", "Not even I.")
    transcript = talk(page(*lines))
    assert [(turn.kind, turn.text) for turn in transcript.turns] == [
        (TurnKind.QUESTION, "Who kept the bees\nin winter?"),
        (TurnKind.ANSWER, "My aunt did."),
        (TurnKind.QUESTION, "And then?"),
        (TurnKind.ANSWER, "Nobody.\n\nNot even I."),
    ]


def test_word_broken_at_the_end_of_a_line_is_put_together_if_it_stands_whole_elsewhere() -> None:
    transcript = talk(page("Ada: A beekeeper?", "Ben: My aunt was a bee-", "keeper, and well-", "known."))
    assert transcript.turns[1].text == "My aunt was a beekeeper\n, and well-\nknown."


@pytest.mark.parametrize(("stated", "title"), [("The bees", "The bees"), ("Microsoft Word - a.doc", None), ("", None)])
def test_title_is_that_of_the_file_unless_a_program_made_it_up(stated: str, title: str | None) -> None:
    assert talk(page("Ada: Who?", "Ben: She."), title=stated).metadata.title == title


def test_prose_is_refused_unless_it_is_to_be_kept() -> None:
    source = Source("talk.pdf", document(page("It rained all day.", "", "", "Nobody came.")))
    with pytest.raises(TranscriptError, match="read as pdf, but no speaker labels"):
        read(source)
    assert [turn.label for turn in read(source, keep_unlabelled=True).turns] == [None]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (document(page()), "no text layer: recognize the text first"),
        (b"%PDF-1.4\n1 0 obj <</Subtype /Image>>", "scanned pages, without text"),
        (b"%PDF-1.4\n/Font and so on", "this PDF cannot be read"),
        (document(page("Ada: Who?"))[:300], "this PDF cannot be read|no text layer|scanned"),
    ],
)
def test_file_without_readable_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(TranscriptError, match=reason):
        read(Source("talk.pdf", data))


def test_without_pypdf_a_pdf_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "is_available", lambda: False)
    source = Source("talk.pdf", document(page("Ada: Who?", "Ben: She.")))
    with pytest.raises(TranscriptError, match=r"this is a PDF: to read it, run: .*\[pdf\]'; or save"):
        read(source)
    with pytest.raises(TranscriptError, match=r"not installed; run: .*\[pdf\]"):
        pdf.parse(source)


def test_what_pypdf_repairs_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        pdf.parse(Source("talk.pdf", document(page("Ada: Who?", "Ben: She.")).replace(b"startxref\n", b"startxref\n9")))
    assert not caplog.records
