"""The commands `quoth keys`."""

import re

import pytest
from starlette.testclient import TestClient

from app.db import Database
from tests.api.keyed import bearer
from tests.cli.test_command_line import Run


@pytest.fixture
def run(database_url: str) -> Run:
    return Run(database_url)


def test_key_is_shown_once_and_opens_what_it_allows_until_it_is_revoked(run: Run, client: TestClient) -> None:
    assert run("keys", "list").startswith("There are no keys")
    printed = run("keys", "create", "Ada at the archive", "--scope", "keys", "--scope", "write")
    [key] = re.findall(r"^quoth_[0-9a-f]{8}_[0-9a-f]{64}$", printed, re.MULTILINE)
    prefix = key.split("_")[1]
    assert client.get("/v1/keys", headers=bearer(key)).json()["items"][0]["scopes"] == ["write", "keys"]
    listed = run("keys", "list")
    assert prefix in listed
    assert "write keys" in listed
    assert key.split("_")[2] not in listed + str(run.json("keys", "list"))
    refused = run("keys", "revoke", key, code=64)
    assert "by its prefix" in refused
    assert key not in refused
    assert run("keys", "revoke", prefix) == f"revoked {prefix}, the key of Ada at the archive\n"
    assert client.get("/v1/keys", headers=bearer(key)).status_code == 401
    before = run.json("keys", "list")["keys"][0]["revoked_at"]
    run("keys", "revoke", prefix)
    assert run.json("keys", "list")["keys"][0]["revoked_at"] == before


def test_key_is_revoked_by_its_name_where_it_is_the_only_one(run: Run, database: Database) -> None:
    first = run.json("keys", "create", "Ada", "--scope", "write")
    second = run.json("keys", "create", "Ada", "--scope", "write", "--expires", "2099-12-31")
    assert second["expires_at"].startswith("2099-12-31 00:00:00+00:00")
    assert first["prefix"] in run("keys", "revoke", "Ada", code=64)
    run("keys", "revoke", first["prefix"])
    assert second["prefix"] in run("keys", "revoke", "Ada")
    assert "There is no key 'Ada'" in run("keys", "revoke", "Ada", code=65)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", "--scope", "write"), "1 to 100 characters"),
        (("x" * 101, "--scope", "write"), "1 to 100 characters"),
        (("Ada\n", "--scope", "write", "--expires", "2001-01-01"), "in the past"),
        (("Ada", "--scope", "write", "--expires", "soon"), "write a day"),
        (("Ada", "--scope", "write", "--expires", "2099-12-31T10:00"), "write a day"),
    ],
)
def test_key_that_cannot_be_made(run: Run, arguments: tuple[str, ...], message: str) -> None:
    assert message in run("keys", "create", *arguments, code=64)
    assert run.json("keys", "list") == {"keys": []}
