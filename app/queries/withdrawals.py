"""Withdrawn interviews: that there was one, when it was withdrawn, by whom and why."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError
from app.models import FormerName, Revision, Withdrawal
from app.queries.embedding import Item
from app.queries.paging import Listing
from app.queries.sorting import Key

_FILES = (
    sa.select(
        col(Withdrawal.interview_id),
        sa.func.max(col(Withdrawal.revision)).label("revision"),
        sa.func.count(col(Withdrawal.sha256)).label("files"),
    )
    .group_by(col(Withdrawal.interview_id))
    .subquery("withdrawn")
)
_SLUG = (
    sa.select(sa.func.min(col(FormerName.name)))
    .where(col(FormerName.noun) == "interview", col(FormerName.item_id) == _FILES.c.interview_id)
    .scalar_subquery()
    .label("slug")
)
_WITHDRAWN = sa.select(
    _FILES.c.interview_id, _FILES.c.files, _SLUG, col(Revision.made_at), col(Revision.made_by), col(Revision.reason)
).join(Revision, col(Revision.number) == _FILES.c.revision)


def listing() -> Listing:
    """List the withdrawals, the newest first."""
    return Listing(_WITHDRAWN, [Key(col(Revision.number), descending=True)], _embed)


def find_withdrawal(connection: sa.Connection, name: str) -> Item:
    """Find the withdrawal of an interview, given by its id or by a slug that it had.

    Raises:
        NotFoundError: no interview of this name was withdrawn.
    """
    names = sa.select(col(FormerName.item_id)).where(col(FormerName.noun) == "interview", col(FormerName.name) == name)
    called = sa.or_(_FILES.c.interview_id == name, _FILES.c.interview_id.in_(names))
    row = connection.execute(_WITHDRAWN.where(called).order_by(col(Revision.made_at).desc())).first()
    if row is None:
        raise NotFoundError("withdrawn interview", name)
    return _item(row)


def _embed(_connection: sa.Connection, rows: Sequence[Any]) -> list[Item]:
    return [{**_item(row), "withdrawn_by": row.made_by} for row in rows]


def _item(row: Any) -> Item:
    return {
        "id": row.interview_id,
        "slug": row.slug or row.interview_id,
        "withdrawn_at": row.made_at,
        "reason": row.reason,
        "files": row.files,
    }
