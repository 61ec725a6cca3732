"""Every operation that writes, as the OpenAPI document has them, against keys, conditions and repetitions. A new one
joins by itself; it needs a case in tests/api/write_cases.py.
"""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import loading
from app.db import Database
from app.main import create_app
from app.models import Scope
from app.queries.canonical import lines
from app.settings import Settings
from tests.api.keyed import bearer, key_for
from tests.api.killed import AFTER, BEFORE, ask_and_be_killed
from tests.api.write_cases import CASES, Case
from tests.conftest import NOW

WRONG = {
    "unknown": "Bearer quoth_00000000_" + 64 * "0",
    "malformed": "Bearer quoth_0000",
    "another scheme": "Basic YTpi",
}


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    scopes: tuple[Scope, ...]
    has_if_match: bool
    is_upload: bool
    examples: dict[str, str]

    def __str__(self) -> str:
        return self.id


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = create_app(Settings(database_url="sqlite:///nowhere/quoth.db")).openapi()
    return document


def _operations() -> list[Operation]:
    found = []
    for path, operations in _document()["paths"].items():
        for method, one in operations.items():
            if method != "get" and "security" in one:
                parameters = one.get("parameters", [])
                found.append(
                    Operation(
                        one["operationId"],
                        method.upper(),
                        path,
                        tuple(map(Scope, one["security"][0]["key"])),
                        any(each["name"] == "If-Match" for each in parameters),
                        bool(one.get("requestBody")) and "application/json" not in one["requestBody"]["content"],
                        {each["name"]: str(each["example"]) for each in parameters if each["in"] == "path"},
                    )
                )
    return found


WRITES = _operations()
CHANGES = [one for one in WRITES if one.has_if_match]
POSTS = [one for one in WRITES if one.method == "POST"]
every = pytest.mark.parametrize("operation", WRITES, ids=str)
every_change = pytest.mark.parametrize("operation", CHANGES or [None], ids=str)
every_post = pytest.mark.parametrize("operation", POSTS or [None], ids=str)


class Sender:
    """Sends the right request of an operation, with what is said otherwise."""

    def __init__(self, client: TestClient, database: Database, operation: Operation) -> None:
        self.client, self.database, self.operation = client, database, operation
        self.case = CASES.get(operation.id, Case())
        names = {**operation.examples, **(self.case.prepare(database) if self.case.prepare else {})}
        self.path = operation.path.format_map(names)
        self.tagged = (self.case.tag_from or _tagged(operation)).format_map(names)
        self.key = key_for(database)

    def get(self, address: str) -> Any:
        """Read in no content coding: each has an entity-tag of its own."""
        return self.client.get(address, headers=bearer(self.key, Accept_Encoding="identity"))

    def tag(self) -> str:
        answer = self.get(self.tagged)
        assert answer.status_code == 200, (self.tagged, answer.text)
        return str(answer.headers["ETag"])

    def __call__(
        self, *, key: str | None = "", if_match: str | None = "", body: Any = ..., query: str = "", **headers: str
    ) -> Any:
        """Send it; `key` and `if_match` are those that are right unless others, or None, are given."""
        sent = {**self.case.headers, **{name.replace("_", "-"): text for name, text in headers.items()}}
        if key is not None:
            sent |= {"Authorization": key} if key else bearer(self.key)
        if if_match is not None and self.operation.has_if_match:
            sent["If-Match"] = if_match or self.tag()
        content = self.content(self.case.body if body is ... else body)
        if content and not self.operation.is_upload:
            sent.setdefault("Content-Type", "application/json")
        return self.client.request(self.operation.method, self.address(query), content=content, headers=sent)

    def address(self, query: str = "") -> str:
        whole = "&".join(filter(None, (self.case.query, query)))
        return f"{self.path}?{whole}" if whole else self.path

    @staticmethod
    def content(body: Any) -> bytes:
        if body is None:
            return b""
        return body if isinstance(body, bytes) else json.dumps(body).encode()

    def stored(self) -> list[str]:
        """Return all public content, and who has keys."""
        with self.database.read() as connection:
            keys = connection.exec_driver_sql("SELECT prefix, revoked_at FROM access_key ORDER BY prefix").all()
            held = connection.exec_driver_sql("SELECT * FROM embargo").all()
            return [*lines(connection), str(keys), str(held)]


