"""Pages of lists by keyset, in both directions: a page costs the same however deep it lies, and rows that come or go
elsewhere do not move it.
"""

from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from app.errors import CursorError, ParameterError
from app.queries import limits
from app.queries.conditions import Conditions
from app.queries.counting import known_total, select_to_count
from app.queries.cursor import read_cursor, typed_values, write_cursor
from app.queries.embedding import Item
from app.queries.sorting import Key

MAX_LIMIT = 100
DEFAULT_LIMIT = 20
# Items. Beyond this a page is found by its cursor alone: the database has to skip all rows before a numbered page.
DEEPEST_NUMBERED = 10_000
# A document in a ranked list: tier, score and number. The best is the greatest: of equal ones, the newest.
Rank = tuple[int, float, int]
# Items that a walk of a whole list fetches at a time.
_WALK_STEP = 200
# Makes the items that are shown of rows or, in a ranked list, of ranks.
Embed = Callable[[sa.Connection, Sequence[Any]], list[Any]]
# The names under which the statement of a page is given its values.
_AFTER, _LIMIT, _OFFSET = "page_after_", "page_limit", "page_offset"


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
    """A whole list that pages are cut from: which rows, in which order, and how items are made of them."""

    select: sa.Select[Any]
    keys: Sequence[Key]
    embed: Embed
    conditions: Conditions | None = None
    # Names how items are made: lists of the same name show a row of one id alike, so that items can be cached by id.
    # None where an item depends on more than its id.
    shown_as: Hashable | None = None
    # The total, up to the cap, and whether that is all; None until it is counted.
    counted: tuple[int, bool] | None = None
    # Only the newest of what meets the conditions are sorted and listed; the total is that of all.
    is_bounded: bool = False
    # The statements of its pages, built once for each kind of page.
    statements: dict[tuple[bool, bool, bool], sa.Select[Any]] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Ranked:
    """A list whose order is worked out whole, the best first. It may have fewer ranks than its total says."""

    ranks: Sequence[Rank]
    embed: Embed
    total: int
    total_is_exact: bool
    conditions: Conditions | None = None
    is_bounded: bool = False
    # Keys of the answer beside `items` and `page`, about the list as a whole.
    extra: Item = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """One page: its items, or the rows that they are made of; the cursors of its neighbours; the total of the list."""

    items: list[Any]
    next: str | None
    previous: str | None
    total: int
    total_is_exact: bool


def list_page(connection: sa.Connection, listing: Listing | Ranked, request: PageRequest) -> Page:
    """Read one page of a list with its items.

    Raises:
        CursorError, ParameterError: as in read_page().
    """
    page = read_page(connection, listing, request)
    return replace(page, items=listing.embed(connection, page.items))


def read_page(connection: sa.Connection, listing: Listing | Ranked, request: PageRequest) -> Page:
    """Read the rows of one page, or its ranks, and the total of the list: two statements, or one where the list was
    counted before. A page whose number is past the last one is empty.

    Raises:
        CursorError: the cursor is damaged, made up, or belongs to another list.
        ParameterError: a page with this number lies too deep.
    """
    if isinstance(listing, Ranked):
        return _read_ranked_page(listing, request)
    keys, backwards, after, offset = list(listing.keys), False, None, 0
    if request.cursor is not None:
        backwards, values = read_cursor(request.scope, request.cursor)
        after = typed_values(keys, values)
    if request.number is not None:
        offset = _offset(request)
    rows = _rows(connection, listing, after, request.limit + 1, offset, backwards=backwards)
    more = len(rows) > request.limit
    rows = rows[: request.limit]
    if backwards:
        rows.reverse()
    total, is_exact = listing.counted or _count(connection, listing)
    has_next = more or backwards
    has_previous = more if backwards else after is not None or offset > 0
    return Page(
        items=rows,
        next=write_cursor(request.scope, _values_of(rows[-1], keys), backwards=False) if rows and has_next else None,
        previous=write_cursor(request.scope, _values_of(rows[0], keys), backwards=True)
        if rows and has_previous
        else None,
        total=min(total, limits.TOTAL_CAP),
        total_is_exact=is_exact,
    )


def count(connection: sa.Connection, listing: Listing) -> Listing:
    """Count a list up to the cap, once for all its pages."""
    return replace(listing, counted=_count(connection, listing))


