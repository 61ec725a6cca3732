"""WebVTT."""

import datetime

import pytest

from app.errors import TranscriptError
from app.transcripts import webvtt
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript


def read(text: str) -> Transcript:
    return webvtt.parse(Source("talk.vtt", text.encode()))


def spoken(text: str) -> list[tuple[str | None, str]]:
    return [(turn.label, turn.text) for turn in read("WEBVTT\n\n" + text).turns]


def codes(transcript: Transcript) -> list[str]:
    return [remark.code for remark in transcript.remarks]


def test_file_without_voices_is_one_turn_per_cue() -> None:
    turns = read("WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\n00:02.000 --> 00:02.000\nTwo\nlines\n").turns
    assert [(turn.text, turn.label, turn.start_ms, turn.end_ms) for turn in turns] == [
        ("One", None, 1000, 2000),
        ("Two\nlines", None, 2000, 2000),
    ]


def test_voice_starts_a_turn_and_cue_without_voice_keeps_previous_speaker() -> None:
    text = (
        "00:01.000 --> 00:02.000\n<v Ada>Why\n\n00:02.000 --> 00:03.000\nthough?\n\n"
        "00:03.000 --> 00:04.000\n<v.soft.low Bo  B.>Because.</v>\n\n00:04.000 --> 00:05.000\n<v Bo  B.>Yes.\n"
    )
    assert spoken(text) == [("Ada", "Why though?"), ("Bo B.", "Because."), ("Bo B.", "Yes.")]
    first = read("WEBVTT\n\n" + text).turns[0]
    assert (first.start_ms, first.end_ms) == (1000, 3000)


def test_two_voices_in_one_cue_are_two_turns() -> None:
    assert spoken("00:01.000 --> 00:02.000\n<v Ada>Tea?</v>\n<v Bo>Yes</v>\n") == [("Ada", "Tea?"), ("Bo", "Yes")]


def test_speech_after_a_nested_voice_goes_back_to_the_outer_one() -> None:
    assert spoken("00:01.000 --> 00:02.000\n<v Ada>I <v Bo>no</v>say</v>\n") == [
        ("Ada", "I"),
        ("Bo", "no"),
        ("Ada", "say"),
    ]


def test_names_before_a_colon_are_labels() -> None:
    text = (
        "00:01.000 --> 00:02.000\nAda: Why?\n\n00:02.000 --> 00:03.000\nNote: I ask.\n\n"
        "00:03.000 --> 00:04.000\nBo: So.\n\n00:04.000 --> 00:05.000\nAda: Ah\n\n00:05.000 --> 00:06.000\nBo: Yes.\n"
    )
    assert spoken(text) == [("Ada", "Why? Note: I ask."), ("Bo", "So."), ("Ada", "Ah"), ("Bo", "Yes.")]


def test_tags_and_entities_are_decoded_with_their_places() -> None:
    transcript = read("WEBVTT\n\n00:01.000 --> 00:02.000\n<c.red>a &lt;<00:01.500> <b>b</b></c>\n")
    (turn,) = transcript.turns
    assert turn.text == "a < b"
    pieces = [
        (turn.text[s.text_start : s.text_end], transcript.source.text[s.source_start : s.source_end])
        for s in turn.segments
    ]
    assert pieces == [("a ", "a "), ("<", "&lt;"), (" ", " "), ("b", "b")]
    assert transcript.bytes_by_class[ByteClass.TIME] == len("00:01.000 --> 00:02.000<00:01.500>")


def test_angle_brackets_that_are_no_tag_stay_text() -> None:
    transcript = read("WEBVTT\n\n00:01.000 --> 00:02.000\nA List<int> if 1 < 2 &bogus; &#1;\n")
    assert transcript.turns[0].text == "A List<int> if 1 < 2 &bogus; &#1;"
    assert codes(transcript) == ["unknown-tag"]


def test_comments_styles_regions_identifiers_and_settings_are_no_speech() -> None:
    transcript = read(
        "WEBVTT\n\nSTYLE\n::cue(b) {}\n\nREGION\nid:left\n\nNOTE\ntwo\nlines\n\nNOTE one\n\n"
        "first cue\n00:01.000 --> 00:02.000 align:start position:10%\nOne\n"
    )
    assert [turn.text for turn in transcript.turns] == ["One"]
    assert transcript.bytes_by_class[ByteClass.NOTE] == len("NOTE\ntwo\nlinesNOTE one")


