"""Words of an interview that is held back are taken out over HTTP, or all of it: by keys that may read it."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview
from app.models import Scope
from tests.api.held import Load, answered_as_unknown, load_held
from tests.api.keyed import bearer, key_for

TALK = "Q: Who kept the mill?\nA: My aunt kept the papers of Mr Quill.\n\nQ: And then?\nA: It burnt down.\n"
HELD, TALKED = "/v1/held/mill", "/v1/interviews/mill"
WORDS = {"words": "Mr Quill"}


@pytest.fixture
def held(load: Load) -> LoadedInterview:
    return load_held(load, TALK, 'slug = "mill"')


@pytest.fixture
def editor(client: TestClient, database: Database, held: LoadedInterview) -> TestClient:
    assert held.held_until is not None
    key = key_for(database, Scope.REDACT, Scope.READ_HELD)
    client.headers.update(bearer(key, Accept_Encoding="identity"))
    return client


def _tag(client: TestClient) -> dict[str, str]:
    return {"If-Match": client.get(HELD).headers["ETag"]}


def test_words_are_taken_out_after_a_dry_run_has_shown_them(editor: TestClient, held: LoadedInterview) -> None:
    address, before, tag = f"{TALKED}/redactions", editor.get(HELD).content, _tag(editor)
    would = editor.post(f"{address}?dry_run=true", json=WORDS, headers=tag)
    assert (would.status_code, [one["words"] for one in would.json()["passages"]]) == (200, ["Mr Quill"])
    assert editor.get(HELD).content == before
    assert editor.post(address, json=WORDS).status_code == 428
    assert editor.post(address, json=WORDS, headers={"If-Match": '"stale"'}).status_code == 412
    done = editor.post(address, json=WORDS, headers={**tag, "Quoth-Reason": "a%20court%20order"})
    assert (done.status_code, done.headers["ETag"]) == (200, _tag(editor)["If-Match"])
    assert (done.json()["revision"], done.json()["source_files"]) == (1, 1)
    shown = editor.get(HELD)
    assert "Quill" not in shown.text
    assert shown.json()["turns"][1]["text"] == "My aunt kept the papers of ████████."
    assert editor.post(address, json=WORDS, headers=tag).status_code == 412
    item = {"item": f"{held.interview_id}-t4"}
    assert editor.post(address, json=item, headers=_tag(editor)).status_code == 200
    assert "burnt" not in editor.get(HELD).text
    for wrong in ({"item": "ferry"}, {"item": f"{held.interview_id}-t9"}, {"words": "windmill"}):
        refused = editor.post(address, json=wrong, headers=_tag(editor))
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/invalid-parameter"), wrong
    released = editor.delete(f"{TALKED}/embargo", headers={"If-Match": "*"})
    assert released.status_code == 403


def test_all_of_it_is_withdrawn_and_nobody_else_is_told(
    editor: TestClient, held: LoadedInterview, database: Database
) -> None:
    address, public = f"{TALKED}/withdrawal", editor.get("/v1/changes").content
    assert editor.put(address).status_code == 428
    gone = editor.put(address, headers={**_tag(editor), "Quoth-Reason": "asked%20for"})
    assert (gone.status_code, gone.json()["slug"], gone.json()["reason"]) == (201, "mill", "asked for")
    assert (editor.get(HELD).status_code, editor.get(TALKED).status_code) == (404, 404)
    assert editor.get("/v1/changes").content == public
    other = bearer(key_for(database, Scope.REDACT))
    for name in ("mill", held.interview_id):
        assert editor.get(f"/v1/interviews/{name}/withdrawal").json()["id"] == held.interview_id
        assert editor.get(f"/v1/interviews/{name}/withdrawal", headers=other).status_code == 404
        lifted = editor.delete(f"/v1/interviews/{name}/withdrawal", headers={**other, "If-Match": "*"})
        assert lifted.status_code == 404
    assert editor.delete(address, headers={"If-Match": "*"}).status_code == 200
    assert editor.get(address).status_code == 404


@pytest.mark.parametrize("scopes", [(), (Scope.REDACT,), (Scope.REDACT, Scope.WRITE, Scope.KEYS)], ids=str)
def test_for_everybody_else_it_does_not_exist(
    client: TestClient, database: Database, scopes: tuple[Scope, ...], held: LoadedInterview
) -> None:
    key = key_for(database, *(scopes or (Scope.KEYS,)))
    headers = bearer(key) if scopes else {}

    def ask(name: str) -> list[Any]:
        base, found = f"/v1/interviews/{name}", []
        for if_match in ({}, {"If-Match": "*"}):
            sent = {**headers, **if_match}
            bodies = (WORDS, {"item": f"{held.interview_id}-t2"})
            found += [client.post(f"{base}/redactions", json=body, headers=sent) for body in bodies]
            found += [client.put(f"{base}/withdrawal", headers=sent), client.delete(f"{base}/withdrawal", headers=sent)]
        return [*found, client.get(f"{base}/withdrawal", headers=headers)]

    assert answered_as_unknown(held, ask) <= ({404} if scopes else {401})
