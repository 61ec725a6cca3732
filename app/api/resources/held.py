"""/v1/held: interviews that are held back, for keys that may read them."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Query, Request, Response

from app.api.database import Open
from app.api.documentation.openapi import LIST, SPARSE_ITEM
from app.api.http.read_limiter import ReadingRoute
from app.api.items import answer_item
from app.api.lists import ListRequest
from app.api.parameters.curation import HeldParameters
from app.api.parameters.items import FieldsParameters
from app.api.parameters.values import InterviewName
from app.api.routers import resource_router
from app.api.schemas.withholding import HeldInterview, HeldPage
from app.api.writing import needs
from app.models import Scope
from app.queries import held

router = resource_router("/v1/held", "interviews", ReadingRoute, dependencies=[Depends(needs(Scope.READ_HELD))])


@router.get("", response_model=HeldPage, responses=LIST, summary="List interviews held back")
def list_held(request: Request, database: Open, parameters: Annotated[HeldParameters, Query()]) -> Any:
    """List the interviews that are held back, the next to be published first."""
    with ListRequest(request, database, parameters, HeldPage) as asked:
        # It is not counted once a revision: an embargo is no revision of the corpus, which would tell of it.
        return asked.answer(held.listing(asked.sort))


@router.get("/{interview}", response_model=HeldInterview, responses=SPARSE_ITEM, summary="Get an interview held back")
def get_held(
    interview: InterviewName, request: Request, database: Open, parameters: Annotated[FieldsParameters, Query()]
) -> Any:
    """Get an interview that is held back: its metadata and people, the whole record in order, and its questions with
    their answers and with their topics in every state.
    """
    with database.read() as connection:
        return show_held(request, connection, interview, parameters)


def show_held(
    request: Request, connection: sa.Connection, name: str, parameters: FieldsParameters | None = None
) -> Response:
    """Answer with an interview that is held back, as its address does.

    Raises:
        NotFoundError: no interview of this name is held back.
    """
    item = held.find_held(connection, name)
    return answer_item(request, item, HeldInterview, parameters or FieldsParameters())
