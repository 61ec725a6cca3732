"""Speakers of an interview that is held back who are stated to be those of others: one with them once it is out."""

from typing import Any

import pytest
import sqlalchemy as sa

from app.db import Database
from app.errors import StatementError
from app.loading import LoadedInterview, Outcome, hold, link_loaded, link_speakers, release, state
from app.transcripts.sidecar import sidecar_of
from tests.authors import at
from tests.conftest import NOW
from tests.loading.held import BEFORE, FAR, HELD, Load, load_held, public
from tests.loading.test_editing import EDITOR, TALK
from tests.maintenance.test_integrity import findings_of

SOMEBODY = '[[speakers]]\nlabels = ["A"]\nname = "{}"\nrole = "interviewee"\n'
HOLT, MOE = SOMEBODY.format("Una Holt"), SOMEBODY.format("U. Holt-Moe")
SAME = 'same_speaker = "una-holt"\n'
ANOTHER = TALK.replace("river", "canal").replace("aunt", "uncle").replace("summer", "year")


@pytest.fixture(params=BEFORE)
def held(request: pytest.FixtureRequest, load: Load, database: Database) -> LoadedInterview:
    load(ANOTHER, HOLT, name="another.txt")
    return load_held(load, database, request.param, TALK, MOE)


def _state(database: Database, name: str, **more: Any) -> LoadedInterview:
    table = {"labels": ["A"], "name": "U. Holt-Moe", "role": "interviewee", **more}
    with database.write() as connection:
        return state(connection, name, sidecar_of("edit", {"speakers": [table]}), EDITOR, held=True)


def _speakers(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.execute(sa.text("SELECT slug FROM speaker")).scalars())


def _release(database: Database, name: str) -> None:
    with database.write() as connection:
        release(connection, name, at(FAR))


def test_they_wait_are_open_and_are_linked_when_it_is_released(held: LoadedInterview, database: Database) -> None:
    before = public(database)
    done = _state(database, held.slug, same_speaker="una-holt")
    assert [(one.key, "until the interview is published" in one.reason) for one in done.open_statements] == [
        ("speakers", True)
    ]
    with database.write() as connection:
        assert link_speakers(connection, at(NOW)) == []
    assert public(database) == before
    _release(database, held.slug)
    assert {one for one in _speakers(database) if "holt" in one} == {"una-holt"}
    assert findings_of(database) == []


def test_link_that_is_not_stated_any_more_is_undone(load: Load, database: Database) -> None:
    load(ANOTHER, HOLT, name="another.txt")
    name = load(TALK, MOE + SAME).slug
    with database.write() as connection:
        assert [one.outcome for one in link_speakers(connection, at(NOW))] == ["made"]
        hold(connection, name, FAR, at(NOW))
    before = public(database)
    _state(database, name)
    assert public(database) == before
    _release(database, name)
    assert {one for one in _speakers(database) if "holt" in one} == {"una-holt", "sample-u-holt-moe"}
    assert findings_of(database) == []


def test_what_cannot_be_is_refused_when_it_is_stated(held: LoadedInterview, database: Database) -> None:
    before = public(database)
    with pytest.raises(StatementError, match="there is no speaker 'nobody'"):
        _state(database, held.slug, same_speaker="nobody")
    assert public(database) == before


def test_file_that_is_sent_by_itself_says_who_waits_and_is_refused_for_who_cannot_be(
    load: Load, database: Database
) -> None:
    load(ANOTHER, HOLT, name="another.txt")
    loaded = load_held(load, database, "never published", TALK, MOE + SAME)
    before = public(database)
    with database.write() as connection:
        assert len(link_loaded(connection, at(NOW), loaded).open_statements) == 1
    assert public(database) == before
    asks = SOMEBODY.format("Ida").replace('"A"', '"Q"').replace("interviewee", "interviewer")
    both = load(TALK, f"{HELD}{HOLT}{asks}{SAME}")
    with database.write() as connection, pytest.raises(StatementError, match="both take part"):
        link_loaded(connection, at(NOW), both)


def test_speakers_who_wait_for_it_are_linked_when_it_is_released(load: Load, database: Database) -> None:
    name = load_held(load, database, "never published", TALK, HOLT).slug
    waiting = load(ANOTHER, MOE + SAME, name="another.txt")
    with database.write() as connection:
        waiting = link_loaded(connection, at(NOW), waiting)
    assert (waiting.outcome, len(waiting.open_statements)) == (Outcome.CREATED, 1)
    _release(database, name)
    assert {one for one in _speakers(database) if "holt" in one} == {"una-holt"}
    assert findings_of(database) == []
