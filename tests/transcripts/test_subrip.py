"""SubRip."""

import pytest

from app.errors import TranscriptError
from app.transcripts import subrip
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript

TALK = """1
00:00:01,000 --> 00:00:02,000
Ada Long: Why do you
bake bread?

2
00:00:02,000 --> 00:00:03,000
I mean, at night.

3
00:00:03,500 --> 00:00:04,000
Bo: It rises.

4
00:00:04,000 --> 00:00:05,000
Ada Long: Oh.

5
00:00:05,000 --> 00:00:06,000
Bo: Yes.
"""


def read(text: str) -> Transcript:
    return subrip.parse(Source("talk.srt", text.encode()))


def spoken(text: str) -> list[tuple[str | None, str]]:
    return [(turn.label, turn.text) for turn in read(text).turns]


def codes(transcript: Transcript) -> list[str]:
    return [remark.code for remark in transcript.remarks]


def test_label_starts_a_turn_and_cues_without_continue_it() -> None:
    transcript = read(TALK)
    assert spoken(TALK) == [
        ("Ada Long", "Why do you\nbake bread? I mean, at night."),
        ("Bo", "It rises."),
        ("Ada Long", "Oh."),
        ("Bo", "Yes."),
    ]
    first = transcript.turns[0]
    assert (first.start_ms, first.end_ms) == (1000, 3000)
    assert [s.is_copy for s in first.segments] == [True, True]
    assert transcript.bytes_by_class[ByteClass.LABEL] == 2 * len("Ada Long: Bo: ")
    assert not transcript.remarks


def test_file_without_labels_is_one_turn_per_cue() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:02,000 --> 00:00:03,000\nTwo\n"
    assert spoken(text) == [(None, "One"), (None, "Two")]


def test_consecutive_labels_of_one_speaker_are_turns_of_their_own() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nBo: One.\n\n2\n00:00:02,000 --> 00:00:03,000\nBo: Two\n"
    assert spoken(text) == [("Bo", "One."), ("Bo", "Two")]


def test_label_that_is_repeated_inside_a_sentence_goes_on() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nBo: One and\n\n2\n00:00:02,000 --> 00:00:03,000\nBo: two.\n"
    assert spoken(text) == [("Bo", "One and two.")]


def test_label_may_be_wrapped_over_two_lines() -> None:
    text = TALK.replace("Ada Long: Why do you", "Ada\nLong: Why do you")
    assert spoken(text)[0] == ("Ada Long", "Why do you\nbake bread? I mean, at night.")


def test_dialogue_in_one_cue_is_parted() -> None:
    text = TALK + "\n6\n00:00:07,000 --> 00:00:08,000\n- Ada Long: So?\n- Bo: So.\n"
    assert spoken(text)[-2:] == [("Ada Long", "So?"), ("Bo", "So.")]


def test_arrows_without_a_name_end_the_turn_before() -> None:
    text = TALK + "\n6\n00:00:07,000 --> 00:00:08,000\n>> Who is there?\n"
    assert spoken(text)[-1] == (None, "Who is there?")


def test_stutter_is_no_label() -> None:
    text = TALK.replace("It rises.", "It\n\n9\n00:00:03,800 --> 00:00:03,900\na- a bread rises.")
    assert ("Bo", "It a- a bread rises.") in spoken(text)


def test_numbers_may_be_wrong_or_missing_and_blank_lines_too() -> None:
    transcript = read(
        "7\n00:00:01,000 --> 00:00:02,000\nOne\n7\n00:00:02,000 --> 00:00:03,000\nTwo\n00:00:03,000 --> 00:00:04,000\n"
        "Three\n\n42\n\nmore\n"
    )
    assert [turn.text for turn in transcript.turns] == ["One", "Two", "Three\n\n42\n\nmore"]
    assert codes(transcript) == ["wrong-number", "no-number", "blank-line"]


def test_number_above_blank_lines_counts_if_it_is_the_next() -> None:
    text = "1\n\n00:00:01,000 --> 00:00:02,000\nI was\n\n40\n\n2\n\n00:00:02,000 --> 00:00:03,000\nTwo\n"
    assert [text for _, text in spoken(text)] == ["I was\n\n40", "Two"]


@pytest.mark.parametrize(
    ("times", "start", "found"),
    [
        ("00:00:01.500 --> 00:00:02.000", 1500, ["odd-time"]),
        ("0:1,5 -> 0:2", 1500, ["odd-time"]),
        ("00:00:01:500 --> 00:00:02:000", 1500, ["odd-time"]),
        ("00:75:00,000 --> 00:76:00,000", None, ["bad-time"]),
        ("00:00:02,000 --> 00:00:01,000", 2000, ["ends-early"]),
        ("00:00:01,500 --> 00:00:02,000 X1:10 X2:20 Y1:1 Y2:2", 1500, []),
    ],
)
def test_odd_times_are_forgiven_with_a_remark(times: str, start: int | None, found: list[str]) -> None:
    transcript = read(f"1\n{times}\nOne\n")
    assert (transcript.turns[0].text, transcript.turns[0].start_ms, codes(transcript)) == ("One", start, found)


def test_cues_out_of_order_keep_the_order_of_the_file() -> None:
    transcript = read("1\n00:00:05,000 --> 00:00:06,000\nB\n\n2\n00:00:01,000 --> 00:00:02,000\nA\n")
    assert [turn.text for turn in transcript.turns] == ["B", "A"]
    assert codes(transcript) == ["out-of-order"]


def test_formatting_is_markup_and_entities_are_what_was_written() -> None:
    text = '\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<i>One</i> &amp; <font color="red">two</font>\r\n'
    assert spoken(text) == [(None, "One &amp; two")]


def test_entities_are_read_where_arrows_are_escaped() -> None:
    cue = "{0}\n00:00:0{0},000 --> 00:00:0{0},900\n&gt;&gt; {1}\n\n"
    assert spoken(cue.format(1, "Ash &amp; reed?") + cue.format(2, "Reed.")) == [(None, "Ash & reed?"), (None, "Reed.")]


def test_text_before_the_first_cue_is_kept() -> None:
    transcript = read("Subtitles by hand\n\n1\n00:00:01,000 --> 00:00:02,000\nOne\n")
    assert [(turn.text, turn.start_ms) for turn in transcript.turns] == [("Subtitles by hand", None), ("One", 1000)]
    assert codes(transcript) == ["no-times"]


def test_label_without_text_makes_no_turn() -> None:
    transcript = read(TALK + "\n6\n00:00:07,000 --> 00:00:08,000\nBo:\n")
    assert len(transcript.turns) == 4
    assert codes(transcript) == ["empty-turn"]


@pytest.mark.parametrize("text", ["", "1\n", "Ada: Hello\n", "1\n00:00:01,000 --> 00:00:02,000\n\n"])
def test_file_without_cues_or_text_is_refused(text: str) -> None:
    with pytest.raises(TranscriptError):
        read(text)


def test_prose_and_webvtt_are_not_claimed() -> None:
    prose = "A line.\n" * 20 + "00:00:01,000 --> 00:00:02,000\n"
    assert subrip.sniff(Source("a.txt", prose.encode())).confidence == 0
    assert subrip.sniff(Source("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n")).confidence == 0
