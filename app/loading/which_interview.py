"""Settles which interview a file is: by its slug if it states one, its bytes, its place on the disk, its words. Its
name only proposes one: two files that are both there are two interviews, whatever they are called.

A file that would replace most of an interview's words is refused unless that is said to be meant.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import MetadataError, ReplacementError
from app.loading.free_slugs import why_taken
from app.models import Interview, LoadedFile, Redaction, Transcript, Turn, table_of
from app.structure.prepare import PreparedTranscript
from app.text.folding import slugify
from app.text.terms import words_of

# Share of an interview's words, above which a file that does not have them is no correction.
_MOST = 0.5
# Words in a row that have to be in both texts to count as the same: single words are in every long text of a language.
_IN_A_ROW = 3
# Words of a text, below which they count one by one: in a short text one slip would spoil many rows.
_SHORT = 50
# Statements of every import, built once: building one takes longer than running it.
_INTERVIEWS = sa.select(table_of(Interview))
_OF_SLUG = _INTERVIEWS.where(col(Interview.slug) == sa.bindparam("slug"))
_OF_ID = _INTERVIEWS.where(col(Interview.id) == sa.bindparam("id"))
_OF_SAME_BYTES = (
    _INTERVIEWS.join(Transcript, col(Transcript.interview_id) == col(Interview.id))
    .where(col(Transcript.sha256) == sa.bindparam("sha256"))
    .order_by((col(Transcript.revision) == col(Interview.revision)).desc(), col(Interview.id))
)
_HAS_BYTES = sa.select(col(Transcript.id)).where(
    col(Transcript.interview_id) == sa.bindparam("id"),
    col(Transcript.revision) == sa.bindparam("revision"),
    col(Transcript.sha256) == sa.bindparam("sha256"),
)
_FILES = table_of(LoadedFile)
_FILE = sa.select(_FILES).where(_FILES.c.path == sa.bindparam("path"))
_FILES_OF = sa.select(_FILES).where(_FILES.c.interview_id == sa.bindparam("id"))
_OF_SAME_WORDS = (
    sa.select(_FILES.c.interview_id)
    .where(_FILES.c.words_sha256 == sa.bindparam("words_sha256"))
    .distinct()
    .order_by(_FILES.c.interview_id)
)
_TEXTS = sa.select(col(Turn.text)).where(col(Turn.interview_id) == sa.bindparam("id")).order_by(col(Turn.position))
_IS_REDACTED = sa.select(col(Redaction.number)).where(col(Redaction.interview_id) == sa.bindparam("id")).limit(1)


def find_interview(
    connection: sa.Connection, prepared: PreparedTranscript, *, replaces: bool, of: str | None = None
) -> tuple[Any, str]:
    """Return the row of the published interview that a file is, or None, and the slug that it has or gets.

    `of` is the id of the interview that it is said to be of.

    Raises:
        ReplacementError: the interview was loaded from another file since, which is still there, and it is not said
            that this one `replaces` it.
        MetadataError: it is said to be of one interview, and states the slug of another one.
    """
    if of is not None:
        said = connection.execute(_OF_ID, {"id": of}).one()
        slug = prepared.slug if prepared.slug_is_stated else said.slug
        if slug != said.slug:
            _refuse_taken(connection, slug, prepared)
        return said, slug
    same_bytes = {"sha256": prepared.transcript.source.sha256}
    stored = None
    if prepared.slug_is_stated:
        stored = connection.execute(_OF_SLUG, {"slug": prepared.slug}).first()
    stored = stored or connection.execute(_OF_SAME_BYTES, same_bytes).first()
    if stored is not None:
        key = {"id": stored.id, "revision": stored.revision}
        if not replaces and connection.execute(_HAS_BYTES, key | same_bytes).first() is None:
            refuse_another_file(connection, stored.id, stored.slug, prepared)
        return stored, prepared.slug if prepared.slug_is_stated else stored.slug
    stored = _of_place(connection, prepared) or _of_same_words(connection, prepared)
    if prepared.slug_is_stated:
        # A slug that is new names the interview anew, or is that of another one.
        _refuse_taken(connection, prepared.slug, prepared)
        return stored if stored and has_words_of(texts_of(connection, stored.id), prepared) else None, prepared.slug
    return (stored, stored.slug) if stored else _of_name(connection, prepared)


def _refuse_taken(connection: sa.Connection, slug: str, prepared: PreparedTranscript) -> None:
    taken = why_taken(connection, slug)
    if taken is not None:
        raise MetadataError(prepared.metadata_file, "slug", f"{taken}; state another slug")


def _of_place(connection: sa.Connection, prepared: PreparedTranscript) -> Any:
    interview_id = interview_at(connection, prepared)
    return interview_id and connection.execute(_OF_ID, {"id": interview_id}).first()


def interview_at(connection: sa.Connection, prepared: PreparedTranscript) -> str | None:
    """Return the id of the interview that the file at this place was when it was last loaded."""
    row = connection.execute(_FILE, {"path": prepared.path}).first() if prepared.path else None
    return row.interview_id if row else None


def _of_same_words(connection: sa.Connection, prepared: PreparedTranscript) -> Any:
    """Find an interview with the same words whose file is not there any more: it was renamed."""
    for interview_id in connection.execute(_OF_SAME_WORDS, {"words_sha256": prepared.words_sha256}).scalars().all():
        stored = connection.execute(_OF_ID, {"id": interview_id}).first()
        if stored is not None and other_file(connection, interview_id, prepared) is None:
            return stored
    return None


def _of_name(connection: sa.Connection, prepared: PreparedTranscript) -> tuple[Any, str]:
    """Find an interview of this name with most of these words; else give a name that is free."""
    for slug in _slugs(prepared):
        stored = connection.execute(_OF_SLUG, {"slug": slug}).first()
        if stored is None and why_taken(connection, slug) is None:
            return None, slug
        if stored is None or other_file(connection, stored.id, prepared) is not None:
            continue
        if has_words_of(texts_of(connection, stored.id), prepared):
            return stored, slug
    raise AssertionError("numbers do not end")


def _slugs(prepared: PreparedTranscript) -> Iterator[str]:
    """Yield the slugs that a file may get: its name, with its folder before it, with a number."""
    yield prepared.slug
    folder = slugify(PurePath(prepared.path).parent.name, "") if prepared.path else ""
    if folder and not prepared.slug.startswith(f"{folder}-"):
        yield slugify(f"{folder}-{prepared.slug}")
    number = 1
    while True:
        number += 1
        yield f"{prepared.slug}-{number}"


def other_file(connection: sa.Connection, interview_id: str, prepared: PreparedTranscript) -> str | None:
    """Return the path of another file that the interview was last loaded from and that is still there."""
    if prepared.path is None:
        return None
    rows = connection.execute(_FILES_OF, {"id": interview_id}).all()
    newest = max((row.revision for row in rows), default=0)
    if any(row.path == prepared.path and row.revision == newest for row in rows):
        return None
    paths = sorted(row.path for row in rows if row.revision == newest and row.path != prepared.path)
    return next((path for path in paths if Path(path).is_file()), None)


def refuse_another_file(connection: sa.Connection, interview_id: str, slug: str, prepared: PreparedTranscript) -> None:
    """Refuse a file that would take the place of another one.

    Raises:
        ReplacementError: the interview was last loaded from another file, which is still there.
    """
    other = other_file(connection, interview_id, prepared)
    if other is not None:
        raise ReplacementError(prepared.transcript.source.name, slug, other=other)


def refuse_other_words(texts: Sequence[str], slug: str, prepared: PreparedTranscript) -> None:
    """Refuse a file without most of the words of the interview that it would replace.

    Raises:
        ReplacementError: it has less than half of them.
    """
    if not has_words_of(texts, prepared):
        raise ReplacementError(prepared.transcript.source.name, slug, share=share_replaced(texts, prepared))


def has_words_of(texts: Sequence[str], prepared: PreparedTranscript) -> bool:
    """Whether a file has most of the words of an interview, given by the texts of its turns."""
    return share_replaced(texts, prepared) <= _MOST


def share_replaced(texts: Sequence[str], prepared: PreparedTranscript) -> float:
    """Return the share of an interview's words that a file does not have: 0 to 1."""
    before = [word for text in texts for word in words_of(text)]
    after = [word for turn in prepared.transcript.turns for word in words_of(turn.text)]
    length = 1 if max(len(before), len(after)) < _SHORT else _IN_A_ROW
    runs = {tuple(after[first : first + length]) for first in range(len(after) - length + 1)}
    kept = bytearray(len(before))
    for first in range(len(before) - length + 1):
        if tuple(before[first : first + length]) in runs:
            kept[first : first + length] = b"\1" * length
    return 1 - sum(kept) / len(before) if before else 0.0