def _tagged(operation: Operation) -> str:
    """Return the path whose state an operation changes: its own, or for an action, what it acts upon."""
    path = operation.path
    while "get" not in _document()["paths"].get(path, {}):
        path = path.rpartition("/")[0]
        assert path, f"{operation.id}: say in its case which address has the ETag"
    return path


@pytest.fixture
def sender(own_seed: TestClient, seeded: Database, operation: Operation | None) -> Sender:
    # A test of one method has no case where no operation takes it.
    if operation is None:
        pytest.skip("there is no such operation")
    return Sender(own_seed, seeded, operation)


def test_every_operation_that_writes_has_a_case_and_every_case_an_operation() -> None:
    assert {one.id for one in WRITES} == set(CASES)
    assert [one.id for one in POSTS if CASES[one.id].body is not None and CASES[one.id].other_body is None] == []


@every
def test_without_any_key_it_is_said_how_to_make_one(
    own_seed: TestClient, seeded: Database, operation: Operation
) -> None:
    path = operation.path.format_map(operation.examples)
    answer = own_seed.request(operation.method, path, content=b"x" * 1000)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/no-keys")
    assert "quoth keys create" in answer.json()["detail"]


@every
def test_only_a_key_that_is_right_and_has_the_scope_may_write(sender: Sender) -> None:
    before = sender.stored()
    answer = sender(key=None)
    assert (answer.status_code, answer.headers["WWW-Authenticate"][:6]) == (401, "Bearer")
    for name, wrong in WRONG.items():
        answer = sender(key=wrong)
        assert (answer.status_code, answer.headers["WWW-Authenticate"][:6]) == (401, "Bearer"), name
    revoked = key_for(sender.database)
    with sender.database.write() as connection:
        loading.revoke_key(connection, revoked.prefix, NOW)
    assert sender(key=f"Bearer {revoked.key}").status_code == 401
    for scope in Scope:
        if (scope,) != sender.operation.scopes:
            answer = sender(key=f"Bearer {key_for(sender.database, scope).key}")
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden"), scope
    own = sender.stored()
    assert own[: len(before) - 2] == before[:-2]
    assert own[-1] == before[-1]


@every
def test_right_request_is_done_with_the_scopes_that_it_needs(sender: Sender) -> None:
    before = sender.stored()
    answer = sender(key=f"Bearer {key_for(sender.database, *sender.operation.scopes).key}")
    assert answer.status_code in {200, 201}, answer.text
    assert sender.stored() != before
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Authorization" in answer.headers["Vary"]
    assert (answer.status_code == 201) == ("Location" in answer.headers)
    seen = {"Quoth-Revision": answer.headers["Quoth-Revision"]}
    assert sender.client.get("/v1/topics", headers=seen).headers["Quoth-Revision"] == seen["Quoth-Revision"]
    if sender.operation.has_if_match and answer.headers.get("ETag"):
        followed = sender.get(sender.tagged)
        assert followed.status_code != 200 or followed.headers["ETag"] == answer.headers["ETag"]


@every
def test_dry_run_writes_nothing(sender: Sender) -> None:
    before = sender.stored()
    answer = sender(query="dry_run=true")
    assert answer.status_code == 200, answer.text
    assert not {"ETag", "Location", "Quoth-Revision"} & {*answer.headers}
    assert sender.stored() == before
    for query in ("dry_run=maybe", "dryrun=true", "dry_run=true&dry_run=false"):
        assert sender(query=query).status_code == 422, query
    assert sender.stored() == before


@every
def test_reason_that_is_wrong_is_refused(sender: Sender) -> None:
    before = sender.stored()
    for wrong in ("%ff", "x" * 501):
        answer = sender(Quoth_Reason=wrong)
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "Quoth-Reason")
    assert sender.stored() == before


