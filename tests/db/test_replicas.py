"""Which server is read from, with SQLite files that stand for servers: what is tested is the choice."""

import datetime
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from starlette.testclient import TestClient

from app.db import Database
from app.db.replicas import REFRESH_SECONDS, RETRY_SECONDS, Condition, Servers
from app.errors import DatabaseUnavailableError, FutureRevisionError, RevisionAwaitedError, SettingsError
from app.main import create_app
from app.models import Revision
from app.settings import Settings, read_settings
from tests.conftest import NOW
from tests.profiles import examples

REPLICAS = 2


class Farm:
    """Some servers that can be written to, copied, taken away and brought back, and a clock that is set by hand."""

    def __init__(self, template: Path, folder: Path) -> None:
        self.files = [folder / f"{number}.db" for number in range(1 + REPLICAS)]
        for file in self.files:
            shutil.copy(template, file)
        self.now = 0.0
        self.written = 0
        self.asked: list[int] = []
        self.servers = self.serve()

    def serve(self) -> Servers:
        """Start another process that reads from them."""
        databases = [_Counted(file, place, self.asked) for place, file in enumerate(self.files)]
        return Servers(databases[0], databases[1:], clock=lambda: self.now)

    def write(self, *, place: int = 0, after: int = 0) -> int:
        """Store one more revision."""
        database = Database(f"sqlite:///{self.files[place]}")
        self.written += 1
        with database.write() as connection:
            made_at = NOW + datetime.timedelta(seconds=self.written + after)
            number = (connection.execute(sa.select(sa.func.max(Revision.number))).scalar() or 0) + 1
            connection.execute(sa.insert(Revision).values(number=number, made_at=made_at))
        database.close()
        return int(number)

    def replicate(self, place: int) -> None:
        """Let a standby have all that the primary has."""
        for suffix in ("-wal", "-shm"):
            self._stored(place).with_name(self._stored(place).name + suffix).unlink(missing_ok=True)
        part = self.files[place].with_suffix(".part")
        shutil.copy(self._stored(0), part)
        part.replace(self._stored(place))

    def stop(self, place: int) -> None:
        """Take a server away."""
        if self.is_up(place):
            self.files[place].rename(self.files[place].with_suffix(".away"))

    def start(self, place: int) -> None:
        """Bring it back."""
        if not self.is_up(place):
            self.files[place].with_suffix(".away").rename(self.files[place])

    def is_up(self, place: int) -> bool:
        """Whether it is there."""
        return self.files[place].exists()

    def holds(self, place: int) -> int:
        """Its newest revision."""
        database = Database(f"sqlite:///{self._stored(place)}")
        with database.read() as connection:
            number = connection.execute(sa.select(sa.func.max(Revision.number))).scalar() or 0
        database.close()
        return int(number)

    def read(self, seen: int = 0) -> int:
        """Read, and return the revision that is shown."""
        with self.servers.read(seen) as opened:
            number = opened.connection.execute(sa.select(sa.func.max(Revision.number))).scalar() or 0
            assert opened.number == number
            return int(number)

    def _stored(self, place: int) -> Path:
        return self.files[place] if self.is_up(place) else self.files[place].with_suffix(".away")


class _Counted(Database):
    """A database that notes whenever it is asked; all but the first are standbys."""

    def __init__(self, file: Path, place: int, asked: list[int]) -> None:
        super().__init__(f"sqlite:///{file}")
        self._place, self._asked = place, asked

    def read(self):  # type: ignore[no-untyped-def]  # as that of the class above
        self._asked.append(self._place)
        return super().read()

    def is_standby(self, connection: sa.Connection) -> bool:
        return self._place > 0


@pytest.fixture
def farm(sqlite_template: Path, tmp_path: Path) -> Iterator[Farm]:
    made = Farm(sqlite_template, tmp_path)
    yield made
    made.servers.close()


def _all_have(farm: Farm, revisions: int) -> None:
    for _ in range(revisions):
        farm.write()
    for place in range(1, 1 + REPLICAS):
        farm.replicate(place)


