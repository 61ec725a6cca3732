"""/interviews/{interview}/revisions: what an interview was before; and .../difference: two revisions side by side."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.items import DifferenceParameters, NoParameters
from app.api.parameters.lists import Cursor
from app.api.parameters.single import single_values
from app.api.parameters.values import InterviewName
from app.errors import ParameterError
from app.queries import revisions
from app.queries.paging import PageRequest, read_page
from app.web.record_differences import compare_records
from app.web.site import Site, page
from app.web.sites import about

# Revisions on a page, and turns that differ in a comparison, at most.
_MOST_REVISIONS, _MOST_TURNS = 50, 300

router = APIRouter(
    prefix="/interviews", route_class=ReadingRoute, include_in_schema=False, dependencies=[Depends(single_values)]
)


class RevisionsParameters(NoParameters):
    """Which page of the list of revisions."""

    cursor: Cursor | None = None


@router.get("/{interview}/revisions")
def show_revisions(
    interview: InterviewName, request: Request, database: Open, asked: Annotated[RevisionsParameters, Query()]
) -> Response:
    """List the revisions of an interview, each with what it changed and why."""
    site: Site = request.app.state.site
    with database.read() as connection:
        found = revisions.find_interview(connection, interview)
        listing = revisions.list_interview_revisions(connection, interview)
        scope = f"revisions of {found['id']}"
        listed = read_page(connection, listing, PageRequest(scope, _MOST_REVISIONS, asked.cursor))
        items = listing.embed(connection, listed.items)
    title = site.texts("revisions-title", title=found["title"]).unescape()
    head = about.collection(site, title, title, f"/interviews/{found['slug']}/revisions")
    return page(request, "revisions.html", about=head, interview=found, revisions=items, listed=listed)


@router.get("/{interview}/difference")
def show_difference(
    interview: InterviewName, request: Request, database: Open, asked: Annotated[DifferenceParameters, Query()]
) -> Response:
    """Show what differs between two revisions of an interview; without parameters, the last two."""
    site: Site = request.app.state.site
    with database.read() as connection:
        current = revisions.find_interview(connection, interview)
        later = current if asked.after is None else revisions.find_interview(connection, interview, asked.after)
        number = later["revision"] - 1 if asked.before is None else asked.before
        if number < 1:
            raise ParameterError("from", "The first revision has none before it to be compared with.")
        earlier = revisions.find_interview(connection, interview, number)
        records = [revisions.find_record(connection, interview, one["revision"]) for one in (earlier, later)]
    found = compare_records(earlier, later, records[0], records[1], _MOST_TURNS)
    title = site.texts("difference-title", title=current["title"]).unescape()
    head = about.searched(title, title)
    return page(request, "difference.html", about=head, interview=current, before=earlier, after=later, found=found)
