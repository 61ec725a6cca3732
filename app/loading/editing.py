"""States anew how a stored interview is read, from the file that is stored. Works in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from app.errors import NotFoundError, StatementError
from app.loading.author import Author
from app.loading.held_documents import held_named
from app.loading.held_work import worked_on
from app.loading.interview_writer import LoadedInterview, Outcome
from app.loading.interviews import correct_interview, keep_or_release, load_interview
from app.loading.reviewed import ReviewedTopics, and_reviewed, reviewed_topics
from app.loading.same_speakers import link_stated
from app.loading.stated import read_statements
from app.loading.stated_interview import find_stated
from app.loading.stored_files import StoredFile, file_of
from app.loading.suggestions import Decision, decide
from app.loading.withdrawals import find_named
from app.queries.stored_turns import find_stored_turns
from app.structure.prepare import PreparedTranscript, restate
from app.structure.statement_ids import in_words
from app.transcripts.sidecar import Sidecar, sidecar_of

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
    back are found, and `reviewed` whether the document is one of `find_stated`: then decisions of reviewers that it
    does not state are undone.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now.
        StatementError: its file is withheld and too little was kept of it, or a speaker cannot be the one whom the
            document states.
        MetadataError: a new statement means no turn, label or question of the transcript, or contradicts another one;
            or another interview has the slug that is stated.
    """
    return _state(connection, name, sidecar, author, across_series=across_series, held=held, reviewed=reviewed)


def state_by_ids(
    connection: sa.Connection,
    name: str,
    document: Mapping[str, Any],
    author: Author,
    *,
    across_series: bool = True,
    held: bool = False,
    reviewed: bool = False,
) -> LoadedInterview:
    """Do as `state` does with a document in which turns and questions may be named by their ids.

    Raises:
        NotFoundError, MovedError, GoneError, StatementError, MetadataError: as `state` says; MetadataError also where
            an id is of nothing in the interview.
    """
    return _state(connection, name, document, author, across_series=across_series, held=held, reviewed=reviewed)


def undo_statements(
    connection: sa.Connection, name: str, author: Author, *, across_series: bool = True, held: bool = False
) -> LoadedInterview:
    """State again what was stated of an interview, given by slug or id, in the version before the newest one.

    What reviewers decided stays. `across_series` and `held` are as in `state`.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now, or nothing is stated of it.
        StatementError: as `state` says.
    """
    versions = find_stated(connection, name, held=held).versions
    if not versions:
        raise NotFoundError("statement about the interview", name)
    before = versions[-2].document if len(versions) > 1 else {}
    sidecar = sidecar_of(_DOCUMENT, {**before, "later_stands": True})
    return state(connection, name, sidecar, author, across_series=across_series, held=held)


def _state(
    connection: sa.Connection,
    name: str,
    stated: Sidecar | Mapping[str, Any],
    author: Author,
    *,
    across_series: bool,
    held: bool,
    reviewed: bool,
) -> LoadedInterview:
    kept = held_named(connection, name) if held else None
    if kept is None:
        interview = find_named(connection, name)
        file = file_of(connection, interview.id, interview.slug)
        prepared, undecided = _stated_anew(connection, file, stated, author, reviewed=reviewed)
        loaded = load_interview(
            connection,
            prepared,
            author,
            across_series=across_series,
            replaces=True,
            is_edited=True,
            of=file.interview_id,
        )
        return _with_decisions(link_stated(connection, author, loaded), undecided)
    with worked_on(connection, kept, author) as work:
        file = file_of(connection, kept.interview_id, kept.slug)
        prepared, undecided = _stated_anew(connection, file, stated, author, reviewed=reviewed)
        loaded = correct_interview(connection, prepared, author, file.interview_id, across_series=across_series)
    loaded = _with_decisions(loaded, undecided)
    done = keep_or_release(connection, kept, prepared.sidecar, author, loaded, work.revision)
    return link_stated(connection, author, done)


def _stated_anew(
    connection: sa.Connection,
    file: StoredFile,
    stated: Sidecar | Mapping[str, Any],
    author: Author,
    *,
    reviewed: bool,
) -> tuple[PreparedTranscript, Sequence[Decision]]:
    """Read a stored file again, with a document in place of all that was stated, which may name turns by their ids;
    return it with the decisions of reviewers that are undone.
    """
    name = (isinstance(stated, Sidecar) and stated.source) or _DOCUMENT
    read, before = file.read(name), read_statements(connection, file.interview_id).document
    topics = reviewed_topics(connection, file.interview_id, before) if reviewed else None
    if not isinstance(stated, Sidecar):
        named = and_reviewed(before, topics) if topics is not None else before
        words = in_words(stated, read, find_stored_turns(connection, file.interview_id), named)
        stated = sidecar_of(_DOCUMENT, words)
    if stated.series_hosts is not None:
        raise StatementError(
            "`series_hosts` is not stated of a stored interview: state the role of each speaker in `speakers`"
        )
    undecided: Sequence[Decision] = ()
    if topics is not None:
        undecided = decide(connection, topics.not_in(stated.document.get("questions", ())), author)
        stated = _without(stated, topics)
    return restate(read, stated, is_checked=False), undecided


def _with_decisions(loaded: LoadedInterview, undecided: Sequence[Decision]) -> LoadedInterview:
    is_changed = undecided and loaded.outcome is Outcome.UNCHANGED
    return replace(loaded, outcome=Outcome.CHANGED) if is_changed else loaded


def _without(sidecar: Sidecar, topics: ReviewedTopics) -> Sidecar:
    """Return a document without the topics that reviewers decided on: they are stored with their questions."""
    if not topics.tables:
        return sidecar
    stated = zip(sidecar.questions, sidecar.document.get("questions", ()), strict=True)
    return sidecar.model_copy(update={"questions": [table for table, values in stated if values not in topics.tables]})
