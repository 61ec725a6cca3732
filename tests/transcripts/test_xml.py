"""The room in which XML is parsed: what it refuses, and that every run of text knows its place."""

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts import xml
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Ledger


def source(text: str, encoding: str = "utf-8") -> Source:
    return Source("talk.xml", text.encode(encoding))


def refusal(text: str) -> TranscriptError:
    with pytest.raises(TranscriptError) as caught:
        xml.parse(source(text))
    return caught.value


def runs(made: Source) -> list[tuple[str, str]]:
    return [(run.text, made.text[run.start : run.end]) for run in xml.parse(made).runs]


def test_text_keeps_its_place_behind_other_scripts_and_astral_characters() -> None:
    assert runs(source("\n\n<a>日本 <b>😀 é</b>\r\nend</a>")) == [
        ("日本 ", "日本 "),
        ("😀 é", "😀 é"),
        ("\r\nend", "\r\nend"),
    ]


def test_references_are_runs_of_their_own() -> None:
    assert runs(source("<a>Q&amp;A &#x1F600;&lt;</a>")) == [
        ("Q", "Q"),
        ("&", "&amp;"),
        ("A ", "A "),
        ("😀", "&#x1F600;"),
        ("<", "&lt;"),
    ]


def test_cdata_is_a_copy_even_with_ampersands() -> None:
    assert runs(source("<a>x<![CDATA[&amp; <b>]]>&amp;y</a>")) == [
        ("x", "x"),
        ("&amp; <b>", "&amp; <b>"),
        ("&", "&amp;"),
        ("y", "y"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_choose_the_encoding_whatever_the_declaration_says(encoding: str) -> None:
    made = source('<?xml version="1.0" encoding="UTF-16"?><a>Čaj &amp; té</a>', encoding)
    assert [text for text, _ in runs(made)] == ["Čaj ", "&", " té"]


def test_chunks_of_the_parser_do_not_move_offsets() -> None:
    made = source("<a>" + "é\n" * 700_000 + "<b>end</b></a>")
    assert [made.text[run.start : run.end] == run.text for run in xml.parse(made).runs] == [True, True]
    assert xml.parse(made).runs[-1].text == "end"


def test_errors_say_line_and_column_in_characters() -> None:
    error = refusal("<a>\n日本<b></a>")
    assert (error.line, error.column) == (2, 8)
    assert "mismatched tag" in error.reason


@pytest.mark.parametrize(
    "text", ["<a>", "", "plain", "<a/><b/>", "<a>&nbsp;</a>", "<a b=1/>", "<a>\x01</a>", "<a></b>"]
)
def test_what_is_not_well_formed_is_refused(text: str) -> None:
    assert "not well-formed" in refusal(text).reason


def test_billion_laughs_are_refused_before_they_grow() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(12))
    assert "DOCTYPE" in refusal(f"<!DOCTYPE a [{entities}]><a>&l11;</a>").reason


@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE a>",
        '<!DOCTYPE a SYSTEM "{0}">',
        '<!DOCTYPE a PUBLIC "-//X//Y" "{0}">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "{0}">]>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "{0}"> %x;]>',
    ],
)
def test_nothing_outside_the_file_is_read(declaration: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_address: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", connect)
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    for address in (secret.as_uri(), "http://127.0.0.1:9/x.dtd"):
        error = refusal(declaration.format(address) + "<a>&x;</a>")
        assert "DOCTYPE" in error.reason
        assert "canary" not in str(error)


@pytest.mark.parametrize(
    "text",
    [
        '<a><xi:include href="file:///etc/passwd"/></a>',
        '<a xmlns:y="http://www.w3.org/2001/XInclude"><y:include href="b.xml"/></a>',
        '<a><include xmlns="http://www.w3.org/2001/XInclude" href="b.xml"/></a>',
    ],
)
def test_inclusions_are_refused(text: str) -> None:
    assert "XInclude" in refusal(text).reason


def test_depth_is_limited_without_recursion() -> None:
    xml.parse(source("<a>" * xml.MAX_DEPTH + "</a>" * xml.MAX_DEPTH))
    assert "200 deep" in refusal("<a>" * 200_000 + "</a>" * 200_000).reason


def test_attributes_are_limited() -> None:
    attributes = " ".join(f'a{n}=""' for n in range(100_000))
    assert "attributes" in refusal(f"<a {attributes}/>").reason


def test_many_lines_are_read_in_linear_time() -> None:
    made = source("<a>" + "<p> x\n\n\n</p>" * 100_000 + "</a>")
    assert len(xml.parse(made).runs) == 100_000


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\n \n<TEI>", "TEI"),
        ('\ufeff<?xml version="1.0"?><!-- c --><x:a y="<"', None),
        ('<?xml version="1.0"?><x:a>', "a"),
        ("<!DOCTYPE TEI SYSTEM 'x'><TEI/>", "TEI"),
        ("Q: <a>", None),
        ("<", None),
        ("", None),
    ],
)
def test_the_root_is_named_from_the_beginning_alone(text: str, name: str | None) -> None:
    assert xml.root_name(source(text)) == name


def test_undecodable_bytes_have_no_root() -> None:
    assert xml.root_name(Source("a.xml", b"<a>\xff\x00")) is None


def test_passage_leaves_out_white_space_at_its_ends_also_as_references() -> None:
    made = source("<a>&#10; &#9;one <b> two</b>&#32;\n</a>")
    document, ledger = xml.parse(made), Ledger(made)
    document.mark_markup(ledger)
    text = xml.TextBuilder(ledger)
    for run in document.runs:
        text.add(run)
    turn = text.close()
    assert turn is not None
    assert turn.text == "one  two"
    _, account = ledger.close()
    assert account.bytes_by_class[ByteClass.TEXT] == len("one  two")


def test_passage_joins_paragraphs_outside_any_segment() -> None:
    made = source("<a>\n<p> one </p>\n<p>two</p></a>")
    text = xml.TextBuilder(Ledger(made))
    for run in xml.parse(made).runs:
        text.add(run)
        text.join("\n\n")
    turn = text.close()
    assert turn is not None
    assert turn.text == "one\n\ntwo"
    assert [turn.text[segment.text_start : segment.text_end] for segment in turn.segments] == ["one", "two"]


@given(st.text(st.sampled_from('<a>/ b="&#;x1]![CDATA-?é😀\n\r日'), max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    made = source(f"<a>{text}</a>")
    xml.root_name(made)
    try:
        document = xml.parse(made)
    except TranscriptError:
        return
    at = 0
    for run in document.runs:
        assert at <= run.start < run.end
        at = run.end
        if len(run.text) == run.end - run.start:
            assert run.text == made.text[run.start : run.end]


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(data: bytes) -> None:
    made = Source("a.xml", data)
    xml.root_name(made)
    try:
        xml.parse(made)
    except TranscriptError:
        return
