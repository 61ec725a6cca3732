"""Dialogues with a tag for each voice."""

import pytest

from app.errors import TranscriptError
from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.tagged_voices import sniff
from app.transcripts.transcript import ByteClass, Transcript, TurnKind


def _read(text: str) -> Transcript:
    return read(Source("talk.txt", text.encode()))


def test_each_tag_is_a_voice_and_its_text_a_turn() -> None:
    found = _read("<Person1>Who is it?</Person1>\n<Person2>Me,\nof course.</Person2><Person1>Ah.</Person1>\n")
    assert found.format == "tagged-text"
    assert [(turn.label, turn.text) for turn in found.turns] == [
        ("Person1", "Who is it?"),
        ("Person2", "Me,\nof course."),
        ("Person1", "Ah."),
    ]
    assert found.bytes_by_class[ByteClass.LABEL] == len("<Person1><Person2><Person1>")


def test_text_between_the_tags_is_a_note() -> None:
    found = _read("<Ida>Who is it there, at this hour?</Ida>(a bell)<Oskar>It is me, as always.</Oskar>")
    assert [(turn.label, turn.kind) for turn in found.turns] == [("Ida", None), (None, TurnKind.NOTE), ("Oskar", None)]
    assert "unlabelled" in {remark.code for remark in found.remarks}


def test_markup_in_a_part_stays_as_it_is() -> None:
    found = _read("<Ida>Is <b>that</b> it? &amp; more</Ida><Oskar>Yes.</Oskar>")
    assert found.turns[0].text == "Is <b>that</b> it? &amp; more"


@pytest.mark.parametrize(
    "text",
    [
        "<p>Who is it?</p><p>Me.</p>",
        "<note>Who is it?</note><body>Me.</body>",
        "<Person1>Who is it?</Person1>",
        "<Person1>Who is it?</Person1><Person2>Me.",
        "Prose with <Person1>x</Person1> and <Person2>y</Person2> somewhere in the middle of many more words.",
        "<Person1>" * 500,
    ],
)
def test_other_tags_and_broken_ones_are_no_voices(text: str) -> None:
    assert not sniff(Source("talk.txt", text.encode())).confidence
    with pytest.raises(TranscriptError):
        _read(text)
