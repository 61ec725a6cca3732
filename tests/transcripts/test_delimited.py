"""Tables of turns."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts import delimited
from app.transcripts.delimited_rows import DelimitedText
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript, TurnKind


def read(text: str, name: str = "talk.csv") -> Transcript:
    return delimited.parse(Source(name, text.encode()))


def spoken(text: str) -> list[tuple[str | None, str]]:
    return [(turn.label, turn.text) for turn in read(text).turns]


def codes(transcript: Transcript) -> list[str]:
    return [remark.code for remark in transcript.remarks]


def test_rows_without_header_are_speaker_and_text() -> None:
    text = 'AL,"Hello, and welcome."\nNV,Hi!\nAL,"Two\n\nparagraphs"\n'
    assert spoken(text) == [("AL", "Hello, and welcome."), ("NV", "Hi!"), ("AL", "Two\n\nparagraphs")]


def test_header_names_columns_in_any_order_and_language_of_case() -> None:
    transcript = read("Start Time;End Time;UTTERANCE;Speaker Name\n0:01;0:02,5;Why?;Ada\n0:03;;So.;Bo\n")
    assert [(turn.label, turn.text, turn.start_ms, turn.end_ms) for turn in transcript.turns] == [
        ("Ada", "Why?", 1000, 2500),
        ("Bo", "So.", 3000, None),
    ]
    assert transcript.bytes_by_class[ByteClass.FRONT_MATTER] == len("Start TimeEnd TimeUTTERANCESpeaker Name")


def test_tabs_need_no_quotes() -> None:
    text = 'who\tsaid\nAda\t"Yes," he said, "no.\nBo\t"quoted"\n'
    transcript = read(text, "talk.tsv")
    assert [turn.text for turn in transcript.turns] == ['"Yes," he said, "no.', "quoted"]
    assert codes(transcript) == ["stray-quote"]


def test_doubled_quotes_are_decoded_with_their_places() -> None:
    transcript = read('Ada,"a ""b"" c"\nBo,d\n')
    turn = transcript.turns[0]
    assert turn.text == 'a "b" c'
    assert [transcript.source.text[s.source_start : s.source_end] for s in turn.segments] == [
        "a ",
        '""',
        "b",
        '""',
        " c",
    ]


def test_entities_in_cells_stay() -> None:
    assert spoken("Ada,salt &amp; tea\nBo,ok\n")[0] == ("Ada", "salt &amp; tea")


def test_quotation_marks_that_do_not_enclose_a_cell_are_kept() -> None:
    transcript = read('speaker,text\nAda,"Tea" he said.\nBo,x\n')
    assert transcript.turns[0].text == '"Tea" he said.'
    assert codes(transcript) == ["stray-quote"]


def test_rows_with_too_many_or_too_few_cells_lose_nothing() -> None:
    transcript = read("speaker,text\nAda,Well, I think, so\nlost words\nBo,Yes\n")
    assert [(turn.label, turn.text) for turn in transcript.turns] == [
        ("Ada", "Well, I think, so"),
        (None, "lost words"),
        ("Bo", "Yes"),
    ]
    assert codes(transcript) == ["ragged"]


def test_cells_beyond_the_columns_are_turns_of_nobody_where_text_is_not_last() -> None:
    transcript = read("text,speaker\nHello,Ada,what is this\nYes,Bo\n")
    assert [(turn.label, turn.text) for turn in transcript.turns] == [
        ("Ada", "Hello"),
        (None, "what is this"),
        ("Bo", "Yes"),
    ]


def test_unread_columns_are_named() -> None:
    transcript = read("id,speaker,confidence,text\n1,Ada,0.9,Hi\n2,Bo,0.8,Yes\n")
    assert codes(transcript) == ["column-3"]
    assert "'confidence'" in transcript.remarks[0].message


def test_question_and_answer_columns_are_two_turns_a_row() -> None:
    transcript = read("Question,Answer\nWhy?,So.\nWhen?,\n")
    assert [(turn.kind, turn.text) for turn in transcript.turns] == [
        (TurnKind.QUESTION, "Why?"),
        (TurnKind.ANSWER, "So."),
        (TurnKind.QUESTION, "When?"),
    ]


def test_roles_are_stated_of_their_speakers() -> None:
    metadata = read("speaker,role,text\nAda,Host,Why?\nBo,guest,So.\nCy,Host,a\nCy,guest,b\nDi,painter,c\n").metadata
    assert [(each.labels, each.role) for each in metadata.speakers] == [
        (("Ada",), "interviewer"),
        (("Bo",), "interviewee"),
    ]


def test_role_is_the_label_where_there_is_no_speaker() -> None:
    assert spoken("role,text\ninterviewer,Why?\nguest,So.\n") == [("interviewer", "Why?"), ("guest", "So.")]


@pytest.mark.parametrize(
    ("header", "times", "start"),
    [
        ("start", ("0.5", "2.25"), 500),
        ("start", ("1500", "4000"), 1_500),
        ("start", ("3", "5"), 3_000),
        ("start_ms", ("3", "5"), 3),
        ("Start (s)", ("1500", "4000"), 1_500_000),
        ("start", ("[0:01]", "[0:02]"), 1_000),
        ("start", ("soon", "later"), None),
    ],
)
def test_times_are_read_in_their_unit(header: str, times: tuple[str, str], start: int | None) -> None:
    transcript = read(f"{header},text\n{times[0]},What did you do\n{times[1]},I slept all day\n")
    assert transcript.turns[0].start_ms == start


def test_columns_without_header_are_judged_by_what_they_hold() -> None:
    text = "1\t0:01\tAda\tWhy do you bake?\n2\t0:04\tBo\tBecause I like bread.\n3\t0:09\tAda\tI see, thank you.\n"
    assert [(turn.label, turn.start_ms, turn.text[:3]) for turn in read(text, "talk.tsv").turns] == [
        ("Ada", 1000, "Why"),
        ("Bo", 4000, "Bec"),
        ("Ada", 9000, "I s"),
    ]


def test_labels_inside_cells_count_where_no_column_has_speakers() -> None:
    text = "start,text\n0:01,Ada: Why?\n0:02,Bo: So.\n0:03,Ada: Ah.\n0:04,Bo: Yes.\n"
    assert spoken(text)[:2] == [("Ada", "Why?"), ("Bo", "So.")]
    text = "speaker,text\nX,Ada: Why?\nY,Bo: So.\nX,Ada: Ah.\nY,Bo: Yes.\n"
    assert spoken(text)[:2] == [("X", "Ada: Why?"), ("Y", "Bo: So.")]


def test_line_that_names_the_separator_is_obeyed() -> None:
    assert spoken("\ufeffsep=|\r\nspeaker|text\r\nAda|Hi; you, there\r\n") == [("Ada", "Hi; you, there")]


def test_speaker_without_text_makes_no_turn() -> None:
    transcript = read("speaker,text\nAda,\nBo,Yes\n")
    assert [turn.label for turn in transcript.turns] == ["Bo"]
    assert codes(transcript) == ["empty-turn"]


def test_quote_that_is_never_closed_is_refused_with_its_place() -> None:
    with pytest.raises(TranscriptError, match="never closed") as caught:
        read('speaker,text\nAda,Hi\nBo,"Yes\nAda,No\n')
    assert (caught.value.line, caught.value.column) == (3, 4)


@pytest.mark.parametrize("text", ["", "speaker,text\n", "one\ntwo\n", ",,\n,,\n"])
def test_file_without_columns_or_text_is_refused(text: str) -> None:
    with pytest.raises(TranscriptError):
        read(text)


def test_ten_megabytes_in_one_cell_are_read() -> None:
    assert len(read(f'speaker,text\nAda,"{"a b " * 2_500_000}"\n').turns[0].text) == 9_999_999


def test_prose_and_lists_are_not_claimed_without_a_suffix() -> None:
    for text in ("Well, yes.\nNo, never.\nSo, then.\n", '{"a": 1,\n"b": 2}\n', "# A, b\n\nc, d\n"):
        assert delimited.sniff(Source("a.txt", text.encode())).confidence == 0


def test_table_is_recognized_by_its_header_without_a_suffix() -> None:
    assert delimited.sniff(Source("a", b"speaker,text\nAda,Hi\nBo,Yes\n")).confidence > 0.9


@given(
    st.lists(
        st.lists(
            st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")), min_size=2, max_size=4
        ),
        min_size=1,
    ),
    st.sampled_from(",;\t|"),
)
def test_cells_are_those_of_the_csv_module(rows: list[list[str]], delimiter: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    table = DelimitedText(written.getvalue(), delimiter, 0)
    assert [["".join(run.text for run in cell.runs) for cell in row] for row in table.rows()] == rows


def test_row_without_speaker_in_brackets_is_a_note() -> None:
    text = "speaker,text\n,(They all look at the map for a while)\nAL:,Hello.\n,[a kettle]\nNV:,(Hm) yes.\n,So.\n"
    assert [turn.kind for turn in read(text).turns] == [TurnKind.NOTE, None, TurnKind.NOTE, None, None]


def test_html_in_cells_is_markup_where_the_table_is_of_a_page() -> None:
    text = 'speaker,words\nIB,"Red, or blue&#8212;which?"\nOV,"<em>Purple</em> text,<br/>mostly."\nIB,"a < b & c?"\n'
    assert spoken(text) == [("IB", "Red, or blue—which?"), ("OV", "Purple text,\nmostly."), ("IB", "a < b & c?")]
    plain = 'speaker,words\nIB,"Is List<int> a type?"\nOV,"Yes & no."\n'
    assert spoken(plain) == [("IB", "Is List<int> a type?"), ("OV", "Yes & no.")]


def test_row_that_points_to_a_page_is_a_note() -> None:
    transcript = read("speaker,words\nIB,Why?\nOV,So.\nIB,And?\nMORE INFO,See https://example.org/x\n")
    assert [(turn.kind is TurnKind.NOTE, turn.text) for turn in transcript.turns][-1] == (
        True,
        "See https://example.org/x",
    )
    named = read("speaker,words\nIB,Why?\nPage,See https://example.org/x\nIB,And?\nPage,So.\n")
    assert all(turn.kind is not TurnKind.NOTE for turn in named.turns)
