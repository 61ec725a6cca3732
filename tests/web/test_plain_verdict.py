"""What is said of a quotation: each case is a quotation, who is claimed, and what a reader sees."""

from collections.abc import Callable
from typing import Any

import pytest

from app.db import Database
from app.queries.quotes import verify
from app.quotes import Caution, DifferenceKind, Likeness, Meaning, Verdict
from app.web.plain_verdict import Tone, in_plain_words
from app.web.texts import english

INTERVIEW = """\
Q: How long have you kept the weir?
LORNA TIDEWELL: I have kept the weir for twenty-seven years. It cost 35 shillings a year, and the parish did not pay \
for the gate. Felix may come back one day. I think, um, that all of the members were proud of it.
Q: And the frost?
FELIX BRANDRETH: We lost three geese in the frost of 1991. It was the worst winter of my life. [laughs] Nobody had \
any coal.
Q: Who said that the river would rise again before spring came?
SOMEBODY: The river rises when it wants to rise.
"""
METADATA = """\
title = "The weir"
published = "2024-05-01"
[[speakers]]
labels = ["LORNA TIDEWELL"]
name = "Lorna Tidewell"
role = "interviewee"
[[speakers]]
labels = ["FELIX BRANDRETH"]
name = "Felix Brandreth"
role = "interviewee"
"""
LORNA, FELIX = "lorna-tidewell", "felix-brandreth"
CASES = [
    # quotation, claimed, tone, headline, words that are said
    ("It was the worst winter of my life.", None, "said", "Said word for word",
     "Felix Brandreth said this, character for character."),
    ("it was the worst winter of my life", None, "said", "Said in these words", "in the same words"),
    ("It was the worst winter of my life.", LORNA, "wrong", "Said by somebody else",
     "Felix Brandreth said this, not Lorna Tidewell."),
    ("It cost 45 shillings a year", LORNA, "wrong", "Said, but with another number",
     "Lorna Tidewell said this, but the number is different: 35, not 45."),
    ("the parish did pay for the gate", None, "wrong", "Said, but a “not” is missing or added",
     "the quotation leaves out “not”, which can turn the meaning around"),
    ("Felix will come back one day", None, "wrong", "Said, but more or less surely",
     "how sure it is, is different: “may”, not “will”"),
    ("It was the best winter of my life", None, "wrong", "Said, but a word was turned around", "“worst”, not “best”"),
    ("It was the worst winter of my whole life.", None, "wrong", "Not said in these words", "“whole” is added"),
    ("I have kept the weir for 27 years", None, "look", "Said in nearly these words",
     "the number is the same, written “twenty-seven” there"),
    ("I think, that all of the members were proud of it", None, "look", "Said in nearly these words",
     "the quotation leaves out “um”, a filler"),
    ("I have kept the weir … and the parish did not pay for the gate", None, "look", "Said, with marked changes",
     "the quotation marks its changes: “for twenty-seven years. It cost 35 shillings a year” is left out."),
    ("the parish did … pay for the gate", None, "wrong", "Said, but a “not” is missing or added",
     "“not” is left out at the ellipsis, which can turn the meaning around"),
    ("We lost [four] geese in the frost of 1991", None, "wrong", "Said, but with another number",
     "in brackets for “three”"),
    ("Concrete is the only honest building material we have left.", None, "unknown", "Not found here",
     "No transcript in this archive was found to say this, or nearly this."),
]  # fmt: skip


@pytest.fixture
def record(load: Callable[..., Any], database: Database) -> Database:
    load(INTERVIEW, METADATA)
    return database


def test_each_verdict_says_what_is_true(record: Database) -> None:
    names = {LORNA: "Lorna Tidewell", FELIX: "Felix Brandreth"}
    with record.read() as connection:
        for quotation, claimed, tone, headline, words in CASES:
            found = verify(connection, quotation, [claimed] if claimed else [])
            plain = in_plain_words(found, english(), [names[claimed]] if claimed else [])
            assert (plain.tone, plain.headline.unescape()) == (tone, headline), quotation
            assert words in plain.summary, (quotation, plain.summary)


def test_nobody_is_given_a_name_or_a_pronoun(record: Database) -> None:
    with record.read() as connection:
        plain = in_plain_words(verify(connection, "How long have you kept the weir?"), english())
        assert plain.sentences[0].startswith("An interviewer said this")
        for quotation, claimed, *_ in CASES:
            summary = in_plain_words(verify(connection, quotation, [claimed] if claimed else []), english()).summary
            assert not {"he", "she", "He", "She", "his", "her"} & set(summary.replace(",", " ").split())


