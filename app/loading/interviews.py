"""Stores a prepared transcript as a new interview or as a new revision of one."""

import datetime
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from app.errors import MetadataError, TakenError
from app.loading.author import Author
from app.loading.correction import correction_of
from app.loading.documents import DocumentWriter
from app.loading.embargoes import find_held, hold, keep_embargo, release
from app.loading.held_documents import held_named, is_published
from app.loading.held_work import embargo_row, in_tables, newest_number, published_revision, worked_on
from app.loading.import_plan import plan_import
from app.loading.interview_writer import InterviewWriter, LoadedInterview, Outcome, loaded_as
from app.loading.same_speakers import unlink_speakers
from app.loading.stated import note_statements
from app.loading.which_interview import note_file, refuse_another_file
from app.structure.prepare import PreparedTranscript
from app.transcripts.sidecar import Sidecar


def load_interview(
    connection: sa.Connection,
    prepared: PreparedTranscript,
    author: Author,
    documents: DocumentWriter | None = None,
    *,
    across_series: bool = True,
    keeps_metadata: bool = True,
    replaces: bool = False,
    is_edited: bool = False,
    of: str | None = None,
    held: bool = True,
) -> LoadedInterview:
    """Store a transcript as a new interview or as a new revision of the one it corrects; if unchanged, do nothing.

    What was stated before and is not stated now stays, unless not `keeps_metadata`. If it `is_edited`, an editor states
    what it states, not its file, and nothing else is stated from now on.

    It is held back if its metadata states an embargo that has not ended, or if it corrects an interview that is held
    back. A caller who stores several in one transaction passes the `documents` of that transaction.
    `across_series` says whether a full name means one person in all series. `replaces` says that the file is meant to
    replace its interview, whatever its words; `of` is the id of that interview, where that is said. `held` says whether
    interviews that are held back are found.

    Raises:
        MetadataError: the metadata file names a topic that is not in the vocabulary, or an embargo on an interview that
            is published already.
        ReplacementError: it would replace most of the interview's words, or another file, and not `replaces`.
        WithdrawnError: the file is of an interview that was withdrawn.
        TakenError: it is of an interview that is held back, or was when it was withdrawn, and that is not found.
    """
    kept = _held_of(connection, prepared, of, held=held)
    options = _Options(
        across_series=across_series,
        keeps_metadata=keeps_metadata,
        replaces=replaces,
        is_edited=is_edited,
        of=of,
        held=held,
    )
    loaded = _load(connection, prepared, author, options, documents, kept)
    if kept is None or loaded.outcome is not Outcome.UNCHANGED:
        note_file(connection, prepared, loaded.interview_id, loaded.revision)
    return loaded


def plan_correction(
    connection: sa.Connection,
    prepared: PreparedTranscript,
    author: Author,
    *,
    across_series: bool = True,
    replaces: bool = False,
    of: str | None = None,
    held: bool = True,
) -> dict[str, Any]:
    """Describe what `load_interview` would change, as `correction_of` does, and change nothing.

    Raises:
        MetadataError, ReplacementError, WithdrawnError, TakenError: as in `load_interview`.
    """
    options: Any = {"across_series": across_series, "replaces": replaces, "held": held}
    kept = _held_of(connection, prepared, of, held=held)
    if kept is None:
        return correction_of(plan_import(connection, prepared, **options, of=of))
    with in_tables(connection, kept, author):
        correction = correction_of(plan_import(connection, prepared, **options, of=kept.interview_id))
    # However often it was worked on: see `with_one_more`.
    revision = published_revision(connection, kept.interview_id) + 1
    return correction if correction["outcome"] is Outcome.UNCHANGED else {**correction, "revision": revision}


def _held_of(connection: sa.Connection, prepared: PreparedTranscript, of: str | None, *, held: bool) -> Any:
    """Return the embargo of the interview that a file is, or is said to be `of`; None if there is none.

    Raises:
        TakenError: there is one, and what is held back is not to be found.
    """
    kept = find_held(connection, prepared) if of is None else held_named(connection, of)
    if kept is not None and not held:
        raise TakenError(prepared.transcript.source.name)
    return kept


def _load(
    connection: sa.Connection,
    prepared: PreparedTranscript,
    author: Author,
    options: "_Options",
    documents: DocumentWriter | None,
    held: Any,
) -> LoadedInterview:
    """Store a transcript; `held` is the embargo of its interview, if there is one."""
    if held is None:
        until = prepared.sidecar.embargo_until
        if until is None and prepared.sidecar.embargo_reason is not None:
            place = prepared.sidecar.place_of("embargo_reason") or prepared.transcript.source.name
            raise MetadataError(place, "embargo_reason", "state until when it is held back, too: `embargo_until`")
        if until is None or until <= author.when:
            return _store(connection, prepared, author, options, documents)
        if options.is_edited:
            loaded = _store(connection, prepared, author, options, documents)
            hold(connection, loaded.interview_id, until, _holding(prepared, author))
            return replace(loaded, outcome=Outcome.HELD, held_until=until)
        # A savepoint: if the file is refused, nothing of it stays.
        with connection.begin_nested():
            return _held(_store_embargoed(connection, prepared, author, options, until), until)
    return _store_over_held(connection, prepared, author, options, held)


