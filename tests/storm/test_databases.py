"""A server and an import beside a database that is locked, damaged, restarted or out of connections, on both engines;
and the same checks on programs that lack what makes it safe, where they have to find something.
"""

import itertools
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

import app.db
from app.db import Database
from app.errors import DatabaseUnavailableError
from app.loading import load_interview
from app.main import create_app
from app.settings import Settings
from app.structure.prepare import prepare
from app.transcripts.source import Source
from tests.authors import at
from tests.clusters import Cluster, administer, cluster
from tests.conftest import NOW, postgresql_programs
from tests.storm.disk import TALKS

# Tries until a server has to have found its database again, and seconds between them.
_TRIES, _PAUSE = 50, 0.1
# More connections than a server of the tests has.
_MOST_CONNECTIONS = 200
_LISTS = ("/v1/questions", "/v1/answers", "/v1/interviews", "/v1/speakers", "/v1/topics", "/v1/changes")

Fault = Callable[[], AbstractContextManager[None]]


class Asking:
    """A client that asks for what no cache has, and notes every answer that should not be."""

    def __init__(self, client: TestClient, secrets: tuple[str, ...]) -> None:
        self._client, self._secrets = client, secrets
        self._addresses = (f"{path}?limit={limit}" for limit in itertools.count(1) for path in _LISTS)
        self.statuses: list[int] = []
        self.found: list[str] = []

    def ask(self, times: int) -> None:
        """Ask a number of times, and for the health of the server each time."""
        for _ in range(times):
            address = next(self._addresses)
            response = self._client.get(address)
            self.statuses.append(response.status_code)
            if response.status_code == 503:
                is_told = response.headers["Content-Type"] == "application/problem+json"
                if not is_told or int(response.headers.get("Retry-After", 0)) < 1:
                    self.found.append(f"{address}: 503 that does not say when to come back")
            elif response.status_code != 200:
                self.found.append(f"{address}: {response.status_code}")
            shown = [one for one in (*self._secrets, "Traceback", "SELECT ") if one in response.text]
            self.found += [f"{address}: shows {one}" for one in shown]
            if (health := self._client.get("/healthz").status_code) != 200:
                self.found.append(f"/healthz: {health}")

    def wait_until_well(self) -> None:
        """Ask until the server answers again, without a restart."""
        for _ in range(_TRIES):
            if self._client.get("/readyz").status_code == 200 and self._client.get(next(self._addresses)).is_success:
                return
            time.sleep(_PAUSE)
        self.found.append("the server did not find its database again")


def store_talks(database: Database) -> None:
    """Store the two interviews of the tests."""
    with database.write() as connection:
        for name, text in TALKS.items():
            load_interview(connection, prepare(Source(f"{name}.txt", text.encode())), at(NOW))


def beside(url: str, fault: Fault, *secrets: str) -> Asking:
    """Ask a server before, during and after a fault."""
    settings = Settings(database_url=url, cache_bytes=0, database_wait_seconds=0.5, statement_seconds=1)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        asking = Asking(client, secrets)
        asking.ask(3)
        assert asking.statuses == [200] * 3
        with fault():
            asking.ask(6)
        asking.wait_until_well()
    return asking


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "storm.db"
    shutil.copy(sqlite_template, path)
    with closing(Database(f"sqlite:///{path}")) as database:
        store_talks(database)
    return path


def _sqlite_faults(file: Path) -> dict[str, Fault]:
    @contextmanager
    def locked() -> Iterator[None]:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            other.execute("UPDATE interview SET title = 'not yet'")
            yield
            other.execute("ROLLBACK")

    @contextmanager
    def damaged() -> Iterator[None]:
        whole = file.read_bytes()
        with file.open("r+b") as opened:
            opened.seek(4096)
            opened.write(b"\xa5" * (len(whole) - 4096))
        yield
        file.write_bytes(whole)

    @contextmanager
    def garbage() -> Iterator[None]:
        kept = file.with_suffix(".kept")
        shutil.copy(file, kept)
        file.unlink()
        file.write_bytes(b"no database " * 4000)
        yield
        kept.replace(file)

    @contextmanager
    def gone() -> Iterator[None]:
        kept = file.rename(file.with_suffix(".kept"))
        yield
        kept.rename(file)

    return {"locked": locked, "damaged": damaged, "garbage": garbage, "gone": gone}


