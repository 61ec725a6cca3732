import asyncio
import copy
import datetime
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import anyio
import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col
from starlette.testclient import TestClient

from app.api.http import caching, response_cache
from app.api.http.representation import Representation, entity_tag, format_date
from app.db import Database
from app.loading import LoadedInterview, load_interview
from app.loading.history import new_revision
from app.main import create_app
from app.models import Topic, table_of
from app.queries import items, questions
from app.queries.revision_cache import RevisionCache
from app.settings import Settings
from app.structure.prepare import prepare
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW
from tests.differences import assert_same
from tests.profiles import examples

# What differs between two answers to the same request, and is all that may.
OF_ONE_REQUEST = {b"x-request-id", b"server-timing"}
TIMEOUT_SECONDS = 30.0
SOME = 32 * 1024 * 1024
LIST = "/v1/questions"
ADDRESSES = (
    LIST,
    f"{LIST}?topic=peace",
    f"{LIST}?topic=peace&limit=2",
    f"{LIST}?limit=2&topic=peace",
    f"{LIST}?limit=2&facets=topic",
    f"{LIST}?q=peace",
    f"{LIST}?fields=id",
    f"{LIST}?format=csv",
    f"{LIST}?limit=3&format=csv",
    f"{LIST}?limit=0",
    f"{LIST}?topic=none",
    "/v1/%71uestions",
    f"{LIST}?q=%ff",
    f"{LIST}/gky5nhbt0gvp-q1",
    f"{LIST}/none",
    "/v1/interviews",
    "/v1/interviews?format=atom",
    "/v1/interviews/worldnewsam-3712",
    "/v1/interviews/worldnewsam-3712/transcript",
    "/v1/interviews/worldnewsam-3712/source",
    "/v1/interviews/gky5nhbt0gvp/citation",
    "/v1/search?q=peace",
    "/v1/quotes/verify?text=peace",
    "/v1/changes",
    "/docs",
    "/docs/openapi.json",
    "/docs/guide",
    "/openapi.json",
    "/problems/gone",
    "/healthz",
    "/readyz",
    "/nothing",
)
ACCEPT = ("*/*", "application/json", "text/csv", "text/csv;q=0.5, */*;q=0.1", "application/atom+xml", "text/html", "x")
CODINGS = ("", "gzip", "zstd", "gzip, deflate, br, zstd", "gzip;q=0", "identity;q=0, gzip", "*")
HEADERS = st.lists(
    st.one_of(
        st.tuples(st.just("Accept"), st.sampled_from(ACCEPT)),
        st.tuples(st.just("Accept-Encoding"), st.sampled_from(CODINGS)),
        st.tuples(
            st.sampled_from(["If-None-Match", "If-Match"]), st.sampled_from(["{}", "W/{}", '"x", {}', '"x"', "*", ""])
        ),
        st.tuples(
            st.sampled_from(["If-Modified-Since", "If-Unmodified-Since"]),
            st.sampled_from([format_date(NOW), format_date(NOW - datetime.timedelta(days=9)), "yesterday"]),
        ),
        st.tuples(st.just("Origin"), st.just("https://elsewhere.example")),
        st.tuples(st.just("Range"), st.just("bytes=0-9")),
        st.tuples(st.just("X-Request-Id"), st.sampled_from(["mine", "not one {}"])),
        st.tuples(st.just("Content-Length"), st.sampled_from(["0", "1"])),
        st.tuples(st.just("Content-Encoding"), st.sampled_from(["identity", "gzip"])),
        st.tuples(st.just("Host"), st.sampled_from(["another.example", "not a host"])),
        st.tuples(st.just("Cookie"), st.sampled_from(["a=b", "x" * 40_000])),
    ),
    max_size=5,
)


@pytest.fixture(autouse=True)
def _installed_before_the_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "_installed", lambda: NOW - datetime.timedelta(days=1))


def _application(url: str, cache_bytes: int = SOME) -> FastAPI:
    # As many whole lists at once as some tests ask for.
    return create_app(Settings(database_url=url, cache_bytes=cache_bytes, streams=32, database_connections=40))


def _client(application: FastAPI) -> TestClient:
    return TestClient(application, raise_server_exceptions=False)


def _cache(application: Any) -> response_cache.ResponseCache:
    cache: response_cache.ResponseCache = application.response_cache
    return cache


def _close(application: FastAPI) -> None:
    """Do what the end of its lifespan does, for an application that was asked without a server."""
    _cache(application).detector.close()
    application.state.database.close()


