"""Speakers who are merged and parted by statements: what follows, and that undoing them leaves nothing behind."""

import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.db import Database
from app.errors import MirrorError, MovedError, NotFoundError, StatementError
from app.loading import (
    LoadedInterview,
    Stated,
    distinct,
    hold,
    load_interview,
    merge,
    part,
    release,
    undo,
    withdraw,
)
from app.loading.likely_doubles import likely_doubles
from app.loading.replaying import begin_mirror
from app.maintenance.integrity import CHECKS
from app.maintenance.integrity.check import ItemCounter, run_check
from app.maintenance.mirroring import Origin, follow
from app.models import Speaker
from app.queries.canonical import lines
from app.queries.names import slug_of
from app.structure.prepare import prepare
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW
from tests.maintenance.test_integrity import damage

Load = Callable[..., LoadedInterview]
AUTHOR = at(NOW, "the same voice", "Ed Itor")


@dataclass(frozen=True)
class Talk:
    """An interview: who answers, by name, and what else its metadata states of all of them."""

    slug: str
    names: tuple[str, ...]
    more: str = ""
    said: str = ""
    series: str | None = None

    @property
    def text(self) -> str:
        answers = "".join(f"P{place}: This is said by {place} of {self.slug}.\n" for place in range(len(self.names)))
        return f"Q: What is said in the talk {self.slug}?{self.said}\n{answers}"

    @property
    def metadata(self) -> str:
        tables = [
            f'[[speakers]]\nlabels = ["P{place}"]\nname = "{name}"\nrole = "interviewee"\n{self.more}'
            for place, name in enumerate(self.names)
        ]
        series = [f'series = "{self.series}"'] if self.series else []
        return "\n".join([f'slug = "{self.slug}"', *series, *tables])


def store(database: Database, *talks: Talk) -> None:
    for talk in talks:
        sidecar = read_sidecar("talk.toml", talk.metadata.encode())
        prepared = prepare(Source(f"{talk.slug}.txt", talk.text.encode()), sidecar, "talk.toml")
        with database.write() as connection:
            load_interview(connection, prepared, at(NOW))


def state_merged(database: Database, keep: str, other: str) -> Stated:
    with database.write() as connection:
        return merge(connection, keep, other, AUTHOR)


def state_parted(database: Database, speaker: str, *interviews: str, name: str | None = None) -> Stated:
    with database.write() as connection:
        return part(connection, speaker, interviews, name, AUTHOR)


def state_distinct(database: Database, speaker: str, other: str) -> Stated:
    with database.write() as connection:
        return distinct(connection, speaker, other, AUTHOR)


def doubles(database: Database) -> list[set[str]]:
    with database.read() as connection:
        return [{one.first.slug, one.second.slug} for one in likely_doubles(connection).found]


def state_undone(database: Database, number: int | None = None) -> Stated:
    with database.write() as connection:
        return undo(connection, number, AUTHOR)


def people(database: Database) -> dict[str, list[str]]:
    """The interviews of each speaker, without those who ask."""
    with database.read() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT s.slug, i.slug AS interview FROM contribution c JOIN speaker s ON s.id = c.speaker_id "
                "JOIN interview i ON i.id = c.interview_id WHERE s.name IS NOT NULL ORDER BY s.slug, i.slug"
            )
        ).all()
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.slug, []).append(row.interview)
    return found


def check(database: Database) -> None:
    names = {"references", "structure", "numbers", "names", "people", "changes", "past"}
    found = [one for each in CHECKS if each.name in names for one in run_check(database, each, ItemCounter())]
    assert found == []


def dump(database: Database) -> list[str]:
    """The canonical dump without the history of the corpus, in which every statement stays; so past interviews show
    people as they were then.
    """
    history = {"revision", "change", "statement", "past_interview"}
    with database.read() as connection:
        return [line for line in lines(connection) if json.loads(line)["table"] not in history]


