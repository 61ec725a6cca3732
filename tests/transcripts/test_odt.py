"""OpenDocument texts."""

import io
import zipfile

import pytest

from app.errors import TranscriptError
from app.transcripts import odt, read
from app.transcripts.source import Source
from app.transcripts.transcript import Transcript, TurnKind
from tests.transcripts.reading import codes, read_as, said

NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("text", "text"), ("style", "style"), ("table", "table"), ("fo", "fo"))
)
BOLD = '<style:style style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>'
BOLD += '<style:style style:name="C" style:parent-style-name="B"/>'
MIMETYPE = "application/vnd.oasis.opendocument.text"


def content(body: str) -> str:
    styles = f"<office:automatic-styles>{BOLD}</office:automatic-styles>"
    text = f"<office:body><office:text>{body}</office:text></office:body>"
    return f"<office:document-content {NAMESPACES}>{styles}{text}</office:document-content>"


def archive(body: str, mimetype: str = MIMETYPE, **members: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        target.writestr("content.xml", content(body))
        for name, member in members.items():
            target.writestr(name.replace("__", "/") + ".xml", member)
    return made.getvalue()


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def talk(body: str, **members: str) -> Transcript:
    return read_as(odt.FORMAT, archive(body, **members), "talk.odt")


def test_labels_in_paragraphs_make_turns() -> None:
    transcript = talk(
        p("Ada Lind: Who kept\n  the bees?")
        + p("Ben Moe: My aunt<text:s text:c='2'/>did.<text:line-break/>So.")
        + p("Always.")
    )
    assert said(transcript) == [("Ada Lind", "Who kept the bees?"), ("Ben Moe", "My aunt  did.\nSo.\n\nAlways.")]
    assert transcript.extracted is not None


def test_questions_in_bold_are_questions_by_any_style() -> None:
    bold = '<text:span text:style-name="C">And then?</text:span>'
    transcript = talk(p("Who kept the bees?", "B") + p("My aunt.") + p(bold) + p("Nobody."))
    kinds = [turn.kind for turn in transcript.turns]
    assert kinds == [TurnKind.QUESTION, TurnKind.ANSWER] * 2


def test_notes_comments_deletions_and_contents_lists_are_not_said() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>old</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:table-of-content><text:index-body><text:p>Bees 3</text:p>"
        "</text:index-body></text:table-of-content>"
        + p(
            "Ada: Who?<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>In 1951.</text:p>"
            "</text:note-body></text:note><office:annotation><text:p>check</text:p></office:annotation>"
        )
        + p("Ben: She.")
    )
    transcript = talk(body)
    assert said(transcript) == [("Ada", "Who?"), (None, "In 1951."), ("Ben", "She.")]
    assert transcript.turns[1].kind is TurnKind.NOTE
    assert codes(transcript).count("left-out") == 3


def test_first_cell_of_a_row_may_be_a_label() -> None:
    def row(*cells: str) -> str:
        inner = "".join(f"<table:table-cell>{p(cell)}</table:table-cell>" for cell in cells)
        return f"<table:table-row>{inner}</table:table-row>"

    rows = row("Ada", "Who?") + row("Ben", "She.") + row("Ada", "So?") + row("Ben", "Yes.")
    assert said(talk(f"<table:table>{rows}</table:table>")) == [
        ("Ada", "Who?"), ("Ben", "She."), ("Ada", "So?"), ("Ben", "Yes."),
    ]  # fmt: skip


def test_properties_state_title_and_language_and_no_publication() -> None:
    meta = (
        f'<office:document-meta {NAMESPACES} xmlns:dc="dc" xmlns:meta="m"><office:meta><dc:title>Bees</dc:title>'
        "<dc:language>de-DE</dc:language><dc:date>2020-01-02</dc:date><meta:creation-date>2019-01-02</meta:creation-date>"
        "<meta:keyword>winter; honey</meta:keyword></office:meta></office:document-meta>"
    )
    metadata = talk(p("Ada: Who?") + p("Ben: She."), meta=meta).metadata
    assert (metadata.title, metadata.language, metadata.published) == ("Bees", "de-DE", None)
    assert metadata.topics == ("winter", "honey")


def test_document_in_one_xml_file_is_read() -> None:
    text = content(p("Ada: Who?") + p("Ben: She.")).replace("document-content", "document")
    assert said(read_as(odt.FORMAT, text, "talk.fodt")) == [("Ada", "Who?"), ("Ben", "She.")]


def test_prose_is_refused_unless_it_is_to_be_kept() -> None:
    source = Source("talk.odt", archive(p("It rained all day.") + p("Nobody came to the fair.")))
    with pytest.raises(TranscriptError, match="read as odt, but no speaker labels"):
        read(source)
    assert len(read(source, keep_unlabelled=True).turns) == 2


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (archive("", META__INF__x="<x/>"), "the document holds no text"),
        (archive(p("x")).replace(b"content.xml", b"kontent.xml"), "there is no OpenDocument text"),
        (archive(p("x"))[:80], "not a readable ZIP archive"),
        (archive(p("x"), "application/vnd.oasis.opendocument.spreadsheet"), "spreadsheet: save it as .csv"),
        (archive(p("x"), "application/vnd.oasis.opendocument.graphics"), "OpenDocument file that is no text: "),
    ],
)
def test_archive_without_a_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(TranscriptError, match=reason):
        read(Source("talk.odt", data))


def test_encrypted_document_is_refused() -> None:
    made = io.BytesIO(archive(p("x")))
    with zipfile.ZipFile(made, "a") as target:
        target.writestr("META-INF/manifest.xml", "<manifest><file-entry><encryption-data/></file-entry></manifest>")
    with pytest.raises(TranscriptError, match="encrypted; save it without a password"):
        read(Source("talk.odt", made.getvalue()))
