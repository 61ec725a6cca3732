"""Revisions, changes and past states; what was taken out or is held back; what a mirror follows.

These tables have no foreign keys to items: history outlives what it is about.
"""

import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.models.columns import Exact, Json, words


class ChangeAction(StrEnum):
    """What a change did to an item."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"


class Origin(StrEnum):
    """From where a change was made; SERVER is what a server does by itself, as when an embargo ends."""

    COMMAND = "command"
    API = "api"
    PAGE = "page"
    SERVER = "server"


class FormerName(SQLModel, table=True):
    """A slug that an item had before: addresses with it redirect to the item, or say that it was deleted."""

    __tablename__ = "former_name"
    __table_args__ = (sa.Index(None, "item_id"),)

    noun: str = Field(primary_key=True, sa_type=Exact)
    name: str = Field(primary_key=True, sa_type=Exact)
    item_id: str = Field(sa_type=Exact)


class Revision(SQLModel, table=True):
    """One write that changed something. Append-only; the highest number is the revision of the corpus."""

    __table_args__ = (sa.Index(None, "interview_id"), sa.Index(None, "made_by", "number"))

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    made_at: datetime.datetime
    interview_id: str | None = Field(default=None, sa_type=Exact)
    transcript_id: str | None = Field(default=None, sa_type=Exact)
    reason: str | None = Field(default=None, sa_type=Exact)
    # Not public; null where it is not known, as in a mirror.
    made_by: str | None = Field(default=None, sa_type=Exact)
    made_from: Origin | None = Field(default=None, sa_type=words(Origin, "origin"))


class Change(SQLModel, table=True):
    """What one revision did to one item. Append-only, except for `superseded_by`."""

    __table_args__ = (
        sa.Index(None, "item_id"),
        # The change feed: the newest change of each item.
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
    action: ChangeAction = Field(sa_type=words(ChangeAction, "action"))
    # Of a deleted item, the ids of the items that have its words now, where known.
    replaced_by: list[str] | None = Field(default=None, sa_type=Json)
    # The revision of the next change of the same item; null for the newest one.
    superseded_by: int | None = None


class PastInterview(SQLModel, table=True):
    """One complete interview as it was before a correction, in the form of `app.queries.past`. Append-only."""

    __tablename__ = "past_interview"

    interview_id: str = Field(primary_key=True, sa_type=Exact)
    revision: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    content: dict[str, Any] = Field(sa_type=Json)


class PastItem(SQLModel, table=True):
    """A superseded revision of a question or an answer, with the first and the last revision of its interview that had
    it. Append-only; the current revision is in Question or Answer.
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
    """Words that were redacted in an interview, as a fingerprint, so that no file brings them back."""

    __table_args__ = (sa.CheckConstraint("length >= 0", name="length_positive"),)

    interview_id: str = Field(primary_key=True, sa_type=Exact)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    # The revision of the corpus that redacted them; it has the reason.
    revision: int = Field(foreign_key="revision.number")
    # As in `app.quotes.redactions.Fingerprint`; no pieces where the same words stay in other places of the interview.
    length: int
    is_whole: bool
    salt: str = Field(sa_type=Exact)
    pieces: list[Any] = Field(sa_type=Json)


class Withdrawal(SQLModel, table=True):
    """A source file of a withdrawn interview, which is not loaded again.

    Of an interview that was held back and never published, no revision tells: what one would say stands here.
    """

    __table_args__ = (sa.Index(None, "interview_id"),)

    sha256: str = Field(primary_key=True, sa_type=Exact)
    interview_id: str = Field(sa_type=Exact)
    # The revision of the corpus that withdrew it; it has the reason.
    revision: int | None = Field(default=None, foreign_key="revision.number")
    slug: str | None = Field(default=None, sa_type=Exact)
    made_at: datetime.datetime | None = None
    made_by: str | None = Field(default=None, sa_type=Exact)
    reason: str | None = Field(default=None, sa_type=Exact)


class Embargo(SQLModel, table=True):
    """A complete interview that is held back until a time; no other table has anything of it."""

    interview_id: str = Field(primary_key=True, sa_type=Exact)
    until: datetime.datetime
    reason: str | None = Field(default=None, sa_type=Exact)
    # When it was last stated and by whom, for an embargo has no revision that could be read; null where not known.
    made_at: datetime.datetime | None = None
    made_by: str | None = Field(default=None, sa_type=Exact)
    made_from: Origin | None = Field(default=None, sa_type=words(Origin, "origin"))
    slug: str = Field(sa_type=Exact, unique=True)
    # Of the source files and the reading, to recognize the same file when it is loaded again.
    sha256s: list[str] = Field(sa_type=Json)
    reading_sha256: str = Field(sa_type=Exact)
    # Compressed JSON: rows by table, in the form of `app.queries.change_data`, and the source files.
    content: bytes


class LoadedFile(SQLModel, table=True):
    """A file that was loaded, and which interview it was, to recognize it when it is loaded again; never given out."""

    __tablename__ = "loaded_file"
    __table_args__ = (sa.Index(None, "interview_id"), sa.Index(None, "words_sha256"))

    # Absolute, without symbolic links.
    path: str = Field(primary_key=True, sa_type=Exact)
    interview_id: str = Field(sa_type=Exact)
    # The revision of the interview when the file was last loaded.
    revision: int
    # Digest of its words, to know it by under another name; null where words have been redacted.
    words_sha256: str | None = Field(default=None, sa_type=Exact)


class Mirror(SQLModel, table=True):
    """The server that this database mirrors; without a row, transcripts can be loaded."""

    origin: str = Field(primary_key=True, sa_type=Exact)
    # Where to continue in the origin's change feed.
    cursor: str = Field(sa_type=Exact)