ONE, TWO, THREE = Talk("one", ("Jane Roe",)), Talk("two", ("Jane Rowe",)), Talk("three", ("Jane Rowe", "Cy Holm"))


def test_two_people_are_not_proposed_and_not_merged_until_that_is_undone(database: Database) -> None:
    store(database, ONE, TWO, THREE, Talk("four", ("Jayne Roe",)))
    pair = {"jane-roe", "jane-rowe"}
    assert pair in doubles(database)
    before, parts = doubles(database), people(database)
    stated = state_distinct(database, "jane-rowe", "jane-roe")
    assert (stated.number, stated.interviews, people(database)) == (1, 0, parts)
    assert doubles(database) == [one for one in before if one != pair]
    for keep, other in (("jane-roe", "jane-rowe"), ("jane-rowe", "jane-roe")):
        with pytest.raises(StatementError, match="are stated to be two people; undo statement 1 first"):
            state_merged(database, keep, other)
        with pytest.raises(StatementError, match="are stated to be two people already, in statement 1"):
            state_distinct(database, keep, other)
    # It holds for all who are one with either of them.
    state_merged(database, "jayne-roe", "jane-roe")
    assert {"jayne-roe", "jane-rowe"} not in doubles(database)
    with pytest.raises(StatementError, match="undo statement 1 first"):
        state_merged(database, "jane-rowe", "jayne-roe")
    state_undone(database)
    check(database)
    state_undone(database)
    assert (pair in doubles(database), people(database)) == (True, parts)
    with pytest.raises(StatementError, match="are one speaker"):
        state_distinct(database, "jane-roe", "jane-roe")
    assert state_merged(database, "jane-roe", "jane-rowe").number == 3


