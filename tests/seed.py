"""The interview in data/, stored in databases of the tests; and applications over it that many tests share."""

import datetime
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.db import Database
from app.loading import load_interview, load_vocabulary
from app.main import create_app
from app.settings import Settings
from app.structure.prepare import prepare
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.clusters import administer

ROOT = Path(__file__).parent.parent
SEED = ROOT / "data" / "interviews" / "worldnewsam-3712.txt"
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def load_seed(connection: sa.Connection) -> None:
    """Load the vocabulary and the interview of data/."""
    vocabulary, sidecar = ROOT / "data" / "topics.toml", SEED.with_suffix(".toml")
    load_vocabulary(connection, read_vocabulary(vocabulary.name, vocabulary.read_bytes()), at(NOW))
    metadata = read_sidecar(sidecar.name, sidecar.read_bytes())
    load_interview(connection, prepare(Source(SEED.name, SEED.read_bytes()), metadata, sidecar.name), at(NOW))


def store_seed(url: str) -> None:
    """Load data/ into a migrated database."""
    database = Database(url)
    with database.write() as connection:
        load_seed(connection)
    database.close()


@dataclass(frozen=True)
class Shared:
    """A client of an application that many tests read, and a number that every write to its database changes."""

    client: TestClient
    version: Callable[[], object]

    @contextmanager
    def reading(self) -> Iterator[TestClient]:
        """Lend the client to one test, which fails if the database is another one afterwards."""
        before = self.version()
        yield self.client
        if self.version() != before:
            pytest.fail("This test wrote to the seed that all tests share. Let it ask for own_seed.")


@contextmanager
def shared(url: str) -> Iterator[Shared]:
    """Open an application over a database that nobody may write from now on.

    PostgreSQL refuses writes. SQLite cannot, where tests run as root, but counts them.
    """
    address = sa.make_url(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    # PostgreSQL tells processes of a write some milliseconds later: there, a cache would be off in most tests anyway.
    settings = Settings(database_url=url) if is_sqlite else Settings(database_url=url, cache_bytes=0)
    with closing(sqlite3.connect(str(address.database) if is_sqlite else ":memory:", check_same_thread=False)) as watch:
        if not is_sqlite:
            administer(url, f'ALTER DATABASE "{address.database}" SET default_transaction_read_only = on')
        with TestClient(create_app(settings), raise_server_exceptions=False) as client:
            yield Shared(client, lambda: watch.execute("PRAGMA data_version").fetchone())
