"""Loads what a file states of speakers. A statement that is stored already changes nothing; one that was undone here
since it was made is not made again; one about people who are not stored waits until the file is loaded again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import col

from app.errors import QuothError, StatementError
from app.loading.as_read import PersonAsRead, people_as_read
from app.loading.author import Author, Signature
from app.loading.statements import distinct, find_distinct, list_statements, merge, part
from app.models import Interview, Speaker, SpeakerReading, StatementKind
from app.queries.corpus_statements import slugs_as_read
from app.structure.statement_file import (
    AnyStatement,
    StatedDistinct,
    StatedMerge,
    StatedPart,
    StatedSpeakers,
    made_before,
)


class StatementOutcome(StrEnum):
    """What loading one statement did."""

    MADE = "made"
    UNCHANGED = "unchanged"
    UNDONE = "undone"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True)
class LoadedStatement:
    """A statement of a file, what loading it did, and why where it did nothing."""

    statement: str
    outcome: StatementOutcome
    reason: str | None = None


class _WaitingError(QuothError):
    """Somebody whom a statement is about is not stored."""


def load_statements(connection: sa.Connection, stated: StatedSpeakers, author: Author) -> list[LoadedStatement]:
    """Make the statements of a file that are not made yet. Those about somebody who was parted come after that.

    The author is who loads the file; why something is stated, the file says.
    """
    loaded: list[LoadedStatement] = []
    waiting: list[AnyStatement] = [*stated.parted, *stated.distinct, *stated.merged]
    while waiting:
        tried = [(one, _load(connection, one, author)) for one in waiting]
        loaded += [done for _one, done in tried if done.outcome is not StatementOutcome.WAITING]
        still = [one for one, done in tried if done.outcome is StatementOutcome.WAITING]
        if len(still) == len(waiting):
            return loaded + [done for _one, done in tried if done.outcome is StatementOutcome.WAITING]
        waiting = still
    return loaded


def statements_to_write(connection: sa.Connection) -> list[AnyStatement]:
    """Return the statements in force as a file has them, without those about people who take part nowhere now."""
    written: list[AnyStatement] = []
    for row in list_statements(connection):
        people = people_as_read(connection, [row.speaker_id, row.other_id])
        if len(people) < 2:
            continue
        one, other = people[row.speaker_id], people[row.other_id]
        made = {"by": row.made_by, "at": row.made_at.replace(microsecond=0), "why": row.reason}
        if row.kind is StatementKind.MERGED:
            names = {"keep_name": one.name, "other_name": other.name}
            written.append(StatedMerge(keep=one.slug, other=other.slug, **names, **made))
            continue
        if row.kind is StatementKind.DISTINCT:
            names = {"speaker_name": one.name, "other_name": other.name}
            written.append(StatedDistinct(speaker=one.slug, other=other.slug, **names, **made))
            continue
        slugs = (
            sa.select(col(Interview.slug)).where(col(Interview.id).in_(row.interviews)).order_by(col(Interview.slug))
        )
        if interviews := list(connection.execute(slugs).scalars()):
            name = other.name if row.is_named else None
            written.append(StatedPart(speaker=one.slug, interviews=interviews, name=name, **made))
    return written


def _load(connection: sa.Connection, statement: AnyStatement, author: Author) -> LoadedStatement:
    said = _said(statement)
    stated = Signature(statement.at, statement.by) if statement.at or statement.by else None
    author = replace(author, why=statement.why, stated=stated)
    try:
        # A savepoint: what is refused leaves nothing behind.
        with connection.begin_nested():
            if isinstance(statement, StatedMerge):
                outcome, reason = _load_merge(connection, statement, author)
            elif isinstance(statement, StatedDistinct):
                outcome, reason = _load_distinct(connection, statement, author)
            else:
                outcome, reason = _load_part(connection, statement, author)
    except _WaitingError as error:
        return LoadedStatement(said, StatementOutcome.WAITING, str(error))
    except StatementError as error:
        return LoadedStatement(said, StatementOutcome.REFUSED, str(error))
    return LoadedStatement(said, outcome, reason)


def _said(statement: AnyStatement) -> str:
    if isinstance(statement, StatedMerge):
        return f"{statement.other} is {statement.keep}"
    if isinstance(statement, StatedDistinct):
        return f"{statement.speaker} and {statement.other} are two people"
    return f"{statement.speaker} is somebody else in {', '.join(statement.interviews)}"


def _load_merge(
    connection: sa.Connection, statement: StatedMerge, author: Author
) -> tuple[StatementOutcome, str | None]:
    kept = _person(connection, statement.keep, statement.keep_name)
    other = _person(connection, statement.other, statement.other_name)
    if kept.speaker_id == other.speaker_id:
        return StatementOutcome.UNCHANGED, None
    if reason := _undone(connection, statement, StatementKind.MERGED, kept.id, [other.id]):
        return StatementOutcome.UNDONE, reason
    slugs = slugs_as_read(connection, [kept.speaker_id, other.speaker_id])
    merge(connection, slugs[kept.speaker_id], slugs[other.speaker_id], author)
    return StatementOutcome.MADE, None


def _load_distinct(
    connection: sa.Connection, statement: StatedDistinct, author: Author
) -> tuple[StatementOutcome, str | None]:
    one = _person(connection, statement.speaker, statement.speaker_name)
    other = _person(connection, statement.other, statement.other_name)
    if find_distinct(connection, one.speaker_id, other.speaker_id) is not None:
        return StatementOutcome.UNCHANGED, None
    for first, second in ((one, other), (other, one)):
        if reason := _undone(connection, statement, StatementKind.DISTINCT, first.id, [second.id]):
            return StatementOutcome.UNDONE, reason
    slugs = slugs_as_read(connection, [one.speaker_id, other.speaker_id])
    distinct(connection, slugs[one.speaker_id], slugs[other.speaker_id], author)
    return StatementOutcome.MADE, None


def _load_part(connection: sa.Connection, statement: StatedPart, author: Author) -> tuple[StatementOutcome, str | None]:
    person = _person(connection, statement.speaker, None)
    rows = connection.execute(
        sa.select(col(Interview.id), col(Interview.slug)).where(col(Interview.slug).in_(statement.interviews))
    ).all()
    if missing := set(statement.interviews) - {row.slug for row in rows}:
        raise _WaitingError(f"there is no interview {min(missing)!r}")
    ids = {row.id for row in rows}
    for row in list_statements(connection):
        if row.kind is StatementKind.PARTED and row.speaker_id == person.id and ids <= set(row.interviews):
            return StatementOutcome.UNCHANGED, None
    if reason := _undone(connection, statement, StatementKind.PARTED, person.id, sorted(ids)):
        return StatementOutcome.UNDONE, reason
    slug = slugs_as_read(connection, [person.speaker_id])[person.speaker_id]
    part(connection, slug, statement.interviews, statement.name, author)
    return StatementOutcome.MADE, None


def _undone(
    connection: sa.Connection,
    statement: AnyStatement,
    kind: StatementKind,
    speaker_id: str,
    others: Sequence[str],
) -> str | None:
    """Say when the same statement was undone, if that was after it was made. `others` are the ids of the other speaker,
    or of the interviews of somebody who was parted.
    """
    for row in list_statements(connection, undone=True):
        about = sorted(row.interviews) if kind is StatementKind.PARTED else [row.other_id]
        is_same = row.kind is kind and row.speaker_id == speaker_id and about == list(others)
        if is_same and row.undone_at is not None and made_before(statement, row.undone_at):
            return f"undone here on {row.undone_at.date()}"
    return None


def _person(connection: sa.Connection, slug: str, name: str | None) -> PersonAsRead:
    """Find a speaker by the slug that the files alone give them."""
    ids = [
        *connection.execute(sa.select(col(SpeakerReading.id)).where(col(SpeakerReading.slug) == slug)).scalars(),
        *connection.execute(sa.select(col(Speaker.id)).where(col(Speaker.slug) == slug)).scalars(),
    ]
    people = people_as_read(connection, ids[:1])
    if not people:
        raise _WaitingError(f"there is no speaker {slug!r}")
    [person] = people.values()
    if name is not None and person.name != name:
        raise StatementError(f"{slug!r} is {person.name!r} here, not {name!r}")
    return person
