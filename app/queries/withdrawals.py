"""Withdrawn interviews: that there was one, when it was withdrawn and why."""

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError
from app.models import FormerName, Revision, Withdrawal
from app.queries.embedding import Item


def find_withdrawal(connection: sa.Connection, name: str) -> Item:
    """Find the withdrawal of an interview, given by its id or by a slug that it had.

    Raises:
        NotFoundError: no interview of this name was withdrawn.
    """
    names = sa.select(col(FormerName.item_id)).where(col(FormerName.noun) == "interview", col(FormerName.name) == name)
    called = sa.or_(col(Withdrawal.interview_id) == name, col(Withdrawal.interview_id).in_(names))
    files = sa.func.count(col(Withdrawal.sha256)).label("files")
    columns = (col(Withdrawal.interview_id), col(Revision.made_at), col(Revision.reason))
    row = connection.execute(
        sa.select(*columns, files)
        .join(Revision, col(Revision.number) == col(Withdrawal.revision))
        .where(called)
        .group_by(*columns)
        .order_by(col(Revision.made_at).desc())
    ).first()
    if row is None:
        raise NotFoundError("withdrawn interview", name)
    slugs = sa.select(sa.func.min(col(FormerName.name))).where(
        col(FormerName.noun) == "interview", col(FormerName.item_id) == row.interview_id
    )
    return {
        "id": row.interview_id,
        "slug": connection.execute(slugs).scalar() or row.interview_id,
        "withdrawn_at": row.made_at,
        "reason": row.reason,
        "files": row.files,
    }
