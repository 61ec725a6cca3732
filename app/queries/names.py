"""Names in addresses, looked up: what one means now or meant before, and what may have been meant by an unknown one."""

import re
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import GoneError, MovedError, NotFoundError, ParameterError, QuothError
from app.models import Change, ChangeAction, FormerName, Interview, PastItem, Revision, Speaker, SpeakerReading, Topic
from app.queries.people_search import likely_people
from app.text.folding import SLUG_PATTERN, nearest

# Slugs suggested at most.
_MOST_SUGGESTED = 3

Named = type[Interview] | type[Speaker] | type[Topic]


def slug_of(connection: sa.Connection, table: Named, name: str) -> str:
    """Find the slug of the item that an address names; interviews are also found by their id.

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


def current_slug(connection: sa.Connection, parameter: str, table: Named, name: str) -> str:
    """Find the slug of the item that a parameter names, as slug_of() does for an address; a former slug still counts.

    Raises:
        ParameterError: there is none of this name, or it was taken out.
    """
    try:
        return slug_of(connection, table, name)
    except MovedError as error:
        return error.to
    except NotFoundError as error:
        raise ParameterError(parameter, error.reason, error.suggestions, error.names) from error
    except (GoneError, ParameterError) as error:
        raise ParameterError(parameter, str(error)) from error


def renamed(connection: sa.Connection, table: Named, slugs: Collection[str]) -> dict[str, str]:
    """Return the ids of those slugs that an item had before it got another one."""
    if not slugs:
        return {}
    rows = connection.execute(
        sa.select(col(FormerName.name), col(table.id))
        .join(table, col(table.id) == _now(table))
        .where(col(FormerName.noun) == table.__name__.lower(), col(FormerName.name).in_(slugs))
    )
    return {row.name: row.id for row in rows}


def _now(table: Named) -> Any:
    """Return the id of who, or what, had a former name: a speaker may be merged into another one."""
    if table is not Speaker:
        return col(FormerName.item_id)
    merged = sa.select(col(SpeakerReading.speaker_id)).where(col(SpeakerReading.id) == col(FormerName.item_id))
    return sa.func.coalesce(merged.scalar_subquery(), col(FormerName.item_id))


def absent(connection: sa.Connection, table: Named, name: str) -> QuothError:
    """Say why there is nothing of this name: it has another one now, it was taken out, or it never was."""
    noun = table.__name__.lower()
    if table is Speaker and not re.fullmatch(SLUG_PATTERN, name):
        return unknown(connection, noun, name, table)
    former = connection.execute(
        sa.select(col(table.slug), col(FormerName.item_id))
        .select_from(FormerName)
        .outerjoin(table, col(table.id) == _now(table))
        .where(col(FormerName.noun) == noun, col(FormerName.name) == name)
    ).first()
    if former is not None and former.slug is not None:
        return MovedError(noun, name, former.slug)
    item_id = name if former is None else former.item_id
    if former is not None or table is Interview:
        deleted = _deletion(connection, noun, item_id)
        if former is not None or deleted is not None:
            return GoneError(noun, name, **_when_and_why(deleted))
    return NotFoundError(noun, name, *near(connection, table, name))


def absent_id(connection: sa.Connection, noun: str, item_id: str) -> QuothError:
    """Say why there is no item of this id: it was taken out, or it never was."""
    deleted = _deletion(connection, noun, item_id)
    if deleted is None:
        return NotFoundError(noun, item_id)
    readable = (
        sa.select(col(PastItem.revision)).where(col(PastItem.item_id) == item_id).order_by(col(PastItem.revision))
    )
    revisions = list(connection.execute(readable).scalars())
    return GoneError(noun, item_id, replacements(connection, item_id), revisions, **_when_and_why(deleted))


def _deletion(connection: sa.Connection, noun: str, item_id: str) -> Any:
    """Find the revision that took an item out, the last time."""
    select = sa.select(col(Revision.reason), col(Revision.made_at)).join(
        Change, col(Change.revision) == col(Revision.number)
    )
    deleted = (col(Change.item_id) == item_id, col(Change.noun) == noun, col(Change.action) == ChangeAction.DELETED)
    return connection.execute(select.where(*deleted).order_by(col(Revision.number).desc()).limit(1)).first()


def _when_and_why(deleted: Any) -> dict[str, Any]:
    return {} if deleted is None else {"reason": deleted.reason, "when": deleted.made_at}


def replacements(connection: sa.Connection, item_id: str) -> list[str]:
    """Return the ids of the items that have the words of one that was taken out, following further replacements."""
    found: list[str] = []
    asked, seen = [item_id], {item_id}
    while asked:
        last = connection.execute(
            sa.select(col(Change.item_id), col(Change.action), col(Change.replaced_by))
            .where(col(Change.item_id).in_(asked))
            .order_by(col(Change.revision))
        )
        # An item that was never changed since its interview was created is not listed.
        newest = {row.item_id: row for row in last}
        gone = [one for one in asked if one in newest and newest[one].action is ChangeAction.DELETED]
        found += [one for one in asked if one not in gone]
        following = [other for one in gone for other in newest[one].replaced_by or []]
        asked = [other for other in dict.fromkeys(following) if other not in seen]
        seen.update(asked)
    return found


def near(connection: sa.Connection, table: Named, value: str) -> tuple[list[str], dict[str, str]]:
    """Suggest slugs for one that nothing has, and say what those are called whom it names: it may be a person's name.
    Everything that takes the slug of a speaker answers with this.
    """
    people: dict[str, str | None] = {}
    if table is Speaker:
        people = likely_people(connection, value, _MOST_SUGGESTED)
    slugs = [*people, *(slug for slug in near_values(connection, col(table.slug), value) if slug not in people)]
    return slugs[:_MOST_SUGGESTED], {slug: name for slug, name in people.items() if name}


def unknown(connection: sa.Connection, parameter: str, value: str, table: Named) -> ParameterError:
    """Say that nothing has the slug that a parameter gives, and what may have been meant."""
    reason = f"There is no {parameter if table is not Speaker else 'speaker'} {value[:120]!r}."
    return ParameterError(parameter, reason, *near(connection, table, value))


def near_values(connection: sa.Connection, column: Any, value: str) -> list[str]:
    """Suggest values among those that begin like this one, or among the first thousand."""
    some = sa.select(column).where(column.is_not(None)).distinct().order_by(column).limit(1000)
    # A range, because LIKE is case-sensitive on one engine only.
    alike = some.where(column >= value[:2], column < f"{value[:2]}\U0010ffff")
    names = [*connection.execute(alike).scalars(), *connection.execute(some).scalars()]
    return nearest(value, dict.fromkeys(names))


def find_ids(connection: sa.Connection, parameter: str, slugs: Collection[str], table: Named) -> dict[str, str]:
    """Find the id of each slug that a parameter gives; a slug that was changed still counts. One statement, or two.

    Raises:
        ParameterError: a slug is not known; near ones are suggested.
    """
    slug, wanted = col(table.slug), set(slugs)
    ids = {row.slug: row.id for row in connection.execute(sa.select(slug, col(table.id)).where(slug.in_(wanted)))}
    ids.update(renamed(connection, table, wanted - set(ids)))
    for value in sorted(wanted - set(ids)):
        raise unknown(connection, parameter, value, table)
    return ids


def check_values(connection: sa.Connection, parameter: str, column: Any, values: Sequence[str]) -> None:
    """Check that a column has each of some values.

    Raises:
        ParameterError: it does not; near values are suggested.
    """
    present = set(connection.execute(sa.select(column).where(column.in_(values)).distinct()).scalars())
    for value in values:
        if value not in present:
            reason = f"There is no {parameter} {value[:120]!r}."
            raise ParameterError(parameter, reason, near_values(connection, column, value))
