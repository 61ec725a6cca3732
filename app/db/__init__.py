"""The database: read and write transactions, migrations.

Only this package knows which engine it is; `sqlite` and `postgresql` make the engines.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from operator import add
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.db import postgresql, sqlite
from app.db.schema import Schema, find_schema, migrations
from app.db.work import check_current
from app.errors import (
    DatabaseBusyError,
    DatabaseNotEmptyError,
    DatabaseUnavailableError,
    NoDatabaseError,
    SchemaVersionError,
    StatementTimeError,
)
from app.settings import DEFAULT_CONNECTION_SECONDS, DEFAULT_CONNECTIONS

# The advisory lock that all writers of a PostgreSQL database take: any number, as long as it never changes.
_WRITER_LOCK = 0x51_75_6F_74_68
# An interrupted statement: SQLite's message, and PostgreSQL's SQLSTATE.
_INTERRUPTED, _CANCELLED = "interrupted", "57014"
# The PostgreSQL channel that is notified after each write.
CHANGED = "quoth_changed"
# Options for a statement without rows in a transaction that streams its rows.
_NO_STREAM = {"stream_results": False, "yield_per": None}
# Rows of each index that SQLite's ANALYZE reads: with a million questions it takes two seconds.
_ROWS_ANALYZED = 1_000
# SQLSTATEs: undefined table, undefined column.
_NO_SUCH_TABLE_OR_COLUMN = frozenset({"42P01", "42703"})


@dataclass(frozen=True)
class Readers:
    """How much one process should read at the same time: pages; searches and the like; pages that turn out to take
    long, and those of them that are paused; and streams, which hold a connection for as long as they are sent.
    """

    pages: int
    long: int
    slow: int
    paused: int
    streams: int

    def __add__(self, other: "Readers") -> "Readers":
        """Add those of another server."""
        return Readers(*map(add, astuple(self), astuple(other)))


# Threads that read SQLite hinder each other at every row that it returns. One that takes long is mostly SQLite's work.
_SQLITE_READERS = Readers(pages=1, long=1, slow=1, paused=8, streams=sqlite.MAX_CONNECTIONS // 2)


def _postgresql_readers(connections: int) -> Readers:
    """Divide the connections to a server, so that nothing holds all of them; one is left for health checks."""
    quarter, eighth = max(1, connections // 4), max(1, connections // 8)
    pages = max(1, connections - 2 * quarter - eighth - 1)
    return Readers(pages=pages, long=quarter, slow=eighth, paused=0, streams=max(1, connections // 4))


class Database:
    """One database, read through read() and written through write(). No connection is opened before.

    `statement_seconds` limits each reading statement. `connections` limits the connections for reading from a
    PostgreSQL server, and `wait_seconds` the time that a reader waits for one.

    `readers` is how much of one process should read at the same time.
    """

    def __init__(
        self,
        url: str,
        statement_seconds: float | None = None,
        connections: int = DEFAULT_CONNECTIONS,
        wait_seconds: float = DEFAULT_CONNECTION_SECONDS,
    ) -> None:
        self.url = sa.make_url(url)
        if self.url.get_backend_name() == "sqlite":
            self._writer = sqlite.writer(str(self.url.database))
            self._reader = sqlite.reader(str(self.url.database), statement_seconds)
            self.readers = _SQLITE_READERS
        else:
            self.url = self.url.set(drivername="postgresql+psycopg")
            self._writer = postgresql.writer(self.url)
            self._reader = postgresql.reader(self.url, statement_seconds, connections, wait_seconds)
            self.readers = _postgresql_readers(connections)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.url.get_backend_name() == "sqlite"

    def __str__(self) -> str:
        return postgresql.without_secrets(self.url, "***").render_as_string(hide_password=True)

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that sees one state of the corpus and cannot write.

        Raises:
            DatabaseUnavailableError: the database cannot be reached, or is not one.
            StatementTimeError: a statement took longer than `statement_seconds`.
        """
        with _translated(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open the only writing transaction; it commits at the end of the block, and rolls back on an error.

        Raises:
            DatabaseUnavailableError: the database cannot be reached or written, or another writer takes too long.
        """
        with _translated(), self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITER_LOCK)))
            yield connection
            if not self.is_sqlite and connection.in_transaction():
                # PostgreSQL delivers it at the commit.
                connection.exec_driver_sql(f"NOTIFY {CHANGED}", execution_options=_NO_STREAM)

    def is_standby(self, connection: sa.Connection) -> bool:
        """Tell whether a transaction is on a PostgreSQL standby."""
        # The server reports changes of this parameter, as when it is promoted, by itself: no query is sent.
        driver: Any = None if self.is_sqlite else connection.connection.driver_connection
        return driver is not None and driver.info.parameter_status("in_hot_standby") == "on"

    def size_bytes(self, connection: sa.Connection) -> int:
        """Return the size of the database: SQLite's file without its log; all of PostgreSQL's database."""
        if self.is_sqlite:
            pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            return int(connection.exec_driver_sql(pages).scalar_one())
        return int(connection.execute(sa.select(sa.func.pg_database_size(sa.func.current_database()))).scalar_one())

    def migrate(self, revision: str = "head") -> None:
        """Bring the schema to a revision, in one transaction.

        Raises:
            SchemaVersionError: this version does not know the schema of the database.
            DatabaseUnavailableError: the database cannot be reached or written.
        """
        if self.is_sqlite:
            Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        with self.write() as connection:
            command_ = command.downgrade if revision == "base" else command.upgrade
            try:
                command_(self._alembic(connection), revision)
            except CommandError as error:
                find_schema(connection, str(self)).check_is_known()
                raise SchemaVersionError(f"{self} cannot be migrated to {revision}: {error}") from error
        self.analyze()

    def analyze(self) -> None:
        """Update the planner's statistics, from a sample: after much was written.

        Raises:
            DatabaseUnavailableError: the database cannot be reached or written.
        """
        with self.write() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql(f"PRAGMA analysis_limit = {_ROWS_ANALYZED}")
            connection.exec_driver_sql("ANALYZE")

    def purge(self) -> None:
        """Rewrite the database, so that its files no longer contain anything that was deleted.

        On PostgreSQL, readers and writers wait; its write-ahead log, replicas and backups are not changed. On SQLite,
        readers continue, and the disk needs room for a second copy of the file.

        Raises:
            DatabaseUnavailableError: the database cannot be reached or written, or an old state is still being read.
        """
        with _translated():
            (sqlite if self.is_sqlite else postgresql).purge(self._writer)

    def make_ready(self) -> None:
        """Create the tables of this version in an empty database; change nothing if it has them.

        Raises:
            DatabaseNotEmptyError: it has tables of something else.
            SchemaVersionError: it has the tables of another version.
            DatabaseUnavailableError: it cannot be reached or written.
        """
        if self.is_sqlite and not Path(str(self.url.database)).exists():
            self.migrate()
        with self.read() as connection:
            tables = sa.inspect(connection).get_table_names()
        if not tables:
            self.migrate()
        elif "alembic_version" not in tables:
            raise DatabaseNotEmptyError(str(self), tables[0])
        self.check_schema()

    def continue_numbering(self, connection: sa.Connection, tables: Sequence[sa.Table]) -> None:
        """Set generated numbers to continue after those of rows that were copied with their numbers."""
        if not self.is_sqlite:
            postgresql.continue_numbering(connection, tables)

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
            NoDatabaseError: there is no database yet.
            DatabaseUnavailableError: the database cannot be reached.
        """
        self.schema().check_is_current()

    def schema(self) -> Schema:
        """Find out which schema is there.

        Raises:
            NoDatabaseError: there is no database yet.
            DatabaseUnavailableError: the database cannot be reached.
        """
        try:
            with self.read() as connection:
                return find_schema(connection, str(self))
        except DatabaseUnavailableError:
            if self.is_sqlite and not Path(str(self.url.database)).exists():
                raise NoDatabaseError(f"there is no database {self} yet; run 'quoth migrate' to make it") from None
            raise

    @staticmethod
    def _alembic(connection: sa.Connection) -> Config:
        config = Config()
        config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
        config.attributes["connection"] = connection
        return config


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the drivers' errors for an unavailable database into errors without internals."""
    try:
        yield
    except (OperationalError, InterfaceError, sa.exc.TimeoutError) as error:
        if isinstance(error, sa.exc.TimeoutError):
            raise DatabaseBusyError("all connections to the database are in use") from error
        cause = error.orig if isinstance(error, DBAPIError) else error
        if str(cause) == _INTERRUPTED or getattr(cause, "sqlstate", None) == _CANCELLED:
            # It may have been interrupted for another reason than its own time.
            check_current()
            raise StatementTimeError("The database took too long over this.") from error
        raise DatabaseUnavailableError(f"the database cannot be used now: {cause}") from error
    except sa.exc.DatabaseError as error:
        # A damaged SQLite file "is not a database", or its image "is malformed".
        if isinstance(error.orig, sqlite3.DatabaseError) and not isinstance(error.orig, sqlite3.IntegrityError):
            raise DatabaseUnavailableError(f"the database cannot be used now: {error.orig}") from error
        # A missing table is an OperationalError on SQLite, a ProgrammingError on PostgreSQL.
        if getattr(error.orig, "sqlstate", None) in _NO_SUCH_TABLE_OR_COLUMN:
            raise DatabaseUnavailableError(f"the database has another schema: {error.orig}") from error
        # PostgreSQL may close a connection with an error of any class.
        if error.connection_invalidated:
            raise DatabaseUnavailableError(f"the database hung up: {error.orig}") from error
        raise
    except sqlite3.DatabaseError as error:
        # Same as above, while a connection is being set up.
        raise DatabaseUnavailableError(f"the database cannot be used now: {error}") from error
