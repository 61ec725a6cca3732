"""What editors state of the corpus and of single interviews, over what files tell."""

import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.models.columns import Exact, Json, words


class StatementKind(StrEnum):
    """What a statement says."""

    MERGED = "merged"
    PARTED = "parted"
    DISTINCT = "distinct"


class Statement(SQLModel, table=True):
    """That two speakers are one person or two, or that one speaker is another person in some interviews: who says so,
    when and why. It is in force until it is undone, and never deleted. It names nobody: withdrawn names stay withdrawn.
    """

    __table_args__ = (sa.Index(None, "speaker_id"), sa.Index(None, "other_id"))

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: StatementKind = Field(sa_type=words(StatementKind, "kind"))
    # Who stays: the speaker that the other one is, or from whom the other one was parted. Of two people, either.
    speaker_id: str = Field(sa_type=Exact)
    other_id: str = Field(sa_type=Exact)
    # Of somebody who was parted: the interviews, and whether their name is the editor's and not the files'.
    interviews: list[str] = Field(sa_type=Json)
    is_named: bool
    made_at: datetime.datetime
    made_by: str | None = Field(default=None, sa_type=Exact)
    reason: str | None = Field(default=None, sa_type=Exact)
    undone_at: datetime.datetime | None = None
    undone_by: str | None = Field(default=None, sa_type=Exact)
    undone_reason: str | None = Field(default=None, sa_type=Exact)


class SpeakerReading(SQLModel, table=True):
    """A speaker as the files alone tell of them, and who they are by statements: somebody else, or they themselves with
    others merged into them. Speakers whom no statement in force merges have none.
    """

    __tablename__ = "speaker_reading"
    __table_args__ = (sa.Index(None, "speaker_id"), sa.Index(None, "name"), sa.Index(None, "slug"))

    id: str = Field(primary_key=True, sa_type=Exact)
    speaker_id: str = Field(foreign_key="speaker.id", ondelete="CASCADE", sa_type=Exact)
    slug: str = Field(sa_type=Exact)
    name: str | None = Field(default=None, sa_type=Exact)
    aliases: list[str] = Field(sa_type=Json)
    same_as: list[str] = Field(sa_type=Json)


class InterviewStatements(SQLModel, table=True):
    """A version of what is stated of an interview, by its files and by editors. The newest one is in force.

    `document` has the keys of a metadata file. `in_file` is what the file and its metadata stated when it was last
    loaded: what a later file states in the same words is no newer than what an editor has stated since.
    """

    __tablename__ = "interview_statements"

    interview_id: str = Field(primary_key=True, foreign_key="interview.id", ondelete="CASCADE", sa_type=Exact)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    document: dict[str, Any] = Field(sa_type=Json)
    in_file: dict[str, Any] = Field(sa_type=Json)
    made_at: datetime.datetime
    made_by: str | None = Field(default=None, sa_type=Exact)
    reason: str | None = Field(default=None, sa_type=Exact)
