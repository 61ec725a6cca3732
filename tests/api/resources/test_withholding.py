"""Redactions, withdrawals and embargoes over HTTP, and interviews that are held back."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview, load_vocabulary
from app.models import KeptAnswer, Scope, table_of
from app.topics.vocabulary import read_vocabulary
from tests.api.keyed import bearer, key_for
from tests.authors import at
from tests.conftest import NOW

Load = Callable[..., LoadedInterview]
TALK = (
    "Q: Who kept the mill?\nA: My aunt kept the papers of Mr Quill.\n\nQ: And then?\nA: It burnt down.\n"
    "B: Mr Quill was not there.\n"
)
ABOUT = """slug = "mill"
title = "The mill"
[[speakers]]
labels = ["A"]
name = "Ida Brandt"
[[speakers]]
labels = ["B"]
name = "Oskar Venn"
role = "interviewee"
[[questions]]
begins = "Who kept"
topics = ["mills"]
rejected = ["rivers"]
"""
LATER = "2199-12-31"


@pytest.fixture
def loaded(database: Database, load: Load) -> LoadedInterview:
    vocabulary = '[rivers]\nlabel = "River"\n[mills]\nlabel = "Mill"\n'
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", vocabulary.encode()), at(NOW))
    load("Q: And the ferry?\nA: It still runs.\n", 'slug = "ferry"', "ferry.txt")
    return load(TALK, ABOUT, "mill.txt")


@pytest.fixture
def editor(client: TestClient, database: Database, loaded: LoadedInterview) -> TestClient:
    client.headers.update(
        bearer(key_for(database, Scope.REDACT, Scope.READ_HELD, Scope.WRITE), Accept_Encoding="identity")
    )
    return client


def _tag(client: TestClient, address: str = "/v1/interviews/mill") -> dict[str, str]:
    return {"If-Match": client.get(address).headers["ETag"]}


def _whole(client: TestClient, name: str = "mill") -> dict[str, Any]:
    """Return all that the public addresses show of an interview."""
    base = f"/v1/interviews/{name}"
    questions = client.get(f"{base}/questions?include=all&topic_state=proposed&limit=100").json()["items"]
    record = client.get(f"{base}/transcript?include=all").json()
    return {"interview": client.get(f"{base}?include=all").json(), "turns": record["turns"], "questions": questions}


def test_words_are_taken_out_after_a_dry_run_has_shown_them(editor: TestClient) -> None:
    body = {"item": _whole(editor)["questions"][0]["answers"][0]["id"], "words": "Mr Quill"}
    address = "/v1/interviews/mill/redactions"
    before = _whole(editor)
    tag = _tag(editor)
    would = editor.post(f"{address}?dry_run=true", json=body, headers=tag)
    assert would.status_code == 200, would.text
    [passage] = would.json()["passages"]
    assert passage["words"] == "Mr Quill"
    turns = {turn["id"]: turn["text"] for turn in before["turns"]}
    assert turns[passage["turn"]][passage["start"] : passage["end"]] == "Mr Quill"
    [other] = would.json()["also_in"]
    assert turns[other] == "Mr Quill was not there."
    assert _whole(editor) == before
    assert editor.post(address, json=body).status_code == 428
    done = editor.post(address, json=body, headers={**tag, "Quoth-Reason": "a%20court%20order"})
    assert done.status_code == 200, done.text
    assert done.json() == {**would.json(), "passages": [{**passage, "words": None}]}
    assert done.headers["ETag"] == editor.get("/v1/interviews/mill").headers["ETag"]
    after = _whole(editor)
    assert after["questions"][0]["answers"][0]["text"] == "My aunt kept the papers of ████████."
    assert after["questions"][0]["answers"][0]["redactions"][0]["reason"] == "a court order"
    assert editor.get("/v1/interviews/mill/source").status_code == 410
    assert editor.post(address, json=body, headers=tag).status_code == 412
    everywhere = editor.post(address, json={"words": "Mr Quill"}, headers=_tag(editor))
    assert (len(everywhere.json()["passages"]), everywhere.json()["also_in"]) == (1, [])
    assert "Quill" not in str(_whole(editor))


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({}, "item"),
        ({"words": ""}, "words"),
        ({"words": "windmill"}, "words"),
        ({"words": "..."}, "words"),
        ({"item": "nothing-a1"}, "item"),
        ({"item": "{ferry}"}, "item"),
        ({"item": "{answer}", "start": 3}, "end"),
        ({"item": "{answer}", "end": 3}, "start"),
        ({"item": "{answer}", "start": 3, "end": 400}, "end"),
        ({"item": "{answer}", "start": 3, "end": 5, "words": "aunt"}, "words"),
        ({"start": 3, "end": 5}, "item"),
        ({"item": "{answer}", "why": "because"}, "why"),
    ],
)
def test_what_cannot_be_redacted_is_refused(editor: TestClient, body: dict[str, Any], parameter: str) -> None:
    before = _whole(editor)
    names = {
        "{answer}": before["questions"][0]["answers"][0]["id"],
        "{ferry}": _whole(editor, "ferry")["questions"][0]["id"],
    }
    body = {key: names.get(value, value) for key, value in body.items()}
    answer = editor.post("/v1/interviews/mill/redactions", json=body, headers=_tag(editor))
    assert answer.status_code == 422, answer.text
    assert [one["parameter"] for one in answer.json()["errors"]] == [parameter]
    assert _whole(editor) == before


def test_what_is_kept_for_repeated_requests_has_no_words_that_were_taken_out(
    editor: TestClient, database: Database
) -> None:
    address, headers = "/v1/interviews/mill/redactions", {**_tag(editor), "Idempotency-Key": "two"}
    first = editor.post(address, json={"words": "aunt"}, headers=headers)
    again = editor.post(address, json={"words": "aunt"}, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    other = editor.post(address, json={"words": "papers"}, headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    with database.read() as connection:
        [kept] = connection.execute(sa.select(table_of(KeptAnswer))).all()
    assert b"aunt" not in repr(tuple(kept)).encode()
    assert "papers" in str(_whole(editor))


def test_what_is_kept_for_repeated_requests_has_nothing_of_an_interview_that_was_withdrawn(
    editor: TestClient, database: Database
) -> None:
    talk, again = b"Q: Who sang?\nA: The choir sang.\n", {"Idempotency-Key": "three"}
    made = editor.post("/v1/interviews?name=choir.txt", content=talk, headers=again)
    assert made.status_code == 201
    assert editor.put("/v1/interviews/choir/withdrawal", headers={"If-Match": "*"}).status_code == 201
    with database.read() as connection:
        [kept] = connection.execute(sa.select(table_of(KeptAnswer))).all()
    assert kept.body is None
    assert editor.post("/v1/interviews?name=choir.txt", content=talk, headers=again).status_code == 409


def test_an_interview_is_withdrawn_and_may_be_loaded_again_once_that_is_lifted(editor: TestClient, load: Load) -> None:
    address = "/v1/interviews/mill/withdrawal"
    assert editor.get(address).status_code == 404
    assert editor.put(address).status_code == 428
    would = editor.put(f"{address}?dry_run=true", headers=_tag(editor))
    assert (would.status_code, would.json()["questions"]) == (200, 2)
    assert editor.get("/v1/interviews/mill").status_code == 200
    gone = editor.put(address, headers={**_tag(editor), "Quoth-Reason": "asked%20for"})
    assert gone.status_code == 201, gone.text
    shown = gone.json()
    assert (shown["slug"], shown["reason"], shown["files"], shown["answers"]) == ("mill", "asked for", 1, 3)
    assert sorted(shown["speakers"]) == ["ida-brandt", "mill-interviewer", "oskar-venn"]
    assert editor.get("/v1/interviews/mill").status_code == 410
    read = editor.get(address)
    assert read.json() == {name: shown[name] for name in read.json()}
    assert gone.headers["ETag"] == read.headers["ETag"]
    assert editor.put(address, headers={"If-Match": "*"}).status_code == 410
    assert editor.delete(address).status_code == 428
    lifted = editor.delete(address, headers={"If-Match": read.headers["ETag"]})
    assert (lifted.status_code, lifted.json()) == (200, read.json())
    assert editor.get(address).status_code == 404
    assert editor.delete(address, headers={"If-Match": "*"}).status_code == 404
    assert load(TALK, ABOUT, "mill.txt").interview_id != shown["id"]


def test_an_interview_is_held_back_read_with_a_key_and_released(editor: TestClient) -> None:
    address, before = "/v1/interviews/mill/embargo", _whole(editor)
    assert editor.get(address).status_code == 404
    assert editor.put(address, json={"until": LATER}).status_code == 428
    would = editor.put(f"{address}?dry_run=true", json={"until": LATER}, headers=_tag(editor))
    assert would.json()["until"] == "2199-12-31T00:00:00Z"
    assert _whole(editor) == before
    headers = {**_tag(editor), "Quoth-Reason": "until%20the%20trial%20is%20over"}
    held = editor.put(address, json={"until": LATER}, headers=headers)
    assert held.status_code == 201, held.text
    assert held.json() == {
        "id": before["interview"]["id"],
        "slug": "mill",
        "address": "/v1/held/mill",
        "until": "2199-12-31T00:00:00Z",
        "reason": "until the trial is over",
        "was_published": True,
    }
    assert editor.get("/v1/interviews/mill").status_code == 410
    assert editor.get(address).json() == held.json()
    assert editor.get("/v1/held").json()["items"] == [held.json()]
    shown = editor.get("/v1/held/mill?include=all").json()
    for name, value in shown["interview"].items():
        if name != "address":
            assert value == before["interview"][name], name
    assert before["interview"].keys() - shown["interview"].keys() == {
        "previous", "next", "citation", "is_current", "superseded_by",
    }  # fmt: skip
    assert shown["turns"] == before["turns"]
    for question in shown["questions"]:
        # Rejected topics are shown nowhere else.
        question["topics"] = [one for one in question["topics"] if one["state"] != "rejected"]
    assert shown["questions"] == before["questions"]
    assert editor.get(f"/v1/held/{held.json()['id']}").json() == editor.get("/v1/held/mill").json()
    longer = editor.put(address, json={"until": "2200-01-01T06:00:00+01:00"}, headers=_tag(editor, address))
    assert (longer.status_code, longer.json()["until"]) == (200, "2200-01-01T05:00:00Z")
    assert longer.json()["reason"] == "until the trial is over"
    assert editor.put(address, json={"until": LATER}, headers={"If-Match": '"stale"'}).status_code == 412
    assert editor.delete(address).status_code == 428
    released = editor.delete(address, headers=_tag(editor, address))
    assert (released.status_code, released.json()["slug"]) == (200, "mill")
    assert released.headers["ETag"] == editor.get("/v1/interviews/mill").headers["ETag"]
    after = _whole(editor)
    assert {**after["interview"], "modified_at": ""} == {**before["interview"], "modified_at": ""}
    assert (after["turns"], after["questions"]) == (before["turns"], before["questions"])
    assert editor.get("/v1/held").json()["items"] == []
    assert editor.delete(address, headers={"If-Match": "*"}).status_code == 404


@pytest.mark.parametrize("until", ["2020-01-01", "tomorrow", "2199-12-31T06:00:00", "", None, 12])
def test_an_embargo_ends_at_a_time_in_the_future(editor: TestClient, until: Any) -> None:
    answer = editor.put("/v1/interviews/mill/embargo", json={"until": until}, headers=_tag(editor))
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "until")
    assert editor.get("/v1/interviews/mill").status_code == 200


def test_what_was_never_published_is_read_with_a_key_too(editor: TestClient, load: Load) -> None:
    load("Q: Who sang?\nA: The choir sang.\n", f'slug = "choir"\nembargo_until = "{LATER}"', "choir.txt")
    [held] = editor.get("/v1/held").json()["items"]
    assert (held["slug"], held["was_published"]) == ("choir", False)
    shown = editor.get("/v1/held/choir").json()
    assert [one["text"] for one in shown["turns"]] == ["Who sang?", "The choir sang."]
    assert [one["answers"][0]["text"] for one in shown["questions"]] == ["The choir sang."]
    assert editor.get("/v1/held/choir?fields=turns.text").json() == {
        "turns": [{"text": one["text"]} for one in shown["turns"]]
    }
    assert editor.get("/v1/held?limit=1&sort=-slug").json()["page"]["total"] == 1
    released = editor.delete("/v1/interviews/choir/embargo", headers={"If-Match": "*"})
    assert released.json()["revision"] == 1
    assert editor.get("/v1/held/choir").status_code == 404
