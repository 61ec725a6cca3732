"""Stores the items of another server's change feed in a mirror, under the ids that they have there.

Items come in the order of their newest changes, each in the state in which it was read. So an item may refer to one
that comes later, or have a slug that another item still has here and gives up later. Both are stored in a form that
the later item completes.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.errors import MirrorError
from app.loading.documents import DocumentTurn, DocumentWriter
from app.loading.feed_item import FeedItem, Row, list_rows
from app.loading.history import all_texts, reclaim_names, supersede_changes
from app.loading.speaker_index import index_speakers, people_of
from app.models import (
    Answer,
    Change,
    ChangeAction,
    Contribution,
    FormerName,
    Interview,
    Mirror,
    Question,
    QuestionTopic,
    Revision,
    Speaker,
    SpeakerReading,
    Statement,
    Topic,
    Transcript,
    Turn,
    table_of,
)
from app.queries.change_data import OF_INTERVIEW, PAST_OF_INTERVIEW, REFERENCES

Slugged = type[Interview] | type[Speaker] | type[Topic]
# Values in one IN clause, at most: engines limit the parameters of a statement.
_CHUNK = 500


def begin_mirror(connection: sa.Connection, origin: str) -> None:
    """Make an empty database the mirror of a server, or check that it is that already.

    Raises:
        MirrorError: the database has other content.
    """
    stored = connection.execute(sa.select(col(Mirror.origin))).scalar()
    if stored is None:
        if connection.execute(sa.select(col(Revision.number)).limit(1)).first() is not None:
            raise MirrorError("the database has content of its own; mirror into an empty one")
        connection.execute(sa.insert(Mirror).values(origin=origin, cursor=""))
    elif stored != origin:
        raise MirrorError(f"the database mirrors {stored}, not {origin}; mirror into another one")


def mirrored_to(connection: sa.Connection, origin: str) -> str | None:
    """Return the cursor after the items that a mirror has stored; None if there are none yet."""
    cursor: str | None = connection.execute(sa.select(col(Mirror.cursor)).where(col(Mirror.origin) == origin)).scalar()
    return cursor or None


def missing_sources(connection: sa.Connection, items: Sequence[FeedItem]) -> set[str]:
    """Return the SHA-256 of the source files that items refer to and that are not stored yet."""
    interviews = [item for item in items if item.noun == "interview" and item.action is not ChangeAction.DELETED]
    wanted = {
        str(row.get("sha256"))
        for item in interviews
        for row in list_rows(item.data, "transcript")
        if not row.get("withheld")
    }
    return wanted - _stored(connection, col(Transcript.sha256), sorted(wanted))


def replay(
    connection: sa.Connection,
    origin: str,
    items: Sequence[FeedItem],
    sources: Mapping[str, bytes],
    cursor: str | None,
    next_cursor: str,
) -> None:
    """Store items in their order, with the source files that are not stored yet, and the cursor after them.

    Raises:
        MirrorError: an item is not valid, a source file is missing or has another SHA-256, or another process has moved
            the mirror on from `cursor`.
    """
    if mirrored_to(connection, origin) != cursor:
        raise MirrorError("another process writes to this mirror too; nothing was stored here")
    for digest, content in sources.items():
        if hashlib.sha256(content).hexdigest() != digest:
            raise MirrorError(f"the source file {digest} arrived with other content")
    with DocumentWriter(connection) as documents:
        writer = _ItemWriter(connection, documents, sources)
        for item in items:
            try:
                writer.store(item)
            except (sa.exc.IntegrityError, sa.exc.DataError) as error:
                reason = f"the {item.noun} {item.id!r} of {origin} cannot be stored: {error.orig}"
                raise MirrorError(reason) from error
    _record_changes(connection, items)
    connection.execute(sa.update(Mirror).where(col(Mirror.origin) == origin).values(cursor=next_cursor))


def _record_changes(connection: sa.Connection, items: Sequence[FeedItem]) -> None:
    """Write the revisions and changes: of the items themselves, and older ones that come with interviews."""
    changes: dict[tuple[Any, Any], Row] = {}
    for item in items:
        if item.noun == "interview":
            changes |= {(row["revision"], row["item_id"]): row for row in item.rows(Change)}
    newest: list[Row] = [
        {
            "revision": item.revision,
            "item_id": item.id,
            "noun": item.noun,
            "action": item.action,
            "replaced_by": item.replaced_by,
        }
        for item in items
    ]
    changes |= {(row["revision"], row["item_id"]): row for row in newest}
    revisions = {item.revision: {"made_at": item.modified, "reason": item.reason} for item in items}
    for number in sorted(revisions.keys() - _stored(connection, col(Revision.number), revisions)):
        connection.execute(sa.insert(Revision).values(number=number, **revisions[number]))
    keys = sa.tuple_(col(Change.revision), col(Change.item_id))
    stored: set[Any] = set()
    for some in _chunks(list(changes)):
        stored.update(tuple(row) for row in connection.execute(sa.select(*keys.clauses).where(keys.in_(some))))
    if missing := [row for key, row in changes.items() if key not in stored]:
        connection.execute(sa.insert(Change), missing)
    supersede_changes(connection, {row["item_id"] for row in changes.values()})


def _stored(connection: sa.Connection, column: Any, values: Iterable[Any]) -> set[Any]:
    """Return those of the values that a column has."""
    stored: set[Any] = set()
    for some in _chunks(list(values)):
        stored.update(connection.execute(sa.select(column).where(column.in_(some))).scalars())
    return stored


class _ItemWriter:
    """Writes items into the tables."""

    def __init__(self, connection: sa.Connection, documents: DocumentWriter, sources: Mapping[str, bytes]) -> None:
        self._connection, self._documents, self._sources = connection, documents, sources

    def store(self, item: FeedItem) -> None:
        """Store one item, or delete it."""
        methods: dict[str, tuple[Callable[[FeedItem], None], Callable[[FeedItem], None]]] = {
            "interview": (self._store_interview, self._remove_interview),
            "question": (self._store_topics_of_question, _nothing),
            "answer": (_nothing, _nothing),
            "speaker": (self._store_speaker, self._remove_speaker),
            "topic": (self._store_topic, self._remove_topic),
        }
        if item.noun not in methods:
            raise MirrorError(f"the feed has a {item.noun!r}, which this version does not know")
        store, remove = methods[item.noun]
        (remove if item.action is ChangeAction.DELETED else store)(item)
        if item.noun in {"interview", "speaker", "topic"}:
            self._store_former_names(item)
        if item.noun == "speaker":
            self._store_statements(item)

    def _store_interview(self, item: FeedItem) -> None:
        [interview] = item.rows(Interview)
        if interview["id"] != item.id:
            raise MirrorError(f"the data of the interview {item.id!r} are those of {interview['id']!r}")
        transcripts = item.rows(Transcript)
        rows = {table: item.rows(table) for table in OF_INTERVIEW}
        topics, speakers = item.rows(QuestionTopic), item.rows(Speaker)
        _check_owner(item, (*transcripts, *(row for some in rows.values() for row in some)))
        self._name_topics(item)
        for speaker in speakers:
            self._upsert(Speaker, "speaker", speaker)
        self._store_readings([str(speaker["id"]) for speaker in speakers], item.rows(SpeakerReading))
        before = people_of(self._connection, item.id)
        self._clear_interview(item.id)
        self._upsert(Interview, "interview", interview)
        self._store_past(item)
        self._store_transcripts(item.id, transcripts)
        for table in OF_INTERVIEW:
            self._insert(table, rows[table])
        self._insert(QuestionTopic, topics)
        index_speakers(self._connection, {*before, *(row["id"] for row in speakers)})
        turns = sorted(rows[Turn], key=lambda row: int(row["position"]))
        said = (
            DocumentTurn(row["id"], row["kind"], row["text"], row["question_id"], row["answer_id"]) for row in turns
        )
        self._documents.add(item.id, interview["title"], interview["language"], said)

    def _clear_interview(self, interview_id: str) -> None:
        self._documents.remove(interview_id, forget=all_texts(self._connection, interview_id))
        mine = sa.select(col(Question.id)).where(col(Question.interview_id) == interview_id)
        self._connection.execute(sa.delete(QuestionTopic).where(col(QuestionTopic.question_id).in_(mine)))
        for table in reversed(OF_INTERVIEW):
            self._connection.execute(sa.delete(table).where(table_of(table).c.interview_id == interview_id))

    def _store_past(self, item: FeedItem) -> None:
        """Store when and why an interview was revised, and its past revisions.

        A revision may be stored already, with another item of it that came before the interview.
        """
        rows = item.rows(Revision)
        past = {table: item.rows(table) for table in PAST_OF_INTERVIEW}
        _check_owner(item, (*rows, *(row for some in past.values() for row in some)))
        stored = _stored(self._connection, col(Revision.number), [row["number"] for row in rows])
        for row in rows:
            if row["number"] in stored:
                update = sa.update(Revision).where(col(Revision.number) == row["number"])
                self._connection.execute(update.values(**row))
        self._insert(Revision, [row for row in rows if row["number"] not in stored])
        for table, past_rows in past.items():
            self._connection.execute(sa.delete(table).where(table_of(table).c.interview_id == item.id))
            self._insert(table, past_rows)

    def _store_transcripts(self, interview_id: str, rows: Sequence[Row]) -> None:
        """Store the source files that are not stored yet; other interviews or revisions may have the same bytes."""
        of_interview = col(Transcript.interview_id) == interview_id
        columns = (col(Transcript.id), col(Transcript.sha256))
        stored = {row.id: row.sha256 for row in self._connection.execute(sa.select(*columns).where(of_interview))}
        for transcript_id in stored.keys() - {row["id"] for row in rows}:
            self._connection.execute(sa.delete(Transcript).where(col(Transcript.id) == transcript_id))
        for row in rows:
            if row["withheld"]:
                same_bytes = sa.update(Transcript).where(col(Transcript.sha256) == row["sha256"])
                self._connection.execute(same_bytes.values(content=b"", withheld=True))
            if stored.get(row["id"]) == row["sha256"]:
                update = sa.update(Transcript).where(col(Transcript.id) == row["id"])
                self._connection.execute(update.values(**row))
                continue
            content = b"" if row["withheld"] else self._content(row["sha256"])
            self._connection.execute(sa.delete(Transcript).where(col(Transcript.id) == row["id"]))
            self._connection.execute(sa.insert(Transcript).values(**row, content=content))

    def _content(self, digest: str) -> bytes:
        if digest in self._sources:
            return self._sources[digest]
        same = sa.select(col(Transcript.content)).where(col(Transcript.sha256) == digest, ~col(Transcript.withheld))
        content = self._connection.execute(same.limit(1)).scalar()
        if content is None:
            raise MirrorError(f"the source file {digest} is missing")
        return bytes(content)

    def _remove_interview(self, item: FeedItem) -> None:
        before = people_of(self._connection, item.id)
        self._clear_interview(item.id)
        index_speakers(self._connection, before)
        self._store_past(item)
        self._connection.execute(sa.delete(Transcript).where(col(Transcript.interview_id) == item.id))
        self._connection.execute(sa.delete(Interview).where(col(Interview.id) == item.id))

    def _store_topics_of_question(self, item: FeedItem) -> None:
        """Store the topics on a question; a question that is not stored yet comes with its interview later."""
        topics = item.rows(QuestionTopic)
        if any(row["question_id"] != item.id for row in topics):
            raise MirrorError(f"the data of the question {item.id!r} have a row of another one")
        stored = sa.select(col(Question.id)).where(col(Question.id) == item.id)
        if self._connection.execute(stored).first() is None:
            return
        self._name_topics(item)
        self._connection.execute(sa.delete(QuestionTopic).where(col(QuestionTopic.question_id) == item.id))
        self._insert(QuestionTopic, topics)

    def _store_speaker(self, item: FeedItem) -> None:
        [row] = item.rows(Speaker)
        self._upsert(Speaker, "speaker", row)
        self._store_readings([row["id"]], item.rows(SpeakerReading))
        index_speakers(self._connection, [row["id"]])

    def _store_readings(self, speaker_ids: Sequence[str], rows: Sequence[Row]) -> None:
        """Store who is merged with some speakers; those who are not any more come with another speaker, or have."""
        readings = table_of(SpeakerReading).c
        for some in _chunks(speaker_ids):
            self._connection.execute(sa.delete(SpeakerReading).where(readings.speaker_id.in_(some)))
        for some in _chunks([row["id"] for row in rows]):
            self._connection.execute(sa.delete(SpeakerReading).where(readings.id.in_(some)))
        self._insert(SpeakerReading, rows)

    def _store_statements(self, item: FeedItem) -> None:
        rows = item.rows(Statement)
        if any(row["speaker_id"] != item.id for row in rows):
            raise MirrorError(f"the data of the speaker {item.id!r} have a statement of another one")
        for some in _chunks([row["number"] for row in rows]):
            self._connection.execute(sa.delete(Statement).where(col(Statement.number).in_(some)))
        self._insert(Statement, rows)

    def _remove_speaker(self, item: FeedItem) -> None:
        self._connection.execute(sa.update(Question).where(col(Question.asked_by) == item.id).values(asked_by=None))
        for table in (Answer, Turn):
            column = table_of(table).c.speaker_id
            self._connection.execute(sa.update(table).where(column == item.id).values(speaker_id=None))
        self._connection.execute(sa.delete(Contribution).where(col(Contribution.speaker_id) == item.id))
        self._connection.execute(sa.delete(Speaker).where(col(Speaker.id) == item.id))

    def _store_topic(self, item: FeedItem) -> None:
        [row] = item.rows(Topic)
        self._name_topics(item)
        self._upsert(Topic, "topic", row)

    def _remove_topic(self, item: FeedItem) -> None:
        self._connection.execute(sa.delete(QuestionTopic).where(col(QuestionTopic.topic_id) == item.id))
        self._connection.execute(sa.update(Topic).where(col(Topic.broader_id) == item.id).values(broader_id=None))
        self._connection.execute(sa.delete(Topic).where(col(Topic.id) == item.id))

    def _name_topics(self, item: FeedItem) -> None:
        """Insert placeholders for the topics that an item refers to and that come later."""
        named = {str(row.get("id")): row for row in list_rows(item.data, REFERENCES)}
        for topic_id in sorted(named.keys() - _stored(self._connection, col(Topic.id), named)):
            row = named[topic_id]
            shown = {"id": topic_id, "slug": row.get("slug"), "label": row.get("label")}
            self._upsert(Topic, "topic", {**shown, "labels": [], "exact_match": []})

    def _upsert(self, table: Slugged, noun: str, row: Row) -> None:
        """Store a row under its id. Another item with its slug has given it up, and comes later with a new one."""
        others = sa.update(table).where(col(table.slug) == row["slug"], col(table.id) != row["id"])
        # A placeholder that no item can have: slugs have no tilde.
        self._connection.execute(others.values(slug=col(table.id) + "~"))
        reclaim_names(self._connection, noun, [row["slug"]])
        updated = self._connection.execute(sa.update(table).where(col(table.id) == row["id"]).values(**row))
        if not updated.rowcount:
            self._connection.execute(sa.insert(table).values(**row))

    def _store_former_names(self, item: FeedItem) -> None:
        names = item.rows(FormerName)
        mine = sa.and_(col(FormerName.noun) == item.noun, col(FormerName.item_id) == item.id)
        self._connection.execute(sa.delete(FormerName).where(mine))
        if any((row["noun"], row["item_id"]) != (item.noun, item.id) for row in names):
            raise MirrorError(f"the data of the {item.noun} {item.id!r} have a name of another one")
        reclaim_names(self._connection, item.noun, [row["name"] for row in names])
        self._insert(FormerName, names)

    def _insert(self, table: type[SQLModel], rows: Sequence[Row]) -> None:
        if rows:
            self._connection.execute(sa.insert(table), rows)


def _nothing(_item: FeedItem) -> None:
    """Questions and answers are stored, and deleted, with their interview."""


def _check_owner(item: FeedItem, rows: Iterable[Row]) -> None:
    for row in rows:
        if row["interview_id"] != item.id:
            raise MirrorError(f"the data of the interview {item.id!r} have a row of {row['interview_id']!r}")


def _chunks(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[first : first + _CHUNK] for first in range(0, len(values), _CHUNK)]