def test_standbys_that_have_everything_are_read_in_turn_and_the_primary_is_asked_once_a_while(farm: Farm) -> None:
    _all_have(farm, 3)
    assert farm.read() == 3
    farm.asked.clear()
    assert [farm.read() for _ in range(6)] == [3] * 6
    assert sorted(farm.asked) == [1, 1, 1, 2, 2, 2]
    farm.now += REFRESH_SECONDS
    farm.asked.clear()
    assert farm.read() == 3
    assert farm.asked[0] == 0
    assert farm.asked[1] > 0


def test_standby_that_is_behind_is_not_read_from(farm: Farm) -> None:
    _all_have(farm, 1)
    farm.write()
    farm.now += REFRESH_SECONDS
    assert [farm.read() for _ in range(4)] == [2] * 4
    farm.replicate(2)
    farm.asked.clear()
    assert [farm.read() for _ in range(2)] == [2] * 2
    assert 2 in farm.asked


def test_client_that_has_seen_a_revision_is_not_shown_an_older_one_by_a_process_that_knows_less(farm: Farm) -> None:
    _all_have(farm, 1)
    assert farm.read() == 1
    farm.write()
    # The process has not looked since, and is within its rights to show what there was a moment ago; not to this one.
    assert farm.read() == 1
    assert farm.read(seen=2) == 2
    assert farm.read() == 2


def test_client_that_has_seen_more_than_there_is_waits_only_while_it_may_come(farm: Farm) -> None:
    _all_have(farm, 1)
    # The primary has everything that there is.
    with pytest.raises(FutureRevisionError, match=r"no revision 2 .* newest is 1"):
        farm.read(seen=2)
    farm.stop(0)
    farm.now += RETRY_SECONDS
    assert farm.read(seen=1) == 1
    with pytest.raises(RevisionAwaitedError):
        farm.read(seen=2)


def test_reads_go_on_from_the_standby_that_has_most_while_the_primary_is_away(farm: Farm) -> None:
    _all_have(farm, 1)
    farm.write()
    farm.replicate(2)
    farm.write()
    farm.now += REFRESH_SECONDS
    assert farm.read() == 3
    farm.stop(0)
    farm.now += REFRESH_SECONDS
    assert [farm.read() for _ in range(4)] == [2] * 4
    with pytest.raises(RevisionAwaitedError):
        farm.read(seen=3)


def test_server_that_is_away_is_tried_by_one_request_a_while(farm: Farm) -> None:
    _all_have(farm, 1)
    farm.stop(1)
    assert [farm.read() for _ in range(4)] == [1] * 4
    farm.asked.clear()
    assert [farm.read() for _ in range(20)] == [1] * 20
    assert 1 not in farm.asked
    farm.start(1)
    farm.now += RETRY_SECONDS
    farm.asked.clear()
    assert [farm.read() for _ in range(4)] == [1] * 4
    assert 1 in farm.asked


def test_primary_that_is_away_is_not_asked_by_every_request(farm: Farm) -> None:
    _all_have(farm, 1)
    farm.stop(0)
    for _ in range(10):
        farm.read()
    assert farm.asked.count(0) == 1


def test_no_server_at_all_is_unavailable_until_one_is_back(farm: Farm) -> None:
    _all_have(farm, 1)
    for place in range(1 + REPLICAS):
        farm.stop(place)
    for _ in range(2):
        with pytest.raises(DatabaseUnavailableError):
            farm.read()
    with pytest.raises(DatabaseUnavailableError):
        farm.servers.states()
    farm.start(2)
    farm.now += RETRY_SECONDS
    assert farm.read() == 1


def test_primary_that_was_put_back_to_an_older_state_is_believed(farm: Farm) -> None:
    _all_have(farm, 1)
    farm.write()
    farm.now += REFRESH_SECONDS
    assert farm.read() == 2
    farm.files[0].unlink()
    shutil.copy(farm.files[1], farm.files[0])
    farm.now += REFRESH_SECONDS
    assert [farm.read() for _ in range(4)] == [1] * 4


