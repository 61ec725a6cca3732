"""Interviews held back until a time. One that is held back is in no table but that of embargoes, whole, as a document,
so that nothing that reads can show any of it; its end is a write like any other, with a revision of its own.
"""

import base64
import datetime
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.errors import NotFoundError
from app.loading.documents import DocumentTurn, DocumentWriter
from app.loading.history import new_revision, record_changes, take_names
from app.loading.replaying import FeedItem, Row, rows_of
from app.loading.withdrawals import find_named, take_out
from app.models import (
    Answer,
    Change,
    ChangeAction,
    Embargo,
    Interview,
    Question,
    QuestionTopic,
    Speaker,
    Topic,
    Transcript,
    Turn,
    table_of,
)
from app.queries.change_data import OF_INTERVIEW, PAST_OF_INTERVIEW, find_change_data
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
    """An interview that is held back: `until` when, and why."""

    interview_id: str
    slug: str
    until: datetime.datetime
    reason: str | None


def list_held(connection: sa.Connection) -> list[HeldInterview]:
    """List what is held back, the next to be released first."""
    rows = connection.execute(_ALL_HELD.order_by(col(Embargo.until), col(Embargo.interview_id)))
    return [HeldInterview(row.interview_id, row.slug, row.until, row.reason) for row in rows]


def next_release(connection: sa.Connection) -> datetime.datetime | None:
    """Tell when the next embargo ends, if there is one."""
    until: datetime.datetime | None = connection.execute(sa.select(sa.func.min(col(Embargo.until)))).scalar()
    return until


def find_held(
    connection: sa.Connection,
    prepared: PreparedTranscript,
    is_alike: Callable[[Sequence[str], PreparedTranscript], bool],
) -> Any:
    """Find the interview held back that a file is, by its bytes or by its slug and what is said; None if it is none."""
    for row in connection.execute(_ALL_HELD).all():
        if prepared.transcript.source.sha256 in row.sha256s:
            return row
        if row.slug == prepared.slug:
            texts = [turn["text"] for turn in _told(connection, row).data["turn"]]
            if prepared.slug_is_stated or is_alike(texts, prepared):
                return row
    return None


def is_published(connection: sa.Connection, interview_id: str) -> bool:
    """Whether an interview that is held back has been seen before."""
    changes = sa.select(col(Change.item_id)).where(col(Change.item_id) == interview_id).limit(1)
    return connection.execute(changes).first() is not None


def hold(
    connection: sa.Connection, name: str, until: datetime.datetime, now: datetime.datetime, reason: str | None
) -> HeldInterview:
    """Take an interview out until a time, given by slug or id; of one that is held back, change the time.

    Raises:
        NotFoundError, MovedError, GoneError: there is no such interview, or it is called otherwise.
    """
    held = _held(connection, name)
    if held is None:
        interview = find_named(connection, name)
        row = told_whole(connection, interview.id)
        take_out(connection, interview, now, reason)
        connection.execute(sa.insert(Embargo).values(**row, until=until, reason=reason))
        return HeldInterview(interview.id, interview.slug, until, reason)
    reason = held.reason if reason is None else reason
    of_interview = sa.update(Embargo).where(col(Embargo.interview_id) == held.interview_id)
    connection.execute(of_interview.values(until=until, reason=reason))
    return HeldInterview(held.interview_id, held.slug, until, reason)


def told_whole(connection: sa.Connection, interview_id: str) -> Row:
    """Write an interview as the table of embargoes holds it."""
    place = SimpleNamespace(noun="interview", item_id=interview_id, action=ChangeAction.CHANGED)
    [told] = find_change_data(connection, [place])
    transcripts = table_of(Transcript)
    files = connection.execute(
        sa.select(transcripts).where(transcripts.c.interview_id == interview_id).order_by(transcripts.c.revision)
    ).all()
    document = {"rows": told, "files": {row.id: base64.b64encode(row.content).decode() for row in files}}
    return {
        "interview_id": interview_id,
        "slug": (told or {})["interview"][0]["slug"],
        "sha256s": sorted({row.sha256 for row in files}),
        "reading_sha256": files[-1].reading_sha256,
        "content": zlib.compress(json.dumps(document, ensure_ascii=False).encode()),
    }


def discard(connection: sa.Connection, interview_id: str) -> None:
    """Forget an interview that is held back."""
    connection.execute(sa.delete(Embargo).where(col(Embargo.interview_id) == interview_id))


def release(connection: sa.Connection, name: str, now: datetime.datetime) -> HeldInterview:
    """End the embargo on an interview, given by slug or id: it can be read from now on.

    Raises:
        NotFoundError: no interview of this name is held back.
    """
    held = _held(connection, name)
    if held is None:
        known = connection.execute(sa.select(col(Embargo.slug)).order_by(col(Embargo.slug)).limit(5)).scalars()
        raise NotFoundError("interview held back", name, list(known))
    _Release(connection, _told(connection, held), now).done()
    discard(connection, held.interview_id)
    return HeldInterview(held.interview_id, held.slug, held.until, held.reason)


