"""Reads the document of an interview that is held back: the rows that it had in the tables, and its source files."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.loading.feed_item import Row, read_rows
from app.models import Change, Embargo, Interview, InterviewStatements, QuestionTopic, Transcript, Turn
from app.queries.change_data import REFERENCES, kept_columns
from app.queries.held import read_document

HELD_COLUMNS: tuple[Any, ...] = tuple(
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


def held_named(connection: sa.Connection, name: str) -> Any:
    """Return the embargo of an interview, given by slug or id, or None."""
    called = sa.or_(col(Embargo.slug) == name, col(Embargo.interview_id) == name)
    return connection.execute(sa.select(*HELD_COLUMNS).where(called)).first()


def held_with_item(connection: sa.Connection, name: str) -> Any:
    """Return the embargo of an interview, given by slug or id, or by the id of an item that it could have; or None."""
    return held_named(connection, name) or held_named(connection, name.rpartition("-")[0])


def is_published(connection: sa.Connection, interview_id: str) -> bool:
    """Whether an interview that is held back was published before."""
    changes = sa.select(col(Change.item_id)).where(col(Change.item_id) == interview_id).limit(1)
    return connection.execute(changes).first() is not None


@dataclass(frozen=True)
class HeldDocument:
    """The document of an embargo: rows by table, and source files by transcript id.

    `since` is the revision of the corpus over which its own revisions are only in this document: they were made while
    it was held back. None where there are none.
    """

    id: str
    data: Mapping[str, Any]
    files: Mapping[str, str]
    since: int | None = None

    def rows(self, table: type[SQLModel]) -> list[Row]:
        """Return the rows of a table, each value in the type of its column."""
        return read_rows("interview", self.id, self.data, table, kept_columns)

    def content_of(self, transcript_id: str) -> bytes:
        """Return the bytes of a source file."""
        return base64.b64decode(self.files[transcript_id])

    @cached_property
    def interview(self) -> Any:
        """The row of the interview."""
        [row] = self.rows(Interview)
        return SimpleNamespace(**row)

    @cached_property
    def turns(self) -> list[Any]:
        """The rows of its turns, in their order."""
        return [SimpleNamespace(**row) for row in sorted(self.rows(Turn), key=lambda row: int(row["position"]))]

    @cached_property
    def file(self) -> Any:
        """The row of the file that it was read from, with the bytes."""
        newest = max(self.rows(Transcript), key=lambda row: int(row["revision"]))
        return SimpleNamespace(**newest, content=self.content_of(newest["id"]))

    @cached_property
    def versions(self) -> list[Any]:
        """The rows of the versions of what is stated of it, the first one first."""
        rows = sorted(self.rows(InterviewStatements), key=lambda row: int(row["version"]))
        return [SimpleNamespace(**row) for row in rows]

    @cached_property
    def topics(self) -> list[Any]:
        """The rows of the topics on its questions, each with the slug of the topic."""
        slugs = {row["id"]: row["slug"] for row in self.data[REFERENCES]}
        return [SimpleNamespace(**row, slug=slugs[row["topic_id"]]) for row in self.rows(QuestionTopic)]


def held_document(connection: sa.Connection, held: Any) -> HeldDocument:
    """Return the document of an interview that is held back, given its embargo."""
    content = sa.select(col(Embargo.content)).where(col(Embargo.interview_id) == held.interview_id)
    document = read_document(connection.execute(content).scalar_one())
    return HeldDocument(held.interview_id, document["rows"], document["files"], document.get("since"))
