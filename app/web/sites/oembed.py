"""/oembed: what other sites show of a page whose address somebody pastes there (https://oembed.com, version 1.0).

Questions, answers and passages are of type `rich`, a frame without any script; interviews, speakers and topics are of
type `link`. Only addresses of this site are answered: others, and those of nothing, 404; those of the desk, which are
for editors, 401; formats but JSON and XML, 501.
"""

import json
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.api.database import Open
from app.api.documentation.explorer import server_of
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.single import single_values
from app.api.parameters.values import WholeNumber
from app.errors import GoneError, MovedError, ParameterError, UnknownRevisionError
from app.exports.entries import shortened
from app.exports.xml import DECLARATION, element, text_element
from app.queries.embedding import Item
from app.queries.interviews import find_interview
from app.queries.speakers import find_speaker
from app.queries.topics import find_topic
from app.web.site import Site
from app.web.sites.codes import TITLE, WIDTH, frame, frame_height
from app.web.sites.embedded import Embedded, Place, find_embedded, read_address

OEMBED = "/oembed"
# Pixels of the narrowest frame that is of use, unless there is less room.
_LEAST_WIDTH = 220
_PRIVATE = "/desk"

router = APIRouter(route_class=ReadingRoute, include_in_schema=False, dependencies=[Depends(single_values)])


class OembedParameters(BaseModel):
    """What a consumer sends; it may send more, which says nothing to this provider."""

    url: Annotated[str, Field(min_length=1, max_length=8000)]
    format: str = "json"
    maxwidth: Annotated[WholeNumber | None, Field(ge=1)] = None
    maxheight: Annotated[WholeNumber | None, Field(ge=1)] = None


@router.get(OEMBED)
def get_oembed(request: Request, database: Open, asked: Annotated[OembedParameters, Query()]) -> Response:
    """Answer with what is shown of a page elsewhere."""
    if asked.format not in {"json", "xml"}:
        raise HTTPException(501, f"There is no format {asked.format[:40]!r}; there are json and xml.")
    base = server_of(request)
    own = asked.url.removeprefix(base)
    if own == _PRIVATE or own.startswith((f"{_PRIVATE}/", f"{_PRIVATE}?")):
        # RFC 9110, section 15.5.2, asks for the header.
        raise HTTPException(401, "This page is for editors.", {"WWW-Authenticate": "Bearer"})
    place = read_address(asked.url, base)
    if place is None:
        raise HTTPException(404)
    site: Site = request.app.state.site
    try:
        with database.read() as connection:
            answer = _answer(connection, site, base, place, asked)
    except (GoneError, UnknownRevisionError, ParameterError):
        # The specification knows no other word for what is not there.
        raise HTTPException(404) from None
    if asked.format == "xml":
        written = element("oembed", *(text_element(name, str(value)) for name, value in answer.items()))
        return Response(f"{DECLARATION}{written}\n", media_type="text/xml")
    return Response(json.dumps(answer, ensure_ascii=False), media_type="application/json")


def _answer(connection: sa.Connection, site: Site, base: str, place: Place, asked: OembedParameters) -> dict[str, Any]:
    provider = {"version": "1.0", "provider_name": site.title, "provider_url": f"{base}/"}
    provider["cache_age"] = str(site.settings.cache_seconds)
    if place.noun in {"questions", "answers"} or place.is_passage:
        embedded = find_embedded(connection, place, base)
        return {"type": "rich", **provider, **_author(embedded, base), **_frame(embedded, base, asked)}
    try:
        title = _title(connection, place)
    except MovedError as error:
        title = _title(connection, Place(place.noun, error.to))
    return {"type": "link", **provider, "title": shortened(title, TITLE)}


def _title(connection: sa.Connection, place: Place) -> str:
    item: Item
    if place.noun == "interviews":
        return str(find_interview(connection, place.name)["title"])
    if place.noun == "speakers":
        return str(find_speaker(connection, place.name)["display_name"])
    item = find_topic(connection, place.name)
    return str(item["label"])


def _author(embedded: Embedded, base: str) -> dict[str, str]:
    """Name who says it, if one person does, and the source names them."""
    people = {one.speaker["slug"]: one.speaker["name"] for one in embedded.said if one.speaker}
    [(slug, name)] = people.items() if len(people) == 1 else [("", None)]
    return {"author_name": name, "author_url": f"{base}/speakers/{slug}"} if name else {}


def _frame(embedded: Embedded, base: str, asked: OembedParameters) -> dict[str, Any]:
    width = max(_LEAST_WIDTH, min(WIDTH, asked.maxwidth or WIDTH))
    width = min(width, asked.maxwidth or width)
    height = frame_height(embedded, width)
    height = min(height, asked.maxheight or height)
    title = shortened(embedded.title, TITLE)
    return {"title": title, "html": frame(embedded, base, width, height), "width": width, "height": height}