@pytest.fixture
def keeping_client(database_url: str) -> Iterator[TestClient]:
    """A client of an application that keeps answers, and knows the state of the corpus."""
    with _client(_application(database_url)) as opened:
        _until(lambda: _cache(opened.app).detector.version_token() is not None)
        yield opened


@pytest.fixture
def plain_client(database_url: str) -> Iterator[TestClient]:
    with _client(_application(database_url, 0)) as opened:
        yield opened


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which lists of questions were read from the database, by their sort."""
    listed: list[str] = []
    original = questions.listing

    def listing(connection: sa.Connection, filters: Any, sort: str) -> Any:
        listed.append(sort)
        return original(connection, filters, sort)

    monkeypatch.setattr(questions, "listing", listing)
    # A list that is known already would be read from without being worked out.
    monkeypatch.setattr(RevisionCache, "get", lambda *_: None)
    return listed


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + TIMEOUT_SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def _whole(client: TestClient, method: str, address: str, headers: list[tuple[str, str]]) -> Any:
    """Everything that was answered, byte for byte and in its order, but for what differs with every request."""
    # The page of a problem shows the id of the request.
    if ("Accept", "text/html") in headers:
        headers = [*((name, value) for name, value in headers if name != "X-Request-Id"), ("X-Request-Id", "the-same")]
    with client.stream(method, address, headers=[("Accept-Encoding", ""), *headers]) as response:
        fields = [(name, value) for name, value in response.headers.raw if name.lower() not in OF_ONE_REQUEST]
        # Some bytes of an answer of the moment are those of the moment: a problem names nothing of the kind.
        return response.status_code, fields, b"".join(response.iter_raw())


@pytest.mark.slow
@settings(max_examples=examples(250), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "GET", "GET", "HEAD", "OPTIONS", "POST"]),
    address=st.sampled_from(ADDRESSES),
    headers=HEADERS,
)
def test_answers_that_are_kept_are_those_that_are_not(
    seeded: Database,
    keeping_client: TestClient,
    plain_client: TestClient,
    method: str,
    address: str,
    headers: list[tuple[str, str]],
) -> None:
    coding = [header for header in headers if header[0] == "Accept-Encoding"]
    tags = [value.decode() for name, value in _whole(plain_client, "GET", address, coding)[1] if name == b"etag"]
    sent = [(name, value.replace("{}", tags[0] if tags else '"y"')) for name, value in headers]
    expected = _whole(plain_client, method, address, sent)
    for _time in range(3):
        assert_same(_whole(keeping_client, method, address, sent), expected)


def test_what_differs_with_every_request_does(seeded: Database, keeping_client: TestClient) -> None:
    first, second = (keeping_client.get(LIST).headers for _time in range(2))
    assert first["X-Request-Id"] != second["X-Request-Id"]
    assert len(second["X-Request-Id"]) == 24
    assert keeping_client.get(LIST, headers={"X-Request-Id": "mine"}).headers["X-Request-Id"] == "mine"
    assert second["Server-Timing"].endswith('db;desc="reading";dur=0.00')


def test_answer_is_made_once_for_get_and_head_in_every_coding(
    seeded: Database, keeping_client: TestClient, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compressed: list[str] = []
    original = Representation.full

    async def full(representation: Representation, coding: Any) -> Any:
        before = len(representation._full)
        sent = await original(representation, coding)
        if len(representation._full) > before:
            compressed.append(coding.name if coding else "plain")
        return sent

    monkeypatch.setattr(Representation, "full", full)
    for _time in range(3):
        for coding in ("gzip", "zstd", "", "x-gzip"):
            for method in ("HEAD", "GET"):
                response = keeping_client.request(method, LIST, headers={"Accept-Encoding": coding})
                assert response.status_code == 200
                tag = response.headers["ETag"]
                condition = {"Accept-Encoding": coding, "If-None-Match": tag}
                assert keeping_client.request(method, LIST, headers=condition).status_code == 304
    assert len(made) == 1
    assert sorted(compressed) == ["gzip", "plain", "zstd"]


def test_cache_is_looked_up_once_a_request(
    seeded: Database, keeping_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookups: list[response_cache.Lookup | None] = []
    original = response_cache.ResponseCache.look_up

    def look_up(*arguments: Any) -> response_cache.Lookup | None:
        lookups.append(original(*arguments))
        return lookups[-1]

    monkeypatch.setattr(response_cache.ResponseCache, "look_up", look_up)
    for headers in ({}, {}, {"Accept-Encoding": "gzip"}, {"If-Match": "*"}, {"If-None-Match": '"x", "y"'}):
        assert keeping_client.get(LIST, headers=headers).status_code == 200
    assert [lookup and lookup.representation is not None for lookup in lookups] == [False, True, True, True, True]


def test_accept_selects_by_what_it_comes_down_to(seeded: Database, keeping_client: TestClient, made: list[str]) -> None:
    for accept in ("*/*", "application/json, */*;q=1", "text/html;q=1, */*", "*/*;q=1.0"):
        keeping_client.get(LIST, headers={"Accept": accept})
    assert len(made) == 1
    assert keeping_client.get(f"{LIST}?limit=2", headers={"Accept": "text/csv"}).text.startswith('"id"')
    assert keeping_client.get(f"{LIST}?limit=2", headers={"Accept": "application/json"}).json()["items"]
    assert len(made) == 3


@pytest.mark.parametrize(
    "address", [f"{LIST}?format=csv", f"{LIST}?limit=0", f"{LIST}?topic=none", "/healthz", "/readyz", "/nothing"]
)
def test_streams_errors_and_answers_of_the_moment_are_not_cached(
    seeded: Database, keeping_client: TestClient, address: str
) -> None:
    for method in ("GET", "HEAD"):
        keeping_client.request(method, address)
        assert len(_cache(keeping_client.app).entries) == 0
    keeping_client.post("/v1/quotes/verify", json={"text": "peace"})
    assert len(_cache(keeping_client.app).entries) == 0


def test_setting_turns_keeping_off(
    seeded: Database, database_url: str, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTH_CACHE_BYTES", "0")
    with _client(create_app(Settings(database_url=database_url))) as client:
        client.get(LIST)
        client.get(LIST)
    assert len(made) == 2


@pytest.mark.parametrize("cache_bytes", [1, 100_000])
def test_answer_that_is_larger_than_its_part_is_answered_and_not_cached(
    seeded: Database, database_url: str, cache_bytes: int, made: list[str]
) -> None:
    application = _application(database_url, cache_bytes)
    with _client(application) as client:
        _until(lambda: _cache(application).detector.version_token() is not None)
        bodies = {client.get(LIST).content for _time in range(3)}
        assert len(bodies) == 1
        assert len(made) == 3
        assert (len(_cache(application).entries), _cache(application).entries.currsize) == (0, 0)


@pytest.mark.slow
def test_what_is_kept_is_bounded_and_what_is_asked_for_stays(
    seeded: Database, database_url: str, made: list[str]
) -> None:
    application = _application(database_url, 400_000)
    with _client(application) as client:
        cache = _cache(application)
        _until(lambda: cache.detector.version_token() is not None)
        wanted = f"{LIST}?limit=1"
        client.get(wanted)
        for number in range(300):
            client.get(f"{LIST}?limit=2&sort=title", headers={"Accept-Encoding": ("gzip", "zstd", "")[number % 3]})
            client.get(f"{LIST}?limit=1&q={number}", headers={"Accept-Encoding": "gzip"})
            client.get(wanted, headers={"Accept-Encoding": ("gzip", "")[number % 2]})
            held = sum(representation.size for representation, _size in copy.copy(cache.entries).values())
            assert held <= cache.entries.currsize <= cache.entries.maxsize
        assert 10 < len(cache.entries) < 300
        before = len(made)
        client.get(wanted)
        assert len(made) == before


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of questions whose words, people and topics were read from the database."""
    ids: list[str] = []
    original = items.embed_questions

    def embed(connection: sa.Connection, rows: Any, states: Any) -> Any:
        ids.extend(row.id for row in rows)
        return original(connection, rows, states)

    monkeypatch.setattr(questions, "embed_questions", embed)
    return ids


