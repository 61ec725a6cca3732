import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.db import Database
from app.errors import DatabaseUnavailableError, SchemaVersionError, StatementTimeError
from app.loading import load_interview
from app.main import create_app
from app.models import SearchTerm, Topic
from app.settings import Settings
from app.structure.prepare import prepare
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW

LIST = "/v1/questions"


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "faults.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    with database.write() as connection:
        load_interview(connection, prepare(Source("x.txt", b"Q: Who goes there?\nA: Only me.")), at(NOW))
    database.close()
    return path


@pytest.fixture
def server(file: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(database_url=f"sqlite:///{file}")), raise_server_exceptions=False) as client:
        yield client


def _assert_unavailable(server: TestClient, file: Path) -> None:
    for address in (LIST, "/readyz", "/v1/topics", "/v1/interviews/x/source"):
        response = server.get(address)
        assert (address, response.status_code) == (address, 503)
        assert response.headers["Content-Type"] == "application/problem+json"
        assert int(response.headers["Retry-After"]) > 0
        assert response.headers["Cache-Control"] == "no-store"
        assert response.json()["type"] == "/problems/unavailable"
        for internal in (str(file.parent), "sqlite", "SELECT", "Traceback", "malformed", "file is not"):
            assert internal not in response.text
    assert server.get("/healthz").status_code == 200


