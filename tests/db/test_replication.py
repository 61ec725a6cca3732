"""PostgreSQL servers that come and go while they are read from: real ones, on sockets in temporary folders."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.db import Database, replicas
from app.db.replicas import ReadTransaction, Servers
from app.errors import DatabaseUnavailableError
from app.loading import load_interview
from app.main import create_app
from app.models import Interview, Scope
from app.settings import Settings
from app.structure.prepare import prepare
from app.transcripts.source import Source
from tests.api.keyed import bearer, key_for, with_small_routes
from tests.authors import at
from tests.clusters import Cluster, administer, cluster
from tests.conftest import NOW, postgresql_programs
from tests.server import running

LIST = "/v1/questions"
_PATIENCE_SECONDS = 30.0


@pytest.fixture
def primary() -> Iterator[Cluster]:
    with cluster(postgresql_programs()) as server:
        server.create()
        server.start()
        server.administer("CREATE DATABASE quoth")
        yield server


@pytest.fixture
def standby(primary: Cluster) -> Iterator[Cluster]:
    with cluster(postgresql_programs()) as server:
        server.copy_of(primary)
        server.start()
        yield server


def _load(url: str, number: int) -> None:
    database = Database(url)
    with database.write() as connection:
        text = f"Q: What is number {number}?\nA: It is this one."
        load_interview(connection, prepare(Source(f"{number}.txt", text.encode())), at(NOW))
    database.close()


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.close()


def _eventually(is_so: Callable[[], bool], what: str) -> None:
    """Wait for what has to come but takes its time."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > until:
            pytest.fail(f"not after {_PATIENCE_SECONDS:g} s: {what}")
        time.sleep(0.02)


class _Reader:
    """A client of a server, which checks of each answer that it is not older than the one before."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.seen = 0

    def read(self, seen: int | None = None) -> int:
        """Read the list; each revision here brought one question."""
        response = self.client.get(LIST, headers={} if seen is None else {"Quoth-Revision": str(seen)})
        assert response.status_code == 200
        revision = int(response.headers["Quoth-Revision"])
        assert response.json()["page"]["total"] == revision
        assert revision >= max(self.seen, seen or 0)
        self.seen = revision
        return revision

    def conditions(self) -> list[tuple[str, Any]]:
        """How the primary and the standby are."""
        response = self.client.get("/readyz")
        assert response.status_code == 200
        return [(one["condition"], one["revision"]) for one in response.json()["servers"]]


@contextmanager
def _noted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Note of each transaction that answers whether it is on a standby."""
    noted: list[bool] = []
    read = Servers.read

    @contextmanager
    def noting(servers: Servers, seen: int = 0) -> Iterator[ReadTransaction]:
        with read(servers, seen) as opened:
            noted.append(opened.is_standby)
            yield opened

    with monkeypatch.context() as patch:
        patch.setattr(Servers, "read", noting)
        yield noted


def test_standby_serves_what_it_has_and_takes_over(
    primary: Cluster, standby: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicas, "RETRY_SECONDS", 0.2)
    both = f"{primary.folder},{standby.folder}"
    whichever_writes = primary.url("quoth", host=both, target_session_attrs="read-write")
    _migrate(whichever_writes)
    _load(whichever_writes, 1)
    # Which server is read from is asked here, and an answer that is kept is read from none.
    settings = Settings(database_url=whichever_writes, database_replicas=standby.url("quoth"), cache_bytes=0)
    with TestClient(create_app(settings)) as client, _noted(monkeypatch) as on_standby:
        reader = _Reader(client)

        def is_on_standby() -> bool:
            reader.read()
            return on_standby[-1]

        _eventually(is_on_standby, "the standby is read from")

        standby.administer("SELECT pg_wal_replay_pause()")
        _load(whichever_writes, 2)
        # Who loaded it knows its number; others may be shown what there was a second ago, but never go back.
        assert client.get(LIST, headers={"Quoth-Revision": "2"}).headers["Quoth-Revision"] == "2"
        assert [reader.read() for _ in range(30)] == [2] * 30
        assert not any(on_standby[-30:])
        assert reader.conditions() == [("ready", 2), ("behind", 1)]
        standby.administer("SELECT pg_wal_replay_resume()")
        _eventually(is_on_standby, "the standby is read from when it has caught up")
        assert reader.seen == 2

        standby.stop()
        assert [reader.read() for _ in range(10)] == [2] * 10
        assert not any(on_standby[-10:])
        assert reader.conditions() == [("ready", 2), ("away", None)]
        standby.start()
        _eventually(is_on_standby, "the standby is read from again")

        _load(whichever_writes, 3)
        _eventually(lambda: reader.read() == 3 and is_on_standby(), "the standby has everything")
        primary.stop()
        assert [reader.read() for _ in range(10)] == [3] * 10
        assert reader.read(seen=3) == 3
        assert all(on_standby[-11:])
        assert reader.conditions() == [("away", None), ("ready", 3)]
        awaited = client.get(LIST, headers={"Quoth-Revision": "4"})
        assert (awaited.status_code, awaited.json()["type"]) == (503, "/problems/revision-awaited")
        with pytest.raises(DatabaseUnavailableError):
            _load(whichever_writes, 4)

        standby.promote()
        _load(whichever_writes, 4)
        _eventually(lambda: reader.read() == 4, "what is written after the promotion is read")
        assert reader.read(seen=4) == 4
        assert not on_standby[-1]
        _eventually(lambda: reader.conditions() == [("ready", 4), ("ready", 4)], "the promoted one is the primary")


