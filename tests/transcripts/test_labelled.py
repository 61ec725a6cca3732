"""Labelled plain text: turns, what continues and what interrupts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts import labelled, markdown
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript, TurnKind

SAMPLE = (
    "Title: Lamps\nDate: 3 May 2020\n\nQ: Why lamps?\nA: Light.\n\nAnd warmth.\n(laughter)\nMore.\n\n"
    "Jane (0:01): Yes (really).\n[END OF INTERVIEW]\nhttps://example.org/a?fbclid=1\n"
)
PRESS = (
    "OPENING STATEMENT\nTHE PRESIDENT. Good day.1\n1 A Thursday.\nWell.\nQUESTIONS\n[1.] Q. Sir, why?\n"
    "THE PRESIDENT. Because.\nLAMPS Q. And now?\nTHE. PRESIDENT. Now too.\nReporter: Thank you, Mr. President.\n"
)


def _read(text: str, name: str = "talk.txt") -> Transcript:
    return labelled.parse(Source(name, text.encode()))


def _codes(transcript: Transcript) -> list[str]:
    return [remark.code for remark in transcript.remarks]


def test_unmarked_paragraph_continues_the_turn_with_a_remark() -> None:
    transcript = _read("Q: Why?\nAns: Because.\n\nAnd so on.\nQ: Really?\n")
    assert [turn.label for turn in transcript.turns] == ["Q", "Ans", "Q"]
    assert transcript.turns[1].text == "Because.\n\nAnd so on."
    assert _codes(transcript) == ["continuation"]


def test_question_and_answer_labels_state_the_kind() -> None:
    kinds = [turn.kind for turn in _read("Q: Why?\nA: Because.\nJane: Oh.\nJane: Hm.\n").turns]
    assert kinds == [TurnKind.QUESTION, TurnKind.ANSWER, None, None]


def test_stage_direction_interrupts_and_is_nobodys() -> None:
    transcript = _read("Jane: One.\n(laughter)\nTwo (ha).\nBob: Hi.\n[END OF INTERVIEW]\nJane: Bye.\n")
    assert [(turn.label, turn.kind, turn.text) for turn in transcript.turns] == [
        ("Jane", None, "One.\n\nTwo (ha)."),
        (None, TurnKind.NOTE, "(laughter)"),
        ("Bob", None, "Hi."),
        (None, TurnKind.NOTE, "[END OF INTERVIEW]"),
        ("Jane", None, "Bye."),
    ]


def test_press_conference_in_period_labels() -> None:
    transcript = _read(PRESS, "1961-01-01__John Q. Doe.txt")
    assert [(turn.label, turn.kind, turn.text) for turn in transcript.turns] == [
        (None, TurnKind.HEADING, "OPENING STATEMENT"),
        ("THE PRESIDENT", None, "Good day.1\n\nWell."),
        (None, TurnKind.NOTE, "1 A Thursday."),
        (None, TurnKind.HEADING, "QUESTIONS"),
        ("Q", TurnKind.QUESTION, "Sir, why?"),
        ("THE PRESIDENT", None, "Because."),
        (None, TurnKind.HEADING, "LAMPS"),
        ("Q", TurnKind.QUESTION, "And now?"),
        ("THE. PRESIDENT", None, "Now too."),
        ("Reporter", None, "Thank you, Mr. President."),
    ]
    assert transcript.turns[1].speaker == "John Q. Doe"


def test_label_alone_takes_the_text_below() -> None:
    turns = _read("JANE ROE:\nHello.\n\nBob: 00:00:09\n\nHi.\n\nJANE ROE:\nBye.\n").turns
    assert [(turn.label, turn.text, turn.start_ms) for turn in turns] == [
        ("JANE ROE", "Hello.", None),
        ("Bob", "Hi.", 9_000),
        ("JANE ROE", "Bye.", None),
    ]


def test_text_before_the_first_label_is_a_note() -> None:
    transcript = _read("A lamp maker speaks.\n\nJane: Hello.\nBob: Hi.\nJane: Bye.\n")
    assert transcript.turns[0].kind is TurnKind.NOTE
    assert "unlabelled" in _codes(transcript)


def test_paragraph_after_a_question_answers_it_where_no_answer_has_a_label() -> None:
    turns = _read("Q: Why?\n\nBecause.\n\nSo.\n\nQ: And?\n\nNothing.\n").turns
    assert [(turn.kind, turn.text) for turn in turns] == [
        (TurnKind.QUESTION, "Why?"),
        (TurnKind.ANSWER, "Because.\n\nSo."),
        (TurnKind.QUESTION, "And?"),
        (TurnKind.ANSWER, "Nothing."),
    ]


def test_label_like_prose_stays_in_the_text_with_a_remark() -> None:
    transcript = _read("Jane: Look.\n\nNote: this matters.\n\nBob: Yes.\nJane: Good.\n")
    assert transcript.turns[0].text == "Look.\n\nNote: this matters."
    assert "prose-label" in _codes(transcript)


def test_header_names_the_people_behind_role_labels() -> None:
    turns = _read("Interviewer: Jane Roe\nInterviewee: John Doe\n\nInterviewer: Why?\nInterviewee: So.\n").turns
    assert [turn.speaker for turn in turns] == ["Jane Roe", "John Doe"]


def test_source_line_is_kept_apart_and_freed_of_tracking() -> None:
    transcript = _read(SAMPLE)
    assert transcript.metadata.source_url == "https://example.org/a"
    assert transcript.bytes_by_class[ByteClass.SOURCE_LINE] == len("https://example.org/a?fbclid=1")
    assert "tracking-removed" in _codes(transcript)


@pytest.mark.parametrize("text", ["Just prose.\n\nNote: no talk.\n", "Pros: many\nCons: few\n"])
def test_text_without_speakers_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(TranscriptError, match="no speaker labels"):
        _read(text)
    assert labelled.sniff(Source("a.txt", text.encode())).confidence == 0


def test_unlabelled_text_can_be_kept_by_paragraphs() -> None:
    transcript = labelled.parse_unlabelled(Source("a.txt", b"One.\nStill one.\n\nTwo.\n"))
    assert [(turn.label, turn.text) for turn in transcript.turns] == [(None, "One.\nStill one."), (None, "Two.")]
    assert _codes(transcript) == ["unlabelled"]


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xff\xfe\xff", b"Q: a\0"])
def test_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(TranscriptError):
        labelled.parse(Source("a.txt", data))
    assert labelled.sniff(Source("a.txt", data)).confidence == 0


@pytest.mark.parametrize(
    "text", ["WEBVTT\n\n00:00.000 --> 00:01.000\nJane: a\n", '{"Jane": 1}', "<?xml version='1.0'?><a>Jane: x</a>"]
)
def test_other_formats_are_not_claimed(text: str) -> None:
    source = Source("a.txt", text.encode())
    assert labelled.sniff(source).confidence == 0
    assert markdown.sniff(source).confidence == 0


def test_many_paragraphs_are_read_in_linear_time() -> None:
    transcript = _read("Q: a\n\n" + "word word\n\n" * 20_000 + "A: b\n")
    assert len(transcript.turns) == 2


def _check(source: Source) -> None:
    for known in (labelled, markdown):
        assert 0 <= known.sniff(source).confidence <= 1
        for parse in (known.parse, labelled.parse_unlabelled):
            try:
                transcript = parse(source)
            except TranscriptError:
                continue
            assert sum(transcript.bytes_by_class.values()) == len(source.data)
            for turn in transcript.turns:
                assert turn.segments
                for segment in turn.segments:
                    if segment.is_copy:
                        copied = source.text[segment.source_start : segment.source_end]
                        assert turn.text[segment.text_start : segment.text_end] == copied


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    _check(Source("a.txt", data))


_PIECES = st.sampled_from(
    [
        "Q:",
        "A. ",
        "**Jane:** ",
        "*J (0:01)*: ",
        "\n",
        "\n\n",
        "---\n",
        "### Why?\n",
        "(laughs)\n",
        "[x]\n",
        "1 See it.\n",
        "Jane Roe: ",
        "THE PRESIDENT. ",
        "HEADING\n",
        "**Why?**\n\n",
        "text ",
        "https://example.org\n",
        "\ufeff",
        "\u2028",
        "\r",
        "1. __Why?__\n",
        "```\n",
        "**J: Why?**\n",
        "[1.] ",
        ">> ",
        "- **J:** ",
        "# Jane:\n",
        "* ",
        "\u00a0",
        "0:01 ",
        "===\n",
    ]
)


@given(st.lists(_PIECES, max_size=30))
def test_arbitrary_arrangements_are_read_or_refused(pieces: list[str]) -> None:
    _check(Source("a.md", "".join(pieces).encode()))


@given(st.sampled_from([SAMPLE, PRESS]), st.integers(0, 200), st.integers(0, 30), st.text(max_size=8))
def test_mutated_samples_are_read_or_refused(sample: str, at: int, gone: int, put: str) -> None:
    _check(Source("a.txt", (sample[:at] + put + sample[at + gone :]).encode("utf-8", "replace")))
