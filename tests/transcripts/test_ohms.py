"""OHMS: labelled text and WebVTT inside XML, with every place that of the whole file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts import ohms, sniff
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript, TurnKind

RECORD = """<?xml version="1.0" encoding="UTF-8"?>
<ROOT xmlns="https://www.weareavp.com/nunncenter/ohms">
  <record id="00042" dt="2020-03-06">
    <version>5.4</version>
    <date value="1979-05-12" format="yyyy-mm-dd"/>
    <cms_record_id>oh042</cms_record_id>
    <title>Interview with Omar Reyes, May 12, 1979</title>
    <collection_name>River Voices</collection_name>
    <repository>Valley Archive</repository>
    <subject>Rivers; Work</subject>
    <keyword>boats</keyword>
    <interviewee>Omar Reyes</interviewee>
    <interviewer>Ida Bell</interviewer>
    <sync>1:|3(4)|6(2)</sync>
    <media_url>https://media.example/42.mp3?utm_source=x</media_url>
    <language>English</language>
    <index>
      <point><time>0</time><title>Childhood</title><partial_transcript>Where were</partial_transcript>
        <synopsis>He tells.</synopsis><keywords>School;Farm</keywords><subjects/></point>
      <point><time>90</time><title>The flood</title><keywords></keywords></point>
    </index>
    <description>A talk.</description>
    <transcript>BELL: Where were you born &amp; when?

REYES: By the river,
in May.

He said &quot;soon&quot;.

[Phone rings.]

BELL: And then?

REYES: We left.</transcript>
    <transcript_alt/>
    <rights>All rights with the archive.</rights>
  </record>