def test_who_has_written_over_http_reads_it_whichever_server_answers(primary: Cluster, standby: Cluster) -> None:
    """And a key that was made or revoked is known at once, although the standby may be behind."""
    url = primary.url("quoth")
    _migrate(url)
    settings = Settings(database_url=url, database_replicas=standby.url("quoth"), cache_bytes=0)
    with closing(Database(url)) as database, TestClient(with_small_routes(create_app(settings))) as client:
        key, kept = key_for(database, Scope.WRITE), key_for(database, Scope.KEYS)
        for number in range(1, 21):
            headers = bearer(key, Idempotency_Key=str(number))
            answer = client.post("/v1/notes", json={"text": str(number)}, headers=headers)
            assert (answer.status_code, answer.headers["Quoth-Revision"]) == (201, str(number))
            read = client.get("/v1/topics", headers={"Quoth-Revision": answer.headers["Quoth-Revision"]})
            assert (read.status_code, read.headers["Quoth-Revision"]) == (200, str(number))
        assert client.delete(f"/v1/keys/{key.prefix}", headers=bearer(kept, If_Match="*")).status_code == 200
        assert client.get("/v1/topics", headers=bearer(key)).status_code == 401


def test_restart_of_the_server_costs_only_the_requests_under_way(primary: Cluster) -> None:
    outcomes: list[tuple[float, int]] = []
    refusals: set[tuple[str, str]] = set()
    stop = threading.Event()
    with running(QUOTH_DATABASE_URL=primary.url("quoth")) as address:

        def ask() -> int:
            started = time.monotonic()
            try:
                with urlopen(address + LIST, timeout=20) as response:  # noqa: S310 - the address is our own
                    status = response.status
            except HTTPError as refused:
                with refused:
                    status = refused.code
                    refusals.add((refused.headers["Content-Type"], refused.headers["Retry-After"]))
            outcomes.append((started, status))
            return int(status)

        def ask_on() -> None:
            while not stop.is_set():
                ask()

        clients = [threading.Thread(target=ask_on) for _ in range(4)]
        for one in clients:
            one.start()
        _eventually(lambda: len(outcomes) >= 40, "requests are answered")
        stopped = time.monotonic()
        primary.stop()
        _eventually(lambda: outcomes[-1][1] == 503, "it is told that the database is away")
        primary.start()
        back = time.monotonic()
        answered = len(outcomes)
        _eventually(lambda: len(outcomes) >= answered + 40, "requests are answered again")
        stop.set()
        for one in clients:
            one.join()
    assert {status for _started, status in outcomes} == {200, 503}
    assert refusals == {("application/problem+json", "5")}
    assert {status for started, status in outcomes if started > back} == {200}
    # Those under way when it stopped are of the clients: one each.
    assert sum(status != 200 for started, status in outcomes if started < stopped) <= len(clients)


def test_restart_that_nobody_noticed_costs_nothing(primary: Cluster) -> None:
    url = primary.url("quoth")
    _migrate(url)
    with TestClient(create_app(Settings(database_url=url, cache_bytes=0))) as client:
        database: Database = client.app.state.database  # type: ignore[attr-defined]  # the application's own state
        # Several connections wait in the pool, and each of them is a dead one afterwards.
        with database.read(), database.read(), database.read():
            assert client.get(LIST).status_code == 200
        primary.stop()
        primary.start()
        assert [client.get(LIST).status_code for _ in range(5)] == [200] * 5


