"""Lists as they are answered: a page in JSON with its links and facets, a feed, or the whole list in another format."""

from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import Request, Response
from pydantic import BaseModel

from app.api.completing import complete
from app.api.database import Open
from app.api.exporting import (
    PAGED_BY,
    asks_for_page,
    entries_of,
    export_feed,
    export_page,
    export_whole_list,
    refuse,
)
from app.api.fields import select
from app.api.formats import FEED_LIST_FORMATS, JSON, LIST_FORMATS, choose
from app.api.parameters.lists import FacetedParameters, PageParameters
from app.api.parameters.values import joined
from app.api.schemas.lists import SPARSE_MEDIA_TYPE
from app.api.serialization import write, write_list
from app.exports import FeedFormat, ListFormat
from app.exports.entries import Entries
from app.queries.embedding import Item
from app.queries.facets import count_facets
from app.queries.paging import Listing, Page, PageRequest, Ranked, count, read_page
from app.queries.questions import NEWEST_FIRST

# Parameters that change neither which rows a list has nor their order: a cursor is good whatever these are.
_NOT_SCOPE = {*PAGED_BY, "include", "fields", "facets", "format", "csv_guard"}


class ReadPage(NamedTuple):
    """One page of a list as it was read, with `page` and `facets` as JSON has them, and what a ranked list adds."""

    items: list[Item]
    about: Item
    facets: Item | None
    extra: Item


