"""Wiki text of MediaWiki."""

import contextlib

import pytest

from app.errors import TranscriptError
from app.text.dates import PartialDate
from app.transcripts import read, wikitext
from app.transcripts.source import Source
from app.transcripts.transcript import Transcript, TurnKind
from tests.transcripts.reading import codes, read_as, said


def page(text: str) -> Transcript:
    return read_as(wikitext.FORMAT, text, "talk.wiki")


def test_bold_labels_with_links_and_templates_are_speakers_and_markup_is_not_said() -> None:
    transcript = page(
        "{{date|May 12, 2019}}\n[[File:Hive.jpg|thumb|The [[hive]].]]\n"
        "'''[[w:Ada Lind|Ada Lind]]''' of the paper spoke.\n\n"
        "== Interview ==\n\n'''{{w|Ada Lind}}''': Who kept the [[w:bee|brown ''bees'']]?<ref>In 1951.</ref>\n\n"
        "'''Ben Moe''': ''Nobody'', I [https://example.org think].\n\n'''Ada Lind''': So?\n\n'''Ben Moe''': Yes.\n\n"
        "{{haveyoursay}}\n[[Category:Interviews]]\n[[de:Bienen]]\n"
    )
    assert said(transcript) == [
        (None, "Ada Lind of the paper spoke."),
        (None, "Interview"),
        ("Ada Lind", "Who kept the brown bees?"),
        (None, "In 1951."),
        ("Ben Moe", "Nobody, I think."),
        ("Ada Lind", "So?"),
        ("Ben Moe", "Yes."),
    ]
    assert [turn.kind for turn in transcript.turns][:4] == [TurnKind.NOTE, TurnKind.HEADING, None, TurnKind.NOTE]
    assert transcript.metadata.published == PartialDate.parse("2019-05-12")


def test_headings_that_ask_are_questions() -> None:
    transcript = page("= Bees =\n== Who kept them? ==\nMy aunt.\n\n== And then? ==\nNobody.\n")
    assert [turn.kind for turn in transcript.turns] == [
        TurnKind.HEADING, TurnKind.QUESTION, TurnKind.ANSWER, TurnKind.QUESTION, TurnKind.ANSWER,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a &amp; b&nbsp;c", "a & b\u00a0c"),
        ("<nowiki>''a'' [[b]]</nowiki>", "''a'' [[b]]"),
        ("one<!-- not\n\nthis --> two", "one two"),
        ("one {{fact|date=May}}two {{{1|x}}}three", "one two three"),
        ("{{lang|de|die [[Biene|Bienen]]}}", "die Bienen"),
        ("x <span style='color:red'>really</span> [https://a.org] <math>x^2</math>y", "x really  y"),
        ("one<br />two", "one\ntwo"),
        ("a [[broken {{thing", "a [[broken {{thing"),
        ("[[:Category:Bees]] and [[Image:x.png]]", "Category:Bees and"),
        ("'''''Both''''' of '''them'''", "Both of them"),
    ],
)
def test_page_is_read_as_it_is_shown(written: str, shown: str) -> None:
    assert said(page(f"'''Ada''': {written}\n\n'''Ben''': So.\n")) == [("Ada", shown), ("Ben", "So.")]


def test_rows_of_a_table_and_indented_lines_may_have_labels() -> None:
    table = "{| class='x'\n! Name !! Words\n|-\n| style='a' | Ada || Who?\n|-\n| Ben\n| My aunt.\n|-\n| Ada || So?\n"
    table += "|-\n| Ben || Yes.\n|}\n"
    transcript = page(table + ":'''Ada:''' And [[then]]?\n::'''Ben:''' Nobody.\n")
    spoken = [(who, words) for who, words in said(transcript) if who]
    assert spoken == [
        ("Ada", "Who?"), ("Ben", "My aunt."), ("Ada", "So?"), ("Ben", "Yes."), ("Ada", "And then?"), ("Ben", "Nobody."),
    ]  # fmt: skip


def test_templates_that_are_not_shown_are_remarked() -> None:
    assert "left-out" in codes(page("'''Ada''': So {{unknown|thing}}?\n\n'''Ben''': [[Yes]].\n"))


def test_page_without_words_is_refused_and_prose_is_kept_only_on_request() -> None:
    with pytest.raises(TranscriptError, match="no text in this wiki page"):
        read(Source("a.wiki", b"[[Category:x]]\n"))
    source = Source("a.wiki", b"It [[rain]]ed '''all''' day.\n\nNobody came.\n")
    with pytest.raises(TranscriptError, match="read as wikitext, but no speaker labels"):
        read(source)
    assert [turn.text for turn in read(source, keep_unlabelled=True).turns] == ["It rained all day.", "Nobody came."]


def test_plain_text_and_markdown_are_no_wiki_text() -> None:
    for text in ("Ada: Who?\n\nBen: She.\n", "**Ada:** Who? [x](y)\n\n**Ben:** She.\n", "'''\nx\n'''\n"):
        assert wikitext.sniff(Source("talk.txt", text.encode())).confidence == 0


@pytest.mark.parametrize(
    "filler", ["{{", "[[", "<!--", "<nowiki>", "<math>", "[http://a ", "{{a|", "<ref>", "'''", "{|\n|", "]]"]
)
def test_what_is_never_closed_is_read_to_its_end(filler: str) -> None:
    with contextlib.suppress(TranscriptError):
        wikitext.parse(Source("a.wiki", f"'''Ada''': [[So]]?\n\n{filler * (200_000 // len(filler))}".encode()))
