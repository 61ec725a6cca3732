"""The document of an interview is all that is stated: reviewed topics, its embargo, and who is somebody else, too.

That holds of interviews that are held back.
"""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import Database
from app.errors import NotFoundError, StatementError
from app.loading import (
    Decision,
    LoadedInterview,
    Outcome,
    SuggestionCounts,
    decide,
    find_stated,
    link_speakers,
    load_vocabulary,
    release,
    state,
    store_suggestions,
    undo_statements,
)
from app.models import TopicState
from app.topics.concepts import Method
from app.topics.suggestion import Suggestion
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import sidecar_of
from tests.authors import at
from tests.conftest import NOW
from tests.loading.corrections import VOCABULARY
from tests.loading.test_editing import EDITOR, NOTE, TALK, edit, notes
from tests.maintenance.test_integrity import damage, findings_of

Load = Callable[..., LoadedInterview]
FAR = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
HELD = 'embargo_until = "2031-01-01"\n'


@pytest.fixture
def reviewed(load: Load, database: Database) -> str:
    """An interview with a topic that is confirmed, one that is rejected and one that waits."""
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("t.toml", VOCABULARY.encode()), at(NOW))
    name = load(TALK).slug
    with database.write() as connection:
        first = connection.execute(sa.text("SELECT id FROM question ORDER BY position")).scalars().first()
        assert first is not None
        proposed = [Suggestion(topic, Method.PHRASE, 0.9, []) for topic in ("mills", "rivers", "war")]
        store_suggestions(connection, "v", {first: proposed}, at(NOW), SuggestionCounts())
        decisions = [Decision(first, "mills", TopicState.CONFIRMED), Decision(first, "war", TopicState.REJECTED)]
        decide(connection, decisions, at(NOW))
    return name


def _show(database: Database, name: str) -> dict[str, Any]:
    with database.read() as connection:
        return find_stated(connection, name, held=True).document


def _replace(database: Database, name: str, document: dict[str, Any]) -> LoadedInterview:
    with database.write() as connection:
        return state(connection, name, sidecar_of("edit", document), EDITOR, held=True, reviewed=True)


def _topics(database: Database) -> list[tuple[str, str]]:
    with database.read() as connection:
        return [
            tuple(row)
            for row in connection.execute(
                sa.text("SELECT topic_id, state FROM question_topic WHERE origin <> 'editor' ORDER BY topic_id")
            )
        ]


def test_topics_that_were_reviewed_are_stated(reviewed: str, database: Database) -> None:
    shown = _show(database, reviewed)
    [table] = shown["questions"]
    assert (table["topics"], table["rejected"]) == (["mills"], ["war"])
    assert _replace(database, reviewed, shown).outcome is Outcome.UNCHANGED
    assert _topics(database) == [("mills", "confirmed"), ("rivers", "proposed"), ("war", "rejected")]


def test_topic_that_is_not_stated_any_more_waits_for_a_decision_again(reviewed: str, database: Database) -> None:
    shown = _show(database, reviewed)
    del shown["questions"][0]["rejected"]
    assert _replace(database, reviewed, shown).outcome is Outcome.CHANGED
    assert ("war", "proposed") in _topics(database)
    assert _show(database, reviewed)["questions"] == shown["questions"]


def test_undo_leaves_what_was_reviewed(reviewed: str, database: Database) -> None:
    edit(database, reviewed, {"turns": [NOTE]})
    with database.write() as connection:
        undo_statements(connection, reviewed, EDITOR)
    assert _topics(database) == [("mills", "confirmed"), ("rivers", "proposed"), ("war", "rejected")]


def test_interview_that_is_held_back_is_shown_edited_and_undone(load: Load, database: Database) -> None:
    name = load(TALK, HELD + 'title = "The mill"').slug
    assert _show(database, name) == {"title": "The mill"}
    with database.read() as connection:
        assert find_stated(connection, name, held=True).held_until == FAR
    done = _replace(database, name, {"title": "The mill", "turns": [NOTE]})
    assert (done.outcome, done.held_until) == (Outcome.HELD, FAR)
    with database.write() as connection:
        assert len(find_stated(connection, name, held=True).versions) == 2
        undo_statements(connection, name, EDITOR, held=True)
        versions = find_stated(connection, name, held=True).versions
        assert connection.execute(sa.text("SELECT count(*) FROM interview")).scalar() == 0
    assert [row.document for row in versions][::2] == [{"title": "The mill"}] * 2
    assert [row.made_by for row in versions][1:] == ["ida", "ida"]