def test_server_of_another_corpus_is_no_standby(farm: Farm) -> None:
    _all_have(farm, 2)
    # One has another revision of the same number, the other has more than the primary.
    shutil.copy(farm.files[1], farm.files[1].with_suffix(".keep"))
    farm.write()
    for place in (1, 2):
        farm.write(place=place, after=100)
    farm.write(place=2)
    farm.asked.clear()
    for _ in range(6):
        with farm.servers.read() as opened:
            assert (opened.number, opened.is_standby) == (3, False)
    assert farm.asked.count(1) == farm.asked.count(2) == 1


def test_states_tell_of_every_server(farm: Farm) -> None:
    _all_have(farm, 1)
    farm.write()
    farm.replicate(1)
    assert [(one.name, one.condition, one.revision) for one in farm.servers.states()] == [
        ("primary", Condition.READY, 2),
        ("replica 1", Condition.READY, 2),
        ("replica 2", Condition.BEHIND, 1),
    ]
    farm.stop(0)
    farm.stop(1)
    assert [(one.condition, one.revision) for one in farm.servers.states()] == [
        (Condition.AWAY, None),
        (Condition.AWAY, None),
        (Condition.BEHIND, 1),
    ]


class Machine(RuleBasedStateMachine):
    """Any order of writes, copies, failures and reads, from two processes and by clients that tell what they saw."""

    make: Callable[[], Farm]

    @initialize()
    def begin(self) -> None:
        self.farm = type(self).make()
        self.processes = [self.farm.servers, self.farm.serve()]
        # Of each process what it has shown since the primary was last away, and of all clients the most.
        self.shown = [0, 0]
        self.seen = 0
        self.well_from = 0.0

    def is_well(self) -> bool:
        """Whether the primary is there, and has been for as long as it may take to be found."""
        return self.farm.is_up(0) and self.farm.now >= self.well_from

    @rule()
    def write(self) -> None:
        if self.farm.is_up(0):
            self.farm.write()

    @rule(place=st.integers(1, REPLICAS))
    def replicate(self, place: int) -> None:
        if self.farm.is_up(0):
            self.farm.replicate(place)

    @rule(place=st.integers(0, REPLICAS))
    def stop(self, place: int) -> None:
        self.farm.stop(place)

    @rule(place=st.integers(0, REPLICAS))
    def start(self, place: int) -> None:
        if place == 0 and not self.farm.is_up(0):
            self.well_from = self.farm.now + RETRY_SECONDS
        self.farm.start(place)

    @rule(seconds=st.sampled_from([0.1, REFRESH_SECONDS, RETRY_SECONDS]))
    def wait(self, seconds: float) -> None:
        self.farm.now += seconds

    @rule(process=st.integers(0, 1), tells=st.booleans())
    def read(self, process: int, tells: bool) -> None:
        self.farm.servers = self.processes[process]
        # A server that has come back is given the time to be found.
        self.farm.now += RETRY_SECONDS * tells
        if not self.is_well():
            # Only clients that tell what they have seen are safe then.
            self.shown = [0, 0]
        try:
            shown = self.farm.read(self.seen if tells else 0)
        except (RevisionAwaitedError, FutureRevisionError):
            assert tells
            reachable = [self.farm.holds(place) for place in range(1 + REPLICAS) if self.farm.is_up(place)]
            assert max(reachable) < self.seen
            return
        except DatabaseUnavailableError:
            assert not tells or not any(map(self.farm.is_up, range(1 + REPLICAS)))
            return
        if tells:
            assert shown >= self.seen
        assert shown >= self.shown[process]
        self.seen = max(self.seen, shown)
        if self.is_well():
            self.shown[process] = shown

    def teardown(self) -> None:
        for one in getattr(self, "processes", []):
            one.close()


