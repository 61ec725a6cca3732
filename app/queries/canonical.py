"""Dumps all public content as text to compare databases by: one JSON line a row, table by table, ordered by key.

It leaves out what is derived (the search index), what only the writer needs, and changes that a later change of the
same item supersedes, unless they belong to a revision of an interview.
"""

import base64
import datetime
import json
from collections.abc import Generator
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.models import (
    Answer,
    Change,
    Contribution,
    FormerName,
    Interview,
    InterviewStatements,
    PastInterview,
    PastItem,
    Question,
    QuestionTopic,
    Redaction,
    Revision,
    Speaker,
    SpeakerReading,
    Statement,
    Topic,
    Transcript,
    Turn,
    Withdrawal,
    table_of,
)
from app.queries.change_data import PRIVATE

TABLES: tuple[type[SQLModel], ...] = (
    Topic,
    Interview,
    Transcript,
    Speaker,
    SpeakerReading,
    Statement,
    Contribution,
    Question,
    Answer,
    Turn,
    InterviewStatements,
    QuestionTopic,
    FormerName,
    PastInterview,
    PastItem,
    Redaction,
    Withdrawal,
    Revision,
    Change,
)
_LEFT_OUT = {
    *PRIVATE,
    ("question", "suggested_from"),
    ("change", "superseded_by"),
    ("interview_statements", "in_file"),
}
# Rows that are fetched at a time: few, since one may hold a whole source file.
_ROWS_AT_A_TIME = 100


def lines(connection: sa.Connection) -> Generator[str]:
    """Yield the lines of the dump, in bounded memory."""
    newest = col(Change.superseded_by).is_(None)
    of_interview = sa.exists().where(
        col(Revision.number) == col(Change.revision), col(Revision.interview_id).is_not(None)
    )
    of_newest = sa.exists().where(col(Change.revision) == col(Revision.number), newest)
    conditions: dict[type[SQLModel], Any] = {
        Change: sa.or_(newest, of_interview),
        Revision: sa.or_(col(Revision.interview_id).is_not(None), of_newest),
    }
    for table in TABLES:
        described = table_of(table)
        columns = [column for column in described.columns if (described.name, column.name) not in _LEFT_OUT]
        select = sa.select(*columns).where(conditions.get(table, sa.true())).order_by(*described.primary_key)
        with connection.execute(select.execution_options(yield_per=_ROWS_AT_A_TIME)) as rows:
            for row in rows.mappings():
                values = {"table": described.name, **{name: _plain(value) for name, value in row.items()}}
                yield json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime.date) else value
