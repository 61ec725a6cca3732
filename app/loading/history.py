"""Revisions and changes: append-only, one number for the whole corpus."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.identity import Fate, Stored
from app.models import Change, ChangeAction, FormerName, PastInterview, PastItem, Revision
from app.queries.past import snapshot


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


def record_changes(
    connection: sa.Connection, number: int, changes: Sequence[tuple[str, str, ChangeAction, Sequence[str]]]
) -> None:
    """Write down what a revision did: (noun, id, action, ids of what replaces it) of each item."""
    rows = [
        {"revision": number, "item_id": item, "noun": noun, "action": action, "replaced_by": list(replaced_by) or None}
        for noun, item, action, replaced_by in changes
    ]
    if rows:
        connection.execute(sa.insert(Change), rows)


def retire_name(connection: sa.Connection, noun: str, name: str, item_id: str) -> None:
    """Remember that an item had this slug, so that addresses with it still lead somewhere."""
    connection.execute(sa.delete(FormerName).where(col(FormerName.noun) == noun, col(FormerName.name) == name))
    connection.execute(sa.insert(FormerName).values(noun=noun, name=name, item_id=item_id))


def transcript_id_of(interview_id: str, revision: int) -> str:
    """Name the source file of one revision of an interview."""
    return f"{interview_id}-r{revision}"


def keep_past(connection: sa.Connection, interview: Any, before: Stored, fates: Iterable[Fate]) -> None:
    """Keep an interview as it is, before a correction replaces it, and which of its items this is the last time of."""
    content = snapshot(connection, interview.id)
    connection.execute(
        sa.insert(PastInterview).values(interview_id=interview.id, revision=interview.revision, content=content)
    )
    stored = before.questions | before.answers
    rows = [
        {
            "item_id": fate.id,
            "revision": stored[fate.id].revision,
            "noun": fate.noun,
            "interview_id": interview.id,
            "first_in": stored[fate.id].revised_in,
            "last_in": interview.revision,
        }
        for fate in fates
        if fate.id in stored and (fate.revised or fate.action is ChangeAction.DELETED)
    ]
    if rows:
        connection.execute(sa.insert(PastItem), rows)
