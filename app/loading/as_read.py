"""Speakers as the files alone tell of them, whatever editors state of them.

Importing works on these: what a file says of somebody who was merged stays with that somebody. So stating something,
loading files and undoing the statement come to the same in any order.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Contribution, Interview, Speaker, SpeakerReading, Statement, StatementKind

# Values of one statement, at most; databases have higher limits of their own.
AT_A_TIME = 500
# Whom a contribution tells of, by the files alone.
READ_AS: sa.ColumnElement[str] = sa.func.coalesce(col(Contribution.read_as), col(Contribution.speaker_id))
_IS_AS_READ = col(Contribution.read_as).is_(None)
_HAS_READING = sa.exists().where(col(SpeakerReading.id) == col(Speaker.id)).correlate(Speaker)
_OF_SPEAKER = sa.and_(col(Contribution.speaker_id) == col(Speaker.id), _IS_AS_READ)
_OF_READING = sa.or_(
    col(Contribution.read_as) == col(SpeakerReading.id),
    sa.and_(col(Contribution.speaker_id) == col(SpeakerReading.id), _IS_AS_READ),
)
_ELSEWHERE = col(Contribution.interview_id) != sa.bindparam("interview_id", type_=sa.Text)
_OF_SERIES = sa.and_(
    col(Interview.id) == col(Contribution.interview_id),
    col(Interview.series) == sa.bindparam("series", type_=sa.Text),
)


def parts_off(speaker_id: Any) -> sa.Exists:
    """Whether a statement in force parts somebody from another speaker."""
    return sa.exists().where(
        col(Statement.other_id) == speaker_id,
        col(Statement.kind) == StatementKind.PARTED,
        col(Statement.undone_at).is_(None),
    )


@dataclass
class PersonAsRead:
    """A speaker as the files tell of them. `speaker_id` is who they are by statements; `is_merged` says whether a
    statement merges them with anybody, `is_parted` whether one parts them from somebody. `takes_part` is what was asked
    of their interviews.
    """

    id: str
    speaker_id: str
    slug: str
    name: str | None
    aliases: list[str]
    same_as: list[str]
    is_merged: bool
    is_parted: bool
    takes_part: bool = False


def _select_people(where: str, *takes_part: Any) -> Any:
    """Build the statement that finds people by a column: those of statements, and all others."""
    values: Any = sa.bindparam(where, expanding=True)
    built: list[sa.Select[Any]] = []
    for table, speaker_id, of_person in (
        (SpeakerReading, col(SpeakerReading.speaker_id), _OF_READING),
        (Speaker, col(Speaker.id).label("speaker_id"), _OF_SPEAKER),
    ):
        is_reading = table is SpeakerReading
        part = sa.exists().where(of_person, *takes_part).correlate(table) if takes_part else sa.false()
        columns: tuple[Any, ...] = (table.id, speaker_id, table.slug, table.name, table.aliases, table.same_as)
        flags = (
            (sa.true() if is_reading else sa.false()).label("is_merged"),
            parts_off(col(table.id)).correlate(table).label("is_parted"),
            part.label("takes_part"),
        )
        select = sa.select(*columns, *flags).where(getattr(table, where).in_(values))
        built.append(select if is_reading else select.where(~_HAS_READING))
    return sa.union_all(*built)


_BY_ID = _select_people("id")
_BY_ID_ELSEWHERE = _select_people("id", _ELSEWHERE)
_BY_NAME = _select_people("name", _OF_SERIES)


def people_as_read(
    connection: sa.Connection, ids: Collection[str], *, beside: str | None = None
) -> dict[str, PersonAsRead]:
    """Find speakers by their ids; `takes_part` says whether they do in an interview other than `beside`."""
    statement = _BY_ID if beside is None else _BY_ID_ELSEWHERE
    given = {} if beside is None else {"interview_id": beside}
    found = (one for some in chunks(sorted(ids)) for one in _read(connection, statement, {"id": list(some), **given}))
    return {one.id: one for one in found}


def people_named(connection: sa.Connection, names: Sequence[str], series: str | None) -> list[PersonAsRead]:
    """Find everybody of some names, sorted by id; `takes_part` says whether they do in an interview of the series."""
    given = {"name": list(names), "series": series}
    return sorted(_read(connection, _BY_NAME, given), key=lambda one: one.id)


def _read(connection: sa.Connection, statement: Any, given: Mapping[str, Any]) -> Iterator[PersonAsRead]:
    for row in connection.execute(statement, given):
        flags = {name: bool(getattr(row, name)) for name in ("is_merged", "is_parted", "takes_part")}
        yield PersonAsRead(**{**row._mapping, **flags})


def read_as_any(ids: Any) -> sa.ColumnElement[bool]:
    """Whether a contribution tells, by the files alone, of one of some people; each column has an index."""
    return sa.or_(col(Contribution.read_as).in_(ids), sa.and_(col(Contribution.speaker_id).in_(ids), _IS_AS_READ))


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield values in parts that one statement takes."""
    for start in range(0, len(values), AT_A_TIME):
        yield values[start : start + AT_A_TIME]
