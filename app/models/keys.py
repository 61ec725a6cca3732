"""Keys of those who may write or see more than the public, and the answers to their requests that may be repeated."""

import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.models.columns import Exact, Json


class Scope(StrEnum):
    """What a key allows."""

    READ_HELD = "read:held"
    WRITE = "write"
    REDACT = "redact"
    KEYS = "keys"


class Key(SQLModel, table=True):
    """A key, by its prefix. Its secret is not stored, only the SHA-256 of it; what is revoked is never deleted, so that
    what was written with it still has a name.
    """

    __tablename__ = "access_key"

    prefix: str = Field(primary_key=True, sa_type=Exact)
    name: str = Field(sa_type=Exact)
    secret_sha256: str = Field(sa_type=Exact)
    scopes: list[str] = Field(sa_type=Json)
    made_at: datetime.datetime
    made_by: str | None = Field(default=None, sa_type=Exact)
    expires_at: datetime.datetime | None = None
    revoked_at: datetime.datetime | None = None
    # To the hour: a key that is in use is not written at each request.
    last_used_at: datetime.datetime | None = None


class KeptAnswer(SQLModel, table=True):
    """The answer to a request with an Idempotency-Key, stored with what the request wrote.

    `request_sha256` tells another request under the same key; only who has the secret of that key can make it. The body
    is dropped when words are taken out of the corpus: it may have them.
    """

    __tablename__ = "kept_answer"
    __table_args__ = (sa.Index(None, "made_at"),)

    key_prefix: str = Field(primary_key=True, foreign_key="access_key.prefix", ondelete="CASCADE", sa_type=Exact)
    idempotency_key: str = Field(primary_key=True, sa_type=Exact)
    request_sha256: str = Field(sa_type=Exact)
    status: int
    headers: dict[str, str] = Field(sa_type=Json)
    body: bytes | None = None
    made_at: datetime.datetime


class DeskSession(SQLModel, table=True):
    """Somebody who has signed in to the editor's desk with a key.

    The token of the cookie is replaced while it is used: each one has a row until it ends. `form_token` stays the same,
    so that a form that was opened before can still be sent.
    """

    __tablename__ = "desk_session"
    __table_args__ = (sa.Index(None, "key_prefix"), sa.Index(None, "expires_at"))

    token_sha256: str = Field(primary_key=True, sa_type=Exact)
    key_prefix: str = Field(foreign_key="access_key.prefix", ondelete="CASCADE", sa_type=Exact)
    form_token: str = Field(sa_type=Exact)
    signed_in_at: datetime.datetime
    made_at: datetime.datetime
    expires_at: datetime.datetime
