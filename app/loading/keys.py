"""Makes keys and revokes them, and notes their use. Works in the caller's transaction."""

import datetime
import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError, ParameterError
from app.models import Key, Scope, table_of

# A key is written as quoth_PREFIX_SECRET, both in hexadecimal digits: 32 bits to recognize it by, and 256 bits.
WORD = "quoth"
_PREFIX_BYTES, _SECRET_BYTES = 4, 32
MOST_CHARACTERS = 100
# How exactly the last use of a key is known.
USE_NOTED = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class NewKey:
    """A key that has just been made. `key` is all of it, which is stored nowhere."""

    key: str
    prefix: str
    name: str
    scopes: list[Scope]
    expires_at: datetime.datetime | None


def make_key(
    connection: sa.Connection,
    name: str,
    scopes: Collection[Scope],
    now: datetime.datetime,
    *,
    made_by: str | None = None,
    expires_at: datetime.datetime | None = None,
) -> NewKey:
    """Make a key and store the hash of its secret.

    Raises:
        ParameterError: the name is empty or too long, no scope is given, or the end is in the past.
    """
    name = name.strip()
    if not name or len(name) > MOST_CHARACTERS or not name.isprintable():
        raise ParameterError("name", f"Name the key in 1 to {MOST_CHARACTERS} characters that can be printed.")
    if not scopes:
        raise ParameterError("scope", f"Say what the key allows: {', '.join(Scope)}.")
    if expires_at is not None and expires_at <= now:
        raise ParameterError("expires", f"{expires_at:%Y-%m-%d %H:%M %Z} is in the past; a key ends in the future.")
    prefix = _free_prefix(connection)
    secret = secrets.token_hex(_SECRET_BYTES)
    ordered = [scope for scope in Scope if scope in scopes]
    row: dict[str, Any] = {
        "prefix": prefix,
        "name": name,
        "secret_sha256": digest_of(secret),
        "scopes": ordered,
        "made_at": now,
        "made_by": made_by,
        "expires_at": expires_at,
    }
    connection.execute(table_of(Key).insert(), row)
    return NewKey(f"{WORD}_{prefix}_{secret}", prefix, name, ordered, expires_at)


def revoke_key(connection: sa.Connection, name: str, now: datetime.datetime) -> Any:
    """Revoke a key, given by its prefix, or by its name where only one key in force has it; return its row. A key that
    is revoked already stays as it is.

    Raises:
        NotFoundError: there is no such key.
        ParameterError: several keys have the name.
    """
    keys = table_of(Key)
    found = connection.execute(sa.select(keys).where(keys.c.prefix == name)).all()
    if not found:
        named = sa.select(keys).where(keys.c.name == name, keys.c.revoked_at.is_(None)).order_by(keys.c.made_at)
        found = connection.execute(named).all()
    if not found:
        known = connection.execute(sa.select(keys.c.prefix, keys.c.name).where(keys.c.revoked_at.is_(None))).all()
        raise NotFoundError("key", name, [row.prefix for row in known][:3], {row.prefix: row.name for row in known})
    if len(found) > 1:
        prefixes = [row.prefix for row in found]
        raise ParameterError("name", f"{len(found)} keys are called {name!r}; name one by its prefix.", prefixes[:3])
    [row] = found
    if row.revoked_at is None:
        connection.execute(sa.update(Key).where(col(Key.prefix) == row.prefix).values(revoked_at=now))
    return connection.execute(sa.select(keys).where(keys.c.prefix == row.prefix)).one()


def note_use(connection: sa.Connection, prefix: str, now: datetime.datetime) -> None:
    """Note that a key was used, if that has not been noted within the hour."""
    long_ago = sa.or_(col(Key.last_used_at).is_(None), col(Key.last_used_at) <= now - USE_NOTED)
    connection.execute(sa.update(Key).where(col(Key.prefix) == prefix, long_ago).values(last_used_at=now))


def digest_of(secret: str) -> str:
    """Return what is stored of a secret. It has 256 random bits, so that a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _free_prefix(connection: sa.Connection) -> str:
    while True:
        prefix = secrets.token_hex(_PREFIX_BYTES)
        if connection.execute(sa.select(col(Key.prefix)).where(col(Key.prefix) == prefix)).first() is None:
            return prefix
