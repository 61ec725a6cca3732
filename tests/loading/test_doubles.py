"""Likely doubles: what speaks for two speakers being one person, what against it, and how the work grows."""

import random
from collections.abc import Sequence

import pytest

from app.loading.doubles import Double, ListedSpeaker, find_doubles


def speaker(name: str, number: int = 0, **known: object) -> ListedSpeaker:
    return ListedSpeaker(f"id-{number}", f"slug-{number}", name, **known)  # type: ignore[arg-type]  # tests know


def doubles(*people: ListedSpeaker, parted: Sequence[frozenset[str]] = ()) -> list[Double]:
    return find_doubles(people, set(parted), {})


def of(name: str, other: str) -> Double | None:
    return next(iter(doubles(speaker(name, 1, answers=9), speaker(other, 2))), None)


@pytest.mark.parametrize(
    ("name", "other", "reason"),
    [
        ("Kassym Tokayev", "Kassym Tokaev", "1 letter differs"),
        ("Kassym Tokayev", "Kasym Tokaev", "2 letters differ"),
        ("Margaret Thornbury", "Margaret Thronbery", "2 letters differ"),
        ("Ursula Grünwald", "Ursula Grunwald", "the same words"),
        ("Nelly Furtado", "NELLY FURTADO", "the same words"),
        ("Юрий Волков", "Yurij Volkov", "in other letters"),
        ("Юрий Волков", "Yuri Volkov", "letter differs"),
        ("Roe, Jane", "Jane Roe", "another order"),
        ("J. Roe", "Jane Roe", "initials"),
        ("J. A. Roe", "Jane Anne Roe", "initials"),
        ("Jane A. Roe", "Jane Roe", "more names"),
        ("Kassym-Jomart Tokayev", "K.-J. Tokayev", "initials"),
        ("Mr. Thornbury", "Giles Thornbury", "a name alone"),
        ("President Giles Thornbury", "Giles Thornbury", "the same words"),
        ("唐鳳", "唐鳳", "the same name"),
    ],
)
def test_names_that_may_be_one_persons(name: str, other: str, reason: str) -> None:
    for double in (of(name, other), of(other, name)):
        assert double is not None
        assert reason in double.reasons[0]
        assert double.against == []


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Jane Roe", "John Roe"),
        ("Jane Roe", "Jane Doe"),
        ("Anna Berg", "Anna Burk"),
        ("J. Roe", "K. Roe"),
        ("J. Roe", "J. Row"),
        ("Jane A. Roe", "Jane B. Roe"),
        ("Jane", "Jane Roe"),
        ("Speaker 1", "Speaker 2"),
        ("The President", "Vice President"),
        ("Committee member", "Committee members"),
        ("...", "..."),
    ],
)
def test_names_that_are_two_peoples_or_nobodys(name: str, other: str) -> None:
    assert of(name, other) is None


def test_whole_name_counts_more_than_initials_and_these_more_than_a_family_name_alone() -> None:
    full, initials, alone = of("Jane Roe", "Jané Roe"), of("Jane Roe", "J. Roe"), of("Jane Roe", "Mrs. Roe")
    assert full
    assert initials
    assert alone
    assert full.score > initials.score > alone.score > 0


def test_alias_counts_as_a_name() -> None:
    [double] = doubles(speaker("Cassius Clay", 1), speaker("Muhammad Ali", 2, aliases=["Cassius Clay"]))
    assert double.reasons == ["the same name: Cassius Clay"]


def test_page_speaks_for_it_whatever_the_names() -> None:
    page = frozenset({"https://example.org/7"})
    [double] = doubles(speaker("Cassius Clay", 1, same_as=page), speaker("Muhammad Ali", 2, same_as=page))
    assert double.reasons == ["the same page is stated of both: https://example.org/7"]


def test_affiliation_speaks_for_it_and_another_one_against_it() -> None:
    mill, bank = frozenset({"Mill Museum"}), frozenset({"Bank of Otley"})
    plain = of("Jane Roe", "Jane Rowe")
    [same] = doubles(speaker("Jane Roe", 1, affiliations=mill), speaker("Jane Rowe", 2, affiliations=mill))
    [other] = doubles(speaker("Jane Roe", 1, affiliations=mill), speaker("Jane Rowe", 2, affiliations=bank))
    assert plain
    assert same.score > plain.score > other.score
    assert other.against == ["their affiliations have no word in common"]


def test_family_name_and_initial_are_enough_beside_the_same_affiliation_only() -> None:
    mill = frozenset({"Mill Museum"})
    assert of("Bob Thornbury", "Bill Thornbury") is None
    [double] = doubles(speaker("Bob Thornbury", 1, affiliations=mill), speaker("Bill Thornbury", 2, affiliations=mill))
    assert double.reasons == ["the same family name and initial: thornbury", "the same affiliation: Mill Museum"]


def test_same_interview_other_pages_and_an_undone_merge_speak_against_it() -> None:
    first = speaker("Jane Roe", 1, interviews=frozenset({"a", "b"}), same_as=frozenset({"https://example.org/1"}))
    second = speaker("Jane Rowe", 2, interviews=frozenset({"b", "c"}), same_as=frozenset({"https://example.org/2"}))
    [double] = find_doubles([first, second], set(), {frozenset({"id-1", "id-2"}): "2026-11-29"})
    assert double.score == 0
    assert double.against == [
        "both take part in b",
        "other pages are stated of each",
        "they were merged, and that was undone on 2026-11-29",
    ]


def test_who_was_parted_is_not_listed() -> None:
    assert doubles(speaker("Jane Roe", 1), speaker("Jane Roe", 2), parted=[frozenset({"id-1", "id-2"})]) == []


def test_short_name_that_several_may_have_says_so() -> None:
    found = doubles(speaker("J. Roe", 1), speaker("Jane Roe", 2), speaker("John Roe", 3))
    assert [one.against for one in found] == [["2 speakers could be meant by the shorter name"]] * 2
    [alone] = doubles(speaker("J. Roe", 1), speaker("Jane Roe", 2))
    assert alone.score > found[0].score


def test_many_of_one_name_are_each_paired_with_the_one_who_answers_most() -> None:
    people = [speaker("Jane Roe", number, answers=10 - number) for number in range(6)]
    found = doubles(*people)
    assert [(one.first.slug, one.second.slug) for one in found] == [
        ("slug-0", f"slug-{place}") for place in range(1, 6)
    ]


def test_pairs_compared_grow_with_the_number_of_speakers_not_with_its_square(monkeypatch: pytest.MonkeyPatch) -> None:
    def compared(count: int, names: Sequence[str]) -> int:
        judged: list[object] = []
        monkeypatch.setattr("app.loading.doubles._judge", lambda *pair: judged.append(pair))
        find_doubles([speaker(names[number % len(names)], number) for number in range(count)], set(), {})
        return len(judged)

    letters = random.Random(5)  # noqa: S311 - not for secrets
    words = ["".join(letters.choices("abdegiklmnorstu", k=7)) for _ in range(4000)]
    different = [f"{letters.choice(words)} {letters.choice(words)}" for _ in range(4000)]
    # Everybody has one family name: the worst that can share a key.
    family = [f"{word} roe" for word in words]
    for names in (different, family):
        assert compared(4000, names) < 8 * max(compared(1000, names), 500)
