"""Runs the revisions on the connection that the application hands over, or on QUOTH_DATABASE_URL from the shell."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

from app import models
from app.db import Database
from app.settings import read_settings

_METADATA = models.Interview.metadata


def _ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out tables that an engine keeps for itself, such as those behind a full-text index."""
    return kind != "table" or name in _METADATA.tables


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=_METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        include_name=_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


if (handed := context.config.attributes.get("connection")) is not None:
    _run(handed)
else:
    database = Database(read_settings().database_url)
    with database.write() as own:
        _run(own)
    database.close()
