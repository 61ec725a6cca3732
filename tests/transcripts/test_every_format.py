"""Every format in FORMATS, with any file: it is read with every byte accounted for, or refused with TranscriptError.

`make fuzz-readers` runs the same properties many more times.
"""

# ruff: noqa: E501 - the table of pieces is read in rows

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.structure.pairing import pair
from app.transcripts import FORMATS, read, sniff
from app.transcripts.source import Source
from app.transcripts.transcript import TranscriptFormat

_PIECES = [
    *("Q: ", "A: ", "Ans: ", "Ada Lind:", "THE CHAIR. ", "**Ben:** ", "*BL (0:01:22)*: ", "Name 00:00:07:\n", "[2.] Q. "),
    *("\n", "\n\n", "\r\n", "\r", " ", "\t", "\u00a0", "\u2028", "\x85", "\ufeff", "\x0b", "\x00", "\ud7ff", "é", "Сongress"),
    *("# ", "## What?\n", "**So?**\n", "1. ", "> ", "- ", "---\n", "title: x\n", "date: 2019-02-31\n", "speakers: [A, B]\n"),
    *("WEBVTT\n\n", "00:01.000 --> 00:02.000\n", "1\n00:00:01,000 --> 00:00:02,000\n", "<v Ada>", "NOTE x\n\n", "STYLE\n"),
    *('{"segments":[', '{"start":0,"end":1,"speaker":"A","text":"', '"},', '"}]}', "\\u00e9", "\\ud800", "NaN", "1e999", "[" * 9),
    *("<TEI>", "<text><body>", '<u who="#a">', "</u>", "<akomaNtoso>", '<speech by="#b"><p>', "</p></speech>", "&amp;", "&#0;"),
    *("<!DOCTYPE x>", "<![CDATA[", "]]>", "<html><p>Ada: ", "</p>", "<cite>Ada:</cite><time>0:00</time><p>", "<script>", "<!--"),
    *("0:00:01.000,0:00:02.000\n", "[Script Info]\n", "[Events]\n", "Dialogue: 0,0:00:01.00,0:00:02.00,,Ada,,,,,", "{\\i1}", "[br]"),
    *('<tt xml:lang="en">', '<p begin="1s" ttm:agent="a">', "<br/>", "<ANNOTATION_DOCUMENT>", '<TIER TIER_ID="Ada">', "</TIER>"),
    *('<ALIGNABLE_ANNOTATION TIME_SLOT_REF1="a"><ANNOTATION_VALUE>', '<tier speaker="S" type="t">', '<event start="T0" end="T1">', "</event>"),
    *('"ooTextFile"\n"TextGrid"\n0 9 <exists> 1 ', '"IntervalTier" "Ada" 0 9 2 ', '0 1 "So" ', "@UTF8\n@Begin\n", "*PAR:\t", "&-um ", "[/] ", "\x151_2\x15"),
    *('{"media": "x", "text": "<p>', '\\u003c', '<span data-timestamp=\\"1.5\\">0:01</span>', "</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>", "</tt>"),
    *("{\\rtf1 ", "{\\b Ada:} ", "\\par ", "\\'e9", "\\u8217?", "{\\*\\x ", "}", "\\cell\\row ", '<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">'),
    *("<office:body><office:text>", "<text:p>Ada: ", "</text:p>", "</office:text></office:body></office:document>"),
    *("'''Ada''': ", "[[a|", "]]", "{{w|", "}}", "<ref>", "</ref>", "\n== Why? ==\n", "ADA;\tso?\n\t", "<article><front><article-meta/></front><body>", "<bold>Ada:</bold> ", "<speech><speaker>", "BEN;\t", "{|\n|-\n| ", " || ", "|}\n", "<nowiki>", "[http://a "),
    *("speaker,text\n", "Ada,", '"So, ', '""', '"', ";", "|", "(laughter)", "[END]", "https://example.org/?utm_source=x", "12:61"),
]  # fmt: skip
# The number of examples comes from the profile, so that a longer run is one option away.
_SUFFIXES = st.sampled_from(sorted({suffix for known in FORMATS for suffix in known.suffixes}))
_ANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def _check(format_: TranscriptFormat, data: bytes) -> None:
    source = Source("file", data)
    assert 0 <= format_.sniff(source).confidence <= format_.surest <= 1
    try:
        transcript = format_.parse(source)
    except TranscriptError:
        return
    assert sum(transcript.bytes_by_class.values()) == len(data)
    at = 0
    for start, end, _class in transcript.account.spans:
        assert start == at
        at = end
    assert at == len(transcript.text)
    for turn in transcript.turns:
        assert turn.segments
        assert 0 <= turn.source_start <= turn.source_end <= len(transcript.text)
        for run in turn.segments:
            copied = transcript.text[run.source_start : run.source_end]
            assert not run.is_copy or turn.text[run.text_start : run.text_end] == copied
    structure = pair(transcript.turns, transcript.metadata)
    assert len(structure.kinds) == len(structure.participant_of) == len(transcript.turns)
    placed = [turn for exchange in structure.exchanges for turn in exchange.question_turns]
    placed += [turn for exchange in structure.exchanges for answer in exchange.answers for turn in answer.turns]
    assert len(placed) == len(set(placed))


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
@_ANY
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(format_: TranscriptFormat, data: bytes) -> None:
    _check(format_, data)


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
@_ANY
@given(pieces=st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=12)), max_size=40))
def test_any_mixture_of_conventions_is_read_or_refused(format_: TranscriptFormat, pieces: list[str]) -> None:
    _check(format_, "".join(pieces).encode("utf-8", errors="surrogatepass"))


@_ANY
@given(pieces=st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=12)), max_size=40), suffix=_SUFFIXES)
def test_the_surest_format_reads_whether_or_not_all_are_asked(pieces: list[str], suffix: str) -> None:
    source = Source(f"file{suffix}", "".join(pieces).encode("utf-8", errors="surrogatepass"))
    surest = next((known.name for known, _ in sniff(source)), None)
    try:
        transcript = read(source)
    except TranscriptError:
        return
    assert transcript.format == surest


def test_letters_of_two_scripts_and_lost_characters_are_remarked_in_any_format() -> None:
    talk = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ada>Our Сongress \ufffd is\n\n00:01.000 --> 00:02.000\nSo \ufffd\n"
    record = '<akomaNtoso><debate><debateBody><speech by="#a"><p>Our Сongress \ufffd is \ufffd</p></speech></debateBody></debate></akomaNtoso>'
    for text in (talk, record):
        remarks = read(Source("file", text.encode())).remarks
        found = [one.code for one in remarks if one.code in {"mixed-scripts", "decoding-replaced"}]
        assert found == ["mixed-scripts", "decoding-replaced"]
        assert "2 characters" in next(one.message for one in remarks if one.code == "decoding-replaced")