</ROOT>
"""

CAPTIONS = """<ROOT><record><title>Six</title><cms_record_id/><interviewer>Ida Bell</interviewer>
<transcript></transcript>
<vtt_transcript><![CDATA[WEBVTT

NOTE TRANSCRIPTION BEGIN

1
00:00:01.000 --> 00:00:04.500
<v Ida Bell>Where &amp; when?

00:00:05.000 --> 00:00:09.000
<v Omar Reyes>By the river.

In May.
]]></vtt_transcript><media_url/></record></ROOT>"""


def parse(text: str, encoding: str = "utf-8") -> Transcript:
    made = ohms.parse(Source("record.xml", text.encode(encoding)))
    assert sum(made.bytes_by_class.values()) == len(made.source.data)
    for turn in made.turns:
        for segment in turn.segments:
            if segment.is_copy:
                copied = made.source.text[segment.source_start : segment.source_end]
                assert turn.text[segment.text_start : segment.text_end] == copied
    return made


def test_labelled_transcript_becomes_turns_with_the_names_of_the_record() -> None:
    made = parse(RECORD)
    assert [(turn.kind, turn.label, turn.speaker, turn.text) for turn in made.turns] == [
        (None, "BELL", "Ida Bell", "Where were you born & when?"),
        (None, "REYES", "Omar Reyes", 'By the river,\nin May.\n\nHe said "soon".'),
        (TurnKind.NOTE, None, None, "[Phone rings.]"),
        (None, "BELL", "Ida Bell", "And then?"),
        (None, "REYES", "Omar Reyes", "We left."),
    ]


def test_metadata_is_that_of_the_record_and_its_index() -> None:
    metadata = parse(RECORD).metadata
    assert metadata.title == "Interview with Omar Reyes, May 12, 1979"
    assert metadata.published is not None
    assert metadata.published.text == "1979-05-12"
    assert metadata.publisher == "Valley Archive"
    assert metadata.series == "River Voices"
    assert metadata.language == "en"
    assert metadata.source_url == "https://media.example/42.mp3"
    assert metadata.rights == "All rights with the archive."
    assert metadata.summary == "A talk."
    assert metadata.topics == ("Rivers", "Work", "boats", "School", "Farm", "The flood")
    assert [(each.name, each.role) for each in metadata.speakers] == [
        ("Ida Bell", "interviewer"),
        ("Omar Reyes", "interviewee"),
    ]


def test_every_byte_has_its_class() -> None:
    counts = parse(RECORD).bytes_by_class
    assert counts[ByteClass.LABEL] == len("BELL:REYES:BELL:REYES:")
    assert counts[ByteClass.TIME] == len("1:|3(4)|6(2)")
    assert counts[ByteClass.NOTE] == len("[Phone rings.]")


def test_captions_inside_cdata_become_turns_with_times() -> None:
    made = parse(CAPTIONS)
    assert [(turn.label, turn.start_ms, turn.text.split()) for turn in made.turns][:2] == [
        ("Ida Bell", 1000, ["Where", "&", "when?"]),
        ("Omar Reyes", 5000, ["By", "the", "river.", "In", "May."]),
    ]
    assert made.bytes_by_class[ByteClass.TIME] == 2 * len("00:00:01.000 --> 00:00:04.500")
    assert made.bytes_by_class[ByteClass.NOTE] == len("NOTE TRANSCRIPTION BEGIN")
    assert made.bytes_by_class[ByteClass.LABEL] >= len("Ida BellOmar Reyes")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_other_encodings_and_line_ends_are_read_alike(encoding: str) -> None:
    made = parse(RECORD.replace('encoding="UTF-8"', "").replace("\n", "\r\n"), encoding)
    assert [" ".join(turn.text.split()) for turn in made.turns] == [
        " ".join(turn.text.split()) for turn in parse(RECORD).turns
    ]


def test_translation_is_a_note_with_a_remark() -> None:
    made = parse(RECORD.replace("<transcript_alt/>", "<transcript_alt>BELL: Où ?</transcript_alt>"))
    assert len(made.turns) == 5
    assert "other-transcript" in {remark.code for remark in made.remarks}


def test_transcript_without_labels_is_kept_as_paragraphs_of_nobody() -> None:
    made = parse("<ROOT><record><transcript>One.\n\nTwo.</transcript></record></ROOT>")
    assert [(turn.label, turn.text) for turn in made.turns] == [(None, "One."), (None, "Two.")]
    assert [remark.code for remark in made.remarks] == ["unlabelled"]


def test_footnotes_at_the_end_are_nobodys_words() -> None:
    made = parse(
        RECORD.replace(
            "REYES: We left.",
            "REYES: We left.[[footnote]]1[[/footnote]]\n\n"
            "[[footnotes]]\n[[note]]BELL: a clerk.[[/note]]\n[[/footnotes]]\n",
        )
    )
    assert [(turn.label, turn.text) for turn in made.turns if turn.label][-1] == (
        "REYES",
        "We left.",
    )
    assert made.turns[-2].kind is TurnKind.NOTE
    assert made.turns[-2].text == "[[note]]BELL: a clerk.[[/note]]"


def test_remarks_and_errors_stand_where_they_are_in_the_whole_file() -> None:
    made = parse(RECORD)
    remark = next(each for each in made.remarks if each.code == "continuation")
    assert made.source.text.splitlines()[remark.line - 1].startswith("He said")
    broken = "<ROOT><record>\n<vtt_transcript>\nno captions</vtt_transcript></record></ROOT>"
    with pytest.raises(TranscriptError) as caught:
        parse(broken)
    assert caught.value.line >= 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<ROOT><record><title>x</title><transcript> </transcript></record></ROOT>", "no transcript"),
        ("<ROOT/>", "0 records"),
        ("<ROOT><record/><record/></ROOT>", "2 records"),
        ("<ROOT><record>", "not well-formed"),
        ("<!DOCTYPE ROOT><ROOT/>", "DOCTYPE"),
    ],
)
def test_what_is_no_single_transcript_is_refused(text: str, reason: str) -> None:
    with pytest.raises(TranscriptError, match=reason):
        parse(text)


def test_records_are_recognized_by_their_elements() -> None:
    assert sniff(Source("x.xml", RECORD.encode()))[0][0].name == "ohms"
    assert ohms.sniff(Source("x.xml", CAPTIONS.encode())).confidence > 0.9
    assert ohms.sniff(Source("x.xml", b"<ROOT><record/></ROOT>")).confidence == 0
    assert ohms.sniff(Source("x.xml", b"<ROOT>\xff")).confidence == 0


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    made = Source("x.xml", data)
    ohms.sniff(made)
    try:
        ohms.parse(made)
    except TranscriptError:
        return


_LABELLED = [
    "BELL: ",
    "REYES: ",
    "a",
    " ",
    "\n",
    "\n\n",
    "[laughs]",
    "HEADING",
    "é😀",
    "---",
    "\u2028",
    "Date: 5 May 1990\n",
]
_CUES = [
    "00:00:01.000 --> 00:00:02.000\n",
    "WEBVTT\n\n",
    "NOTE x",
    "&lt;v Ida&gt;",
    "&lt;/v&gt;",
    "https://a.example/x",
]
_MARKUP = ["&amp;", "&#13;", "&amp;amp;", "<b>x</b>", "<![CDATA[ <i>&amp;y ]]>", "<!-- c -->", "&#xFEFF;"]
_PIECES = st.sampled_from([*_LABELLED, *_CUES, *_MARKUP])


@given(st.lists(_PIECES), st.sampled_from(["transcript", "vtt_transcript"]))
def test_any_transcript_is_read_with_all_text_accounted_for(pieces: list[str], name: str) -> None:
    start = "WEBVTT\n\n" if name == "vtt_transcript" else ""
    try:
        parse(f"<ROOT><record><{name}>{start}{''.join(pieces)}</{name}></record></ROOT>")
    except TranscriptError:
        return


@given(st.integers(0, len(RECORD) - 1), st.integers(0, 30), st.text(st.characters(codec="utf-8"), max_size=5))
def test_damaged_records_are_read_or_refused(at: int, length: int, instead: str) -> None:
    try:
        parse(RECORD[:at] + instead + RECORD[at + length :])
    except TranscriptError:
        return
