"""Writes revisions, changes, former names and past interviews.

Revisions have one number for the whole corpus. A writer holds the one lock of writers until its commit is visible, so
that the order of numbers is the order of commits.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import MirrorError
from app.loading.author import Author
from app.loading.identity import StoredInterview
from app.loading.item_updates import ItemUpdate
from app.models import (
    Change,
    ChangeAction,
    FormerName,
    Interview,
    Mirror,
    PastInterview,
    PastItem,
    Revision,
    Turn,
    table_of,
)
from app.queries.past import snapshot

# Values of one statement, at most; databases have higher limits of their own.
_AT_A_TIME = 500
_STATE = sa.select(
    sa.select(sa.func.max(col(Revision.number))).scalar_subquery().label("last"),
    sa.select(col(Mirror.origin)).limit(1).scalar_subquery().label("origin"),
)
_NO_LONGER_FORMER = sa.delete(FormerName).where(
    col(FormerName.noun) == sa.bindparam("noun"), col(FormerName.name).in_(sa.bindparam("names", expanding=True))
)


def new_revision(
    connection: sa.Connection, author: Author, interview_id: str | None = None, transcript_id: str | None = None
) -> int:
    """Write a new revision of the corpus, with who made it and why, and return its number.

    Raises:
        MirrorError: the database mirrors another server, where the change has to be made.
    """
    state = connection.execute(_STATE).one()
    if state.origin is not None:
        raise MirrorError(f"this database mirrors {state.origin}; make the change there")
    number = int(state.last or 0) + 1
    row = {"interview_id": interview_id, "transcript_id": transcript_id, "reason": author.why}
    connection.execute(table_of(Revision).insert(), {"number": number, **row, **author.signature})
    return number


def record_changes(
    connection: sa.Connection,
    number: int,
    changes: Sequence[tuple[str, str, ChangeAction, Sequence[str]]],
    new: Collection[str] = (),
) -> None:
    """Record the changes of a revision: (noun, id, action, ids of what replaces it) of each item.

    Older changes of the items are superseded; items that are `new` have none.
    """
    by_noun: dict[str, list[str]] = defaultdict(list)
    for noun, item, _action, _replaced_by in changes:
        if item not in new:
            by_noun[noun].append(item)
    for noun, items in by_noun.items():
        for first in range(0, len(items), _AT_A_TIME):
            older = sa.update(Change).where(
                col(Change.item_id).in_(items[first : first + _AT_A_TIME]),
                col(Change.noun) == noun,
                col(Change.superseded_by).is_(None),
            )
            connection.execute(older.values(superseded_by=number))
    rows = [
        {"revision": number, "item_id": item, "noun": noun, "action": action, "replaced_by": list(replaced_by) or None}
        for noun, item, action, replaced_by in changes
    ]
    if rows:
        connection.execute(table_of(Change).insert(), rows)


def supersede_changes(connection: sa.Connection, item_ids: Collection[str]) -> None:
    """Compute again which change supersedes each change of these items, where changes were stored out of order."""
    items = sorted(item_ids)
    change, later = table_of(Change), table_of(Change).alias("later")
    following = sa.select(sa.func.min(later.c.revision)).where(
        later.c.item_id == change.c.item_id, later.c.noun == change.c.noun, later.c.revision > change.c.revision
    )
    for first in range(0, len(items), _AT_A_TIME):
        of_items = sa.update(change).where(change.c.item_id.in_(items[first : first + _AT_A_TIME]))
        connection.execute(of_items.values(superseded_by=following.scalar_subquery()))


def retire_name(connection: sa.Connection, noun: str, name: str, item_id: str) -> bool:
    """Store a former slug of an item, so that its old address redirects; return whether that is new."""
    former = sa.and_(col(FormerName.noun) == noun, col(FormerName.name) == name)
    if connection.execute(sa.select(col(FormerName.item_id)).where(former)).scalar() == item_id:
        return False
    connection.execute(sa.delete(FormerName).where(former))
    connection.execute(sa.insert(FormerName).values(noun=noun, name=name, item_id=item_id))
    return True


def reclaim_names(connection: sa.Connection, noun: str, names: Collection[str]) -> None:
    """Delete former names that are in use again."""
    wanted = sorted(names)
    for first in range(0, len(wanted), _AT_A_TIME):
        connection.execute(_NO_LONGER_FORMER, {"noun": noun, "names": wanted[first : first + _AT_A_TIME]})


def transcript_id_of(interview_id: str, revision: int) -> str:
    """Return the id of the source file of one revision of an interview."""
    return f"{interview_id}-r{revision}"


def store_past(
    connection: sa.Connection, interview: Any, before: StoredInterview, item_updates: Iterable[ItemUpdate]
) -> None:
    """Store an interview as it is before a correction replaces it, and its items that are revised or deleted."""
    content = snapshot(connection, interview.id)
    connection.execute(
        sa.insert(PastInterview).values(interview_id=interview.id, revision=interview.revision, content=content)
    )
    stored = before.questions | before.answers
    rows = [
        {
            "item_id": update.id,
            "revision": stored[update.id].revision,
            "noun": update.noun,
            "interview_id": interview.id,
            "first_in": stored[update.id].revised_in,
            "last_in": interview.revision,
        }
        for update in item_updates
        if update.id in stored and (update.revised or update.action is ChangeAction.DELETED)
    ]
    if rows:
        connection.execute(sa.insert(PastItem), rows)


def all_texts(connection: sa.Connection, interview_id: str) -> list[str]:
    """Return the titles and turns of an interview and of its past revisions."""
    past = sa.select(col(PastInterview.content)).where(col(PastInterview.interview_id) == interview_id)
    title = sa.select(col(Interview.title)).where(col(Interview.id) == interview_id)
    texts = list(connection.execute(title).scalars())
    texts += connection.execute(sa.select(col(Turn.text)).where(col(Turn.interview_id) == interview_id)).scalars()
    for content in connection.execute(past).scalars().all():
        texts += [content["interview"]["title"], *(turn["text"] for turn in content["turns"])]
    return texts
