"""An interview that is held back is worked on as a published one, and nobody else gets to know of it."""

from typing import Any

import pytest
import sqlalchemy as sa

from app.db import Database
from app.errors import GoneError, MetadataError
from app.loading import (
    LoadedInterview,
    Outcome,
    find_stated,
    hold,
    list_held,
    release,
    state,
    state_by_ids,
    undo_statements,
)
from app.queries.held import find_held
from app.queries.interviews import find_interview
from app.queries.questions import find_question
from app.queries.revisions import find_record
from app.transcripts.sidecar import sidecar_of
from tests.authors import at
from tests.loading.held import BEFORE, FAR, HELD, Load, ids, load_held, public
from tests.loading.test_editing import ANOTHER, EDITOR, NOTE, TALK
from tests.maintenance.test_integrity import findings_of


@pytest.fixture(params=BEFORE)
def held(request: pytest.FixtureRequest, load: Load, database: Database) -> LoadedInterview:
    return load_held(load, database, request.param, TALK)


def edit(database: Database, held: LoadedInterview, document: dict[str, Any]) -> LoadedInterview:
    with database.write() as connection:
        return state_by_ids(connection, held.interview_id, document, EDITOR, held=True, reviewed=True)


def test_it_is_edited_by_ids_that_stay_and_nothing_public_changes(held: LoadedInterview, database: Database) -> None:
    before, first = public(database), ids(database, held.slug)
    asked, kept = next(iter(first.values())), first["My aunt kept it."]
    parted = edit(database, held, {"turns": [{"turn": asked, "part_at": "And who kept"}]})
    assert (parted.outcome, parted.held_until) == (Outcome.HELD, FAR)
    after = ids(database, held.slug)
    assert len(after) == len(first) + 1
    assert {text: after[text] for text in first.keys() & after.keys()} == {
        text: first[text] for text in first.keys() & after.keys()
    }
    again = edit(
        database, held, {"turns": [{"turn": asked, "part_at": "And who kept"}, {"turn": kept, "kind": "note"}]}
    )
    assert (again.revision, ids(database, held.slug)) == (parted.revision, after)
    same = edit(database, held, dict(find_by_ids(database, held.slug)))
    assert same.outcome is Outcome.UNCHANGED
    assert public(database) == before
    assert findings_of(database) == []
    with database.write() as connection:
        release(connection, held.slug, at(FAR))
    with database.read() as connection:
        record = find_record(connection, held.slug)
        assert [turn["kind"] for turn in record["turns"] if turn["id"] == kept] == ["note"]
        assert record["revision"] == parted.revision
        if parted.revision > 1:
            before_it = find_record(connection, held.slug, parted.revision - 1)
            assert {turn["text"]: turn["id"] for turn in before_it["turns"]} == first
    assert findings_of(database) == []


def find_by_ids(database: Database, name: str) -> dict[str, Any]:
    with database.read() as connection:
        stated = find_stated(connection, name, held=True)
        return stated.by_ids(stated.document)[0]


def test_what_is_undone_is_as_it_was(held: LoadedInterview, database: Database) -> None:
    with database.read() as connection:
        before = find_held(connection, held.slug)
    edit(database, held, {"title": "The mill", "slug": "the-mill", "turns": [NOTE, ANOTHER]})
    with database.read() as connection:
        assert find_held(connection, "the-mill")["interview"]["title"] == "The mill"
    with database.write() as connection:
        undo_statements(connection, "the-mill", EDITOR, held=True)
        after = find_held(connection, "the-mill")
        assert [one["kind"] for one in after["turns"]] == [one["kind"] for one in before["turns"]]
        versions = find_stated(connection, "the-mill", held=True).versions
        state(connection, "the-mill", sidecar_of("edit", {"slug": held.slug}), EDITOR, held=True)
    assert [row.document for row in versions][1:] == [{}]
    assert findings_of(database) == []


