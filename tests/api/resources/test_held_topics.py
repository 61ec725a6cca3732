"""Topics of an interview that is held back: decided, stated and taken back by keys that may read it."""

import datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.cli.topics import suggest_topics
from app.db import Database
from app.loading import hold, release
from app.models import Scope
from tests.api.held import Load
from tests.api.keyed import bearer, key_for
from tests.authors import at
from tests.conftest import NOW
from tests.loading.test_suggestions import talk as talk
from tests.maintenance.test_integrity import findings_of

FAR = datetime.datetime(2199, 1, 1, tzinfo=datetime.UTC)
HELD, CONFIRMED, REJECTED = "/v1/held/sample", {"state": "confirmed"}, {"state": "rejected"}


@pytest.fixture
def questions(database: Database, talk: Load) -> list[str]:
    """The questions of an interview with suggested topics that is held back, beside one that is published."""
    loaded = talk("Q: And who dances?\nA: The river does.\n", name="other.txt")
    suggest_topics(database, min_confidence=0)
    with database.write() as connection:
        hold(connection, "sample", FAR, at(NOW))
        found = connection.exec_driver_sql("SELECT id FROM question").scalars().all()
    assert found == [f"{loaded.interview_id}-q1"]
    return [f"{_held_id(database)}-q{number}" for number in (1, 2)] + list(found)


def _held_id(database: Database) -> str:
    with database.read() as connection:
        return str(connection.exec_driver_sql("SELECT interview_id FROM embargo").scalar_one())


@pytest.fixture
def editor(client: TestClient, database: Database) -> TestClient:
    key = key_for(database, Scope.WRITE, Scope.READ_HELD)
    client.headers.update(bearer(key, Accept_Encoding="identity"))
    return client


def _states(client: TestClient) -> dict[str, dict[str, str]]:
    questions = client.get(HELD).json()["questions"]
    return {one["id"][-2:]: {topic["slug"]: topic["state"] for topic in one["topics"]} for one in questions}


def _tag(client: TestClient) -> dict[str, str]:
    return {"If-Match": client.get(HELD).headers["ETag"]}


