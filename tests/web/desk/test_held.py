"""An interview that is held back, at work: as a published one, for keys that may read it, and for nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.models import Scope
from app.queries.held import find_held
from tests.web.desk.signed_in import DeskClient, at_the_desk
from tests.web.desk.test_files import FILE, NEW, press, send
from tests.web.desk.test_interview import TALK, WORK, state_on

PAGES = (WORK, f"{WORK}/file", f"{WORK}/redact", f"{WORK}/metadata", f"{WORK}/history", f"{WORK}/withhold")


@pytest.fixture
def desk(client: TestClient, database: Database, load: Callable[..., Any]) -> DeskClient:
    load(TALK, name="mill-talk.txt", metadata='title = "Mill talk"\nembargo_until = "2099-01-31"')
    return at_the_desk(client, database, Scope.WRITE, Scope.REDACT, Scope.READ_HELD)


def turns_of(database: Database) -> list[dict[str, Any]]:
    with database.read() as connection:
        turns: list[dict[str, Any]] = find_held(connection, "mill-talk")["turns"]
        return turns


def test_it_is_reached_from_the_list_and_edited_in_steps(desk: DeskClient, database: Database) -> None:
    assert f'href="{WORK}"' in desk.get("/desk/held").text
    page = desk.get(WORK).text
    assert "Held back until 31 January 2099" in " ".join(page.split()) or "31 January 2099" in page
    assert 'href="/interviews/mill-talk"' not in page
    answer = next(turn for turn in turns_of(database) if turn["kind"] == "answer")
    step = {"do": f"note:{answer['id']}", "made_from": state_on(page), "reason": "heard it again"}
    done = desk.post(f"{WORK}/steps", step)
    assert (done.status_code, done.headers["Location"].partition("&done=")[2].partition("#")[0]) == (303, "step")
    assert [turn["kind"] for turn in turns_of(database) if turn["id"] == answer["id"]] == ["note"]
    stale = desk.post(f"{WORK}/steps", step)
    assert (stale.status_code, "heard it again" in stale.text) == (409, True)
    assert desk.get(f"{WORK}?turn={answer['id']}").status_code == 200
    assert desk.get(f"{WORK}?turn={turns_of(database)[0]['id']}").status_code == 200
    history = desk.get(f"{WORK}/history").text
    assert "heard it again" in history
    assert "/interviews/mill-talk/revisions" not in history
    form = {"title": "The old mill", "made_from": state_on(desk.get(f"{WORK}/metadata").text)}
    assert desk.post(f"{WORK}/metadata", form).status_code == 303
    assert "The old mill" in desk.get(WORK).text
    undone = desk.post(f"{WORK}/undo", {"do": "undo:", "made_from": state_on(desk.get(WORK).text)})
    assert undone.status_code == 303
    assert "Mill talk" in desk.get(WORK).text


def test_it_is_redacted_held_longer_and_withdrawn(desk: DeskClient, client: TestClient, database: Database) -> None:
    public = client.get("/v1/changes").content
    seen = desk.post(f"{WORK}/redact", {"do": "check", "words": "My aunt"})
    assert "<mark>My aunt</mark>" in seen.text
    made_from = state_on(seen.text)
    assert desk.post(f"{WORK}/redact", {"do": "redact", "words": "x y", "made_from": made_from}).status_code == 422
    done = desk.post(f"{WORK}/redact", {"do": "redact", "words": "My aunt", "made_from": made_from})
    assert done.status_code == 303
    assert "aunt" not in str(turns_of(database))
    # The state is another one, though the revision is not.
    assert desk.post(f"{WORK}/redact", {"do": "redact", "words": "We", "made_from": made_from}).status_code == 409
    state = state_on(desk.get(f"{WORK}/withhold").text)
    longer = desk.post(f"{WORK}/hold", {"until": "2100-01-31T12:00", "made_from": state})
    assert (longer.status_code, "31 January 2100" in desk.get("/desk/held").text) == (303, True)
    gone = desk.post(f"{WORK}/withdraw", {"made_from": state, "slug": "mill-talk"})
    assert gone.status_code == 303
    assert desk.get(WORK).status_code == 404
    assert client.get("/v1/changes").content == public
    writer = at_the_desk(client, database, Scope.WRITE, Scope.REDACT)
    assert ("mill-talk" in desk.get("/desk/withdrawn").text, "mill-talk" in writer.get("/desk/withdrawn").text) == (
        True,
        False,
    )
    assert desk.post("/desk/withdrawn/mill-talk/lift").status_code == 303


def test_its_file_is_replaced_after_it_was_seen_what_changes(
    desk: DeskClient, client: TestClient, database: Database
) -> None:
    public, before = client.get("/v1/changes").content, turns_of(database)
    corrected = TALK.replace("My aunt", "Mine aunt")
    assert f'href="{FILE}"' in desk.get(WORK).text
    seen = send(desk, FILE, corrected)
    assert (seen.status_code, "<ins>" in seen.text, "31 January 2099" in seen.text) == (200, True, True)
    assert turns_of(database) == before
    loaded = press(desk, FILE, seen.text, reason="misprint")
    assert (loaded.status_code, loaded.headers["Location"]) == (303, f"{WORK}?done=held")
    after = turns_of(database)
    assert [turn["id"] for turn in after] == [turn["id"] for turn in before]
    assert [turn["text"] for turn in after if "aunt" in turn["text"]] == [
        turn["text"].replace("My aunt", "Mine aunt") for turn in before if "aunt" in turn["text"]
    ]
    assert press(desk, FILE, seen.text).status_code == 409
    # Sent as a new one, it is led to its interview.
    assert f'action="{FILE}"' in send(desk, NEW, TALK).text
    assert client.get("/v1/changes").content == public


def test_without_the_scope_its_file_is_refused_and_it_is_not_released(
    desk: DeskClient, client: TestClient, database: Database
) -> None:
    other, before = at_the_desk(client, database, Scope.WRITE, Scope.REDACT), turns_of(database)
    for text in (TALK, TALK.replace("My aunt", "Mine aunt")):
        assert send(other, FILE, text).status_code == 404
        refused = send(other, NEW, text)
        assert (refused.status_code, "Mill talk" in refused.text, "2099" in refused.text) == (409, False, False)
    for name in ("mill-talk", "nothing"):
        released = other.post(f"/desk/held/{name}/release")
        assert (released.status_code, "mill-talk" in released.text.replace(name, "")) == (403, False)
    assert turns_of(database) == before


def test_without_the_scope_it_does_not_exist(desk: DeskClient, client: TestClient, database: Database) -> None:
    other = at_the_desk(client, database, Scope.WRITE, Scope.REDACT)
    turn = turns_of(database)[0]["id"]
    for page in PAGES:
        assert desk.get(page).status_code == 200
        hidden, none = other.get(page), other.get(page.replace("mill-talk", "nothing"))
        assert (hidden.status_code, none.status_code) == (404, 404)
        assert "Mill" not in hidden.text
    posts: dict[str, dict[str, str]] = {
        "steps": {"do": f"note:{turn}", "made_from": "1.1"},
        "undo": {"made_from": "1.1"},
        "version": {"version": "0", "made_from": "1.1"},
        "metadata": {"title": "X", "made_from": "1.1"},
        "redact": {"do": "check", "words": "My aunt"},
        "hold": {"until": "2100-01-31T12:00", "made_from": "1.1"},
        "withdraw": {"slug": "mill-talk", "made_from": "1.1"},
    }
    before = turns_of(database)
    for path, fields in posts.items():
        assert other.post(f"{WORK}/{path}", fields).status_code == 404, path
    assert turns_of(database) == before