def test_merged_speakers_are_one_and_the_old_address_leads_there(database: Database, client: TestClient) -> None:
    store(database, ONE, TWO, THREE)
    stated = state_merged(database, "jane-roe", "jane-rowe")
    assert (stated.number, stated.interviews) == (1, 2)
    assert people(database) == {"jane-roe": ["one", "three", "two"], "cy-holm": ["three"]}
    speaker = client.get("/v1/speakers/jane-roe").json()
    assert (speaker["answer_count"], speaker["aliases"], speaker["attribution"]) == (3, ["Jane Rowe"], "inferred")
    moved = client.get("/v1/speakers/jane-rowe", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (308, "/v1/speakers/jane-roe")
    assert client.get("/v1/questions?speaker=jane-rowe").json()["page"]["total"] == 3
    assert [one["slug"] for one in client.get("/v1/speakers?q=Rowe").json()["items"]] == ["jane-roe"]
    check(database)
    state_undone(database)
    assert people(database) == {"jane-roe": ["one"], "jane-rowe": ["three", "two"], "cy-holm": ["three"]}
    assert client.get("/v1/speakers/jane-rowe", follow_redirects=False).status_code == 200
    assert client.get("/v1/speakers/jane-roe").json()["aliases"] == []
    check(database)


def test_file_loaded_again_neither_undoes_a_statement_nor_brings_the_double_back(database: Database) -> None:
    store(database, ONE, TWO)
    state_merged(database, "jane-roe", "jane-rowe")
    for again in (TWO, Talk("two", ("Jane Rowe",), said=" Really?"), Talk("two", ("Jane Rowe",), 'aliases = ["JR"]\n')):
        store(database, again)
        assert people(database) == {"jane-roe": ["one", "two"]}
        check(database)
    # The name is hers in other files too, as it was before.
    store(database, Talk("four", ("Jane Rowe",)))
    assert people(database) == {"jane-roe": ["four", "one", "two"]}
    check(database)
    state_undone(database)
    assert people(database) == {"jane-roe": ["one"], "jane-rowe": ["four", "two"]}
    check(database)


def test_name_that_no_file_has_for_a_while_is_still_that_of_the_one_it_was_merged_into(database: Database) -> None:
    store(database, ONE, TWO)
    state_merged(database, "jane-roe", "jane-rowe")
    store(database, Talk("two", ("Jane Roe",)))
    assert people(database) == {"jane-roe": ["one", "two"]}
    store(database, TWO)
    assert people(database) == {"jane-roe": ["one", "two"]}
    check(database)


def test_file_that_has_both_keeps_them_apart_there(database: Database) -> None:
    store(database, ONE, TWO)
    state_merged(database, "jane-roe", "jane-rowe")
    both = Talk("both", ("Jane Roe", "Jane Rowe"))
    store(database, both)
    assert people(database) == {"jane-roe": ["both", "one", "two"], "jane-rowe-2": ["both"]}
    store(database, Talk("both", ("Jane Roe", "Jane Rowe"), said=" Both?"))
    assert people(database) == {"jane-roe": ["both", "one", "two"], "jane-rowe-2": ["both"]}
    check(database)


def test_two_of_one_interview_are_not_merged(database: Database) -> None:
    store(database, Talk("both", ("Jane Roe", "Jane Rowe")))
    with pytest.raises(StatementError, match=r"both take part in 'both'.*\[\[speakers\]\]"):
        state_merged(database, "jane-roe", "jane-rowe")
    with pytest.raises(StatementError, match="are one speaker"):
        state_merged(database, "jane-roe", "jane-roe")
    with pytest.raises(NotFoundError, match="jane-roe"):
        state_merged(database, "jane-roe", "jane-ro")


def test_merged_in_a_row_and_undone_in_any_order(database: Database) -> None:
    store(database, ONE, TWO, Talk("three", ("Jane Row",)))
    before = dump(database)
    for order in ([1, 2], [4, 3]):
        state_merged(database, "jane-rowe", "jane-row")
        state_merged(database, "jane-roe", "jane-rowe")
        assert people(database) == {"jane-roe": ["one", "three", "two"]}
        with database.read() as connection, pytest.raises(MovedError, match="'jane-roe' now"):
            slug_of(connection, Speaker, "jane-row")
        check(database)
        for number in order:
            state_undone(database, number)
            check(database)
        assert dump(database) == before


def test_parted_speaker_is_another_one_in_the_interviews_named(database: Database, client: TestClient) -> None:
    store(database, *(Talk(slug, ("Jane Roe",)) for slug in ("one", "two", "three")))
    stated = state_parted(database, "jane-roe", "two", name="Jane Roe Smith")
    assert (stated.speaker, stated.other, stated.interviews) == ("jane-roe", "jane-roe-smith", 1)
    parted = {"jane-roe": ["one", "three"], "jane-roe-smith": ["two"]}
    assert people(database) == parted
    for again in (Talk("two", ("Jane Roe",)), Talk("two", ("Jane Roe",), said=" Who?"), Talk("two", ("Jane A. Roe",))):
        store(database, again)
        assert people(database) == parted
        check(database)
    assert client.get("/v1/speakers/jane-roe-smith").json()["name"] == "Jane Roe Smith"
    state_undone(database)
    assert people(database) == {"jane-roe": ["one", "three", "two"]}
    assert client.get("/v1/speakers/jane-roe-smith", follow_redirects=False).status_code == 308
    check(database)


def test_parted_without_a_name_has_the_same_and_the_name_is_no_longer_one_person(database: Database) -> None:
    store(database, *(Talk(slug, ("Jane Roe",)) for slug in ("one", "two")))
    state_parted(database, "jane-roe", "two")
    assert people(database) == {"jane-roe": ["one"], "jane-roe-2": ["two"]}
    store(database, Talk("three", ("Jane Roe",)))
    assert people(database) == {"jane-roe": ["one"], "jane-roe-2": ["two"], "jane-roe-3": ["three"]}
    check(database)


def test_later_file_of_the_series_is_of_the_one_from_whom_the_other_was_parted(database: Database) -> None:
    talks = [Talk(slug, ("Jane Roe",), series="Rivers") for slug in ("one", "two", "three", "four")]
    store(database, *talks[:3])
    state_parted(database, "jane-roe", "one")
    store(database, talks[3])
    assert people(database) == {"jane-roe": ["four", "three", "two"], "jane-roe-2": ["one"]}
    check(database)


def test_somebody_whom_no_file_names_gets_the_name_of_the_other_one(database: Database, client: TestClient) -> None:
    store(database, ONE, TWO)
    state_merged(database, "one-interviewer", "jane-rowe")
    speaker = client.get("/v1/speakers/one-interviewer").json()
    assert (speaker["name"], speaker["aliases"]) == ("Jane Rowe", [])
    store(database, Talk("one", ("Jane Roe",), said=" Well?"))
    assert people(database) == {"jane-roe": ["one"], "one-interviewer": ["one", "two"]}
    check(database)
    state_undone(database)
    assert client.get("/v1/speakers/one-interviewer").json()["name"] is None
    check(database)


@pytest.mark.parametrize(
    ("interviews", "message"),
    [(["two"], "takes no part in 'two'"), (["one"], "takes part only in 'one'"), (["none"], "no interview 'none'")],
)
def test_nobody_is_parted_where_there_is_nothing_to_part(
    database: Database, interviews: list[str], message: str
) -> None:
    store(database, ONE, TWO)
    with pytest.raises((StatementError, NotFoundError), match=message):
        state_parted(database, "jane-roe", *interviews)


def test_part_of_somebody_merged_stays_with_whom_the_file_tells_of(database: Database) -> None:
    store(database, ONE, TWO, THREE)
    state_merged(database, "jane-roe", "jane-rowe")
    with pytest.raises(StatementError, match="undo that statement"):
        state_parted(database, "jane-roe", "two", "three")
    state_parted(database, "jane-roe", "two")
    assert people(database) == {"jane-roe": ["one", "three"], "cy-holm": ["three"], "jane-rowe-2": ["two"]}
    state_undone(database, 1)
    assert people(database)["jane-rowe"] == ["three"]
    state_undone(database, 2)
    assert people(database) == {"jane-roe": ["one"], "jane-rowe": ["three", "two"], "cy-holm": ["three"]}
    check(database)


def test_statement_is_undone_once(database: Database) -> None:
    store(database, ONE, TWO)
    with pytest.raises(NotFoundError):
        state_undone(database)
    number = state_merged(database, "jane-roe", "jane-rowe").number
    state_undone(database, number)
    with pytest.raises(NotFoundError, match="1"):
        state_undone(database, number)
    assert state_merged(database, "jane-roe", "jane-rowe").number == 2


def test_statement_holds_when_an_interview_is_held_back_and_comes_again(database: Database) -> None:
    store(database, ONE, TWO, THREE)
    until = NOW + datetime.timedelta(days=1)
    before = people(database)
    with database.write() as connection:
        hold(connection, "two", until, at(NOW))
    state_merged(database, "jane-roe", "jane-rowe")
    with database.write() as connection:
        hold(connection, "one", until, at(NOW))
        hold(connection, "three", until, at(NOW))
    check(database)
    for slug in ("two", "three", "one"):
        with database.write() as connection:
            release(connection, slug, at(until))
        check(database)
    assert people(database) == {"jane-roe": ["one", "three", "two"], "cy-holm": ["three"]}
    state_undone(database)
    check(database)
    assert people(database) == before


def test_withdrawn_interview_takes_the_names_along_that_stood_only_there(
    database: Database, client: TestClient
) -> None:
    store(database, ONE, TWO)
    state_merged(database, "jane-roe", "jane-rowe")
    with database.write() as connection:
        withdraw(connection, "two", at(NOW, "a wish"))
    assert people(database) == {"jane-roe": ["one"]}
    assert not [line for line in dump(database) if "Rowe" in line or "jane-rowe" in line]
    assert client.get("/v1/speakers/jane-rowe", follow_redirects=False).status_code == 404
    check(database)
    state_undone(database)
    assert people(database) == {"jane-roe": ["one"]}
    check(database)
    with database.write() as connection:
        withdraw(connection, "one", at(NOW))
    check(database)


def test_mirror_refuses_statements(database: Database) -> None:
    with database.write() as connection:
        begin_mirror(connection, "http://origin.test")
    with pytest.raises((MirrorError, NotFoundError)):
        state_merged(database, "jane-roe", "jane-rowe")


NAMES = ("Jane Roe", "Jane Rowe", "Ann Lee", "Ann")


@st.composite
def _histories(draw: st.DrawFn) -> tuple[list[Talk], list[tuple[str, int, int]]]:
    names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True).map(tuple)
    count = draw(st.integers(2, 4))
    talks = [Talk(f"talk-{number}", draw(names)) for number in range(count)]
    step = st.tuples(
        st.sampled_from(["merge", "merge", "undo", "load", "correct"]), st.integers(0, 9), st.integers(0, 9)
    )
    return talks, draw(st.lists(step, min_size=2, max_size=8))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=_histories())
