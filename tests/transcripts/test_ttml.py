"""TTML timed text."""

import pytest

from app.errors import TranscriptError
from app.transcripts import read, ttml
from app.transcripts.source import Source
from tests.transcripts.reading import codes, read_as, said, starts


def document(body: str, head: str = "", root: str = "") -> str:
    names = 'xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xmlns:ttp="urn:p"'
    return f"<tt {names} {root}><head>{head}</head><body>{body}</body></tt>"


def test_agents_speak_and_words_in_nested_spans_are_one_text() -> None:
    head = '<ttm:agent type="person" xml:id="a"><ttm:name type="full">Ada Lind</ttm:name></ttm:agent>'
    body = (
        '<div><p begin="0.6" end="4.1" ttm:agent="a"><span begin="0.6"><span begin="0.6" end="1">Who</span> '
        '<span begin="1" end="2">kept</span> <span>bees?</span></span></p>\n'
        '<p begin="4.2" end="6" ttm:agent="SPEAKER_2">My\n    aunt &amp;<br/>uncle.</p></div>'
    )
    transcript = read_as(ttml.FORMAT, document(body, head), "talk.ttml")
    assert said(transcript) == [("Ada Lind", "Who kept bees?"), ("SPEAKER_2", "My aunt &\nuncle.")]
    assert [turn.speaker for turn in transcript.turns] == ["Ada Lind", None]
    assert starts(transcript) == [600, 4200]


def test_span_of_another_agent_is_another_turn_and_a_paragraph_without_one_is_nobodys() -> None:
    body = (
        '<p begin="1s" ttm:agent="a">Who? <span ttm:agent="b">She.</span></p><p begin="2s">Applause is heard here.</p>'
        '<div ttm:agent="b"><p begin="3s">So it is.</p></div>'
    )
    assert said(read_as(ttml.FORMAT, document(body))) == [
        ("a", "Who?"),
        ("b", "She."),
        (None, "Applause is heard here."),
        ("b", "So it is."),
    ]


@pytest.mark.parametrize(
    ("written", "ms"),
    [
        ("00:00:01.5", 1500),
        ("00:00:01:12", 1480),
        ("01:02.25", 62_250),
        ("90f", 3600),
        ("20t", 2000),
        ("1.5m", 90_000),
        ("250ms", 250),
        ("7", 7000),
    ],
)
def test_times_are_read_in_every_form(written: str, ms: int) -> None:
    root = 'ttp:frameRate="25" ttp:tickRate="10"'
    assert starts(read_as(ttml.FORMAT, document(f'<p begin="{written}">Ada: So.</p>', root=root))) == [ms]


def test_times_count_from_those_of_the_elements_around() -> None:
    body = '<div begin="10s"><p begin="1s" dur="500ms">Ada: Who?</p></div>'
    (turn,) = read_as(ttml.FORMAT, document(body)).turns
    assert (turn.start_ms, turn.end_ms) == (11_000, 11_500)


def test_of_two_languages_that_of_the_file_is_read() -> None:
    body = '<div xml:lang="en"><p begin="1s">Who?</p></div><div xml:lang="de"><p begin="1s">Wer?</p></div>'
    transcript = read_as(ttml.FORMAT, document(body, root='xml:lang="de"'))
    assert said(transcript) == [(None, "Wer?")]
    assert transcript.metadata.language == "de"
    assert codes(transcript) == ["other-language"]


def test_labels_in_the_text_count_where_there_are_no_agents() -> None:
    body = '<p begin="1s">ADA: Who?</p><p begin="2s">BEN: She.</p><p begin="3s">Always.</p>'
    assert said(read_as(ttml.FORMAT, document(body))) == [("ADA", "Who?"), ("BEN", "She. Always.")]


def test_document_without_paragraphs_is_refused() -> None:
    with pytest.raises(TranscriptError, match="no text"):
        read(Source("talk.ttml", document("<div/>").encode()))
