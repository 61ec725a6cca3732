"""The database: engines, read and write transactions, migrations. The only place that knows
which engine it is.
"""

import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.errors import DatabaseUnavailableError, SchemaVersionError, StatementTimeError

_BUSY_TIMEOUT_MS = 10_000
# One number for all writers of a PostgreSQL database; any constant does, as long as it stays the same.
_WRITER_LOCK = 0x51_75_6F_74_68
# How the engines call a statement that was cut off.
_INTERRUPTED, _CANCELLED = "interrupted", "57014"
# SQLite asks about the time after so many of its instructions, some tenths of a millisecond.
_INSTRUCTIONS = 10_000
# SQLite looks at so many rows of each index: a million questions take two seconds.
_ROWS_ANALYZED = 1_000
# What is kept of SQLite's log once all of it is in the database. It grows while a reader is at an older state.
_MAX_LOG_BYTES = 64 * 2**20
_NO_SUCH_TABLE_OR_COLUMN = frozenset({"42P01", "42703"})


def _migrations() -> Path:
    """The revisions stand beside the package in a checkout and inside it once installed."""
    here = Path(__file__).parent
    inside = here / "migrations"
    return inside if inside.is_dir() else here.parent / "migrations"


class Database:
    """One database, read through read() and written through write(). Opening it connects to nothing yet.

    A reading statement is cut off after so many seconds, if any: a server has others to answer.
    """

    def __init__(self, url: str, statement_seconds: float | None = None) -> None:
        self.url = sa.make_url(url)
        if self.url.get_backend_name() == "sqlite":
            self._writer = _sqlite_writer(str(self.url.database))
            self._reader = _sqlite_reader(str(self.url.database), statement_seconds)
        else:
            self.url = self.url.set(drivername="postgresql+psycopg")
            self._writer = _postgresql(self.url, read_only=False)
            self._reader = _postgresql(self.url, read_only=True, statement_seconds=statement_seconds)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded engine."""
        return self.url.get_backend_name() == "sqlite"

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that sees one state of the corpus and cannot write.

        Raises:
            DatabaseUnavailableError: the database cannot be reached, or is not one.
            StatementTimeError: a statement took longer than one may take.
        """
        with _translated(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open the one writing transaction; it commits at the end of the block, and not at all on an error.

        Raises:
            DatabaseUnavailableError: the database cannot be reached or written, or another writer holds it too long.
        """
        with _translated(), self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITER_LOCK)))
            yield connection

    def migrate(self, revision: str = "head") -> None:
        """Bring the schema to a revision, in one transaction.

        Raises:
            SchemaVersionError: the database has a schema that this version does not know.
            DatabaseUnavailableError: the database cannot be reached or written.
        """
        if self.is_sqlite:
            Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        with self.write() as connection:
            command_ = command.downgrade if revision == "base" else command.upgrade
            try:
                command_(self._alembic(connection), revision)
            except CommandError as error:
                raise SchemaVersionError(f"{self} cannot be migrated to {revision}: {error}") from error
        self.analyze()

    def analyze(self) -> None:
        """Tell the planner how many rows there are, and how many of a kind, from a sample: after much was written.

        Raises:
            DatabaseUnavailableError: the database cannot be reached or written.
        """
        with self.write() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql(f"PRAGMA analysis_limit = {_ROWS_ANALYZED}")
            connection.exec_driver_sql("ANALYZE")

    def schema_drift(self) -> None:
        """Compare the schema with the models.

        Raises:
            alembic.util.AutogenerateDiffsDetected: they differ.
        """
        with self._writer.connect() as connection:
            command.check(self._alembic(connection))

    def check_schema(self) -> None:
        """Make sure that the schema is the one that this version reads.

        Raises:
            SchemaVersionError: it is older, newer, or not there.
            DatabaseUnavailableError: the database cannot be reached.
        """
        with self.read() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        expected = ScriptDirectory(str(_migrations())).get_current_head()
        if present is None:
            raise SchemaVersionError(f"{self} has no schema yet; run 'quoth migrate' first")
        if present != expected:
            raise SchemaVersionError(
                f"{self} has schema {present}, and this version of Quoth reads {expected}; "
                "run 'quoth migrate', or use the version that made it"
            )

    @staticmethod
    def _alembic(connection: sa.Connection) -> Config:
        config = Config()
        config.set_main_option("script_location", str(_migrations()).replace("%", "%%"))
        config.attributes["connection"] = connection
        return config


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the drivers' ways of saying 'not now' into one error without internals."""
    try:
        yield
    except (OperationalError, InterfaceError, sa.exc.TimeoutError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if str(cause) == _INTERRUPTED or getattr(cause, "sqlstate", None) == _CANCELLED:
            raise StatementTimeError("The database took too long over this.") from error
        raise DatabaseUnavailableError(f"the database cannot be used now: {cause}") from error
    except sa.exc.DatabaseError as error:
        # SQLite says of a damaged file that it "is not a database" or that its image "is malformed".
        if isinstance(error.orig, sqlite3.DatabaseError) and not isinstance(error.orig, sqlite3.IntegrityError):
            raise DatabaseUnavailableError(f"the database cannot be used now: {error.orig}") from error
        # SQLite calls a missing table an OperationalError, PostgreSQL a fault of the statement.
        if getattr(error.orig, "sqlstate", None) in _NO_SUCH_TABLE_OR_COLUMN:
            raise DatabaseUnavailableError(f"the database has another schema: {error.orig}") from error
        raise
    except sqlite3.DatabaseError as error:
        # As above, while a connection is being made ready.
        raise DatabaseUnavailableError(f"the database cannot be used now: {error}") from error


def _sqlite_writer(file: str) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=file), connect_args={"isolation_level": None, "check_same_thread": False}
    )

    def connect(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        # What has been acknowledged survives a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {_MAX_LOG_BYTES}")
        connection.execute("PRAGMA foreign_keys = ON")

    def begin(connection: sa.Connection) -> None:
        # A deferred transaction that reads before it writes can fail half way; this one waits for its turn instead.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    sa.event.listen(engine, "connect", connect)
    sa.event.listen(engine, "begin", begin)
    return engine


def _sqlite_reader(file: str, statement_seconds: float | None) -> sa.Engine:
    uri = f"file:{quote(file)}?mode=ro"
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False),
        poolclass=sa.QueuePool,
        pool_size=8,
        max_overflow=56,
    )

    def connect(connection: Any, record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA query_only = ON")
        record.info["file"] = _identity(file)
        if statement_seconds is not None:
            connection.set_progress_handler(
                lambda: time.monotonic() > record.info.get("until", math.inf), _INSTRUCTIONS
            )

    def execute(connection: sa.Connection, *_statement: Any) -> None:
        connection.info["until"] = time.monotonic() + (statement_seconds or math.inf)

    def checkout(_connection: Any, record: Any, _proxy: Any) -> None:
        # An open connection would go on to read a file that has been removed or replaced.
        if record.info["file"] != _identity(file):
            raise sa.exc.DisconnectionError

    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    sa.event.listen(engine, "connect", connect)
    sa.event.listen(engine, "checkout", checkout)
    sa.event.listen(engine, "before_cursor_execute", execute)
    sa.event.listen(engine, "begin", begin)
    return engine


def _identity(file: str) -> tuple[int, int] | None:
    try:
        status = Path(file).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _postgresql(url: sa.URL, *, read_only: bool, statement_seconds: float | None = None) -> sa.Engine:
    options = "-c timezone=UTC" + (" -c default_transaction_read_only=on" if read_only else "")
    if statement_seconds is not None:
        options += f" -c statement_timeout={max(1, round(statement_seconds * 1000))}"
    # A page is several statements: all of them see the state that the first one saw.
    return sa.create_engine(
        url,
        isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
        connect_args={"options": options, "connect_timeout": 5},
    )
