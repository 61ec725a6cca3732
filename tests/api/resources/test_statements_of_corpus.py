"""Speakers merged, parted and undone over HTTP."""

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.models import Scope
from app.queries.canonical import lines
from tests.api.keyed import bearer, key_for
from tests.loading.test_statements import Talk, store

TALKS = (
    Talk("one", ("Ida Brandt",)),
    Talk("two", ("I. Brandt",)),
    Talk("three", ("Ida Brandt", "Oskar Venn")),
)
MERGER = {"kind": "merged", "speaker": "ida-brandt", "other": "two-i-brandt"}


@pytest.fixture
def editor(client: TestClient, database: Database) -> TestClient:
    store(database, *TALKS)
    client.headers.update(bearer(key_for(database, Scope.WRITE, name="Ada"), Accept_Encoding="identity"))
    return client


def _other(editor: TestClient) -> str:
    items = editor.get("/v1/speakers?limit=100").json()["items"]
    return str(next(one["slug"] for one in items if one["name"] == "I. Brandt"))


def _of_people(rows: list[str]) -> list[str]:
    return [row for row in rows if '"table":"speaker"' in row or '"table":"contribution"' in row]


def test_speakers_are_merged_listed_and_undone(editor: TestClient, database: Database) -> None:
    other = _other(editor)
    with database.read() as connection:
        before = list(lines(connection))
    headers = {"Quoth-Reason": "The%20same%20voice"}
    body = {**MERGER, "other": other}
    made = editor.post("/v1/statements", json=body, headers=headers)
    assert made.status_code == 201, made.text
    stated = made.json()
    assert (stated["number"], stated["speaker"], stated["other"]) == (1, "ida-brandt", other)
    assert (stated["interviews_changed"], stated["reason"], stated["undone_at"]) == (1, "The same voice", None)
    assert stated["made_by"] == "Ada"
    assert made.headers["Location"] == stated["address"] == "/v1/statements/1"
    read = editor.get("/v1/statements/1")
    assert read.json() == {name: value for name, value in stated.items() if name != "interviews_changed"}
    assert made.headers["ETag"] == read.headers["ETag"]
    assert editor.get(f"/v1/speakers/{other}", follow_redirects=False).headers["Location"] == "/v1/speakers/ida-brandt"
    assert editor.get("/v1/statements").json()["items"] == [read.json()]
    assert editor.delete("/v1/statements/1").status_code == 428
    assert editor.delete("/v1/statements/1", headers={"If-Match": '"stale"'}).status_code == 412
    undone = editor.delete("/v1/statements/1", headers={"If-Match": read.headers["ETag"]})
    assert (undone.status_code, undone.json()["undone_by"]) == (200, "Ada")
    assert editor.get(f"/v1/speakers/{other}").status_code == 200
    assert editor.get("/v1/statements").json()["items"] == []
    assert [one["number"] for one in editor.get("/v1/statements?undone=true").json()["items"]] == [1]
    assert editor.delete("/v1/statements/1", headers={"If-Match": "*"}).status_code == 404
    with database.read() as connection:
        after = list(lines(connection))
    assert _of_people(after) == _of_people(before)


def test_a_speaker_is_parted_and_is_one_again(editor: TestClient) -> None:
    body = {"kind": "parted", "speaker": "ida-brandt", "interviews": ["three"], "name": "Ida Brandt the younger"}
    made = editor.post("/v1/statements", json=body)
    assert made.status_code == 201, made.text
    other = made.json()["other"]
    assert made.json()["interviews"] == ["three"]
    assert editor.get(f"/v1/speakers/{other}").json()["name"] == "Ida Brandt the younger"
    undone = editor.delete("/v1/statements/1", headers={"If-Match": "*"})
    assert undone.json()["interviews_changed"] == 1
    assert editor.get(f"/v1/speakers/{other}", follow_redirects=False).status_code == 308


