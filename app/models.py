"""The tables. XFields holds the columns that are public as they stand, written once; X(XFields, table=True) adds
keys and derived columns. Ids are text, stable, and the same wherever the same file was first imported.
"""

import datetime
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from app.structure.pairing import Attribution, Role
from app.text.dates import EARLIEST, LATEST
from app.topics.concepts import Method
from app.transcripts.transcript import TurnKind

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING

# Text is compared and ordered by code point on both engines, so that pages are the same on both.
Exact = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

E = TypeVar("E", bound=StrEnum)


def _words(enumeration: type[E], name: str) -> sa.Enum:
    """Store an enumeration as its words with a check, not as a native type: those outlive their table."""
    return sa.Enum(
        enumeration,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


class TopicState(StrEnum):
    """Whether an editor has agreed to a topic on a question."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"
    REJECTED = "rejected"


class TopicOrigin(StrEnum):
    """Where a topic on a question comes from."""

    EDITOR = "editor"
    VOCABULARY_MATCH = "vocabulary_match"
    SUGGESTION = "suggestion"


class ChangeAction(StrEnum):
    """What a change did to an item."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"


class InterviewFields(SQLModel):
    """An interview's public columns."""

    slug: str = Field(sa_type=Exact, unique=True, description="Name in addresses.")
    title: str = Field(sa_type=Exact, description="Title, or a description where the source has none.")
    language: str | None = Field(default=None, sa_type=Exact, description="Language, a BCP 47 tag.")
    language_attribution: Attribution = Field(
        default=Attribution.UNKNOWN,
        sa_type=_words(Attribution, "language_attribution"),
        description="How the language is known: stated, or inferred from the words.",
    )
    published: str | None = Field(
        default=None,
        sa_type=Exact,
        description="Publication date as far as it is known: YYYY, YYYY-MM or YYYY-MM-DD (EDTF level 0).",
    )
    publisher: str | None = Field(default=None, sa_type=Exact, description="Who published the interview.")
    series: str | None = Field(default=None, sa_type=Exact, description="Series, show or column.")
    source_url: str | None = Field(
        default=None, sa_type=Exact, description="Canonical address of the publication, tracking parameters removed."
    )


class Interview(InterviewFields, table=True):
    """One conversation."""

    __table_args__ = (
        sa.CheckConstraint("published_earliest <= published_latest", name="published_range"),
        sa.CheckConstraint("revision >= 1", name="revision_positive"),
        sa.Index(None, "published_earliest", "id", unique=True),
        sa.Index(None, "undated", "published_earliest", "id", unique=True),
        sa.Index(None, "title", "id", unique=True),
        # For each filter every order that an index can settle: what is common is walked, what is rare is found.
        *(
            sa.Index(None, filtered, *order, unique=True)
            for filtered in ("publisher", "series", "language")
            for order in (("published_earliest", "id"), ("undated", "published_earliest", "id"), ("title", "id"))
        ),
        sa.Index(None, "modified_at", "id"),
    )

    id: str = Field(primary_key=True, sa_type=Exact)
    published_earliest: datetime.date = Field(default=EARLIEST)
    published_latest: datetime.date = Field(default=LATEST)
    # Whether nobody states a date. Such interviews come last whichever way they are sorted.
    undated: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    published_evidence: str | None = Field(default=None, sa_type=Exact)
    source_url_as_printed: str | None = Field(default=None, sa_type=Exact)
    summary: str | None = Field(default=None, sa_type=Exact)
    rights: str | None = Field(default=None, sa_type=Exact)
    revision: int
    modified_at: datetime.datetime
    # How many of each have ever been numbered here: the number in an id is never given out again.
    turns_numbered: int
    questions_numbered: int
    answers_numbered: int
    speakers_numbered: int


class Transcript(SQLModel, table=True):
    """One source file as received; the newest one of an interview is the one that its turns refer to."""

    __table_args__ = (
        sa.UniqueConstraint("interview_id", "revision"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256_length"),
        sa.Index(None, "sha256"),
    )

    id: str = Field(primary_key=True, sa_type=Exact)
    interview_id: str = Field(foreign_key="interview.id", sa_type=Exact)
    revision: int
    format: str = Field(sa_type=Exact)
    encoding: str = Field(sa_type=Exact)
    file_name: str = Field(sa_type=Exact)
    sha256: str = Field(sa_type=Exact)
    # How it was read, with its metadata: the same bytes under other metadata, or read better, are a change.
    reading_sha256: str = Field(sa_type=Exact)
    content: bytes
    report: dict[str, Any] = Field(sa_type=Json)
    # Whether the bytes are not kept, because there are words in them that were redacted; their SHA-256 stays.
    withheld: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})


