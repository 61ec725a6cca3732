"""States anew how a stored interview is read, from the file that is stored. Works in the caller's transaction."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError, StatementError
from app.loading.author import Author
from app.loading.interview_writer import LoadedInterview
from app.loading.interviews import load_interview
from app.loading.stated import list_versions, read_statements
from app.loading.withdrawals import find_named
from app.models import Contribution, Interview, Speaker, Transcript, table_of
from app.queries.stored_turns import find_stored_turns
from app.structure.pairing import Role
from app.structure.prepare import PreparedTranscript, prepare, restate
from app.structure.reading_process import StatedHosts
from app.structure.stated_turns import Unfit
from app.structure.statement_ids import by_ids, cuts_turns, in_words
from app.text.folding import fold
from app.transcripts import read as read_source
from app.transcripts.sidecar import Sidecar, sidecar_of
from app.transcripts.source import Source

# What messages call a document that comes from no file.
_DOCUMENT = "the statements"


def state(
    connection: sa.Connection, name: str, sidecar: Sidecar, author: Author, *, across_series: bool = True
) -> LoadedInterview:
    """Read the stored file of an interview, given by slug or id, again, with a document in place of all that was
    stated.

    `across_series` says whether a full name means one person in all series.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now.
        StatementError: its file is withheld, or another interview has the slug that is stated.
        MetadataError: a new statement means no turn, label or question of the transcript, or contradicts another one.
    """
    interview = find_named(connection, name)
    return _state(connection, interview, _read_again(connection, interview), sidecar, author, across_series)


def state_by_ids(
    connection: sa.Connection, name: str, document: Mapping[str, Any], author: Author, *, across_series: bool = True
) -> LoadedInterview:
    """Do as `state` does with a document in which turns and questions may be named by their ids.

    Raises:
        NotFoundError, MovedError, GoneError, StatementError, MetadataError: as `state` says; MetadataError also where
            an id is of nothing in the interview.
    """
    interview = find_named(connection, name)
    read, turns = _read_again(connection, interview), find_stored_turns(connection, interview.id)
    words = in_words(document, read, turns, read_statements(connection, interview.id).document)
    return _state(connection, interview, read, sidecar_of(_DOCUMENT, words), author, across_series)


def document_by_ids(
    connection: sa.Connection, interview_id: str, document: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Unfit]]:
    """Return what is stated of an interview, given by id, with ids in place of words, and why those statements that are
    open mean nothing now.
    """
    as_read = None
    if cuts_turns(document):
        file = _file_of(connection, interview_id)
        as_read = (
            None
            if file.withheld
            else read_source(Source(file.file_name, file.content), file.format, keep_unlabelled=True).turns
        )
    return by_ids(document, find_stored_turns(connection, interview_id), as_read)


def _state(
    connection: sa.Connection,
    interview: Any,
    read: PreparedTranscript,
    sidecar: Sidecar,
    author: Author,
    across_series: bool,
) -> LoadedInterview:
    if sidecar.slug not in {None, interview.slug} and _is_taken(connection, sidecar.slug):
        raise StatementError(f"another interview is called {sidecar.slug!r}; state another slug")
    prepared = restate(read, sidecar, is_checked=False)
    return load_interview(connection, prepared, author, across_series=across_series, replaces=True, is_edited=True)


def _read_again(connection: sa.Connection, interview: Any) -> PreparedTranscript:
    """Read the stored file of an interview, with nothing stated of it."""
    file = _file_of(connection, interview.id)
    if file.withheld:
        raise StatementError(
            f"the file of {interview.slug!r} is withheld, because words of it were redacted; load the file again with "
            "the statements in a metadata file beside it"
        )
    return prepare(
        Source(file.file_name, file.content),
        sidecar_name=_DOCUMENT,
        format_name=file.format,
        keep_unlabelled=True,
        slug=interview.slug,
        series_hosts=stored_hosts(connection, interview.id),
    )


def _file_of(connection: sa.Connection, interview_id: str) -> Any:
    transcripts = table_of(Transcript)
    newest = sa.select(transcripts).where(transcripts.c.interview_id == interview_id)
    return connection.execute(newest.order_by(transcripts.c.revision.desc()).limit(1)).one()


def undo_statements(
    connection: sa.Connection, name: str, author: Author, *, across_series: bool = True
) -> LoadedInterview:
    """State again what was stated of an interview, given by slug or id, in the version before the newest one.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now, or nothing is stated of it.
        StatementError: as `state` says.
    """
    versions = find_versions(connection, name)
    if not versions:
        raise NotFoundError("statement about the interview", name)
    before = versions[-2].document if len(versions) > 1 else {}
    return state(connection, name, sidecar_of(_DOCUMENT, before), author, across_series=across_series)


def find_versions(connection: sa.Connection, name: str) -> list[Any]:
    """List the versions of what is stated of an interview, given by slug or id, the first one first.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now.
    """
    return list_versions(connection, find_named(connection, name).id)


def _is_taken(connection: sa.Connection, slug: str | None) -> bool:
    return connection.execute(sa.select(col(Interview.id)).where(col(Interview.slug) == slug)).first() is not None


def stored_hosts(connection: sa.Connection, interview_id: str) -> StatedHosts:
    """Return whom the stored reading takes for interviewers: the files that told so may not be at hand."""
    asks = sa.and_(col(Contribution.interview_id) == interview_id, col(Contribution.role) == Role.INTERVIEWER)
    names: Any = sa.select(col(Speaker.name)).join(Contribution, col(Contribution.speaker_id) == col(Speaker.id))
    return StatedHosts(frozenset(fold(one) for one in connection.execute(names.where(asks)).scalars() if one))