@dataclass(frozen=True)
class _Options:
    """As in `load_interview`."""

    across_series: bool
    keeps_metadata: bool
    replaces: bool
    is_edited: bool
    of: str | None
    held: bool = True


def correct_interview(
    connection: sa.Connection, prepared: PreparedTranscript, author: Author, of: str, *, across_series: bool = True
) -> LoadedInterview:
    """Store a transcript with what an editor states of an interview, given by id, as a new revision of it; if
    unchanged, do nothing. An embargo that it states is none.

    Raises:
        MetadataError: as in `load_interview`.
    """
    options = _Options(across_series=across_series, keeps_metadata=True, replaces=True, is_edited=True, of=of)
    return _store(connection, prepared, author, options)


def _store_over_held(
    connection: sa.Connection,
    prepared: PreparedTranscript,
    author: Author,
    options: _Options,
    held: Any,
) -> LoadedInterview:
    """Store a transcript of an interview that is held back."""
    if not options.replaces and prepared.transcript.source.sha256 not in held.sha256s:
        refuse_another_file(connection, held.interview_id, held.slug, prepared)
    with worked_on(connection, held, author) as work:
        loaded = _store(connection, prepared, author, replace(options, of=held.interview_id))
    return keep_or_release(connection, held, prepared.sidecar, author, loaded, work.revision)


def _holding(prepared: PreparedTranscript, author: Author) -> Author:
    """Return who holds an interview back, with the reason that is stated of it, or else of loading it."""
    return replace(author, why=prepared.sidecar.embargo_reason or author.why)


def keep_or_release(
    connection: sa.Connection,
    held: Any,
    stated: Sidecar,
    author: Author,
    loaded: LoadedInterview,
    revision: int,
) -> LoadedInterview:
    """Say what an interview that was held back is, once it was worked on: held back until a time and for a reason,
    which may be stated anew, or published because the time is over.
    """
    until, reason = stated.embargo_until or held.until, stated.embargo_reason or held.reason
    if until > author.when:
        is_same = (until, reason) == (held.until, held.reason)
        if not is_same:
            hold(connection, held.interview_id, until, replace(author, why=reason))
        outcome = Outcome.UNCHANGED if is_same and loaded.outcome is Outcome.UNCHANGED else Outcome.HELD
        return replace(loaded, outcome=outcome, held_until=until, revision=revision)
    was_published = is_published(connection, held.interview_id)
    release(connection, held.interview_id, author)
    return replace(loaded, outcome=loaded.outcome if was_published else Outcome.CREATED, revision=revision)


def _held(loaded: LoadedInterview, until: datetime.datetime) -> LoadedInterview:
    is_held = loaded.outcome is not Outcome.UNCHANGED
    return replace(loaded, outcome=Outcome.HELD, held_until=until) if is_held else loaded


def _store_embargoed(
    connection: sa.Connection,
    prepared: PreparedTranscript,
    author: Author,
    options: _Options,
    until: datetime.datetime,
) -> LoadedInterview:
    """Store a transcript, keep the result as an embargo, and roll everything else back."""
    since = newest_number(connection)
    savepoint = connection.begin_nested()
    try:
        loaded = _store(connection, prepared, author, options, DocumentWriter(connection))
        row = embargo_row(connection, loaded.interview_id, since=since, published=0)
    finally:
        savepoint.rollback()
    if loaded.outcome is Outcome.UNCHANGED:
        return loaded
    if loaded.outcome is not Outcome.CREATED:
        reason = f"{loaded.slug!r} is published already; hold it back with 'quoth embargo', or state no embargo"
        place = prepared.sidecar.place_of("embargo_until") or prepared.transcript.source.name
        raise MetadataError(place, "embargo_until", reason)
    keep_embargo(connection, row, until, _holding(prepared, author))
    return loaded


def _store(
    connection: sa.Connection,
    prepared: PreparedTranscript,
    author: Author,
    options: _Options,
    documents: DocumentWriter | None = None,
) -> LoadedInterview:
    plan = plan_import(
        connection,
        prepared,
        across_series=options.across_series,
        keeps_metadata=options.keeps_metadata and not options.is_edited,
        replaces=options.replaces,
        of=options.of,
        held=options.held,
    )
    if plan.is_unchanged:
        if not options.is_edited:
            note_statements(connection, plan.id, plan.statements, plan.in_file)
        return loaded_as(plan.prepared, plan.slug, plan.id, Outcome.UNCHANGED, plan.stored.revision)
    writer = InterviewWriter(connection, plan, author)
    if documents is not None:
        loaded = writer.store(plan.digest, documents, is_edited=options.is_edited)
    else:
        with DocumentWriter(connection) as own:
            loaded = writer.store(plan.digest, own, is_edited=options.is_edited)
    unlink_speakers(connection, plan.id, plan.statements.document, plan.prepared.document, author)
    return loaded
