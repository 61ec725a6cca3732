from hypothesis import given

from app.exports.format import InterviewDocument
from app.exports.plain_text import render
from app.structure.pairing import Role
from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import TurnKind
from tests.exports.documents import PLAIN, conversations, document, person, spoken, texts, turn


@given(conversations(lambda: PLAIN))
def test_own_reader_reads_the_same_turns(given_: InterviewDocument) -> None:
    source = Source("talk.txt", render(given_).encode())
    assert [(each.label, each.text) for each in read(source, "labelled-text").turns] == spoken(given_)


@given(conversations(texts))
def test_every_word_stands_verbatim_and_in_order(given_: InterviewDocument) -> None:
    written, at = render(given_), 0
    for label, text in spoken(given_):
        at = written.index(f"\n\n{label}: {text}\n", at) + 1


def test_head_says_what_is_known_and_no_more() -> None:
    people = [person("roe", "ROE", Role.INTERVIEWEE, "Jane Roe"), person("q", "Q", Role.INTERVIEWER)]
    turns = [turn(1, TurnKind.QUESTION, "Why?", speaker="q"), turn(2, TurnKind.NOTE, "laughs")]
    given_ = document(turns, people, title="A\ntalk", published="2023", summary="Long.")
    assert render(given_) == (
        "Title: A talk\nDate: 2023\nSpeakers: Jane Roe (interviewee, inferred)\n\nQ: Why?\n\n[laughs]\n"
    )
