"""Begins, continues and ends sessions of the editor's desk. Works in the caller's transaction."""

import datetime
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col

from app.loading.keys import digest_of
from app.models import DeskSession, table_of

# A session ends after this time without use, and in any case after this time from its beginning.
IDLE = datetime.timedelta(hours=2)
LONGEST = datetime.timedelta(hours=12)
# A token is replaced when it is older; the old one is still taken for a moment, for requests that are under way.
RENEWED_AFTER = datetime.timedelta(minutes=15)
_STILL_TAKEN = datetime.timedelta(minutes=1)
_TOKEN_BYTES = 32


@dataclass(frozen=True)
class NewToken:
    """The token of a session, which is stored nowhere, and when it ends."""

    token: str
    expires_at: datetime.datetime


def begin_session(connection: sa.Connection, prefix: str, now: datetime.datetime) -> NewToken:
    """Begin a session for the key with a prefix; forget those that are over."""
    connection.execute(sa.delete(DeskSession).where(col(DeskSession.expires_at) <= now))
    return _store(connection, prefix, secrets.token_hex(_TOKEN_BYTES), now, now)


def renew_session(connection: sa.Connection, token: str, now: datetime.datetime) -> NewToken | None:
    """Replace the token of a session; None if there is no such session, or its token has been replaced already."""
    sessions = table_of(DeskSession)
    is_this = sessions.c.token_sha256 == digest_of(token)
    row = connection.execute(sa.select(sessions).where(is_this, sessions.c.expires_at > now + _STILL_TAKEN)).first()
    if row is None:
        return None
    connection.execute(sa.update(DeskSession).where(is_this).values(expires_at=now + _STILL_TAKEN))
    return _store(connection, row.key_prefix, row.form_token, row.signed_in_at, now)


def end_session(connection: sa.Connection, token: str) -> None:
    """End the session that has a token, with the tokens that it had before."""
    form_token = sa.select(col(DeskSession.form_token)).where(col(DeskSession.token_sha256) == digest_of(token))
    found = connection.execute(form_token).scalar()
    connection.execute(sa.delete(DeskSession).where(col(DeskSession.form_token) == found))


def end_sessions(connection: sa.Connection, prefix: str) -> None:
    """End all sessions of a key."""
    connection.execute(sa.delete(DeskSession).where(col(DeskSession.key_prefix) == prefix))


def _store(
    connection: sa.Connection,
    prefix: str,
    form_token: str,
    signed_in_at: datetime.datetime,
    now: datetime.datetime,
) -> NewToken:
    token, expires_at = secrets.token_hex(_TOKEN_BYTES), min(now + IDLE, signed_in_at + LONGEST)
    row = {
        "token_sha256": digest_of(token),
        "key_prefix": prefix,
        "form_token": form_token,
        "signed_in_at": signed_in_at,
        "made_at": now,
        "expires_at": expires_at,
    }
    connection.execute(table_of(DeskSession).insert(), row)
    return NewToken(token, expires_at)