def test_a_dry_run_tells_and_changes_nothing(editor: TestClient, database: Database) -> None:
    other = _other(editor)
    with database.read() as connection:
        before = list(lines(connection))
    answer = editor.post("/v1/statements?dry_run=true", json={**MERGER, "other": other})
    assert answer.json()["interviews_changed"] == 1
    with database.read() as connection:
        assert list(lines(connection)) == before
    assert editor.get("/v1/statements").json()["items"] == []


def test_two_people_are_stated_left_out_of_the_doubles_and_undone(editor: TestClient) -> None:
    other = _other(editor)
    [double] = editor.get("/v1/doubles").json()["items"]
    made = editor.post("/v1/statements", json={**MERGER, "kind": "distinct", "other": other})
    assert (made.status_code, made.json()["kind"], made.json()["interviews_changed"]) == (201, "distinct", 0)
    assert editor.get("/v1/doubles").json()["items"] == []
    refused = editor.post("/v1/statements", json={**MERGER, "other": other})
    assert (refused.status_code, "undo statement 1 first" in refused.json()["detail"]) == (422, True)
    etag = editor.get("/v1/statements/1").headers["ETag"]
    assert etag == made.headers["ETag"]
    assert editor.delete("/v1/statements/1", headers={"If-Match": etag}).json()["undone_by"] == "Ada"
    assert editor.get("/v1/doubles").json()["items"] == [double]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({**MERGER, "other": "ida-brand"}, "Did you mean 'ida-brandt'"),
        ({**MERGER, "other": "ida-brandt"}, "one speaker"),
        ({**MERGER, "other": "oskar-venn"}, "both take part"),
        ({**MERGER, "kind": "joined"}, "kind"),
        ({**MERGER, "kind": "distinct", "other": "ida-brandt"}, "one speaker"),
        ({**MERGER, "kind": "distinct", "other": "oskar-venn", "name": "Oskar"}, "both keep their names"),
        ({"kind": "distinct", "speaker": "ida-brandt"}, "other"),
        ({**MERGER, "interviews": ["three"]}, "interviews"),
        ({"kind": "merged", "speaker": "ida-brandt"}, "other"),
        ({"speaker": "ida-brandt"}, "kind"),
        ({"kind": "parted", "speaker": "ida-brandt", "interviews": ["two"]}, "takes no part"),
        ({"kind": "parted", "speaker": "ida-brandt", "interviews": ["one", "three"]}, "only in"),
        ({"kind": "parted", "speaker": "ida-brandt", "interviews": []}, "interviews"),
        ({"kind": "parted", "speaker": "ida-brandt", "interviews": ["nothing"]}, "interview 'nothing'"),
    ],
)
def test_what_cannot_be_so_is_refused(editor: TestClient, body: dict[str, object], said: str) -> None:
    answer = editor.post("/v1/statements", json=body)
    assert answer.status_code == 422, answer.text
    assert said in answer.json()["detail"]
    assert editor.get("/v1/statements?undone=true").json()["items"] == []


def test_a_former_slug_still_means_the_speaker(editor: TestClient) -> None:
    other = _other(editor)
    editor.post("/v1/statements", json={**MERGER, "other": other})
    answer = editor.post("/v1/statements", json={"kind": "merged", "speaker": "oskar-venn", "other": other})
    # It is Ida Brandt now, who takes part where he does.
    assert (answer.status_code, "both take part" in answer.json()["detail"]) == (422, True)


def test_who_are_one_already_are_named_as_they_were_asked_for(editor: TestClient) -> None:
    other = _other(editor)
    assert editor.post("/v1/statements", json={**MERGER, "other": other}).status_code == 201
    again = editor.post("/v1/statements", json={**MERGER, "other": other}).json()
    assert again["detail"] == f"'ida-brandt' and '{other}' are one speaker"


def test_statements_say_who_made_them_and_so_take_a_key(editor: TestClient) -> None:
    editor.post("/v1/statements", json={**MERGER, "other": _other(editor)})
    del editor.headers["Authorization"]
    for address in ("/v1/statements", "/v1/statements/1"):
        assert editor.get(address).status_code == 401
