import datetime
import hmac
import itertools
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col
from starlette.testclient import TestClient

from app.api.http.failed_attempts import FailedAttempts
from app.db import Database
from app.main import create_app
from app.models import Key, Scope
from app.queries.keys import KeyHolder, find_holder
from app.settings import Settings
from tests.api.keyed import bearer, key_for
from tests.conftest import NOW

WRONG = {
    "unknown": "Bearer quoth_00000000_" + 64 * "0",
    "cut": "Bearer quoth_0000",
    "nothing": "Bearer",
    "empty": "",
    "basic": "Basic YTpi",
    "no scheme": "quoth_00000000_" + 64 * "0",
}
PUBLIC = ("/v1/topics", "/v1/questions/none", "/nowhere", "/docs", "/healthz", "/openapi.json", "/", "/v1/keys")


def _days(number: int) -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=number)


def test_without_any_key_a_route_that_takes_one_says_how_to_make_one(client: TestClient, database: Database) -> None:
    def answer() -> Any:
        return client.request("DELETE", "/v1/keys/00000000")

    assert (answer().status_code, answer().json()["type"]) == (403, "/problems/no-keys")
    assert "quoth keys create NAME --scope keys" in answer().json()["detail"]
    key = key_for(database, Scope.WRITE)
    assert answer().status_code == 401
    assert answer().headers["WWW-Authenticate"] == 'Bearer realm="Quoth", scope="keys"'
    client.delete(f"/v1/keys/{key.prefix}", headers=bearer(key_for(database, expires_at=_days(1)), If_Match="*"))
    assert answer().status_code == 401


def test_wrong_key_is_refused_whatever_is_asked_for(client: TestClient) -> None:
    for path, method, (name, wrong) in itertools.product(PUBLIC, ("GET", "HEAD", "POST", "OPTIONS"), WRONG.items()):
        answer = client.request(method, path, headers={"Authorization": wrong})
        assert answer.status_code == 401, (method, path, name)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Authorization" in answer.headers["Vary"]


def test_key_of_each_end_is_refused_and_no_other(client: TestClient, database: Database) -> None:
    kept, revoked = key_for(database), key_for(database, Scope.WRITE, name="Bob")
    assert client.get("/v1/topics", headers=bearer(revoked)).status_code == 200
    answer = client.delete(f"/v1/keys/{revoked.prefix}", headers=bearer(kept, If_Match="*"))
    assert (answer.status_code, answer.json()["revoked_at"] is not None) == (200, True)
    assert client.get("/v1/topics", headers=bearer(revoked)).json()["detail"] == (
        f"The key {revoked.prefix} has been revoked."
    )
    with database.write() as connection:
        ends = sa.update(Key).where(col(Key.prefix) == kept.prefix).values(expires_at=_days(0))
        connection.execute(ends)
    assert client.get("/v1/topics", headers=bearer(kept)).status_code == 401
    # Its secret with another prefix, and the other way round.
    other = key_for(database)
    mixed = "_".join(["quoth", other.prefix, kept.key.rpartition("_")[2]])
    assert client.get("/v1/topics", headers=bearer(mixed)).json()["detail"] == "There is no such key."
    assert client.get("/v1/topics", headers=bearer(other)).status_code == 200
    twice = [("Authorization", f"Bearer {other.key}"), ("Authorization", f"Bearer {other.key}")]
    assert client.get("/v1/topics", headers=twice).status_code == 401


@pytest.mark.parametrize("scope", list(Scope))
def test_scope_that_is_missing_is_named(client: TestClient, database: Database, scope: Scope) -> None:
    answer = client.get("/v1/keys", headers=bearer(key_for(database, scope)))
    assert answer.status_code == (200 if scope is Scope.KEYS else 403)
    if scope is not Scope.KEYS:
        assert "'keys'" in answer.json()["detail"]
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Quoth", error="insufficient_scope", scope="keys"'


def test_scope_of_a_later_version_allows_nothing_and_breaks_nothing(client: TestClient, database: Database) -> None:
    key = key_for(database, Scope.KEYS)
    with database.write() as connection:
        later = sa.update(Key).where(col(Key.prefix) == key.prefix).values(scopes=["keys", "fly"])
        connection.execute(later)
    assert client.get("/v1/topics", headers=bearer(key)).status_code == 200
    assert client.delete(f"/v1/keys/{key.prefix}", headers=bearer(key, If_Match="*")).status_code == 200


def test_no_list_of_keys_has_a_secret(client: TestClient, database: Database) -> None:
    key = key_for(database, name="Ada at the archive")
    secret = key.key.rpartition("_")[2]
    answer = client.get("/v1/keys", headers=bearer(key))
    assert answer.json()["items"][0]["name"] == "Ada at the archive"
    assert secret not in answer.text
    assert "sha256" not in answer.text
    with database.read() as connection:
        stored = connection.exec_driver_sql("SELECT * FROM access_key").all()
    assert secret not in str(stored)


