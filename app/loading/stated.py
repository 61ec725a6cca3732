"""What is stated of an interview, over what its file says: by metadata files, options and editors. Kept in versions.

Where a file is loaded with less than before, what was stated stays, and the report names it. What a file states anew
is the later statement and wins; what it states as it did when it was last loaded is older than what an editor has
stated since.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.author import Author
from app.models import Interview, InterviewStatements, Transcript, table_of
from app.structure.prepare import PreparedTranscript, closed, open_statements, refuse_unfit, restate
from app.transcripts.sidecar import Sidecar, sidecar_of

_LISTS = ("speakers", "turns", "exchanges", "questions")
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


def statements_in_rows(rows: Mapping[str, Any]) -> StoredStatements:
    """Return the newest version of what is stated of an interview that is held back, given its rows by table."""
    versions = rows[table_of(InterviewStatements).name]
    if not versions:
        return NOTHING_STATED
    row = max(versions, key=lambda one: int(one["version"]))
    return StoredStatements(row["version"], row["document"], row["in_file"])


def with_statements(
    prepared: PreparedTranscript, stored: StoredStatements, now: Document, *, keeps: bool = True
) -> PreparedTranscript:
    """Add to a transcript, which states `now`, what is stated of its interview already, unless not `keeps`.

    Raises:
        MetadataError: a new statement means no turn, label or question of the transcript.
    """
    merged = merge(stored, now) if keeps else now
    kept: tuple[str, ...] = ()
    if merged != prepared.sidecar.document:
        kept = tuple(key for key in Sidecar.model_fields if key in merged and key not in now)
        prepared = restate(prepared, prepared.sidecar.within(sidecar_of("what was stated before", merged)))
    refuse_unfit(prepared, stored.document)
    document = open_statements(prepared)
    overruled = tuple(
        key for key, value in now.items() if value == stored.in_file.get(key) and merged.get(key, []) != value
    )
    return replace(
        prepared, kept_metadata=(*prepared.kept_metadata, *kept), overruled_metadata=overruled, document=document
    )


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
        is_edited = key in _LISTS and key in merged and merged[key] != (before or [])
        merged[key] = _merge_tables(key, merged[key], before or [], value) if is_edited else value
    return {key: value for key, value in merged.items() if value != []}


def _merge_tables(key: str, stored: list[Any], before: list[Any], now: list[Any]) -> list[Any]:
    """Take out of the stored tables those that the file has no more, and add those that it has now."""
    gone = [table for table in before if table not in now]
    new = [table for table in now if table not in before]
    left = [table for table in stored if closed(table) not in gone and closed(table) not in new]
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
) -> None:
    """Store a version if something else is stated now. `in_file` is what the file states; None if there is none."""
    if document == stored.document:
        note_statements(connection, interview_id, stored, in_file)
        return
    in_file = stored.in_file if in_file is None else in_file
    row = {"interview_id": interview_id, "version": stored.version + 1, "document": document, "in_file": in_file}
    signed = {"made_at": author.when, "made_by": author.who, "reason": author.why}
    connection.execute(sa.insert(table_of(InterviewStatements)).values(**row, **signed))


def note_statements(
    connection: sa.Connection, interview_id: str, stored: StoredStatements, in_file: Document | None
) -> None:
    """Note what a file states that changes nothing. It is not content: mirrors do not get to know of it."""
    if stored.version and in_file is not None and in_file != stored.in_file:
        versions = table_of(InterviewStatements)
        newest = sa.and_(versions.c.interview_id == interview_id, versions.c.version == stored.version)
        connection.execute(sa.update(versions).where(newest).values(in_file=in_file))


def list_versions(connection: sa.Connection, interview_id: str) -> list[Any]:
    """List the versions of what is stated of an interview, given by id, the first one first."""
    versions = table_of(InterviewStatements)
    of_interview = sa.select(versions).where(versions.c.interview_id == interview_id)
    return list(connection.execute(of_interview.order_by(col(InterviewStatements.version))))


def documents_to_write(connection: sa.Connection) -> Iterator[tuple[str, str, Document]]:
    """Yield of each interview its slug, the name of its file, and all that is stated of it, with the slug."""
    versions = table_of(InterviewStatements)
    later = versions.alias()
    newest = ~sa.exists().where(later.c.interview_id == versions.c.interview_id, later.c.version > versions.c.version)
    of_interview = sa.and_(versions.c.interview_id == col(Interview.id), newest)
    of_revision = sa.and_(
        col(Transcript.interview_id) == col(Interview.id), col(Transcript.revision) == col(Interview.revision)
    )
    select = (
        sa.select(col(Interview.slug), col(Transcript.file_name), versions.c.document)
        .join(Transcript, of_revision)
        .outerjoin(versions, of_interview)
        .order_by(col(Interview.slug))
    )
    for slug, file_name, document in connection.execute(select):
        yield slug, file_name, {"slug": slug, **(document or {})}


# Keys whose text may quote what somebody says.
_QUOTING: Collection[str] = frozenset(
    {"title", "summary", "rights", "published_evidence", "begins", "after", "part_at", "question", "answers"}
)


def redacted_document(document: Any, blanked: Callable[[str, str], str | None], key: str = "") -> Any:
    """Return a document with `blanked(text, key)` in place of each text that may quote what is said."""
    if isinstance(document, Mapping):
        return {name: redacted_document(value, blanked, name) for name, value in document.items()}
    if isinstance(document, list):
        return [redacted_document(one, blanked, key) for one in document]
    return blanked(document, key) if isinstance(document, str) and key in _QUOTING else document
