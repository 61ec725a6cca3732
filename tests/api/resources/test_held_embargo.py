"""Who may write holds an interview back; what is held back already is changed and released by those who may see it."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview
from app.models import Scope
from tests.api.held import Load, answered_as_unknown, load_held
from tests.api.keyed import bearer, key_for

FAR, LATER = {"until": "2199-01-01"}, {"until": "2198-01-01"}
EMBARGO = "/v1/interviews/{}/embargo"


@pytest.fixture
def held(load: Load) -> LoadedInterview:
    return load_held(load, "Q: Who kept the mill?\nA: My aunt kept it.\n", 'slug = "mill"')


@pytest.fixture
def writer(database: Database) -> dict[str, str]:
    return bearer(key_for(database, Scope.WRITE), Accept_Encoding="identity")


@pytest.mark.parametrize("scopes", [(), (Scope.WRITE,), (Scope.WRITE, Scope.REDACT, Scope.KEYS)], ids=str)
def test_who_may_not_see_it_is_answered_as_if_there_were_none(
    client: TestClient, database: Database, held: LoadedInterview, scopes: tuple[Scope, ...]
) -> None:
    headers = bearer(key_for(database, *scopes)) if scopes else {}
    if not scopes:
        key_for(database, Scope.KEYS)
    before = client.get("/v1/held/mill", headers=bearer(key_for(database, Scope.READ_HELD))).content

    def put(name: str) -> list[Any]:
        address, sent = EMBARGO.format(name), [{**headers, "If-Match": one} for one in ("*", '"seen"')]
        bodies: list[Any] = [FAR, {"until": "2020-01-01"}]
        answers = [client.put(address, json=body, headers=one) for one in (headers, *sent) for body in bodies]
        return [*answers, *(client.put(f"{address}?dry_run=true", json=FAR, headers=one) for one in sent)]

    def release(name: str) -> list[Any]:
        address = EMBARGO.format(name)
        return [client.delete(address, headers=one) for one in (headers, {**headers, "If-Match": "*"})]

    assert answered_as_unknown(held, put) == ({404} if scopes else {401})
    assert answered_as_unknown(held, release) == ({403} if scopes else {401})
    after = client.get("/v1/held/mill", headers=bearer(key_for(database, Scope.READ_HELD))).content
    assert after == before


@pytest.mark.usefixtures("held")
def test_who_may_write_holds_a_published_one_back_and_then_sees_nothing_of_it(
    client: TestClient, database: Database, writer: dict[str, str]
) -> None:
    address, public = EMBARGO.format("ferry"), client.get("/v1/interviews/ferry", headers=writer)
    tag = {**writer, "If-Match": public.headers["ETag"]}
    would = client.put(f"{address}?dry_run=true", json=FAR, headers=tag)
    assert (would.status_code, would.json()["until"]) == (200, "2199-01-01T00:00:00Z")
    done = client.put(address, json=FAR, headers=tag)
    assert (done.status_code, done.json()["until"], "ETag" in done.headers) == (201, "2199-01-01T00:00:00Z", True)
    gone = client.get("/v1/interviews/ferry").json()
    for if_match in ("*", done.headers["ETag"], public.headers["ETag"]):
        # This key is answered as everybody.
        again = client.put(address, json=LATER, headers={**writer, "If-Match": if_match})
        assert (again.status_code, again.json()["detail"]) == (410, gone["detail"])
        assert client.delete(address, headers={**writer, "If-Match": if_match}).status_code == 403
    assert client.get(address, headers=writer).status_code == 403
    editor = bearer(key_for(database, Scope.WRITE, Scope.READ_HELD), Accept_Encoding="identity")
    shown = client.get(address, headers=editor)
    assert (shown.json(), shown.headers["ETag"]) == (done.json(), done.headers["ETag"])
    changed = client.put(address, json=LATER, headers={**editor, "If-Match": shown.headers["ETag"]})
    assert (changed.status_code, changed.json()["until"]) == (200, "2198-01-01T00:00:00Z")
    assert client.put(address, json=FAR, headers={**editor, "If-Match": shown.headers["ETag"]}).status_code == 412
    released = client.delete(address, headers={**editor, "If-Match": changed.headers["ETag"]})
    assert (released.status_code, client.get("/v1/interviews/ferry").status_code) == (200, 200)


@pytest.mark.usefixtures("held")
def test_refusal_names_each_scope_that_is_needed(client: TestClient, writer: dict[str, str]) -> None:
    refused = client.delete(EMBARGO.format("mill"), headers=writer)
    assert "the scope 'write' and the scope 'read:held'" in refused.json()["detail"]
    assert 'scope="write read:held"' in refused.headers["WWW-Authenticate"]
    assert "the scope 'write' and the scope" in client.delete(EMBARGO.format("mill")).json()["detail"]
