"""Holds interviews back until a time. Such an interview is only in the table of embargoes, as one document, so that no
query can show any of it. The end of an embargo is a write with a revision of its own.
"""

import base64
import datetime
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.loading.as_read import PersonAsRead, people_as_read
from app.loading.author import Author
from app.loading.documents import DocumentTurn, DocumentWriter
from app.loading.feed_item import Row, read_rows
from app.loading.history import new_revision, reclaim_names, record_changes
from app.loading.id_counter import IdCounter
from app.loading.merging import ItemChange, compose, restate
from app.loading.speaker_index import index_speakers
from app.loading.stated import StoredStatements, statements_in_rows
from app.loading.stored_reading import ReadBefore, before_in_rows
from app.loading.which_interview import has_words_of, interview_at, other_file
from app.loading.withdrawals import delete_interview, find_named
from app.models import (
    Answer,
    Change,
    ChangeAction,
    Contribution,
    Embargo,
    Interview,
    InterviewStatements,
    Question,
    QuestionTopic,
    Speaker,
    SpeakerReading,
    Topic,
    Transcript,
    Turn,
    table_of,
)
from app.queries.change_data import OF_INTERVIEW, PAST_OF_INTERVIEW, find_change_data, kept_columns
from app.queries.held import not_held, read_document
from app.structure.prepare import PreparedTranscript

_ENDED = "the embargo ended"
_COLUMNS: tuple[Any, ...] = tuple(
    col(column)
    for column in (
        Embargo.interview_id,
        Embargo.until,
        Embargo.reason,
        Embargo.slug,
        Embargo.sha256s,
        Embargo.reading_sha256,
    )
)
_ALL_HELD = sa.select(*_COLUMNS)


@dataclass(frozen=True)
class HeldInterview:
    """An interview that is held back, until when and why."""

    interview_id: str
    slug: str
    until: datetime.datetime
    reason: str | None


def list_held(connection: sa.Connection) -> list[HeldInterview]:
    """List the interviews that are held back, the next to be released first."""
    rows = connection.execute(_ALL_HELD.order_by(col(Embargo.until), col(Embargo.interview_id)))
    return [HeldInterview(row.interview_id, row.slug, row.until, row.reason) for row in rows]


def next_release(connection: sa.Connection) -> datetime.datetime | None:
    """Return when the next embargo ends; None if there is none."""
    until: datetime.datetime | None = connection.execute(sa.select(sa.func.min(col(Embargo.until)))).scalar()
    return until


def find_held(connection: sa.Connection, prepared: PreparedTranscript) -> Any:
    """Return the embargo of the interview that a file is, by its bytes, its place or by slug and words, or None."""
    rows = connection.execute(_ALL_HELD).all()
    here = interview_at(connection, prepared) if rows else None
    for row in rows:
        if prepared.transcript.source.sha256 in row.sha256s:
            return row
        if row.slug == prepared.slug and prepared.slug_is_stated:
            return row
        if row.interview_id == here and not prepared.slug_is_stated:
            return row
        is_named_so = row.slug == prepared.slug and other_file(connection, row.interview_id, prepared) is None
        if is_named_so and has_words_of(held_texts(connection, row), prepared):
            return row
    return None


def held_texts(connection: sa.Connection, held: Any) -> list[str]:
    """Return the texts of the turns of an interview that is held back, in their order."""
    turns = _held_document(connection, held).data["turn"]
    return [str(turn["text"]) for turn in sorted(turns, key=lambda turn: int(turn["position"]))]


def held_statements(connection: sa.Connection, held: Any) -> StoredStatements:
    """Return what is stated of an interview that is held back."""
    return statements_in_rows(_held_document(connection, held).data)


def held_versions(connection: sa.Connection, held: Any) -> list[Row]:
    """Return the rows of the versions of what is stated of an interview that is held back, the first one first."""
    rows = _held_document(connection, held).rows(InterviewStatements)
    return sorted(rows, key=lambda row: int(row["version"]))


@dataclass(frozen=True)
class HeldFile:
    """The file of an interview that is held back: the row of its transcript, and its bytes."""

    transcript: Row
    content: bytes


def held_file(connection: sa.Connection, held: Any) -> HeldFile:
    """Return the file that an interview was read from that is held back."""
    document = _held_document(connection, held)
    newest = max(document.rows(Transcript), key=lambda row: int(row["revision"]))
    return HeldFile(newest, base64.b64decode(document.files[newest["id"]]))


def held_reading(connection: sa.Connection, held: Any) -> ReadBefore:
    """Return how an interview that is held back and has never been published is stored."""
    return before_in_rows(_held_document(connection, held).data)


def is_published(connection: sa.Connection, interview_id: str) -> bool:
    """Whether an interview that is held back was published before."""
    changes = sa.select(col(Change.item_id)).where(col(Change.item_id) == interview_id).limit(1)
    return connection.execute(changes).first() is not None


