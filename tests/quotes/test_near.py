"""What is nearly said: found in spite of slips and other forms of words, and told as differing."""

import pytest

from app.quotes import Caution, DifferenceKind, Likeness, Passage, PassageTurn, Verdict, judge

RECORD = (
    "Um, we sailed the the barge for thirty-two years, you know, and the harbour master was kind. Dr. Quill did "
    "not see the fiancé of my sister in 1987. The tide-mill stood in the centre of town. "
    "We have [laughs] never sold a grain."
)


def passage(*texts: str, interrupted_before: tuple[int, ...] = ()) -> Passage:
    turns = tuple(PassageTurn(f"t{number}", text) for number, text in enumerate(texts, 1))
    return Passage("p", turns, None, interrupted_before)


@pytest.mark.parametrize(
    ("quotation", "likenesses"),
    [
        ("we sailed the barge for thirty-two years", [Likeness.REPETITION]),
        ("we sailed the the barge for 32 years", [Likeness.NUMBER]),
        ("for thirty-two years, and the harbour master was kind", [Likeness.FILLER]),
        ("and the harbor master was kind", [Likeness.SPELLING]),
        ("Doctor Quill did not see", [Likeness.ABBREVIATION]),
        ("Dr. Quill didn’t see the fiancé", [Likeness.CONTRACTION]),
        ("did not see the fiance of my sister", [Likeness.ACCENT]),
        ("of my sister in nineteen eighty-seven", [Likeness.NUMBER]),
        ("The tidemill stood in the centre of town", [Likeness.HYPHEN]),
        ("The tide-mill stodo in the center of twon", [Likeness.SLIP, Likeness.SPELLING, Likeness.SLIP]),
    ],
)
def test_other_forms_of_words_are_found_and_told(quotation: str, likenesses: list[Likeness]) -> None:
    judgement = judge(quotation, [passage(RECORD)])
    assert judgement.verdict is Verdict.ALTERED
    differing = [one for one in judgement.matches[0].differences if one.kind is not DifferenceKind.TYPOGRAPHY]
    assert [one.likeness for one in differing] == likenesses


@pytest.mark.parametrize(
    "quotation",
    [
        "we sailed the the barge for twenty-two years",
        "Dr. Quill did now see the fiancé",
        "Dr. Quill did see the fiancé of my sister",
        "and the harbour master was unkind",
        "of my sister in 1978",
    ],
)
def test_what_changes_the_meaning_is_no_likeness(quotation: str) -> None:
    [match] = judge(quotation, [passage(RECORD)]).matches
    assert match.verdict is Verdict.ALTERED
    assert any(one.likeness is None and one.kind is not DifferenceKind.TYPOGRAPHY for one in match.differences)


def test_a_noted_sound_is_nobodys_words() -> None:
    [match] = judge("We have never sold a grain.", [passage(RECORD)]).matches
    assert (match.verdict, match.cautions) == (Verdict.FOLDED, (Caution.SOUND_LEFT_OUT,))
    assert match.text == "We have [laughs] never sold a grain."


@pytest.mark.parametrize("noted", ["[inaudible]", "[never]", "(not)", "[crosstalk]", "(long)", "*laughter*"])
def test_what_may_be_words_is_no_sound(noted: str) -> None:
    verdict = judge("We have sold a grain of it.", [passage(f"We have {noted} sold a grain of it.")]).verdict
    assert verdict is Verdict.ALTERED


def test_a_listener_between_two_turns_is_told() -> None:
    said = passage("We lost the mast.", "And then we rowed home.", interrupted_before=(1,))
    [match] = judge("We lost the mast. And then we rowed home.", [said]).matches
    assert (match.verdict, match.cautions) == (Verdict.FOLDED, (Caution.LISTENER_LEFT_OUT,))
    [match] = judge("And then we rowed home.", [said]).matches
    assert match.cautions == ()


def test_the_nearest_passage_is_no_match() -> None:
    judgement = judge("the kind harbour master never sailed a barge of theirs", [passage(RECORD)])
    assert (judgement.verdict, judgement.matches) == (Verdict.NOT_FOUND, ())
    assert judgement.nearest is not None
    assert "barge" in judgement.nearest.text
    assert judge("a wholly other thing about bees and honey", [passage(RECORD)]).nearest is None


def test_a_paragraph_that_ends_within_a_sentence_hides_no_negation() -> None:
    said = passage("And then that was not\n\nwhat we wanted to sell our barge for.")
    assert judge("then that was … what we wanted to sell", [said]).verdict is Verdict.ALTERED
    said = passage("And then that was not\n\nWhat we wanted to sell our barge for.")
    assert judge("then that was … what we wanted to sell", [said]).verdict is Verdict.ELIDED