def test_corpus_is_as_if_nothing_had_been_stated_once_all_is_undone(
    make_database: Callable[..., str], history: tuple[list[Talk], list[tuple[str, int, int]]]
) -> None:
    talks, steps = history
    stated, plain = Database(make_database("sqlite")), Database(make_database("sqlite"))
    for database in (stated, plain):
        store(database, *talks)
    for step, one, other in steps:
        slugs = sorted(people(stated))
        talk = talks[one % len(talks)]
        try:
            if step == "merge":
                state_merged(stated, slugs[one % len(slugs)], slugs[other % len(slugs)])
            elif step == "undo":
                state_undone(stated)
            else:
                if step == "correct":
                    more = f'aliases = ["A{other % 3}"]\nsame_as = ["https://example.org/{other % 2}"]\n'
                    talk = Talk(talk.slug, talk.names, more, f" {other}")
                for database in (stated, plain):
                    store(database, talk)
        except (StatementError, NotFoundError):
            continue
        check(stated)
    while True:
        try:
            state_undone(stated)
        except NotFoundError:
            break
    check(stated)
    assert dump(stated) == dump(plain)
    for database in (stated, plain):
        store(database, *talks)
    assert dump(stated) == dump(plain)
    stated.close()
    plain.close()


def _sequence(database: Database) -> Iterator[str]:
    """Do one thing after another with speakers, and yield after each."""
    store(database, ONE, TWO, THREE, Talk("four", ("Cy Holm",)), Talk("five", ("Jane Row",)))
    yield "loaded"
    state_merged(database, "jane-rowe", "jane-row")
    yield "merged"
    state_merged(database, "jane-roe", "jane-rowe")
    yield "merged in a row"
    state_parted(database, "cy-holm", "four", name="Cyrus Holm")
    yield "parted"
    state_distinct(database, "jane-roe", "cy-holm")
    yield "two people"
    store(database, Talk("two", ("Jane Rowe",), 'aliases = ["JR"]\n', " Really?"))
    yield "loaded again"
    state_undone(database, 1)
    yield "undone in the middle"
    state_undone(database, 3)
    yield "joined again"
    with database.write() as connection:
        withdraw(connection, "three", at(NOW))
    yield "withdrawn"
    state_undone(database, 2)
    yield "undone"
    state_undone(database, 4)
    yield "perhaps one person"


