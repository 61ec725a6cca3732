"""CHAT of TalkBank and CHILDES."""

import pytest

from app.errors import TranscriptError
from app.text.dates import PartialDate
from app.transcripts import chat
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript
from tests.transcripts.reading import codes, read_as, said, starts

HEAD = (
    "@UTF8\n@Begin\n@Languages:\teng\n@Participants:\tINT Ada_Lind Interviewer, PAR Ben Participant, CHI Target_Child\n"
)


def talk(*lines: str) -> Transcript:
    return read_as(chat.FORMAT, HEAD + "\n".join(lines) + "\n@End\n", "talk.cha")


def test_codes_stand_for_the_people_of_the_header() -> None:
    transcript = talk(
        "@Date:\t12-MAY-2019",
        "*INT:\twho kept the bees ? \x150_1800\x15",
        "%mor:\tpro|who v|keep",
        "*PAR:\tmy",
        "\taunt . 1800_4200",
        "*CHI:\tme !",
    )
    assert said(transcript) == [("Ada Lind", "who kept the bees?"), ("Ben", "my aunt."), ("CHI", "me!")]
    assert starts(transcript) == [0, 1800, None]
    assert transcript.metadata.published == PartialDate.parse("2019-05-12")
    assert [person.role for person in transcript.metadata.speakers] == ["interviewer", "interviewee", None]
    assert transcript.metadata.language == "en"
    assert transcript.bytes_by_class[ByteClass.NOTE] == len("%mor:\tpro|who v|keep")


@pytest.mark.parametrize(
    ("coded", "words"),
    [
        ("&-um my [/] my aunt <did it> [//] kept them .", "um my my aunt did it kept them."),
        ("I (be)cause wan(t) it (.) now (1.5) .", "I cause wan it now."),
        ("gonna [: going to] go &=laughs there [*] .", "gonna go there."),
        ("a boot@s:deu and choo+choo no:: .", "a boot and choochoo no."),
        ("Rice_Krispies , he said +...", "Rice Krispies, he said..."),
        ('+" what +..?', "what..?"),
        ("and then +/.", "and then"),
        ("you did +/?", "you did?"),
        ("‡ ↑no↓ ⌈two⌉ „ yes .", "no two yes."),
        ("xxx , what ?", "what?"),
        ("&+fr &~ga friend [!!] [= a note] .", "fr ga friend."),
        ("it 0is <here> [>] at 3:15 .", "it here at 3:15."),
    ],
)
def test_of_coded_marks_what_was_said_is_kept(coded: str, words: str) -> None:
    assert said(talk(f"*PAR:\t{coded}")) == [("Ben", words)]


def test_word_of_somebody_else_inside_an_utterance_is_left_out() -> None:
    transcript = talk("*PAR:\tso we went &*INT:mhm home .")
    assert said(transcript) == [("Ben", "so we went home.")]
    assert codes(transcript) == ["inserted"]


def test_utterance_without_words_makes_no_turn() -> None:
    transcript = talk("*INT:\twho ?", "*PAR:\t0 .", "*PAR:\txxx . 5_9", "*INT:\tand then ?")
    assert said(transcript) == [("Ada Lind", "who? and then?")]
    assert codes(transcript) == ["no-words"]


def test_comments_between_utterances_are_notes() -> None:
    transcript = talk("*INT:\twho ?", "@Comment:\ta door slams", "*PAR:\tshe .")
    assert said(transcript) == [("Ada Lind", "who?"), ("Ben", "she.")]
    assert transcript.bytes_by_class[ByteClass.NOTE] == len("@Comment:\ta door slams")


def test_file_without_utterances_is_refused() -> None:
    with pytest.raises(TranscriptError, match=r"no line such as '\*PAR:'"):
        chat.parse(Source("talk.cha", HEAD.encode()))
