"""QUOTH_RATE_LIMIT: who is counted as one, what counts, and what answers say of it."""

import fcntl
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from app.api.http import rate_limit
from app.api.http.rate_limit import Table, network_of, shared_table
from app.cli.serve import proxies_of
from app.db import Database
from app.main import create_app
from app.models import Scope
from app.settings import Rate, Settings
from tests.api.keyed import bearer, key_for

LIST = "/v1/topics"
DAY = Rate("day", 300, 86_400)


@pytest.fixture
def limited(database_url: str, seeded: Database) -> Callable[..., TestClient]:
    """Make a client of an application whose clients may send some requests."""

    def make(limit: str = "3/hour", **settings: Any) -> TestClient:
        app = create_app(Settings(database_url=database_url, rate_limit=limit, **settings))
        return TestClient(app, raise_server_exceptions=False)

    return make


def statuses(client: TestClient, *paths: str, **options: Any) -> list[int]:
    return [client.get(path, **options).status_code for path in paths]


@pytest.mark.parametrize("cache_bytes", [0, 32 * 1024 * 1024])
def test_all_answers_count_cached_ones_too(limited: Callable[..., TestClient], cache_bytes: int) -> None:
    with limited(cache_bytes=cache_bytes) as client:
        first = client.get(LIST)
        assert first.headers["RateLimit-Policy"] == '"hour";q=3;w=3600'
        assert first.headers["RateLimit"] == '"hour";r=2;t=1200'
        assert client.get(LIST, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        last = client.head(LIST)
        assert (last.status_code, last.headers["RateLimit"]) == (200, '"hour";r=0;t=3600')
        refused = client.get(LIST)
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-requests")
        assert 1190 <= int(refused.headers["Retry-After"]) <= 1200
        assert refused.headers["RateLimit"] == '"hour";r=0;t=3600'
        assert refused.headers["Cache-Control"] == "no-store"
        assert "RateLimit-Policy" in refused.headers["Access-Control-Expose-Headers"]


def test_mistakes_count_and_probes_do_not(limited: Callable[..., TestClient]) -> None:
    with limited() as client:
        assert statuses(client, "/nowhere", f"{LIST}?x=1", "/v1/%ff", LIST) == [404, 422, 400, 429]
        assert statuses(client, "/healthz", "/readyz", "/healthz", "/readyz") == [200] * 4
        assert "RateLimit" not in client.get("/healthz").headers


def test_nothing_is_limited_or_said_by_default(limited: Callable[..., TestClient]) -> None:
    with limited("") as client:
        assert statuses(client, *[LIST] * 20) == [200] * 20
        assert "RateLimit" not in client.get(LIST).headers


def test_each_key_counts_by_itself_and_a_wrong_one_for_its_address(
    limited: Callable[..., TestClient], database: Database
) -> None:
    ada, bo = key_for(database, Scope.WRITE), key_for(database, Scope.WRITE)
    with limited() as client:
        assert statuses(client, *[LIST] * 4) == [200, 200, 200, 429]
        assert statuses(client, *[LIST] * 4, headers=bearer(ada)) == [200, 200, 200, 429]
        assert statuses(client, LIST, headers=bearer(bo)) == [200]
        assert statuses(client, LIST, headers=bearer(f"{ada.key[:-4]}0000")) == [429]
    with limited() as client:
        assert statuses(client, *[LIST] * 3, headers=bearer(f"{ada.key[:-4]}0000")) == [401] * 3
        assert statuses(client, LIST) == [429]


def test_what_the_shorter_limit_refuses_does_not_count_for_the_longer(limited: Callable[..., TestClient]) -> None:
    with limited("9/day, 2/hour") as client:
        assert statuses(client, *[LIST] * 6) == [200, 200, 429, 429, 429, 429]
        last = client.get(LIST).headers
        assert last["RateLimit-Policy"] == '"hour";q=2;w=3600, "day";q=9;w=86400'
    with limited("2/day, 9/hour") as client:
        assert [client.get(LIST).headers["RateLimit"] for _ in range(3)] == [
            '"hour";r=8;t=400, "day";r=1;t=43200',
            '"hour";r=7;t=800, "day";r=0;t=86400',
            '"hour";r=6;t=1200, "day";r=0;t=86400',
        ]


def test_body_of_a_refused_request_is_not_taken_for_the_next_one(limited: Callable[..., TestClient]) -> None:
    with limited("1/hour") as client:
        client.get(LIST)
        refused = client.post("/v1/quotes/verify", json={"quote": "peace"})
        assert (refused.status_code, refused.headers["Connection"]) == (429, "close")


@pytest.mark.parametrize(
    ("trusted", "forwarded", "status"),
    [
        # Nobody's word is taken where no proxy is stated, and only the proxy's own word where one is.
        ("", ("192.0.2.1", "192.0.2.2"), 429),
        ("10.0.0.0/8", ("192.0.2.1", "192.0.2.2"), 429),
        ("127.0.0.0/8", ("192.0.2.1", "192.0.2.2"), 200),
        ("127.0.0.0/8", ("192.0.2.1, 198.51.100.7", "192.0.2.2, 198.51.100.7"), 429),
        ("127.0.0.0/8, 10.0.0.1", ("192.0.2.1, 10.0.0.1", "192.0.2.2, 10.0.0.1"), 200),
        ("127.0.0.0/8", ("2001:db8::1", "2001:db8::2"), 429),
        ("127.0.0.0/8", ("2001:db8::1", "2001:db8:0:1::1"), 200),
    ],
)
def test_client_behind_a_proxy_is_who_the_proxy_says(
    trusted: str, forwarded: tuple[str, str], status: int, database_url: str, seeded: Database
) -> None:
    settings = Settings(database_url=database_url, rate_limit="1/hour", trusted_proxies=trusted)
    config = uvicorn.Config(create_app(settings), **proxies_of(settings), log_config=None)
    config.load()
    with TestClient(config.loaded_app, client=("127.0.0.1", 5)) as client:
        answers = [client.get(LIST, headers={"X-Forwarded-For": one}).status_code for one in forwarded]
    assert answers == [200, status]


def test_requests_come_back_evenly() -> None:
    table, rate = Table(), Rate("minute", 60, 60)
    assert [table.take("a", rate, 1000.0)[:2] for _ in range(60)] == [(0.0, left) for left in range(59, -1, -1)]
    wait, left, back = table.take("a", rate, 1000.0)
    assert (round(wait, 6), left, round(back, 6)) == (1.0, 0, 60.0)
    assert table.take("a", rate, 1000.0 + wait)[:2] == (0.0, 0)
    assert table.take("a", rate, 1001.5)[0] > 0
    assert table.take("b", rate, 1000.0)[:2] == (0.0, 59)
    # A client that stays away has all of them again, and no more.
    assert table.take("a", rate, 9000.0)[:2] == (0.0, 59)


@pytest.mark.parametrize(("requests", "seconds"), [(1, 1), (3, 3600), (7, 60), (999_999, 86_400), (1, 86_400)])
def test_as_many_are_taken_as_is_said(requests: int, seconds: int) -> None:
    table, rate, now = Table(), Rate("x", requests, seconds), 5_000_000.1
    taken = 0
    while taken <= min(requests, 20_000) and not table.take("a", rate, now)[0]:
        taken += 1
    assert taken == min(requests, 20_001)


def test_memory_is_bounded_and_the_greediest_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "_BUCKETS", 16)
    table = Table()
    while not table.take("greedy", DAY, 50.0)[0]:
        pass
    for number in range(5_000):
        assert table.take(f"once {number}", DAY, 50.0)[0] == 0
    assert table.take("greedy", DAY, 51.0)[0] > 0


