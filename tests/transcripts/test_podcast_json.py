import json

import pytest

from app.errors import TranscriptError
from app.transcripts import read
from app.transcripts.podcast_json import FORMAT
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript


def _read(*segments: dict[str, object], **more: object) -> Transcript:
    data = json.dumps({"version": "1.0.0", "segments": segments, **more}, indent=1).encode()
    transcript = read(Source("talk.json", data))
    assert transcript.format == "podcast-json"
    assert sum(transcript.bytes_by_class.values()) == len(data)
    return transcript


def _segment(speaker: str | None, start: float, body: str) -> dict[str, object]:
    named = {"speaker": speaker} if speaker else {}
    return {**named, "startTime": start, "endTime": start + 0.4, "body": body}


def test_words_of_one_speaker_become_one_turn() -> None:
    words = [
        _segment("Ada", 1.5, "Good"),
        _segment("Ada", 2, "day"),
        _segment("Ada", 2.1, ","),
        _segment("Ada", 3, "Ben."),
    ]
    transcript = _read(*words, _segment("Ben", 4, "Hello"))
    assert [(turn.label, turn.text, turn.start_ms, turn.end_ms) for turn in transcript.turns] == [
        ("Ada", "Good day, Ben.", 1500, 3400),
        ("Ben", "Hello", 4000, 4400),
    ]
    assert transcript.bytes_by_class[ByteClass.LABEL] == 15


def test_spaces_that_are_segments_are_not_doubled() -> None:
    bodies = ["One", " ", "thing", ",", " ", "then", " ", "another", "."]
    transcript = _read(*(_segment("Ada", index, body) for index, body in enumerate(bodies)))
    assert transcript.turns[0].text == "One thing, then another."


def test_segment_without_a_speaker_goes_on_with_the_one_before() -> None:
    transcript = _read(_segment("Ada", 1, "So"), _segment(None, 2, "it"), _segment(None, 3, "goes"))
    assert [turn.text for turn in transcript.turns] == ["So it goes"]


def test_captions_without_speakers_stay_apart() -> None:
    transcript = _read(_segment(None, 1, "This is a caption."), _segment(None, 2, "This is the next one."))
    assert [turn.label for turn in transcript.turns] == [None, None]


def test_paragraphs_of_one_speaker_stay_apart() -> None:
    transcript = _read(_segment("Ada", 1, "A long thought. " * 30), _segment("Ada", 90, "Another thought. " * 30))
    assert len(transcript.turns) == 2


def test_segment_without_a_body_leaves_a_remark() -> None:
    transcript = _read({"speaker": "Ada"}, _segment("Ada", 1, "Hello there."))
    assert [remark.code for remark in transcript.remarks][:1] == ["no-body"]


@pytest.mark.parametrize("text", ['{"segments": []}', '{"segments": [{"body": " "}]}', '{"segments": 4}', "[]"])
def test_file_without_text_is_refused(text: str) -> None:
    with pytest.raises(TranscriptError):
        FORMAT.parse(Source("talk.json", text.encode()))
