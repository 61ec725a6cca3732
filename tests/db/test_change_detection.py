import datetime
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.db import Database
from app.db.change_detection import FLOOR_SECONDS, ChangeDetector, PostgresqlChangeDetector, change_detector
from app.db.corpus_revision import CorpusRevision, find_revision
from app.loading import LoadedInterview
from app.loading.history import new_revision
from tests.authors import at
from tests.conftest import NOW

TIMEOUT_SECONDS = 30.0


@pytest.fixture
def detector(database: Database) -> Iterator[ChangeDetector]:
    opened = change_detector(database)
    yield opened
    opened.close()


def _until(holds: Callable[[], bool]) -> None:
    """Wait for what comes by itself; no test depends on how soon."""
    until = time.monotonic() + TIMEOUT_SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def _known(detector: ChangeDetector) -> Hashable:
    _until(lambda: detector.version_token() is not None)
    return detector.version_token()


def _revise(database: Database) -> None:
    with database.write() as connection:
        new_revision(connection, at(datetime.datetime.now(datetime.UTC)))


def test_state_is_the_same_until_something_is_written(
    database: Database, detector: ChangeDetector, load: Callable[..., LoadedInterview]
) -> None:
    before = _known(detector)
    with database.read() as connection:
        connection.execute(sa.text("SELECT count(*) FROM interview")).scalar_one()
    assert detector.version_token() == before
    load("Q: Why?\nA: Because.\n")
    _until(lambda: detector.version_token() not in {None, before})


def test_every_write_is_noticed_also_one_that_makes_no_revision(database: Database, detector: ChangeDetector) -> None:
    seen = {_known(detector)}
    for _write in range(3):
        with database.write() as connection:
            connection.execute(sa.text("DELETE FROM mirror"))
        _until(lambda: detector.version_token() not in {None, *seen})
        seen.add(detector.version_token())


def test_what_is_rolled_back_is_no_change(database: Database, detector: ChangeDetector) -> None:
    def break_off() -> None:
        with database.write() as connection:
            new_revision(connection, at(NOW))
            raise LookupError

    before = _known(detector)
    with pytest.raises(LookupError):
        break_off()
    _revise(database)
    _until(lambda: detector.version_token() not in {None, before})
    # PostgreSQL is asked for the revision after it has told that there is one.
    _until(lambda: "None" not in str(detector.version_token()))
    after = detector.version_token()
    with pytest.raises(LookupError):
        break_off()
    time.sleep(0.05)
    assert detector.version_token() in {None, after}


def test_sqlite_state_is_of_this_moment(make_database: Callable[[str], str]) -> None:
    database = Database(make_database("sqlite"))
    detector = change_detector(database)
    seen = [detector.version_token()]
    for _write in range(20):
        _revise(database)
        seen.append(detector.version_token())
        assert detector.version_token() == seen[-1]
    assert None not in seen
    assert len(set(seen)) == len(seen)
    detector.close()
    database.close()


@pytest.mark.parametrize("way", ["replaced", "restored", "overwritten"])
def test_other_sqlite_file_is_another_state(make_database: Callable[[str], str], tmp_path: Path, way: str) -> None:
    database = Database(make_database("sqlite"))
    file, copy = Path(str(database.url.database)), tmp_path / "copy.db"
    detector = change_detector(database)
    with sqlite3.connect(file) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    before = detector.version_token()
    assert before is not None
    if way == "replaced":
        copy.rename(file)
    elif way == "restored":
        source, target = sqlite3.connect(copy), sqlite3.connect(file)
        source.backup(target)
        source.close()
        target.close()
    else:
        file.write_bytes(copy.read_bytes())
        times = file.stat()
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns - 10**9))
    assert detector.version_token() not in {None, before}
    detector.close()
    database.close()


def test_sqlite_file_that_is_away_or_no_database_has_no_state_until_it_is_back(
    make_database: Callable[[str], str], tmp_path: Path
) -> None:
    database = Database(make_database("sqlite"))
    file, aside = Path(str(database.url.database)), tmp_path / "aside.db"
    detector = change_detector(database)
    before = detector.version_token()
    shutil.copy(file, aside)
    file.unlink()
    assert detector.version_token() is None
    file.write_bytes(b"this is no database at all, only words" * 200)
    assert detector.version_token() is None
    file.unlink()
    file.mkdir()
    assert detector.version_token() is None
    file.rmdir()
    aside.rename(file)
    assert detector.version_token() not in {None, before}
    detector.close()
    detector.close()
    database.close()


@pytest.fixture
def postgresql_database(make_database: Callable[[str], str]) -> Iterator[Database]:
    opened = Database(make_database("postgresql"))
    yield opened
    opened.close()


def _ended(database: Database) -> int:
    """End the sessions that listen, as a restart of the server does."""
    mine = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name")
    with database.write() as connection:
        return len(connection.execute(mine, {"name": "quoth watch"}).all())


def test_postgresql_state_covers_the_revision_that_it_is_of(postgresql_database: Database) -> None:
    detector = change_detector(postgresql_database)
    first = _known(detector)
    assert detector.matches(first, None)
    assert not detector.matches(first, 1)
    _revise(postgresql_database)
    _until(lambda: detector.version_token() is not None and detector.matches(detector.version_token(), 1))
    # A replica that lags behind, or a reading that was quicker than the notification.
    assert not detector.matches(detector.version_token(), None)
    assert not detector.matches(detector.version_token(), 2)
    detector.close()


def test_lost_connection_is_made_again_and_nothing_from_before_it_holds(postgresql_database: Database) -> None:
    detector = change_detector(postgresql_database)
    before = _known(detector)
    assert _ended(postgresql_database) == 1
    _until(lambda: detector.version_token() not in {None, before})
    detector.close()
    _until(lambda: _ended(postgresql_database) == 0)


def test_revision_is_noticed_within_the_floor_where_nothing_is_told(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a standby, which cannot listen."""
    monkeypatch.setattr("app.db.change_detection.CHANGED", "nobody_sends_this")
    detector = change_detector(postgresql_database)
    before = _known(detector)
    asked = time.monotonic()
    _revise(postgresql_database)
    while detector.version_token() == before:
        # The same state after the floor would be one that nobody has confirmed.
        assert time.monotonic() < asked + FLOOR_SECONDS + TIMEOUT_SECONDS
        time.sleep(0.005)
    detector.close()


def test_server_that_does_not_answer_is_relied_upon_no_longer_than_the_floor(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = change_detector(postgresql_database)
    _known(detector)
    answers = threading.Event()
    original = find_revision

    def hanging(connection: sa.Connection) -> CorpusRevision | None:
        answers.wait(TIMEOUT_SECONDS)
        return original(connection)

    monkeypatch.setattr("app.db.change_detection.find_revision", hanging)
    _until(lambda: detector.version_token() is None)
    answers.set()
    assert _known(detector) is not None
    detector.close()


def test_database_that_cannot_be_reached_has_no_state(tmp_path: Path) -> None:
    detector = PostgresqlChangeDetector(sa.make_url(f"postgresql+psycopg://nobody@/none?host={tmp_path}"))
    assert detector.version_token() is None
    time.sleep(0.05)
    assert detector.version_token() is None
    detector.close()
    detector.close()
    assert detector.version_token() is None
