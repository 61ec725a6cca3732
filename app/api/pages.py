"""Pages of lists: from parameters to a page request, and from rows to links."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from app.api.parameters import PageParameters
from app.queries.paging import PageRequest, Slice


def page_request(request: Request, parameters: PageParameters) -> PageRequest:
    """Ask for a page of the list at this address with these filters, whatever its limit."""
    given = parameters.model_dump(exclude={"limit", "cursor"}).items()
    scope = {name: value for name, value in given if value is not None and value != []}
    sort = str(scope.pop("sort", ""))
    return PageRequest(f"{request.url.path}?{sorted(scope.items())!r}", sort, parameters.limit, parameters.cursor)


def page_of(request: Request, response: Response, asked: PageRequest, found: Slice) -> Mapping[str, Any]:
    """Make the `page` of a list, and set the same links as a Link header (RFC 8288)."""
    links = {"next": _link(request, found.next), "prev": _link(request, found.previous)}
    if header := ", ".join(f'<{link}>; rel="{relation}"' for relation, link in links.items() if link):
        response.headers["Link"] = header
    return {
        "limit": asked.limit,
        "next": links["next"],
        "previous": links["prev"],
        "total": found.total,
        "total_is_exact": found.total_is_exact,
    }


def _link(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"{request.app.state.settings.public_url}{request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"