class SpeakerFields(SQLModel):
    """A speaker's public columns."""

    slug: str = Field(sa_type=Exact, unique=True, description="Name in addresses.")
    name: str | None = Field(
        default=None, sa_type=Exact, description="Name as the source states it; null for somebody it does not name."
    )


class Speaker(SpeakerFields, table=True):
    """A person, or a known unknown such as the interviewee of one interview."""

    __table_args__ = (sa.Index(None, "name", "id"),)

    id: str = Field(primary_key=True, sa_type=Exact)
    aliases: list[str] = Field(sa_type=Json)
    same_as: list[str] = Field(sa_type=Json)


class Contribution(SQLModel, table=True):
    """A speaker's part in one interview."""

    __table_args__ = (
        sa.UniqueConstraint("interview_id", "position"),
        sa.Index(None, "speaker_id", "role", "interview_id"),
        sa.Index(None, "role", "interview_id"),
    )

    interview_id: str = Field(primary_key=True, foreign_key="interview.id", sa_type=Exact)
    speaker_id: str = Field(primary_key=True, foreign_key="speaker.id", sa_type=Exact)
    position: int
    role: Role = Field(sa_type=_words(Role, "role"))
    role_attribution: Attribution = Field(sa_type=_words(Attribution, "role_attribution"))
    attribution: Attribution = Field(sa_type=_words(Attribution, "attribution"))
    affiliation: str | None = Field(default=None, sa_type=Exact)
    labels: list[str] = Field(sa_type=Json)


class Question(SQLModel, table=True):
    """A question as asked, the head of an exchange. Its words are its turns."""

    __table_args__ = (
        sa.UniqueConstraint("interview_id", "position"),
        sa.Index(None, "position", "interview_id", unique=True),
        sa.Index(None, "asked_by"),
    )

    id: str = Field(primary_key=True, sa_type=Exact)
    interview_id: str = Field(foreign_key="interview.id", sa_type=Exact)
    position: int
    asked_by: str | None = Field(default=None, foreign_key="speaker.id", sa_type=Exact)
    # Counts the versions of its own words and structure, from 1; and which revision of the interview brought this one.
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    revised_in: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    # The version of the vocabulary that topics were last suggested from; null for a question that is new or reread.
    suggested_from: str | None = Field(default=None, sa_type=Exact)


class Answer(SQLModel, table=True):
    """One speaker's answer to one question. Its words are its turns."""

    __table_args__ = (
        sa.UniqueConstraint("question_id", "position"),
        sa.Index(None, "interview_id"),
        sa.Index(None, "speaker_id", "question_id"),
    )

    id: str = Field(primary_key=True, sa_type=Exact)
    interview_id: str = Field(foreign_key="interview.id", sa_type=Exact)
    question_id: str = Field(foreign_key="question.id", sa_type=Exact)
    position: int
    speaker_id: str | None = Field(default=None, foreign_key="speaker.id", sa_type=Exact)
    # As of a question.
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    revised_in: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class Turn(SQLModel, table=True):
    """One speaker until the next, verbatim, with its place in the source."""

    __table_args__ = (
        sa.UniqueConstraint("interview_id", "position"),
        sa.CheckConstraint("source_start <= source_end", name="source_range"),
        sa.CheckConstraint("start_ms >= 0", name="start_positive"),
        sa.CheckConstraint("answer_id IS NULL OR question_id IS NOT NULL", name="answer_has_question"),
        sa.Index(None, "question_id", "position"),
        sa.Index(None, "answer_id"),
        sa.Index(None, "speaker_id"),
    )

    id: str = Field(primary_key=True, sa_type=Exact)
    interview_id: str = Field(foreign_key="interview.id", sa_type=Exact)
    position: int
    kind: TurnKind = Field(sa_type=_words(TurnKind, "kind"))
    speaker_id: str | None = Field(default=None, foreign_key="speaker.id", sa_type=Exact)
    speaker_label: str | None = Field(default=None, sa_type=Exact)
    text: str = Field(sa_type=Exact)
    start_ms: int | None = None
    end_ms: int | None = None
    source_start: int
    source_end: int
    # [text_start, text_end, source_start, source_end] of each run; null where the text is one slice of the source.
    segments: list[list[int]] | None = Field(default=None, sa_type=Json)
    # {"start", "end", "reason", "redacted_at"} of each passage that was taken out of the text, in code points of it.
    redactions: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    question_id: str | None = Field(default=None, foreign_key="question.id", sa_type=Exact)
    answer_id: str | None = Field(default=None, foreign_key="answer.id", sa_type=Exact)


class TopicFields(SQLModel):
    """A topic's public columns."""

    slug: str = Field(sa_type=Exact, unique=True, description="Name in addresses.")
    label: str = Field(sa_type=Exact, description="Preferred label.")