def test_file_corrects_it_again_and_again_in_one_revision(
    held: LoadedInterview, load: Load, database: Database
) -> None:
    before, first = public(database), ids(database, held.slug)
    edit(database, held, {"turns": [NOTE]})
    revisions = {
        load(TALK.replace("My aunt kept it.", f"{who} kept it. Nobody else.")).revision
        for who in ("Mine aunt", "His aunt", "Her aunt")
    }
    assert len(revisions) == 1
    assert public(database) == before
    after = ids(database, held.slug)
    assert {text: after[text] for text in first.keys() & after.keys()} == {
        text: one for text, one in first.items() if text in after
    }
    with database.write() as connection:
        release(connection, held.slug, at(FAR))
    with database.read() as connection:
        assert find_interview(connection, held.slug)["revision"] == revisions.pop()
    assert findings_of(database) == []


def test_refused_statement_leaves_it_as_it_is(held: LoadedInterview, database: Database) -> None:
    before, shown = public(database), ids(database, held.slug)
    with pytest.raises(MetadataError):
        edit(database, held, {"turns": [{"begins": "Nobody said this", "kind": "note"}]})
    assert (public(database), ids(database, held.slug)) == (before, shown)
    with database.read() as connection:
        assert [one.until for one in list_held(connection)] == [FAR]


def test_stated_time_that_is_over_publishes_it(held: LoadedInterview, database: Database) -> None:
    was_published = bool(held.revision) and held.outcome is Outcome.CREATED
    done = edit(database, held, {"title": "The mill", "embargo_until": "2026-01-01"})
    assert done.outcome is (Outcome.CHANGED if was_published else Outcome.CREATED)
    with database.read() as connection:
        assert (find_interview(connection, held.slug)["title"], list_held(connection)) == ("The mill", [])
    assert findings_of(database) == []


def test_question_that_was_public_and_is_none_any_more_is_gone_and_says_what_has_its_words(
    load: Load, database: Database
) -> None:
    loaded = load(TALK)
    with database.read() as connection:
        ids_before = list(connection.execute(sa.text("SELECT id FROM question ORDER BY position")).scalars())
    with database.write() as connection:
        hold(connection, loaded.slug, FAR, at(EDITOR.when))
    asked = [{"begins": "Where did the river"}, {"begins": "Did anybody keep"}]
    joined = {"question": asked, "answers": [{"begins": "My aunt kept"}]}
    edit(database, loaded, {"exchanges": [joined]})
    # A question that comes and goes while it is held back was never public.
    edit(database, loaded, {"exchanges": [joined], "turns": [{"begins": "Every summer", "kind": "question"}]})
    edit(database, loaded, {"exchanges": [joined]})
    with database.write() as connection:
        release(connection, loaded.slug, at(FAR))
    with database.read() as connection:
        now = list(connection.execute(sa.text("SELECT id FROM question ORDER BY position")).scalars())
        changed = set(connection.execute(sa.text("SELECT item_id FROM change WHERE noun = 'question'")).scalars())
        [gone] = set(ids_before) - set(now)
        with pytest.raises(GoneError) as error:
            find_question(connection, gone)
    assert error.value.replaced_by == [now[0]]
    assert changed == {*ids_before, *now}
    assert findings_of(database) == []


def test_reason_is_stated_anew_and_stays_where_it_is_not_stated(load: Load, database: Database) -> None:
    def reason() -> str | None:
        with database.read() as connection:
            [held] = list_held(connection)
        return held.reason

    name = load(TALK, f'{HELD}embargo_reason = "until the hearing"\n').slug
    assert reason() == "until the hearing"
    assert load(TALK, HELD).outcome is Outcome.UNCHANGED
    assert reason() == "until the hearing"
    assert load(TALK, f'{HELD}embargo_reason = "she asked for it"\n').outcome is Outcome.HELD
    assert reason() == "she asked for it"
    with database.write() as connection:
        release(connection, name, at(FAR))
        refused = sidecar_of("edit", {"embargo_reason": "another"})
        with pytest.raises(MetadataError, match="embargo_until"):
            state(connection, name, refused, EDITOR)
        stated = sidecar_of("edit", {"embargo_until": "2031-01-01", "embargo_reason": "another"})
        state(connection, name, stated, EDITOR)
    assert reason() == "another"
