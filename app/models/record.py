"""Interviews as they are now: source files, speakers, turns, and questions with their answers."""

import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.models.columns import Exact, Json, words
from app.structure.pairing import Attribution, Role
from app.text.dates import EARLIEST, LATEST
from app.transcripts.transcript import TurnKind


class InterviewFields(SQLModel):
    """An interview's public columns."""

    slug: str = Field(sa_type=Exact, unique=True, description="Name in addresses.")
    title: str = Field(sa_type=Exact, description="Title, or a description where the source has none.")
    language: str | None = Field(default=None, sa_type=Exact, description="Language, a BCP 47 tag.")
    language_attribution: Attribution = Field(
        default=Attribution.UNKNOWN,
        sa_type=words(Attribution, "language_attribution"),
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
        # Each order of the list after each filter, so that one range of an index has a page of it.
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
    # Whether no date is stated. Undated interviews come last in either order.
    undated: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    published_evidence: str | None = Field(default=None, sa_type=Exact)
    source_url_as_printed: str | None = Field(default=None, sa_type=Exact)
    summary: str | None = Field(default=None, sa_type=Exact)
    rights: str | None = Field(default=None, sa_type=Exact)
    revision: int
    modified_at: datetime.datetime
    # The highest number in an id given out so far; a number is never given out again.
    turns_numbered: int
    questions_numbered: int
    answers_numbered: int
    speakers_numbered: int


class Transcript(SQLModel, table=True):
    """One source file as received. Turns refer to the newest one of their interview."""

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
    # Digest of the reading and the metadata: the same bytes read in another way are a change.
    reading_sha256: str = Field(sa_type=Exact)
    content: bytes
    report: dict[str, Any] = Field(sa_type=Json)
    # Whether the bytes were deleted because they contain redacted words; their SHA-256 stays.
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
        sa.Index(None, "read_as"),
    )

    interview_id: str = Field(primary_key=True, foreign_key="interview.id", sa_type=Exact)
    speaker_id: str = Field(primary_key=True, foreign_key="speaker.id", sa_type=Exact)
    position: int
    role: Role = Field(sa_type=words(Role, "role"))
    role_attribution: Attribution = Field(sa_type=words(Attribution, "role_attribution"))
    attribution: Attribution = Field(sa_type=words(Attribution, "attribution"))
    affiliation: str | None = Field(default=None, sa_type=Exact)
    labels: list[str] = Field(sa_type=Json)
    # The pages that this interview's files state of them.
    same_as: list[str] = Field(default=[], sa_type=Json, sa_column_kwargs={"server_default": "[]"})
    # Whom the files alone tell of, where a statement says that it is `speaker_id`; see SpeakerReading.
    read_as: str | None = Field(default=None, sa_type=Exact)


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
    # Counts the versions of its own words and structure, from 1; and the revision of the interview with this version.
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    revised_in: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    # The version of the vocabulary that topics were last suggested from; null if the question has changed since.
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
    # Same as in Question.
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
    kind: TurnKind = Field(sa_type=words(TurnKind, "kind"))
    speaker_id: str | None = Field(default=None, foreign_key="speaker.id", sa_type=Exact)
    speaker_label: str | None = Field(default=None, sa_type=Exact)
    text: str = Field(sa_type=Exact)
    start_ms: int | None = None
    end_ms: int | None = None
    source_start: int
    source_end: int
    # [text_start, text_end, source_start, source_end] of each run; null where the text is one slice of the source.
    segments: list[list[int]] | None = Field(default=None, sa_type=Json)
    # {"start", "end", "reason", "redacted_at"} of each redacted passage, in code points of the text.
    redactions: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    question_id: str | None = Field(default=None, foreign_key="question.id", sa_type=Exact)
    answer_id: str | None = Field(default=None, foreign_key="answer.id", sa_type=Exact)