def test_page_that_nobody_asked_for_yet_is_made_of_items_that_are_cached(
    seeded: Database, keeping_client: TestClient, plain_client: TestClient, embedded: list[str]
) -> None:
    addresses = [f"{LIST}?limit=2", f"{LIST}?limit=3", f"{LIST}?topic=peace&sort=title", LIST, f"{LIST}?page=2&limit=3"]
    answers = [keeping_client.get(address).content for address in addresses]
    assert len(embedded) == len(set(embedded)) == len(keeping_client.get(LIST).json()["items"])
    # What is shown of an item in another way is no such item.
    assert keeping_client.get(f"{LIST}?limit=2&fields=id").json()["items"][0].keys() == {"id"}
    keeping_client.get(f"{LIST}?limit=1&topic_state=proposed")
    keeping_client.get("/v1/answers")
    before = len(embedded)
    assert [plain_client.get(address).content for address in addresses] == answers
    assert len(embedded) > before + len(answers)


def test_item_is_of_the_revision_that_is_read(
    seeded: Database, keeping_client: TestClient, embedded: list[str]
) -> None:
    seen = {"Quoth-Revision": "1"}
    [item] = keeping_client.get(f"{LIST}?limit=1&topic=peace", headers=seen).json()["items"]
    assert keeping_client.get(f"{LIST}?limit=1&topic=peace", headers=seen).json()["items"] == [item]
    assert len(embedded) == 1
    with seeded.write() as connection:
        connection.execute(sa.update(table_of(Topic)).where(col(Topic.slug) == "peace").values(label="Calm"))
        new_revision(connection, at(datetime.datetime.now(datetime.UTC)))
    [changed] = keeping_client.get(f"{LIST}?limit=1&topic=peace", headers=seen).json()["items"]
    assert "Calm" in {topic["label"] for topic in changed["topics"]} - {topic["label"] for topic in item["topics"]}
    assert {**changed, "topics": []} == {**item, "topics": []}