class Topic(TopicFields, table=True):
    """A concept in a hierarchy."""

    __table_args__ = (
        sa.CheckConstraint("broader_id <> id", name="not_its_own_broader"),
        sa.Index(None, "broader_id"),
        sa.Index(None, "label", "id", unique=True),
    )

    id: str = Field(primary_key=True, sa_type=Exact)
    definition: str | None = Field(default=None, sa_type=Exact)
    broader_id: str | None = Field(default=None, foreign_key="topic.id", sa_type=Exact)
    # The concept's own name where it comes from, and its code there.
    uri: str | None = Field(default=None, sa_type=Exact)
    notation: str | None = Field(default=None, sa_type=Exact)
    # Every label, the shown one first: {"kind": ..., "language": ..., "text": ...}.
    labels: list[dict[str, Any]] = Field(sa_type=Json)
    exact_match: list[str] = Field(sa_type=Json)


class QuestionTopic(SQLModel, table=True):
    """A topic on a question: who says so, how sure, and from which words."""

    __tablename__ = "question_topic"
    __table_args__ = (
        sa.CheckConstraint("confidence >= 0 AND confidence <= 1", name="confidence_range"),
        sa.Index(None, "topic_id", "state", "question_id"),
    )

    question_id: str = Field(primary_key=True, foreign_key="question.id", sa_type=Exact)
    topic_id: str = Field(primary_key=True, foreign_key="topic.id", sa_type=Exact)
    origin: TopicOrigin = Field(sa_type=_words(TopicOrigin, "origin"))
    state: TopicState = Field(sa_type=_words(TopicState, "state"))
    # How a suggestion was found and from which version of the vocabulary; null for what an editor states.
    method: Method | None = Field(default=None, sa_type=_words(Method, "method"))
    vocabulary: str | None = Field(default=None, sa_type=Exact)
    confidence: float | None = None
    # What speaks for the topic, as in `app.topics.evidence`.
    evidence: list[dict[str, Any]] = Field(sa_type=Json)


class TopicQuestion(SQLModel, table=True):
    """A question under a topic that finds it: one of its confirmed topics (`own`), or one above these.

    Derived, and kept in step by triggers, so that a topic with everything below it is one range of an index, in the
    order of dates: what is asked most costs no walk of the hierarchy, and no more for a topic that is common.
    """

    __tablename__ = "topic_question"
    __table_args__ = (
        sa.Index("ix_topic_question_newest", "topic_id", "published_earliest", "interview_id"),
        sa.Index("ix_topic_question_oldest", "topic_id", "undated", "published_earliest", "interview_id"),
        {"sqlite_with_rowid": False},
    )

    question_id: str = Field(primary_key=True, sa_type=Exact)
    topic_id: str = Field(primary_key=True, sa_type=Exact)
    own: bool
    # As of the interview.
    undated: bool
    published_earliest: datetime.date
    interview_id: str = Field(sa_type=Exact)


class TopicCount(SQLModel, table=True):
    """A part of how many questions are under a topic, and how many of these have the very topic; the sum counts.

    Kept in step with `topic_question` by triggers. PostgreSQL has several parts, SQLite one.
    """

    __tablename__ = "topic_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    topic_id: str = Field(primary_key=True, foreign_key="topic.id", ondelete="CASCADE", sa_type=Exact)
    part: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    questions: int
    own: int


class SearchDocument(SQLModel, table=True):
    """What a question, or a turn that belongs to none, can be found by: its terms, as app.terms makes them.

    A full-text index over these columns, search_index, is kept in step by triggers. Higher numbers are newer.
    """

    __tablename__ = "search_document"
    __table_args__ = (
        sa.CheckConstraint("(question_id IS NULL) <> (turn_id IS NULL)", name="one_item"),
        sa.Index(None, "interview_id"),
    )

    number: int | None = Field(default=None, primary_key=True)
    interview_id: str = Field(foreign_key="interview.id", sa_type=Exact)
    question_id: str | None = Field(default=None, foreign_key="question.id", sa_type=Exact, unique=True)
    turn_id: str | None = Field(default=None, foreign_key="turn.id", sa_type=Exact, unique=True)
    title: str = Field(sa_type=Exact)
    question: str = Field(sa_type=Exact)
    answers: str = Field(sa_type=Exact)


class SearchTerm(SQLModel, table=True):
    """In how many search documents a term is; under the empty term, how many documents there are."""

    __tablename__ = "search_term"
    __table_args__ = ({"sqlite_with_rowid": False},)

    term: str = Field(primary_key=True, sa_type=Exact)
    documents: int


class SearchWord(SQLModel, table=True):
    """A word as it is spoken, folded but with its ending, that some search document has or once had."""

    __tablename__ = "search_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: str = Field(primary_key=True, sa_type=Exact)


