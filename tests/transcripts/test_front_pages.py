"""The head of an oral history or a hearing counts wherever on the first pages it stands; speech is never one."""

import pytest

from app.structure.pairing import Role, pair
from app.text.dates import parse_written_date
from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript

_TALK = "\n\nMAAS: Who lit the lamp?\n\nOOST: My aunt.\n\nMAAS: And then?\n\nOOST: Nobody.\n"


def parse(text: str, name: str = "talk.txt") -> Transcript:
    return read(Source(name, text.encode()))


@pytest.mark.parametrize(
    "head",
    [
        "Interviewee: Wim Oost\nInterviewer: Lotte Maas\nDate: 4 March 2003",
        "LAMPS AT SEA\n\nInterviewee: Wim Oost\n\nInterviewer: Lotte Maas\n\nDate: 4 March 2003\n\nPlace: The tower",
        "   \ufeffNARRATOR:  Wim Oost\nINTERVIEWER:  Lotte Maas\nDATE:  4 March 2003",
        "Lamps\n\nHe tells of it.\n\nNarrator: Wim Oost\nInterviewer: Lotte Maas\nDate recorded: March 4, 2003",
        "Title: Lamps\n\nA talk in the tower.\n\nInterviewed by: Lotte Maas\nNarrator: Wim Oost\nDate: 4 March 2003",
        "Lampen der Küste\n\nBefragter: Wim Oost\nInterviewerin: Lotte Maas\nDatum: 4. März 2003\nOrt: Turm",
        "Lámparas\n\nEntrevistado: Wim Oost\nEntrevistadora: Lotte Maas\nFecha: 4 de marzo de 2003\nLugar: La torre",
        "Nr. 7\nBefragte Person: Wim Oost\nInterviewerin: Lotte Maas\nKasten: 12\nDatum: 4. März 2003",
        "Lamps\n\nInterview with Wim Oost\nInterviewed by Lotte Maas\nDate: 4 March 2003",
    ],
)
def test_heads_name_who_asks_who_answers_and_when(head: str) -> None:
    made = parse(head + _TALK)
    structure = pair(made.turns, made.metadata)
    assert {one.name: one.role for one in structure.participants} == {
        "Lotte Maas": Role.INTERVIEWER,
        "Wim Oost": Role.INTERVIEWEE,
    }
    assert len(structure.exchanges) == 2
    assert made.metadata.published == parse_written_date("2003-03-04")
    assert made.bytes_by_class[ByteClass.FRONT_MATTER] > 0


def test_first_line_above_a_head_is_the_title() -> None:
    assert parse("LAMPS\n\nNarrator: Wim Oost\nInterviewer: Lotte Maas" + _TALK).metadata.title == "LAMPS"
    stated = parse("LAMPS\n\nTitle: Towers\nNarrator: Wim Oost\nInterviewer: Lotte Maas" + _TALK)
    assert stated.metadata.title == "Towers"


@pytest.mark.parametrize(
    "text",
    [
        "Lamps\n\nInterviewer: Hello.\n\nInterviewee: Hello.\n\nInterviewer: So?\n\nInterviewee: So.\n",
        "Lamps\n\nMAAS: Let us begin.\n\nInterviewer: Wim Oost\n\nOOST: Yes.\n\nMAAS: So?\n\nOOST: So.\n",
    ],
)
def test_speech_below_a_title_is_no_head(text: str) -> None:
    assert parse(text).bytes_by_class[ByteClass.FRONT_MATTER] == 0


def test_many_lines_are_searched_in_linear_time() -> None:
    parse("Lamps\n" + "words of a page\n" * 40_000 + _TALK)
