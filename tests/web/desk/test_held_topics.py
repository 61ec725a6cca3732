"""Topics of an interview that is held back, at the desk: decided, added and taken back as those of a published one."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.cli.topics import suggest_topics
from app.db import Database
from app.loading import hold, load_vocabulary
from app.models import Scope
from app.queries.held import topics_on_held
from app.topics.vocabulary import read_vocabulary
from tests.authors import at
from tests.conftest import NOW
from tests.web.desk.forms import DeskPage
from tests.web.desk.signed_in import DeskClient, at_the_desk
from tests.web.desk.test_topics import TALK, TOPICS, VOCABULARY

WORK = "/desk/interviews/talk"


@pytest.fixture
def desk(client: TestClient, database: Database, load: Callable[..., Any]) -> DeskClient:
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", VOCABULARY.encode()), at(NOW))
    load(TALK, name="talk.txt", metadata='title = "Talk"')
    suggest_topics(database, min_confidence=0)
    with database.write() as connection:
        hold(connection, "talk", datetime.datetime(2199, 1, 1, tzinfo=datetime.UTC), at(NOW))
    return at_the_desk(client, database, Scope.WRITE, Scope.READ_HELD)


def states(database: Database) -> dict[str, str]:
    with database.read() as connection:
        topics = topics_on_held(connection, "talk")
    return {f"{question[-2:]}.{topic['slug']}": topic["state"] for question, some in topics.items() for topic in some}


def press(desk: DeskClient, button: str, **fields: str) -> Any:
    [value] = re.findall(rf'name="do" value="({button})"', desk.get(TOPICS).text)
    return desk.post(f"{TOPICS}/state", {"do": value, **fields})


def test_they_are_decided_added_and_undone_on_their_page(
    desk: DeskClient, client: TestClient, database: Database
) -> None:
    public, before = client.get("/v1/changes").content, states(database)
    assert f'href="{TOPICS}"' in desk.get(WORK).text
    page = desk.get(TOPICS).text
    # What is not there for others is not linked.
    assert ('href="/interviews/talk"' in page, "?interview=talk" in page) == (False, False)
    second = re.findall(r'name="(topic-[^"]+-q2)"', page)[0]
    added = press(desk, "confirmed:[^:]+-q2:[^:]+:", **{second: "rIVER"}, reason="it is about one")
    assert (added.status_code, states(database)["q2.rivers"]) == (303, "confirmed")
    [undo] = re.findall(r'formaction="([^"]+undo[^"]*)"', desk.get(added.headers["Location"].partition("#")[0]).text)
    assert desk.post(undo.replace("&amp;", "&")).status_code == 303
    assert states(database) == before
    for state, now in (("confirmed", "confirmed"), ("rejected", "rejected"), ("proposed", "proposed")):
        assert press(desk, f"{state}:[^:]*:[^:]*:choirs").status_code == 303
        assert states(database)["q2.choirs"] == now
    stale = re.findall(r'name="do" value="(confirmed:[^"]+:choirs)"', desk.get(TOPICS).text)[0]
    press(desk, "confirmed:[^:]*:[^:]*:choirs")
    assert desk.post(f"{TOPICS}/state", {"do": stale}).status_code == 409
    refused = press(desk, "confirmed:[^:]+-q2:[^:]+:", **{second: "Xylophone"})
    assert (refused.status_code, "Nothing was changed" in refused.text) == (422, True)
    assert client.get("/v1/changes").content == public


def test_they_are_stated_at_the_turn_that_asks(desk: DeskClient, database: Database) -> None:
    turn = re.findall(r'id="(\w+-t1)"', desk.get(WORK).text)[0]
    page = DeskPage(desk, f"{WORK}?turn={turn}")
    assert 'id="topic-rivers"' in page.text
    page = page.fill("desk-topic-name", "choirs").press("desk-topic-add")
    assert (page.status, states(database)["q1.choirs"]) == (200, "confirmed")
    page.press("desk-topic-rejected", within="topic-rivers")
    assert states(database)["q1.rivers"] == "rejected"


def test_without_the_scope_there_are_none(desk: DeskClient, client: TestClient, database: Database) -> None:
    before, value = states(database), re.findall(r'name="do" value="([^"]+:choirs)"', desk.get(TOPICS).text)[0]
    other = at_the_desk(client, database, Scope.WRITE, Scope.REDACT)
    step = f"{value.split(':')[1]}:choirs:pc"
    for name in ("talk", "nothing"):
        page = TOPICS.replace("talk", name)
        answers = [
            other.get(page),
            other.post(f"{page}/state", {"do": value}),
            other.post(f"{page}/undo?step={step}"),
            other.post(page, {"decide": "confirmed:choirs", "turn": "x", "made_from": "1.0"}),
        ]
        assert {one.status_code for one in answers} <= {404, 410, 422}, name
        assert not any("Choir" in one.text for one in answers)
    assert states(database) == before
