"""Databases for the tests: each test that asks for `database` runs on SQLite and on PostgreSQL, on a fresh copy."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from xdist.scheduler import LoadScopeScheduling

import tests.profiles  # noqa: F401 - pytest needs their names before it reads any test
from app.db import Database
from app.loading import LoadedInterview, load_interview
from app.main import create_app
from app.settings import Settings
from app.structure.prepare import prepare
from app.structure.reading_process import read_apart, read_here
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.clusters import administer, administration, cluster, programs
from tests.compiled import share_compiled_statements
from tests.seed import NOW as NOW
from tests.seed import ROOT as ROOT
from tests.seed import SEED as SEED
from tests.seed import Shared, shared, store_seed

ENGINES = ("sqlite", "postgresql")
share_compiled_statements()
# These start programs of others, servers of several processes, or PostgreSQL servers of their own.
_OF_FILES = {
    "services": (
        "tests/clients/", "tests/deployment/test_nginx.py", "tests/deployment/test_container.py",
        "tests/db/test_replication.py", "tests/cli/test_serve.py",
        "tests/web/browser/",
    ),
    "slow": ("tests/queries/test_plans.py", "tests/exports/test_tei.py"),
    "postgresql": ("tests/test_equality.py", "tests/db/test_replication.py", "tests/cli/test_migrate_data.py"),
}  # fmt: skip
# Tests that share what takes long to make: an image, clients, a schema, servers. One process runs all of an address.
_TOGETHER = (
    "tests/clients/", "tests/deployment/test_container.py", "tests/deployment/test_nginx.py",
    "tests/exports/test_tei.py", "tests/queries/test_plans.py", "tests/storm/test_disk.py", "tests/test_equality.py",
    "tests/web/browser/",
)  # fmt: skip
NO_POSTGRESQL = "PostgreSQL is not installed here, so these tests ran on SQLite ONLY. CI runs them on both."
NO_CLIENT_TOOLS = "The generators of clients are not installed here, so NO CLIENT WAS TESTED. CI tests them."
NO_CONTAINER = "No container can be built and run here, so THE DOCKERFILE WAS NOT TESTED. CI tests it."
NO_COMPILER = "No C compiler is installed here, so NO DISK FAULT WAS TESTED. CI tests them."
NO_BROWSER = "Chromium or the checkers of pages are not installed here, so NO PAGE WAS LOOKED AT. CI looks at them."
NO_NGINX = "nginx is not installed here, so NO CACHE WAS TESTED. CI tests one."


def postgresql_programs() -> Path:
    """Find PostgreSQL, or leave the test out."""
    found = programs()
    if found is None:
        if os.environ.get("QUOTH_TEST_REQUIRE_POSTGRESQL"):
            pytest.fail("PostgreSQL has to be tested here, and is not installed")
        # The tests of SQLite need no server; CI requires one.
        pytest.skip(NO_POSTGRESQL)
    return found


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str | None]:
    """Start a server of the tests' own on a socket in a temporary folder; None where there is none to start."""
    if given := os.environ.get("QUOTH_TEST_POSTGRESQL"):
        yield given
        return
    found = programs()
    if found is None:
        if os.environ.get("QUOTH_TEST_REQUIRE_POSTGRESQL"):
            pytest.fail("PostgreSQL has to be tested here, and is not installed")
        yield None
        return
    with cluster(found) as server:
        server.create()
        server.start()
        yield server.url()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str | None) -> str | None:
    """A migrated, empty PostgreSQL database to copy."""
    if postgresql is None:
        return None
    administer(postgresql, "DROP DATABASE IF EXISTS quoth_template", "CREATE DATABASE quoth_template")
    database = Database(sa.make_url(postgresql).set(database="quoth_template").render_as_string(hide_password=False))
    database.migrate()
    database.close()
    return postgresql


@pytest.fixture(scope="session")
def on_postgresql(postgresql_template: str) -> Iterator[Callable[..., None]]:
    """Run statements on the server of the tests, over one connection: a quarter of all tests make a database there."""
    with administration(postgresql_template) as run:
        yield run


