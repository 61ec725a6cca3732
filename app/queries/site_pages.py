"""The pages that search engines are shown: of interviews, questions, named speakers and topics, in blocks by key."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Interview, Question, Speaker, Topic

# Rows that are read by one statement.
_ROWS = 2_000
_KEYS: dict[str, Any] = {
    "interviews": col(Interview.id),
    "questions": col(Question.id),
    "speakers": col(Speaker.id),
    "topics": col(Topic.id),
}


@dataclass(frozen=True)
class Block:
    """The pages of a noun whose keys come after `after` and go up to `last`; `number` counts from 1.

    `changed` is when one of them last changed, where that is known.
    """

    noun: str
    number: int
    after: str
    last: str
    changed: datetime.datetime | None


def find_blocks(connection: sa.Connection, size: int) -> list[Block]:
    """Divide the pages into blocks of `size` pages; the last block of a noun may have fewer."""
    blocks = []
    for noun, key in _KEYS.items():
        after, number = "", 1
        while (last := _last_of_block(connection, noun, key, after, size)) is not None:
            blocks.append(Block(noun, number, after, last, _last_change(connection, noun, after, last)))
            after, number = last, number + 1
    return blocks


def read_block(connection: sa.Connection, block: Block) -> Iterator[tuple[str, datetime.datetime | None]]:
    """Yield the name in addresses of each page of a block, and when it last changed, where that is known."""
    key = _KEYS[block.noun]
    after = block.after
    while True:
        select = _select(block.noun, key).where(key > after, key <= block.last).order_by(key).limit(_ROWS)
        rows = connection.execute(select).all()
        for row in rows:
            yield row.name, row.changed
        if len(rows) < _ROWS:
            return
        after = rows[-1].key


def _select(noun: str, key: Any) -> sa.Select[Any]:
    columns: tuple[Any, ...]
    if noun == "questions":
        # A page of a question also shows the interview, and is not older than that.
        columns = (col(Question.id).label("name"), col(Interview.modified_at).label("changed"))
        return sa.select(key.label("key"), *columns).join(Interview, col(Interview.id) == col(Question.interview_id))
    if noun == "interviews":
        columns = (col(Interview.slug).label("name"), col(Interview.modified_at).label("changed"))
        return sa.select(key.label("key"), *columns)
    table = Speaker if noun == "speakers" else Topic
    columns = (col(table.slug).label("name"), sa.null().label("changed"))
    select = sa.select(key.label("key"), *columns)
    return select.where(col(Speaker.name).is_not(None)) if table is Speaker else select


def _last_of_block(connection: sa.Connection, noun: str, key: Any, after: str, size: int) -> str | None:
    """Return the last key of the block that begins after a key; None where there is no more."""
    keys = sa.select(key).where(key > after).order_by(key)
    if noun == "speakers":
        keys = keys.where(col(Speaker.name).is_not(None))
    full = connection.execute(keys.offset(size - 1).limit(1)).scalar()
    if full is not None:
        return str(full)
    rest: str | None = connection.execute(keys.order_by(None).order_by(key.desc()).limit(1)).scalar()
    return rest


def _last_change(connection: sa.Connection, noun: str, after: str, last: str) -> datetime.datetime | None:
    newest = sa.select(sa.func.max(col(Interview.modified_at)))
    if noun == "interviews":
        newest = newest.where(col(Interview.id) > after, col(Interview.id) <= last)
    elif noun == "questions":
        # Ids of questions begin with that of their interview, so those of a block are of a range of interviews.
        newest = newest.where(col(Interview.id) >= _interview_of(after), col(Interview.id) <= _interview_of(last))
    else:
        return None
    changed: datetime.datetime | None = connection.execute(newest).scalar()
    return changed


def _interview_of(question_id: str) -> str:
    return question_id.rpartition("-")[0]