def test_secret_is_compared_in_constant_time_also_with_that_of_no_key(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long an answer takes tells neither how much of a secret is right, nor which prefixes there are."""
    compared: list[tuple[str, str]] = []

    def compare(given: str, stored: str) -> bool:
        compared.append((given, stored))
        return hmac.compare_digest(given, stored)

    monkeypatch.setattr("app.queries.keys.hmac", SimpleNamespace(compare_digest=compare))
    key = key_for(database)
    wrong, unknown = f"{key.key[:-64]}{64 * '0'}", f"quoth_00000000_{64 * '0'}"
    with database.read() as connection:
        found = [find_holder(connection, one, NOW) for one in (key.key, wrong, unknown)]
    assert [isinstance(one, KeyHolder) for one in found] == [True, False, False]
    assert [(len(given), len(stored)) for given, stored in compared] == [(64, 64)] * 3


def test_answer_to_a_key_is_for_nobody_else(client: TestClient, database: Database) -> None:
    """Nor is it taken from what others were answered."""
    key = bearer(key_for(database))
    public = client.get("/v1/topics")
    for _ in range(3):
        answer = client.get("/v1/topics", headers=key)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["ETag"] == public.headers["ETag"]
        assert "Authorization" in answer.headers["Vary"]
        left = client.get("/v1/topics", headers={**key, "If-None-Match": answer.headers["ETag"]})
        assert (left.status_code, left.headers["Cache-Control"]) == (304, "private, no-store")
    assert client.get("/v1/topics").headers["Cache-Control"].startswith("public")


def test_failed_attempts_are_bounded_and_nobody_is_locked_out(database: Database, database_url: str) -> None:
    app = create_app(Settings(database_url=database_url))
    app.state.access.attempts = FailedAttempts(address_burst=3, clock=lambda: 0.0)
    key, wrong = bearer(key_for(database)), {"Authorization": WRONG["unknown"]}
    with TestClient(app) as client:
        assert [client.get("/healthz", headers=wrong).status_code for _ in range(5)] == [401, 401, 401, 429, 429]
        answer = client.get("/healthz", headers=wrong)
        assert (answer.json()["type"], answer.headers["Retry-After"]) == ("/problems/too-many-attempts", "1")
        assert client.get("/v1/keys", headers=key).status_code == 200
        assert client.get("/healthz").status_code == 200


def test_attempts_are_counted_by_network_and_together_in_bounded_memory() -> None:
    now = 0.0
    attempts = FailedAttempts(address_burst=2, total_burst=30_000, clock=lambda: now)
    assert [attempts.note("192.0.2.1") for _ in range(3)] == [0, 0, 1]
    assert attempts.note("192.0.2.2") == 0
    assert [attempts.note(f"2001:db8::{number}") for number in (1, 2, 3)] == [0, 0, 1]
    assert attempts.note("2001:db8:0:1::1") == 0
    now = 1.0
    assert [attempts.note("192.0.2.1") for _ in range(2)] == [0, 1]
    for number in range(20_000):
        attempts.note(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(attempts.addresses) <= 10_000
    together = FailedAttempts(total_burst=5, clock=lambda: 0.0)
    assert [bool(together.note(f"192.0.2.{number}")) for number in range(7)] == [False] * 5 + [True] * 2


def test_last_use_is_noted_once_an_hour(database: Database, database_url: str) -> None:
    key = key_for(database)

    def used() -> Any:
        with database.read() as connection:
            return connection.exec_driver_sql("SELECT last_used_at FROM access_key").scalar_one()

    def use() -> None:
        with TestClient(create_app(Settings(database_url=database_url))) as client:
            for _ in range(3):
                assert client.get("/v1/topics", headers=bearer(key)).status_code == 200

    assert used() is None
    use()
    first = used()
    assert first is not None
    use()
    assert used() == first
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE access_key SET last_used_at = '2026-01-01 00:00:00+00:00'")
    use()
    assert str(used()) > "2026-01-02"


def test_pages_of_other_origins_may_send_a_key(client: TestClient) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "DELETE"}
    answer = client.options("/v1/keys/00000000", headers=asked)
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, DELETE, OPTIONS"
    assert answer.headers["Access-Control-Allow-Headers"] == "*, Authorization"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_no_log_has_a_key(client: TestClient, database: Database, caplog: pytest.LogCaptureFixture) -> None:
    key = key_for(database)
    caplog.set_level("DEBUG")
    client.get("/v1/keys", headers=bearer(key))
    client.get("/v1/keys", headers=bearer(key.key[:-1]))
    assert key.key.rpartition("_")[2][:-1] not in caplog.text
