"""Who is the same person in several interviews: a full name, unless something speaks against it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview, load_interview
from app.loading.same_person import tells_a_person
from app.structure.prepare import prepare
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW

Load = Callable[..., LoadedInterview]


@dataclass(frozen=True)
class Person:
    """Somebody in a talk, and what its metadata states of them."""

    name: str
    same_as: str | None = None
    affiliation: str | None = None


@dataclass(frozen=True)
class Talk:
    """An interview."""

    number: int
    people: tuple[Person, ...]
    series: str | None = None

    @property
    def text(self) -> str:
        """Each person answers."""
        answers = "".join(f"P{place}: It is {place} of {self.number}.\n" for place, _person in enumerate(self.people))
        return f"Q: What is it in talk {self.number}?\n{answers}"

    @property
    def metadata(self) -> str:
        """The metadata file."""
        lines = [f'slug = "talk-{self.number}"', *([f'series = "{self.series}"'] if self.series else [])]
        for place, person in enumerate(self.people):
            lines += ["[[speakers]]", f'labels = ["P{place}"]', f'name = "{person.name}"', 'role = "interviewee"']
            lines += [f'same_as = ["https://example.org/{person.same_as}"]'] if person.same_as else []
            lines += [f'affiliation = "{person.affiliation}"'] if person.affiliation else []
        return "\n".join(lines)


def _store(database: Database, talks: Sequence[Talk], *, across_series: bool = True) -> None:
    for talk in talks:
        sidecar = read_sidecar("sample.toml", talk.metadata.encode())
        prepared = prepare(Source(f"talk-{talk.number}.txt", talk.text.encode()), sidecar, "sample.toml")
        with database.write() as connection:
            load_interview(connection, prepared, at(NOW), across_series=across_series)


def _people(database: Database) -> set[frozenset[tuple[str, int]]]:
    """Each speaker as the places where they stand: the interview, and the position in it."""
    with database.read() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT c.speaker_id, i.slug, c.position - 1 AS position "
                "FROM contribution c JOIN interview i ON i.id = c.interview_id "
                "JOIN speaker s ON s.id = c.speaker_id WHERE s.name IS NOT NULL"
            )
        ).all()
    by_id: dict[str, set[tuple[str, int]]] = {}
    for row in rows:
        by_id.setdefault(row.speaker_id, set()).add((row.slug, row.position))
    return {frozenset(places) for places in by_id.values()}


@pytest.mark.parametrize(
    "name",
    ["Jane Roe", "Ben Carman", "Al Gore", "Dr. Jane Roe", "Aaron van Wirdum", "Stephen King", "José Calderón", "Bo Li"],
)
def test_given_and_family_name_tell_a_person(name: str) -> None:
    assert tells_a_person(name)


@pytest.mark.parametrize(
    "name",
    [
        *("Jane", "J. Roe", "AJ", "MR. CORMIER", "President Carter", "Vice President Roe", "The President"),
        *("Speaker 12", "Male Voice", "Audience member", "Board Member", "Foreign Minister", "John Doe", "De Niro"),
        *("Madam Secretary", "Unidentified Speaker", "the lucky stiff", "", "  ", "..."),
    ],
)
def test_title_initial_or_part_in_a_conversation_tells_nobody(name: str) -> None:
    assert not tells_a_person(name)


JANE = Person("Jane Roe")


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        (JANE, JANE, True),
        (Person("Jane Roe", "7"), JANE, True),
        (Person("Jane Roe", "7"), Person("Jane Roe", "7"), True),
        (Person("Jane Roe", "7"), Person("Jane Roe", "8"), False),
        (Person("Jane Roe", affiliation="Mill Museum"), Person("Jane Roe", affiliation="The Museum of Mills"), True),
        (Person("Jane Roe", affiliation="Mill Museum"), Person("Jane Roe", affiliation="Bank of Otley"), False),
        (Person("Jane Roe", affiliation="Mill Museum"), JANE, True),
        (
            Person("Jane Roe", "7", affiliation="Mill Museum"),
            Person("Jane Roe", "7", affiliation="Bank of Otley"),
            True,
        ),
        (JANE, Person("Jane ROE"), False),
        (Person("J. Roe"), Person("J. Roe"), False),
        (Person("Jane"), Person("Jane"), False),
    ],
)
def test_full_name_is_one_person_unless_something_speaks_against_it(
    database: Database, first: Person, second: Person, *, is_same: bool
) -> None:
    _store(database, [Talk(1, (first,), "Rivers"), Talk(2, (second,), "Roads")])
    assert len(_people(database)) == (1 if is_same else 2)


def test_namesakes_in_one_interview_are_two_people_and_so_is_the_next_of_the_name(database: Database) -> None:
    _store(database, [Talk(1, (JANE, Person("Jane Roe", "8"))), Talk(2, (JANE,)), Talk(3, (Person("Jane Roe", "8"),))])
    assert len(_people(database)) == 3
    assert frozenset({("talk-1", 2), ("talk-3", 1)}) in _people(database)


def test_neither_of_two_namesakes_in_one_interview_is_somebody_known_before(database: Database) -> None:
    _store(database, [Talk(1, (JANE,)), Talk(2, (JANE, Person("Jane Roe", "8")))])
    assert len(_people(database)) == 3


def test_names_are_kept_apart_by_series_where_that_is_set(database: Database) -> None:
    talks = [Talk(1, (JANE,), "Rivers"), Talk(2, (JANE,), "Roads"), Talk(3, (JANE,), "Rivers"), Talk(4, (JANE,))]
    _store(database, talks, across_series=False)
    assert sorted(map(len, _people(database))) == [1, 1, 2]


def test_page_that_is_stated_later_parts_a_person_for_good(database: Database) -> None:
    stated = Talk(2, (Person("Jane Roe", "8"),))
    _store(database, [Talk(1, (Person("Jane Roe", "7"),)), Talk(2, (JANE,))])
    assert len(_people(database)) == 1
    _store(database, [stated])
    assert len(_people(database)) == 2
    _store(database, [Talk(1, (Person("Jane Roe", "7"),)), stated])
    assert len(_people(database)) == 2


def test_person_in_several_interviews_is_marked_as_inferred(load: Load, client: TestClient) -> None:
    for talk in (Talk(1, (JANE, Person("Ann Lee"))), Talk(2, (JANE,))):
        load(talk.text, talk.metadata, name=f"talk-{talk.number}.txt")
    items = {one["slug"]: one for one in client.get("/v1/speakers").json()["items"]}
    assert items["jane-roe"]["attribution"] == "inferred"
    assert items["ann-lee"]["attribution"] == "stated"


@st.composite
def _corpora(draw: st.DrawFn) -> list[Talk]:
    name = st.sampled_from(["Jane Roe", "Ann Lee", "J. Roe", "Ann"])
    person = st.builds(Person, name, st.sampled_from([None, None, "7", "8"]), st.sampled_from([None, "Mill", "Bank"]))
    people = st.lists(person, min_size=1, max_size=3).map(tuple)
    talks = draw(st.lists(st.tuples(people, st.sampled_from([None, "Rivers"])), min_size=2, max_size=4))
    return [Talk(number, *one) for number, one in enumerate(talks)]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(talks=_corpora())
def test_order_of_loading_does_not_matter_where_nothing_contradicts(
    make_database: Callable[..., str], talks: list[Talk]
) -> None:
    statements: dict[str, list[Person]] = {}
    for talk in talks:
        for person in talk.people:
            statements.setdefault(person.name, []).append(person)
    contradicts = any(
        len({one.same_as for one in people} - {None}) > 1 or len({one.affiliation for one in people} - {None}) > 1
        for people in statements.values()
    ) or any(len({person.name for person in talk.people}) < len(talk.people) for talk in talks)
    found = []
    for order in (talks, talks[::-1]):
        database = Database(make_database("sqlite"))
        _store(database, order)
        found.append(_people(database))
        database.close()
    for people in found:
        for places in people:
            # Nobody stands twice in an interview, and nobody has two pages.
            assert len({slug for slug, _position in places}) == len(places)
            names = {talks[int(slug.removeprefix("talk-"))].people[position - 1] for slug, position in places}
            assert len({one.name for one in names}) == 1
            assert len({one.same_as for one in names} - {None}) <= 1
    if not contradicts:
        assert all(people == found[0] for people in found)