def test_speaker_who_is_not_named_may_be_the_claimed_one(record: Database) -> None:
    with record.read() as connection:
        found = verify(connection, "How long have you kept the weir?", [LORNA])
    plain = in_plain_words(found, english(), ["Lorna Tidewell"])
    assert plain.tone in {Tone.LOOK, Tone.WRONG}
    assert "does not name the speaker" in plain.summary


def test_correction_of_the_transcript_is_said(load: Callable[..., Any], record: Database) -> None:
    load(INTERVIEW.replace("three geese", "five ducks"), METADATA)
    with record.read() as connection:
        plain = in_plain_words(verify(connection, "We lost three geese in the frost of 1991"), english())
    assert "revision 1 of the transcript" in plain.summary


def _match(**given: Any) -> dict[str, Any]:
    speaker = {"name": None, "display_name": "the interviewee"}
    match: dict[str, Any] = {
        "verdict": Verdict.ALTERED,
        "speaker": speaker,
        "as_claimed": None,
        "differences": [],
        "cautions": [],
    }
    return {**match, "text": "It is so.", **given}


def _verdict(match: dict[str, Any] | None, verdict: Verdict, **given: Any) -> dict[str, Any]:
    matches = [match] if match else []
    return {"verdict": verdict, "matches": matches, "nearest": None, "superseded": None, "is_complete": True, **given}


def _difference(kind: DifferenceKind, meaning: Meaning | None, likeness: Likeness | None) -> dict[str, Any]:
    sides = {
        DifferenceKind.LEFT_OUT: ("", "one"),
        DifferenceKind.ADDED: ("two", ""),
        DifferenceKind.INSERTED: ("[two]", "one"),
    }
    quoted, stands = sides.get(kind, ("two", "one"))
    telling = [{"word": word, "meaning": meaning} for word in (quoted, stands) if word and meaning]
    return {"kind": kind, "quoted": quoted, "stands": stands, "telling": telling, "likeness": likeness}


def test_every_kind_of_difference_and_caution_has_words() -> None:
    """Whatever the verdict has, there is a text for it: a missing one is an error."""
    for kind in set(DifferenceKind) - {DifferenceKind.TYPOGRAPHY}:
        for meaning in (None, *Meaning):
            match = _match(differences=[_difference(kind, meaning, None)])
            assert in_plain_words(_verdict(match, Verdict.ALTERED), english()).sentences
    for likeness in Likeness:
        kinds = [DifferenceKind.REPLACED]
        if likeness is Likeness.SOUND:
            kinds = [DifferenceKind.LEFT_OUT]
        elif likeness in {Likeness.FILLER, Likeness.REPETITION}:
            kinds = [DifferenceKind.LEFT_OUT, DifferenceKind.ADDED]
        for kind in kinds:
            match = _match(differences=[_difference(kind, None, likeness)])
            assert in_plain_words(_verdict(match, Verdict.ALTERED), english()).headline == "Said in nearly these words"
    for verdict in set(Verdict) - {Verdict.NOT_FOUND}:
        for caution in Caution:
            match = _match(cautions=[caution], verdict=Verdict.EXACT)
            plain = in_plain_words(_verdict(match, verdict), english(), ["Jane Roe"])
            assert len(plain.sentences) == 2


def test_words_of_a_record_are_escaped_and_shortened() -> None:
    difference = _difference(DifferenceKind.REPLACED, None, None) | {"quoted": "<b>x</b>", "stands": "y" * 200}
    plain = in_plain_words(_verdict(_match(differences=[difference]), Verdict.ALTERED), english())
    assert "&lt;b&gt;x&lt;/b&gt;" in plain.sentences[0]
    assert "<b>x</b>" in plain.summary
    assert f"“{'y' * 80}…”" in plain.summary


def test_words_that_were_taken_out_are_mentioned() -> None:
    match = _match(text="It was ████ who said so.", verdict=Verdict.ELIDED)
    plain = in_plain_words(_verdict(match, Verdict.ELIDED), english())
    assert plain.sentences[-1] == "Some words of this passage were taken out of the transcript."


def test_many_differences_are_counted() -> None:
    differences = [_difference(DifferenceKind.REPLACED, None, None)] * 5
    plain = in_plain_words(_verdict(_match(differences=differences), Verdict.ALTERED), english())
    assert plain.sentences[0].startswith("The interviewee said something close to this, but it has")
    assert plain.sentences[0].endswith("and 3 more differences.")
