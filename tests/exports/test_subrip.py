import io
import re

import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from app.errors import NoTimesError
from app.exports.format import InterviewDocument
from app.exports.subrip import render
from app.structure.pairing import Role
from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import TurnKind
from tests.exports.documents import PLAIN, conversations, document, person, spoken, texts, turn

_TIMES = re.compile(r"\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}")


def _read(written: str) -> list[tuple[str | None, str, int | None, int | None]]:
    turns = read(Source("talk.srt", written.encode()), "subrip").turns
    return [(each.label, each.text, each.start_ms, each.end_ms) for each in turns]


@given(conversations(lambda: PLAIN))
def test_own_reader_reads_the_same_turns_speakers_and_times(given_: InterviewDocument) -> None:
    assert _read(render(given_)) == [
        (each["speaker_label"], each["text"], each["start_ms"], each["end_ms"]) for each in given_.record["turns"]
    ]


@given(conversations(texts))
def test_nothing_said_ends_a_cue_or_begins_one(given_: InterviewDocument) -> None:
    lines = render(given_).split("\n")
    assert len(lines) == 4 * len(given_.record["turns"])
    for number, (label, text) in enumerate(spoken(given_)):
        counter, times, words, empty = lines[4 * number : 4 * number + 4]
        assert (counter, empty) == (str(number + 1), "")
        assert _TIMES.fullmatch(times)
        assert words == f"{label}: {' '.join(text.split())}".replace("-->", "-- >")


def test_independent_reader_reads_the_same_cues() -> None:
    turns = [
        turn(
            1, TurnKind.QUESTION, "Why so\n\n00:00:01,000 --> now?", speaker_label="Q", start_ms=1500, end_ms=3_723_004
        ),
        turn(2, TurnKind.NOTE, "laughs", start_ms=3_724_000, end_ms=3_725_000),
    ]
    first, second = webvtt.from_buffer(io.StringIO(render(document(turns))), format="srt").captions
    assert (first.start, first.end, first.text) == ("00:00:01.500", "01:02:03.004", "Q: Why so 00:00:01,000 -- > now?")
    assert second.text == "[laughs]"


@given(st.lists(PLAIN, min_size=1, max_size=3))
def test_words_of_nobody_are_not_read_as_those_of_the_one_before(said: list[str]) -> None:
    expected = [*[("Q", "Is it?"), ("ROE", "So it is.")] * 2, *((None, text) for text in said)]
    turns = [
        turn(number, TurnKind.STATEMENT, text, speaker_label=label, start_ms=1000 * number, end_ms=1000 * number + 900)
        for number, (label, text) in enumerate(expected)
    ]
    assert [(label, text.removeprefix(">> ")) for label, text, _, _ in _read(render(document(turns)))] == expected


def test_somebody_without_a_label_is_called_by_name_or_role_and_nobody_otherwise() -> None:
    people = [person("roe", None, Role.INTERVIEWEE, "Jane Roe"), person("q", None, Role.INTERVIEWER), person("x", None)]
    turns = [
        turn(number, TurnKind.STATEMENT, "So.", speaker=slug, start_ms=1000 * number, end_ms=1000 * number + 500)
        for number, slug in enumerate(("roe", "q", "x"))
    ]
    lines = render(document(turns, people)).split("\n")[2::4]
    assert lines == ["Jane Roe: So.", "Interviewer: So.", ">> So."]


def test_missing_end_is_where_the_next_cue_begins_and_a_turn_without_a_time_is_left_out() -> None:
    turns = [
        turn(1, TurnKind.QUESTION, "before"),
        turn(2, TurnKind.ANSWER, "later", start_ms=4000),
        turn(3, TurnKind.ANSWER, "sooner", start_ms=1000),
    ]
    assert render(document(turns)) == (
        "1\n00:00:01,000 --> 00:00:04,000\nsooner\n\n2\n00:00:04,000 --> 00:00:14,000\nlater\n"
    )


def test_interview_without_times_has_no_captions() -> None:
    with pytest.raises(NoTimesError, match="'talk' has no times"):
        render(document([turn(1, TurnKind.STATEMENT, "x")]))
