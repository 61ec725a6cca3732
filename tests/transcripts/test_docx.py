"""Word documents: what their paragraphs say, and archives that are refused before they inflate."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts import docx, read, sniff
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript, TurnKind

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = "<Types/>"


def archive(members: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as target:
        target.writestr("[Content_Types].xml", TYPES)
        for name, content in members.items():
            target.writestr(name, content)
    return made.getvalue()


def document(body: str, **parts: str) -> Source:
    members: dict[str, str | bytes] = {
        "word/document.xml": f"<w:document {NAMESPACE}><w:body>{body}</w:body></w:document>"
    }
    members |= {f"word/{name}.xml": f"<w:{name} {NAMESPACE}>{part}</w:{name}>" for name, part in parts.items()}
    return Source("talk.docx", archive(members))


def run(text: str, bold: bool = False) -> str:
    properties = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{''.join(runs)}</w:p>"


def lines(*texts: str) -> str:
    return "".join(paragraph(run(text)) for text in texts)


def parse(source: Source) -> Transcript:
    made = docx.parse(source)
    assert made.extracted is not None
    assert made.text == made.extracted
    assert made.bytes_by_class[ByteClass.MARKUP] == sum(made.bytes_by_class.values()) == len(source.data)
    for turn in made.turns:
        for segment in turn.segments:
            copied = made.extracted[segment.source_start : segment.source_end]
            assert turn.text[segment.text_start : segment.text_end] == copied
    return made


def turns(source: Source) -> list[tuple[str | None, str | None, str]]:
    return [(turn.kind, turn.label, turn.text) for turn in parse(source).turns]


def test_labels_and_paragraphs_without_one_make_turns() -> None:
    made = document(lines("Q: Is it &lt;deep&gt;?", "A: Yes.", "Very.", "Q: And wide?", "A: No."))
    assert turns(made) == [
        (TurnKind.QUESTION, "Q", "Is it <deep>?"),
        (TurnKind.ANSWER, "A", "Yes.\n\nVery."),
        (TurnKind.QUESTION, "Q", "And wide?"),
        (TurnKind.ANSWER, "A", "No."),
    ]


def test_runs_tabs_and_line_breaks_are_put_together() -> None:
    first = "<w:p><w:r><w:t>Q:</w:t><w:tab/><w:t>Is</w:t></w:r><w:r><w:t xml:space='preserve"
    made = document(first + "'> it</w:t><w:br/><w:t>deep?</w:t></w:r></w:p>" + lines("A: It is."))
    assert [text for _, _, text in turns(made)] == ["Is it\ndeep?", "It is."]


def test_insertions_are_kept_and_deletions_are_not() -> None:
    made = document(
        f"<w:p>{run('A: Yes')}<w:ins>{run(', indeed')}</w:ins><w:del><w:r><w:delText>, no</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run(' gone')}</w:moveFrom><w:moveTo>{run(' here')}</w:moveTo></w:p>" + lines("Q: So?")
    )
    parsed = parse(made)
    assert parsed.turns[0].text == "Yes, indeed here"
    assert "left-out" in {remark.code for remark in parsed.remarks}


def test_bold_paragraphs_that_ask_are_questions() -> None:
    made = document(
        paragraph(run("Why rivers?", bold=True))
        + lines("Because.", "They flow.")
        + paragraph(run("Why ", bold=True), run("lakes?", bold=True))
        + lines("They rest.")
    )
    assert turns(made) == [
        (TurnKind.QUESTION, None, "Why rivers?"),
        (TurnKind.ANSWER, None, "Because.\n\nThey flow."),
        (TurnKind.QUESTION, None, "Why lakes?"),
        (TurnKind.ANSWER, None, "They rest."),
    ]


def test_bold_paragraph_above_the_questions_is_the_title() -> None:
    made = document(
        paragraph(run("The last miller", bold=True))
        + paragraph(run("Why rivers?", bold=True))
        + lines("They flow.")
        + paragraph(run("Why lakes?", bold=True))
        + lines("They rest.")
    )
    transcript = docx.parse(made)
    assert transcript.metadata.title == "The last miller"
    assert transcript.turns[1].kind is TurnKind.QUESTION


def test_bold_comes_also_from_styles() -> None:
    made = document(
        paragraph(run("Why rivers?"), style="Ask2")
        + lines("So.")
        + paragraph(run("Why lakes?"), style="Ask2")
        + lines("Ah."),
        styles='<w:style w:styleId="Ask"><w:rPr><w:b w:val="1"/></w:rPr></w:style>'
        '<w:style w:styleId="Ask2"><w:basedOn w:val="Ask"/></w:style>'
        '<w:style w:styleId="X"><w:basedOn w:val="X"/></w:style>',
    )
    assert [kind for kind, _, _ in turns(made)] == [TurnKind.QUESTION, TurnKind.ANSWER] * 2


def test_headings_are_headings_unless_they_ask() -> None:
    styles = '<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    plain = document(paragraph(run("Rivers"), style="H1") + lines("Q: Why?", "A: So."), styles=styles)
    assert turns(plain)[0] == (TurnKind.HEADING, None, "Rivers")
    asking = document(
        paragraph(run("Why?"), style="H1") + lines("So.") + paragraph(run("How?"), style="H1") + lines("Thus."),
        styles=styles,
    )
    assert [kind for kind, _, _ in turns(asking)] == [TurnKind.QUESTION, TurnKind.ANSWER] * 2


def test_bold_names_that_recur_are_labels_without_a_colon() -> None:
    made = document(
        "".join(
            paragraph(run(f"{name} ", bold=True), run(text))
            for name, text in (("Ida Bell", "Why?"), ("Omar Reyes", "So."), ("Ida Bell", "Ah."), ("Omar Reyes", "Yes."))
        )
    )
    assert [(label, text) for _, label, text in turns(made)] == [
        ("Ida Bell", "Why?"),
        ("Omar Reyes", "So."),
        ("Ida Bell", "Ah."),
        ("Omar Reyes", "Yes."),
    ]


def test_first_column_of_a_table_is_a_label() -> None:
    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{lines(cell)}</w:tc>" for cell in cells) + "</w:tr>"

    made = document(
        f"<w:tbl>{row('Ida Bell', 'Why?')}{row('Omar Reyes', 'So.')}{row('Ida Bell', 'Ah.')}"
        f"{row('Omar Reyes', 'Yes.')}</w:tbl>"
    )
    assert [(label, text) for _, label, text in turns(made)][:2] == [("Ida Bell", "Why?"), ("Omar Reyes", "So.")]


def test_footnotes_are_notes_behind_their_paragraph() -> None:
    made = document(
        lines("Q: Why?") + f"<w:p>{run('A: So.')}<w:r><w:footnoteReference w:id='2'/></w:r></w:p>" + lines("Q: Ah?"),
        footnotes=f"<w:footnote w:id='2'>{lines('See there.')}</w:footnote>",
    )
    assert (TurnKind.NOTE, None, "See there.") in turns(made)


def test_text_boxes_are_read_once() -> None:
    box = f"<w:txbxContent>{lines('In a box.')}</w:txbxContent>"
    made = document(
        lines("Q: Why?", "A: So.")
        + f"<w:p><w:r><mc:AlternateContent xmlns:mc='m'><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert parse(made).text.count("In a box.") == 1


def test_document_without_labels_is_kept_as_paragraphs_of_nobody() -> None:
    made = parse(document(lines("One.", "Two.")))
    assert [(turn.label, turn.text) for turn in made.turns] == [(None, "One."), (None, "Two.")]
    assert "unlabelled" in {remark.code for remark in made.remarks}


def test_properties_state_title_and_language_and_no_day_of_publication() -> None:
    core = (
        "<cp:coreProperties xmlns:cp='c' xmlns:dc='d' xmlns:dcterms='t'><dc:title>Rivers &amp; lakes</dc:title>"
        "<dcterms:created>2021-04-07T10:00:00Z</dcterms:created><dc:language>en-GB</dc:language>"
        "<cp:keywords>water; law</cp:keywords></cp:coreProperties>"
    )
    body = f"<w:document {NAMESPACE}>{lines('Q: Why?', 'A: So.')}</w:document>"
    metadata = parse(Source("a.docx", archive({"word/document.xml": body, "docProps/core.xml": core}))).metadata
    assert metadata.title == "Rivers & lakes"
    assert metadata.language == "en-GB"
    assert metadata.published is None
    assert metadata.topics == ("water", "law")


def test_main_document_is_where_the_relations_say() -> None:
    relations = '<Relationships><Relationship Type="x/officeDocument" Target="/word/document2.xml"/></Relationships>'
    body = f"<w:document {NAMESPACE}>{lines('Q: Why?', 'A: So.')}</w:document>"
    assert len(parse(Source("a.docx", archive({"_rels/.rels": relations, "word/document2.xml": body}))).turns) == 2


def test_external_relations_are_not_followed() -> None:
    relations = '<R><Relationship Type="x/officeDocument" Target="http://127.0.0.1:9/" TargetMode="External"/></R>'
    with pytest.raises(TranscriptError, match="no Word document"):
        docx.parse(Source("a.docx", archive({"_rels/.rels": relations})))


def refusal(data: bytes) -> str:
    source = Source("a.docx", data)
    docx.sniff(source)
    with pytest.raises(TranscriptError) as caught:
        docx.parse(source)
    return caught.value.reason


def test_bomb_is_refused_before_it_inflates() -> None:
    assert "inflate" in refusal(archive({"word/document.xml": b" " * 300_000_000}))
    assert "times its size" in refusal(archive({"word/document.xml": b" " * 60_000_000}))


def test_too_many_members_are_refused() -> None:
    assert "members" in refusal(archive({f"word/{n}.xml": "" for n in range(30_000)}))


def test_members_outside_the_archive_are_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    body = f"<w:document {NAMESPACE}>{lines('Q: Why?', 'A: So.')}</w:document>"
    absolute = str(tmp_path / "absolute.txt")
    made = archive({"../../slipped.txt": "x", absolute: "x", "word/vbaProject.bin": "x", "word/document.xml": body})
    assert len(parse(Source("a.docx", made)).turns) == 2
    assert list(tmp_path.iterdir()) == []


def test_two_members_of_one_name_are_refused() -> None:
    # The names are of one length, so that changing one leaves the archive whole.
    made = archive({"word/document.xml": "<a/>", "word/document.xmm": "<b/>"})
    assert "same name" in refusal(made.replace(b"word/document.xmm", b"word/document.xml"))


def test_encrypted_documents_are_refused_with_advice() -> None:
    made = bytearray(archive({"word/document.xml": "<a/>"}))
    at = made.rindex(b"PK\x01\x02")
    made[at + 8] |= 1
    assert "password" in refusal(bytes(made))
    assert "password" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "<w:p>" * 200_000,
        "<w:document>",
        "",
        '<a><xi:include href="x"/></a>',
    ],
)
def test_xml_inside_is_refused_as_any_other(xml: str) -> None:
    with pytest.raises(TranscriptError) as caught:
        docx.parse(Source("a.docx", archive({"word/document.xml": xml})))
    assert caught.value.file == "a.docx/word/document.xml"


def test_empty_document_is_refused() -> None:
    assert "no text" in refusal(document(lines(" ")).data)


def test_other_archives_are_not_claimed() -> None:
    assert docx.sniff(Source("a.docx", archive({"xl/workbook.xml": "<a/>"}))).confidence == 0
    assert docx.sniff(Source("a.docx", b"Q: plain text")).confidence == 0


def test_format_is_found_by_content() -> None:
    made = document(lines("Q: Why?", "A: So."))
    renamed = Source("talk.bin", made.data)
    assert [known.name for known, _ in sniff(renamed)] == ["docx"]
    assert read(renamed).format == "docx"


SAMPLE = document(
    paragraph(run("Q: ", bold=True), run("Why?")) + lines("A: So.") + "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>",
    styles='<w:style w:styleId="H"><w:name w:val="heading 1"/></w:style>',
    footnotes="<w:footnote/>",
).data


@given(st.integers(0, len(SAMPLE) - 1), st.integers(0, 20), st.binary(max_size=8))
def test_damaged_archives_are_read_or_refused(at: int, length: int, instead: bytes) -> None:
    source = Source("a.docx", SAMPLE[:at] + instead + SAMPLE[at + length :])
    docx.sniff(source)
    try:
        parse(source)
    except TranscriptError:
        return


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for source in (Source("a.docx", data), Source("a.docx", b"PK\x03\x04" + data + b"PK\x05\x06" + data)):
        docx.sniff(source)
        try:
            docx.parse(source)
        except TranscriptError:
            continue


_NAMES = st.sampled_from(["p", "r", "t", "tbl", "tr", "tc", "ins", "del", "rPr", "b", "br", "tab", "txbxContent"])
_LEAVES = st.sampled_from(
    ["", " ", "Q: a?", "Ida Bell: b", "[laughs]", "&#10;", "é😀", "\u2028", "HEAD", "\ufeff", "---"]
)


def _nest(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda name, inside: f"<w:{name}>{''.join(inside)}</w:{name}>", _NAMES, st.lists(children))


@given(st.lists(st.recursive(_LEAVES.map(lambda text: f"<w:p>{run(text, bold=len(text) > 5)}</w:p>"), _nest)))
def test_any_nesting_is_read(parts: list[str]) -> None:
    try:
        parse(document("".join(parts)))
    except TranscriptError as error:
        if "no text" not in error.reason:
            raise