def hold(connection: sa.Connection, name: str, until: datetime.datetime, author: Author) -> HeldInterview:
    """Hold an interview back, given by slug or id, until a time; if it is held back already, change the time.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now.
    """
    held = held_named(connection, name)
    if held is None:
        interview = find_named(connection, name)
        row = embargo_row(connection, interview.id)
        delete_interview(connection, interview, author)
        signed = {"reason": author.why, **author.signature}
        connection.execute(sa.insert(Embargo).values(**row, until=until, **signed))
        return HeldInterview(interview.id, interview.slug, until, author.why)
    reason = held.reason if author.why is None else author.why
    of_interview = sa.update(Embargo).where(col(Embargo.interview_id) == held.interview_id)
    connection.execute(of_interview.values(until=until, reason=reason, **author.signature))
    return HeldInterview(held.interview_id, held.slug, until, reason)


def embargo_row(connection: sa.Connection, interview_id: str) -> Row:
    """Return an interview as a row of the table of embargoes."""
    place = SimpleNamespace(noun="interview", item_id=interview_id, action=ChangeAction.CHANGED)
    [rows] = find_change_data(connection, [place], kept_columns)
    transcripts = table_of(Transcript)
    files = connection.execute(
        sa.select(transcripts).where(transcripts.c.interview_id == interview_id).order_by(transcripts.c.revision)
    ).all()
    document = {"rows": rows, "files": {row.id: base64.b64encode(row.content).decode() for row in files}}
    return {
        "interview_id": interview_id,
        "slug": (rows or {})["interview"][0]["slug"],
        "sha256s": sorted({row.sha256 for row in files}),
        "reading_sha256": files[-1].reading_sha256,
        "content": zlib.compress(json.dumps(document, ensure_ascii=False).encode()),
    }


def discard(connection: sa.Connection, interview_id: str) -> None:
    """Delete an interview that is held back."""
    connection.execute(sa.delete(Embargo).where(col(Embargo.interview_id) == interview_id))


def release(connection: sa.Connection, name: str, author: Author) -> HeldInterview:
    """End the embargo on an interview, given by slug or id, and publish it.

    Raises:
        NotFoundError: no interview of this name is held back.
    """
    held = held_named(connection, name)
    if held is None:
        raise not_held(connection, name)
    _Release(connection, _held_document(connection, held), author).store()
    discard(connection, held.interview_id)
    return HeldInterview(held.interview_id, held.slug, held.until, held.reason)


def release_due(connection: sa.Connection, author: Author) -> list[HeldInterview]:
    """End every embargo whose time has come."""
    due = [held for held in list_held(connection) if held.until <= author.when]
    return [release(connection, held.interview_id, author) for held in due]


def held_named(connection: sa.Connection, name: str) -> Any:
    """Return the embargo of an interview, given by slug or id, or None."""
    called = sa.or_(col(Embargo.slug) == name, col(Embargo.interview_id) == name)
    return connection.execute(sa.select(*_COLUMNS).where(called)).first()


@dataclass(frozen=True)
class _HeldDocument:
    """The document of an embargo: rows by table, and source files (base64) by transcript id."""

    id: str
    data: Mapping[str, Any]
    files: Mapping[str, str]

    def rows(self, table: type[SQLModel]) -> list[Row]:
        """Return the rows of a table, each value in the type of its column."""
        return read_rows("interview", self.id, self.data, table, kept_columns)


def _held_document(connection: sa.Connection, held: Any) -> _HeldDocument:
    content = sa.select(col(Embargo.content)).where(col(Embargo.interview_id) == held.interview_id)
    document = read_document(connection.execute(content).scalar_one())
    return _HeldDocument(held.interview_id, document["rows"], document["files"])


class _Part(NamedTuple):
    """Who takes part in an interview, and whom its files tell of if that is another one."""

    speaker_id: str
    read_as: str | None


