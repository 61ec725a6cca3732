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
        # All files of an interview are withdrawn together.
        sa.func.max(col(Withdrawal.slug)).label("slug"),
        sa.func.max(col(Withdrawal.made_at)).label("made_at"),
        sa.func.max(col(Withdrawal.made_by)).label("made_by"),
        sa.func.max(col(Withdrawal.reason)).label("reason"),
    )
    .group_by(col(Withdrawal.interview_id))
    .subquery("withdrawn")
)
_FORMER = (
    sa.select(sa.func.min(col(FormerName.name)))
    .where(col(FormerName.noun) == "interview", col(FormerName.item_id) == _FILES.c.interview_id)
    .scalar_subquery()
)
_MADE_AT = sa.func.coalesce(col(Revision.made_at), _FILES.c.made_at)
_WITHDRAWN = sa.select(
    _FILES.c.interview_id,
    _FILES.c.files,
    sa.func.coalesce(_FORMER, _FILES.c.slug).label("slug"),
    _MADE_AT.label("made_at"),
    sa.func.coalesce(col(Revision.made_by), _FILES.c.made_by).label("made_by"),
    sa.func.coalesce(col(Revision.reason), _FILES.c.reason).label("reason"),
).outerjoin(Revision, col(Revision.number) == _FILES.c.revision)
_PUBLIC = _FILES.c.revision.is_not(None)


def listing(*, held: bool) -> Listing:
    """List the withdrawals, the newest first; `held` says whether those of interviews that were held back and never
    published are listed, too.
    """
    select = _WITHDRAWN if held else _WITHDRAWN.where(_PUBLIC)
    return Listing(select, [Key(_MADE_AT, descending=True), Key(_FILES.c.interview_id)], _embed)


def find_withdrawal(connection: sa.Connection, name: str, *, held: bool) -> Item:
    """Find the withdrawal of an interview, given by its id or by a slug that it had; `held` as in `listing`.

    Raises:
        NotFoundError: no interview of this name was withdrawn.
    """
    names = sa.select(col(FormerName.item_id)).where(col(FormerName.noun) == "interview", col(FormerName.name) == name)
    called = sa.or_(_FILES.c.interview_id == name, _FILES.c.interview_id.in_(names), _FILES.c.slug == name)
    select = _WITHDRAWN.where(called) if held else _WITHDRAWN.where(called, _PUBLIC)
    row = connection.execute(select.order_by(_MADE_AT.desc())).first()
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
