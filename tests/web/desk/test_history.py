"""What was stated of an interview, by whom, when and why, and every earlier state brought back."""

from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from app.db import Database
from app.models import Scope
from tests.web.desk.signed_in import at_the_desk
from tests.web.desk.test_interview import TALK, WORK, kinds, state_on, step, turns_of


def test_history_says_who_when_why_and_what_and_brings_back_any_version(
    client: TestClient, database: Database, load: Callable[..., Any]
) -> None:
    load(TALK, name="mill-talk.txt")
    desk = at_the_desk(client, database, Scope.WRITE)
    assert "Nothing is stated beyond" in desk.get(f"{WORK}/history").text
    found, turns = [kinds(database)], turns_of(database)
    for place, reason in ((1, "<b>first</b>"), (3, "second"), (4, "third")):
        step(desk, f"note:{turns[place]['id']}", reason=reason)
        found.append(kinds(database))
    page = desk.get(f"{WORK}/history")
    assert page.status_code == 200
    for words in ("Version 3", "Ada, ", "&lt;b&gt;first", "second", "third", "<ins>+ kind = ", "State version 2 again"):
        assert words in page.text
    assert "<b>first" not in page.text
    for version in (1, 3, 0, 2):
        form = {"version": str(version), "made_from": state_on(desk.get(WORK).text), "reason": "back"}
        assert desk.post(f"{WORK}/version", form).status_code == 303
        assert kinds(database) == found[version]
    assert desk.post(f"{WORK}/version", {"version": "1", "made_from": "1.1"}).status_code == 409
    form = {"version": "99", "made_from": state_on(desk.get(WORK).text)}
    assert desk.post(f"{WORK}/version", form).status_code == 404
    assert desk.post(f"{WORK}/version", {**form, "version": "9" * 5000}).status_code == 422
    assert kinds(database) == found[2]
