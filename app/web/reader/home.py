"""/: what this is, search, the quote checker, the newest interviews and the largest topics."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.items import NoParameters
from app.api.parameters.single import single_values
from app.queries import interviews, questions, topics
from app.queries.filters import Filters
from app.queries.paging import PageRequest, count, read_page
from app.web.site import Site, page
from app.web.sites import about

# Interviews and topics that are shown, at most.
_NEWEST, _LARGEST = 6, 24

router = APIRouter(route_class=ReadingRoute, include_in_schema=False, dependencies=[Depends(single_values)])


@router.get("/")
def show_home(request: Request, database: Open, _none: Annotated[NoParameters, Query()]) -> Response:
    """Show where to begin."""
    with database.read() as connection:
        listing = interviews.listing(connection, Filters(), questions.DEFAULT_SORT)
        found = read_page(connection, listing, PageRequest("home", _NEWEST))
        newest = listing.embed(connection, found.items)
        largest = topics.largest(connection, _LARGEST)
        asked = count(connection, questions.listing(connection, Filters(), questions.DEFAULT_SORT)).counted
    site: Site = request.app.state.site
    counts = {"interviews": (found.total, found.total_is_exact), "questions": asked}
    return page(request, "home.html", about=about.home(site), newest=newest, topics=largest, counts=counts)
