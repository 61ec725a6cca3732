"""Keyset pages both ways: the cost of a page does not depend on how deep it lies, and rows that come or go
elsewhere move nothing.
"""

import base64
import binascii
import datetime
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.errors import CursorError, ParameterError
from app.text import nearest

MAX_LIMIT = 100
DEFAULT_LIMIT = 20
# Totals are counted up to here; past it the number is a lower bound and says so.
TOTAL_CAP = 10_000
MAX_CURSOR_LENGTH = 1_000
_SIGNATURE_BYTES = 9


@dataclass(frozen=True)
class Key:
    """One column to sort by. None of these is ever null."""

    # SQLModel types a mapped column as something that SQLAlchemy's own expressions do not share.
    column: Any
    descending: bool = False

    def reversed(self) -> "Key":
        """The same column in the other direction."""
        return Key(self.column, not self.descending)


@dataclass(frozen=True)
class PageRequest:
    """Which page of a list. `scope` says which list with which filters: a cursor is good for that one only."""

    scope: str
    sort: str
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


@dataclass(frozen=True)
class Slice:
    """The rows of one page, the cursors of its neighbours, and the size of the whole list."""

    rows: list[sa.Row[Any]]
    next: str | None
    previous: str | None
    total: int
    total_is_exact: bool


def keys_for(sort: str, sortable: Mapping[str, Sequence[Any]], tie: Sequence[Key]) -> list[Key]:
    """Turn `-published,title` into keys; `tie` settles what is left equal.

    Raises:
        ParameterError: a name cannot be sorted by, or stands twice.
    """
    keys: list[Key] = []
    seen: set[str] = set()
    words = sort.split(",")
    for word in words:
        name = word.removeprefix("-")
        if name not in sortable or name in seen:
            known = [*sortable, *(f"-{known}" for known in sortable)]
            reason = f"{word!r} stands twice." if name in seen else f"Nothing can be sorted by {word[:80]!r}."
            raise ParameterError("sort", f"{reason} Sort by {', '.join(known)}.", nearest(word, known, limit=1))
        seen.add(name)
        # What follows the first column of a name makes it unique: after that no further name would count.
        columns = sortable[name] if len(seen) == len(words) else sortable[name][:1]
        keys += [Key(column, word.startswith("-")) for column in columns]
    present = [str(key.column) for key in keys]
    return keys + [key for key in tie if str(key.column) not in present]


def list_page(connection: sa.Connection, select: sa.Select[Any], keys: Sequence[Key], request: PageRequest) -> Slice:
    """Fetch one page of a SELECT, and count the list up to the cap: two statements.

    Raises:
        CursorError: the cursor is damaged, made up, or belongs to another list.
    """
    backwards, at = False, None
    if request.cursor is not None:
        backwards, at = _read_cursor(request, keys)
    towards = [key.reversed() for key in keys] if backwards else list(keys)
    page = select.add_columns(*(key.column.label(f"key_{place}") for place, key in enumerate(keys)))
    if at is not None:
        page = page.where(_after(towards, at))
    page = page.order_by(*(key.column.desc() if key.descending else key.column.asc() for key in towards))
    found = list(connection.execute(page.limit(request.limit + 1)))
    more = len(found) > request.limit
    rows = found[: request.limit]
    if backwards:
        rows.reverse()
    total = _count(connection, select)
    return Slice(
        rows=rows,
        next=_cursor_at(request, rows[-1], keys, backwards=False) if rows and (more or backwards) else None,
        previous=_cursor_at(request, rows[0], keys, backwards=True)
        if rows and ((backwards and more) or (at is not None and not backwards))
        else None,
        total=min(total, TOTAL_CAP),
        total_is_exact=total <= TOTAL_CAP,
    )


def _count(connection: sa.Connection, select: sa.Select[Any]) -> int:
    one: sa.Select[Any] = select.with_only_columns(sa.literal_column("1"), maintain_column_froms=True)
    capped = one.order_by(None).limit(TOTAL_CAP + 1).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(capped)).scalar_one())


def _after(keys: Sequence[Key], at: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Say 'comes after' for keys of mixed direction.

    Keys of one direction are compared as a row, which an index answers; the first comparison includes equality, so
    that it bounds the scan even where the rest has to be tested row by row.
    """
    run = next((place for place, key in enumerate(keys) if key.descending != keys[0].descending), len(keys))
    columns = sa.tuple_(*(key.column for key in keys[:run]))
    # Typed by the column, so that a date is bound as a date inside the row too.
    here = sa.tuple_(*(sa.literal(value, key.column.type) for key, value in zip(keys[:run], at, strict=False)))
    beyond = columns < here if keys[0].descending else columns > here
    if run == len(keys):
        return beyond
    not_before = columns <= here if keys[0].descending else columns >= here
    return sa.and_(not_before, sa.or_(beyond, _after(keys[run:], at[run:])))


def _cursor_at(request: PageRequest, row: sa.Row[Any], keys: Sequence[Key], *, backwards: bool) -> str:
    values = [row._mapping[f"key_{place}"] for place in range(len(keys))]
    payload = json.dumps(
        [int(backwards), *(value.isoformat() if isinstance(value, datetime.date) else value for value in values)],
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()
    return base64.urlsafe_b64encode(_signature(request, payload) + payload).decode().rstrip("=")


def _read_cursor(request: PageRequest, keys: Sequence[Key]) -> tuple[bool, list[Any]]:
    cursor = request.cursor or ""
    try:
        if len(cursor) > MAX_CURSOR_LENGTH:
            raise CursorError("the cursor is longer than any that is given out")
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        signature, payload = data[:_SIGNATURE_BYTES], data[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, _signature(request, payload)):
            raise CursorError("the cursor is damaged, or belongs to another list, sort or filter")
        backwards, *values = json.loads(payload)
        return bool(backwards), [_typed(key, value) for key, value in zip(keys, values, strict=True)]
    except (binascii.Error, ValueError, TypeError) as error:
        raise CursorError("the cursor is damaged") from error


def _typed(key: Key, value: Any) -> Any:
    wanted = key.column.type.python_type
    if wanted is datetime.date:
        return datetime.date.fromisoformat(value)
    if type(value) is not wanted:
        raise ValueError("a key of another type")
    # A key that no column can hold was not read from one: NUL and lone surrogates, and numbers past 64 bits.
    if isinstance(value, str) and re.search("[\0\ud800-\udfff]", value):
        raise ValueError("a key that no text can be")
    if isinstance(value, int) and not -(2**31) <= value < 2**31:
        raise ValueError("a key that no number here can be")
    return value


def _signature(request: PageRequest, payload: bytes) -> bytes:
    """Bind a cursor to its list. This detects damage and mix-ups; a cursor holds nothing that needs a secret."""
    scope = hashlib.sha256(f"1|{request.scope}|{request.sort}".encode()).digest()
    return hashlib.blake2b(payload, key=scope, digest_size=_SIGNATURE_BYTES).digest()
