"""Holds interviews back until a time. Such an interview is only in the table of embargoes, as one document, so that no
query can show any of it. The end of an embargo is a write with a revision of its own.
"""

import datetime
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.author import Author
from app.loading.feed_item import Row
from app.loading.held_documents import HELD_COLUMNS, held_document, held_named
from app.loading.held_work import embargo_row
from app.loading.releasing import store_held
from app.loading.same_speakers import link_released
from app.loading.which_interview import has_words_of, interview_at, other_file
from app.loading.withdrawals import delete_interview, find_named
from app.models import Embargo
from app.queries.held import not_held
from app.structure.prepare import PreparedTranscript

_ALL_HELD = sa.select(*HELD_COLUMNS)


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
        if is_named_so and has_words_of([turn.text for turn in held_document(connection, row).turns], prepared):
            return row
    return None


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
        keep_embargo(connection, row, until, author)
        return HeldInterview(interview.id, interview.slug, until, author.why)
    reason = held.reason if author.why is None else author.why
    of_interview = sa.update(Embargo).where(col(Embargo.interview_id) == held.interview_id)
    connection.execute(of_interview.values(until=until, reason=reason, **author.signature))
    return HeldInterview(held.interview_id, held.slug, until, reason)


def keep_embargo(connection: sa.Connection, row: Row, until: datetime.datetime, author: Author) -> None:
    """Store an interview, as a row that `embargo_row` makes, as one that is held back until a time."""
    values = {name: value for name, value in row.items() if name != "revision"}
    connection.execute(sa.insert(Embargo).values(**values, until=until, reason=author.why, **author.signature))


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
    store_held(connection, held_document(connection, held), author)
    discard(connection, held.interview_id)
    link_released(connection, author, held.interview_id)
    return HeldInterview(held.interview_id, held.slug, held.until, held.reason)


def release_due(connection: sa.Connection, author: Author) -> list[HeldInterview]:
    """End every embargo whose time has come."""
    due = [held for held in list_held(connection) if held.until <= author.when]
    return [release(connection, held.interview_id, author) for held in due]
