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
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from app.errors import CursorError, ParameterError
from app.queries.embedding import Item
from app.queries.plans import LOOKED_AT, Conditions, Key
from app.text.folding import nearest

MAX_LIMIT = 100
DEFAULT_LIMIT = 20
# Totals are counted up to here; past it the number is a lower bound and says so.
TOTAL_CAP = 10_000
# Past this many items a page is found by its cursor alone: skipping rows costs more with every page.
DEEPEST_NUMBERED = 10_000
MAX_CURSOR_LENGTH = 1_000
_SIGNATURE_BYTES = 9
RELEVANCE = "relevance"
# One document in a ranked list: tier, score and number. The best is the greatest: of equal ones, the newest.
Place = tuple[int, float, int]
# A walk fetches so many items at a time.
_STEP = 200
# Makes items of rows or, in a ranked list, of places.
Embed = Callable[[sa.Connection, Sequence[Any]], list[Any]]
# What the statement of a page is given when it is run.
_AT, _LIMIT, _OFFSET = "page_at_", "page_limit", "page_offset"


@dataclass(frozen=True)
class PageRequest:
    """Which page of a list. `scope` says which list, how narrowed and how sorted: a cursor is good for that one only.

    A page is found by a cursor or, near the beginning, by its number, from 1.
    """

    scope: str
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    number: int | None = None


@dataclass(frozen=True)
class Listing:
    """A whole list that pages are cut from: which rows, in which order, and what each of them is shown as."""

    select: sa.Select[Any]
    keys: Sequence[Key]
    embed: Embed
    conditions: Conditions | None = None
    # What its items are: where two lists say the same, rows of one id are shown alike in both. None where that depends
    # on more than the id.
    shown_as: Hashable | None = None
    # How many rows there are, up to the cap, and whether that is all; None as long as nobody has counted.
    counted: tuple[int, bool] | None = None
    # The statements that its pages are read with, built once.
    statements: dict[tuple[bool, bool, bool], sa.Select[Any]] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Ranked:
    """A list whose order is worked out whole, best first. It may have fewer places than its total says."""

    places: Sequence[Place]
    embed: Embed
    total: int
    total_is_exact: bool
    conditions: Conditions | None = None
    # What else there is to tell of the list as a whole.
    told: Item = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """The items of one page, the cursors of its neighbours, and the size of the whole list."""

    items: list[Any]
    next: str | None
    previous: str | None
    total: int
    total_is_exact: bool


@dataclass(frozen=True)
class Sort:
    """What a list can be sorted by: a column, and `unique`, which makes an index settle the order by itself.

    Rows without a value come last both ways. Their column holds the smallest value there is, so that downwards they do
    without more; upwards `missing`, a column that is true for them, comes first.
    """

    column: Any
    unique: Any = None
    missing: Any = None

    def keys(self, *, descending: bool, last: bool) -> list[Key]:
        """Return the keys of one direction; after the last name of a sort, the one that makes it unique."""
        keys = [Key(self.missing)] if self.missing is not None and not descending else []
        keys.append(Key(self.column, descending))
        return [*keys, Key(self.unique, descending)] if last and self.unique is not None else keys


def keys_for(sort: str, sortable: Mapping[str, Sort], tie: Sequence[Key]) -> list[Key]:
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
            if name == RELEVANCE and name not in seen:
                reason = "Only what `q` finds is more or less relevant."
            raise ParameterError("sort", f"{reason} Sort by {', '.join(known)}.", nearest(word, known, limit=1))
        seen.add(name)
        keys += sortable[name].keys(descending=word.startswith("-"), last=len(seen) == len(words))
    present = [str(key.column) for key in keys]
    return keys + [key for key in tie if str(key.column) not in present]


def list_page(
    connection: sa.Connection, listing: Listing | Ranked, request: PageRequest, embed: Embed | None = None
) -> Page:
    """Fetch one page of a list, its items made by `embed` or as the list says, and count the list up to the cap: two
    statements, or one for a list that was counted before, and those that embedding takes.

    A page whose number is past the last one is empty.

    Raises:
        CursorError: the cursor is damaged, made up, or belongs to another list.
        ParameterError: a page with this number lies too deep.
    """
    if isinstance(listing, Ranked):
        return _ranked_page(connection, listing, request, embed or listing.embed)
    keys, backwards, at, offset = list(listing.keys), False, None, 0
    if request.cursor is not None:
        backwards, values = read_cursor(request)
        at = _typed_values(keys, values)
    if request.number is not None:
        offset = _offset(request)
    found = _rows(connection, listing, at, request.limit + 1, offset, backwards=backwards)
    more = len(found) > request.limit
    rows = found[: request.limit]
    if backwards:
        rows.reverse()
    total, is_whole = listing.counted or _count(connection, listing)
    before = at is not None or offset > 0
    return Page(
        items=(embed or listing.embed)(connection, rows),
        next=write_cursor(request, _values_of(rows[-1], keys), backwards=False)
        if rows and (more or backwards)
        else None,
        previous=write_cursor(request, _values_of(rows[0], keys), backwards=True)
        if rows and (more if backwards else before)
        else None,
        total=min(total, TOTAL_CAP),
        total_is_exact=is_whole,
    )


