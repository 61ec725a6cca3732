"""/v1/audit: who changed what, for keys with the scope alone."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.loading import NewKey
from app.models import Scope
from tests.api.keyed import bearer, key_for
from tests.loading.test_author import WHO, Editor


@pytest.fixture
def database(database: Database) -> Database:
    with database.write() as connection:
        Editor(connection).write_everything()
    return database


@pytest.fixture
def key(database: Database) -> NewKey:
    return key_for(database, Scope.KEYS)


def ask(client: TestClient, key: NewKey, query: str = "") -> Any:
    answer = client.get(f"/v1/audit{query}", headers=bearer(key))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Authorization" in answer.headers["Vary"]
    return answer.json()


def test_trail_has_who_when_from_where_why_and_how_much(client: TestClient, key: NewKey) -> None:
    page = ask(client, key)
    assert page["page"]["total"] == 17
    lifted, withdrawn, ended = page["items"][:3]
    assert [one["revision"] for one in page["items"]] == list(range(17, 0, -1))
    assert (withdrawn["who"], withdrawn["origin"], withdrawn["reason"]) == (WHO, "api", "for a reason")
    assert withdrawn["made_at"] < lifted["made_at"]
    assert ended["origin"] == "server"
    assert withdrawn["interview"]["slug"] == "three"
    assert withdrawn["interview"]["revision"] is None
    assert {"noun": "interview", "action": "deleted", "count": 1} in withdrawn["changes"]


def test_pages_follow_one_another(client: TestClient, key: NewKey) -> None:
    seen, query = [], "?limit=7"
    while query:
        page = ask(client, key, query)
        seen += [one["revision"] for one in page["items"]]
        query = page["page"]["next"] and "?" + page["page"]["next"].partition("?")[2]
    assert seen == list(range(17, 0, -1))


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("?interview=three", 6),
        ("?who=Wilhelmina%20Zephyr", 17),
        ("?who=wilhelmina", 0),
        ("?since=2026-01-02T03:04:21Z", 2),
        ("?until=2026-01-02T04:04:08%2B01:00", 2),
        ("?since=2026-01-03", 0),
        ("?until=2026-01-03&interview=three&who=Wilhelmina%20Zephyr", 6),
    ],
)
def test_filters_narrow_the_trail(client: TestClient, key: NewKey, query: str, total: int) -> None:
    assert ask(client, key, query)["page"]["total"] == total


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("?interview=onee", "interview"),
        ("?since=yesterday", "since"),
        ("?until=2026-13-01", "until"),
        ("?since=0001-01-01T00:00:00%2B14:00", "since"),
        ("?since=2026-01-02T03:04:05", "since"),
        ("?who=", "who"),
        ("?sort=revision", "sort"),
        ("?whom=ida", "whom"),
    ],
)
def test_wrong_parameter_is_named(client: TestClient, key: NewKey, query: str, parameter: str) -> None:
    answer = client.get(f"/v1/audit{query}", headers=bearer(key))
    assert answer.status_code == 422
    assert [one["parameter"] for one in answer.json()["errors"]] == [parameter]


def test_nobody_reads_it_without_the_scope(client: TestClient, key: NewKey, database: Database) -> None:
    assert client.get("/v1/audit").status_code == 401
    others = key_for(database, Scope.WRITE, Scope.READ_HELD, Scope.REDACT)
    assert client.get("/v1/audit", headers=bearer(others)).status_code == 403
    assert ask(client, key)["items"]
    # What the key has read is cached for nobody.
    assert client.get("/v1/audit").status_code == 401


def test_whole_trail_is_there_as_a_table(client: TestClient, key: NewKey) -> None:
    answer = client.get("/v1/audit?format=csv", headers=bearer(key))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.text.count(WHO) == 17


def test_slug_that_nothing_has_is_suggested_once(client: TestClient, key: NewKey) -> None:
    refused = client.get("/v1/audit?interview=onee", headers=bearer(key)).json()
    assert refused["detail"] == "There is no interview 'onee'. Did you mean 'one'?"
