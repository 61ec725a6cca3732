"""/questions/{id}/asked-elsewhere: the same question as others answered it, and other questions on the same matter."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.items import NoParameters
from app.api.parameters.single import single_values
from app.api.parameters.values import QuestionId
from app.queries import related
from app.queries.paging import PageRequest, read_page
from app.queries.questions import find_question
from app.web.reader.questions import in_list
from app.web.said import in_short
from app.web.site import Site, page
from app.web.sites import about

# Questions that are shown of each list, at most.
_ASKED, _RELATED = 20, 10

router = APIRouter(route_class=ReadingRoute, include_in_schema=False, dependencies=[Depends(single_values)])


@router.get("/questions/{id}/asked-elsewhere")
def show_asked_elsewhere(
    id: QuestionId,  # noqa: A002 - the path's own name
    request: Request,
    database: Open,
    _none: Annotated[NoParameters, Query()],
) -> Response:
    """Show who else was asked this, with what they answered."""
    site: Site = request.app.state.site
    with database.read() as connection:
        question = find_question(connection, id)
        asked, others = (
            listing.embed(connection, read_page(connection, listing, PageRequest("asked", most)).items)
            for listing, most in (
                (related.list_asked_elsewhere(connection, id), _ASKED),
                (related.list_related(connection, id, request.app.state.meaning), _RELATED),
            )
        )
    shown = {one["question"]["id"] for one in asked}
    others = [one for one in others if one["question"]["id"] not in shown]
    for one in (*asked, *others):
        one["question"] = in_list(one["question"])
    short = in_short(question["text"], question["interview"]["language"], question["text_format"])
    title = site.texts("asked-title").unescape()
    head = about.searched(title, short)
    return page(request, "asked.html", about=head, question=question, short=short, asked=asked, others=others)
