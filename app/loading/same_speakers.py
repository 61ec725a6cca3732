"""Makes the speakers of an interview those of others whom its statements say that they are. Those of an interview that
is held back are linked when it is published: with everybody whom they would be one with, somebody public would change.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import StatementError
from app.loading.as_read import READ_AS, people_as_read
from app.loading.author import Author
from app.loading.held_documents import held_document, held_named
from app.loading.held_work import in_tables
from app.loading.interview_writer import LoadedInterview
from app.loading.stated import list_versions
from app.loading.statement_import import LoadedStatement, StatementOutcome, load_statements
from app.loading.statements import list_statements, undo
from app.models import Change, ChangeAction, Contribution, InterviewStatements, Revision, StatementKind, table_of
from app.structure.stated_turns import Unfit
from app.structure.statement_file import StatedMerge, StatedSpeakers

_TABLE, _KEY = "speakers", "same_speaker"


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
    if loaded.held_until is not None:
        return _with_waiting(connection, author, loaded)
    own = link_speakers(connection, author, loaded.interview_id)
    _refuse(own, {StatementOutcome.REFUSED})
    link_speakers(connection, author)
    waiting = [one for one in own if one.outcome is StatementOutcome.WAITING]
    unfit = (Unfit(_TABLE, f"{one.statement}: {one.reason}; it waits until they are stored") for one in waiting)
    return replace(loaded, open_statements=(*loaded.open_statements, *unfit))


def link_stated(connection: sa.Connection, author: Author, loaded: LoadedInterview) -> LoadedInterview:
    """Do as `link_speakers` does for an interview of which an editor has stated something.

    Raises:
        StatementError: a speaker cannot be the one who is stated, or that one is not stored.
    """
    refused = {StatementOutcome.WAITING, StatementOutcome.REFUSED}
    if loaded.held_until is not None:
        return _with_waiting(connection, author, loaded, refused)
    _refuse(link_speakers(connection, author, loaded.interview_id), refused)
    return loaded


def _with_waiting(
    connection: sa.Connection,
    author: Author,
    loaded: LoadedInterview,
    refused: Collection[StatementOutcome] = (StatementOutcome.REFUSED,),
) -> LoadedInterview:
    """Add to the open statements of an interview that is held back which of its speakers are linked once it is
    published. Whether they can be is tried, and taken back.

    Raises:
        StatementError: trying has one of the outcomes that are `refused`.
    """
    held = held_named(connection, loaded.interview_id)
    versions = held_document(connection, held).versions
    if not versions or not _links(versions[-1].document):
        return loaded
    with in_tables(connection, held, author):
        tried = link_speakers(connection, author, loaded.interview_id)
    _refuse(tried, refused)
    waiting = [one for one in tried if one.outcome in {StatementOutcome.MADE, StatementOutcome.WAITING}]
    unfit = (Unfit(_TABLE, f"{one.statement}: it waits until the interview is published") for one in waiting)
    return replace(loaded, open_statements=(*loaded.open_statements, *unfit))


def link_released(connection: sa.Connection, author: Author, interview_id: str) -> None:
    """Link the speakers of an interview that was held back, and of others that wait for them; undo links that are not
    stated any more since it was taken out. What cannot be is left.
    """
    versions = list_versions(connection, interview_id)
    taken_out = (
        sa.select(sa.func.max(col(Revision.made_at)))
        .join(Change, col(Change.revision) == col(Revision.number))
        .where(col(Change.item_id) == interview_id, col(Change.action) == ChangeAction.DELETED)
    )
    when = connection.execute(taken_out).scalar()
    before = [row for row in versions if when is not None and row.made_at <= when]
    if before:
        unlink_speakers(connection, interview_id, before[-1].document, versions[-1].document, author)
    link_speakers(connection, author)


def _refuse(made: Sequence[LoadedStatement], refused: Collection[StatementOutcome]) -> None:
    for one in made:
        if one.outcome in refused:
            raise StatementError(f"`{_KEY}` says that {one.statement}: {one.reason}")


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
    return [(tuple(table["labels"]), table[_KEY]) for table in document.get(_TABLE, ()) if _KEY in table]


def _read_ids(connection: sa.Connection, interview_id: str, labels: Sequence[str]) -> list[str]:
    """Return whom the files tell of who has one of some labels in an interview."""
    rows = connection.execute(
        sa.select(READ_AS, col(Contribution.labels)).where(col(Contribution.interview_id) == interview_id)
    )
    return [read_id for read_id, own in rows if set(own) & set(labels)]
