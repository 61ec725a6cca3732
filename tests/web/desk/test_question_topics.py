"""Topics of a question, stated at the turn that asks it."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import loading
from app.db import Database
from app.models import Scope
from app.topics.vocabulary import read_vocabulary
from tests.authors import at
from tests.conftest import NOW
from tests.web.desk.forms import DeskPage
from tests.web.desk.signed_in import DeskClient, at_the_desk
from tests.web.desk.test_interview import TALK, WORK, turns_of, undo


@pytest.fixture
def desk(client: TestClient, database: Database, load: Callable[..., Any]) -> DeskClient:
    with database.write() as connection:
        topics = read_vocabulary("topics.toml", b'[mills]\nlabel = "Mills & <b>rivers</b>"\n\n[war]\nlabel = "War"\n')
        loading.load_vocabulary(connection, topics, at(NOW))
    load(TALK, name="mill-talk.txt")
    return at_the_desk(client, database, Scope.WRITE)


def opened(desk: DeskClient, database: Database, place: int = 0) -> DeskPage:
    return DeskPage(desk, f"{WORK}?turn={turns_of(database)[place]['id']}")


def topics_of(database: Database) -> dict[str, str]:
    with database.read() as connection:
        select = "SELECT t.slug, qt.state FROM question_topic qt JOIN topic t ON t.id = qt.topic_id"
        return dict(map(tuple, connection.exec_driver_sql(select)))


def test_topic_is_added_by_its_label_taken_back_and_undone(desk: DeskClient, database: Database) -> None:
    added = opened(desk, database).fill("desk-topic-name", "war").press("desk-topic-add")
    assert (added.status, topics_of(database)) == (200, {"war": "confirmed"})
    added = added.fill("desk-topic-name", "MILLS & <b>Rivers</b>").press("desk-topic-add")
    assert topics_of(database) == {"war": "confirmed", "mills": "confirmed"}
    assert "<b>rivers" not in added.text
    back = added.press("desk-take-back", within="topic-war")
    assert (back.status, topics_of(database)) == (200, {"mills": "confirmed"})
    undo(desk)
    assert topics_of(database) == {"war": "confirmed", "mills": "confirmed"}
    opened(desk, database).press("desk-topic-rejected", within="topic-war")
    assert topics_of(database) == {"war": "rejected", "mills": "confirmed"}


def test_what_cannot_be_a_topic_is_refused_in_words(desk: DeskClient, database: Database) -> None:
    page = opened(desk, database)
    for written, said in (
        ("", "write the topic"),
        ("mill", "Did you mean &#39;mills&#39;"),
        ("<i>", "there is no topic"),
    ):
        refused = page.fill("desk-topic-name", written).press("desk-topic-add")
        assert (refused.status, said in refused.text) == (422, True), refused.text
    assert not opened(desk, database, 1).has("topic"), "an answer has no topics of its own"
    turn = turns_of(database)[1]["id"]
    form = {"decide": "confirmed:war", "turn": turn, "made_from": "1.0"}
    assert desk.post(f"{WORK}/topics", form).status_code == 422
    assert topics_of(database) == {}
    reader = at_the_desk(desk.client, database, Scope.READ_HELD)
    assert reader.post(f"{WORK}/topics", form).status_code == 403


def test_page_of_another_state_changes_no_topic(desk: DeskClient, database: Database) -> None:
    stale = opened(desk, database)
    opened(desk, database).fill("desk-topic-name", "war").press("desk-topic-add")
    assert stale.fill("desk-topic-name", "mills").press("desk-topic-add").status == 409
    assert topics_of(database) == {"war": "confirmed"}
