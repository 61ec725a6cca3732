"""/desk: the interviews, the newest first."""

from dataclasses import replace
from typing import Annotated

from fastapi import Query
from pydantic import Field
from sqlmodel import col
from starlette.responses import Response

from app.api.parameters.items import NoParameters
from app.api.parameters.lists import Cursor
from app.models import Interview
from app.queries import interviews, questions
from app.queries.filters import Filters
from app.queries.filters.grammar import AnyText, Storable
from app.queries.paging import PageRequest, read_page
from app.web.desk.session import DoneName, SignedIn, desk_router

_ON_A_PAGE = 50

router = desk_router()


class DeskParameters(NoParameters):
    """Which interviews are listed, and what was done before."""

    title: Annotated[str, Storable, AnyText] | None = Field(default=None, max_length=300)
    cursor: Cursor | None = None
    done: DoneName | None = None


@router.get("")
def show_interviews(desk: SignedIn, asked: Annotated[DeskParameters, Query()]) -> Response:
    """List the interviews, the newest first, and those that are held back."""
    with desk.read() as connection:
        listing = interviews.listing(connection, Filters(), questions.DEFAULT_SORT)
        if asked.title:
            words = col(Interview.title).icontains(asked.title.strip(), autoescape=True)
            listing = replace(listing, select=listing.select.where(words), counted=None)
        listed = read_page(connection, listing, PageRequest(f"desk {asked.title}", _ON_A_PAGE, asked.cursor))
        items = listing.embed(connection, listed.items)
    return desk.page("desk/interviews.html", interviews=items, listed=listed, title=asked.title or "", done=asked.done)