def test_versions_stay_when_a_file_corrects_what_is_held_back(load: Load, database: Database) -> None:
    name = load(TALK, HELD).slug
    _replace(database, name, {"turns": [NOTE]})
    load(TALK.replace("My aunt kept it.", "Mine aunt kept it."), HELD + 'title = "The mill"')
    with database.write() as connection:
        assert [row.version for row in find_stated(connection, name, held=True).versions] == [1, 2]
        release(connection, name, at(FAR))
    assert notes(database) == ["Mine aunt kept it."]
    with database.read() as connection:
        assert [row.made_by for row in find_stated(connection, name).versions] == ["ida", None]
    assert findings_of(database) == []


def test_interview_that_is_held_back_is_not_found_unless_that_is_asked_for(load: Load, database: Database) -> None:
    name = load(TALK, HELD).slug
    with database.write() as connection:
        with pytest.raises(NotFoundError):
            find_stated(connection, name)
        with pytest.raises(NotFoundError):
            state(connection, name, sidecar_of("edit", {}), EDITOR)


def test_stated_embargo_holds_a_published_interview_back(load: Load, database: Database) -> None:
    name = load(TALK).slug
    done = _replace(database, name, {"turns": [NOTE], "embargo_until": "2031-01-01"})
    assert (done.outcome, done.held_until) == (Outcome.HELD, FAR)
    assert _replace(database, name, {"turns": [NOTE]}).held_until == FAR
    assert _show(database, name)["turns"] == [NOTE]


SOMEBODY = '[[speakers]]\nlabels = ["A"]\nname = "Una Holt"\nrole = "interviewee"\n'


def _speakers(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(sa.text("SELECT slug FROM speaker ORDER BY slug")).scalars())


def test_speaker_is_stated_to_be_one_of_another_interview(load: Load, database: Database) -> None:
    load(TALK, SOMEBODY, name="one.txt")
    other = TALK.replace("river", "canal").replace("aunt", "uncle").replace("summer", "year")
    name = load(other, SOMEBODY.replace("Una Holt", "U. Holt-Moe"), name="two.txt").slug
    assert "two-u-holt-moe" in _speakers(database)
    document = {"labels": ["A"], "name": "U. Holt-Moe", "role": "interviewee"}
    edit(database, name, {"speakers": [{**document, "same_speaker": "una-holt"}]})
    assert "two-u-holt-moe" not in _speakers(database)
    edit(database, name, {"speakers": [document]})
    assert "two-u-holt-moe" in _speakers(database)
    assert findings_of(database) == []


def test_speaker_who_is_loaded_later_is_linked_then(load: Load, database: Database) -> None:
    other = TALK.replace("river", "canal").replace("aunt", "uncle").replace("summer", "year")
    load(other, SOMEBODY.replace("Una Holt", "U. Holt-Moe") + 'same_speaker = "una-holt"\n', name="two.txt")
    with database.write() as connection:
        assert [one.outcome for one in link_speakers(connection, at(NOW))] == ["waiting"]
    load(TALK, SOMEBODY, name="one.txt")
    for outcome in ("made", "unchanged"):
        with database.write() as connection:
            assert [one.outcome for one in link_speakers(connection, at(NOW))] == [outcome]


def test_speaker_who_is_nobody_is_refused(load: Load, database: Database) -> None:
    name = load(TALK, SOMEBODY).slug
    with pytest.raises(StatementError, match=r"^`same_speaker` says that .* is nobody: there is no speaker 'nobody'"):
        edit(database, name, {"speakers": [{"labels": ["A"], "same_speaker": "nobody"}]})


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE interview_statements SET version = 3", "version 3 of what is stated follows version 0"),
        ("""UPDATE interview_statements SET document = '{"turns": 1}'""", "cannot be read (document)"),
        ("UPDATE turn SET text = 'Nobody.' WHERE text = 'My aunt kept it.'", "no turn begins with 'My aunt kept'"),
    ],
)
def test_statements_that_are_damaged_are_found(load: Load, database: Database, statement: str, problem: str) -> None:
    edit(database, load(TALK).slug, {"turns": [NOTE]})
    assert findings_of(database, "statements") == []
    damage(database, statement)
    [finding] = findings_of(database, "statements")
    assert problem in finding.problem