@pytest.mark.parametrize("fault", ["locked", "damaged", "garbage", "gone"])
def test_server_tells_of_a_faulty_sqlite_file_and_finds_it_again(file: Path, fault: str) -> None:
    asking = beside(f"sqlite:///{file}", _sqlite_faults(file)[fault], str(file))
    assert asking.found == []


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A PostgreSQL server of these tests' own, which is stopped and filled."""
    with cluster(postgresql_programs()) as made:
        made.create()
        made.start()
        with closing(Database(made.url())) as database:
            database.migrate()
            store_talks(database)
        yield made


def _postgresql_faults(server: Cluster) -> dict[str, Fault]:
    url = sa.make_url(server.url()).set(drivername="postgresql+psycopg")

    @contextmanager
    def terminated() -> Iterator[None]:
        administer(
            server.url(),
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND usename IS NOT NULL",
        )
        yield

    @contextmanager
    def crashed() -> Iterator[None]:
        server.stop()
        yield
        server.start()

    @contextmanager
    def full() -> Iterator[None]:
        """Nobody gets a connection any more, and those that there were are closed."""
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        held: list[sa.Connection] = []
        try:
            with terminated():
                while len(held) < _MOST_CONNECTIONS:
                    held.append(engine.connect())
        except sa.exc.OperationalError:
            pass
        yield
        for one in held:
            one.close()
        engine.dispose()

    @contextmanager
    def locked() -> Iterator[None]:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("LOCK TABLE question, interview, turn IN ACCESS EXCLUSIVE MODE")
            yield
        engine.dispose()

    return {"terminated": terminated, "crashed": crashed, "full": full, "locked": locked}


@pytest.mark.postgresql
@pytest.mark.parametrize("fault", ["terminated", "crashed", "full", "locked"])
def test_server_tells_of_a_faulty_postgresql_and_finds_it_again(server: Cluster, fault: str) -> None:
    asking = beside(server.url(), _postgresql_faults(server)[fault], str(server.folder))
    assert asking.found == []


@pytest.mark.parametrize("on", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_faults_would_show_a_server_that_does_not_expect_them(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, on: str
) -> None:
    if on == "sqlite":
        file = request.getfixturevalue("file")
        url, fault = f"sqlite:///{file}", _sqlite_faults(file)["garbage"]
    else:
        server = request.getfixturevalue("server")
        url, fault = server.url(), _postgresql_faults(server)["crashed"]
    monkeypatch.setattr(app.db, "_translated", nullcontext)
    assert any(one.endswith(": 500") for one in beside(url, fault).found)


def import_cut_at(url: str, statement: int) -> list[str]:
    """End the connection of an import before one of its statements; say what is wrong afterwards."""
    with closing(Database(url)) as database:
        count = 0

        def end(connection: sa.Connection, *_rest: object) -> None:
            nonlocal count
            count += 1
            if count == statement:
                driver = connection.connection.driver_connection
                assert driver is not None
                administer(url, f"SELECT pg_terminate_backend({driver.info.backend_pid}, 5000)")

        sa.event.listen(database._writer, "before_cursor_execute", end)
        before = _counts(url)
        try:
            store_talks(database)
        except DatabaseUnavailableError:
            pass
        else:
            return [f"statement {statement}: nothing was told"] if count >= statement else []
        after = _counts(url)
        found = [] if before == after else [f"statement {statement}: {before} became {after}"]
    with closing(Database(url)) as database:
        store_talks(database)
    return found


def _counts(url: str) -> dict[str, int]:
    with closing(Database(url)) as database, database.read() as connection:
        tables = (
            "interview",
            "transcript",
            "turn",
            "question",
            "answer",
            "contribution",
            "search_document",
            "revision",
        )
        return {
            name: int(connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one())  # noqa: S608 - names of tables
            for name in tables
        }


@pytest.mark.postgresql
def test_import_whose_connection_ends_leaves_nothing(make_database: Callable[[str], str]) -> None:
    found = [one for at in (2, 12, 25, 40, 60) for one in import_cut_at(make_database("postgresql"), at)]
    assert found == []


@pytest.mark.postgresql
def test_ended_connections_would_show_an_import_without_a_transaction(
    make_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Database.write

    @contextmanager
    def write_at_once(self: Database) -> Iterator[sa.Connection]:
        self._writer = self._writer.execution_options(isolation_level="AUTOCOMMIT")
        with write(self) as connection:
            yield connection

    monkeypatch.setattr(Database, "write", write_at_once)
    assert any("became" in one for at in (25, 40) for one in import_cut_at(make_database("postgresql"), at))
