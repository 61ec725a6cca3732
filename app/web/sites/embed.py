"""/embed/: a question, an answer or a passage as a frame of another page. No script, and any page may frame it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.single import single_values
from app.api.parameters.values import InterviewName
from app.errors import NotFoundError
from app.web.parameters import PassagePageParameters
from app.web.site import POLICY, page
from app.web.sites.embedded import Place, find_embedded

# No script, no form, and any site may show it in a frame.
_POLICY = (
    POLICY.replace("script-src 'self'; connect-src 'self'; ", "")
    .replace("form-action 'self'", "form-action 'none'")
    .replace("frame-ancestors 'none'", "frame-ancestors *")
)

router = APIRouter(
    prefix="/embed", route_class=ReadingRoute, include_in_schema=False, dependencies=[Depends(single_values)]
)


@router.get("/{noun}/{name}")
def show_embed(
    noun: Literal["questions", "answers", "interviews"],
    name: InterviewName,
    request: Request,
    database: Open,
    asked: Annotated[PassagePageParameters, Query()],
) -> Response:
    """Show an item, or the passage of it that is asked for."""
    place = Place(noun, name, asked.revision, asked.turn, asked.start, asked.end)
    if noun == "interviews" and not place.is_passage:
        raise NotFoundError("embed of a whole interview", name)
    with database.read() as connection:
        embedded = find_embedded(connection, place, request.app.state.settings.public_url)
    shown = page(request, "embed.html", policy=_POLICY, embedded=embedded)
    # Its page is what search engines list.
    shown.headers["X-Robots-Tag"] = "noindex"
    return shown
