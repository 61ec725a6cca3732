"""Opaque cursors: a place in one list, written as text. A cursor is good for the list that gave it out only."""

import base64
import binascii
import datetime
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.errors import CursorError
from app.queries.sorting import Key

# Characters. A cursor holds the sort keys of one item, and titles are bounded.
MAX_CURSOR_LENGTH = 1_000
# Bytes. Enough to detect damage and mix-ups; a cursor holds nothing that needs a secret.
_SIGNATURE_BYTES = 9


def write_cursor(scope: str, values: Sequence[Any], *, backwards: bool) -> str:
    """Write a place in the list with this scope as text; `values` are the sort keys of the item there."""
    payload = json.dumps(
        [int(backwards), *(value.isoformat() if isinstance(value, datetime.date) else value for value in values)],
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()
    return base64.urlsafe_b64encode(_signature(scope, payload) + payload).decode().rstrip("=")


def read_cursor(scope: str, cursor: str) -> tuple[bool, list[Any]]:
    """Read a cursor of the list with this scope: whether it goes backwards, and the sort keys of the place.

    Raises:
        CursorError: it is damaged, made up, or of another list.
    """
    try:
        if len(cursor) > MAX_CURSOR_LENGTH:
            raise CursorError("the cursor is longer than any that is given out")
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        signature, payload = data[:_SIGNATURE_BYTES], data[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, _signature(scope, payload)):
            raise CursorError("the cursor is damaged, or belongs to another list, sort or filter")
        backwards, *values = json.loads(payload)
    except (binascii.Error, ValueError, TypeError) as error:
        raise CursorError("the cursor is damaged") from error
    return bool(backwards), values


def typed_values(keys: Sequence[Key], values: Sequence[Any]) -> list[Any]:
    """Give the values of a cursor the types of the columns that they were read from.

    Raises:
        CursorError: a value cannot be of its column.
    """
    try:
        return [_typed(key, value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError) as error:
        raise CursorError("the cursor is damaged") from error


def _typed(key: Key, value: Any) -> Any:
    kind = key.column.type
    # A decorated type has the Python type of the type below it.
    wanted = (kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind).python_type
    if wanted is datetime.date:
        return datetime.date.fromisoformat(value)
    if issubclass(wanted, datetime.datetime):
        moment = datetime.datetime.fromisoformat(value)
        if moment.utcoffset() != datetime.timedelta(0):
            raise ValueError("a time that is not in UTC")
        return moment
    if type(value) is not wanted:
        raise ValueError("a key of another type")
    # No column holds these: NUL, lone surrogates, and numbers past 32 bits.
    if isinstance(value, str) and re.search("[\0\ud800-\udfff]", value):
        raise ValueError("a key that no text can be")
    if isinstance(value, int) and not -(2**31) <= value < 2**31:
        raise ValueError("a key that no number here can be")
    return value


def _signature(scope: str, payload: bytes) -> bytes:
    """Bind a cursor to its list."""
    key = hashlib.sha256(f"1|{scope}".encode()).digest()
    return hashlib.blake2b(payload, key=key, digest_size=_SIGNATURE_BYTES).digest()
