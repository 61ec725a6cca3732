"""/v1/speakers: people, and what they answered."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response

from app import models
from app.api.database import Open
from app.api.documentation.openapi import LIST, SPARSE_ITEM
from app.api.http.read_limiter import ReadingRoute
from app.api.pages import answer_item, answer_list
from app.api.parameters import QuestionParameters, Sparse, SpeakerName, SpeakerParameters
from app.api.schemas.lists import AnswerPage, SpeakerPage
from app.api.schemas.speakers import Speaker
from app.queries import answers, speakers
from app.queries.filters import Clause
from app.queries.names import slug_of
from app.queries.paging import Listing

router = APIRouter(prefix="/v1/speakers", tags=["speakers"], route_class=ReadingRoute)


@router.get("", response_model=SpeakerPage, responses=LIST)
def list_speakers(
    request: Request, response: Response, database: Open, parameters: Annotated[SpeakerParameters, Query()]
) -> Any:
    """List speakers with their roles and how much they asked and answered.

    Filters on interviews give those who take part in one that meets them all. Somebody whom the source does not name
    is a speaker without a name, of one interview.
    """

    def listing(connection: sa.Connection, sort: str) -> Listing:
        return speakers.listing(connection, parameters.filters(), sort)

    return answer_list(request, response, database, parameters, SpeakerPage, listing)


@router.get("/{speaker}", response_model=Speaker, responses=SPARSE_ITEM)
def get_speaker(speaker: SpeakerName, database: Open, parameters: Annotated[Sparse, Query()]) -> Any:
    """Get one speaker."""
    with database.read() as connection:
        item = speakers.find_speaker(connection, speaker)
    return answer_item(item, Speaker, parameters.fields)


@router.get("/{speaker}/answers", response_model=AnswerPage, responses=LIST)
def list_speaker_answers(
    speaker: SpeakerName,
    request: Request,
    response: Response,
    database: Open,
    parameters: Annotated[QuestionParameters, Query()],
) -> Any:
    """List the answers that a speaker gave."""

    def listing(connection: sa.Connection, sort: str) -> Listing:
        slug = slug_of(connection, models.Speaker, speaker)
        return answers.listing(connection, parameters.filters(answered_by=(Clause((slug,)),)), sort)

    return answer_list(request, response, database, parameters, AnswerPage, listing)
