"""Markdown interviews: the conventions, and which one a file is taken to follow."""

from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts import markdown
from app.transcripts.source import Source
from app.transcripts.transcript import Transcript, TurnKind

BOLD = (
    "**Jane Roe:** Hello [there](https://example.org).\n\n**Break:** \\[16:00\\]\n\n**John Doe**: \\[17:00\\] Hi.\n\n"
    "More \\[laughs\\].\n\n**Jane Roe:** Bye.\n"
)
ITALIC = "*Jane Roe (0:00:03)*: Hello.\n\n*John van Doe (0:00:09)*: Hi.\n\n_JR_: So?\n\n_JvD_: No.\n"


def _read(text: str, name: str = "talk.md") -> Transcript:
    return markdown.parse(Source(name, text.encode()))


def _said(transcript: Transcript) -> list[tuple[str | None, str]]:
    return [(turn.speaker or turn.label, turn.text) for turn in transcript.turns]


def test_bold_labels_with_breaks_and_opening_times() -> None:
    turns = _read(BOLD).turns
    assert [(turn.label, turn.kind, turn.start_ms) for turn in turns] == [
        ("Jane Roe", None, None),
        ("Break", TurnKind.NOTE, 960_000),
        ("John Doe", None, 1_020_000),
        ("Jane Roe", None, None),
    ]
    assert turns[2].text == "\\[17:00\\] Hi.\n\nMore \\[laughs\\]."


def test_initials_are_expanded_to_full_names_of_the_same_file() -> None:
    transcript = _read(ITALIC)
    assert [turn.speaker or turn.label for turn in transcript.turns] == ["Jane Roe", "John van Doe"] * 2
    assert [remark.code for remark in transcript.remarks] == ["several-names", "several-names"]


def test_ambiguous_initials_stay_as_printed() -> None:
    text = "**Jane Roe:** a\n\n**John Rae:** b\n\n**JR:** c\n\n**Jane Roe:** d\n\n**JR:** e\n"
    assert [turn.speaker for turn in _read(text).turns] == [None] * 5


def test_heading_inside_a_turn_splits_nothing() -> None:
    transcript = _read("Jane: One.\n\n## A part\n\nTwo.\n\nBob: Hi.\n\nJane: Bye.\n")
    assert _said(transcript)[0] == ("Jane", "One.\n\nTwo.")
    assert transcript.turns[1].kind is TurnKind.HEADING


def test_talk_goes_on_after_a_heading_between_questions() -> None:
    transcript = _read("# Talk\n\nOnce upon.\n\nQ: Why?\n\nA: So.\n\n# More\n\nTwice.\n\nQ: And?\n\nA: No.\n")
    assert [turn.kind for turn in transcript.turns] == [
        TurnKind.HEADING, TurnKind.NOTE, TurnKind.QUESTION, TurnKind.ANSWER,
        TurnKind.HEADING, TurnKind.NOTE, TurnKind.QUESTION, TurnKind.ANSWER,
    ]  # fmt: skip


def test_question_headings_are_answered_by_the_person_of_the_title() -> None:
    transcript = _read(
        "---\ntitle: Jane Roe\n---\n\n### Who are you?\n\nA maker.\n\nOf lamps.\n\n## And with what?\n\nGlass.\n"
    )
    assert _said(transcript) == [
        (None, "Who are you?"),
        ("Jane Roe", "A maker.\n\nOf lamps."),
        (None, "And with what?"),
        ("Jane Roe", "Glass."),
    ]
    assert "heading" in markdown.sniff(transcript.source).reason


def test_headword_in_an_answer_is_no_speaker() -> None:
    text = "---\ntitle: Jane Roe\n---\n### Who?\n\n**Blogs**: many.\n\n**Blogs**: more.\n\n### Why?\n\nSo.\n"
    assert [turn.label for turn in _read(text).turns] == [None] * 4


def test_second_person_who_answers_is_told_apart() -> None:
    text = (
        "---\ntitle: Jane Roe\n---\n### Who?\n\n**Max**: I type.\n\n**Jane**: I talk.\n\n"
        "### Why?\n\n**Jane**: So.\n\n**Max**: No.\n"
    )
    assert [speaker for speaker, _ in _said(_read(text))] == [None, "Max", "Jane Roe", None, "Jane Roe", "Max"]


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Interview with Jane Roe\n---\n**Who are you?**\n\nA maker.\n\n**And why?**\n\nLight.\n",
        "---\ntitle: Q & A with Jane Roe\n---\n1. __Who are you?__\n\n    A maker.\n\n1. __And why?__\n\n    Light.\n",
        "---\ntitle: Interview with Jane Roe\n---\n1. Who are you?\n\nA maker.\n\n2. And why?\n\nLight.\n",
    ],
)
def test_bold_or_numbered_paragraphs_are_questions(text: str) -> None:
    assert _said(_read(text)) == [
        (None, "Who are you?"),
        ("Jane Roe", "A maker."),
        (None, "And why?"),
        ("Jane Roe", "Light."),
    ]


