"""What another server's change feed tells, into the tables of a mirror: content under the ids that it has there.

Items come in the order of their newest changes, each as it was when it was read, so an item may name what comes later,
or have a slug that something else has given up and is told to have done so later. Both are stored so that what comes
later puts it right.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field
from sqlmodel import SQLModel, col

from app.errors import MirrorError
from app.loading.documents import DocumentTurn, DocumentWriter
from app.loading.history import all_texts, reclaim_names, supersede_changes
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
    Topic,
    Transcript,
    Turn,
    table_of,
)
from app.queries.change_data import OF_INTERVIEW, PAST_OF_INTERVIEW, REFERENCES, mirrored_columns

Row = dict[str, Any]
Slugged = type[Interview] | type[Speaker] | type[Topic]
_AT_A_TIME = 500
_ANOTHER_VERSION = "it may run another version of Quoth"


@dataclass(frozen=True)
class FeedItem:
    """One item of a change feed. `data` are its rows, by table; None where it is stored with its interview."""

    noun: str
    id: str
    action: ChangeAction
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)]
    modified: datetime.datetime
    reason: str | None
    replaced_by: list[str] | None
    data: Mapping[str, Any] | None


def begin_mirror(connection: sa.Connection, origin: str) -> None:
    """Make an empty database the mirror of a server, or make sure that it is that already.

    Raises:
        MirrorError: it holds something else.
    """
    stored = connection.execute(sa.select(col(Mirror.origin))).scalar()
    if stored is None:
        if connection.execute(sa.select(col(Revision.number)).limit(1)).first() is not None:
            raise MirrorError("the database has content of its own; mirror into an empty one")
        connection.execute(sa.insert(Mirror).values(origin=origin, cursor=""))
    elif stored != origin:
        raise MirrorError(f"the database mirrors {stored}, not {origin}; mirror into another one")


def mirrored_to(connection: sa.Connection, origin: str) -> str | None:
    """Return the cursor that a mirror stands at; None where nothing has been stored yet."""
    cursor: str | None = connection.execute(sa.select(col(Mirror.cursor)).where(col(Mirror.origin) == origin)).scalar()
    return cursor or None


def missing_sources(connection: sa.Connection, items: Sequence[FeedItem]) -> set[str]:
    """Return the SHA-256 of those source files that items refer to and that are not stored yet."""
    alive = [one for one in items if one.noun == "interview" and one.action is not ChangeAction.DELETED]
    wanted = {
        str(row.get("sha256")) for one in alive for row in _list(one.data, "transcript") if not row.get("withheld")
    }
    return wanted - _stored(connection, col(Transcript.sha256), sorted(wanted))


def replay(
    connection: sa.Connection,
    origin: str,
    items: Sequence[FeedItem],
    sources: Mapping[str, bytes],
    at: str | None,
    then: str,
) -> None:
    """Store items in their order, with the source files that are not stored yet, and the cursor that comes after them.

    Raises:
        MirrorError: an item is not what a change feed tells, a file is missing or another one than its SHA-256 says, or
            the mirror does not stand at the cursor `at` any more.
    """
    if mirrored_to(connection, origin) != at:
        raise MirrorError("another process has gone on with this mirror; nothing was stored here")
    for digest, content in sources.items():
        if hashlib.sha256(content).hexdigest() != digest:
            raise MirrorError(f"the source file {digest} arrived with other content")
    with DocumentWriter(connection) as documents:
        replaying = _Replay(connection, documents, sources)
        for one in items:
            try:
                replaying.store(one)
            except (sa.exc.IntegrityError, sa.exc.DataError) as error:
                reason = f"the {one.noun} {one.id!r} as {origin} tells it cannot be stored: {error.orig}"
                raise MirrorError(reason) from error
    _record(connection, items)
    connection.execute(sa.update(Mirror).where(col(Mirror.origin) == origin).values(cursor=then))


def _record(connection: sa.Connection, items: Sequence[FeedItem]) -> None:
    """Write down the changes: of the items themselves, and those that revisions of interviews are told with."""
    changes: dict[tuple[Any, Any], Row] = {}
    for one in items:
        if one.noun == "interview":
            changes |= {(row["revision"], row["item_id"]): row for row in rows_of(one, Change)}
    newest: list[Row] = [
        {
            "revision": one.revision,
            "item_id": one.id,
            "noun": one.noun,
            "action": one.action,
            "replaced_by": one.replaced_by,
        }
        for one in items
    ]
    changes |= {(row["revision"], row["item_id"]): row for row in newest}
    made = {one.revision: {"made_at": one.modified, "reason": one.reason} for one in items}
    for number in sorted(made.keys() - _stored(connection, col(Revision.number), made)):
        connection.execute(sa.insert(Revision).values(number=number, **made[number]))
    places = sa.tuple_(col(Change.revision), col(Change.item_id))
    stored: set[Any] = set()
    for some in _chunks(list(changes)):
        stored.update(tuple(row) for row in connection.execute(sa.select(*places.clauses).where(places.in_(some))))
    if missing := [row for place, row in changes.items() if place not in stored]:
        connection.execute(sa.insert(Change), missing)
    supersede_changes(connection, {row["item_id"] for row in changes.values()})


def _stored(connection: sa.Connection, column: Any, values: Iterable[Any]) -> set[Any]:
    found: set[Any] = set()
    for some in _chunks(list(values)):
        found.update(connection.execute(sa.select(column).where(column.in_(some))).scalars())
    return found


class _Replay:
    """Items on their way into the tables."""

    def __init__(self, connection: sa.Connection, documents: DocumentWriter, sources: Mapping[str, bytes]) -> None:
        self._connection, self._documents, self._sources = connection, documents, sources

    def store(self, one: FeedItem) -> None:
        """Store one item, or take it out."""
        nouns: dict[str, tuple[Callable[[FeedItem], None], Callable[[FeedItem], None]]] = {
            "interview": (self._store_interview, self._remove_interview),
            "question": (self._store_topics_of_question, _nothing),
            "answer": (_nothing, _nothing),
            "speaker": (self._store_speaker, self._remove_speaker),
            "topic": (self._store_topic, self._remove_topic),
        }
        if one.noun not in nouns:
            raise MirrorError(f"the feed tells of a {one.noun!r}, which this version does not know")
        stores, removes = nouns[one.noun]
        (removes if one.action is ChangeAction.DELETED else stores)(one)
        if one.noun in {"interview", "speaker", "topic"}:
            self._store_former_names(one)

    def _store_interview(self, one: FeedItem) -> None:
        [interview] = rows_of(one, Interview)
        if interview["id"] != one.id:
            raise MirrorError(f"the data of the interview {one.id!r} are those of {interview['id']!r}")
        transcripts = rows_of(one, Transcript)
        rows = {table: rows_of(one, table) for table in OF_INTERVIEW}
        topics, speakers = rows_of(one, QuestionTopic), rows_of(one, Speaker)
        _check_owner(one, (*transcripts, *(row for some in rows.values() for row in some)))
        self._name_topics(one)
        for speaker in speakers:
            self._upsert(Speaker, "speaker", speaker)
        self._clear_interview(one.id)
        self._upsert(Interview, "interview", interview)
        self._store_past(one)
        self._store_transcripts(one.id, transcripts)
        for table in OF_INTERVIEW:
            self._insert(table, rows[table])
        self._insert(QuestionTopic, topics)
        turns = sorted(rows[Turn], key=lambda row: int(row["position"]))
        said = (
            DocumentTurn(row["id"], row["kind"], row["text"], row["question_id"], row["answer_id"]) for row in turns
        )
        self._documents.add(one.id, interview["title"], interview["language"], said)

    def _clear_interview(self, interview_id: str) -> None:
        self._documents.remove(interview_id, forget=all_texts(self._connection, interview_id))
        mine = sa.select(col(Question.id)).where(col(Question.interview_id) == interview_id)
        self._connection.execute(sa.delete(QuestionTopic).where(col(QuestionTopic.question_id).in_(mine)))
        for table in reversed(OF_INTERVIEW):
            self._connection.execute(sa.delete(table).where(table_of(table).c.interview_id == interview_id))

    def _store_past(self, one: FeedItem) -> None:
        """Store when and why an interview was revised, and what it was before. Changes are recorded with the rest.

        Something else of such a revision may have come before the interview.
        """
        rows = rows_of(one, Revision)
        past = {table: rows_of(one, table) for table in PAST_OF_INTERVIEW}
        _check_owner(one, (*rows, *(row for some in past.values() for row in some)))
        stored = _stored(self._connection, col(Revision.number), [row["number"] for row in rows])
        for row in rows:
            if row["number"] in stored:
                met = sa.update(Revision).where(col(Revision.number) == row["number"])
                self._connection.execute(met.values(**row))
        self._insert(Revision, [row for row in rows if row["number"] not in stored])
        for table, kept in past.items():
            self._connection.execute(sa.delete(table).where(table_of(table).c.interview_id == one.id))
            self._insert(table, kept)

    def _store_transcripts(self, interview_id: str, rows: Sequence[Row]) -> None:
        """Store what is not stored yet; the same file may be that of another interview or revision."""
        of_interview = col(Transcript.interview_id) == interview_id
        columns = (col(Transcript.id), col(Transcript.sha256))
        stored = {row.id: row.sha256 for row in self._connection.execute(sa.select(*columns).where(of_interview))}
        told = {row["id"] for row in rows}
        for gone in stored.keys() - told:
            self._connection.execute(sa.delete(Transcript).where(col(Transcript.id) == gone))
        for row in rows:
            if row["withheld"]:
                same_bytes = sa.update(Transcript).where(col(Transcript.sha256) == row["sha256"])
                self._connection.execute(same_bytes.values(content=b"", withheld=True))
            if stored.get(row["id"]) == row["sha256"]:
                known = sa.update(Transcript).where(col(Transcript.id) == row["id"])
                self._connection.execute(known.values(**row))
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

    def _remove_interview(self, one: FeedItem) -> None:
        self._clear_interview(one.id)
        self._store_past(one)
        self._connection.execute(sa.delete(Transcript).where(col(Transcript.interview_id) == one.id))
        self._connection.execute(sa.delete(Interview).where(col(Interview.id) == one.id))

    def _store_topics_of_question(self, one: FeedItem) -> None:
        """Store the topics on a question; one that is not there comes with its interview, as it will be then."""
        topics = rows_of(one, QuestionTopic)
        if any(row["question_id"] != one.id for row in topics):
            raise MirrorError(f"the data of the question {one.id!r} have a row of another one")
        is_here = sa.select(col(Question.id)).where(col(Question.id) == one.id)
        if self._connection.execute(is_here).first() is None:
            return
        self._name_topics(one)
        self._connection.execute(sa.delete(QuestionTopic).where(col(QuestionTopic.question_id) == one.id))
        self._insert(QuestionTopic, topics)

    def _store_speaker(self, one: FeedItem) -> None:
        [row] = rows_of(one, Speaker)
        self._upsert(Speaker, "speaker", row)

    def _remove_speaker(self, one: FeedItem) -> None:
        self._connection.execute(sa.update(Question).where(col(Question.asked_by) == one.id).values(asked_by=None))
        for table in (Answer, Turn):
            column = table_of(table).c.speaker_id
            self._connection.execute(sa.update(table).where(column == one.id).values(speaker_id=None))
        self._connection.execute(sa.delete(Contribution).where(col(Contribution.speaker_id) == one.id))
        self._connection.execute(sa.delete(Speaker).where(col(Speaker.id) == one.id))

    def _store_topic(self, one: FeedItem) -> None:
        [row] = rows_of(one, Topic)
        self._name_topics(one)
        self._upsert(Topic, "topic", row)

    def _remove_topic(self, one: FeedItem) -> None:
        self._connection.execute(sa.delete(QuestionTopic).where(col(QuestionTopic.topic_id) == one.id))
        self._connection.execute(sa.update(Topic).where(col(Topic.broader_id) == one.id).values(broader_id=None))
        self._connection.execute(sa.delete(Topic).where(col(Topic.id) == one.id))

    def _name_topics(self, one: FeedItem) -> None:
        """Make room for topics that an item refers to and that come later themselves."""
        named = {str(row.get("id")): row for row in _list(one.data, REFERENCES)}
        known = set(self._connection.execute(sa.select(col(Topic.id)).where(col(Topic.id).in_(named))).scalars())
        for topic_id in sorted(named.keys() - known):
            row = named[topic_id]
            first = {"id": topic_id, "slug": row.get("slug"), "label": row.get("label")}
            self._upsert(Topic, "topic", {**first, "labels": [], "exact_match": []})

    def _upsert(self, table: Slugged, noun: str, row: Row) -> None:
        """Store a row under its id. Whoever has its slug has given it up, and comes later under another one."""
        others = sa.update(table).where(col(table.slug) == row["slug"], col(table.id) != row["id"])
        # No slug has a tilde.
        self._connection.execute(others.values(slug=col(table.id) + "~"))
        reclaim_names(self._connection, noun, [row["slug"]])
        known = self._connection.execute(sa.update(table).where(col(table.id) == row["id"]).values(**row))
        if not known.rowcount:
            self._connection.execute(sa.insert(table).values(**row))

    def _store_former_names(self, one: FeedItem) -> None:
        names = rows_of(one, FormerName)
        mine = sa.and_(col(FormerName.noun) == one.noun, col(FormerName.item_id) == one.id)
        self._connection.execute(sa.delete(FormerName).where(mine))
        if any((row["noun"], row["item_id"]) != (one.noun, one.id) for row in names):
            raise MirrorError(f"the data of the {one.noun} {one.id!r} have a name of another one")
        reclaim_names(self._connection, one.noun, [row["name"] for row in names])
        self._insert(FormerName, names)

    def _insert(self, table: type[SQLModel], rows: Sequence[Row]) -> None:
        if rows:
            self._connection.execute(sa.insert(table), rows)


def _nothing(_one: FeedItem) -> None:
    """Words of questions and answers are stored, and taken out, with their interview."""


def _check_owner(one: FeedItem, rows: Iterable[Row]) -> None:
    for row in rows:
        if row["interview_id"] != one.id:
            raise MirrorError(f"the data of the interview {one.id!r} have a row of {row['interview_id']!r}")


def _list(data: Mapping[str, Any] | None, key: str) -> list[Any]:
    found = (data or {}).get(key)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise MirrorError(f"the feed tells an item without {key!r}; {_ANOTHER_VERSION}")
    return found


def rows_of(one: FeedItem, table: type[SQLModel]) -> list[Row]:
    """Take the rows of a table out of an item's data, each value in the type of its column."""
    columns = {column.name: column for column in mirrored_columns(table)}
    rows = _list(one.data, table_of(table).name)
    if one.noun == table_of(table).name and len(rows) != 1:
        raise MirrorError(f"the data of the {one.noun} {one.id!r} have {len(rows)} rows of it instead of one")
    for row in rows:
        if row.keys() != columns.keys():
            names = ", ".join(sorted(row.keys() ^ columns.keys()))
            raise MirrorError(
                f"the feed and this version differ in what a {one.noun} has ({names}); {_ANOTHER_VERSION}"
            )
    return [{name: _value(columns[name], value) for name, value in row.items()} for row in rows]


def _value(column: sa.Column[Any], value: Any) -> Any:
    """Turn what JSON has into what a column takes.

    Raises:
        MirrorError: it is of another type.
    """
    kind = column.type
    if value is None and column.nullable:
        return None
    if isinstance(kind, sa.JSON):
        return value
    if isinstance(kind, sa.Enum):
        words: type[StrEnum] | None = kind.enum_class  # type: ignore[assignment]  # every enumeration here is of words
        if words is not None and value in list(words):
            return words(value)
    else:
        wanted = (kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind).python_type
        try:
            if issubclass(wanted, datetime.datetime):
                return datetime.datetime.fromisoformat(value).astimezone(datetime.UTC)
            if issubclass(wanted, datetime.date):
                return datetime.date.fromisoformat(value)
        except (TypeError, ValueError):
            pass
        else:
            if type(value) is wanted or (wanted is float and type(value) is int):
                return value
    raise MirrorError(f"the feed tells {str(value)[:80]!r} as {column.table.name}.{column.name}, which it cannot be")


def _chunks(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[first : first + _AT_A_TIME] for first in range(0, len(values), _AT_A_TIME)]
