"""Speakers who may be one person, listed for programs that may merge them."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.models import Scope
from app.settings import Settings
from tests.api.keyed import bearer, key_for
from tests.loading.test_statements import ONE, THREE, TWO, Talk, store


@pytest.fixture
def client(database: Database, database_url: str) -> Iterator[TestClient]:
    store(
        database, ONE, TWO, THREE, *(Talk(f"more-{one}", (name,)) for one, name in enumerate(("Ann Ott", "Ann Otto")))
    )
    with TestClient(create_app(Settings(database_url=database_url))) as client:
        client.headers.update(bearer(key_for(database, Scope.WRITE)))
        yield client


def test_likely_doubles_are_listed_until_they_are_merged(client: TestClient) -> None:
    first = client.get("/v1/doubles?limit=1").json()
    second = client.get(first["page"]["next"].removeprefix("http://testserver")).json()
    assert (first["page"]["total"], second["page"]["next"]) == (2, None)
    [double] = [one for one in first["items"] + second["items"] if one["speakers"][0]["slug"] == "jane-rowe"]
    assert double["reasons"] == ["1 letter differs: Jane Roe, Jane Rowe"]
    assert double["against"] == []
    assert [(one["slug"], one["interview_count"], one["answer_count"]) for one in double["speakers"]] == [
        ("jane-rowe", 2, 2),
        ("jane-roe", 1, 1),
    ]
    assert double["speakers"][0]["address"].endswith("/v1/speakers/jane-rowe")
    keep, other = (one["slug"] for one in double["speakers"])
    made = client.post("/v1/statements", json={"kind": "merged", "speaker": keep, "other": other})
    assert made.status_code == 201
    left = client.get("/v1/doubles").json()
    assert [one["speakers"][0]["slug"] for one in left["items"]] == ["ann-ott"]
    rows = client.get("/v1/doubles?format=csv").text.splitlines()
    assert rows[0].startswith('"score","speakers.slug"')
    assert len(rows) == 2


def test_likely_doubles_are_for_keys_that_may_merge(client: TestClient, database: Database) -> None:
    assert client.get("/v1/doubles", headers={"Authorization": ""}).status_code in {401, 403}
    reader = bearer(key_for(database, Scope.READ_HELD))
    assert client.get("/v1/doubles", headers=reader).status_code == 403
    assert client.get("/v1/doubles?sort=name").status_code == 422
