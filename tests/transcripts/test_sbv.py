"""SubViewer captions."""

import pytest

from app.errors import TranscriptError
from app.transcripts import sbv
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass
from tests.transcripts.reading import codes, read_as, said, starts

TALK = """0:00:00.500,0:00:02.000
>> ADA: Who kept the bees
in winter?

0:00:02.000,0:00:03.250
>> BEN: My aunt, at 5,30 a week.

0:00:03.250,0:00:04.000
>> ADA: And then?
"""


def test_lines_of_times_are_times_and_names_are_labels() -> None:
    transcript = read_as(sbv.FORMAT, TALK, "talk.sbv")
    assert said(transcript) == [
        ("ADA", "Who kept the bees\nin winter?"),
        ("BEN", "My aunt, at 5,30 a week."),
        ("ADA", "And then?"),
    ]
    assert starts(transcript) == [500, 2000, 3250]
    assert transcript.bytes_by_class[ByteClass.TIME] == 3 * len("0:00:00.500,0:00:02.000")


def test_captions_without_names_are_kept_with_their_times() -> None:
    transcript = read_as(sbv.FORMAT, "0:00:01.000,0:00:02.000\nGood morning\n\n0:00:03.000,0:00:04.000\nto all.\n")
    assert said(transcript) == [(None, "Good morning"), (None, "to all.")]


def test_header_and_line_breaks_of_subviewer_2_are_no_words() -> None:
    text = (
        "[INFORMATION]\r\n[TITLE]The bees\r\n[AUTHOR]x\r\n[END INFORMATION]\r\n[SUBTITLE]\r\n\r\n"
        "00:00:01.20,00:00:02.00\r\nADA: Who[br]was it?\r\n\r\n00:00:02.00,00:00:03.00\r\nBEN: She.\r\n"
    )
    transcript = read_as(sbv.FORMAT, text)
    assert said(transcript) == [("ADA", "Who\nwas it?"), ("BEN", "She.")]
    assert starts(transcript) == [1200, 2000]
    assert transcript.metadata.title == "The bees"


def test_time_that_cannot_be_is_left_out_with_a_remark() -> None:
    transcript = read_as(sbv.FORMAT, TALK.replace("0:00:02.000,0:00:03.250", "0:00:72.000,0:00:73.250"))
    assert starts(transcript) == [500, None, 3250]
    assert "bad-time" in codes(transcript)


@pytest.mark.parametrize("text", ["Ada: 0:00:01.000,0:00:02.000\nBen: x\n", "one\ntwo\n", "1,2\n3,4\n"])
def test_text_without_lines_of_times_is_no_sbv(text: str) -> None:
    assert sbv.sniff(Source("talk.sbv", text.encode())).confidence == 0
    with pytest.raises(TranscriptError, match="no cue times"):
        sbv.parse(Source("talk.sbv", text.encode()))
