"""/v1/speakers: people, and what they answered."""

from typing import Annotated, Any

from fastapi import Query, Request

from app import models
from app.api.database import Open
from app.api.documentation.openapi import FEED_LIST, LIST, SPARSE_ITEM
from app.api.http.read_limiter import ReadingRoute
from app.api.items import answer_item
from app.api.lists import ListRequest
from app.api.parameters.items import FieldsParameters
from app.api.parameters.lists import QuestionParameters, SpeakerParameters
from app.api.parameters.values import SpeakerName
from app.api.routers import resource_router
from app.api.schemas.lists import AnswerPage, SpeakerPage
from app.api.schemas.speakers import Speaker
from app.exports import entries
from app.queries import answers, speakers
from app.queries.filters import Clause
from app.queries.names import slug_of

router = resource_router("/v1/speakers", "speakers", ReadingRoute)


@router.get("", response_model=SpeakerPage, responses=LIST, summary="List all speakers")
def list_speakers(request: Request, database: Open, parameters: Annotated[SpeakerParameters, Query()]) -> Any:
    """List speakers with their roles and how much they asked and answered.

    `q` finds people by name: those of this very name first, then those who have its words, then those of a near name;
    `match` tells these apart. Filters on interviews give those who take part in one that meets them all; `topic` gives
    those who answer a question on it. Somebody whom the source does not name is a speaker without a name, of one
    interview.
    """
    with ListRequest(request, database, parameters, SpeakerPage) as asked:
        listing = asked.cached() or asked.count(
            speakers.listing(asked.connection, parameters.filters(), asked.sort, parameters.q)
        )
        return asked.answer(listing)


@router.get("/{speaker}", response_model=Speaker, responses=SPARSE_ITEM, summary="Get one speaker")
def get_speaker(
    speaker: SpeakerName, request: Request, database: Open, parameters: Annotated[FieldsParameters, Query()]
) -> Any:
    """Get one speaker."""
    with database.read() as connection:
        item = speakers.find_speaker(connection, speaker)
    return answer_item(request, item, Speaker, parameters, f"/speakers/{item['slug']}")


@router.get("/{speaker}/answers", response_model=AnswerPage, responses=FEED_LIST, summary="List answers of a speaker")
def list_speaker_answers(
    speaker: SpeakerName,
    request: Request,
    database: Open,
    parameters: Annotated[QuestionParameters, Query()],
) -> Any:
    """List the answers that a speaker gave."""
    with ListRequest(request, database, parameters, AnswerPage, entries.ANSWERS) as asked:
        listing = asked.cached()
        if listing is None:
            slug = slug_of(asked.connection, models.Speaker, speaker)
            listing = asked.count(
                answers.listing(asked.connection, parameters.filters(answered_by=(Clause((slug,)),)), asked.sort)
            )
        return asked.answer(listing)
