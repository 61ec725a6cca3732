"""Stores a prepared transcript as a new interview or as a new revision of one."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from app.errors import MetadataError
from app.loading.author import Author
from app.loading.documents import DocumentWriter
from app.loading.embargoes import (
    discard,
    embargo_row,
    find_held,
    held_reading,
    held_statements,
    held_texts,
    held_versions,
    hold,
    is_published,
    release,
)
from app.loading.feed_item import Row
from app.loading.import_plan import plan_import
from app.loading.interview_writer import InterviewWriter, LoadedInterview, Outcome, loaded_as
from app.loading.same_speakers import unlink_speakers
from app.loading.stated import StoredStatements, note_statements, with_statements
from app.loading.stored_reading import ReadBefore
from app.loading.which_interview import note_file, refuse_another_file, refuse_other_words, share_replaced
from app.models import Embargo
from app.structure.prepare import PreparedTranscript


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
) -> LoadedInterview:
    """Store a transcript as a new interview or as a new revision of the one it corrects; if unchanged, do nothing.

    What was stated before and is not stated now stays, unless not `keeps_metadata`. If it `is_edited`, an editor states
    what it states, not its file, and nothing else is stated from now on.

    It is held back if its metadata states an embargo that has not ended, or if it corrects an interview that is held
    back. A caller who stores several in one transaction passes the `documents` of that transaction.
    `across_series` says whether a full name means one person in all series. `replaces` says that the file is meant to
    replace its interview, whatever its words; `of` is the id of that interview, a published one, where that is said.

    Raises:
        MetadataError: the metadata file names a topic that is not in the vocabulary, or an embargo on an interview that
            is published already.
        ReplacementError: it would replace most of the interview's words, or another file, and not `replaces`.
        WithdrawnError: the file is of an interview that was withdrawn.
    """
    held = find_held(connection, prepared) if of is None else None
    options = _Options(
        across_series=across_series, keeps_metadata=keeps_metadata, replaces=replaces, is_edited=is_edited, of=of
    )
    loaded = _load(connection, prepared, author, options, documents, held)
    if held is None or loaded.outcome is not Outcome.UNCHANGED:
        note_file(connection, prepared, loaded.interview_id, loaded.revision)
    return loaded


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
        if until is None or until <= author.when:
            return _store(connection, prepared, author, options, documents)
        if options.is_edited:
            loaded = _store(connection, prepared, author, options, documents)
            hold(connection, loaded.interview_id, until, author)
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
    # What was stated of an interview that is held back, which is stored as a new one.
    earlier: "_Earlier | None" = None


@dataclass(frozen=True)
class _Earlier:
    """The versions of what was stated before, and the other values of a plan that tell of that."""

    versions: Sequence[Row]
    statements: StoredStatements
    in_file: Mapping[str, Any]
    move: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None


def _store_over_held(
    connection: sa.Connection,
    prepared: PreparedTranscript,
    author: Author,
    options: _Options,
    held: Any,
) -> LoadedInterview:
    """Store a transcript of an interview that is held back."""
    until = prepared.sidecar.embargo_until or held.until
    is_embargoed = until > author.when
    statements = held_statements(connection, held)
    keeps = options.keeps_metadata and not options.is_edited
    was_published = is_published(connection, held.interview_id)

    def reads(read: PreparedTranscript) -> ReadBefore | None:
        is_new = was_published or not statements.version or _is_same_reading(held, read)
        return None if is_new else held_reading(connection, held)

    restated = with_statements(prepared, statements, prepared.sidecar.document, reads, keeps=keeps)
    with_all = restated.prepared
    is_same = with_all.document == statements.document and _is_same_reading(held, with_all)
    if is_embargoed and until == held.until and is_same:
        return replace(loaded_as(with_all, held.slug, held.interview_id, Outcome.UNCHANGED, 1), held_until=until)
    texts = held_texts(connection, held)
    if not options.replaces:
        if prepared.transcript.source.sha256 not in held.sha256s:
            refuse_another_file(connection, held.interview_id, held.slug, prepared)
        refuse_other_words(texts, held.slug, prepared)
    # A savepoint: if the file is refused, the interview that is held back stays as it is.
    with connection.begin_nested():
        if was_published:
            release(connection, held.interview_id, replace(author, why=None))
            loaded = _store(connection, prepared, author, options)
            if is_embargoed:
                hold(connection, loaded.interview_id, until, replace(author, why=held.reason))
        else:
            versions, in_file = held_versions(connection, held), prepared.sidecar.document
            options = replace(options, earlier=_Earlier(versions, statements, in_file, restated.move))
            discard(connection, held.interview_id)
            prepared = with_all
            if is_embargoed:
                loaded = _store_embargoed(connection, prepared, author, options, until)
            else:
                loaded = _store(connection, prepared, author, options)
    loaded = replace(loaded, share_replaced=share_replaced(texts, prepared))
    return _held(loaded, until) if is_embargoed else loaded


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
    savepoint = connection.begin_nested()
    try:
        loaded = _store(connection, prepared, author, options, DocumentWriter(connection))
        row = embargo_row(connection, loaded.interview_id)
    finally:
        savepoint.rollback()
    if loaded.outcome is Outcome.UNCHANGED:
        return loaded
    if loaded.outcome is not Outcome.CREATED:
        reason = f"{loaded.slug!r} is published already; hold it back with 'quoth embargo', or state no embargo"
        place = prepared.sidecar.place_of("embargo_until") or prepared.transcript.source.name
        raise MetadataError(place, "embargo_until", reason)
    connection.execute(sa.insert(Embargo).values(**row, until=until, reason=author.why, **author.signature))
    return loaded


def _is_same_reading(held: Any, prepared: PreparedTranscript) -> bool:
    is_same_file = prepared.transcript.source.sha256 in held.sha256s
    return bool(is_same_file and held.reading_sha256 == prepared.digest)


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
    )
    if plan.is_unchanged:
        if not options.is_edited:
            note_statements(connection, plan.id, plan.statements, plan.in_file)
        return loaded_as(plan.prepared, plan.slug, plan.id, Outcome.UNCHANGED, plan.stored.revision)
    if options.earlier is not None and plan.stored is None:
        earlier = options.earlier
        rows = [{**row, "interview_id": plan.id} for row in earlier.versions]
        plan = replace(plan, statements=earlier.statements, in_file=earlier.in_file, move=earlier.move, versions=rows)
    writer = InterviewWriter(connection, plan, author)
    if documents is not None:
        loaded = writer.store(plan.digest, documents, is_edited=options.is_edited)
    else:
        with DocumentWriter(connection) as own:
            loaded = writer.store(plan.digest, own, is_edited=options.is_edited)
    unlink_speakers(connection, plan.id, plan.statements.document, plan.prepared.document, author)
    return loaded
