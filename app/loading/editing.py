"""States anew how a stored interview is read, from the file that is stored. Works in the caller's transaction."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError, StatementError
from app.loading.author import Author
from app.loading.embargoes import held_file, held_named, held_statements, held_versions
from app.loading.interview_writer import LoadedInterview, Outcome
from app.loading.interviews import load_interview
from app.loading.reviewed import ReviewedTopics, reviewed_topics, with_reviewed
from app.loading.same_speakers import link_speakers
from app.loading.stated import list_versions, read_statements
from app.loading.statement_import import StatementOutcome
from app.loading.suggestions import decide
from app.loading.withdrawals import find_named
from app.models import Interview, Transcript, table_of
from app.queries.stored_turns import find_stored_turns
from app.structure.hosts import StatedHosts
from app.structure.prepare import PreparedTranscript, prepare, restate
from app.structure.stated_turns import Unfit
from app.structure.statement_ids import by_ids, cuts_turns, in_words
from app.transcripts import read as read_source
from app.transcripts.sidecar import Sidecar, sidecar_of
from app.transcripts.source import Source

# What messages call a document that comes from no file.
_DOCUMENT = "the statements"


def state(
    connection: sa.Connection,
    name: str,
    sidecar: Sidecar,
    author: Author,
    *,
    across_series: bool = True,
    held: bool = False,
    reviewed: bool = False,
) -> LoadedInterview:
    """Read the stored file of an interview, given by slug or id, again, with a document in place of all that was
    stated.

    With a time that has not come as the end of an embargo, the interview is held back; without one, it stays as it is.
    `across_series` says whether a full name means one person in all series, `held` whether interviews that are held
    back are found, and `reviewed` whether the document is one of `stated_document`: then decisions of reviewers that it
    does not state are undone.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now.
        StatementError: its file is withheld, another interview has the slug that is stated, or a speaker cannot be the
            one whom the document states.
        MetadataError: a new statement means no turn, label or question of the transcript, or contradicts another one.
    """
    file = _file_of(connection, name, held=held)
    read = _read_again(file)
    return _state(connection, file, read, sidecar, author, across_series=across_series, reviewed=reviewed)


def state_by_ids(
    connection: sa.Connection,
    name: str,
    document: Mapping[str, Any],
    author: Author,
    *,
    across_series: bool = True,
    reviewed: bool = False,
) -> LoadedInterview:
    """Do as `state` does with a document in which turns and questions may be named by their ids.

    Raises:
        NotFoundError, MovedError, GoneError, StatementError, MetadataError: as `state` says; MetadataError also where
            an id is of nothing in the interview.
    """
    file = _file_of(connection, name, held=False)
    read, turns = _read_again(file), find_stored_turns(connection, file.interview_id)
    before = read_statements(connection, file.interview_id).document
    before = with_reviewed(connection, file.interview_id, before) if reviewed else before
    sidecar = sidecar_of(_DOCUMENT, in_words(document, read, turns, before))
    return _state(connection, file, read, sidecar, author, across_series=across_series, reviewed=reviewed)


def document_by_ids(
    connection: sa.Connection, interview_id: str, document: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Unfit]]:
    """Return what is stated of an interview, given by id, with ids in place of words, and why those statements that are
    open mean nothing now.
    """
    as_read = None
    if cuts_turns(document):
        file = _newest_file(connection, interview_id)
        as_read = (
            None
            if file.withheld
            else read_source(Source(file.file_name, file.content), file.format, keep_unlabelled=True).turns
        )
    return by_ids(document, find_stored_turns(connection, interview_id), as_read)


def undo_statements(
    connection: sa.Connection, name: str, author: Author, *, across_series: bool = True, held: bool = False
) -> LoadedInterview:
    """State again what was stated of an interview, given by slug or id, in the version before the newest one.

    What reviewers decided stays. `across_series` and `held` are as in `state`.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now, or nothing is stated of it.
        StatementError: as `state` says.
    """
    versions = find_versions(connection, name, held=held)
    if not versions:
        raise NotFoundError("statement about the interview", name)
    before = versions[-2].document if len(versions) > 1 else {}
    return state(connection, name, sidecar_of(_DOCUMENT, before), author, across_series=across_series, held=held)


def stated_document(connection: sa.Connection, name: str, *, held: bool = False) -> dict[str, Any]:
    """Return all that is stated of an interview, given by slug or id, with the topics that reviewers decided on, and
    the end of its embargo. `held` is as in `state`.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now.
    """
    kept = held_named(connection, name) if held else None
    if kept is not None:
        return {**held_statements(connection, kept).document, "embargo_until": kept.until.isoformat()}
    interview = find_named(connection, name)
    return with_reviewed(connection, interview.id, read_statements(connection, interview.id).document)


def find_versions(connection: sa.Connection, name: str, *, held: bool = False) -> list[Any]:
    """List the versions of what is stated of an interview, given by slug or id, the first one first. `held` is as in
    `state`.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now.
    """
    kept = held_named(connection, name) if held else None
    if kept is not None:
        return [SimpleNamespace(**row) for row in held_versions(connection, kept)]
    return list_versions(connection, find_named(connection, name).id)


def documents_to_write(connection: sa.Connection) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield of each interview its slug, the name of its file, and all that is stated of it, with the slug, and with
    what other files told of who interviews in its series: they may not be at hand where it is loaded.
    """
    of_revision = sa.and_(
        col(Transcript.interview_id) == col(Interview.id), col(Transcript.revision) == col(Interview.revision)
    )
    columns = (col(Interview.id), col(Interview.slug), col(Transcript.file_name), col(Transcript.report))
    rows = connection.execute(sa.select(*columns).join(Transcript, of_revision).order_by(col(Interview.slug)))
    for interview_id, slug, file_name, report in rows.all():
        document = with_reviewed(connection, interview_id, read_statements(connection, interview_id).document)
        hosts = sorted(_hosts_told(report).names)
        yield slug, file_name, {"slug": slug, **document, **({"series_hosts": hosts} if hosts else {})}


