"""Aliases and pages of a speaker that an interview states no more, and that others state."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlmodel import col

from app.db import Database
from app.loading import LoadedInterview, hold, merge, release, speakers, state, undo_statements, withdraw
from app.models import Speaker
from app.transcripts.sidecar import sidecar_of
from tests.authors import at
from tests.conftest import NOW
from tests.loading.test_which_interview import LATER
from tests.maintenance.test_integrity import findings_of

Load = Callable[..., LoadedInterview]
Names = dict[str, tuple[list[str], list[str]]]
RIGHT, WRONG = "https://www.wikidata.org/wiki/Q1", "https://www.wikidata.org/wiki/Q2"


@pytest.fixture
def talks(load: Load) -> None:
    """Two talks with Ida Brandt, and one with Ida Brant."""
    for name, text in (("one", "By the river."), ("two", "In the mill."), ("three", "Up in the hills.")):
        who = "Ida Brant" if name == "three" else "Ida Brandt"
        load(f"Host: Where did you live?\n{who}: {text}\nHost: And then?\n{who}: Nowhere else.\n", name=f"{name}.txt")


def say(database: Database, interview: str, **stated: list[str]) -> None:
    """State something of Ida Brandt in an interview."""
    document = {"speakers": [{"labels": ["Ida Brandt"], **stated}]} if stated else {}
    with database.write() as connection:
        state(connection, interview, sidecar_of("edit", document), at(NOW))


def names(database: Database) -> Names:
    """The aliases and pages of everybody who is not the host."""
    columns = (col(Speaker.slug), col(Speaker.aliases), col(Speaker.same_as))
    with database.read() as connection:
        rows = connection.execute(sa.select(*columns).where(col(Speaker.name).like("Ida%"))).all()
    return {row.slug: (row.aliases, row.same_as) for row in rows}


@pytest.mark.usefixtures("talks")
def test_what_is_undone_is_stated_of_nobody(database: Database) -> None:
    before = names(database)
    say(database, "one", aliases=["Ida B."], same_as=[RIGHT])
    assert names(database)["ida-brandt"] == (["Ida B."], [RIGHT])
    with database.write() as connection:
        undo_statements(connection, "one", at(NOW))
    assert names(database) == before
    assert findings_of(database) == []


@pytest.mark.usefixtures("talks")
def test_what_another_interview_states_too_stays(database: Database) -> None:
    say(database, "one", aliases=["Ida B.", "I. B."], same_as=[WRONG, RIGHT])
    say(database, "two", aliases=["Ida B."], same_as=[RIGHT])
    say(database, "one")
    assert names(database)["ida-brandt"] == (["Ida B."], [RIGHT])


@pytest.mark.usefixtures("talks")
def test_another_page_does_not_make_somebody_else_of_a_speaker(database: Database) -> None:
    say(database, "one", same_as=[WRONG])
    say(database, "one", same_as=[RIGHT])
    assert names(database) == {"ida-brandt": ([], [RIGHT]), "ida-brant": ([], [])}


@pytest.mark.usefixtures("talks")
def test_name_that_is_corrected_takes_what_is_stated_of_it_along(database: Database) -> None:
    say(database, "one", same_as=[WRONG])
    with database.write() as connection:
        said = {"speakers": [{"labels": ["Ida Brandt"], "name": "Eva Holm", "same_as": [WRONG]}]}
        state(connection, "one", sidecar_of("edit", said), at(NOW))
    assert names(database)["ida-brandt"] == ([], [])


@pytest.mark.usefixtures("talks")
def test_what_only_a_withdrawn_interview_stated_is_stated_of_nobody(database: Database) -> None:
    say(database, "one", aliases=["Ida B."], same_as=[RIGHT])
    with database.write() as connection:
        withdraw(connection, "one", at(NOW))
    assert names(database)["ida-brandt"] == ([], [])
    assert findings_of(database) == []


@pytest.mark.usefixtures("talks")
def test_what_only_an_interview_that_is_held_back_states_is_not_public(database: Database) -> None:
    say(database, "one", aliases=["Ida B."])
    with database.write() as connection:
        hold(connection, "one", LATER, at(NOW))
    assert names(database)["ida-brandt"] == ([], [])


@pytest.mark.usefixtures("talks")
def test_other_interviews_are_read_only_where_something_is_taken_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host takes part in thousands of interviews."""
    say(database, "one", aliases=["Ida B."], same_as=[RIGHT])
    monkeypatch.setattr(speakers, "stated_only_here", None)
    say(database, "one", aliases=["Ida B.", "I. B."], same_as=[RIGHT])
    assert names(database)["ida-brandt"] == (["Ida B.", "I. B."], [RIGHT])
    with pytest.raises(TypeError):
        say(database, "one", same_as=[RIGHT])


@pytest.mark.usefixtures("talks")
def test_interview_that_is_released_states_what_it_stated_alone(database: Database) -> None:
    say(database, "one", aliases=["Ida B."])
    say(database, "two", aliases=["I. B."])
    with database.write() as connection:
        hold(connection, "one", LATER, at(NOW))
    say(database, "two")
    with database.write() as connection:
        release(connection, "one", at(NOW))
    assert names(database)["ida-brandt"] == (["Ida B."], [])


@pytest.mark.usefixtures("talks")
def test_of_merged_speakers_what_is_undone_goes_too(database: Database) -> None:
    say(database, "one", aliases=["Ida B."], same_as=[RIGHT])
    with database.write() as connection:
        merge(connection, "ida-brant", "ida-brandt", at(NOW))
    assert names(database)["ida-brant"] == (["Ida Brandt", "Ida B."], [RIGHT])
    say(database, "one")
    assert names(database) == {"ida-brant": (["Ida Brandt"], [])}
    assert findings_of(database) == []
