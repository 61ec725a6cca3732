"""Keys as they are listed, and the one that a secret opens."""

import datetime
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError
from app.models import DeskSession, Key, Scope, table_of

_KEY = re.compile(r"quoth_([0-9a-f]{8})_([0-9a-f]{64})", re.ASCII)
# What the secret of a key that there is not is compared with, so that it takes as long.
_NO_DIGEST = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who asks with a key, and what the key allows."""

    prefix: str
    name: str
    scopes: frozenset[Scope]
    last_used_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """A session of the editor's desk: whose it is, what each of its forms has to bring, and since when its token is
    used.
    """

    holder: KeyHolder
    form_token: str
    token_made_at: datetime.datetime


def find_holder(connection: sa.Connection, key: str, now: datetime.datetime) -> KeyHolder | str:
    """Find who holds a key; or say why it opens nothing. The secret is compared in constant time."""
    parts = _KEY.fullmatch(key)
    if parts is None:
        return "This is no key: a key is written as quoth_PREFIX_SECRET."
    prefix, secret = parts.groups()
    row = connection.execute(sa.select(table_of(Key)).where(col(Key.prefix) == prefix)).first()
    digest = hashlib.sha256(secret.encode()).hexdigest()
    is_right = hmac.compare_digest(digest, _NO_DIGEST if row is None else row.secret_sha256)
    if row is None or not is_right:
        return "There is no such key."
    if row.revoked_at is not None:
        return f"The key {prefix} has been revoked."
    if row.expires_at is not None and row.expires_at <= now:
        return f"The key {prefix} has expired."
    return _holder(row)


def _holder(row: Any) -> KeyHolder:
    return KeyHolder(row.prefix, row.name, frozenset(_known(row.scopes)), row.last_used_at)


def _known(scopes: Iterable[str]) -> list[Scope]:
    """Return the scopes that there are here: one of a later version, after a downgrade, allows nothing."""
    return [Scope(scope) for scope in scopes if scope in set(Scope)]


def find_session(connection: sa.Connection, token: str, now: datetime.datetime) -> Session | None:
    """Find the session of the desk that has a token, if it and its key are in force."""
    sessions, keys = table_of(DeskSession), table_of(Key)
    digest = hashlib.sha256(token.encode()).hexdigest()
    select = sa.select(sessions.c.form_token, sessions.c.made_at, *_SHOWN).join(
        keys, keys.c.prefix == sessions.c.key_prefix
    )
    # A digest can be looked up: it tells nothing of a token that begins alike.
    is_this = (sessions.c.token_sha256 == digest, sessions.c.expires_at > now, _in_force(now))
    row = connection.execute(select.where(*is_this)).first()
    if row is None:
        return None
    return Session(_holder(row), row.form_token, row[1])


def has_keys(connection: sa.Connection, now: datetime.datetime) -> bool:
    """Tell whether any key is in force."""
    return connection.execute(sa.select(col(Key.prefix)).where(_in_force(now)).limit(1)).first() is not None


def list_keys(connection: sa.Connection) -> list[dict[str, Any]]:
    """List all keys, the newest first, without what is stored of their secrets."""
    select = sa.select(*_SHOWN).order_by(col(Key.made_at).desc(), col(Key.prefix))
    return [_shown(dict(row)) for row in connection.execute(select).mappings()]


def find_key(connection: sa.Connection, prefix: str) -> dict[str, Any]:
    """Find one key by its prefix.

    Raises:
        NotFoundError: there is none.
    """
    row = connection.execute(sa.select(*_SHOWN).where(col(Key.prefix) == prefix)).mappings().first()
    if row is None:
        raise NotFoundError("key", prefix)
    return _shown(dict(row))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "scopes": _known(row["scopes"])}


def _in_force(now: datetime.datetime) -> Any:
    expires = col(Key.expires_at)
    return sa.and_(col(Key.revoked_at).is_(None), sa.or_(expires.is_(None), expires > now))


_SHOWN = [column for column in table_of(Key).columns if column.name != "secret_sha256"]