def test_nothing_older_than_seen_is_ever_shown_whatever_happens_to_the_servers(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any order of writes, copies, failures and reads, from two processes and by clients that tell what they saw."""

    class Life(Machine):
        @staticmethod
        def make() -> Farm:
            return Farm(sqlite_template, tmp_path_factory.mktemp("farm"))

    run_state_machine_as_test(Life, settings=settings(max_examples=examples(40), stateful_step_count=25, deadline=None))


def test_answers_name_their_revision_and_nothing_older_is_answered(seed: TestClient) -> None:
    first = seed.get("/v1/questions")
    number = int(first.headers["Quoth-Revision"])
    assert number >= 1
    assert "Quoth-Revision" in first.headers["Vary"]
    assert "Quoth-Revision" in first.headers["Access-Control-Expose-Headers"]
    same = seed.get("/v1/questions", headers={"Quoth-Revision": str(number), "If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.headers["Quoth-Revision"]) == (304, str(number))
    assert seed.get("/v1/questions/nothing").headers["Quoth-Revision"] == str(number)
    newer = seed.get("/v1/questions", headers={"Quoth-Revision": str(number + 1)})
    assert (newer.status_code, newer.json()["type"]) == (422, "/problems/invalid-parameter")
    assert newer.json()["errors"][0]["parameter"] == "Quoth-Revision"
    assert "leave the header out" in newer.json()["detail"]
    assert newer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("said", ["x", "-1", "1.5", "2147483648", "9" * 400, "", "٣"])
def test_revision_that_is_no_number_is_refused(seed: TestClient, said: str) -> None:
    response = seed.get("/v1/questions", headers={b"Quoth-Revision": said.encode()})
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "Quoth-Revision"


@pytest.mark.parametrize(
    ("database", "replicas", "message"),
    [
        ("sqlite:///x.db", "postgresql://host/name", "SQLite file"),
        ("postgresql://host/name", "sqlite:///x.db", "address 1 is not one of PostgreSQL"),
        ("postgresql://host/name", "postgresql://host/name,secret", "address 1|2 is not one of PostgreSQL"),
        ("postgresql://host/name", "mysql://a:secret@b/c", "address 1 is not one of PostgreSQL"),
    ],
)
def test_replicas_that_cannot_be_are_refused(
    monkeypatch: pytest.MonkeyPatch, database: str, replicas: str, message: str
) -> None:
    monkeypatch.setenv("QUOTH_DATABASE_URL", database)
    monkeypatch.setenv("QUOTH_DATABASE_REPLICAS", replicas)
    with pytest.raises(SettingsError, match=rf"QUOTH_DATABASE_REPLICAS: .*({message})") as raised:
        read_settings()
    assert "secret" not in str(raised.value)


def test_addresses_may_themselves_name_several_hosts() -> None:
    both = "postgresql://a/x?host=h1:5432,h2:5432, postgresql://b/x"
    assert Settings(database_url="postgresql://c/x", database_replicas=both).replicas == [
        "postgresql://a/x?host=h1:5432,h2:5432",
        "postgresql://b/x",
    ]


@pytest.mark.postgresql
def test_busy_primary_is_not_replaced_by_something_older(
    make_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    primary, replica = make_database("postgresql"), make_database("postgresql")
    stored = Database(primary)
    with stored.write() as connection:
        connection.execute(sa.insert(Revision).values(number=1, made_at=NOW))
    stored.close()
    few = Settings(database_url=primary, database_replicas=replica, database_connections=2, database_wait_seconds=0.1)
    with TestClient(create_app(few)) as client:
        assert client.get("/v1/questions").headers["Quoth-Revision"] == "1"
        stored = client.app.state.database  # type: ignore[attr-defined]  # the application's own state
        with stored.read(), stored.read():
            busy = client.get("/v1/questions")
        assert (busy.status_code, busy.json()["type"]) == (503, "/problems/unavailable")
        assert client.get("/v1/questions").headers["Quoth-Revision"] == "1"
