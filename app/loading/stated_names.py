"""Tells which aliases and pages of people one interview alone states. When it states them no more, nobody does.

A speaker has the aliases and pages that all interviews state, so what one of them takes back may not simply go.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.as_read import READ_AS, chunks, people_as_read, read_as_any
from app.loading.merging import compose
from app.models import Contribution, InterviewStatements, Speaker, SpeakerReading, table_of
from app.text.folding import fold

# By the name of the column.
Names = dict[str, set[str]]
COLUMNS = ("aliases", "same_as")
_VERSIONS = table_of(InterviewStatements)
_LATER = _VERSIONS.alias()
_IS_NEWEST = ~sa.exists().where(
    _LATER.c.interview_id == _VERSIONS.c.interview_id, _LATER.c.version > _VERSIONS.c.version
)
_ELSEWHERE: Any = (
    sa.select(READ_AS.label("read_id"), col(Contribution.labels), _VERSIONS.c.document)
    .join(_VERSIONS, sa.and_(_VERSIONS.c.interview_id == col(Contribution.interview_id), _IS_NEWEST))
    .where(
        read_as_any(sa.bindparam("ids", expanding=True)), col(Contribution.interview_id) != sa.bindparam("interview_id")
    )
)


def stated_only_here(connection: sa.Connection, interview_id: str, here: Mapping[str, Names]) -> dict[str, Names]:
    """Return what is stated of people `here`, in an interview, and in no other one, by the ids of those whom the files
    alone tell of. This reads what is stated of all interviews in which they take part.
    """
    only = {one: {column: set(values) for column, values in names.items()} for one, names in here.items()}
    for some in chunks(sorted(only)):
        for row in connection.execute(_ELSEWHERE, {"ids": list(some), "interview_id": interview_id}):
            for column, values in stated_in(row.document, row.labels).items():
                if column in only[row.read_id]:
                    only[row.read_id][column] -= values
    return only


def stated_in(document: Mapping[str, Any], labels: Collection[str]) -> Names:
    """Return what a document states of who has one of some labels; nothing if there is nothing."""
    found: Names = defaultdict(set)
    for table in _tables_of(document, {fold(label) for label in labels}):
        for column in COLUMNS:
            if column in table:
                found[column].update(table[column])
    return found


def _tables_of(document: Mapping[str, Any], labels: Collection[str]) -> Iterator[Mapping[str, Any]]:
    for table in document.get("speakers", ()):
        if any(fold(label) in labels for label in table.get("labels", ())):
            yield table


def take_back(connection: sa.Connection, names: Mapping[str, Names]) -> list[str]:
    """Take aliases and pages from people, by the ids of those whom the files alone tell of; return the ids of the
    speakers who changed.
    """
    changed: set[str] = set()
    merged: set[str] = set()
    for one in people_as_read(connection, names).values():
        before = {column: getattr(one, column) for column in COLUMNS}
        values = {
            column: [value for value in before[column] if value not in names[one.id].get(column, ())]
            for column in COLUMNS
        }
        if values != before:
            table: Any = SpeakerReading if one.is_merged else Speaker
            connection.execute(sa.update(table).where(col(table.id) == one.id).values(**values))
            (merged if one.is_merged else changed).add(one.speaker_id)
    return sorted({*changed, *compose(connection, merged)})
