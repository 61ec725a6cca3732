"""Databases for the tests: each test that asks for `database` runs on SQLite and on PostgreSQL, on a fresh copy."""

import datetime
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings
from starlette.testclient import TestClient

from app.db import Database
from app.loading import Loaded, load_interview, load_vocabulary, prepare
from app.main import create_app
from app.settings import Settings
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source

settings.register_profile("long", max_examples=5_000)
ROOT = Path(__file__).parent.parent
SEED = ROOT / "data" / "interviews" / "worldnewsam-3712.txt"
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
ENGINES = ("sqlite", "postgresql")
NO_POSTGRESQL = "PostgreSQL is not installed here, so these tests ran on SQLite ONLY. CI runs them on both."
NO_CLIENT_TOOLS = "The generators of clients are not installed here, so NO CLIENT WAS TESTED. CI tests them."


def _postgresql_programs() -> Path | None:
    found = shutil.which("pg_ctl")
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for folder in [*candidates, *([Path(found).resolve().parent] if found else [])]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str | None]:
    """Start a server of the tests' own on a socket in a temporary folder; None where there is none to start."""
    if given := os.environ.get("QUOTH_TEST_POSTGRESQL"):
        yield given
        return
    programs = _postgresql_programs()
    if programs is None:
        if os.environ.get("QUOTH_TEST_REQUIRE_POSTGRESQL"):
            pytest.fail("PostgreSQL has to be tested here, and is not installed")
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="quoth-pg."))
    # PostgreSQL refuses to run as root.
    as_user = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *arguments: str) -> None:
        subprocess.run([*as_user, programs / program, *arguments], check=True, capture_output=True, cwd=folder)

    run(
        "initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"
    )
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=60"
    run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


def administer(url: str, *statements: str) -> None:
    """Run statements on a server, outside any transaction."""
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            # From version 15 on another way is the default, which takes three times as long for a small template.
            is_copy = " TEMPLATE " in statement and (connection.dialect.server_version_info or (0,)) >= (15,)
            connection.exec_driver_sql(f"{statement} STRATEGY FILE_COPY" if is_copy else statement)
    engine.dispose()


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


@pytest.fixture
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Make a migrated, empty database on an engine, and give its address."""
    made: list[str] = []

    def make(engine: str) -> str:
        name = f"quoth_{os.getpid()}_{abs(hash(str(tmp_path))):x}_{len(made)}"
        made.append("" if engine == "sqlite" else name)
        if engine == "sqlite":
            path = tmp_path / f"{name}.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        server = request.getfixturevalue("postgresql_template")
        if server is None:
            pytest.skip(NO_POSTGRESQL)
        administer(server, f"CREATE DATABASE {name} TEMPLATE quoth_template")
        return sa.make_url(server).set(database=name).render_as_string(hide_password=False)

    yield make
    for name in filter(None, made):
        administer(request.getfixturevalue("postgresql_template"), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, make_database: Callable[[str], str]) -> str:
    """The address of a migrated, empty database."""
    return make_database(request.param)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def load(database: Database) -> Callable[..., Loaded]:
    """Load a text as an interview: load("Q: ...", metadata='title = "..."', name="x.txt")."""

    def load_text(text: str | bytes, metadata: str = "", name: str = "sample.txt") -> Loaded:
        data = text if isinstance(text, bytes) else text.encode()
        sidecar = read_sidecar("sample.toml", metadata.encode())
        with database.write() as connection:
            return load_interview(connection, prepare(Source(name, data), sidecar, "sample.toml"), NOW)

    return load_text


@pytest.fixture
def seeded(database: Database) -> Database:
    """The database with what stands in data/."""
    with database.write() as connection:
        vocabulary = ROOT / "data" / "topics.toml"
        load_vocabulary(connection, read_vocabulary(vocabulary.name, vocabulary.read_bytes()), NOW)
        beside = SEED.with_suffix(".toml")
        sidecar = read_sidecar(beside.name, beside.read_bytes())
        load_interview(connection, prepare(Source(SEED.name, SEED.read_bytes()), sidecar, beside.name), NOW)
    return database


@pytest.fixture
def client(database: Database, database_url: str) -> Iterator[TestClient]:
    """A client of the API over the database of the test."""
    with TestClient(create_app(Settings(database_url=database_url)), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def seed(seeded: Database, client: TestClient) -> TestClient:
    """A client of the API over the seed."""
    return client


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it loudly where only half of the databases, or no client, was tested."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for title, reason in (("POSTGRESQL NOT TESTED", NO_POSTGRESQL), ("CLIENTS NOT TESTED", NO_CLIENT_TOOLS)):
        if any(reason in told for told in skipped):
            terminalreporter.section(title, sep="!", red=True, bold=True)
            terminalreporter.line(reason, red=True, bold=True)
