"""Stores the answers to requests that may be repeated, for a day. Works in the transaction of what is answered."""

import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import KeptAnswer, table_of

KEPT = datetime.timedelta(days=1)


def find_kept_answer(connection: sa.Connection, place: tuple[str, str], now: datetime.datetime) -> Any | None:
    """Find the answer that is kept for a key's prefix and an Idempotency-Key; None if there is none. Answers older than
    a day are deleted.
    """
    forget_old_answers(connection, now)
    prefix, idempotency_key = place
    answers = table_of(KeptAnswer)
    is_it = sa.and_(answers.c.key_prefix == prefix, answers.c.idempotency_key == idempotency_key)
    return connection.execute(sa.select(answers).where(is_it)).first()


def keep_answer(
    connection: sa.Connection,
    place: tuple[str, str],
    request_sha256: str,
    status: int,
    headers: dict[str, str],
    body: bytes,
    now: datetime.datetime,
) -> None:
    """Keep an answer for a key's prefix and an Idempotency-Key."""
    prefix, idempotency_key = place
    row = {
        "key_prefix": prefix,
        "idempotency_key": idempotency_key,
        "request_sha256": request_sha256,
        "status": status,
        "headers": headers,
        "body": body,
        "made_at": now,
    }
    connection.execute(table_of(KeptAnswer).insert(), row)


def has_old_answers(connection: sa.Connection, now: datetime.datetime) -> bool:
    """Tell whether any answer is older than a day."""
    old = sa.select(col(KeptAnswer.key_prefix)).where(_is_old(now)).limit(1)
    return connection.execute(old).first() is not None


def forget_old_answers(connection: sa.Connection, now: datetime.datetime) -> None:
    """Delete the answers that are older than a day."""
    connection.execute(sa.delete(KeptAnswer).where(_is_old(now)))


def drop_kept_bodies(connection: sa.Connection) -> None:
    """Drop what kept answers say: words of it are being taken out. That the requests were done stays known."""
    connection.execute(sa.update(KeptAnswer).values(body=None))


def _is_old(now: datetime.datetime) -> sa.ColumnElement[bool]:
    return col(KeptAnswer.made_at) <= now - KEPT