@dataclass(frozen=True)
class _StoredFile:
    """The file that an interview was read from, its slug, and who asks in it."""

    interview_id: str
    slug: str
    name: str
    format: str
    content: bytes
    withheld: bool
    hosts: StatedHosts


def _file_of(connection: sa.Connection, name: str, *, held: bool) -> _StoredFile:
    """Find the file of an interview, given by slug or id."""
    kept = held_named(connection, name) if held else None
    if kept is not None:
        file = held_file(connection, kept)
        row = SimpleNamespace(**file.transcript)
        hosts = _hosts_told(row.report)
        return _StoredFile(kept.interview_id, kept.slug, row.file_name, row.format, file.content, row.withheld, hosts)
    interview = find_named(connection, name)
    one = _newest_file(connection, interview.id)
    hosts = _hosts_told(one.report)
    return _StoredFile(interview.id, interview.slug, one.file_name, one.format, one.content, one.withheld, hosts)


def _newest_file(connection: sa.Connection, interview_id: str) -> Any:
    transcripts = table_of(Transcript)
    newest = sa.select(transcripts).where(transcripts.c.interview_id == interview_id)
    return connection.execute(newest.order_by(transcripts.c.revision.desc()).limit(1)).one()


def _read_again(file: _StoredFile) -> PreparedTranscript:
    """Read the stored file of an interview, with nothing stated of it."""
    if file.withheld:
        raise StatementError(
            f"the file of {file.slug!r} is withheld, because words of it were redacted, so it cannot be read again; "
            "load a file without these words, with the statements in a metadata file beside it"
        )
    return prepare(
        Source(file.name, file.content),
        sidecar_name=_DOCUMENT,
        format_name=file.format,
        keep_unlabelled=True,
        slug=file.slug,
        series_hosts=file.hosts,
    )


def _state(
    connection: sa.Connection,
    file: _StoredFile,
    read: PreparedTranscript,
    sidecar: Sidecar,
    author: Author,
    *,
    across_series: bool,
    reviewed: bool,
) -> LoadedInterview:
    if sidecar.series_hosts is not None:
        raise StatementError(
            "`series_hosts` is not stated of a stored interview: state the role of each speaker in `speakers`"
        )
    if sidecar.slug not in {None, file.slug} and _is_taken(connection, sidecar.slug):
        raise StatementError(f"another interview is called {sidecar.slug!r}; state another slug")
    undecided = []
    if reviewed:
        stored = read_statements(connection, file.interview_id).document
        topics = reviewed_topics(connection, file.interview_id, stored)
        undecided = decide(connection, topics.not_in(sidecar.document.get("questions", ())), author)
        sidecar = _without(sidecar, topics)
    prepared = restate(read, sidecar, is_checked=False)
    loaded = load_interview(connection, prepared, author, across_series=across_series, replaces=True, is_edited=True)
    for one in link_speakers(connection, author, loaded.interview_id):
        if one.outcome in {StatementOutcome.WAITING, StatementOutcome.REFUSED}:
            raise StatementError(f"{one.statement}: {one.reason}")
    return replace(loaded, outcome=Outcome.CHANGED) if undecided and loaded.outcome is Outcome.UNCHANGED else loaded


def _without(sidecar: Sidecar, topics: ReviewedTopics) -> Sidecar:
    """Return a document without the topics that reviewers decided on: they are stored with their questions."""
    if not topics.tables:
        return sidecar
    stated = zip(sidecar.questions, sidecar.document.get("questions", ()), strict=True)
    return sidecar.model_copy(update={"questions": [table for table, values in stated if values not in topics.tables]})


def _is_taken(connection: sa.Connection, slug: str | None) -> bool:
    taken = sa.select(col(Interview.id)).where(col(Interview.slug) == slug)
    return connection.execute(taken).first() is not None or held_named(connection, slug or "") is not None


def stored_hosts(connection: sa.Connection, interview_id: str) -> StatedHosts:
    """Return who interviews in the series of an interview, as other files told when its file was read."""
    return _hosts_told(_newest_file(connection, interview_id).report)


def _hosts_told(report: Mapping[str, Any]) -> StatedHosts:
    return StatedHosts(frozenset(report.get("series_hosts", ())))
