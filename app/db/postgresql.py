"""Engines for a PostgreSQL database."""

import sqlalchemy as sa


def engine(url: sa.URL, *, read_only: bool, statement_seconds: float | None = None) -> sa.Engine:
    """Make the engine that writes, or the one that reads and cuts a statement off after so many seconds, if any."""
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