def count(connection: sa.Connection, listing: Listing) -> Listing:
    """Count a list up to the cap, once for all of its pages."""
    return replace(listing, counted=_count(connection, listing))


def _ranked_page(connection: sa.Connection, listing: Ranked, request: PageRequest, embed: Embed) -> Page:
    """Cut a page from a ranked list. A cursor names a place, which keeps its meaning when others come or go."""
    places, first = listing.places, 0
    backwards = False
    if request.cursor is not None:
        backwards, values = read_cursor(request)
        at = _place(values)
        if backwards:
            before = sum(place > at for place in places)
            first = max(0, before - request.limit)
            places = places[:before]
        else:
            first = sum(place >= at for place in places)
    elif request.number is not None:
        first = _offset(request)
    shown = places[first : first + request.limit]
    more = len(places) > first + len(shown) or backwards
    return Page(
        items=embed(connection, shown),
        next=write_cursor(request, list(shown[-1]), backwards=False) if shown and more else None,
        previous=write_cursor(request, list(shown[0]), backwards=True) if shown and first else None,
        total=listing.total,
        total_is_exact=listing.total_is_exact,
    )


def _place(values: Sequence[Any]) -> Place:
    if [type(value) for value in values] != [int, float, int]:
        raise CursorError("the cursor is not of a ranked list")
    tier, score, number = values
    return tier, score, number


def walk(connection: sa.Connection, listing: Listing | Ranked) -> Iterator[Item]:
    """Yield every item of a list in its order, some at a time: memory does not grow with the list."""
    if isinstance(listing, Ranked):
        for first in range(0, len(listing.places), _STEP):
            yield from listing.embed(connection, listing.places[first : first + _STEP])
        return
    keys, at = list(listing.keys), None
    while True:
        rows = _rows(connection, listing, at, _STEP)
        yield from listing.embed(connection, rows)
        if len(rows) < _STEP:
            return
        at = [rows[-1]._mapping[f"key_{place}"] for place in range(len(keys))]


def _rows(
    connection: sa.Connection,
    listing: Listing,
    at: Sequence[Any] | None,
    limit: int,
    offset: int = 0,
    *,
    backwards: bool = False,
) -> list[sa.Row[Any]]:
    which = (backwards, at is not None, offset > 0)
    select = listing.statements.get(which)
    if select is None:
        select = listing.statements[which] = _page_select(listing, *which)
    given = {f"{_AT}{place}": value for place, value in enumerate(at or ())}
    given |= {_LIMIT: limit, _OFFSET: offset} if offset else {_LIMIT: limit}
    return list(connection.execute(select, given).all())


def _page_select(listing: Listing, backwards: bool, from_place: bool, with_offset: bool) -> sa.Select[Any]:
    """Build the statement of a page, to be run with the values of the place that it follows, and how many rows."""
    towards = [key.reversed() for key in listing.keys] if backwards else listing.keys
    labels = [key.column.label(f"key_{place}") for place, key in enumerate(towards)]
    select = listing.select.add_columns(*labels)
    if from_place:
        # Typed by the column, so that a date is bound as a date inside the row too.
        here = [sa.bindparam(f"{_AT}{place}", type_=key.column.type) for place, key in enumerate(towards)]
        select = select.where(_after(towards, here))
    # By name, so that a column that is worked out of each row is worked out once.
    ordered = zip(labels, towards, strict=True)
    select = select.order_by(*(label.desc() if key.descending else label.asc() for label, key in ordered))
    select = select.limit(sa.bindparam(_LIMIT, type_=sa.Integer))
    return select.offset(sa.bindparam(_OFFSET, type_=sa.Integer)) if with_offset else select


