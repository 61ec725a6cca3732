"""What is stated of an interview that is held back, over HTTP: for keys that may read it, and for nobody else."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview
from app.models import Scope
from tests.api.held import Load, answered_as_unknown, load_held
from tests.api.keyed import bearer, key_for

TALK = """Q: Where did the river begin? And who kept the mill?
A: Under the old mill, behind our house.
Q: Did anybody keep it?
A: My aunt kept it.
"""
ADDRESS = "/v1/interviews/talk/statements"
READS = (ADDRESS, f"{ADDRESS}/versions", f"{ADDRESS}/versions/1", f"{ADDRESS}/versions/1?from=0")
ANYTHING = {"If-Match": "*"}
UNTIL = {"embargo_until": "2199-12-31T00:00:00+00:00"}


@pytest.fixture
def held(load: Load) -> LoadedInterview:
    return load_held(load, TALK, 'slug = "talk"\ntitle = "The mill"')


@pytest.fixture
def editor(database: Database, held: LoadedInterview) -> dict[str, str]:
    assert held.held_until is not None
    return bearer(key_for(database, Scope.WRITE, Scope.READ_HELD, name="Ada"))


def kinds(client: TestClient, editor: dict[str, str]) -> dict[str, str]:
    shown = client.get("/v1/held/talk", headers=editor).json()["turns"]
    return {turn["id"].rpartition("-")[2]: turn["kind"] for turn in shown}


def test_it_is_read_changed_and_undone_as_that_of_a_published_one(
    client: TestClient, editor: dict[str, str], held: LoadedInterview
) -> None:
    first = client.get(ADDRESS, headers=editor)
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "private, no-store")
    assert "Authorization" in first.headers["Vary"]
    state = first.json()
    assert (state["version"], state["statements"]["title"], state["revision"]) == (1, "The mill", 1)
    assert state["interview"] == {"id": held.interview_id, "slug": "talk", "title": "The mill"}
    note = {"turn": f"{held.interview_id}-t4", "kind": "note"}
    assert client.put(ADDRESS, json={}, headers=editor).status_code == 428
    tag = {**editor, "If-Match": first.headers["ETag"]}
    would = client.put(f"{ADDRESS}?dry_run=true", json={"title": "Mills", "turns": [note]}, headers=tag)
    assert (would.status_code, would.json()["version"]) == (200, 2)
    assert client.get(ADDRESS, headers=editor).content == first.content
    put = client.put(ADDRESS, json={"title": "Mills", "turns": [note]}, headers={**tag, "Quoth-Reason": "heard"})
    shown = client.get(ADDRESS, headers=editor)
    assert (put.status_code, put.json(), put.headers["ETag"]) == (200, shown.json(), shown.headers["ETag"])
    assert (put.json()["made_by"], put.json()["reason"], put.json()["statements"]["turns"]) == ("Ada", "heard", [note])
    assert client.put(ADDRESS, json={}, headers=tag).status_code == 412
    assert kinds(client, editor)["t4"] == "note"
    patch = {**editor, "If-Match": shown.headers["ETag"], "Content-Type": "application/merge-patch+json"}
    assert client.patch(ADDRESS, json={"title": None}, headers=patch).json()["statements"] == {"turns": [note], **UNTIL}
    versions = client.get(f"{ADDRESS}/versions", headers=editor).json()["items"]
    assert [(one["version"], one["is_current"]) for one in versions] == [(3, True), (2, False), (1, False)]
    version = client.get(f"{ADDRESS}/versions/3?from=1", headers=editor).json()
    assert [one["key"] for one in version["differences"]] == ["slug", "title", "turns"]
    again = {"Idempotency-Key": "one"}
    undone = [client.post(f"{ADDRESS}/undo", headers={**editor, **ANYTHING, **again}) for _time in range(2)]
    assert [(one.status_code, one.json()["version"]) for one in undone] == [(200, 4), (200, 4)]
    assert undone[0].json()["statements"] == {"title": "Mills", "turns": [note], **UNTIL}
    bad = client.put(ADDRESS, json={"turns": [{"turn": "no-t1", "kind": "note"}]}, headers={**editor, **ANYTHING})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/turns/0/turn")
    assert client.get(f"{ADDRESS}/versions/9", headers=editor).status_code == 404


def test_who_may_only_read_what_is_held_back_reads_it_there_and_not_elsewhere(
    client: TestClient, database: Database, editor: dict[str, str]
) -> None:
    reader = bearer(key_for(database, Scope.READ_HELD))
    for address in READS:
        seen = client.get(address, headers=reader)
        assert (seen.status_code, seen.content) == (200, client.get(address, headers=editor).content), address
        published = client.get(address.replace("talk", "ferry"), headers=reader)
        assert (published.status_code, published.json()["type"]) == (403, "/problems/forbidden")
    assert client.get("/v1/interviews/none/statements", headers=reader).status_code == 404
    assert client.put(ADDRESS, json={}, headers={**reader, **ANYTHING}).status_code == 403


@pytest.mark.parametrize("scopes", [(), (Scope.WRITE,), (Scope.WRITE, Scope.REDACT, Scope.KEYS)], ids=str)
def test_for_everybody_else_it_does_not_exist(
    client: TestClient, database: Database, scopes: tuple[Scope, ...], held: LoadedInterview
) -> None:
    key = key_for(database, *(scopes or (Scope.KEYS,)))
    headers = bearer(key) if scopes else {}

    def ask(name: str) -> list[Any]:
        address = ADDRESS.replace("talk", name)
        answers = [client.get(one.replace("talk", name), headers=headers) for one in READS]
        for if_match in ({}, ANYTHING, {"If-Match": '"other"'}):
            sent = {**headers, **if_match}
            answers += [
                client.put(address, json={"title": "X"}, headers=sent),
                client.patch(address, json={"title": "X"}, headers=sent),
                client.post(f"{address}/undo", headers=sent),
                client.post(f"{address}/undo?dry_run=true", headers={**sent, "Idempotency-Key": "it"}),
            ]
        return answers

    assert answered_as_unknown(held, ask) <= ({404, 428} if scopes else {401})
