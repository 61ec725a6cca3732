"""Plain text with times in front."""

import pytest

from app.errors import TranscriptError
from app.transcripts import timestamped
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript


def read(text: str) -> Transcript:
    return timestamped.parse(Source("talk.txt", text.encode()))


def timed(text: str) -> list[tuple[int | None, str]]:
    return [(turn.start_ms, turn.text) for turn in read(text).turns]


@pytest.mark.parametrize(
    ("time", "milliseconds"),
    [
        ("00:00:17", 17_000),
        ("[00:17]", 17_000),
        ("(0:01:22)", 82_000),
        ("00:00:17.250", 17_250),
        ("[00:17.000 --> 00:18.500]", 17_000),
        ("00:17 - 00:18", 17_000),
        ("00:17 -", 17_000),
        ("00:17:", 17_000),
        ("\\[00:17\\]", 17_000),
    ],
)
def test_time_in_front_starts_a_turn(time: str, milliseconds: int) -> None:
    text = f"{time} One word.\n\n{time} Two.\n"
    assert timed(text) == [(milliseconds, "One word."), (milliseconds, "Two.")]
    assert timestamped.sniff(Source("a.txt", text.encode())).confidence > 0.8


def test_range_gives_the_end_too() -> None:
    assert read("[00:01.000 --> 00:03.480]  Hello\n").turns[0].end_ms == 3480


def test_time_may_stand_alone_above_its_text() -> None:
    text = "0:00\nOne\nline\n0:05\nTwo\n"
    assert timed(text) == [(0, "One\nline"), (5000, "Two")]
    assert timestamped.sniff(Source("a.txt", text.encode())).confidence > 0.5


def test_label_behind_a_time_is_of_that_turn_only() -> None:
    transcript = read("0:01 Ada: Why?\n\n0:02 Who knows.\n\n0:03 Bo: I do.\n\n0:04 Ada: No.\n\n0:05 Bo: Yes.\n")
    assert [(turn.label, turn.text) for turn in transcript.turns] == [
        ("Ada", "Why?"),
        (None, "Who knows."),
        ("Bo", "I do."),
        ("Ada", "No."),
        ("Bo", "Yes."),
    ]
    assert transcript.bytes_by_class[ByteClass.LABEL] == len("Ada: Bo: Ada: Bo: ")


def test_paragraph_without_time_goes_on_with_a_remark() -> None:
    transcript = read("Title\n\n0:01 One\nwrapped\n\nmore\n\n0:02 Two\n")
    assert [turn.text for turn in transcript.turns] == ["Title", "One\nwrapped\n\nmore", "Two"]
    assert [remark.code for remark in transcript.remarks] == ["unlabelled", "continuation"]


def test_last_line_with_an_address_is_the_source() -> None:
    transcript = read("0:01 One\n\n0:02 Two\n\nhttps://e.org/t?fbclid=1\n")
    assert transcript.metadata.source_url == "https://e.org/t"
    assert [turn.text for turn in transcript.turns] == ["One", "Two"]


def test_impossible_time_is_text() -> None:
    assert timed("0:01 One\n0:99 is no time\n") == [(1000, "One\n0:99 is no time")]


@pytest.mark.parametrize(
    "text",
    ["", "No times.\n\nNone.\n", "We met at noon.\n\n12:30 was late.\n\nSo we ate.\n\nThen we left.\n", "12:30 once\n"],
)
def test_prose_is_not_claimed(text: str) -> None:
    assert timestamped.sniff(Source("a.txt", text.encode())).confidence == 0


def test_cue_times_of_captions_are_not_claimed() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:02,000 --> 00:00:03,000\nTwo\n"
    assert timestamped.sniff(Source("a.txt", text.encode())).confidence == 0


@pytest.mark.parametrize("text", ["", "No times.", "0:01\n\n0:02\n"])
def test_file_without_times_or_text_is_refused(text: str) -> None:
    with pytest.raises(TranscriptError):
        read(text)
