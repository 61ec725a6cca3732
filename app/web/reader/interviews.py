"""/interviews: all interviews, by any filter."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.lists import InterviewParameters
from app.api.parameters.single import single_values
from app.api.schemas.lists import InterviewPage
from app.queries import interviews
from app.web.lists import ListPage, shown_list
from app.web.site import page, site_of
from app.web.sites import about

_FACETS = ("topic", "speaker", "year", "series", "publisher", "language")
_SORTS = ("-published", "published", "title")

router = APIRouter(route_class=ReadingRoute, include_in_schema=False, dependencies=[Depends(single_values)])


@router.get("/interviews")
def list_interviews(request: Request, database: Open, parameters: Annotated[InterviewParameters, Query()]) -> Response:
    """List interviews, with filters as links."""
    with ListPage(request, database, parameters, InterviewPage, _FACETS) as asked:
        listing = asked.cached() or asked.count(interviews.listing(asked.connection, parameters.filters(), asked.sort))
        read = asked.read(listing)
    site = site_of(request)
    title = site.texts("interviews").unescape()
    feeds = [about.feed(site, "interviews", "/v1/interviews")]
    head = about.collection(site, title, site.texts("home-lead").unescape(), "/interviews", feeds)
    return page(
        request, "interviews.html", about=head, list=shown_list(request, read, sorts=_SORTS, sort=parameters.sort)
    )
