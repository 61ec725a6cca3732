"""Revisions and changes: append-only, one number for the whole corpus."""

import datetime
from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from app.models import Change, ChangeAction, FormerName, Revision


def new_revision(
    connection: sa.Connection,
    now: datetime.datetime,
    interview_id: str | None,
    transcript_id: str | None,
    reason: str | None,
) -> int:
    """Write down a new revision of the corpus and return its number."""
    last = connection.execute(sa.select(sa.func.max(col(Revision.number)))).scalar()
    number = int(last or 0) + 1
    connection.execute(
        sa.insert(Revision).values(
            number=number, made_at=now, interview_id=interview_id, transcript_id=transcript_id, reason=reason
        )
    )
    return number


def record_changes(connection: sa.Connection, number: int, changes: Sequence[tuple[str, str, ChangeAction]]) -> None:
    """Write down what a revision did: (noun, id, action) of each item."""
    rows = [{"revision": number, "item_id": item, "noun": noun, "action": action} for noun, item, action in changes]
    if rows:
        connection.execute(sa.insert(Change), rows)


def retire_name(connection: sa.Connection, noun: str, name: str, item_id: str) -> None:
    """Remember that an item had this slug, so that addresses with it still lead somewhere."""
    connection.execute(sa.delete(FormerName).where(col(FormerName.noun) == noun, col(FormerName.name) == name))
    connection.execute(sa.insert(FormerName).values(noun=noun, name=name, item_id=item_id))
