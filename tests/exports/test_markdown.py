import itertools
import re

import yaml
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.exports.format import InterviewDocument
from app.exports.markdown import render
from app.structure.pairing import Role
from app.transcripts import markdown, read
from app.transcripts.source import Source
from app.transcripts.transcript import TurnKind
from tests.exports.documents import PLAIN, conversations, document, person, spoken, texts, turn

_LINE_END = re.compile(r"\r\n|\r|\n")
# Control characters at the ends of a line cannot be written as references, and this reader drops them.
_EDGES = "".join(map(chr, [*range(0x21), 0x85]))


def _parts(written: str) -> tuple[dict[str, object], list[tuple[str, str]]]:
    _, front, body = written.split("---\n", 2)
    tokens = MarkdownIt("commonmark").parse(body)
    blocks = []
    for before, token in itertools.pairwise(tokens):
        assert token.type in {"paragraph_open", "paragraph_close", "heading_open", "heading_close", "inline"}, token
        if token.type == "inline":
            blocks.append((before.tag, "".join(map(_text, token.children or []))))
    return yaml.safe_load(front), blocks


def _text(token: Token) -> str:
    assert token.type in {"text", "softbreak", "strong_open", "strong_close", "em_open", "em_close"}, token
    return "\n" if token.type == "softbreak" else token.content


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of a text; lines of white space part them."""
    found: list[list[str]] = [[]]
    for line in _LINE_END.split(text):
        if line.strip(" \t"):
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(lines) for lines in found if lines]


def _shown(blocks: list[tuple[str, str]]) -> list[str]:
    return ["\n".join(line.strip(_EDGES) for line in text.split("\n")) for _, text in blocks]


@given(conversations(texts))
def test_commonmark_shows_what_was_said_whatever_it_is(given_: InterviewDocument) -> None:
    _, blocks = _parts(render(given_))
    expected = []
    for label, text in spoken(given_):
        first, *others = _paragraphs(text)
        expected += [("p", f"{label}: {first}"), *(("p", other) for other in others)]
    assert _shown(blocks) == _shown(expected)


@given(conversations(lambda: PLAIN))
def test_own_reader_reads_the_same_turns(given_: InterviewDocument) -> None:
    source = Source("talk.md", render(given_).encode())
    assert [(each.label, each.text) for each in read(source, "markdown").turns] == spoken(given_)


def test_note_and_heading_are_marked_as_such() -> None:
    given_ = document(
        [
            turn(1, TurnKind.HEADING, "Part #1 #"),
            turn(2, TurnKind.QUESTION, "Why?\n\n# no heading", speaker_label="Q:*"),
            turn(3, TurnKind.NOTE, "[laughs]"),
            turn(4, TurnKind.NOTE, "a * pause"),
            turn(5, TurnKind.STATEMENT, "nobody's words"),
        ]
    )
    _, blocks = _parts(render(given_))
    assert blocks == [
        ("h2", "Part #1 #"),
        ("p", "Q:*: Why?"),
        ("p", "# no heading"),
        ("p", "[laughs]"),
        ("p", "[a * pause]"),
        ("p", "nobody's words"),
    ]


def test_front_matter_says_what_is_known_and_no_more() -> None:
    people = [person("roe", "ROE", Role.INTERVIEWEE, "Jane Roe"), person("q", "Q", Role.INTERVIEWER)]
    given_ = document([turn(1, TurnKind.STATEMENT, "x")], people, title='A: "talk" #1', published="2023-11")
    front, _ = _parts(render(given_))
    assert front == {
        "title": 'A: "talk" #1',
        "date": "2023-11",
        "speakers": [{"name": "Jane Roe", "role": "interviewee", "role_attribution": "inferred", "labels": ["ROE"]}],
    }


def test_own_reader_reads_the_front_matter() -> None:
    given_ = document(
        [turn(1, TurnKind.QUESTION, "Why?", speaker_label="Q"), turn(2, TurnKind.ANSWER, "So.", speaker_label="A")],
        title="A talk: of rivers",
        published="2023-11",
        publisher="The Mill",
        language="en",
        source_url="https://a.example/talk",
        rights="CC BY",
        summary="On rivers.",
    )
    stated = markdown.parse(Source("talk.md", render(given_).encode())).metadata
    assert stated.published is not None
    assert (stated.title, stated.published.text, stated.publisher, stated.language) == (
        "A talk: of rivers",
        "2023-11",
        "The Mill",
        "en",
    )
    assert (stated.source_url, stated.rights, stated.summary) == ("https://a.example/talk", "CC BY", "On rivers.")


def test_who_is_not_named_goes_by_role_or_by_nothing() -> None:
    people = [person("one", None, Role.MODERATOR), person("two", None)]
    given_ = document(
        [turn(1, TurnKind.STATEMENT, "a", speaker="one"), turn(2, TurnKind.STATEMENT, "b", speaker="two")], people
    )
    assert render(given_).endswith("---\n\n**Moderator:** a\n\nb\n")
