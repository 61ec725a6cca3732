"""The database: read and write transactions, migrations. With `sqlite` and `postgresql`, which make the engines, the
only place that knows which engine it is.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.db import postgresql, sqlite
from app.errors import (
    DatabaseBusyError,
    DatabaseNotEmptyError,
    DatabaseUnavailableError,
    SchemaVersionError,
    StatementTimeError,
)
from app.settings import DEFAULT_CONNECTION_SECONDS, DEFAULT_CONNECTIONS

# One number for all writers of a PostgreSQL database; any constant does, as long as it stays the same.
_WRITER_LOCK = 0x51_75_6F_74_68
# How the engines call a statement that was cut off.
_INTERRUPTED, _CANCELLED = "interrupted", "57014"
# The channel on which a PostgreSQL database tells those who listen that something was written.
CHANGED = "quoth_changed"
# Whatever a transaction has been told of how its rows are fetched: a notification has none.
_AT_ONCE = {"stream_results": False, "yield_per": None}
# SQLite looks at so many rows of each index: a million questions take two seconds.
_ROWS_ANALYZED = 1_000
_NO_SUCH_TABLE_OR_COLUMN = frozenset({"42P01", "42703"})


def _migrations() -> Path:
    """The revisions stand beside the package in a checkout and inside it once installed."""
    here = Path(__file__).parent.parent
    inside = here / "migrations"
    return inside if inside.is_dir() else here.parent / "migrations"


class Database:
    """One database, read through read() and written through write(). Opening it connects to nothing yet.

    A reading statement is cut off after so many seconds, if any: a server has others to answer. To a PostgreSQL server,
    at most so many connections are open for reading, and a reader waits so many seconds for one.

    `readers` says how many threads of one process read it best at a time, as long as none of them takes long.
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
            # Threads that read an embedded database give the interpreter to one another at every row.
            self.readers = 1
        else:
            self.url = self.url.set(drivername="postgresql+psycopg")
            self._writer = postgresql.writer(self.url)
            self._reader = postgresql.reader(self.url, statement_seconds, connections, wait_seconds)
            self.readers = connections

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
            if not self.is_sqlite and connection.in_transaction():
                # It is delivered at the commit, and not at all without one.
                connection.exec_driver_sql(f"NOTIFY {CHANGED}", execution_options=_AT_ONCE)

    def is_standby(self, connection: sa.Connection) -> bool:
        """Tell whether a transaction is on a server that only follows another one."""
        # The server tells of a change, as when it is promoted, by itself: this asks it nothing.
        driver: Any = None if self.is_sqlite else connection.connection.driver_connection
        return driver is not None and driver.info.parameter_status("in_hot_standby") == "on"

    def size_bytes(self, connection: sa.Connection) -> int:
        """Return what the database takes: SQLite's file once its log is in it, everything of PostgreSQL's."""
        if self.is_sqlite:
            pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            return int(connection.exec_driver_sql(pages).scalar_one())
        return int(connection.execute(sa.select(sa.func.pg_database_size(sa.func.current_database()))).scalar_one())

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

    def purge(self) -> None:
        """Write the database anew, so that nothing that was deleted is left in its files.

        Readers and writers wait meanwhile on PostgreSQL, whose log of writes, replicas and backups are not touched;
        on SQLite, readers go on, and a second copy of the file needs room beside it.

        Raises:
            DatabaseUnavailableError: the database cannot be reached or written, or somebody still reads an old state.
        """
        with _translated():
            (sqlite if self.is_sqlite else postgresql).purge(self._writer)

    def make_ready(self) -> None:
        """Give a database that has no tables at all those of this version; leave one that has them as it is.

        Raises:
            DatabaseNotEmptyError: it has tables, and not ours.
            SchemaVersionError: it has those of another version.
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
        """Let what the database numbers by itself go on after the rows that came with numbers."""
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
        if isinstance(error, sa.exc.TimeoutError):
            raise DatabaseBusyError("all connections to the database are in use") from error
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
        # PostgreSQL may say why it hung up with an error of any kind.
        if error.connection_invalidated:
            raise DatabaseUnavailableError(f"the database hung up: {error.orig}") from error
        raise
    except sqlite3.DatabaseError as error:
        # As above, while a connection is being made ready.
        raise DatabaseUnavailableError(f"the database cannot be used now: {error}") from error
