"""The frame of every route that writes, tried on small ones."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.models import Scope
from app.settings import Settings
from tests.api.keyed import bearer, key_for, with_small_routes


@pytest.fixture
def notes(database: Database, database_url: str) -> Iterator[TestClient]:
    app = with_small_routes(create_app(Settings(database_url=database_url)))
    with TestClient(app, raise_server_exceptions=False) as client:
        client.headers.update(bearer(key_for(database, Scope.WRITE)))
        yield client


def _stored(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.exec_driver_sql("SELECT reason FROM revision ORDER BY number").scalars())


def test_write_answers_with_its_revision_which_readers_then_see(notes: TestClient, database: Database) -> None:
    answer = notes.post("/v1/notes", json={"text": "one"})
    assert (answer.status_code, answer.json()) == (201, {"text": "one"})
    assert (answer.headers["ETag"], answer.headers["Location"]) == ('"new"', "/v1/notes/1")
    assert (answer.headers["Quoth-Revision"], answer.headers["Cache-Control"]) == ("1", "private, no-store")
    assert _stored(database) == ["one"]
    del notes.headers["Authorization"]
    seen = {"Quoth-Revision": answer.headers["Quoth-Revision"]}
    assert notes.get("/v1/topics", headers=seen).headers["Quoth-Revision"] == "1"


def test_error_after_writing_leaves_nothing(notes: TestClient, database: Database) -> None:
    assert notes.post("/v1/notes", json={"text": "fail"}, headers={"Idempotency-Key": "a"}).status_code == 500
    assert _stored(database) == []
    assert notes.post("/v1/notes", json={"text": "one"}, headers={"Idempotency-Key": "a"}).status_code == 201


def test_dry_run_answers_and_writes_nothing(notes: TestClient, database: Database) -> None:
    answer = notes.post("/v1/notes?dry_run=true", json={"text": "one"}, headers={"Idempotency-Key": "a"})
    assert (answer.status_code, answer.json()) == (200, {"text": "one"})
    assert not {"ETag", "Location", "Quoth-Revision"} & {*answer.headers}
    assert _stored(database) == []
    assert notes.post("/v1/notes?dry_run=false", json={"text": "one"}).status_code == 201
    for query in ("dry_run=1", "dry_run=", "dry_run=true&dry_run=false", "dryrun=true"):
        assert notes.post(f"/v1/notes?{query}", json={"text": "one"}).status_code == 422, query
    assert _stored(database) == ["one"]


def test_what_is_changed_has_to_have_been_seen(notes: TestClient, database: Database) -> None:
    def put(if_match: str | None, **more: str) -> Any:
        headers = {**({} if if_match is None else {"If-Match": if_match}), **more}
        return notes.put("/v1/notes/it", json={"text": "new"}, headers=headers)

    assert (put(None).status_code, put(None).json()["type"]) == (428, "/problems/precondition-required")
    first = put("*")
    tag = first.headers["ETag"]
    for stale in ('"other"', f"W/{tag}", tag.strip('"'), "", '"', f'{tag[:-1]}-br"'):
        assert put(stale).status_code == 412, stale
    assert put(tag, **{"If-None-Match": tag}).status_code == 412
    assert len(_stored(database)) == 1
    for names in (lambda tag: tag, lambda tag: f'"other", {tag}', lambda tag: f'{tag[:-1]}-gzip"'):
        answer = put(names(tag))
        assert answer.status_code == 200
        assert put(names(tag)).status_code == 412
        tag = answer.headers["ETag"].replace("-gzip", "")


def test_reason_is_a_header(notes: TestClient, database: Database) -> None:
    def put(reason: str) -> Any:
        return notes.put("/v1/notes/it", json={"text": "new"}, headers={"If-Match": "*", "Quoth-Reason": reason})

    assert put("Zu%20kurz%3A%20%C3%A4%E2%82%AC").status_code == 200
    assert put("").status_code == 200
    assert _stored(database) == ["new Zu kurz: ä€", "new None"]
    for wrong in ("%ff", "%00", "x" * 501, "%C3"):
        answer = put(wrong)
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "Quoth-Reason"), wrong
    assert put("x" * 500).status_code == 200


def test_one_writer_at_a_time(notes: TestClient, database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: notes.post("/v1/notes", json={"text": str(number)}), range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(int(answer.headers["Quoth-Revision"]) for answer in answers) == list(range(1, 25))
    assert sorted(_stored(database)) == sorted(map(str, range(24)))


def test_writer_that_waits_for_too_long_is_told_to_come_again(notes: TestClient, database: Database) -> None:
    writers = notes.app.state.writers  # type: ignore[attr-defined]  # the application of the client
    writers.wait_seconds = 0.01
    inside, done = threading.Event(), threading.Event()

    def hold() -> None:
        with writers.write():
            inside.set()
            done.wait(60)

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        inside.wait(60)
        answer = notes.post("/v1/notes", json={"text": "one"})
        assert (answer.status_code, answer.headers["Retry-After"].isdigit()) == (503, True)
    finally:
        done.set()
        holding.join()
    assert notes.post("/v1/notes", json={"text": "one"}).status_code == 201


def test_bodies_are_bounded_by_their_route(database: Database, database_url: str) -> None:
    app = with_small_routes(create_app(Settings(database_url=database_url, upload_bytes=3_000_000)))
    with TestClient(app) as client:
        large = {"text": "x" * 1_048_000}
        # A key is asked for before the body is read.
        assert client.post("/v1/notes/file", content=b"x" * 3_000_001).status_code == 413
        assert client.post("/v1/notes/file", content=b"x").headers["Connection"] == "close"
        client.headers.update(bearer(key_for(database)))
        assert client.post("/v1/notes", json=large).status_code == 201
        assert client.post("/v1/notes", json={"text": "x" * 1_048_577}).status_code == 413
        for size in (1, 1_048_576, 1_048_577, 3_000_000):
            answer = client.post("/v1/notes/file", content=b"x" * size)
            assert answer.json()["text"].split()[::2] == [str(size), str(size)]
        assert client.post("/v1/notes/file", content=b"").status_code == 422
        assert client.post("/v1/notes/file", content=b"x" * 3_000_001).status_code == 413
