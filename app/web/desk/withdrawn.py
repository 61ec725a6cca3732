"""/desk/withdrawn: interviews that were withdrawn, by whom, when and why, and lifting that."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from app import loading
from app.api.parameters.values import InterviewName
from app.models import Scope
from app.queries import withdrawals
from app.web.desk.lists import ListParameters, show_list
from app.web.desk.session import DESK, SignedIn, desk_router

router = desk_router()


@router.get("/withdrawn")
def show_withdrawn(desk: SignedIn, asked: Annotated[ListParameters, Query()]) -> Response:
    """List the interviews that were withdrawn, the last one first."""
    desk.require(Scope.REDACT)
    return show_list(desk, "withdrawn", withdrawals.listing(held=desk.finds_held), asked)


@router.post("/withdrawn/{interview}/lift")
def lift(interview: InterviewName, desk: SignedIn) -> Response:
    """Allow the files of a withdrawn interview to be loaded again."""
    desk.require(Scope.REDACT)
    with desk.write() as connection:
        author = desk.author()
        loading.lift_withdrawal(connection, interview, author, held=desk.finds_held)
    return desk.go(f"{DESK}/withdrawn", done="lifted")
