"""Lists and items as they are answered: from parameters to a page, its links and facets, and sparse items."""

from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import Request, Response
from pydantic import BaseModel

from app.api.fields import chosen
from app.api.parameters import Faceted, PageParameters
from app.api.schemas import SPARSE_MEDIA_TYPE
from app.queries.facets import count_facets
from app.queries.paging import Listing, Page, PageRequest, list_page

# What does not change which rows a list has, nor their order: a cursor is good whatever these are.
_NOT_SCOPE = {"limit", "cursor", "page", "fields", "facets"}


def answer_list(
    request: Request,
    response: Response,
    connection: sa.Connection,
    listing: Listing,
    parameters: PageParameters,
    shape: type[BaseModel],
) -> BaseModel | Response:
    """Answer with one page of a list, in the shape of its pages.

    Raises:
        CursorError: the cursor is not of this list.
        ParameterError: a facet or a field is not known, or a page by number lies too deep.
    """
    asked = page_request(request, parameters)
    names = parameters.facet_names() if isinstance(parameters, Faceted) else []
    included = None if parameters.fields is None else chosen(_item_of(shape), parameters.fields)
    page = list_page(connection, listing, asked)
    content: dict[str, Any] = {"items": page.items, "page": _page(request, response, asked, page)}
    if listing.conditions is not None:
        content["facets"] = count_facets(connection, listing.conditions, names) if names else None
    whole = shape.model_validate(content)
    if included is None:
        return whole
    return _sparse(whole, {**dict.fromkeys(content, True), "items": {"__all__": included}}, dict(response.headers))


def answer_item(item: dict[str, Any], shape: type[BaseModel], fields: str | None) -> BaseModel | Response:
    """Answer with one item in its shape, or with some of its fields.

    Raises:
        ParameterError: a field is not known.
    """
    included = None if fields is None else chosen(shape, fields)
    whole = shape.model_validate(item)
    return whole if included is None else _sparse(whole, included)


def page_request(request: Request, parameters: PageParameters) -> PageRequest:
    """Ask for a page of the list at this address with these filters and this sort, whatever its limit."""
    given = parameters.model_dump(exclude=_NOT_SCOPE).items()
    scope = {name: value for name, value in given if value is not None and value != []}
    return PageRequest(
        f"{request.url.path}?{sorted(scope.items())!r}", parameters.limit, parameters.cursor, parameters.page
    )


def _item_of(shape: type[BaseModel]) -> type[BaseModel]:
    item: type[BaseModel] = shape.model_fields["items"].annotation.__args__[0]  # type: ignore[union-attr]  # list[Item]
    return item


def _sparse(whole: BaseModel, included: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    kept = {name: value for name, value in (headers or {}).items() if name.lower() == "link"}
    return Response(whole.model_dump_json(include=included), media_type=SPARSE_MEDIA_TYPE, headers=kept)


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