@pytest.mark.parametrize("step_by_step", [True, False])
def test_mirror_has_what_was_stated_and_the_same_lines(
    database: Database, client: TestClient, make_database: Callable[..., str], step_by_step: bool
) -> None:
    mirror = Database(make_database("sqlite"))
    origin = Origin("http://origin.test", client)
    for step in _sequence(database):
        check(database)
        if step_by_step:
            _follow(mirror, origin)
            check(mirror)
            assert _all_lines(mirror) == _all_lines(database), step
        else:
            # Another mirror begins in the middle.
            fresh = Database(make_database("sqlite"))
            _follow(fresh, origin)
            assert _all_lines(fresh) == _all_lines(database), step
            fresh.close()
    mirror.close()


def _follow(mirror: Database, origin: Origin) -> None:
    for _progress in follow(mirror, origin):
        pass


def _all_lines(database: Database) -> list[str]:
    with database.read() as connection:
        return list(lines(connection))


def test_statement_is_a_revision_with_its_reason_and_changes_what_it_concerns(
    database: Database, client: TestClient
) -> None:
    store(database, ONE, TWO)
    newest = client.get("/v1/changes").json()["page"]["next"]
    state_merged(database, "jane-roe", "jane-rowe")
    items = client.get(newest).json()["items"]
    assert {one["reason"] for one in items} == {"the same voice"}
    assert {(one["noun"], one["action"]) for one in items} == {
        ("interview", "changed"),
        ("question", "changed"),
        ("answer", "changed"),
        ("speaker", "changed"),
        ("speaker", "deleted"),
    }
    [gone] = [one for one in items if one["action"] == "deleted"]
    assert gone["replaced_by"] == [one["id"] for one in items if (one["noun"], one["action"]) == ("speaker", "changed")]