def test_items_take_their_part_of_what_may_be_cached(seeded: Database, database_url: str, embedded: list[str]) -> None:
    with _client(_application(database_url, 40_000)) as client:
        items = cast("FastAPI", client.app).state.corpus.item_cache
        for address in (LIST, f"{LIST}?sort=title", "/v1/answers", "/v1/interviews"):
            client.get(address)
            assert 0 < items.weight <= 10_000
        assert 0 < len(items) < 10
    with _client(_application(database_url, 0)) as client:
        assert cast("FastAPI", client.app).state.corpus.item_cache is None
        before = len(embedded)
        client.get(LIST)
        client.get(LIST)
        assert len(embedded) - before == 2 * len(client.get(LIST).json()["items"])


def _load(corpus: Database, number: int) -> None:
    with corpus.write() as connection:
        source = Source(f"written-{number}.txt", f"Q: Why {number}?\nA: Because {number}.\n".encode())
        load_interview(connection, prepare(source, None, source.name), at(datetime.datetime.now(datetime.UTC)))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_no_answer_is_older_than_a_load_that_ended_before_it_was_asked_for(
    engine: str, make_database: Callable[[str], str]
) -> None:
    """On PostgreSQL a load is noticed some time after it ended, so only what is answered in the end is certain."""
    url = make_database(engine)
    corpus, application = Database(url), _application(url)
    loaded = 0
    is_over = threading.Event()

    def write() -> None:
        nonlocal loaded
        for number in range(30):
            _load(corpus, number)
            loaded += 1
            time.sleep(0.02)
        is_over.set()

    seen: dict[str, bytes] = {}
    kept_answers = 0

    async def ask(client: httpx2.AsyncClient) -> None:
        nonlocal kept_answers
        while not is_over.is_set():
            before = loaded
            # A request through a socket is handled in a later round of the event loop than it is received in.
            await asyncio.sleep(0)
            response = await client.get("/v1/interviews?limit=1", headers={"Accept-Encoding": ""})
            total, tag = response.json()["page"]["total"], response.headers["ETag"]
            if engine == "sqlite":
                assert before <= total <= loaded + 1
            assert tag == entity_tag(b"application/json", response.content)
            assert seen.setdefault(tag, response.content) == response.content
            kept_answers += "dur=0.00" in response.headers["Server-Timing"].partition("db;")[2]

    async def main() -> None:
        transport = httpx2.ASGITransport(application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
            async with anyio.create_task_group() as group:
                for _client_number in range(4):
                    group.start_soon(ask, client)
            with anyio.fail_after(TIMEOUT_SECONDS):
                while (await client.get("/v1/interviews?limit=1")).json()["page"]["total"] != 30:
                    await anyio.sleep(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    anyio.run(main)
    writer.join()
    assert kept_answers
    assert len(seen) > 2
    _close(application)
    corpus.close()


def _ask_at_once(application: FastAPI, addresses: list[str]) -> list[httpx2.Response]:
    answers: list[httpx2.Response] = []

    async def ask(client: httpx2.AsyncClient, address: str) -> None:
        answers.append(await client.get(address, headers={"Accept-Encoding": "gzip"}))

    async def main() -> None:
        transport = httpx2.ASGITransport(application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
            with anyio.fail_after(TIMEOUT_SECONDS):
                async with anyio.create_task_group() as group:
                    for address in addresses:
                        group.start_soon(ask, client, address)

    anyio.run(main)
    return answers


def test_same_requests_at_once_are_one_reading(
    seeded: Database, database_url: str, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    application = _application(database_url)
    _until(lambda: _cache(application).detector.version_token() is not None)
    original = questions.listing

    def slow(*arguments: Any) -> Any:
        time.sleep(0.1)
        return original(*arguments)

    monkeypatch.setattr(questions, "listing", slow)
    answers = _ask_at_once(application, [LIST, f"{LIST}?limit=1"] * 20)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 2
    assert len(made) == 2
    _close(application)


def test_who_waits_for_what_cannot_be_kept_makes_it_too(seeded: Database, database_url: str, made: list[str]) -> None:
    application = _application(database_url)
    _until(lambda: _cache(application).detector.version_token() is not None)
    for address, status in ((f"{LIST}?format=csv", 200), (f"{LIST}?sort=none", 422)):
        made.clear()
        answers = _ask_at_once(application, [address] * 10)
        assert {answer.status_code for answer in answers} == {status}
        assert len({answer.content for answer in answers}) == 1
        assert len(made) == 10
    _close(application)


def test_fault_of_ours_lets_those_who_wait_go_on(
    seeded: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = _application(database_url)
    _until(lambda: _cache(application).detector.version_token() is not None)
    original, calls = questions.listing, 0

    def failing_first(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        time.sleep(0.05)
        if calls == 1:
            raise LookupError
        return original(*arguments)

    monkeypatch.setattr(questions, "listing", failing_first)
    statuses = sorted(answer.status_code for answer in _ask_at_once(application, [LIST] * 5))
    assert statuses == [200, 200, 200, 200, 500]
    _close(application)


def test_sqlite_file_that_goes_away_is_not_hidden_by_what_is_cached(
    make_database: Callable[[str], str], tmp_path: Path
) -> None:
    url = make_database("sqlite")
    corpus, application = Database(url), _application(url)
    file, aside = Path(str(corpus.url.database)), tmp_path / "aside.db"
    _load(corpus, 1)
    corpus.close()
    with _client(application) as client:
        assert [client.get(LIST).json()["page"]["total"] for _time in range(2)] == [1, 1]
        file.rename(aside)
        assert client.get(LIST).status_code == 503
        aside.rename(file)
        assert client.get(LIST).json()["page"]["total"] == 1


def test_postgresql_that_goes_away_is_hidden_no_longer_than_the_floor(
    make_database: Callable[[str], str], postgresql: str | None
) -> None:
    url = make_database("postgresql")
    corpus, application = Database(url), _application(url)
    _load(corpus, 1)
    corpus.close()
    with _client(application) as client:
        _until(lambda: client.get(LIST).status_code == 200 and len(_cache(application).entries) > 0)
        server = sa.create_engine(sa.make_url(postgresql or ""), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")
        server.dispose()
        _until(lambda: client.get(LIST).status_code == 503)
        assert _cache(application).detector.version_token() is None


def test_answer_that_will_have_a_date_when_its_time_has_come_is_not_cached(
    load: Callable[..., LoadedInterview], database: Database, keeping_client: TestClient, made: list[str]
) -> None:
    load("Q: Why?\nA: Because.\n")
    with database.write() as connection:
        tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
        connection.execute(sa.text("UPDATE revision SET made_at = :moment").bindparams(moment=tomorrow))
    keeping_client.get(LIST)
    keeping_client.get(LIST)
    assert len(made) == 2


class _Unsteady:
    """A change detector under which something is written while every answer is made."""

    def __init__(self) -> None:
        self.asked = 0

    def version_token(self) -> int:
        self.asked += 1
        return self.asked

    def matches(self, _token: object, _revision: int | None) -> bool:
        return True

    def close(self) -> None:
        """Hold nothing."""


def test_answer_that_was_made_while_something_was_written_is_not_cached(
    seeded: Database, database_url: str, made: list[str]
) -> None:
    application = _application(database_url)
    _cache(application).detector.close()
    _cache(application).detector = _Unsteady()
    with _client(application) as client:
        assert [client.get(LIST).status_code for _time in range(3)] == [200, 200, 200]
    assert len(made) == 3
    assert len(_cache(application).entries) == 0
