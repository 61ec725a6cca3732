"""Versions of what is stated of an interview over what its file says."""

from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import InterviewStatements

_SIGNED = (
    col(InterviewStatements.version),
    col(InterviewStatements.made_at),
    col(InterviewStatements.made_by),
    col(InterviewStatements.reason),
)
_NOTHING: Any = SimpleNamespace(version=0, made_at=None, made_by=None, reason=None, document={})


def list_versions(connection: sa.Connection, interview_id: str) -> list[Any]:
    """List the versions of what was stated of an interview, given by id, the newest first, without the documents."""
    of_interview = sa.select(*_SIGNED).where(col(InterviewStatements.interview_id) == interview_id)
    return list(connection.execute(of_interview.order_by(col(InterviewStatements.version).desc())))


def find_version(connection: sa.Connection, interview_id: str, version: int | None = None) -> Any:
    """Find a version with its document, the newest without a number; version 0, which states nothing, if it is not
    there.
    """
    found = sa.select(*_SIGNED, col(InterviewStatements.document))
    found = found.where(col(InterviewStatements.interview_id) == interview_id)
    if version is not None:
        found = found.where(col(InterviewStatements.version) == version)
    return connection.execute(found.order_by(col(InterviewStatements.version).desc()).limit(1)).first() or _NOTHING