def _count(path: str, client: str, tries: int, taken: "multiprocessing.Queue[int]") -> None:
    table = Table(path)
    taken.put(sum(table.take(client, DAY, 50.0)[0] == 0 for _number in range(tries)))


def test_processes_of_one_server_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    context = multiprocessing.get_context("fork")
    with shared_table(Settings(rate_limit="300/day", workers=4)):
        path = os.environ["QUOTH_RATE_LIMIT_FILE"]
        taken: multiprocessing.Queue[int] = context.Queue()
        processes = [context.Process(target=_count, args=(path, "a", 500, taken)) for _number in range(4)]
        for process in processes:
            process.start()
        assert sum(taken.get(timeout=60) for _process in processes) == DAY.requests
        for process in processes:
            process.join()
        # A process that is killed while it holds every lock leaves none.
        holder, ready = _holding(context, path)
        ready.get(timeout=60)
        assert holder.pid is not None
        os.kill(holder.pid, signal.SIGKILL)
        holder.join()
        started = monotonic()
        assert Table(path).take("b", DAY, 50.0)[0] == 0
        assert monotonic() - started < 30
    assert "QUOTH_RATE_LIMIT_FILE" not in os.environ


def _holding(context: Any, path: str) -> tuple[Any, Any]:
    ready = context.Queue()

    def hold() -> None:
        with Path(path).open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            ready.put(True)
            signal.pause()

    holder = context.Process(target=hold)
    holder.start()
    return holder, ready


def test_one_process_shares_nothing() -> None:
    with shared_table(Settings(rate_limit="300/day")), shared_table(Settings(workers=4)):
        assert "QUOTH_RATE_LIMIT_FILE" not in os.environ


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_network_of_ipv6_is_one_client(address: str, network: str) -> None:
    assert network_of(address) == network
