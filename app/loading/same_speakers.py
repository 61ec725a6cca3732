"""Makes the speakers of an interview those of others whom its statements say that they are."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import StatementError
from app.loading.as_read import READ_AS, people_as_read
from app.loading.author import Author
from app.loading.interview_writer import LoadedInterview
from app.loading.statement_import import LoadedStatement, StatementOutcome, load_statements
from app.loading.statements import list_statements, undo
from app.models import Contribution, InterviewStatements, StatementKind, table_of
from app.structure.stated_turns import Unfit
from app.structure.statement_file import StatedMerge, StatedSpeakers

_KEY = "same_speaker"


def link_speakers(connection: sa.Connection, author: Author, interview_id: str | None = None) -> list[LoadedStatement]:
    """Merge the speakers of an interview, or of all, with those whom they are stated to be; what is done is unchanged.

    Those whose speaker is not stored wait until this is called again.
    """
    versions = table_of(InterviewStatements)
    select = sa.select(versions).where(sa.cast(versions.c.document, sa.Text).contains(_KEY))
    if interview_id is not None:
        select = select.where(versions.c.interview_id == interview_id)
    stated: list[StatedMerge] = []
    of_interview: dict[str, list[Any]] = {}
    for row in connection.execute(select.order_by(versions.c.interview_id, versions.c.version)):
        of_interview.setdefault(row.interview_id, []).append(row)
    for one, rows in of_interview.items():
        newest = sa.select(sa.func.max(versions.c.version)).where(versions.c.interview_id == one)
        if connection.execute(newest).scalar() == rows[-1].version:
            stated += _merges(connection, one, rows)
    return load_statements(connection, StatedSpeakers(merged=stated), author) if stated else []


def link_loaded(connection: sa.Connection, author: Author, loaded: LoadedInterview) -> LoadedInterview:
    """Do as `link_speakers` does for an interview that was loaded by itself, and for others that wait for its speakers.
    What waits itself is among the open statements.

    Raises:
        StatementError: a speaker cannot be the one whom the metadata states.
    """
    own = link_speakers(connection, author, loaded.interview_id)
    for one in own:
        if one.outcome is StatementOutcome.REFUSED:
            raise StatementError(f"{one.statement}: {one.reason}")
    link_speakers(connection, author)
    waiting = [one for one in own if one.outcome is StatementOutcome.WAITING]
    unfit = (Unfit("speakers", f"{one.statement}: {one.reason}; it waits until they are stored") for one in waiting)
    return replace(loaded, open_statements=(*loaded.open_statements, *unfit))


def unlink_speakers(
    connection: sa.Connection,
    interview_id: str,
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    author: Author,
) -> None:
    """Undo what `link_speakers` made of an interview's statements, where these do not say so any more."""
    gone = [link for link in _links(before) if link not in _links(now)]
    if not gone:
        return
    people = {person: slug for labels, slug in gone for person in _read_ids(connection, interview_id, labels)}
    kept = people_as_read(connection, [row.speaker_id for row in list_statements(connection)])
    for row in list_statements(connection):
        person = kept.get(row.speaker_id)
        if row.kind is StatementKind.MERGED and person is not None and people.get(row.other_id) == person.slug:
            undo(connection, row.number, author)


def _merges(connection: sa.Connection, interview_id: str, rows: Sequence[Any]) -> list[StatedMerge]:
    """Return what the newest of some versions states, signed as the first version that states it without a break."""
    merges = []
    for link in _links(rows[-1].document):
        signed = rows[-1]
        for row in reversed(rows):
            if link not in _links(row.document) or row.version < signed.version - 1:
                break
            signed = row
        labels, slug = link
        ids = _read_ids(connection, interview_id, labels)
        for person in people_as_read(connection, ids).values():
            if person.slug != slug:
                merge = StatedMerge(
                    keep=slug, other=person.slug, by=signed.made_by, at=signed.made_at, why=signed.reason
                )
                merges.append(merge)
    return merges


def _links(document: Mapping[str, Any]) -> list[tuple[tuple[str, ...], str]]:
    return [(tuple(table["labels"]), table[_KEY]) for table in document.get("speakers", ()) if _KEY in table]


def _read_ids(connection: sa.Connection, interview_id: str, labels: Sequence[str]) -> list[str]:
    """Return whom the files tell of who has one of some labels in an interview."""
    rows = connection.execute(
        sa.select(READ_AS, col(Contribution.labels)).where(col(Contribution.interview_id) == interview_id)
    )
    return [read_id for read_id, own in rows if set(own) & set(labels)]
