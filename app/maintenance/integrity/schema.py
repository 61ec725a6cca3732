"""Tables, indexes and triggers are those of this version."""

from collections.abc import Generator

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

from app.maintenance.integrity.check import RESTORE, Check, ItemCounter, Problem

_TOPICS = "topic_question and topic_count"
_SEARCH = "the search index"
# Each trigger, and what it keeps in step.
TRIGGERS = {
    "interview_redated": _TOPICS,
    "question_topic_deleted": _TOPICS,
    "question_topic_inserted": _TOPICS,
    "question_topic_updated": _TOPICS,
    "search_document_inserted": _SEARCH,
    "search_document_updated": _SEARCH,
    "topic_moved": _TOPICS,
    "topic_question_deleted": _TOPICS,
    "topic_question_inserted": _TOPICS,
    "topic_question_updated": _TOPICS,
}
# PostgreSQL has a foreign key in its place.
SQLITE_TRIGGERS = {"search_document_deleted": _SEARCH}
_LIST_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    metadata = SQLModel.metadata
    options = {
        "compare_type": True,
        # As in migrations/env.py: the engine keeps tables of its own behind a full-text index.
        "include_name": lambda name, kind, _parents: kind != "table" or name in metadata.tables,
    }
    counter.add(len(metadata.tables))
    for difference in compare_metadata(MigrationContext.configure(connection, opts=options), metadata):
        first = difference[0] if isinstance(difference, list) else difference
        yield "schema", f"differs from the schema of this version: {first[0]} {first[-1]}"
    dialect = connection.dialect.name
    present = set(connection.exec_driver_sql(_LIST_TRIGGERS[dialect]).scalars())
    wanted = TRIGGERS | (SQLITE_TRIGGERS if dialect == "sqlite" else {})
    for trigger, tables in wanted.items():
        if trigger not in present:
            yield trigger, f"the trigger is missing that keeps {tables} in step"


CHECK = Check("schema", "tables, indexes and triggers are those of this version", RESTORE, _find_problems)