class FormerName(SQLModel, table=True):
    """A slug that an item had before: an address with it leads to the item, or says that the item was taken out."""

    __tablename__ = "former_name"
    __table_args__ = (sa.Index(None, "item_id"),)

    noun: str = Field(primary_key=True, sa_type=Exact)
    name: str = Field(primary_key=True, sa_type=Exact)
    # Not a foreign key: history outlives what it tells of.
    item_id: str = Field(sa_type=Exact)


class Revision(SQLModel, table=True):
    """One import that changed something. Append-only; the highest number is the corpus revision."""

    __table_args__ = (sa.Index(None, "interview_id"),)

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    made_at: datetime.datetime
    # Not a foreign key: history outlives what it tells of.
    interview_id: str | None = Field(default=None, sa_type=Exact)
    transcript_id: str | None = Field(default=None, sa_type=Exact)
    reason: str | None = Field(default=None, sa_type=Exact)


class Change(SQLModel, table=True):
    """What one revision did to one item. Append-only, but for the note that a later revision did more to it."""

    __table_args__ = (
        sa.Index(None, "item_id"),
        # The change feed: each item at its newest change, and none of the older ones to step over.
        sa.Index(
            None,
            "revision",
            "item_id",
            unique=True,
            sqlite_where=sa.text("superseded_by IS NULL"),
            postgresql_where=sa.text("superseded_by IS NULL"),
        ),
    )

    revision: int = Field(primary_key=True, foreign_key="revision.number", sa_column_kwargs={"autoincrement": False})
    item_id: str = Field(primary_key=True, sa_type=Exact)
    noun: str = Field(sa_type=Exact)
    action: ChangeAction = Field(sa_type=_words(ChangeAction, "action"))
    # Of an item that was taken out, the ids of what has its words now, where that is known.
    replaced_by: list[str] | None = Field(default=None, sa_type=Json)
    # The revision of the next change of the same item; null for its newest one.
    superseded_by: int | None = None


class PastInterview(SQLModel, table=True):
    """One interview as it was before a correction, whole, as `app.queries.past` reads it. Append-only."""

    __tablename__ = "past_interview"

    # Not foreign keys, here and below: history outlives what it tells of.
    interview_id: str = Field(primary_key=True, sa_type=Exact)
    revision: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    content: dict[str, Any] = Field(sa_type=Json)


class PastItem(SQLModel, table=True):
    """A revision of a question or an answer that is no longer the current one: which revisions of its interview had it,
    the first and the last. Append-only; the current revision stands with the item.
    """

    __tablename__ = "past_item"
    __table_args__ = (sa.CheckConstraint("first_in <= last_in", name="first_before_last"),)

    item_id: str = Field(primary_key=True, sa_type=Exact)
    revision: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    noun: str = Field(sa_type=Exact)
    interview_id: str = Field(sa_type=Exact)
    first_in: int
    last_in: int


class Redaction(SQLModel, table=True):
    """Words that were taken out of an interview, by their fingerprint alone, so that no file brings them back."""

    __table_args__ = (sa.CheckConstraint("length >= 0", name="length_positive"),)

    interview_id: str = Field(primary_key=True, sa_type=Exact)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    # Which revision of the corpus took them out; it has the reason.
    revision: int = Field(foreign_key="revision.number")
    # As in `app.redactions.Fingerprint`; none where the same words were left in other places of the interview.
    length: int
    is_whole: bool
    salt: str = Field(sa_type=Exact)
    pieces: list[Any] = Field(sa_type=Json)


class Withdrawal(SQLModel, table=True):
    """A source file of an interview that was withdrawn: it is not loaded again."""

    __table_args__ = (sa.Index(None, "interview_id"),)

    sha256: str = Field(primary_key=True, sa_type=Exact)
    interview_id: str = Field(sa_type=Exact)
    # Which revision of the corpus took it out; it has the reason.
    revision: int = Field(foreign_key="revision.number")


class Embargo(SQLModel, table=True):
    """An interview that is held back until a time, whole: no other table has anything of it."""

    interview_id: str = Field(primary_key=True, sa_type=Exact)
    until: datetime.datetime
    reason: str | None = Field(default=None, sa_type=Exact)
    slug: str = Field(sa_type=Exact, unique=True)
    # Of the current source file and its reading, so that loading the same again can be told.
    sha256s: list[str] = Field(sa_type=Json)
    reading_sha256: str = Field(sa_type=Exact)
    # Rows by table as in `app.queries.change_data`, as JSON, and the source files.
    content: bytes


class Mirror(SQLModel, table=True):
    """The server that this database follows, and how far; no row in a database that transcripts are loaded into."""

    origin: str = Field(primary_key=True, sa_type=Exact)
    # Where to go on in the origin's change feed.
    cursor: str = Field(sa_type=Exact)


def table_of(model: type[SQLModel]) -> sa.Table:
    """Return the table behind a table class."""
    table: sa.Table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes at run time
    return table
