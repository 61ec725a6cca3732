"""What holds for all timed text and tables: only TranscriptError is raised, nothing is lost, copies are copies."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts import delimited, subrip, timestamped, webvtt
from app.transcripts.source import Source
from app.transcripts.transcript import TranscriptFormat
from tests.profiles import examples

SAMPLES = {
    webvtt.FORMAT: (
        "WEBVTT - Talk\nKind: captions\nLanguage: en\n\nSTYLE\n::cue { color: red }\n\nNOTE by hand\n\nintro\n"
        "00:01.000 --> 00:02.000 align:start\n<v.loud Ada>Tea &amp; <i>toast</i>?\n\n00:02.000 --> 01:00:03.500\n"
        "- Bo: Yes.<00:00:02.500> And <laughs> &nbsp;\n\nstray\n\nREGION\nid:r\n"
    ),
    subrip.FORMAT: (
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\nAda: Tea\r\n<i>or</i> coffee?\r\n\r\n3\r\n"
        "00:00:02.500 --> 00:00:02,000 X1:1 X2:2\r\n{\\an8}Bo: Tea.\r\n\r\nMore\r\n\r\n00:99:00 --> 1\r\n>> No\r\n"
    ),
    timestamped.FORMAT: (
        "Talk\n\n00:00:01 Ada: Tea?\n\n[00:02] Bo: Yes.\nMore\n\n(0:03 - 0:04)\nAda: So\n\nhttps://e.org/\n"
    ),
    delimited.FORMAT: (
        'speaker,start,text,role,note\nAda,0:01,"Tea, ""black""\nor green?",host,x\n'
        'Bo,2.5,Yes,,\n"x"y,3\nBo,4,a,b,c,d,"e"\n'
    ),
}
PIECES = [
    *(
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        " ",
        "\t",
        ",",
        ";",
        '"',
        '""',
        "<",
        ">",
        "<v A>",
        "</v>",
        "<v>",
        "&",
        "&lt;",
        "&#1;",
    ),
    *(
        "00:00:01,000 --> 00:00:02,000\n",
        "-->",
        "00:01",
        "[0:02] ",
        "Ada: ",
        "- Bo: ",
        ">> ",
        "1\n",
        "NOTE ",
        "STYLE\n",
    ),
    *(
        "\u00a0",
        "\u2028",
        "\x0b",
        "\ufeff",
        "\x85",
        "é",
        "🙂",
        "{\\b1}",
        "<br>",
        "<00:00:01.000>",
        "|",
        "WEBVTT\n",
        "sep=;\n",
    ),
]


def check(format_: TranscriptFormat, data: bytes) -> None:
    source = Source("x.txt", data)
    assert 0 <= format_.sniff(source).confidence <= 1
    try:
        transcript = format_.parse(source)
    except TranscriptError:
        return
    assert sum(transcript.bytes_by_class.values()) == len(data)
    assert transcript.turns
    for turn in transcript.turns:
        assert turn.segments
        assert turn.text == turn.text.strip()
        reached = 0
        for segment in turn.segments:
            assert segment.text_start >= reached
            assert segment.text_end > segment.text_start
            reached = segment.text_end
            copied = source.text[segment.source_start : segment.source_end]
            assert segment.is_copy == (turn.text[segment.text_start : segment.text_end] == copied)
        assert reached == len(turn.text)


@pytest.mark.parametrize("format_", SAMPLES, ids=lambda format_: format_.name)
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=300))
@example(data=b"")
@example(data=b"\xff\xfe")
@example(data=b"\x00" * 9)
def test_arbitrary_bytes_are_read_or_refused(format_: TranscriptFormat, data: bytes) -> None:
    check(format_, data)


@pytest.mark.parametrize("format_", SAMPLES, ids=lambda format_: format_.name)
@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_samples_are_read_or_refused(format_: TranscriptFormat, data: st.DataObject) -> None:
    text = SAMPLES[format_]
    for _ in range(data.draw(st.integers(0, 6))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = text[:start] + data.draw(st.sampled_from(PIECES)) + text[end:]
    check(format_, text.encode())


@pytest.mark.parametrize("format_", SAMPLES, ids=lambda format_: format_.name)
@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_sequence_of_marks_is_read_or_refused(format_: TranscriptFormat, pieces: list[str]) -> None:
    check(format_, "".join(pieces).encode())


@pytest.mark.parametrize("format_", SAMPLES, ids=lambda format_: format_.name)
def test_sample_is_recognized_by_its_own_format_alone(format_: TranscriptFormat) -> None:
    source = Source("sample" + format_.suffixes[0], SAMPLES[format_].encode())
    sure = [known.name for known in SAMPLES if known.sniff(source).confidence > 0]
    assert sure == [format_.name]


@pytest.mark.parametrize("format_", SAMPLES, ids=lambda format_: format_.name)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_byte_order_mark_and_utf16_are_read(format_: TranscriptFormat, encoding: str) -> None:
    text = SAMPLES[format_].removeprefix("\ufeff")
    check(format_, text.encode(encoding))
    assert format_.parse(Source("x", text.encode(encoding))).turns


@pytest.mark.parametrize("format_", SAMPLES, ids=lambda format_: format_.name)
@pytest.mark.parametrize(
    "filler",
              [" " * 500_000,
               "a" * 500_000, "<" * 300_000, "&" * 300_000, '"' * 300_000, "1:" * 200_000, "\n" * 300_000,
               "Ada: x\n" * 30_000, '"a,' * 100_000, "<v A>" * 50_000, "- " * 100_000],
    ids=range(11),
)  # fmt: skip
def test_long_monotonous_input_is_read_or_refused(format_: TranscriptFormat, filler: str) -> None:
    check(format_, (SAMPLES[format_] + "\n\n00:00:05,000 --> 00:00:06,000\n" + filler).encode())


@pytest.mark.parametrize("format_", SAMPLES, ids=lambda format_: format_.name)
def test_latin_1_is_refused_with_its_place(format_: TranscriptFormat) -> None:
    source = Source("x", SAMPLES[format_].removeprefix("\ufeff").encode() + b"\ncaf\xe9\n")
    assert format_.sniff(source).confidence == 0
    with pytest.raises(TranscriptError, match="UTF-8"):
        format_.parse(source)
