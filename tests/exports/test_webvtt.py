import re

import pytest
import webvtt
from hypothesis import given

from app.errors import NoTimesError
from app.exports.format import InterviewDocument
from app.exports.webvtt import render
from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import TurnKind
from tests.exports.documents import conversations, document, spoken, texts, turn

# What no conforming reader takes for markup and ours does, because captions in the wild have it.
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_LINE_ENDS = re.compile(r"[^\S\r\n]*(?:\r\n|\n|\r)(?:[^\S\r\n]*(?:\r\n|\n|\r))*")
_TIMES = re.compile(r"(?m)^\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}$")


def _expected(given_: InterviewDocument) -> list[tuple[str | None, str]]:
    """A cue holds no empty line."""
    return [(label, _LINE_ENDS.sub("\n", text)) for label, text in spoken(given_)]


@given(conversations(lambda: texts().filter(lambda text: not _OVERRIDE.search(text))))
def test_own_reader_reads_the_same_turns(given_: InterviewDocument) -> None:
    turns = read(Source("talk.vtt", render(given_).encode()), "webvtt").turns
    assert [(each.label, each.text) for each in turns] == _expected(given_)
    assert [(each.start_ms, each.end_ms) for each in turns] == [
        (each["start_ms"], each["end_ms"]) for each in given_.record["turns"]
    ]


@given(conversations(texts))
def test_nothing_said_ends_a_cue_or_begins_one(given_: InterviewDocument) -> None:
    written = render(given_)
    blocks = re.split(r"\n{2,}", re.sub(r"\r\n?", "\n", written).rstrip("\n"))
    assert blocks[0] == "WEBVTT"
    assert blocks[1].startswith("NOTE\n")
    assert "-->" not in blocks[1]
    assert len(blocks) == 2 + len(given_.record["turns"])
    for block, each in zip(blocks[2:], given_.record["turns"], strict=True):
        identifier, times, words = block.split("\n", 2)
        assert identifier == each["id"]
        assert _TIMES.fullmatch(times)
        assert "-->" not in words
        assert words.count("<") == 1


def test_independent_reader_hears_the_voices() -> None:
    turns = [
        turn(1, TurnKind.QUESTION, "a < b & c\n\n--> d?", speaker_label="Q & <A>", start_ms=1500, end_ms=3_723_004),
        turn(2, TurnKind.NOTE, "laughs", start_ms=2000, end_ms=2500),
    ]
    first, second = webvtt.from_string(render(document(turns))).captions
    assert (first.start, first.end, first.identifier) == ("00:00:01.500", "01:02:03.004", "1x-t1")
    assert first.raw_text == "<v Q &amp; &lt;A&gt;>a &lt; b &amp; c\n--&gt; d?"
    assert (second.text, second.voice) == ("[laughs]", None)


def test_missing_end_is_where_the_next_cue_begins_and_is_told() -> None:
    turns = [
        turn(1, TurnKind.QUESTION, "a", start_ms=0),
        turn(2, TurnKind.ANSWER, "b", start_ms=0),
        turn(3, TurnKind.ANSWER, "c", start_ms=4000, end_ms=4000),
        turn(4, TurnKind.ANSWER, "d", start_ms=9000, end_ms=9500),
        turn(5, TurnKind.ANSWER, "e", start_ms=12_000),
    ]
    written = render(document(turns))
    assert "The source states no end for 4 of 5 cues" in written
    times = [(cue.start, cue.end) for cue in webvtt.from_string(written).captions]
    assert times == [
        ("00:00:00.000", "00:00:04.000"),
        ("00:00:00.000", "00:00:04.000"),
        ("00:00:04.000", "00:00:09.000"),
        ("00:00:09.000", "00:00:09.500"),
        ("00:00:12.000", "00:00:22.000"),
    ]


def test_turn_without_a_time_is_a_note_in_its_place() -> None:
    turns = [
        turn(1, TurnKind.QUESTION, "b --> c", speaker_label="Q", start_ms=None),
        turn(2, TurnKind.ANSWER, "later", start_ms=7000, end_ms=8000),
        turn(3, TurnKind.ANSWER, "after", speaker_label="A"),
        turn(4, TurnKind.ANSWER, "sooner", start_ms=1000, end_ms=2000),
    ]
    written = render(document(turns))
    blocks = written.rstrip("\n").split("\n\n")[2:]
    assert [block.split("\n")[0] for block in blocks] == [
        "NOTE without a time",
        "1x-t4",
        "1x-t2",
        "NOTE without a time",
    ]
    assert blocks[0].endswith("\nQ: b --&gt; c")
    assert [cue.text for cue in webvtt.from_string(written).captions] == ["sooner", "later"]


def test_interview_without_times_has_no_captions() -> None:
    with pytest.raises(NoTimesError, match="'talk' has no times"):
        render(document([turn(1, TurnKind.STATEMENT, "x")]))
