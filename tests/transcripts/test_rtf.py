"""Rich Text."""

import pytest

from app.errors import TranscriptError
from app.transcripts import read, rtf
from app.transcripts.rtf_paragraphs import MAX_DEPTH
from app.transcripts.source import Source
from app.transcripts.transcript import Transcript, TurnKind
from tests.transcripts.reading import codes, read_as, said

FONTS = r"{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset2 Symbol;}{\f3\fcharset128 Mincho;}}"


def talk(body: str | bytes, head: str = "") -> Transcript:
    raw = body if isinstance(body, bytes) else body.encode("ascii")
    return read_as(rtf.FORMAT, rb"{\rtf1\ansi\ansicpg1252\deff0" + (FONTS + head).encode("ascii") + raw + b"}", "a.rtf")


def test_paragraphs_with_labels_make_turns() -> None:
    transcript = talk(r"\pard {\b Ada:}\tab Who {\i kept} the\line bees?\par {\b Ben:} My aunt.\par Always.")
    assert said(transcript) == [("Ada", "Who kept the\nbees?"), ("Ben", "My aunt.\n\nAlways.")]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (rb"caf\'e9 \endash  no", "café – no"),
        (rb"it\u8217?s \u8364\'80 5", "it’s € 5"),
        (rb"{\uc2 it\u8217??s}", "it’s"),
        (rb"{\f1 \'cf\'f0\'e8\'e2\'e5\'f2}", "Привет"),
        (rb"{\f3 \'82\'a0\'83A}", "あア"),
        (rb"\u-10179?\u-8704?!", "😀!"),
        (rb"a\~b\_c\-d \{e\} \\", "a\u00a0b\u2011cd {e} \\"),
        ("naïve".encode(), "naïve"),
        ("naïve".encode("cp1252"), "naïve"),
        (rb"one\bin4 }{{}two", "onetwo"),
    ],
)
def test_characters_are_decoded_in_every_way_that_they_are_written(written: bytes, text: str) -> None:
    assert said(talk(rb"Ada: " + written + rb"\par Ben: So.")) == [("Ada", text), ("Ben", "So.")]


def test_questions_in_bold_and_headings_are_told_by_their_style() -> None:
    head = r"{\stylesheet{\s0 Normal;}{\s1\sbasedon0 heading 1;}}"
    body = r"\pard\s1 Bees\par\pard {\b Who?}\par She.\par {\b And then?}\par\b0 Nobody."
    kinds = [turn.kind for turn in talk(body, head).turns]
    assert kinds == [TurnKind.HEADING, TurnKind.QUESTION, TurnKind.ANSWER, TurnKind.QUESTION, TurnKind.ANSWER]


def test_what_is_no_text_of_the_document_is_left_out() -> None:
    body = (
        r"{\header Page head\par}{\info{\title The bees}{\author X}}{\*\generator Y}Ada: Who?{\footnote In 1951.\par}"
        r"{\*\annotation check}{\pict 0102}{\v hidden}\par Ben: {\deleted not }she"
        r'{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt  did}}{\f2 ab}.\par'
    )
    transcript = talk(body)
    assert said(transcript) == [("Ada", "Who?"), (None, "In 1951."), ("Ben", "she did.")]
    assert transcript.turns[1].kind is TurnKind.NOTE
    assert transcript.metadata.title == "The bees"
    assert codes(transcript).count("left-out") == 3


def test_first_cell_of_a_row_may_be_a_label_that_stands_elsewhere() -> None:
    body = r"Ada: Who?\par Ben: She.\par\trowd\pard\intbl Ada\cell And\par then?\cell\row\pard Ben: Nobody.\par"
    assert said(talk(body)) == [("Ada", "Who?"), ("Ben", "She."), ("Ada", "And\nthen?"), ("Ben", "Nobody.")]


def test_control_words_never_become_words() -> None:
    source = Source("a.rtf", rb"{\rtf1 It rained all day.\par Nobody came to the fair.\par}")
    with pytest.raises(TranscriptError, match="read as rtf, but no speaker labels"):
        read(source)
    kept = read(source, keep_unlabelled=True)
    assert [turn.text for turn in kept.turns] == ["It rained all day.", "Nobody came to the fair."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rb"{\rtf1{\fonttbl{\f0 Times;}}}", "holds no text"),
        (rb"{\rtf1" + b"{" * (MAX_DEPTH + 1), "nested more than"),
        (b"Ada: Who?", "does not begin with"),
    ],
)
def test_file_without_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(TranscriptError, match=reason):
        rtf.parse(Source("a.rtf", data))