def test_hours_may_have_more_than_two_digits() -> None:
    assert read("WEBVTT\n\n123:00:00.000 --> 123:00:01.000\nLate\n").turns[0].start_ms == 442_800_000


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_byte_order_mark_and_line_ends(mark: str, end: str) -> None:
    turns = read(mark + "WEBVTT - a talk\n\n1\n00:01.000 --> 00:02.000\nOne\n\n".replace("\n", end)).turns
    assert [turn.text for turn in turns] == ["One"]


def test_header_states_metadata() -> None:
    metadata = read(
        "WEBVTT\nKind: captions\nLanguage: en-GB\nTitle: On tea\nDate: 2024-02-03\n"
        "Source: https://E.org/t?utm_source=x\n\n00:01.000 --> 00:02.000\nOne\n"
    ).metadata
    assert (metadata.language, metadata.title, metadata.source_url) == ("en-GB", "On tea", "https://e.org/t")
    assert metadata.published is not None
    assert metadata.published.earliest == datetime.date(2024, 2, 3)


def test_language_beside_the_signature_or_in_a_comment() -> None:
    cue = "00:01.000 --> 00:02.000\nOne\n"
    assert read(f"WEBVTT Kind: captions; Language: de\n\n{cue}").metadata.language == "de"
    assert read(f"WEBVTT\n\nNOTE language:fr\n\n{cue}").metadata.language == "fr"


def test_odd_metadata_is_left_out_with_a_remark() -> None:
    transcript = read("WEBVTT\nLanguage: ???\nDate: 2024-02-31\nSource: http://[x\n\n00:01.000 --> 00:02.000\nOne\n")
    assert codes(transcript) == ["language", "date", "source"]
    assert transcript.metadata.source_url_as_printed is None


def test_header_may_end_at_cue_times_without_a_blank_line() -> None:
    assert [turn.text for turn in read("WEBVTT\n00:01.000 --> 00:02.000\nOne\n").turns] == ["One"]


def test_text_without_times_is_kept_with_a_remark() -> None:
    transcript = read("WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\nlost\nlines\n")
    assert [(turn.text, turn.start_ms) for turn in transcript.turns] == [("One", 1000), ("lost\nlines", None)]
    assert codes(transcript) == ["no-times"]


@pytest.mark.parametrize(
    ("times", "code", "start"),
    [
        ("0.000 --> 3.480", "odd-time", 0),
        ("0:01,5 -> 0:02,5", "odd-time", 1500),
        ("00:61:00.000 --> 00:62:00.000", "bad-time", None),
        ("00:05.000 --> 00:01.000", "ends-early", 5000),
    ],
)
def test_odd_times_are_forgiven_with_a_remark(times: str, code: str, start: int | None) -> None:
    transcript = read(f"WEBVTT\n\n{times}\nOne\n")
    assert codes(transcript) == [code]
    assert transcript.turns[0].start_ms == start


def test_many_odd_times_make_one_remark() -> None:
    transcript = read("WEBVTT\n\n" + "0:01 --> 0:02\nOne\n\n" * 5)
    assert [remark.message.endswith("(and 4 more)") for remark in transcript.remarks] == [True]


def test_text_on_the_line_of_the_times_is_kept() -> None:
    transcript = read("WEBVTT\n\n00:01.000 --> 00:02.000 Hello there\n")
    assert transcript.turns[0].text == "Hello there"
    assert codes(transcript) == ["text-beside-times"]


def test_missing_signature_is_forgiven_where_there_are_cues() -> None:
    assert codes(read("00:01.000 --> 00:02.000\nOne\n")) == ["signature"]
    with pytest.raises(TranscriptError, match="WEBVTT"):
        read("Just some text")


@pytest.mark.parametrize("text", ["", "WEBVTT", "WEBVTT\n\nNOTE x\n", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>\n"])
def test_file_without_speech_is_refused(text: str) -> None:
    with pytest.raises(TranscriptError):
        read(text)


def test_label_that_tells_nobody_apart_is_text() -> None:
    cues = "".join(f"00:0{i}.000 --> 00:0{i}.500\n{'Speaker 1: ' if i > 2 else ''}Word\n\n" for i in range(6))
    assert {label for label, _ in spoken(cues)} == {None}
