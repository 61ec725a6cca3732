"""Lists and items as they are answered: from parameters to a page, its links and facets, and sparse items."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import Request, Response
from pydantic import BaseModel

from app.api.database import Open
from app.api.exporting import (
    PAGED_BY,
    asks_for_page,
    export_feed,
    export_interview,
    export_page,
    export_whole_list,
    refuse,
)
from app.api.fields import Included, chosen
from app.api.formats import INTERVIEW_FORMATS, JSON, LIST_FORMATS, NotAcceptableError, choose
from app.api.parameters import Faceted, OfRecord, PageParameters
from app.api.schemas.lists import SPARSE_MEDIA_TYPE
from app.api.serialization import write, write_list
from app.errors import NoTimesError
from app.exports import FeedFormat, Format, InterviewFormat, ListFormat
from app.queries.embedding import Item
from app.queries.facets import FacetName, count_facets
from app.queries.interviews import NEWEST_FIRST
from app.queries.paging import Embed, Listing, Page, PageRequest, Ranked, count, list_page
from app.queries.revisions import find_interview, find_record

# What does not change which rows a list has, nor their order: a cursor is good whatever these are.
_NOT_SCOPE = {*PAGED_BY, "fields", "facets", "format"}


def answer_list(
    request: Request,
    response: Response,
    database: Open,
    parameters: PageParameters,
    shape: type[BaseModel],
    listing: Callable[[sa.Connection, str], Listing | Ranked],
    formats: Sequence[Format] = LIST_FORMATS,
) -> Response:
    """Answer with a list: one page in the shape of its pages, or in another format. `listing` takes the sort.

    Raises:
        CursorError: the cursor is not of this list.
        NotAcceptableError: there is nothing that the request accepts.
        ParameterError: a facet or a field is not known, a page by number lies too deep, or the format has no place for
            what is asked.
    """
    known = choose(request, formats, parameters.format)[0]
    item = _item_of(shape)
    names = parameters.facet_names() if isinstance(parameters, Faceted) else []
    sort = parameters.sort
    if isinstance(known, FeedFormat):
        refuse(known.description, fields=parameters.fields, facets=names or None)
        # A feed tells what is new.
        sort = sort if "sort" in request.query_params else NEWEST_FIRST
    elif isinstance(known, ListFormat):
        refuse(known.description, facets=names or None)
    included = None if parameters.fields is None else chosen(item, parameters.fields)
    if isinstance(known, ListFormat) and not asks_for_page(request):
        return export_whole_list(request, database, known, lambda each: listing(each, sort), item, included)
    asked = _page_request(request, parameters, sort)
    # Items are written one by one where that is all that is done with them.
    is_whole = known is JSON and included is None
    with database.read() as connection:
        found = _listing(database, connection, asked.scope, lambda: listing(connection, sort))
        page: Page = list_page(connection, found, asked, _written(database, found, item) if is_whole else found.embed)
        facets = _facets(database, connection, asked.scope, found, names, page)
    about = _page(request, response, asked, page)
    kept = {name: value for name, value in response.headers.items() if name.lower() == "link"}
    answer: Response
    if isinstance(known, ListFormat):
        answer = export_page(request, known, page, item, included)
    elif isinstance(known, FeedFormat):
        answer = export_feed(request, known, page, asked.scope, about)
    else:
        content: dict[str, Any] = {"page": about}
        if found.conditions is not None:
            content["facets"] = facets
        if isinstance(found, Ranked):
            content |= found.told
        if included is None:
            answer = Response(write_list(shape, content, page.items), media_type=JSON.media_type)
        else:
            included = {**dict.fromkeys(content, True), "items": {"__all__": included}}
            answer = _json(shape, {**content, "items": page.items}, included)
    answer.headers.update(kept)
    return answer


def answer_record(
    request: Request,
    database: Open,
    parameters: OfRecord,
    shape: type[BaseModel],
    find: Callable[[sa.Connection, str, int | None], Item],
    name: str,
) -> Response:
    """Answer with what `find` finds of an interview in a revision, or with the whole of it in another format.

    Raises:
        NoTimesError: captions are asked for by name, and the interview has no times.
        NotAcceptableError: there is nothing that the request accepts.
        ParameterError: a field is not known, or the format has no place for fields.
    """
    reason = ""
    for known in choose(request, INTERVIEW_FORMATS, parameters.format):
        if not isinstance(known, InterviewFormat):
            with database.read() as connection:
                item = find(connection, name, parameters.revision)
            return answer_item(item, shape, parameters.fields)
        refuse(known.description, fields=parameters.fields)
        with database.read() as connection:
            interview = find_interview(connection, name, parameters.revision)
            record = find_record(connection, name, parameters.revision)
        try:
            return export_interview(known, interview, record, request.app.state.settings.public_url)
        except NoTimesError as error:
            if parameters.format is not None:
                raise
            reason = str(error)
    raise NotAcceptableError(INTERVIEW_FORMATS, reason)


def answer_item(item: dict[str, Any], shape: type[BaseModel], fields: str | None) -> Response:
    """Answer with one item in its shape, or with some of its fields.

    Raises:
        ParameterError: a field is not known.
    """
    included = None if fields is None else chosen(shape, fields)
    return _json(shape, item, included)


def _listing(
    database: Open, connection: sa.Connection, scope: str, make: Callable[[], Listing | Ranked]
) -> Listing | Ranked:
    """Find the list of this scope with its size, as it is in the revision that is read: it is the same on each page."""
    known: Listing | None = database.get_cached(scope)
    if known is not None:
        return known
    made = make()
    if isinstance(made, Listing):
        made = count(connection, made)
        database.cache(scope, made)
    return made


def _written(database: Open, listing: Listing | Ranked, shape: type[BaseModel]) -> Embed:
    """Have the items of a list written, those excepted that are kept as they were written before."""

    def written(connection: sa.Connection, rows: Sequence[Any]) -> list[bytes]:
        return [write(shape, item) for item in listing.embed(connection, rows)]

    shown_as = listing.shown_as if isinstance(listing, Listing) else None
    if shown_as is None:
        return written
    return lambda connection, rows: database.cached_items(shown_as, rows, partial(written, connection))


def _facets(
    database: Open,
    connection: sa.Connection,
    scope: str,
    listing: Listing | Ranked,
    names: Sequence[FacetName],
    page: Page,
) -> Item | None:
    """Count a list by facets, if any are asked for and it has them."""
    if listing.conditions is None or not names:
        return None
    name = (scope, tuple(names))
    facets: Item | None = database.get_cached(name)
    if facets is None:
        facets = count_facets(
            connection, listing.conditions, names, total=page.total, total_is_exact=page.total_is_exact
        )
        database.cache(name, facets)
    return facets


def _page_request(request: Request, parameters: PageParameters, sort: str) -> PageRequest:
    """Ask for a page of the list at this address with these filters and this sort, whatever its limit."""
    given = {**parameters.model_dump(exclude=_NOT_SCOPE), "sort": sort}.items()
    scope = {name: value for name, value in given if value is not None and value != []}
    return PageRequest(
        f"{request.url.path}?{sorted(scope.items())!r}", parameters.limit, parameters.cursor, parameters.page
    )


def _item_of(shape: type[BaseModel]) -> type[BaseModel]:
    item: type[BaseModel] = shape.model_fields["items"].annotation.__args__[0]  # type: ignore[union-attr]  # list[Item]
    return item


def _json(shape: type[BaseModel], content: dict[str, Any], included: Included | None) -> Response:
    """Check and write an answer here: the framework would do it in a thread of its own."""
    media_type = JSON.media_type if included is None else SPARSE_MEDIA_TYPE
    return Response(write(shape, content, included), media_type=media_type)


def _page(request: Request, response: Response, asked: PageRequest, found: Page) -> dict[str, Any]:
    """Make the `page` of a list, and set the same links as a Link header (RFC 8288)."""
    previous = found.previous
    links = {"next": _link(request, "cursor", found.next), "prev": _link(request, "cursor", previous)}
    if previous is None and not found.items and (asked.number or 1) > 1:
        # A page past the last one has nothing to point back from, so its number does.
        last = max(1, -(-found.total // asked.limit))
        links["prev"] = _link(request, "page", str(min(last, asked.number or 1)))
    if header := ", ".join(f'<{link}>; rel="{relation}"' for relation, link in links.items() if link):
        response.headers["Link"] = header
    return {
        "limit": asked.limit,
        "next": links["next"],
        "previous": links["prev"],
        "total": found.total,
        "total_is_exact": found.total_is_exact,
    }


def _link(request: Request, way: str, place: str | None) -> str | None:
    if place is None:
        return None
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in {"cursor", "page"}]
    return f"{request.app.state.settings.public_url}{request.url.path}?{urlencode([*kept, (way, place)])}"