@pytest.fixture(scope="session")
def seed_sqlite_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the seed."""
    path = tmp_path_factory.mktemp("seed") / "seed.db"
    shutil.copy(sqlite_template, path)
    store_seed(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def seed_postgresql_template(postgresql_template: str | None) -> str | None:
    """The name of a PostgreSQL database with the seed."""
    if postgresql_template is None:
        return None
    administer(
        postgresql_template,
        "DROP DATABASE IF EXISTS quoth_seed",
        "CREATE DATABASE quoth_seed TEMPLATE quoth_template",
    )
    store_seed(sa.make_url(postgresql_template).set(database="quoth_seed").render_as_string(False))
    return "quoth_seed"


def _store_awkward(url: str) -> None:
    from tests import awkward

    database = Database(url)
    awkward.store(database)
    database.close()


@pytest.fixture(scope="session")
def awkward_sqlite_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the corpus of tests.awkward."""
    path = tmp_path_factory.mktemp("awkward") / "awkward.db"
    shutil.copy(sqlite_template, path)
    _store_awkward(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def awkward_postgresql_template(postgresql_template: str | None) -> str | None:
    """A PostgreSQL database with the corpus of tests.awkward."""
    if postgresql_template is not None:
        administer(
            postgresql_template,
            "DROP DATABASE IF EXISTS quoth_awkward",
            "CREATE DATABASE quoth_awkward TEMPLATE quoth_template",
        )
        _store_awkward(sa.make_url(postgresql_template).set(database="quoth_awkward").render_as_string(False))
    return postgresql_template


@pytest.fixture
def make_awkward(request: pytest.FixtureRequest, make_database: Callable[..., str]) -> Callable[[str], str]:
    """Make a database with the corpus of tests.awkward on an engine, and give its address."""

    def make(engine: str) -> str:
        template = request.getfixturevalue(f"awkward_{engine}_template")
        return make_database(engine, template if engine == "sqlite" else "quoth_awkward")

    return make


@pytest.fixture(scope="session", autouse=True)
def _read_in_this_process() -> Iterator[None]:
    """Read files that are sent where the test runs: a process of their own takes half a second to start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.api.uploads.read_apart", lambda file, _seconds: read_here(file))
        yield


@pytest.fixture
def reads_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files that are sent in a process of their own after all."""
    monkeypatch.setattr("app.api.uploads.read_apart", read_apart)


@pytest.fixture
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Make a migrated, empty database on an engine, and give its address; or a copy of another one."""
    made: list[str] = []

    def make(engine: str, template: Path | str | None = None) -> str:
        name = f"quoth_{os.getpid()}_{abs(hash(str(tmp_path))):x}_{len(made)}"
        made.append("" if engine == "sqlite" else name)
        if engine == "sqlite":
            path = tmp_path / f"{name}.db"
            shutil.copy(template or request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        if request.node.get_closest_marker("postgresql") is None:
            pytest.fail("Tests are chosen by their engine: mark this one with pytest.mark.postgresql.")
        server = request.getfixturevalue("postgresql_template")
        if server is None:
            # As above.
            pytest.skip(NO_POSTGRESQL)
        request.getfixturevalue("on_postgresql")(f"CREATE DATABASE {name} TEMPLATE {template or 'quoth_template'}")
        return sa.make_url(server).set(database=name).render_as_string(hide_password=False)

    yield make
    for name in filter(None, made):
        request.getfixturevalue("on_postgresql")(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the engine that the test runs on."""
    return str(request.param)


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, engine: str, make_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> str:
    """The address of a migrated database of the test's own: with the seed if the test asks for `seeded`, else empty.

    A process hears of what is written to PostgreSQL some milliseconds later, for which most tests would have to wait;
    those of what is kept set it up themselves.
    """
    if engine == "postgresql":
        monkeypatch.setenv("QUOTH_CACHE_BYTES", "0")
    template = request.getfixturevalue(f"seed_{engine}_template") if "seeded" in request.fixturenames else None
    return make_database(engine, template)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def load(database: Database) -> Callable[..., LoadedInterview]:
    """Load a text as an interview: load("Q: ...", metadata='title = "..."', name="x.txt").

    What else is given is an option of load_interview, such as replaces=True.
    """

    def load_text(text: str | bytes, metadata: str = "", name: str = "sample.txt", **options: Any) -> LoadedInterview:
        data = text if isinstance(text, bytes) else text.encode()
        sidecar = read_sidecar("sample.toml", metadata.encode())
        with database.write() as connection:
            return load_interview(connection, prepare(Source(name, data), sidecar, "sample.toml"), at(NOW), **options)

    return load_text


@pytest.fixture
def seeded(database: Database) -> Database:
    """The database of the test, with what is in data/."""
    return database


@pytest.fixture
def client(database: Database, database_url: str) -> Iterator[TestClient]:
    """A client of the API over the database of the test."""
    with TestClient(create_app(Settings(database_url=database_url)), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def own_seed(seeded: Database, client: TestClient) -> TestClient:
    """A client of the API over a copy of the seed, for a test that writes or patches the application."""
    return client


@pytest.fixture(scope="session")
def shared_seed_on_sqlite(seed_sqlite_template: Path) -> Iterator[Shared]:
    with shared(f"sqlite:///{seed_sqlite_template}") as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_seed_on_postgresql(
    postgresql_template: str | None, seed_postgresql_template: str | None
) -> Iterator[Shared | None]:
    if postgresql_template is None:
        yield None
        return
    # A database that somebody is connected to cannot be copied, so the template is not the one that is read.
    administer(
        postgresql_template,
        "DROP DATABASE IF EXISTS quoth_shared_seed WITH (FORCE)",
        f"CREATE DATABASE quoth_shared_seed TEMPLATE {seed_postgresql_template}",
    )
    url = sa.make_url(postgresql_template).set(database="quoth_shared_seed")
    with shared(url.render_as_string(hide_password=False)) as opened:
        yield opened


@pytest.fixture
def seed(request: pytest.FixtureRequest, engine: str) -> Iterator[TestClient]:
    """A client of the API over the seed, shared with other tests: a test that writes or patches takes `own_seed`."""
    if others := {"database_url", "monkeypatch"}.intersection(request.fixturenames):
        pytest.fail(f"Tests that ask for seed share it. With {', '.join(sorted(others))}, ask for own_seed.")
    opened: Shared | None = request.getfixturevalue(f"shared_seed_on_{engine}")
    if opened is None:
        # As above.
        pytest.skip(NO_POSTGRESQL)
    with opened.reading() as client:
        yield client


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by their files and engines, and let slow ones start first, so that no process ends long after others.

    Other marks stand on the tests themselves; CONTRIBUTING.md says what each means.
    """
    for item in items:
        address = item.path.relative_to(config.rootpath).as_posix()
        for mark, files in _OF_FILES.items():
            if address.startswith(files):
                item.add_marker(mark)
        if any("postgresql" in name for name in (item.nodeid, *getattr(item, "fixturenames", ()))):
            item.add_marker("postgresql")
            if item.get_closest_marker("exhaustive_on_postgresql"):
                item.add_marker("exhaustive")
    items.sort(key=lambda item: not any(item.get_closest_marker(mark) for mark in ("exhaustive", "slow", "services")))


class _Grouped(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no type information
    """Gives the tests of a group to one process, the largest groups first, and all others to whichever is free.

    pytest-xdist 3.8 does so by marks, but with pytest 9 these do not reach the process that schedules.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((group for group in _TOGETHER if nodeid.startswith(group)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Choose which process runs which tests."""
    return _Grouped(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it loudly where only half of the databases, or no client, was tested."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for title, reason in (
        ("POSTGRESQL NOT TESTED", NO_POSTGRESQL),
        ("CLIENTS NOT TESTED", NO_CLIENT_TOOLS),
        ("DISK FAULTS NOT TESTED", NO_COMPILER),
        ("NGINX NOT TESTED", NO_NGINX),
        ("CONTAINER NOT TESTED", NO_CONTAINER),
    ):
        if any(reason in skip for skip in skipped):
            terminalreporter.section(title, sep="!", red=True, bold=True)
            terminalreporter.line(reason, red=True, bold=True)
