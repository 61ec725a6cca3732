"""Names in addresses: what one of them meant before, or what may have been meant by it."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import GoneError, MovedError, NotFoundError, QuothError
from app.models import Change, ChangeAction, FormerName, Interview, Speaker, Topic
from app.text import nearest

Named = type[Interview] | type[Speaker] | type[Topic]


def slug_of(connection: sa.Connection, table: Named, name: str) -> str:
    """Find the slug of what an address names; interviews are also found by their id.

    Raises:
        NotFoundError: there is none of this name; near ones are suggested.
        MovedError: it has another name now.
        GoneError: it was taken out.
    """
    called = col(table.slug) == name
    if table is Interview:
        called = sa.or_(called, col(table.id) == name)
    slug: str | None = connection.execute(sa.select(col(table.slug)).where(called)).scalar()
    if slug is None:
        raise absent(connection, table, name)
    return slug


def renamed(connection: sa.Connection, table: Named, slugs: Collection[str]) -> dict[str, str]:
    """Return the ids of those slugs that an item had before it got another one."""
    if not slugs:
        return {}
    rows = connection.execute(
        sa.select(col(FormerName.name), col(table.id))
        .join(table, col(table.id) == col(FormerName.item_id))
        .where(col(FormerName.noun) == table.__name__.lower(), col(FormerName.name).in_(slugs))
    )
    return {row.name: row.id for row in rows}


def absent(connection: sa.Connection, table: Named, name: str) -> QuothError:
    """Say why there is nothing of this name: it has another one now, it was taken out, or it never was."""
    noun = table.__name__.lower()
    former = connection.execute(
        sa.select(col(table.slug))
        .select_from(FormerName)
        .outerjoin(table, col(table.id) == col(FormerName.item_id))
        .where(col(FormerName.noun) == noun, col(FormerName.name) == name)
    ).first()
    if former is not None:
        return GoneError(noun, name) if former.slug is None else MovedError(noun, name, former.slug)
    return NotFoundError(noun, name, near(connection, col(table.slug), name))


def absent_id(connection: sa.Connection, noun: str, item_id: str) -> QuothError:
    """Say why there is no item of this id: it was taken out, or it never was."""
    deleted = sa.select(sa.literal(1)).where(
        col(Change.item_id) == item_id, col(Change.noun) == noun, col(Change.action) == ChangeAction.DELETED
    )
    gone = connection.execute(deleted.limit(1)).first() is not None
    return GoneError(noun, item_id) if gone else NotFoundError(noun, item_id)


def near(connection: sa.Connection, column: Any, value: str) -> list[str]:
    """Suggest names among those that begin like this one, or among the first thousand."""
    some = sa.select(column).where(column.is_not(None)).distinct().order_by(column).limit(1000)
    alike = some.where(column.startswith(value[:2], autoescape=True))
    known = [*connection.execute(alike).scalars(), *connection.execute(some).scalars()]
    return nearest(value, dict.fromkeys(known))