def _offset(request: PageRequest) -> int:
    number = request.number or 1
    deepest = max(1, DEEPEST_NUMBERED // request.limit)
    if number > deepest:
        reason = (
            f"Pages are found by number up to page {deepest} of {request.limit} items; "
            "from there follow `page.next`, whose `cursor` goes to any depth."
        )
        raise ParameterError("page", reason)
    return (number - 1) * request.limit


def _count(connection: sa.Connection, listing: Listing) -> tuple[int, bool]:
    """Count a list up to the cap, and tell whether that is all: no more rows are looked at than bounds allow."""
    one: Any = sa.literal_column("1")
    if listing.conditions is not None and (size := listing.conditions.size) is not None:
        return size, size <= TOTAL_CAP
    if listing.conditions is None:
        whole: sa.Select[Any] = listing.select.with_only_columns(one, maintain_column_froms=True).order_by(None)
        tested: list[sa.ColumnElement[bool]] = []
    else:
        whole, tested = listing.conditions.looked_at()
    if not tested:
        total = _size(connection, whole.add_columns(one) if listing.conditions else whole, TOTAL_CAP + 1)
        return total, total <= TOTAL_CAP
    looked_at = whole.add_columns(sa.and_(*tested).label("met")).limit(LOOKED_AT + 1).subquery()
    total = _size(connection, sa.select(one).select_from(looked_at).where(looked_at.c.met), TOTAL_CAP + 1)
    if total > TOTAL_CAP:
        return total, False
    return total, _size(connection, whole.add_columns(one), LOOKED_AT + 1) <= LOOKED_AT


def _size(connection: sa.Connection, select: sa.Select[Any], up_to: int) -> int:
    some = select.limit(up_to).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def _after(keys: Sequence[Key], at: Sequence[sa.BindParameter[Any]]) -> sa.ColumnElement[bool]:
    """Say 'comes after' a place for keys of mixed direction.

    Keys of one direction and one table are compared as a row, which an index answers; in a row of two tables PostgreSQL
    sees no bound. The first comparison includes equality, so that it bounds the scan even where the rest has to be
    tested row by row.
    """
    first = (keys[0].descending, _table_of(keys[0]))
    run = next((place for place, key in enumerate(keys) if (key.descending, _table_of(key)) != first), len(keys))
    columns = sa.tuple_(*(key.column for key in keys[:run]))
    here = sa.tuple_(*at[:run])
    beyond = columns < here if keys[0].descending else columns > here
    if run == len(keys):
        return beyond
    not_before = columns <= here if keys[0].descending else columns >= here
    return sa.and_(not_before, sa.or_(beyond, _after(keys[run:], at[run:])))


def _table_of(key: Key) -> str | None:
    table = getattr(getattr(key.column, "expression", None), "table", None)
    return getattr(table, "name", None)


def _values_of(row: sa.Row[Any], keys: Sequence[Key]) -> list[Any]:
    return [row._mapping[f"key_{place}"] for place in range(len(keys))]


def write_cursor(request: PageRequest, values: Sequence[Any], *, backwards: bool) -> str:
    """Write a place in a list as text; `values` are the keys of the item there."""
    payload = json.dumps(
        [int(backwards), *(value.isoformat() if isinstance(value, datetime.date) else value for value in values)],
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()
    return base64.urlsafe_b64encode(_signature(request, payload) + payload).decode().rstrip("=")


def read_cursor(request: PageRequest) -> tuple[bool, list[Any]]:
    """Read the cursor of a request: whether it goes backwards, and the keys of the place.

    Raises:
        CursorError: it is damaged, made up, or of another list.
    """
    cursor = request.cursor or ""
    try:
        if len(cursor) > MAX_CURSOR_LENGTH:
            raise CursorError("the cursor is longer than any that is given out")
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        signature, payload = data[:_SIGNATURE_BYTES], data[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, _signature(request, payload)):
            raise CursorError("the cursor is damaged, or belongs to another list, sort or filter")
        backwards, *values = json.loads(payload)
    except (binascii.Error, ValueError, TypeError) as error:
        raise CursorError("the cursor is damaged") from error
    return bool(backwards), values


def _typed_values(keys: Sequence[Key], values: Sequence[Any]) -> list[Any]:
    try:
        return [_typed(key, value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError) as error:
        raise CursorError("the cursor is damaged") from error


def _typed(key: Key, value: Any) -> Any:
    kind = key.column.type
    # A type that is built on another says nothing of its values itself.
    wanted = (kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind).python_type
    if wanted is datetime.date:
        return datetime.date.fromisoformat(value)
    if issubclass(wanted, datetime.datetime):
        moment = datetime.datetime.fromisoformat(value)
        if moment.utcoffset() != datetime.timedelta(0):
            raise ValueError("a moment that is not in UTC")
        return moment
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
    scope = hashlib.sha256(f"1|{request.scope}".encode()).digest()
    return hashlib.blake2b(payload, key=scope, digest_size=_SIGNATURE_BYTES).digest()
