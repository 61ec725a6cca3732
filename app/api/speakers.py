"""/v1/speakers: people, and what they answered."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app import models
from app.api.database import Open
from app.api.openapi import SPARSE_ITEM, SPARSE_PAGE
from app.api.pages import answer_item, answer_list
from app.api.parameters import QuestionParameters, Sparse, SpeakerName, SpeakerParameters
from app.api.schemas import AnswerPage, Speaker, SpeakerPage
from app.queries import answers, speakers
from app.queries.filters import Clause
from app.queries.names import slug_of

router = APIRouter(prefix="/v1/speakers", tags=["speakers"])


@router.get("", response_model=SpeakerPage, responses=SPARSE_PAGE)
def list_speakers(
    request: Request, response: Response, database: Open, parameters: Annotated[SpeakerParameters, Query()]
) -> Any:
    """List speakers with their roles and how much they asked and answered.

    Filters on interviews give those who take part in one that meets them all. Somebody whom the source does not name
    is a speaker without a name, of one interview.
    """
    with database.read() as connection:
        listing = speakers.listing(connection, parameters.filters(), parameters.sort)
        return answer_list(request, response, connection, listing, parameters, SpeakerPage)


@router.get("/{speaker}", response_model=Speaker, responses=SPARSE_ITEM)
def get_speaker(speaker: SpeakerName, database: Open, parameters: Annotated[Sparse, Query()]) -> Any:
    """Get one speaker."""
    with database.read() as connection:
        item = speakers.find_speaker(connection, speaker)
    return answer_item(item, Speaker, parameters.fields)


@router.get("/{speaker}/answers", response_model=AnswerPage, responses=SPARSE_PAGE)
def list_speaker_answers(
    speaker: SpeakerName,
    request: Request,
    response: Response,
    database: Open,
    parameters: Annotated[QuestionParameters, Query()],
) -> Any:
    """List the answers that a speaker gave."""
    with database.read() as connection:
        slug = slug_of(connection, models.Speaker, speaker)
        filters = parameters.filters(answered_by=(Clause((slug,)),))
        listing = answers.listing(connection, filters, parameters.sort)
        return answer_list(request, response, connection, listing, parameters, AnswerPage)