def _read_ranked_page(listing: Ranked, request: PageRequest) -> Page:
    """Cut a page from a ranked list. A cursor names a rank, which keeps its meaning when others come or go."""
    ranks, first = listing.ranks, 0
    backwards = False
    if request.cursor is not None:
        backwards, values = read_cursor(request.scope, request.cursor)
        at = _rank(values)
        if backwards:
            before = sum(rank > at for rank in ranks)
            first = max(0, before - request.limit)
            ranks = ranks[:before]
        else:
            first = sum(rank >= at for rank in ranks)
    elif request.number is not None:
        first = _offset(request)
    shown = ranks[first : first + request.limit]
    more = len(ranks) > first + len(shown) or backwards
    return Page(
        items=list(shown),
        next=write_cursor(request.scope, list(shown[-1]), backwards=False) if shown and more else None,
        previous=write_cursor(request.scope, list(shown[0]), backwards=True) if shown and first else None,
        total=listing.total,
        total_is_exact=listing.total_is_exact,
    )


def _rank(values: Sequence[Any]) -> Rank:
    if [type(value) for value in values] != [int, float, int]:
        raise CursorError("the cursor is not of a ranked list")
    tier, score, number = values
    return tier, score, number


def walk(connection: sa.Connection, listing: Listing | Ranked) -> Generator[Item]:
    """Yield every item of a list in its order, some at a time: memory does not grow with the list."""
    if isinstance(listing, Ranked):
        for first in range(0, len(listing.ranks), _WALK_STEP):
            yield from listing.embed(connection, listing.ranks[first : first + _WALK_STEP])
        return
    keys, at = list(listing.keys), None
    while True:
        rows = _rows(connection, listing, at, _WALK_STEP)
        yield from listing.embed(connection, rows)
        if len(rows) < _WALK_STEP:
            return
        at = [rows[-1]._mapping[f"key_{place}"] for place in range(len(keys))]


def _rows(
    connection: sa.Connection,
    listing: Listing,
    after: Sequence[Any] | None,
    limit: int,
    offset: int = 0,
    *,
    backwards: bool = False,
) -> list[sa.Row[Any]]:
    which = (backwards, after is not None, offset > 0)
    select = listing.statements.get(which)
    if select is None:
        select = listing.statements[which] = _page_select(listing, *which)
    given = {f"{_AFTER}{place}": value for place, value in enumerate(after or ())}
    given |= {_LIMIT: limit, _OFFSET: offset} if offset else {_LIMIT: limit}
    return list(connection.execute(select, given).all())


def _page_select(listing: Listing, backwards: bool, from_cursor: bool, with_offset: bool) -> sa.Select[Any]:
    """Build the statement of a page. It is given the sort keys of the item that it follows, and the number of rows."""
    towards = [key.reversed() for key in listing.keys] if backwards else listing.keys
    labels = [key.column.label(f"key_{place}") for place, key in enumerate(towards)]
    select = listing.select.add_columns(*labels)
    if from_cursor:
        # With the type of the column, so that a date is bound as a date inside the row value too.
        here = [sa.bindparam(f"{_AFTER}{place}", type_=key.column.type) for place, key in enumerate(towards)]
        select = select.where(_after(towards, here))
    # By name, so that a computed column is computed once.
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
    """Count a list up to the cap, and say whether that is all. No more rows are examined than the limits allow."""
    one: Any = sa.literal_column("1")
    if listing.conditions is None:
        whole = listing.select.with_only_columns(one, maintain_column_froms=True).order_by(None)
        total = _size(connection, whole, limits.TOTAL_CAP + 1)
        return total, total <= limits.TOTAL_CAP
    if (stored := known_total(listing.conditions)) is not None:
        return stored, stored <= limits.TOTAL_CAP
    whole, tests = select_to_count(listing.conditions)
    if not tests:
        total = _size(connection, whole.add_columns(one), limits.TOTAL_CAP + 1)
        return total, total <= limits.TOTAL_CAP
    examined = whole.add_columns(sa.and_(*tests).label("met")).limit(limits.EXAMINED_ROWS + 1).subquery()
    total = _size(connection, sa.select(one).select_from(examined).where(examined.c.met), limits.TOTAL_CAP + 1)
    if total > limits.TOTAL_CAP:
        return total, False
    return total, _size(connection, whole.add_columns(one), limits.EXAMINED_ROWS + 1) <= limits.EXAMINED_ROWS


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
