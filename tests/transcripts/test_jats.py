"""Interviews in JATS."""

import pytest

from app.errors import TranscriptError
from app.text.dates import PartialDate
from app.transcripts import jats, read
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, TurnKind
from tests.transcripts.reading import read_as, said

FRONT = (
    "<front><journal-meta><journal-title>Bees Today</journal-title></journal-meta><article-meta>"
    "<article-title>A <i>talk</i></article-title><pub-date><day>3</day><month>2</month><year>2020</year></pub-date>"
    "<kwd>honey</kwd></article-meta></front>"
)


def article(body: str, before: str = "", back: str = "") -> str:
    return f"{before}<article xml:lang='en'>{FRONT}<body>{body}</body>{back}</article>"


def test_bold_labels_speak_and_figures_and_references_are_not_said() -> None:
    body = (
        "<sec><title>Work</title><p><bold>Ada Lind:</bold> Who\n   kept &amp; fed <italic>the</italic> bees?"
        "<xref ref-type='bibr'>1</xref></p><p><bold>Ben Moe:</bold> My aunt.&#160;</p>"
        "<fig><caption><p>A hive.</p></caption></fig><p><bold>Ada Lind:</bold> So?</p>"
        "<p><bold>Ben Moe:</bold> Yes.</p></sec>"
    )
    transcript = read_as(jats.FORMAT, article(body, back="<back><ref-list><ref>x</ref></ref-list></back>"), "a.xml")
    assert said(transcript) == [
        (None, "Work"), ("Ada Lind", "Who kept & fed the bees?"), ("Ben Moe", "My aunt."), ("Ada Lind", "So?"),
        ("Ben Moe", "Yes."),
    ]  # fmt: skip
    metadata = transcript.metadata
    assert (metadata.title, metadata.series, metadata.language) == ("A talk", "Bees Today", "en")
    assert metadata.published == PartialDate.parse("2020-02-03")
    assert transcript.bytes_by_class[ByteClass.FRONT_MATTER] >= len("Bees TodayA hive.")


def test_questions_in_bold_are_questions() -> None:
    body = "<p><bold>Who kept the bees?</bold></p><p>My aunt.</p><p><bold>And then?</bold></p><p>Nobody.</p>"
    kinds = [turn.kind for turn in read_as(jats.FORMAT, article(body)).turns]
    assert kinds == [TurnKind.QUESTION, TurnKind.ANSWER] * 2


def test_speeches_have_their_speakers() -> None:
    body = (
        "<p>They met.</p><speech><speaker>Ada Lind:</speaker><p>Who?</p><p>Say.<xref>2</xref></p></speech>"
        "<speech><speaker>Ben</speaker><p>She.</p></speech>"
    )
    transcript = read_as(jats.FORMAT, article(body))
    assert said(transcript) == [(None, "They met."), ("Ada Lind", "Who?\n\nSay."), ("Ben", "She.")]


def test_named_document_type_is_not_fetched_and_what_it_would_define_is_refused() -> None:
    named = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.2//EN" "JATS.dtd">\n'
    body = "<p><bold>Ada:</bold> Who?</p><p><bold>Ben:</bold> She.</p>"
    assert len(read_as(jats.FORMAT, article(body, before=named)).turns) == 2
    with pytest.raises(TranscriptError, match=r"&nbsp; is defined in the document type|undefined entity"):
        read(Source("a.xml", article(body.replace("Who", "Who&nbsp;"), before=named).encode()))
    with pytest.raises(TranscriptError, match="is refused"):
        read(Source("a.xml", article(body, before='<!DOCTYPE article [<!ENTITY x "y">]>').encode()))


def test_article_without_words_is_refused() -> None:
    for text in (
        article("<fig><caption><p>A hive.</p></caption></fig>"),
        "<article><front><article-meta/></front></article>",
    ):
        with pytest.raises(TranscriptError, match=r"has no text|has no body"):
            jats.parse(Source("a.xml", text.encode()))