def test_text_after_a_question_in_bold_is_not_the_questioners() -> None:
    transcript = _read(
        "**FK: Why?**\n\n**JL**: So.\n\n**FK: And\nnow?**\n\nUnmarked.\n\n**FK: Well?**\n\n**JL**: No.\n"
    )
    assert _said(transcript)[2:4] == [("FK", "And\nnow?"), (None, "Unmarked.")]


def test_names_as_headings_or_alone_in_bold_are_labels() -> None:
    for text in (
        "### Jane:\n\nHi.\n\n### Bob:\n\nYo.\n\n### Jane:\n\nBye.\n",
        "**Jane**\n\nHi.\n\n**Bob**\n\nYo.\n\n**Jane**\n\nBye.\n",
    ):
        turns = _read(text + "\n" + text).turns
        assert [turn.label for turn in turns[:3]] == ["Jane", "Bob", "Jane"]
        assert turns[0].text == "Hi."


def test_labels_in_code_are_none() -> None:
    transcript = _read("Jane: See.\n\n```\nBob: 1\n# Why?\n```\n\nBob: Yes.\n\nJane: Bye.\n")
    assert _said(transcript)[0] == ("Jane", "See.\n\n```\nBob: 1\n# Why?\n```")
    assert len(transcript.turns) == 3


def test_footnote_is_a_note_and_a_rule_is_markup() -> None:
    transcript = _read("Jane: See.\n\nBob: Yes.\n\n---\n\nJane: Bye.\n\n[^1]: A footnote.\n")
    assert transcript.turns[-1].kind is TurnKind.NOTE


def test_essay_is_refused() -> None:
    with pytest.raises(TranscriptError, match="no speaker labels"):
        _read("---\ntitle: Lamps\n---\n\nProse and\n\nmore prose.\n")
    assert markdown.sniff(Source("a.md", b"Prose.\n")).confidence == 0


def test_suffixes_begin_with_a_dot() -> None:
    assert all(PurePath("a" + suffix).suffix == suffix for suffix in markdown.FORMAT.suffixes)


@given(st.sampled_from([BOLD, ITALIC]), st.integers(0, 150), st.integers(0, 20), st.text(max_size=6))
def test_mutated_samples_are_read_or_refused(sample: str, at: int, gone: int, put: str) -> None:
    source = Source("a.md", (sample[:at] + put + sample[at + gone :]).encode("utf-8", "replace"))
    markdown.sniff(source)
    try:
        transcript = markdown.parse(source)
    except TranscriptError:
        return
    assert sum(transcript.bytes_by_class.values()) == len(source.data)


def test_label_of_no_person_is_remarked_once_where_it_stands() -> None:
    text = "**Ada:** So?\n\n**Break:** [01:00]\n\n**Ben:** Yes.\n\n**Break:** [02:00]\n\n**Ada:** Good.\n"
    remarks = markdown.FORMAT.parse(Source("x.md", text.encode())).remarks
    assert [(one.line, one.column) for one in remarks if one.code == "non-person"] == [(3, 3)]


@pytest.mark.parametrize("note", ["*[He pours the tea and waits.]*", "_(laughter)_", "**\\[tape ends\\]**"])
def test_a_stage_direction_in_emphasis_is_a_note(note: str) -> None:
    transcript = _read(
        f"**Jane Roe:** So?\n\n**John Doe:** So it is.\n\n{note}\n\n**Jane Roe:** Yes?\n\n**John Doe:** No.\n"
    )
    assert [turn.text for turn in transcript.turns if turn.kind is TurnKind.NOTE] == [note]


@pytest.mark.parametrize("speech", ["*[He](https://example.org) pours the tea.*", "*He pours* [the tea]*."])
def test_emphasis_of_a_part_is_speech(speech: str) -> None:
    transcript = _read(
        f"**Jane Roe:** So?\n\n**John Doe:** So it is.\n\n{speech}\n\n**Jane Roe:** Yes?\n\n**John Doe:** No.\n"
    )
    assert [turn.text for turn in transcript.turns if turn.kind is TurnKind.NOTE] == []