class _Release:
    """Stores an interview whose embargo ended."""

    def __init__(self, connection: sa.Connection, document: _HeldDocument, author: Author) -> None:
        self._connection, self._document, self._author = connection, document, author
        [interview] = document.rows(Interview)
        self._counter = IdCounter(document.id, "s", interview["speakers_numbered"])
        self._changes: list[ItemChange] = []

    def store(self) -> None:
        """Store everything, in an order that foreign keys allow."""
        [interview] = self._document.rows(Interview)
        was_published = is_published(self._connection, self._document.id)
        transcripts = self._document.rows(Transcript)
        # If it was not published before, its first revision is made now, with its file; others have theirs already.
        transcript_id = None if was_published else transcripts[-1]["id"]
        why = self._author.why or (_ENDED if was_published else None)
        number = new_revision(self._connection, replace(self._author, why=why), self._document.id, transcript_id)
        parts = self._store_people(was_published=was_published)
        reclaim_names(self._connection, "interview", [interview["slug"]])
        now = {"modified_at": self._author.when, "speakers_numbered": self._counter.given}
        self._insert(Interview, [{**interview, **now}])
        content = {row["id"]: base64.b64decode(self._document.files[row["id"]]) for row in transcripts}
        self._insert(Transcript, [{**row, "content": content[row["id"]]} for row in transcripts])
        for table in (*OF_INTERVIEW, *PAST_OF_INTERVIEW):
            self._insert(table, self._rows_of(table, parts))
        self._insert(QuestionTopic, self._topics())
        index_speakers(self._connection, [part.speaker_id for part in parts.values()])
        self._write_documents(interview)
        self._changes.append(("interview", self._document.id, ChangeAction.CREATED, ()))
        if was_published:
            for noun, table in (("question", Question), ("answer", Answer)):
                self._changes += [(noun, row["id"], ChangeAction.CREATED, ()) for row in self._document.rows(table)]
        self._restate([part.read_as or part.speaker_id for part in parts.values()])
        record_changes(self._connection, number, self._changes)

    def _restate(self, read_ids: Sequence[str]) -> None:
        """Make those who came back who they are by statements. Items of this interview are noted already, or new."""
        noted = {one[:2] for one in self._changes}
        of_interview = {row["id"] for table in (Question, Answer) for row in self._document.rows(table)}
        for change in restate(self._connection, read_ids) if read_ids else []:
            if change[:2] not in noted and change[1] not in of_interview:
                self._changes.append(change)

    def _store_people(self, *, was_published: bool) -> dict[str, _Part]:
        """Store new speakers; add to known speakers what is stated of them here. Returns who now takes part as those
        who did when the interview was held back: statements may have been made since.
        """
        as_read = {row["id"]: row for row in self._document.rows(Speaker)}
        as_read |= {row["id"]: row for row in self._document.rows(SpeakerReading)}
        parts: dict[str, _Part] = {}
        for row in sorted(self._document.rows(Contribution), key=lambda row: int(row["position"])):
            person = as_read[row["read_as"] or row["speaker_id"]]
            known = people_as_read(self._connection, [person["id"]]).get(person["id"])
            if known is not None:
                self._add_stated(known, person)
            taken = {part.speaker_id for part in parts.values()}
            if known is not None and known.speaker_id not in taken:
                read_as = None if known.speaker_id == known.id else known.id
                parts[row["speaker_id"]] = _Part(known.speaker_id, read_as)
                continue
            # Two who have become one since stay two here.
            speaker_id = person["id"] if known is None else self._counter.next()
            slug = self._free_slug(person["slug"])
            reclaim_names(self._connection, "speaker", [slug])
            stated = {name: person[name] for name in ("name", "aliases", "same_as")}
            self._insert(Speaker, [{"id": speaker_id, "slug": slug, **stated}])
            # As with any new interview, its speakers are not listed as changes of their own.
            if was_published:
                self._changes.append(("speaker", speaker_id, ChangeAction.CREATED, ()))
            parts[row["speaker_id"]] = _Part(speaker_id, None)
        return parts

    def _add_stated(self, known: PersonAsRead, person: Row) -> None:
        stated = {name: list(dict.fromkeys([*getattr(known, name), *person[name]])) for name in ("aliases", "same_as")}
        if any(getattr(known, name) != value for name, value in stated.items()):
            table: Any = SpeakerReading if known.is_merged else Speaker
            self._connection.execute(sa.update(table).where(col(table.id) == known.id).values(**stated))
            if known.is_merged:
                compose(self._connection, [known.speaker_id])
            self._changes.append(("speaker", known.speaker_id, ChangeAction.CHANGED, ()))

    def _rows_of(self, table: type[SQLModel], parts: Mapping[str, _Part]) -> list[Row]:
        """Return the rows of a table, of those who take part now."""
        rows = self._document.rows(table)
        for row in rows:
            for name in ("speaker_id", "asked_by"):
                if row.get(name) is not None:
                    part = parts[row[name]]
                    row[name] = part.speaker_id
                    if table is Contribution:
                        row["read_as"] = part.read_as
        return rows

    def _free_slug(self, slug: str) -> str:
        number, free = 1, slug
        while any(
            self._connection.execute(sa.select(col(table.id)).where(col(table.slug) == free)).first()
            for table in (Speaker, SpeakerReading)
        ):
            number += 1
            free = f"{slug}-{number}"
        return free

    def _topics(self) -> list[Row]:
        """Return the topics of questions, without topics that no longer exist."""
        topic_ids = set(self._connection.execute(sa.select(col(Topic.id))).scalars())
        return [row for row in self._document.rows(QuestionTopic) if row["topic_id"] in topic_ids]

    def _write_documents(self, interview: Row) -> None:
        rows = sorted(self._document.rows(Turn), key=lambda row: int(row["position"]))
        with DocumentWriter(self._connection) as documents:
            turns = map(DocumentTurn.of, rows)
            documents.add(self._document.id, interview["title"], interview["language"], turns)

    def _insert(self, table: type[SQLModel], rows: Sequence[Row]) -> None:
        if rows:
            self._connection.execute(sa.insert(table), rows)