def release_due(connection: sa.Connection, now: datetime.datetime) -> list[HeldInterview]:
    """End every embargo whose time has come."""
    return [release(connection, held.interview_id, now) for held in list_held(connection) if held.until <= now]


def _held(connection: sa.Connection, name: str) -> Any:
    called = sa.or_(col(Embargo.slug) == name, col(Embargo.interview_id) == name)
    return connection.execute(sa.select(*_COLUMNS).where(called)).first()


@dataclass(frozen=True)
class _Told:
    """A document of an embargo, read."""

    id: str
    data: Mapping[str, Any]
    files: Mapping[str, str]

    def rows(self, table: type[SQLModel]) -> list[Row]:
        """Return the rows of a table, each value in the type of its column."""
        epoch = datetime.datetime.fromtimestamp(0, datetime.UTC)
        return rows_of(FeedItem("interview", self.id, ChangeAction.CREATED, 0, epoch, None, None, self.data), table)


def _told(connection: sa.Connection, held: Any) -> _Told:
    whole = sa.select(col(Embargo.content)).where(col(Embargo.interview_id) == held.interview_id)
    document = json.loads(zlib.decompress(connection.execute(whole).scalar_one()))
    return _Told(held.interview_id, document["rows"], document["files"])


class _Release:
    """An interview on its way back into the tables."""

    def __init__(self, connection: sa.Connection, told: _Told, now: datetime.datetime) -> None:
        self._connection, self._told, self._now = connection, told, now
        self._changes: list[tuple[str, str, ChangeAction, Sequence[str]]] = []

    def done(self) -> None:
        """Store everything, in an order that foreign keys allow."""
        [interview] = self._told.rows(Interview)
        was_published = is_published(self._connection, self._told.id)
        transcripts = self._told.rows(Transcript)
        # The first revision that anybody sees is made now; those that were seen before were made when they were.
        transcript_id = None if was_published else transcripts[-1]["id"]
        number = new_revision(
            self._connection, self._now, self._told.id, transcript_id, _ENDED if was_published else None
        )
        self._store_speakers(self._told.rows(Speaker), was_published=was_published)
        take_names(self._connection, "interview", [interview["slug"]])
        self._insert(Interview, [{**interview, "modified_at": self._now}])
        content = {row["id"]: base64.b64decode(self._told.files[row["id"]]) for row in transcripts}
        self._insert(Transcript, [{**row, "content": content[row["id"]]} for row in transcripts])
        for table in (*OF_INTERVIEW, *PAST_OF_INTERVIEW):
            self._insert(table, self._told.rows(table))
        self._insert(QuestionTopic, self._topics())
        self._write_documents(interview)
        self._changes.append(("interview", self._told.id, ChangeAction.CREATED, ()))
        if was_published:
            for noun, table in (("question", Question), ("answer", Answer)):
                self._changes += [(noun, row["id"], ChangeAction.CREATED, ()) for row in self._told.rows(table)]
        record_changes(self._connection, number, self._changes)

    def _store_speakers(self, rows: Sequence[Row], *, was_published: bool) -> None:
        """Store who is not there; of who is, what is stated here comes to what is stated elsewhere."""
        speakers = table_of(Speaker)
        for row in rows:
            known = self._connection.execute(sa.select(speakers).where(speakers.c.id == row["id"])).first()
            if known is None:
                slug = self._free_slug(row["slug"])
                take_names(self._connection, "speaker", [slug])
                self._insert(Speaker, [{**row, "slug": slug}])
                # As with any other interview: whom it is created with is created with it.
                if was_published:
                    self._changes.append(("speaker", row["id"], ChangeAction.CREATED, ()))
                continue
            stated = {name: list(dict.fromkeys([*getattr(known, name), *row[name]])) for name in ("aliases", "same_as")}
            if any(getattr(known, name) != value for name, value in stated.items()):
                self._connection.execute(sa.update(speakers).where(speakers.c.id == row["id"]).values(**stated))
                self._changes.append(("speaker", row["id"], ChangeAction.CHANGED, ()))

    def _free_slug(self, slug: str) -> str:
        number, free = 1, slug
        while self._connection.execute(sa.select(col(Speaker.id)).where(col(Speaker.slug) == free)).first():
            number += 1
            free = f"{slug}-{number}"
        return free

    def _topics(self) -> list[Row]:
        """Keep the topics that there are still."""
        known = set(self._connection.execute(sa.select(col(Topic.id))).scalars())
        return [row for row in self._told.rows(QuestionTopic) if row["topic_id"] in known]

    def _write_documents(self, interview: Row) -> None:
        turns = sorted(self._told.rows(Turn), key=lambda row: int(row["position"]))
        said = (
            DocumentTurn(row["id"], row["kind"], row["text"], row["question_id"], row["answer_id"]) for row in turns
        )
        with DocumentWriter(self._connection) as documents:
            documents.add(self._told.id, interview["title"], interview["language"], said)

    def _insert(self, table: type[SQLModel], rows: Sequence[Row]) -> None:
        if rows:
            self._connection.execute(sa.insert(table), rows)