def test_suggestions_of_what_is_held_back_and_of_others_are_decided_together(
    editor: TestClient, questions: list[str], database: Database
) -> None:
    first, second, public = questions
    before, changes = _states(editor), editor.get("/v1/changes").json()["items"]
    assert before == {"q1": {"mills": "proposed", "rivers": "proposed"}, "q2": {"choirs": "proposed"}}
    held = [
        {"question": first, "topic": "rivers", "state": "confirmed"},
        {"question": second, "topic": "choirs", "state": "rejected"},
    ]
    wanted = [held[0], {"question": public, "topic": "rivers", "state": "confirmed"}, held[1]]
    would = editor.post("/v1/decisions?dry_run=true", json={"decisions": wanted})
    assert (would.status_code, _states(editor)) == (200, before)
    wrong = editor.post("/v1/decisions", json={"decisions": [*wanted, {**wanted[2], "topic": "rivers"}]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/decisions/3/topic")
    assert _states(editor) == before
    done = editor.post("/v1/decisions", json={"decisions": wanted})
    assert done.json() == {"decisions": [{**one, "before": "proposed"} for one in wanted]}
    decided = {"q1": {"mills": "proposed", "rivers": "confirmed"}, "q2": {"choirs": "rejected"}}
    assert _states(editor) == decided
    # The feed has the question that is published, and nothing else.
    now = editor.get("/v1/changes").json()["items"]
    assert {one["id"] for one in now if one not in changes} <= {public}
    undone = [{**one, "state": "proposed"} for one in held]
    assert editor.post("/v1/decisions", json={"decisions": undone}).status_code == 200
    assert _states(editor) == before
    assert findings_of(database) == []


def test_topic_is_stated_decided_and_taken_back_at_its_address(
    editor: TestClient, questions: list[str], database: Database
) -> None:
    address, changes = f"/v1/questions/{questions[0]}/topics", editor.get("/v1/changes").content
    made = editor.put(f"{address}/choirs", json=CONFIRMED)
    assert (made.status_code, made.json()["state"], made.json()["origin"]) == (201, "confirmed", "editor")
    assert (made.headers["Location"][-len(HELD) :], made.headers["ETag"]) == (HELD, _tag(editor)["If-Match"])
    assert _states(editor)["q1"] == {"mills": "proposed", "rivers": "proposed", "choirs": "confirmed"}
    stale = _tag(editor)
    for topic in ("choirs", "rivers"):
        assert editor.put(f"{address}/{topic}", json=REJECTED).status_code == 428
        done = editor.put(f"{address}/{topic}", json=REJECTED, headers=_tag(editor))
        assert (done.status_code, done.json()["state"], done.headers["ETag"]) == (
            200,
            "rejected",
            _tag(editor)["If-Match"],
        )
    assert editor.delete(f"{address}/choirs", headers=stale).status_code == 412
    would = editor.delete(f"{address}/choirs?dry_run=true", headers=_tag(editor))
    assert (would.status_code, "choirs" in _states(editor)["q1"]) == (200, True)
    assert editor.delete(f"{address}/choirs", headers=_tag(editor)).status_code == 200
    waits = editor.delete(f"{address}/rivers", headers=_tag(editor))
    assert (waits.json()["state"], waits.json()["origin"]) == ("proposed", "vocabulary_match")
    assert _states(editor)["q1"] == {"mills": "proposed", "rivers": "proposed"}
    for wrong in (f"{address}/nothing", f"{address[:-8]}9/topics/rivers"):
        assert editor.put(wrong, json=CONFIRMED).status_code == 404
    assert editor.get("/v1/changes").content == changes
    assert findings_of(database) == []


def test_what_was_decided_is_there_when_it_is_released(
    editor: TestClient, questions: list[str], database: Database
) -> None:
    address = f"/v1/questions/{questions[0]}/topics"
    editor.put(f"{address}/choirs", json=CONFIRMED)
    editor.put(f"{address}/rivers", json=CONFIRMED, headers={"If-Match": "*"})
    with database.write() as connection:
        release(connection, "sample", at(FAR))
    found = editor.get(address).json()["items"]
    assert {one["topic"]["slug"]: (one["state"], one["origin"]) for one in found} == {
        "choirs": ("confirmed", "editor"),
        "rivers": ("confirmed", "vocabulary_match"),
        "mills": ("proposed", "vocabulary_match"),
    }
    assert findings_of(database) == []


@pytest.mark.parametrize("scopes", [(), (Scope.WRITE, Scope.REDACT, Scope.KEYS)], ids=str)
def test_for_everybody_else_there_is_no_such_question(
    client: TestClient, database: Database, questions: list[str], scopes: tuple[Scope, ...]
) -> None:
    key = key_for(database, *(scopes or (Scope.KEYS,)))
    headers = bearer(key) if scopes else {}

    def answers(question: str, unknown: str) -> list[Any]:
        sent = [{**headers, **one} for one in ({}, {"If-Match": "*"})]
        address, decision = f"/v1/questions/{question}/topics", {"question": question, "topic": "rivers", **CONFIRMED}
        found = [client.post("/v1/decisions", json={"decisions": [decision]}, headers=headers)]
        for one in sent:
            found += [client.put(f"{address}/{topic}", json=CONFIRMED, headers=one) for topic in ("rivers", "choirs")]
            found += [client.delete(f"{address}/rivers", headers=one)]
        # With the right to read it, too, it is not there for the public addresses.
        found += [client.get(address), client.get(f"{address}/rivers"), client.get("/v1/suggestions?interview=sample")]
        return [(one.status_code, one.text.replace(question, unknown)) for one in found]

    # Both were taken out for everybody: what never was is answered otherwise.
    seen = answers(questions[0], questions[1])
    assert seen == answers(questions[1], questions[1])
    assert {status for status, _text in seen} <= ({404, 410, 422} if scopes else {401, 410, 422})
