"""/desk/withdrawn: interviews that were withdrawn, by whom, when and why, and lifting that."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from app import loading
from app.api.parameters.items import NoParameters
from app.api.parameters.lists import Cursor
from app.api.parameters.values import InterviewName
from app.models import Scope
from app.queries import withdrawals
from app.queries.paging import PageRequest, read_page
from app.web.desk.session import DESK, DoneName, SignedIn, desk_router

_ON_A_PAGE, _MOST_REASON = 50, 500

router = desk_router()


class WithdrawnParameters(NoParameters):
    """Where the page begins, and what was done before."""

    cursor: Cursor | None = None
    done: DoneName | None = None


@router.get("/withdrawn")
def show_withdrawn(desk: SignedIn, asked: Annotated[WithdrawnParameters, Query()]) -> Response:
    """List the interviews that were withdrawn, the last one first."""
    desk.require(Scope.REDACT)
    with desk.read() as connection:
        listing = withdrawals.listing(held=desk.may(Scope.READ_HELD))
        listed = read_page(connection, listing, PageRequest("desk withdrawn", _ON_A_PAGE, asked.cursor))
        items = listing.embed(connection, listed.items)
    return desk.page("desk/withdrawn.html", items=items, listed=listed, done=asked.done)


@router.post("/withdrawn/{interview}/lift")
def lift(interview: InterviewName, desk: SignedIn) -> Response:
    """Allow the files of a withdrawn interview to be loaded again."""
    desk.require(Scope.REDACT)
    with desk.write() as connection:
        author = desk.author(desk.form.one("reason")[:_MOST_REASON])
        loading.lift_withdrawal(connection, interview, author, held=desk.may(Scope.READ_HELD))
    return desk.go(f"{DESK}/withdrawn", done="lifted")
