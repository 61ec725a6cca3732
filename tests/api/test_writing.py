"""The frame of every route that writes, tried on small ones."""

import datetime
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import anyio
import anyio.to_thread
import pytest
import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request
from starlette.testclient import TestClient

from app import loading
from app.api.http.writers import Writers
from app.api.problems import RefusedError
from app.api.writing import Writing, WritingRoute, may, needs
from app.db import Database
from app.errors import OverloadedError
from app.main import create_app
from app.maintenance.embargo_timer import forget_kept_answers
from app.models import KeptAnswer, Scope
from app.queries.keys import KeyHolder
from app.settings import Settings
from tests.api.keyed import bearer, key_for, with_small_routes
from tests.api.killed import AFTER, BEFORE, ask_and_be_killed


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


@pytest.mark.parametrize("name", ["Quoth-Reason", "Idempotency-Key"])
def test_header_that_means_one_thing_stands_once(notes: TestClient, database: Database, name: str) -> None:
    headers = [*notes.headers.items(), (name, "one"), (name, "two")]
    refused = notes.post("/v1/notes", json={"text": "two"}, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, name)
    assert _stored(database) == []


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


def test_as_many_writers_wait_as_may_and_the_next_is_refused_at_once(database: Database) -> None:
    writers, inside, done = Writers(database), threading.Semaphore(0), threading.Event()

    def wait() -> bool:
        inside.release()
        return done.wait(60)

    async def run() -> list[bool]:
        results = []

        async def one() -> None:
            results.append(await writers.run(wait))

        async with anyio.create_task_group() as group:
            for _ in range(32):
                group.start_soon(one)
            for _ in range(32):
                await anyio.to_thread.run_sync(inside.acquire)
            try:
                with pytest.raises(OverloadedError):
                    await writers.run(done.set)
            finally:
                done.set()
        return results

    assert anyio.run(run) == [True] * 32


def test_handler_opens_nothing_for_a_request_that_nobody_has_checked() -> None:
    """Keys are checked before; if ever one were not, the handler would still be closed."""
    other = KeyHolder("00000000", "Ada", frozenset({Scope.KEYS}), None)
    for holder in ({}, {"quoth.key_holder": other}):
        request = Request({"type": "http", "method": "GET", "path": "/", "headers": [], **holder})
        with pytest.raises(RefusedError):
            anyio.run(needs(Scope.WRITE), request)
    assert anyio.run(needs(Scope.KEYS), request) is other


def test_no_spelling_of_an_address_comes_past_the_check_of_keys(notes: TestClient, database: Database) -> None:
    """The router takes a newline at the end of an address for nothing."""
    reader = bearer(key_for(database, Scope.READ_HELD))
    del notes.headers["Authorization"]
    for path in ("/v1/notes", "/v1/notes%0A", "/v1/note%73", "/v1/notes?dry_run=false", "/v1/notes%2F", "//v1/notes"):
        for headers, status in (({}, 401), (reader, 403)):
            answer = notes.post(path, json={"text": "one"}, headers=headers)
            assert answer.status_code in {status, 308, 404, 405}, (path, answer.text)
    assert _stored(database) == []


def test_of_routes_at_one_address_each_has_its_own_terms(database: Database, database_url: str) -> None:
    app = create_app(Settings(database_url=database_url))
    router = APIRouter(prefix="/v1/notes", route_class=WritingRoute)

    @router.put("/{name}")
    def put_one(name: str, writing: Annotated[Writing, Depends(may(Scope.WRITE))]) -> str:
        return name

    @router.post("/all")
    def post_all(writing: Annotated[Writing, Depends(may(Scope.REDACT))]) -> str:
        return "all"

    app.include_router(router)
    with TestClient(app) as client:
        write, redact = (bearer(key_for(database, scope)) for scope in (Scope.WRITE, Scope.REDACT))
        statuses = [client.request(*asked, headers=key).status_code for asked, key in (
            (("PUT", "/v1/notes/all"), write), (("PUT", "/v1/notes/all"), redact),
            (("POST", "/v1/notes/all"), write), (("POST", "/v1/notes/all"), redact),
        )]  # fmt: skip
        assert statuses == [200, 403, 403, 200]


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


def _post(client: TestClient, word: str, text: str = "one", **headers: str) -> Any:
    return client.post("/v1/notes", json={"text": text}, headers={"Idempotency-Key": word, **headers})


def test_repeated_request_is_answered_alike_and_not_done_again(notes: TestClient, database: Database) -> None:
    first, other = _post(notes, "a"), _post(notes, "b", "two")
    again = _post(notes, "a")
    kept = ("Content-Type", "ETag", "Location", "Quoth-Revision", "Cache-Control")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert [again.headers[name] for name in kept] == [first.headers[name] for name in kept]
    assert other.headers["Quoth-Revision"] == "2"
    assert _stored(database) == ["one", "two"]