@pytest.mark.parametrize(
    ("merged", "pages", "attribution"),
    [
        (True, ("", ""), "stated"),
        (False, ("7", "7"), "stated"),
        (False, ("7", ""), "inferred"),
        (False, ("", ""), "inferred"),
    ],
)
def test_person_of_several_interviews_is_stated_by_an_editor_or_by_a_page(
    database: Database, client: TestClient, merged: bool, pages: tuple[str, str], attribution: str
) -> None:
    stated = [f'same_as = ["https://example.org/{page}"]\n' if page else "" for page in pages]
    store(database, Talk("one", ("Jane Roe",), stated[0]))
    store(database, Talk("two", ("Jane Rowe" if merged else "Jane Roe",), stated[1]))
    if merged:
        state_merged(database, "jane-roe", "jane-rowe")
    assert client.get("/v1/speakers/jane-roe").json()["attribution"] == attribution
    listed = client.get("/v1/speakers?q=jane+roe").json()["items"]
    assert [one["attribution"] for one in listed] == [attribution]


@pytest.mark.parametrize(
    ("problem", "statement"),
    [
        ("nothing says that they are one", "UPDATE contribution SET read_as = 'nobody' WHERE read_as IS NOT NULL"),
        ("by no statement in force", "UPDATE statement SET undone_at = made_at"),
        ("not what the files tell", "UPDATE speaker_reading SET same_as = '[\"https://example.org\"]'"),
        ("although nobody is merged", "DELETE FROM speaker_reading WHERE id <> speaker_id"),
        ("is about one speaker", "UPDATE statement SET other_id = speaker_id"),
    ],
)
def test_integrity_check_finds_what_no_statement_says(database: Database, problem: str, statement: str) -> None:
    store(database, ONE, TWO)
    state_merged(database, "jane-roe", "jane-rowe")
    damage(database, statement)
    [people_check] = [one for one in CHECKS if one.name == "people"]
    assert any(problem in one.problem for one in run_check(database, people_check, ItemCounter()))


def test_interview_held_back_before_the_schema_knew_statements_is_released(database: Database) -> None:
    store(database, ONE, TWO)
    until = NOW + datetime.timedelta(days=1)
    with database.write() as connection:
        hold(connection, "two", until, at(NOW))
    with database.write() as connection:
        command.downgrade(database._alembic(connection), "0003")
    database.migrate()
    with database.write() as connection:
        release(connection, "two", at(until))
    assert people(database) == {"jane-roe": ["one"], "jane-rowe": ["two"]}
    check(database)
