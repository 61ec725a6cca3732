"""Topics of questions over HTTP: stated, decided and taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.cli.topics import suggest_topics
from app.db import Database
from app.loading import LoadedInterview
from app.models import Scope
from tests.api.keyed import bearer, key_for
from tests.loading.test_suggestions import talk as talk

Load = Callable[..., LoadedInterview]


@pytest.fixture
def editor(client: TestClient, database: Database, talk: Load) -> TestClient:
    suggest_topics(database, min_confidence=0.0)
    client.headers.update(bearer(key_for(database, Scope.WRITE), Accept_Encoding="identity"))
    return client


def _questions(client: TestClient) -> list[str]:
    return [one["id"] for one in client.get("/v1/questions?sort=position").json()["items"]]


def _suggested(client: TestClient, **parameters: Any) -> list[tuple[str, str, str]]:
    items = client.get("/v1/suggestions", params={"limit": 100, **parameters}).json()["items"]
    return [(one["question"]["id"][-2:], one["topic"]["slug"], one["state"]) for one in items]


def _confirmed(client: TestClient, topic: str) -> list[str]:
    return [one["id"][-2:] for one in client.get("/v1/questions", params={"topic": topic}).json()["items"]]


def test_suggestions_come_with_the_words_that_are_evidence(editor: TestClient) -> None:
    items = editor.get("/v1/suggestions?topic=rivers").json()["items"]
    [river] = [one for one in items if one["question"]["id"].endswith("q1")]
    assert river["question"]["text"] == "Where did the rivers begin?"
    assert river["state"] == "proposed"
    [label] = [one for one in river["evidence"] if one["kind"] == "label"]
    assert (label["before"], label["words"], label["after"]) == ("Where did the ", "rivers", " begin?")
    assert river["address"] == f"/v1/questions/{river['question']['id']}/topics/rivers"
    [mill] = [
        one for one in editor.get("/v1/suggestions?topic=mills").json()["items"] if one["question"]["id"].endswith("q1")
    ]
    assert [one["words"] for one in mill["evidence"] if one["kind"] == "label"] == ["mill"]


def test_suggestions_are_narrowed_sorted_and_paged(editor: TestClient) -> None:
    everything = _suggested(editor)
    assert {one[1] for one in everything} == {"rivers", "mills", "choirs"}
    assert _suggested(editor, topic="choirs") == [one for one in everything if one[1] == "choirs"]
    assert _suggested(editor, interview="sample") == everything
    assert _suggested(editor, state="confirmed") == []
    confidences = [one["confidence"] for one in editor.get("/v1/suggestions?sort=-confidence").json()["items"]]
    assert confidences == sorted(confidences, reverse=True)
    assert _suggested(editor, min_confidence=max(confidences)) != []
    assert _suggested(editor, min_confidence=1) == [one for one in everything if max(confidences) == 1]
    for sort in ("interview", "-confidence"):
        walked, address = [], f"/v1/suggestions?limit=1&sort={sort}"
        while address:
            page = editor.get(address).json()
            walked += [(one["question"]["id"], one["topic"]["slug"]) for one in page["items"]]
            address = page["page"]["next"]
        whole = editor.get(f"/v1/suggestions?limit=100&sort={sort}").json()["items"]
        assert walked == [(one["question"]["id"], one["topic"]["slug"]) for one in whole]
    for wrong in ("topic=river", "interview=nothing", "state=open", "min_confidence=2", "sort=label", "q=mill"):
        assert editor.get(f"/v1/suggestions?{wrong}").status_code == 422, wrong


def test_decisions_are_stored_together_and_undone_by_what_they_were_before(editor: TestClient) -> None:
    first, second = _questions(editor)
    before = _suggested(editor, state="all")
    wanted = [
        {"question": first, "topic": "rivers", "state": "confirmed"},
        {"question": first, "topic": "mills", "state": "rejected"},
        {"question": second, "topic": "choirs", "state": "confirmed"},
    ]
    answer = editor.post("/v1/decisions", json={"decisions": wanted})
    assert answer.status_code == 200
    assert answer.json() == {"decisions": [{**one, "before": "proposed"} for one in wanted]}
    assert _confirmed(editor, "rivers") == ["q1"]
    assert ("q1", "mills", "rejected") in _suggested(editor, state="rejected")
    [revision] = [int(answer.headers["Quoth-Revision"])]
    again = editor.post("/v1/decisions", json={"decisions": wanted})
    assert [one["before"] for one in again.json()["decisions"]] == [one["state"] for one in wanted]
    assert int(again.headers["Quoth-Revision"]) == revision
    undone = [{**one, "state": one["before"]} for one in answer.json()["decisions"]]
    for one in undone:
        del one["before"]
    assert editor.post("/v1/decisions", json={"decisions": undone}).status_code == 200
    assert _suggested(editor, state="all") == before
    assert _confirmed(editor, "rivers") == []


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"topic": "nothing"}, "topic"),
        ({"question": "nothing-q1"}, "topic"),
        ({"topic": "rivers", "state": "rejected"}, "topic"),
        ({"state": "undecided"}, "state"),
        ({"why": "because"}, "why"),
    ],
)
def test_one_wrong_decision_stores_none(editor: TestClient, wrong: dict[str, str], named: str) -> None:
    first, second = _questions(editor)
    right = {"question": first, "topic": "rivers", "state": "confirmed"}
    base = right if wrong.get("topic") == "rivers" else {"question": second, "topic": "choirs", "state": "confirmed"}
    answer = editor.post("/v1/decisions", json={"decisions": [right, {**base, **wrong}]})
    assert answer.status_code == 422
    blamed = [(one["parameter"], one["pointer"]) for one in answer.json()["errors"]]
    assert blamed == [("decisions", f"/decisions/1/{named}")]
    assert _suggested(editor, state="confirmed") == []


def test_a_dry_run_of_decisions_changes_nothing(editor: TestClient) -> None:
    first, _second = _questions(editor)
    wanted = {"decisions": [{"question": first, "topic": "rivers", "state": "confirmed"}]}
    answer = editor.post("/v1/decisions?dry_run=true", json=wanted)
    assert answer.json()["decisions"][0]["before"] == "proposed"
    assert _suggested(editor, state="confirmed") == []


def test_a_suggestion_is_decided_and_taken_back_at_its_own_address(editor: TestClient) -> None:
    first, _second = _questions(editor)
    address = f"/v1/questions/{first}/topics/rivers"
    seen = editor.get(address)
    assert editor.put(address, json={"state": "confirmed"}).status_code == 428
    wrong = {"If-Match": '"stale"'}
    assert editor.put(address, json={"state": "confirmed"}, headers=wrong).status_code == 412
    done = editor.put(address, json={"state": "confirmed"}, headers={"If-Match": seen.headers["ETag"]})
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    assert done.json() == editor.get(address).json()
    assert done.headers["ETag"] == editor.get(address).headers["ETag"]
    assert _confirmed(editor, "rivers") == ["q1"]
    assert editor.delete(address).status_code == 428
    assert editor.delete(address, headers={"If-Match": seen.headers["ETag"]}).status_code == 412
    back = editor.delete(address, headers={"If-Match": done.headers["ETag"]})
    assert (back.status_code, back.json()) == (200, seen.json())
    assert _confirmed(editor, "rivers") == []


def test_an_editor_states_a_topic_that_nobody_suggested_and_takes_it_back(editor: TestClient, talk: Load) -> None:
    first, second = _questions(editor)
    address = f"/v1/questions/{second}/topics/mills"
    assert editor.get(address).status_code == 404
    listed = [one["topic"]["slug"] for one in editor.get(f"/v1/questions/{second}/topics").json()["items"]]
    assert "mills" not in listed
    made = editor.put(address, json={"state": "confirmed"})
    assert (made.status_code, made.json()["origin"], made.json()["evidence"]) == (201, "editor", [])
    assert "q2" in _confirmed(editor, "mills")
    assert "mills" in [one["topic"]["slug"] for one in editor.get(f"/v1/questions/{second}/topics").json()["items"]]
    assert editor.put(address, json={"state": "rejected"}).status_code == 428
    other = editor.put(address, json={"state": "rejected"}, headers={"If-Match": made.headers["ETag"]})
    assert other.json()["state"] == "rejected"
    assert "q2" not in _confirmed(editor, "mills")
    gone = editor.delete(address, headers={"If-Match": "*"})
    assert (gone.status_code, gone.json()) == (200, other.json())
    assert editor.get(address).status_code == 404
    assert first in _questions(editor)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/questions/nothing-q1/topics/mills", 404),
        ("/v1/questions/{}/topics/nothing", 404),
        ("/v1/questions/nothing-q1/topics", 404),
    ],
)
def test_what_is_not_there_is_not_found(editor: TestClient, path: str, status: int) -> None:
    address = path.format(_questions(editor)[0])
    assert editor.get(address).status_code == status
    if not address.endswith("/topics"):
        assert editor.put(address, json={"state": "confirmed"}).status_code == status
        assert editor.delete(address, headers={"If-Match": "*"}).status_code == status
