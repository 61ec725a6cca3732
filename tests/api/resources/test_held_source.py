"""The file of an interview that is held back is corrected over HTTP: by keys that may read it, and for nobody else."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview, withdraw
from app.models import Scope
from tests.api.held import Load, answered_as_unknown, load_held
from tests.api.keyed import bearer, key_for
from tests.authors import at
from tests.conftest import NOW
from tests.maintenance.test_integrity import findings_of

TALK = "Q: Who kept the mill?\nA: My aunt kept it.\n\nQ: And then?\nA: It burnt down.\n"
CORRECTED = TALK.replace("My aunt kept it.", "My aunt kept it, and nobody else.")
HELD, SOURCE = "/v1/held/mill", "/v1/interviews/mill/source?name=mill.txt"
NOT_SEEN = (Scope.WRITE, Scope.REDACT, Scope.KEYS)


@pytest.fixture
def held(load: Load) -> LoadedInterview:
    return load_held(load, TALK, 'slug = "mill"\ntitle = "The mill"')


@pytest.fixture
def editor(client: TestClient, database: Database, held: LoadedInterview) -> TestClient:
    assert held.held_until is not None
    client.headers.update(bearer(key_for(database, Scope.WRITE, Scope.READ_HELD), Accept_Encoding="identity"))
    return client


def test_file_is_corrected_after_a_dry_run_has_shown_what_changes(
    editor: TestClient, held: LoadedInterview, database: Database
) -> None:
    before, public = editor.get(HELD), editor.get("/v1/changes").content
    assert editor.put(SOURCE, content=CORRECTED).status_code == 428
    tag = {"If-Match": before.headers["ETag"]}
    would = editor.put(f"{SOURCE}&dry_run=true", content=CORRECTED, headers=tag)
    assert (would.status_code, would.json()["outcome"], "ETag" in would.headers) == (200, "held", False)
    correction = would.json()["correction"]
    assert (correction["outcome"], correction["revision"], correction["counts"]["answer"]["changed"]) == (
        "changed",
        1,
        1,
    )
    assert editor.get(HELD).content == before.content
    done = editor.put(SOURCE, content=CORRECTED, headers=tag)
    after = editor.get(HELD)
    assert (done.status_code, done.json()["outcome"], done.json()["revision"]) == (200, "held", 1)
    assert (done.json()["interview"], done.headers["ETag"]) == (None, after.headers["ETag"])
    # What is the same keeps its id, and what is stated of it stays.
    assert [turn["id"] for turn in after.json()["turns"]] == [turn["id"] for turn in before.json()["turns"]]
    assert (after.json()["turns"][1]["text"], after.json()["interview"]["title"]) == (
        "My aunt kept it, and nobody else.",
        "The mill",
    )
    assert editor.put(SOURCE, content=TALK, headers=tag).status_code == 412
    same = editor.put(SOURCE, content=CORRECTED, headers={"If-Match": after.headers["ETag"]})
    assert (same.json()["outcome"], same.headers["ETag"]) == ("unchanged", after.headers["ETag"])
    other = "Q: Is anything of this the same at all?\nA: Not one word, I should say.\n"
    refused = editor.put(SOURCE, content=other, headers={"If-Match": "*"})
    assert (refused.status_code, "replace=true" in refused.json()["detail"]) == (409, True)
    assert editor.put(f"{SOURCE}&replace=true", content=other, headers={"If-Match": "*"}).status_code == 200
    assert editor.get("/v1/changes").content == public
    assert findings_of(database) == []


def test_metadata_that_says_the_time_is_over_publishes_it(editor: TestClient) -> None:
    parts = {"file": ("mill.txt", CORRECTED), "metadata": ("m.toml", 'embargo_until = "2026-01-01"')}
    done = editor.put(SOURCE, files=parts, headers={"If-Match": "*"})
    assert (done.status_code, done.json()["held_until"], done.json()["interview"]["slug"]) == (200, None, "mill")
    assert done.headers["ETag"] == editor.get("/v1/interviews/mill/source").headers["ETag"]
    assert editor.get(HELD).status_code == 404


def test_file_that_is_sent_as_a_new_one_is_led_to_its_interview(editor: TestClient, held: LoadedInterview) -> None:
    refused = editor.post("/v1/interviews?name=mill.txt", content=CORRECTED)
    assert (refused.status_code, "/v1/interviews/mill/source" in refused.json()["detail"]) == (409, True)
    would = editor.post("/v1/interviews?name=mill.txt&replace=true&dry_run=true", content=CORRECTED)
    assert (would.status_code, would.json()["correction"]["outcome"]) == (200, "changed")
    done = editor.post("/v1/interviews?name=mill.txt&replace=true", content=CORRECTED)
    assert (done.status_code, done.json()["interview_id"]) == (200, held.interview_id)


@pytest.mark.parametrize("scopes", [(), (Scope.WRITE,), NOT_SEEN], ids=str)
def test_for_everybody_else_there_is_no_such_interview(
    client: TestClient, database: Database, scopes: tuple[Scope, ...], held: LoadedInterview
) -> None:
    key = key_for(database, *(scopes or (Scope.KEYS,)))
    headers = bearer(key) if scopes else {}

    def ask(name: str) -> list[Any]:
        address = SOURCE.replace("mill/", f"{name}/")
        sent = [{**headers, **one} for one in ({}, {"If-Match": "*"}, {"If-Match": '"seen"'})]
        whole = [client.put(address, content=text, headers=one) for one in sent for text in (TALK, CORRECTED)]
        return [*whole, *(client.put(f"{address}&dry_run=true", content=CORRECTED, headers=one) for one in sent)]

    assert answered_as_unknown(held, ask) == ({404} if scopes else {401})


@pytest.mark.parametrize("state", ["held back", "withdrawn"])
@pytest.mark.parametrize("query", ["", "&dry_run=true", "&replace=true"])
def test_key_that_may_not_see_it_is_told_that_its_file_is_refused_and_nothing_of_it(
    client: TestClient, database: Database, held: LoadedInterview, state: str, query: str
) -> None:
    if state == "withdrawn":
        with database.write() as connection:
            withdraw(connection, "mill", at(NOW, "Mr Quill asked"), held=True)
    public = client.get("/v1/changes").content
    headers = bearer(key_for(database, *NOT_SEEN))
    address = f"/v1/interviews?name=another.txt{query}"
    refused = client.post(address, content=TALK, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    shown = f"{refused.headers} {refused.text}"
    assert not any(secret in shown for secret in (held.interview_id, "mill", "2199", "Quill"))
    if state == "held back":
        # Its slug is taken, for a file that has nothing to do with it, too; the refusal is the same.
        parts = {"file": ("another.txt", "Q: Is it late?\nA: It is.\n"), "metadata": ("m.toml", 'slug = "mill"')}
        by_slug = client.post(address, files=parts, headers=headers)
        assert (by_slug.status_code, by_slug.json()["detail"]) == (409, refused.json()["detail"])
    assert client.get("/v1/changes").content == public
    assert findings_of(database) == []
