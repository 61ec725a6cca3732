"""/desk/interviews/{interview}/redact: every turn word for word, so that words of it can be selected and taken out.

A script hands on which characters of which turn are selected; without scripts, words are written on the page of a turn.
"""

from math import ceil
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.parameters.items import NoParameters
from app.api.parameters.values import InterviewName
from app.models import Scope
from app.queries.filters.grammar import Storable
from app.web.desk.at_work import TURNS_ON_A_PAGE, read_at_work
from app.web.desk.session import SignedIn, desk_router

router = desk_router()


class SelectParameters(NoParameters):
    """Which page of the interview is shown, or the page of which turn."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    turn: Annotated[str, Storable, Field(max_length=200)] | None = None


@router.get("/interviews/{interview}/redact")
def show_redact(interview: InterviewName, desk: SignedIn, asked: Annotated[SelectParameters, Query()]) -> Response:
    """Show a page of the turns as they are stored."""
    desk.require(Scope.REDACT)
    with desk.read() as connection:
        at_work = read_at_work(connection, interview, held=desk.finds_held)
    turns = at_work.record["turns"]
    last = max(1, ceil(len(turns) / TURNS_ON_A_PAGE))
    index = at_work.index_of.get(asked.turn or "")
    page = min(asked.page if index is None else index // TURNS_ON_A_PAGE + 1, last)
    first = (page - 1) * TURNS_ON_A_PAGE
    people = {person["slug"]: person for person in at_work.record["people"]}
    shown = enumerate(turns[first : first + TURNS_ON_A_PAGE], start=first + 1)
    return desk.page(
        "desk/redact.html",
        interview=at_work.interview,
        state=at_work.state,
        turns=[(number, turn, people.get(turn["speaker"])) for number, turn in shown],
        wanted=asked.turn,
        page=page,
        pages=last,
    )
