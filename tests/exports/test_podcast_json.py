import json
from typing import Any

import pytest
from hypothesis import given

from app.errors import NoTimesError
from app.exports.format import InterviewDocument
from app.exports.podcast_json import render
from app.structure.pairing import Role
from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import TurnKind
from tests.exports.documents import conversations, document, person, texts, turn


def _segments(given_: InterviewDocument) -> Any:
    written = json.loads(render(given_))
    assert set(written) == {"version", "segments"}
    assert written["version"] == "1.0.0"
    return written["segments"]


@given(conversations(texts))
def test_own_reader_reads_the_same_turns_speakers_and_times(given_: InterviewDocument) -> None:
    turns = read(Source("talk.json", render(given_).encode()), "podcast-json").turns
    assert [(each.label, each.text, each.start_ms, each.end_ms) for each in turns] == [
        (each["speaker_label"], each["text"], each["start_ms"], each["end_ms"]) for each in given_.record["turns"]
    ]


@given(conversations(texts))
def test_segments_are_as_the_namespace_says(given_: InterviewDocument) -> None:
    for segment, said in zip(_segments(given_), given_.record["turns"], strict=True):
        assert segment == {
            "speaker": said["speaker_label"],
            "startTime": said["start_ms"] / 1000,
            "endTime": said["end_ms"] / 1000,
            "body": said["text"],
        }


def test_what_is_not_known_is_left_out_and_nobody_is_made_up() -> None:
    people = [person("roe", None, Role.INTERVIEWEE, "Jane Roe"), person("x", None)]
    turns = [
        turn(1, TurnKind.QUESTION, "before"),
        turn(2, TurnKind.ANSWER, "later", speaker="x", start_ms=4000),
        turn(3, TurnKind.ANSWER, "sooner", speaker="roe", start_ms=1001, end_ms=2002),
        turn(4, TurnKind.NOTE, "laughs", speaker="roe", start_ms=2500, end_ms=2500),
    ]
    assert _segments(document(turns, people)) == [
        {"speaker": "Jane Roe", "startTime": 1.001, "endTime": 2.002, "body": "sooner"},
        {"startTime": 2.5, "body": "[laughs]"},
        {"startTime": 4.0, "body": "later"},
    ]


def test_interview_without_times_has_none() -> None:
    with pytest.raises(NoTimesError, match="'talk' has no times"):
        render(document([turn(1, TurnKind.STATEMENT, "x")]))