def texts_of(connection: sa.Connection, interview_id: str) -> Sequence[str]:
    """Return the texts of an interview's turns in their order."""
    return connection.execute(_TEXTS, {"id": interview_id}).scalars().all()


def note_file(connection: sa.Connection, prepared: PreparedTranscript, interview_id: str, revision: int) -> None:
    """Note where a file stands and which interview it is; nothing if that is noted already."""
    if prepared.path is None:
        return
    row = connection.execute(_FILE, {"path": prepared.path}).first()
    if row is not None and (row.interview_id, row.revision) == (interview_id, revision):
        return
    # Of redacted words not even a digest is kept that could be compared with guesses.
    is_redacted = connection.execute(_IS_REDACTED, {"id": interview_id}).first() is not None
    values = {
        "interview_id": interview_id,
        "revision": revision,
        "words_sha256": None if is_redacted else prepared.words_sha256,
    }
    if row is None:
        connection.execute(sa.insert(_FILES).values(path=prepared.path, **values))
    else:
        connection.execute(sa.update(_FILES).where(_FILES.c.path == prepared.path).values(**values))


def forget_words(connection: sa.Connection, interview_id: str) -> None:
    """Forget the digest of an interview's words, which have been redacted."""
    of_interview = _FILES.c.interview_id == interview_id
    connection.execute(sa.update(_FILES).where(of_interview).values(words_sha256=None))


def forget_files(connection: sa.Connection, interview_id: str) -> None:
    """Forget the files of an interview that was withdrawn."""
    connection.execute(sa.delete(_FILES).where(_FILES.c.interview_id == interview_id))