class ListRequest:
    """A request for a list, with a transaction that is open while it is entered:

    with ListRequest(request, database, parameters, QuestionPage) as asked:
        listing = asked.cached() or asked.count(questions.listing(asked.connection, parameters.filters(), asked.sort))
        return asked.answer(listing)

    `shape` is the shape of a page in JSON. A list that is also there as a feed says what its `entries` are.

    Raises:
        NotAcceptableError: no format is acceptable.
        OverloadedError: a whole list is asked for, and as many are being sent as may be.
        ParameterError: a facet, a part or a field is not known, or the format has no place for what is asked.
    """

    connection: sa.Connection

    def __init__(
        self,
        request: Request,
        database: Open,
        parameters: PageParameters,
        shape: type[BaseModel],
        entries: Entries | None = None,
    ) -> None:
        self._request, self._database, self._shape, self._entries = request, database, shape, entries
        self._format = choose(request, FEED_LIST_FORMATS if entries else LIST_FORMATS, parameters.format)[0]
        self._item_shape: type[BaseModel] = shape.model_fields["items"].annotation.__args__[0]  # type: ignore[union-attr]  # list[Item]
        self._facet_names = parameters.facet_names() if isinstance(parameters, FacetedParameters) else []
        self.sort = ",".join(parameters.sort)
        if isinstance(self._format, FeedFormat):
            refuse(
                self._format.description,
                fields=parameters.fields,
                include=parameters.include,
                facets=self._facet_names or None,
            )
            # A feed shows the latest changes unless another order is asked for.
            self.sort = self.sort if "sort" in request.query_params else NEWEST_FIRST
        elif isinstance(self._format, ListFormat):
            refuse(self._format.description, facets=self._facet_names or None)
        table = self._format if isinstance(self._format, ListFormat) else None
        if table is None or table.render_bare is None:
            refuse(self._format.description, csv_guard=parameters.csv_guard)
        self._guarded = parameters.csv_guard is not False
        self._selection = select(
            self._item_shape,
            joined(parameters.include),
            joined(parameters.fields),
            is_table=table is not None and table.is_table,
        )
        self._is_whole_list = isinstance(self._format, ListFormat) and not asks_for_page(request)
        given = {**parameters.model_dump(exclude=_NOT_SCOPE), "sort": self.sort}.items()
        scope = {name: value for name, value in given if value is not None and value != []}
        self._page_request = PageRequest(
            f"{request.url.path}?{sorted(scope.items())!r}", parameters.limit, parameters.cursor, parameters.page
        )

    def __enter__(self) -> Self:
        self._open = ExitStack()
        reading = self._database.stream() if self._is_whole_list else self._database.read()
        self.connection = self._open.enter_context(reading)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, traceback)

    def cached(self) -> Listing | None:
        """Return this list as it was built and counted for another page, at the revision that is being read."""
        listing: Listing | None = self._database.get_cached(self._page_request.scope)
        return listing

    def count(self, listing: Listing) -> Listing:
        """Count a new list once for all its pages. A list that is exported whole shows no total."""
        if self._is_whole_list:
            return listing
        listing = count(self.connection, listing)
        self._database.cache(self._page_request.scope, listing)
        return listing

    def read(self, listing: Listing | Ranked) -> ReadPage:
        """Read the page that is asked for, to be shown otherwise than in a format.

        Raises:
            CursorError, ParameterError: as in answer().
        """
        page = read_page(self.connection, listing, self._page_request)
        items = listing.embed(self.connection, page.items)
        extra = listing.extra if isinstance(listing, Ranked) else {}
        return ReadPage(items, self._about(listing, page), self._facets(listing, page), extra)

    def answer(self, listing: Listing | Ranked) -> Response:
        """Read the page that is asked for, and write it.

        Raises:
            CursorError: the cursor is not of this list.
            ParameterError: a page by number lies too deep.
        """
        if self._is_whole_list and isinstance(self._format, ListFormat):
            # The transaction is handed on, and closed when the last piece is sent.
            return export_whole_list(
                self._request,
                self.connection,
                self._open.pop_all(),
                self._format,
                listing,
                self._selection,
                guarded=self._guarded,
            )
        page = read_page(self.connection, listing, self._page_request)
        is_json = self._format is JSON
        items: list[Any] = self._written(listing, page.items) if is_json else listing.embed(self.connection, page.items)
        if isinstance(self._format, FeedFormat) and self._entries:
            items = entries_of(self._request, self.connection, self._entries, items)
        facets = self._facets(listing, page)
        self._open.close()
        return self._write(listing, page, items, facets)

    def _written(self, listing: Listing | Ranked, rows: Sequence[Any]) -> list[bytes]:
        """Return items as JSON, reading and writing only those that are not cached."""
        if not isinstance(listing, Listing) or listing.shown_as is None or self._selection.is_sparse:
            return self._embedded(listing, rows)
        # Parts that a shape does not have are refused, so that the same ones are the same items.
        shown_as = (listing.shown_as, self._selection.parts)
        written = self._database.cached_items(shown_as, [row.id for row in rows])
        new = [row for row in rows if row.id not in written]
        for row, item in zip(new, self._embedded(listing, new) if new else (), strict=True):
            written[row.id] = item
            self._database.cache_item(shown_as, row.id, item)
        return [written[row.id] for row in rows]

    def _embedded(self, listing: Listing | Ranked, rows: Sequence[Any]) -> list[bytes]:
        base = self._request.app.state.settings.public_url
        items = complete(listing.embed(self.connection, rows), self._selection, base)
        return [write(self._item_shape, item, self._selection.included) for item in items]

    def _facets(self, listing: Listing | Ranked, page: Page) -> Item | None:
        if listing.conditions is None or not self._facet_names:
            return None
        name = (self._page_request.scope, tuple(self._facet_names))
        facets: Item | None = self._database.get_cached(name)
        if facets is None:
            facets = count_facets(
                self.connection,
                listing.conditions,
                self._facet_names,
                total=page.total,
                total_is_exact=page.total_is_exact,
            )
            self._database.cache(name, facets)
        return facets

    def _write(self, listing: Listing | Ranked, page: Page, items: list[Any], facets: Item | None) -> Response:
        about = self._about(listing, page)
        answer: Response
        if isinstance(self._format, ListFormat):
            answer = export_page(self._request, self._format, items, self._selection, guarded=self._guarded)
        elif isinstance(self._format, FeedFormat) and self._entries:
            title, scope = self._entries.title, self._page_request.scope
            answer = export_feed(self._request, self._format, title, items, scope, about)
        else:
            answer = self._write_json(listing, items, about, facets)
        if link := ", ".join(
            f'<{about[name]}>; rel="{relation}"'
            for name, relation in (("next", "next"), ("previous", "prev"))
            if about[name]
        ):
            answer.headers["Link"] = link
        return answer

    def _write_json(self, listing: Listing | Ranked, items: list[Any], about: Item, facets: Item | None) -> Response:
        content: Item = {"page": about}
        if listing.conditions is not None:
            content["facets"] = facets
        if isinstance(listing, Ranked):
            content |= listing.extra
        media_type = SPARSE_MEDIA_TYPE if self._selection.is_sparse else JSON.media_type
        return Response(write_list(self._shape, content, items), media_type=media_type)

    def _about(self, listing: Listing | Ranked, page: Page) -> Item:
        """Build the `page` of an answer. Its links also stand in the Link header (RFC 8288)."""
        asked, previous = self._page_request, self._link("cursor", page.previous)
        if page.previous is None and not page.items and (asked.number or 1) > 1:
            # A page past the last one has no item to point back from, so the number of a page does.
            last = max(1, -(-page.total // asked.limit))
            previous = self._link("page", str(min(last, asked.number or 1)))
        return {
            "limit": asked.limit,
            "next": self._link("cursor", page.next),
            "previous": previous,
            "total": page.total,
            "total_is_exact": page.total_is_exact,
            "is_bounded": listing.is_bounded,
        }

    def _link(self, parameter: str, value: str | None) -> str | None:
        if value is None:
            return None
        request = self._request
        given = [(name, old) for name, old in request.query_params.multi_items() if name not in {"cursor", "page"}]
        base = request.app.state.settings.public_url
        return f"{base}{request.url.path}?{urlencode([*given, (parameter, value)])}"
