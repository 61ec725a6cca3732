"""What is stated of an interview, over what its file says: by metadata files, options and editors. Kept in versions.

Where a file is loaded with less than before, what was stated stays, and the report names it. What a file states anew
is the later statement and wins; what it states as it did when it was last loaded is older than what an editor has
stated since.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.author import Author
from app.loading.stored_reading import ReadBefore
from app.models import InterviewStatements, table_of
from app.structure.prepare import (
    PreparedTranscript,
    open_statements,
    refuse_contradictions,
    refuse_unfit,
    restate,
)
from app.structure.realignment import IsKnown, Realignment
from app.transcripts.metadata_tables import PARTING, PLACE, as_stated
from app.transcripts.sidecar import Sidecar, sidecar_of

LISTS = ("speakers", "turns", "exchanges", "questions")
Document = Mapping[str, Any]


@dataclass(frozen=True)
class StoredStatements:
    """The newest version of what is stated of an interview: version 0, which states nothing, where there is none."""

    version: int
    document: Document
    in_file: Document


NOTHING_STATED = StoredStatements(0, {}, {})


def read_statements(connection: sa.Connection, interview_id: str) -> StoredStatements:
    """Read the newest version of what is stated of an interview, given by id."""
    versions = table_of(InterviewStatements)
    newest = sa.select(versions).where(versions.c.interview_id == interview_id).order_by(versions.c.version.desc())
    row = connection.execute(newest.limit(1)).first()
    return NOTHING_STATED if row is None else StoredStatements(row.version, row.document, row.in_file)


@dataclass(frozen=True)
class Restated:
    """A transcript with all that is stated of its interview; `move` describes other versions of that for its turns, or
    is None where they are what they were.
    """

    prepared: PreparedTranscript
    move: Callable[[Document], Document] | None = None


def with_statements(
    prepared: PreparedTranscript,
    stored: StoredStatements,
    now: Document,
    reads: Callable[[PreparedTranscript], ReadBefore | None] = lambda _prepared: None,
    *,
    keeps: bool = True,
) -> Restated:
    """Add to a transcript, which states `now`, what is stated of its interview already, unless not `keeps`.

    What was stated before means the turns that continue those that it meant: `reads` reads how the interview is stored,
    given how it is read now; None where that is the same.

    Raises:
        MetadataError: a new statement means no turn, label or question of the transcript, or two of `now` state
            different things of one.
    """
    refuse_contradictions(prepared, (stored.document, stored.in_file))
    sidecar = prepared.sidecar
    merged = merge(stored, now) if keeps else _as_stored(stored, now)
    kept = tuple(key for key in Sidecar.model_fields if key in merged and key not in now)
    if merged != prepared.sidecar.document:
        prepared = _restated(prepared, merged)
    else:
        kept = ()
    move, is_open = None, any(table.get("open") for key in LISTS for table in merged.get(key, ()))
    before = reads(prepared) if any(merged.get(key) for key in LISTS) else None
    if before is not None:
        realignment = before.realignment(prepared)
        if is_open or not realignment.is_same:
            prepared = _moved(prepared, merged, stored, before, realignment)
        if not realignment.is_same:
            move = partial(_move, realignment, before, prepared)
    refuse_unfit(prepared, stored.document, sidecar)
    # A statement that is open now was perhaps applied in part.
    while (document := open_statements(prepared)) != prepared.sidecar.document:
        prepared = _restated(prepared, document)
    overruled = tuple(
        key
        for key, value in now.items()
        if value == stored.in_file.get(key) and _stated(key, merged.get(key, [])) != _stated(key, value)
    )
    kept = (*prepared.kept_metadata, *kept)
    return Restated(replace(prepared, kept_metadata=kept, overruled_metadata=overruled, document=document), move)


def _restated(prepared: PreparedTranscript, document: Document) -> PreparedTranscript:
    return restate(prepared, prepared.sidecar.within(sidecar_of("what was stated before", document)))


def _moved(
    prepared: PreparedTranscript,
    document: Document,
    stored: StoredStatements,
    before: ReadBefore,
    realignment: Realignment,
) -> PreparedTranscript:
    """State a document about the turns of now."""
    is_known = _known(stored)
    document = realignment.move(document, is_known, stored.document)
    prepared = _restated(prepared, document)
    if document.get("questions"):
        now, same = before.questions_now(prepared)
        document = realignment.move_questions(document, is_known, before.question_places, now, same)
        prepared = _restated(prepared, document)
    return prepared


def _move(realignment: Realignment, before: ReadBefore, prepared: PreparedTranscript, document: Document) -> Document:
    """Describe another version for the turns of now."""
    moved = realignment.move(document, _everything, document)
    if not document.get("questions"):
        return moved
    now, same = before.questions_now(prepared)
    return realignment.move_questions(moved, _everything, before.question_places, now, same)


def _everything(_key: str, _table: Mapping[str, Any]) -> bool:
    return True


def _known(stored: StoredStatements) -> IsKnown:
    """Return whether a table is stated already."""
    known = {key: _stated(key, stored.document.get(key, [])) for key in LISTS}
    return lambda key, table: as_stated(key, table) in known[key]


def _stated(key: str, value: Any) -> Any:
    """Return what a document states under a key, as it was stated."""
    return [as_stated(key, table) for table in value] if key in LISTS else value


def _as_stored(stored: StoredStatements, now: Document) -> dict[str, Any]:
    """Return a document, with the tables that are stored already as they are described there."""
    return {
        key: _described_as(key, stored.document.get(key, []), value) if key in LISTS else value
        for key, value in now.items()
        if value != []
    }


def _described_as(key: str, stored: list[Any], now: list[Any]) -> list[Any]:
    anew = [table for table in stored if "stated_as" in table and not table.get("open")]
    return [
        next((one for one in anew if "stated_as" not in table and as_stated(key, one) == as_stated(key, table)), table)
        for table in now
    ]


def merge(stored: StoredStatements, now: Document) -> dict[str, Any]:
    """Return what is in force once a file is loaded that states `now`: of each key, the later statement."""
    merged = dict(stored.document)
    is_another_date = "published" in now and now["published"] != stored.in_file.get("published")
    if is_another_date:
        # The evidence was for another date.
        merged.pop("published_evidence", None)
    for key, value in now.items():
        before = stored.in_file.get(key)
        if value == before and not (is_another_date and key == "published_evidence"):
            # An editor may have taken it out since.
            continue
        if key not in LISTS:
            merged[key] = value
        elif key in merged and _stated(key, merged[key]) != _stated(key, before or []):
            merged[key] = _merge_tables(key, merged[key], before or [], value)
        else:
            merged[key] = _described_as(key, merged.get(key, []), value)
    return {key: value for key, value in merged.items() if value != []}


def _merge_tables(key: str, stored: list[Any], before: list[Any], now: list[Any]) -> list[Any]:
    """Take out of the stored tables those that the file has no more, and add those that it has now."""
    stated_before, stated_now = _stated(key, before), _stated(key, now)
    gone = [table for table in stated_before if table not in stated_now]
    new = [table for table in now if as_stated(key, table) not in stated_before]
    replaced = [*gone, *_stated(key, new)]
    left = [table for table in stored if as_stated(key, table) not in replaced]
    if key == "speakers":
        labels = {label for table in new for label in table["labels"]}
        left = [table for table in left if not labels & set(table["labels"])]
    return [*left, *new]


def store_statements(
    connection: sa.Connection,
    interview_id: str,
    stored: StoredStatements,
    document: Document,
    in_file: Document | None,
    author: Author,
    move: Callable[[Document], Document] | None = None,
) -> None:
    """Store a version if something else is stated now. `in_file` is what the file states; None if there is none.

    `move` describes what is stored already for the turns of now, where they are others. That makes no version.
    """
    if move is not None:
        for row in list_versions(connection, interview_id):
            _rewrite(connection, interview_id, row.version, document=move(row.document))
        stored = read_statements(connection, interview_id)
    is_same = document == stored.document
    if not is_same and in_file is not None and stored.version:
        # What a file leaves open or not is nothing that somebody states.
        stated = ({key: _stated(key, value) for key, value in one.items()} for one in (document, stored.document))
        is_same = next(stated) == next(stated)
    if is_same:
        if document != stored.document:
            _rewrite(connection, interview_id, stored.version, document=document)
        note_statements(connection, interview_id, stored, in_file)
        return
    in_file = stored.in_file if in_file is None else in_file
    row = {"interview_id": interview_id, "version": stored.version + 1, "document": document, "in_file": in_file}
    signed = {"made_at": author.when, "made_by": author.who, "reason": author.why}
    connection.execute(sa.insert(table_of(InterviewStatements)).values(**row, **signed))


def _rewrite(connection: sa.Connection, interview_id: str, version: int, **values: Any) -> None:
    versions = table_of(InterviewStatements)
    this = sa.and_(versions.c.interview_id == interview_id, versions.c.version == version)
    connection.execute(sa.update(versions).where(this).values(**values))


def note_statements(
    connection: sa.Connection, interview_id: str, stored: StoredStatements, in_file: Document | None
) -> None:
    """Note what a file states that changes nothing. It is not content: mirrors do not get to know of it."""
    if stored.version and in_file is not None and in_file != stored.in_file:
        _rewrite(connection, interview_id, stored.version, in_file=in_file)


def list_versions(connection: sa.Connection, interview_id: str) -> list[Any]:
    """List the versions of what is stated of an interview, given by id, the first one first."""
    versions = table_of(InterviewStatements)
    of_interview = sa.select(versions).where(versions.c.interview_id == interview_id)
    return list(connection.execute(of_interview.order_by(col(InterviewStatements.version))))


# Keys whose text may quote what somebody says.
_QUOTING: Collection[str] = frozenset(
    ("title", "summary", "rights", "published_evidence", *PLACE, *PARTING, "next", "question", "answers")
)
# Those with the first words of a turn.
_FIRST_WORDS = frozenset({"begins", "next", "question", "answers"})


def stands_in(texts: Iterable[str], words: str, key: str) -> bool:
    """Whether the words that are stated under a key are in one of some turns, given by their texts."""
    return any(text.startswith(words) if key in _FIRST_WORDS else words in text for text in texts)


def redacted_document(document: Any, blanked: Callable[[str, str], str | None], key: str = "") -> Any:
    """Return a document with `blanked(text, key)` in place of each text that may quote what is said."""
    if isinstance(document, Mapping):
        return {name: redacted_document(value, blanked, name) for name, value in document.items()}
    if isinstance(document, list):
        return [redacted_document(one, blanked, key) for one in document]
    return blanked(document, key) if isinstance(document, str) and key in _QUOTING else document
