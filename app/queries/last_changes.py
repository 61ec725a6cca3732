"""When questions and answers last changed: the words, who said them, or their topics."""

import datetime
from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Change, Question, Revision, Transcript


def last_changes(connection: sa.Connection, ids: Sequence[str]) -> dict[str, datetime.datetime]:
    """Return when each of these questions and answers last changed, by id."""
    if not ids:
        return {}
    # A change of the words makes a version, which the first import makes too; a change of topics is only noted.
    selects: list[sa.Select[str, datetime.datetime]] = [
        _select_versions(Question, ids),
        _select_versions(Answer, ids),
        _select_noted(ids),
    ]
    found: dict[str, datetime.datetime] = {}
    for select in selects:
        for item_id, made_at in connection.execute(select):
            found[item_id] = max(made_at, found.get(item_id, made_at))
    return found


def _select_versions(table: type[Question] | type[Answer], ids: Sequence[str]) -> sa.Select[str, datetime.datetime]:
    return (
        sa.select(col(table.id), col(Revision.made_at))
        .join(
            Transcript,
            sa.and_(
                col(Transcript.interview_id) == col(table.interview_id),
                col(Transcript.revision) == col(table.revised_in),
            ),
        )
        .join(
            Revision,
            # By interview first: there is an index of that.
            sa.and_(
                col(Revision.interview_id) == col(table.interview_id), col(Revision.transcript_id) == col(Transcript.id)
            ),
        )
        .where(col(table.id).in_(ids))
    )


def _select_noted(ids: Sequence[str]) -> sa.Select[str, datetime.datetime]:
    return (
        sa.select(col(Change.item_id), col(Revision.made_at))
        .join(Revision, col(Revision.number) == col(Change.revision))
        .where(col(Change.item_id).in_(ids), col(Change.superseded_by).is_(None))
    )
