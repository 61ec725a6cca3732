"""Works on interviews that are held back: each is put into the tables, so that whatever is done with a published one is
done with it, and taken out again before anybody could see it. Works in the caller's transaction.

What is done so leaves no revision of the corpus, and no change that could be read. While it is held back, an interview
has one revision more than were published, at most, however often it is worked on: its release makes that public.
"""

import base64
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.author import Author
from app.loading.feed_item import Row
from app.loading.held_documents import held_document
from app.loading.history import transcript_id_of
from app.loading.releasing import store_held
from app.models import ChangeAction, Embargo, Revision, Transcript, table_of
from app.queries.change_data import find_change_data, kept_columns

Rows = Mapping[str, Sequence[Row]]


@dataclass
class HeldWork:
    """Work on an interview that is held back. `revision` is that of the interview, once the work is done."""

    revision: int = 0


@contextmanager
def in_tables(connection: sa.Connection, held: Any, author: Author) -> Iterator[None]:
    """Have an interview that is held back, given by its embargo, in the tables for the length of the block, whatever is
    done with it there.
    """
    savepoint = connection.begin_nested()
    try:
        store_held(connection, held_document(connection, held), author, for_work=True)
        yield
    finally:
        savepoint.rollback()


@contextmanager
def worked_on(connection: sa.Connection, held: Any, author: Author) -> Iterator[HeldWork]:
    """Have an interview that is held back, given by its embargo, in the tables for the length of the block; what it is
    then is held back in place of what it was. After an error it is held back as it was.
    """
    work, since = HeldWork(), newest_number(connection)
    published = published_revision(connection, held.interview_id)
    with in_tables(connection, held, author):
        yield work
        row = embargo_row(connection, held.interview_id, since=since, published=published)
    work.revision = row.pop("revision")
    of_interview = sa.update(Embargo).where(col(Embargo.interview_id) == held.interview_id)
    connection.execute(of_interview.values(**row))


def newest_number(connection: sa.Connection) -> int:
    """Return the number of the newest revision of the corpus; 0 if there is none."""
    return int(connection.execute(sa.select(sa.func.max(col(Revision.number)))).scalar() or 0)


def published_revision(connection: sa.Connection, interview_id: str) -> int:
    """Return the newest revision of an interview that was published; 0 if none was."""
    files = sa.select(col(Revision.transcript_id)).where(col(Revision.interview_id) == interview_id)
    published = (one for one in connection.execute(files).scalars() if one is not None)
    return max((int(one.rpartition("-r")[2]) for one in published), default=0)


def embargo_row(
    connection: sa.Connection, interview_id: str, *, since: int | None = None, published: int | None = None
) -> Row:
    """Return an interview as a row of the table of embargoes, with its revision.

    Of one that is held back already, `since` is the revision of the corpus over which its own are not stored, and
    `published` the newest revision of it that was.
    """
    place = SimpleNamespace(noun="interview", item_id=interview_id, action=ChangeAction.CHANGED)
    [found] = find_change_data(connection, [place], kept_columns)
    transcripts = table_of(Transcript)
    files = connection.execute(
        sa.select(transcripts).where(transcripts.c.interview_id == interview_id).order_by(transcripts.c.revision)
    ).all()
    rows: Rows = found or {}
    if published is not None:
        rows = with_one_more(rows, published)
    [interview] = rows["interview"]
    content = {row.revision: base64.b64encode(row.content).decode() for row in files}
    newest = files[-1].revision
    kept = {
        row["id"]: content[newest if row["revision"] == interview["revision"] else row["revision"]]
        for row in rows["transcript"]
    }
    document = {"rows": rows, "files": kept, "since": since}
    return {
        "interview_id": interview_id,
        "slug": interview["slug"],
        "revision": interview["revision"],
        "sha256s": sorted({row["sha256"] for row in rows["transcript"]}),
        "reading_sha256": files[-1].reading_sha256,
        "content": zlib.compress(json.dumps(document, ensure_ascii=False).encode()),
    }


def with_one_more(rows: Rows, published: int) -> Rows:
    """Make one revision of all that an interview has had since the newest one that was published, 0 for none. Nobody
    has seen those between.
    """
    [interview] = rows["interview"]
    now = published + 1
    if interview["revision"] <= published:
        return rows
    file = next(row for row in rows["transcript"] if row["revision"] == interview["revision"])
    items = [{**row, "last_in": min(row["last_in"], published)} for row in rows["past_item"]]
    items = [row for row in items if row["first_in"] <= published]
    seen: dict[str, int] = {}
    for row in items:
        seen[row["item_id"]] = max(row["revision"], seen.get(row["item_id"], 0))

    def renumbered(some: Sequence[Row]) -> list[Row]:
        return [
            {**row, "revision": seen.get(row["id"], 0) + 1, "revised_in": now}
            if row["revised_in"] > published
            else dict(row)
            for row in some
        ]

    return {
        **rows,
        "interview": [{**interview, "revision": now}],
        "transcript": [
            *(row for row in rows["transcript"] if row["revision"] <= published),
            {**file, "id": transcript_id_of(interview["id"], now), "revision": now},
        ],
        "past_interview": [row for row in rows["past_interview"] if row["revision"] <= published],
        "past_item": items,
        "question": renumbered(rows["question"]),
        "answer": renumbered(rows["answer"]),
    }
