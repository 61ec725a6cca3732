"""The trail: every revision with who made it, when, from where, why, and how much it changed, the newest first."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import GoneError, NotFoundError
from app.models import Change, Embargo, FormerName, Interview, Revision
from app.queries.embedding import Item
from app.queries.names import absent
from app.queries.paging import Listing
from app.queries.sorting import Key

_COLUMNS: tuple[Any, ...] = (
    col(Revision.number),
    col(Revision.made_at),
    col(Revision.made_by),
    col(Revision.made_from),
    col(Revision.reason),
    col(Revision.interview_id),
    col(Revision.transcript_id),
)


@dataclass(frozen=True)
class TrailFilters:
    """Which revisions: of one interview, given by id; by whom; from a time on, and before a time."""

    interview_id: str | None = None
    who: str | None = None
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None


@dataclass(frozen=True)
class TrailInterview:
    """An interview that has a trail: `state` is `published`, `held` or `withdrawn`."""

    id: str
    slug: str
    state: str


def listing(filters: TrailFilters) -> Listing:
    """Build the list of revisions that meet the filters."""
    select = sa.select(*_COLUMNS)
    if filters.interview_id is not None:
        # A review of topics, or a merged speaker, changes items of several interviews in one revision.
        changed = sa.select(col(Change.revision)).where(_is_of(filters.interview_id))
        own = col(Revision.interview_id) == filters.interview_id
        select = select.where(sa.or_(own, col(Revision.number).in_(changed)))
    if filters.who is not None:
        select = select.where(col(Revision.made_by) == filters.who)
    if filters.since is not None:
        select = select.where(col(Revision.made_at) >= filters.since)
    if filters.until is not None:
        select = select.where(col(Revision.made_at) < filters.until)
    embed = partial(_embed, within=filters.interview_id)
    return Listing(select, [Key(col(Revision.number), descending=True)], embed)


def find_of_trail(connection: sa.Connection, name: str, *, with_held: bool) -> TrailInterview:
    """Find an interview by slug, former slug or id: one that is published or withdrawn, and `with_held` also one that
    is held back.

    Raises:
        NotFoundError: there is none, and there was none.
    """
    for table, state in ((Interview, "published"), (Embargo, "held")):
        item_id = col(Interview.id) if table is Interview else col(Embargo.interview_id)
        select: Any = sa.select(item_id.label("id"), col(table.slug).label("slug"))
        named = sa.select(col(FormerName.item_id)).where(
            col(FormerName.noun) == "interview", col(FormerName.name) == name
        )
        for called in (sa.or_(col(table.slug) == name, item_id == name), item_id.in_(named)):
            row = connection.execute(select.where(called)).first() if state != "held" or with_held else None
            if row is not None:
                return TrailInterview(row.id, row.slug, state)
    reason = absent(connection, Interview, name)
    if not isinstance(reason, GoneError):
        raise reason if isinstance(reason, NotFoundError) else NotFoundError("interview", name)
    former = sa.select(col(FormerName.item_id), col(FormerName.name)).where(col(FormerName.noun) == "interview")
    called = sa.or_(col(FormerName.name) == name, col(FormerName.item_id) == name)
    row = connection.execute(former.where(called).order_by(col(FormerName.name)).limit(1)).first()
    return TrailInterview(name, name, "withdrawn") if row is None else TrailInterview(row[0], row[1], "withdrawn")


def find_embargo(connection: sa.Connection, interview_id: str) -> Item | None:
    """Say until when an interview is held back, and who stated so, when, from where and why."""
    columns: tuple[Any, ...] = (
        col(Embargo.until),
        col(Embargo.made_at),
        col(Embargo.made_by).label("who"),
        col(Embargo.made_from).label("origin"),
        col(Embargo.reason),
    )
    row = connection.execute(sa.select(*columns).where(col(Embargo.interview_id) == interview_id)).first()
    return None if row is None else dict(row._mapping)


def _is_of(interview_id: str) -> sa.ColumnElement[bool]:
    """Whether a change is of an interview, or of a question or an answer of it: their ids begin with that of it."""
    # A full stop comes after a hyphen, and before all that ids have.
    item = sa.and_(col(Change.item_id) > f"{interview_id}-", col(Change.item_id) < f"{interview_id}.")
    return sa.or_(
        sa.and_(col(Change.item_id) == interview_id, col(Change.noun) == "interview"),
        sa.and_(item, col(Change.noun).in_(["question", "answer"])),
    )


def _embed(connection: sa.Connection, rows: Sequence[sa.Row[Any]], *, within: str | None) -> list[Item]:
    """Make items of revisions, with two statements: how much they changed, and what interviews are called."""
    numbers = [row.number for row in rows]
    counted = sa.func.count().label("count")
    select = sa.select(col(Change.revision), col(Change.noun), col(Change.action), counted)
    select = select.where(col(Change.revision).in_(numbers))
    if within is not None:
        select = select.join(Revision, col(Revision.number) == col(Change.revision)).where(
            sa.or_(col(Revision.interview_id) == within, _is_of(within))
        )
    by_kind = (col(Change.revision), col(Change.noun), col(Change.action))
    changes: dict[int, list[Item]] = defaultdict(list)
    for row in connection.execute(select.group_by(*by_kind).order_by(*by_kind)):
        changes[row.revision].append({"noun": row.noun, "action": row.action, "count": row._mapping["count"]})
    slugs = _slugs(connection, sorted({row.interview_id for row in rows if row.interview_id}))
    return [
        {
            "revision": row.number,
            "made_at": row.made_at,
            "who": row.made_by,
            "origin": row.made_from,
            "reason": row.reason,
            "interview": None
            if row.interview_id is None
            else {
                "id": row.interview_id,
                "slug": slugs.get(row.interview_id),
                "revision": None if row.transcript_id is None else int(row.transcript_id.rpartition("-r")[2]),
            },
            "changes": changes[row.number],
        }
        for row in rows
    ]


def _slugs(connection: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return what interviews are called now, or were called when they were taken out."""
    former = sa.select(col(FormerName.item_id), col(FormerName.name)).where(
        col(FormerName.noun) == "interview", col(FormerName.item_id).in_(ids)
    )
    slugs: dict[str, str] = {row[0]: row[1] for row in connection.execute(former.order_by(col(FormerName.name).desc()))}
    now = sa.select(col(Interview.id), col(Interview.slug)).where(col(Interview.id).in_(ids))
    return slugs | {row[0]: row[1] for row in connection.execute(now)}