@pytest.fixture
def url(make_database: Callable[[str], str]) -> str:
    """The address of a migrated, empty PostgreSQL database."""
    return make_database("postgresql")


def _count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(Interview)).scalar_one())


def test_writer_that_loses_its_connection_leaves_nothing_behind(url: str) -> None:
    database = Database(url)
    text = b"Q: Who goes there?\nA: Only me."

    def lose_it() -> None:
        with database.write() as connection:
            load_interview(connection, prepare(Source("x.txt", text)), at(NOW))
            me = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
            administer(url, f"SELECT pg_terminate_backend({int(me)}, 5000)")

    with pytest.raises(DatabaseUnavailableError):
        lose_it()
    assert _count(database) == 0
    _load(url, 1)
    assert _count(database) == 1
    database.close()


def test_exhausted_pool_is_told_as_unavailable(url: str) -> None:
    few = Settings(database_url=url, cache_bytes=0, database_connections=2, database_wait_seconds=0.1)
    with TestClient(create_app(few)) as client:
        database: Database = client.app.state.database  # type: ignore[attr-defined]  # the application's own state
        with database.read() as one, database.read() as other:
            assert one.scalar(sa.text("SELECT pg_backend_pid()")) != other.scalar(sa.text("SELECT pg_backend_pid()"))
            response = client.get(LIST)
        assert (response.status_code, response.json()["type"]) == (503, "/problems/unavailable")
        assert int(response.headers["Retry-After"]) > 0
        assert client.get(LIST).status_code == 200


def test_process_opens_no_more_connections_than_it_may(url: str) -> None:
    application = url.replace("?", "?application_name=counted&")
    few = Settings(database_url=application, cache_bytes=0, database_connections=3)
    most = 0
    with TestClient(create_app(few)) as client:
        threads = [threading.Thread(target=lambda: [client.get(LIST) for _ in range(5)]) for _ in range(12)]
        for one in threads:
            one.start()
        engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
        counted = sa.text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'counted'")
        with engine.connect() as connection:
            while any(one.is_alive() for one in threads):
                most = max(most, connection.execute(counted).scalar_one())
                connection.rollback()
        engine.dispose()
        for one in threads:
            one.join()
        assert client.get(LIST).status_code == 200
    assert 1 <= most <= 3


def test_reader_is_told_that_a_table_is_locked_before_its_statement_takes_too_long(url: str) -> None:
    with TestClient(create_app(Settings(database_url=url, cache_bytes=0, statement_seconds=0.5))) as client:
        assert client.get(LIST).status_code == 200
        writer = Database(url)
        with writer.write() as connection:
            connection.execute(sa.text("LOCK TABLE question IN ACCESS EXCLUSIVE MODE"))
            response = client.get(LIST)
        writer.close()
        assert (response.status_code, response.json()["type"]) == (503, "/problems/unavailable")
        assert client.get(LIST).status_code == 200


def test_writer_waits_for_another_one_only_so_long(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.db.postgresql.BUSY_TIMEOUT_MS", 100)
    database = Database(url)
    with database.write(), pytest.raises(DatabaseUnavailableError, match="lock timeout"), database.write():
        pass
    database.close()


def test_transaction_in_which_nothing_is_asked_is_ended_by_the_server(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.db.postgresql._IDLE_TRANSACTION_MS", 50)
    database = Database(url)

    def ask(open_transaction: Callable[[], Any]) -> None:
        with open_transaction() as connection:
            connection.execute(sa.text("SELECT 1"))
            time.sleep(0.5)
            connection.execute(sa.text("SELECT 1"))

    for open_transaction in (database.read, database.write):
        with pytest.raises(DatabaseUnavailableError, match="idle-in-transaction timeout"):
            ask(open_transaction)
    assert _count(database) == 0
    database.close()


def test_address_has_the_last_word_and_loses_nothing_of_its_own(url: str) -> None:
    own = sa.make_url(url).update_query_dict({"options": "-c application_name=archive", "connect_timeout": "2"})
    database = Database(own.render_as_string(hide_password=False))
    for open_transaction in (database.read, database.write):
        with open_transaction() as connection:
            assert connection.scalar(sa.text("SHOW application_name")) == "archive"
            assert connection.scalar(sa.text("SHOW timezone")) == "UTC"
            driver: Any = connection.connection.driver_connection
            assert "connect_timeout=2" in driver.info.dsn
            assert "keepalives_idle=10" in driver.info.dsn
    database.close()
