"""Which labels are speakers, and why: one decision, from all that a file shows of them."""

import pytest

from app.transcripts.label_decision import Outcome, decide
from app.transcripts.label_evidence import Candidate, FileFacts

# Two clear speakers who alternate, with a label in the middle.
_DENSE = FileFacts(density=1.0)


def _verdict(
    candidate: Candidate, facts: FileFacts = _DENSE, around: tuple[str, str] = ("Ida Roe", "Oskar Moe")
) -> str:
    first, second = around
    others = [Candidate(first), Candidate(second), Candidate(first)]
    decision = decide([*others, candidate, *others[1:], Candidate(second)], facts)
    found = decision.of(candidate.label, candidate.style)
    return f"{found.outcome.name}: {found.reason}"


@pytest.mark.parametrize(
    ("label", "verdict"),
    [
        ("Host", "SPEAKER: it says a role"),
        ("Dr. Mara Quill, mill historian", "SPEAKER: it has a title and a name"),
        ("Mr. Lattin from the ferry office", "SPEAKER: it has a title and a name"),
        ("The Minister for Ferries (Nils Foss)", "SPEAKER: it looks like the labels of the speakers"),
        ("Ida Roe and Oskar Moe", "SPEAKER: it joins speakers of this file"),
        ("Ida Roe (on the phone)", "SPEAKER: the name recurs"),
        ("Nils Foss", "SPEAKER: it looks like the labels of the speakers"),
        ("Break", "SPEAKER: it is a part of the recording"),
        ("voice from the hall", "DOUBT: it stands where the others have a label, and names nobody"),
        ("And then she said", "PROSE: it begins a remark or a list"),
        ("O(n)", "PROSE: it is a formula"),
        ("Note", "PROSE: it begins a remark or a list"),
    ],
)
def test_label_that_stands_once_between_others_is_weighed_by_its_form(label: str, verdict: str) -> None:
    assert _verdict(Candidate(label)) == verdict


@pytest.mark.parametrize("label", ["NORM17 (DRAFT)", "Slides", "Follow-up", "Nils Foss"])
def test_label_before_nothing_but_an_address_is_a_reference(label: str) -> None:
    assert _verdict(Candidate(label, refers=True)) == "PROSE: only an address follows"


def test_rare_label_of_common_words_needs_other_evidence() -> None:
    lower = frozenset({"mark", "hill"})
    loose = FileFacts(lower=lower)
    assert _verdict(Candidate("Mark Hill"), loose) == "PROSE: it looks like prose"
    assert _verdict(Candidate("Mark Hill", timed=True), loose) == "PROSE: it looks like prose"
    spoken_of = FileFacts(lower=lower, capital={"Mark": 2, "Hill": 2})
    assert _verdict(Candidate("Mark Hill"), spoken_of) == "SPEAKER: the text speaks of somebody with that name"
    listed = FileFacts(("Mark Hill",), lower)
    assert _verdict(Candidate("Mark Hill"), listed) == "SPEAKER: the file lists the name"


def test_capitals_are_labels_where_all_labels_are_in_capitals() -> None:
    around = ("IDA ROE", "OSKAR MOE")
    lower = frozenset({"the", "witness", "harbor", "plan"})
    assert _verdict(Candidate("THE WITNESS"), FileFacts(lower=lower), around).startswith("SPEAKER")
    assert _verdict(Candidate("THE HARBOR PLAN"), FileFacts(lower=lower), around).startswith("DOUBT")
    assert _verdict(Candidate("THE HARBOR PLAN", speaks=False), _DENSE, around).startswith("PROSE: it is a heading")


def test_short_label_is_a_speaker_where_every_line_has_one() -> None:
    labels = [Candidate(label) for label in ("Q", "P0", "P1")]
    assert decide(labels, _DENSE).speakers == {"Q", "P0", "P1"}
    assert decide(labels).speakers == {"Q"}


def test_description_that_may_be_a_lead_in_is_a_doubt() -> None:
    facts = FileFacts(lower=frozenset({"good", "news", "from", "home"}))
    assert _verdict(Candidate("Good News, From Home"), facts).split(":")[0] in {"PROSE", "DOUBT"}


def test_other_style_counts_only_for_speakers_roles_listed_names_and_titles() -> None:
    def verdict(label: str, people: tuple[str, ...] = ()) -> str:
        return _verdict(Candidate(label, "bold"), FileFacts(people, density=1.0))

    assert verdict("Oskar Moe") == "SPEAKER: it is a speaker in another style"
    assert verdict("Reporter") == "SPEAKER: it says a role"
    assert verdict("Foss", ("Nils Foss",)) == "SPEAKER: the file lists the name"
    assert verdict("Speed") == "PROSE: the labels of this file are printed in another style"


def test_machine_labels_and_handles_are_speakers_if_they_recur() -> None:
    labels = ["spk_0", "spk_1", "spk_0", "ida_b", "@mo", "ida_b", "@mo"]
    decision = decide([Candidate(label) for label in labels])
    assert decision.speakers == {"spk_0", "spk_1", "ida_b", "@mo"}


def test_no_clear_speaker_makes_no_doubt() -> None:
    decision = decide([Candidate("Speed"), Candidate("Note"), Candidate("see below")], _DENSE)
    assert {each.outcome for each in decision.verdicts.values()} == {Outcome.PROSE}