@every_change
def test_state_that_was_not_seen_is_not_changed(sender: Sender) -> None:
    before, tag = sender.stored(), sender.tag()
    assert sender(if_match=None).status_code == 428
    for stale in ('"stale"', f"W/{tag}", tag.strip('"'), '"', ","):
        answer = sender(if_match=stale)
        assert (answer.status_code, answer.json()["type"]) == (412, "/problems/precondition-failed"), stale
    assert sender.stored() == before
    assert sender(if_match=f'"stale", {tag[:-1]}-gzip"').status_code in {200, 201}
    assert sender.stored() != before


@every_change
def test_what_was_changed_since_is_not_changed_again(sender: Sender) -> None:
    tag = sender.tag()
    assert sender(if_match=tag).status_code in {200, 201}
    after = sender.stored()
    assert sender(if_match=tag).status_code in {404, 410, 412}
    assert sender.stored() == after


@every_change
def test_any_state_is_changed_where_that_is_said(sender: Sender) -> None:
    before = sender.stored()
    assert sender(if_match="*").status_code in {200, 201}
    assert sender.stored() != before


@every_post
def test_repeated_request_is_answered_alike_and_done_once(sender: Sender) -> None:
    tag = sender.tag() if sender.operation.has_if_match else None
    first = sender(if_match=tag, Idempotency_Key="a")
    assert first.status_code in {200, 201}, first.text
    after = sender.stored()
    again = sender(if_match=tag, Idempotency_Key="a")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("Content-Type", "ETag", "Location", "Quoth-Revision"):
        assert again.headers.get(name) == first.headers.get(name)
    if sender.case.other_body is not None:
        other = sender(if_match=tag, body=sender.case.other_body, Idempotency_Key="a")
        assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert sender.stored() == after


@every_post
def test_request_repeated_at_the_same_time_is_done_once(sender: Sender) -> None:
    tag = sender.tag() if sender.operation.has_if_match else None
    # On a slow machine they wait for one another, and none is refused meanwhile.
    sender.client.app.state.writers.wait_seconds = 600  # type: ignore[attr-defined]  # the application of the client
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _number: sender(if_match=tag, Idempotency_Key="a"), range(6)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({(answer.status_code, answer.content, answer.headers["Quoth-Revision"]) for answer in answers}) == 1


@pytest.mark.slow
@pytest.mark.parametrize("moment", [BEFORE, AFTER])
@pytest.mark.parametrize("operation", POSTS[:1], ids=str)
def test_request_during_which_the_server_is_killed_is_done_once(
    sender: Sender, database_url: str, tmp_path: Path, moment: str
) -> None:
    _be_killed_and_ask_again(sender, database_url, tmp_path, moment)


@pytest.mark.exhaustive
@pytest.mark.parametrize("moment", [BEFORE, AFTER])
@every_post
def test_no_request_during_which_the_server_is_killed_is_done_twice(
    sender: Sender, database_url: str, tmp_path: Path, moment: str
) -> None:
    _be_killed_and_ask_again(sender, database_url, tmp_path, moment)


def _be_killed_and_ask_again(sender: Sender, database_url: str, tmp_path: Path, moment: str) -> None:
    before, operation = sender.stored(), sender.operation
    headers = {**sender.case.headers, **bearer(sender.key, Idempotency_Key="a")}
    tag = sender.tag() if operation.has_if_match else None
    if tag is not None:
        headers["If-Match"] = tag
    if sender.case.body is not None and not operation.is_upload:
        headers["Content-Type"] = "application/json"
    body = sender.content(sender.case.body)
    ask_and_be_killed(database_url, moment, tmp_path / "request", operation.method, sender.address(), headers, body)
    assert (sender.stored() == before) == (moment == BEFORE)
    first = sender(if_match=tag, Idempotency_Key="a")
    after = sender.stored()
    assert first.status_code in {200, 201}
    again = sender(if_match=tag, Idempotency_Key="a")
    assert (again.status_code, again.content, sender.stored()) == (first.status_code, first.content, after)
    assert re.fullmatch(r"\d+", again.headers["Quoth-Revision"])