def test_key_of_another_request_is_refused(notes: TestClient, database: Database) -> None:
    _post(notes, "a")
    for answer in (
        _post(notes, "a", "two"),
        notes.post("/v1/notes?dry_run=false", json={"text": "one"}, headers={"Idempotency-Key": "a"}),
        notes.post("/v1/notes/file", content=b'{"text":"one"}', headers={"Idempotency-Key": "a"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")
    for wrong in ("", "a b", "x" * 256, "ä"):
        answer = notes.post("/v1/notes", json={"text": "x"}, headers=[(b"Idempotency-Key", wrong.encode())])
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "Idempotency-Key"), wrong
    assert _stored(database) == ["one"]
    # Each holder of a key has words of their own.
    assert _post(notes, "a", "two", **bearer(key_for(database, name="Bob"))).status_code == 201
    assert _stored(database) == ["one", "two"]


def test_refused_request_may_be_sent_again(notes: TestClient, database: Database) -> None:
    assert notes.post("/v1/notes", json={"txt": "one"}, headers={"Idempotency-Key": "a"}).status_code == 422
    assert _post(notes, "a").status_code == 201
    assert _post(notes, "a").headers["Quoth-Revision"] == "1"


def test_requests_repeated_at_the_same_time_are_done_once(notes: TestClient, database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: _post(notes, f"word-{number % 3}"), range(24)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, b'{"text":"one"}')}
    assert _stored(database) == ["one"] * 3
    assert len({answer.headers["Location"] for answer in answers}) == 3


def test_answer_is_kept_for_a_day_and_deleted_then(notes: TestClient, database: Database) -> None:
    def make_older(hours: float) -> None:
        with database.write() as connection:
            made_at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=hours)
            connection.execute(sa.update(KeptAnswer).values(made_at=made_at))

    def kept() -> int:
        with database.read() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM kept_answer").scalar_one())

    _post(notes, "a")
    make_older(23.9)
    assert _post(notes, "a").headers["Quoth-Revision"] == "1"
    make_older(24.1)
    assert _post(notes, "b", "two").headers["Quoth-Revision"] == "2"
    assert kept() == 1
    make_older(24.1)
    assert _post(notes, "b", "two").headers["Quoth-Revision"] == "3"
    assert _post(notes, "a").headers["Quoth-Revision"] == "4"
    # Nobody need write for it.
    now = datetime.datetime.now(datetime.UTC)
    forget_kept_answers(database, now)
    assert kept() == 2
    forget_kept_answers(database, now + datetime.timedelta(days=1))
    assert kept() == 0


def test_words_that_are_taken_out_are_in_no_kept_answer(own_seed: TestClient, seeded: Database) -> None:
    app = with_small_routes(create_app(Settings(database_url=seeded.url.render_as_string(hide_password=False))))
    with TestClient(app) as client:
        client.headers.update(bearer(key_for(seeded)))
        before = _post(client, "a", "tolerance alone is not enough").headers["Quoth-Revision"]
        with seeded.write() as connection:
            author = loading.Author(datetime.datetime.now(datetime.UTC), None, None, loading.Origin.COMMAND)
            loading.redact(connection, "worldnewsam-3712", author, words="tolerance alone is not enough")
        answer = _post(client, "a", "tolerance alone is not enough")
        assert (answer.status_code, "201" in answer.json()["detail"]) == (409, True)
        assert client.get("/v1/topics").headers["Quoth-Revision"] == str(int(before) + 1)
    with seeded.read() as connection:
        assert connection.exec_driver_sql("SELECT body FROM kept_answer").scalar_one() is None


def test_what_was_sent_cannot_be_guessed_from_what_is_kept(notes: TestClient, database: Database) -> None:
    for holder in ("One", "Two"):
        key = key_for(database, name=holder).key
        # However the header is written.
        for header in (f"Bearer {key}", f"bearer  {key}"):
            assert _post(notes, "a", Authorization=header).status_code == 201
    with database.read() as connection:
        kept = connection.exec_driver_sql("SELECT request_sha256 FROM kept_answer").scalars().all()
    # Of one request there would be one digest, if anybody could make it.
    assert len(kept) == len(set(kept)) == 2
    assert len(_stored(database)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("moment", [BEFORE, AFTER])
def test_request_during_which_the_server_is_killed_is_done_once(
    notes: TestClient, database: Database, database_url: str, tmp_path: Path, moment: str
) -> None:
    headers = {
        "Authorization": notes.headers["Authorization"],
        "Idempotency-Key": "a",
        "Content-Type": "application/json",
    }
    ask_and_be_killed(database_url, moment, tmp_path / "request", "POST", "/v1/notes", headers, b'{"text":"one"}')
    assert _stored(database) == ([] if moment == BEFORE else ["one"])
    for _ in range(2):
        answer = notes.post("/v1/notes", content=b'{"text":"one"}', headers=headers)
        assert (answer.status_code, answer.headers["Quoth-Revision"]) == (201, "1")
    assert _stored(database) == ["one"]
