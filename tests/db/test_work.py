"""Work that is paused, gives way, is not wanted any more, or has used up its own time."""

import threading
import time
from collections.abc import Iterator

import pytest

from app.db import Database
from app.db.work import Work, check_current, current_work
from app.errors import ClientLeftError, StatementTimeError

FOR_EVER = 30.0
ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
SOME = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT count(*) FROM n"


@pytest.fixture
def impatient(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, statement_seconds=0.3)
    yield opened
    opened.close()


class Way(threading.Event):
    """Notes for how long it was waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for no time at all."""
        self.waited.append(timeout)
        return self.is_set()


def _busy(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_work_counts_what_it_does_itself() -> None:
    work = Work()
    with work.doing():
        assert current_work() is work
        _busy(0.02)
        time.sleep(0.05)
    assert current_work() is None
    used = work.seconds()
    assert 0.02 <= used < 0.05
    _busy(0.02)
    assert work.seconds() == used
    with work.doing():
        _busy(0.01)
    assert work.seconds() >= used + 0.01


def test_paused_work_waits_until_it_may_go_on_or_nobody_wants_it() -> None:
    has_left, reached = threading.Event(), threading.Event()
    work = Work(has_left.is_set)
    seen: list[object] = []

    def check() -> None:
        reached.set()
        seen.append(work.check())

    for end in (work.resume, has_left.set):
        work.pause()
        reached.clear()
        thread = threading.Thread(target=check)
        thread.start()
        assert reached.wait(FOR_EVER)
        assert thread.is_alive()
        end()
        thread.join(FOR_EVER)
    assert seen[0] is None
    assert isinstance(seen[1], ClientLeftError)


def test_work_gives_way_for_a_moment_and_then_goes_on() -> None:
    work, way = Work(), Way()
    work.give_way(way)
    with work.doing():
        for _time in range(3):
            check_current()
        assert len(way.waited) == 1
        assert way.waited[0] is not None
        assert way.waited[0] < 0.1
        _busy(0.01)
        check_current()
        assert len(way.waited) == 2
        way.set()
        _busy(0.01)
        check_current()
    assert len(way.waited) == 2


def test_work_calls_once_when_it_has_outlasted_its_time() -> None:
    work, calls = Work(), list[int]()
    work.when_outlasted(0.005, lambda: calls.append(1))
    with work.doing():
        check_current()
        assert not calls
        for _time in range(3):
            _busy(0.01)
            check_current()
    assert calls == [1]


def test_statement_is_cut_by_its_own_time_and_not_by_that_of_others(impatient: Database) -> None:
    """On PostgreSQL the server counts, where nothing of this process takes time."""
    looks = 0

    def has_left() -> bool:
        nonlocal looks
        looks += 1
        if looks in {3, 4}:
            # As if others had kept the processor busy.
            time.sleep(0.4)
        return False

    with Work(has_left).doing(), impatient.read() as connection:
        assert connection.exec_driver_sql(SOME).scalar_one() == 20_000
    assert looks > 4 or not impatient.is_sqlite
    with pytest.raises(StatementTimeError), Work().doing(), impatient.read() as connection:
        connection.exec_driver_sql(ENDLESS).all()


def test_statement_that_only_waits_is_cut_too(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL counts all the time")
    hurried = Database(str(database.url), statement_seconds=0.02)

    def has_left() -> bool:
        time.sleep(0.01)
        return False

    # Some hundreds of looks, each of which waits.
    with pytest.raises(StatementTimeError), Work(has_left).doing(), hurried.read() as connection:
        connection.exec_driver_sql(SOME.replace("20000", "2000000")).all()
    hurried.close()


def test_statement_is_cut_when_nobody_waits_for_it(database: Database) -> None:
    has_left = threading.Event()
    work = Work(has_left.is_set)

    def leave() -> None:
        has_left.set()
        # What a server works at has to be stopped there.
        work.interrupt()

    timer = threading.Timer(0.3, leave)
    timer.start()
    with pytest.raises(ClientLeftError), work.doing(), database.read() as connection:
        connection.exec_driver_sql(ENDLESS).all()
    timer.join()
    # Nothing is begun for it any more, and the connection can be used by others.
    with pytest.raises(ClientLeftError), work.doing(), database.read() as connection:
        connection.exec_driver_sql("SELECT 1").scalar_one()
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    work.interrupt()
