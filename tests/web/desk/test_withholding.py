"""Words taken out, interviews held back, released and withdrawn at the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.models import Scope
from app.queries import interviews
from tests.web.desk.forms import DeskPage
from tests.web.desk.signed_in import DeskClient, at_the_desk
from tests.web.desk.test_interview import TALK, WORK, state_on, turns_of

PAGE = f"{WORK}/withhold"
LATER = "2099-01-31T12:00"


@pytest.fixture
def desk(client: TestClient, database: Database, load: Callable[..., Any]) -> DeskClient:
    load(TALK, name="mill-talk.txt", metadata='title = "<b>Mill</b> talk"')
    return at_the_desk(client, database, Scope.WRITE, Scope.REDACT, Scope.READ_HELD)


def state(desk: DeskClient) -> str:
    return state_on(desk.get(PAGE).text)


def words_of(database: Database) -> str:
    return "\n".join(turn["text"] for turn in turns_of(database))


def is_there(database: Database) -> bool:
    with database.read() as connection:
        return bool(connection.exec_driver_sql("SELECT count(*) FROM interview").scalar_one())


def test_words_are_shown_first_and_taken_out_when_confirmed(desk: DeskClient, database: Database) -> None:
    before = words_of(database)
    seen = desk.post(f"{WORK}/redact", {"do": "check", "words": "My aunt"})
    assert seen.status_code == 200
    assert "<mark>My aunt</mark>" in seen.text
    assert words_of(database) == before
    fields = {"do": "redact", "words": "My aunt", "reason": "She asked for it"}
    assert desk.post(f"{WORK}/redact", {**fields, "made_from": "1.99"}).status_code == 409
    assert words_of(database) == before
    done = desk.post(f"{WORK}/redact", {**fields, "made_from": state_on(seen.text)})
    assert (done.status_code, done.headers["Location"]) == (303, f"{WORK}?done=redacted")
    assert "aunt" not in words_of(database)
    assert "twenty" in words_of(database)
    page = desk.get(f"{WORK}?done=redacted").text
    assert "aunt" not in page
    assert "taken out" in page


def test_turn_is_taken_out_whole_or_by_its_words(desk: DeskClient, database: Database) -> None:
    turn = turns_of(database)[3]["id"]
    assert "where do you live" in desk.get(f"{PAGE}?turn={turn}").text
    assert f"redact?turn={turn}" in desk.get(f"{WORK}?turn={turn}").text
    assert f"withhold?turn={turn}" in desk.get(f"{WORK}/redact?turn={turn}").text
    seen = desk.post(f"{WORK}/redact", {"do": "check", "item": turn})
    assert "<mark>Cold. And where do you live?</mark>" in seen.text
    done = desk.post(f"{WORK}/redact", {"do": "redact", "item": turn, "made_from": state_on(seen.text)})
    assert done.status_code == 303
    assert "Cold" not in words_of(database)
    assert "We ate" in words_of(database)


def test_selected_words_go_from_their_place_alone_or_from_everywhere(
    client: TestClient, database: Database, load: Callable[..., Any]
) -> None:
    load("Q: Was it \U0001f600 red? The red barn?\n\nA: Red, and red again, \u7ea2\u8272 too.\n", name="mill-talk.txt")
    desk = at_the_desk(client, database, Scope.WRITE, Scope.REDACT)
    turn = turns_of(database)[0]
    start = turn["text"].index("red barn")
    place = {"item": turn["id"], "start": str(start), "end": str(start + 3), "words": "red"}
    page = desk.get(f"{WORK}/redact").text
    assert "\U0001f600 red? The red barn?</div>" in page
    before = {"made_from": state_on(page)}
    for wrong in ({"words": "bar"}, {"end": str(start + 4)}, {"start": "x"}, {"end": ""}, {"item": "mill-talk-t9"}):
        assert desk.post(f"{WORK}/redact", {"do": "check", **before, **place, **wrong}).status_code in {404, 422}
    stale = {"do": "check", "made_from": "0.0", **place}
    assert desk.post(f"{WORK}/redact", stale).status_code == 409, "the places are of another state"
    seen = desk.post(f"{WORK}/redact", {"do": "check", **before, **place})
    assert seen.text.count("<mark") == 1
    assert "The same words stay here" in seen.text
    everywhere = desk.post(f"{WORK}/redact", {"do": "check", **before, **place, "everywhere": "1"})
    assert everywhere.text.count("<mark") == 4
    assert DeskPage(desk, f"{WORK}/redact", seen).press("desk-redact-confirm").status == 200
    assert [one["text"] for one in turns_of(database)] == [
        "Was it \U0001f600 red? The \u2588\u2588\u2588 barn?",
        "Red, and red again, \u7ea2\u8272 too.",
    ]
    assert DeskPage(desk, f"{WORK}/redact").status == 200
    assert at_the_desk(client, database, Scope.WRITE).get(f"{WORK}/redact").status_code == 403


@pytest.mark.parametrize(
    "fields", [{"words": "no such words"}, {"words": ""}, {"words": "..."}, {"item": "nothing-t1"}, {"item": "x\u0001"}]
)
def test_what_cannot_be_taken_out_is_refused(desk: DeskClient, database: Database, fields: dict[str, str]) -> None:
    before = words_of(database)
    for do in ("check", "redact"):
        refused = desk.post(f"{WORK}/redact", {"do": do, "made_from": state(desk), **fields})
        assert refused.status_code == 422
        assert "Nothing was changed" in refused.text
    assert words_of(database) == before


def test_interview_is_held_back_listed_and_released(desk: DeskClient, client: TestClient, database: Database) -> None:
    for wrong in ("", "soon", "2001-01-01T00:00", "0001-01-01T00:00+14:00"):
        assert desk.post(f"{WORK}/hold", {"until": wrong, "made_from": state(desk)}).status_code == 422
    assert desk.post(f"{WORK}/hold", {"until": LATER, "made_from": "0.0"}).status_code == 409
    assert is_there(database)
    held = desk.post(f"{WORK}/hold", {"until": LATER, "made_from": state(desk), "reason": "<i>Agreed</i>"})
    assert (held.status_code, held.headers["Location"]) == (303, "/desk/held?done=held-back")
    assert not is_there(database)
    assert client.get("/v1/interviews/mill-talk").status_code in {404, 410}
    page = desk.get("/desk/held?done=held-back").text
    assert "31 January 2099, 12:00 UTC" in page
    assert "&lt;i&gt;Agreed" in page
    writer = at_the_desk(client, database, Scope.WRITE)
    assert writer.get("/desk/held").status_code == 403
    assert desk.post("/desk/held/nothing/release").status_code == 404
    released = desk.post("/desk/held/mill-talk/release")
    assert (released.status_code, released.headers["Location"]) == (303, f"{WORK}?done=released")
    assert client.get("/v1/interviews/mill-talk").status_code == 200
    assert "No interview is held back" in desk.get("/desk/held").text


def test_interview_is_withdrawn_when_its_name_is_written(
    desk: DeskClient, client: TestClient, database: Database
) -> None:
    for fields in ({"slug": ""}, {"slug": "mill"}, {"slug": "Mill-talk"}):
        refused = desk.post(f"{WORK}/withdraw", {"made_from": state(desk), **fields})
        assert (refused.status_code, "write its name: mill-talk" in refused.text) == (422, True)
    assert desk.post(f"{WORK}/withdraw", {"made_from": "0.0", "slug": "mill-talk"}).status_code == 409
    assert is_there(database)
    gone = desk.post(f"{WORK}/withdraw", {"made_from": state(desk), "slug": "mill-talk", "reason": "Consent ended"})
    assert (gone.status_code, gone.headers["Location"]) == (303, "/desk?done=withdrawn")
    assert not is_there(database)
    assert "Consent ended" in client.get("/v1/interviews/mill-talk").text
    assert desk.get("/desk?done=withdrawn").status_code == 200


def test_withdrawal_is_listed_and_lifted_so_that_the_file_can_be_loaded(desk: DeskClient, database: Database) -> None:
    assert "No interview is withdrawn" in desk.get("/desk/withdrawn").text
    fields = {"made_from": state(desk), "slug": "mill-talk", "reason": "<i>Consent</i>"}
    assert desk.post(f"{WORK}/withdraw", fields).status_code == 303
    refused = DeskPage(desk, "/desk/new").choose_file("desk-file-choose", "mill-talk.txt", TALK.encode())
    assert "withdrawn" in (refused.press("desk-file-check").refusal or "")
    listed = DeskPage(desk, "/desk").follow("desk-nav-withdrawn")
    assert "Ada, " in listed.text
    assert "&lt;i&gt;Consent" in listed.text
    lifted = listed.press("desk-lift", name="mill-talk")
    assert (lifted.status, "No interview is withdrawn" in lifted.text) == (200, True)
    assert listed.press("desk-lift", name="mill-talk").status == 404
    assert not is_there(database)
    seen = DeskPage(desk, "/desk/new").choose_file("desk-file-choose", "mill-talk.txt", TALK.encode())
    assert seen.press("desk-file-check").press("desk-file-load").status == 200
    assert is_there(database)
    writer = at_the_desk(desk.client, database, Scope.WRITE)
    assert "/desk/withdrawn" not in writer.get().text
    assert writer.get("/desk/withdrawn").status_code == 403
    assert writer.post("/desk/withdrawn/mill-talk/lift").status_code == 403


def test_each_needs_its_scope(client: TestClient, database: Database, desk: DeskClient) -> None:
    writer = at_the_desk(client, database, Scope.WRITE)
    page = writer.get(PAGE).text
    assert "/hold" in page
    assert "/redact" not in page
    assert "/withdraw" not in page
    made_from = state_on(page)
    for verb, fields in (("redact", {"do": "redact", "words": "aunt"}), ("withdraw", {"slug": "mill-talk"})):
        assert writer.post(f"{WORK}/{verb}", {"made_from": made_from, **fields}).status_code == 403
    remover = at_the_desk(client, database, Scope.REDACT)
    assert remover.post(f"{WORK}/hold", {"made_from": made_from, "until": LATER}).status_code == 403
    assert remover.post("/desk/held/mill-talk/release").status_code == 403
    with database.read() as connection:
        assert interviews.find_interview(connection, "mill-talk")["revision"] == 1
    assert "aunt" in words_of(database)