def _spoil(file: Path, how: str) -> None:
    whole = file.read_bytes()
    file.unlink()
    if how == "garbage":
        file.write_bytes(os.urandom(len(whole)))
    elif how == "truncated":
        file.write_bytes(whole[: len(whole) // 3])
    elif how == "cut short":
        file.write_bytes(whole[:50])
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "a directory":
        file.mkdir()


@pytest.mark.parametrize("asked_before", [False, True], ids=["at once", "while serving"])
@pytest.mark.parametrize("how", ["missing", "garbage", "truncated", "cut short", "empty", "a directory"])
def test_spoilt_file_is_told_as_unavailable_until_it_is_back(
    file: Path, server: TestClient, how: str, asked_before: bool
) -> None:
    keep = file.with_suffix(".keep")
    shutil.copy(file, keep)
    if asked_before:
        assert server.get(LIST).json()["page"]["total"] == 1
    _spoil(file, how)
    _assert_unavailable(server, file)
    if file.is_dir():
        file.rmdir()
    keep.replace(file)
    assert server.get("/readyz").status_code == 200
    assert server.get(LIST).json()["page"]["total"] == 1


def test_replaced_file_is_noticed(file: Path, server: TestClient, sqlite_template: Path) -> None:
    assert server.get(LIST).json()["page"]["total"] == 1
    other = file.with_suffix(".other")
    shutil.copy(sqlite_template, other)
    other.replace(file)
    assert server.get(LIST).json()["page"]["total"] == 0


def test_readers_are_answered_while_a_writer_holds_the_database(own_seed: TestClient, database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.update(Topic).values(label="Not yet"))
        assert "Not yet" not in own_seed.get("/v1/topics").text


def test_reading_cannot_write(database: Database) -> None:
    with (
        pytest.raises((DatabaseUnavailableError, sa.exc.DBAPIError), match=r"(?i)read.?only"),
        database.read() as connection,
    ):
        connection.execute(sa.text("DELETE FROM topic"))


def test_error_in_a_writing_block_undoes_all_of_it(database: Database) -> None:
    def fail(connection: sa.Connection) -> None:
        connection.execute(sa.insert(Topic).values(id="t", slug="t", label="T", labels=[], exact_match=[]))
        raise LookupError

    with pytest.raises(LookupError), database.write() as connection:
        fail(connection)
    with database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(Topic)).scalar() == 0


def test_one_reading_block_sees_one_state(database: Database) -> None:
    count = sa.select(sa.func.count()).select_from(Topic)
    with database.read() as reader:
        assert reader.execute(count).scalar() == 0
        with database.write() as writer:
            writer.execute(sa.insert(Topic).values(id="t", slug="t", label="T", labels=[], exact_match=[]))
        assert reader.execute(count).scalar() == 0
    with database.read() as reader:
        assert reader.execute(count).scalar() == 1


def test_writers_wait_for_one_another(database_url: str, database: Database) -> None:
    order: list[str] = []
    other = Database(database_url)
    entered = threading.Event()

    def second() -> None:
        entered.wait()
        with other.write():
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with database.write():
        entered.set()
        thread.join(0.3)
        order.append("first")
    thread.join()
    other.close()
    assert order == ["first", "second"]


def _insert_topic(connection: sa.Connection, number: int) -> None:
    labels = [{"kind": "preferred", "language": None, "text": "T"}]
    values = {"id": f"t{number}", "slug": f"t{number}", "label": "T", "labels": labels, "exact_match": []}
    connection.execute(sa.insert(Topic).values(**values))


def test_reader_waits_for_no_importer(database: Database, own_seed: TestClient) -> None:
    with database.write() as importer:
        _insert_topic(importer, 1)
        # The import stands in the middle; a reader that waited for it would wait for ever here.
        assert own_seed.get(LIST).status_code == 200
        assert own_seed.get("/v1/topics/t1").status_code == 404
        assert own_seed.get("/readyz").status_code == 200
    assert own_seed.get("/v1/topics/t1").status_code == 200


def test_importer_is_not_starved_by_readers(database_url: str, database: Database) -> None:
    readers, rounds = 4, 10
    readings, done, overlapping = [0] * readers, threading.Event(), threading.Barrier(readers + 1)
    count = sa.select(sa.func.count()).select_from(Topic)
    failures: list[BaseException] = []

    def read_all_the_time(place: int) -> None:
        other = Database(database_url)
        try:
            with other.read() as connection:
                connection.execute(count).scalar_one()
                overlapping.wait()
                while not done.is_set():
                    # One state is read while the next reading begins, so that at no moment nobody reads.
                    with other.read() as second:
                        second.execute(count).scalar_one()
                        connection.execute(count).scalar_one()
                    readings[place] += 1
        except BaseException as error:  # noqa: BLE001 - told in the thread of the test
            failures.append(error)
        finally:
            other.close()

    threads = [threading.Thread(target=read_all_the_time, args=(place,)) for place in range(readers)]
    for thread in threads:
        thread.start()
    overlapping.wait()
    try:
        for number in range(rounds):
            with database.write() as importer:
                _insert_topic(importer, number)
            with database.read() as connection:
                assert connection.execute(count).scalar_one() == number + 1
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not failures
    assert all(readings)


def test_log_that_a_long_reader_let_grow_is_given_back(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.db.sqlite._MAX_LOG_BYTES", 200_000)
    database, log = Database(f"sqlite:///{file}"), file.with_name(f"{file.name}-wal")

    def write(number: int) -> None:
        with database.write() as connection:
            _insert_topic(connection, number)
            values = {"term": f"term{number}" + "x" * 1_000_000, "documents": 1}
            connection.execute(sa.insert(SearchTerm).values(**values))

    with database.read() as reader:
        reader.execute(sa.select(Topic)).all()
        for number in range(10):
            write(number)
        # What the reader sees stands in the database alone, and all that came after in the log.
        assert log.stat().st_size > 10_000_000
        assert not reader.execute(sa.select(Topic)).all()
    for number in range(10, 13):
        write(number)
    assert log.stat().st_size < 5_000_000
    database.close()


def test_planner_is_told_how_many_rows_there_are(database: Database) -> None:
    with database.write() as connection:
        for number in range(300):
            _insert_topic(connection, number)
    database.analyze()
    statement = "SELECT CAST(stat AS text) FROM sqlite_stat1 WHERE tbl = 'topic' AND idx LIKE '%label%'"
    if not database.is_sqlite:
        statement = "SELECT CAST(CAST(reltuples AS integer) AS text) FROM pg_class WHERE relname = 'topic'"
    with database.read() as connection:
        assert str(connection.exec_driver_sql(statement).scalar_one()).split()[0] == "300"


@pytest.mark.parametrize("version", ["9999", "0000"])
def test_schema_of_another_version_is_refused_and_not_ready(
    own_seed: TestClient, database: Database, version: str
) -> None:
    assert own_seed.get("/readyz").status_code == 200
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    with pytest.raises(SchemaVersionError, match=version):
        database.check_schema()
    assert (own_seed.get("/readyz").status_code, own_seed.get("/healthz").status_code) == (503, 200)


def test_empty_database_is_refused_and_not_ready(client: TestClient, database: Database) -> None:
    database.migrate("base")
    with pytest.raises(SchemaVersionError, match="quoth migrate"):
        database.check_schema()
    assert (client.get("/readyz").status_code, client.get("/healthz").status_code) == (503, 200)
    response = client.get(LIST)
    assert (response.status_code, response.json()["type"]) == (503, "/problems/unavailable")


def test_password_is_not_shown() -> None:
    database = Database("postgresql://reader:secret@db.example.org/quoth")
    assert "secret" not in str(database)
    database.close()


def test_server_that_is_away_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"postgresql:///quoth?host={tmp_path}")
    with pytest.raises(DatabaseUnavailableError), database.read():
        pass
    with pytest.raises(DatabaseUnavailableError), database.write():
        pass
    database.close()


def test_garbage_cannot_be_migrated_and_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "garbage.db"
    file.write_bytes(b"This is a letter and no database. " * 50)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(DatabaseUnavailableError):
        database.migrate()
    database.close()
    assert file.read_bytes() == b"This is a letter and no database. " * 50


def test_sqlite_keeps_what_it_acknowledged(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


def test_statement_that_runs_long_is_cut_and_the_next_one_is_not(database_url: str) -> None:
    impatient = Database(database_url, statement_seconds=0.2)
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(StatementTimeError), impatient.read() as connection:
        connection.exec_driver_sql(endless).all()
    with impatient.read() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    impatient.close()
