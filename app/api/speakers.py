"""/v1/speakers."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.database import Open
from app.api.pages import page_of, page_request
from app.api.parameters import NoParameters, SpeakerName, SpeakerParameters
from app.api.schemas import Speaker, SpeakerPage
from app.queries import speakers
from app.queries.filters import clauses

router = APIRouter(prefix="/v1/speakers", tags=["speakers"])


@router.get("")
def list_speakers(
    request: Request, response: Response, database: Open, parameters: Annotated[SpeakerParameters, Query()]
) -> SpeakerPage:
    """List speakers with their roles and how much they asked and answered.

    Somebody whom the source does not name is a speaker without a name, of one interview.
    """
    asked = page_request(request, parameters)
    with database.read() as connection:
        items, found = speakers.list_speakers(connection, clauses("interview", parameters.interview), asked)
    return SpeakerPage.model_validate({"items": items, "page": page_of(request, response, asked, found)})


@router.get("/{speaker}")
def get_speaker(speaker: SpeakerName, database: Open, _none: Annotated[NoParameters, Query()]) -> Speaker:
    """Get one speaker."""
    with database.read() as connection:
        return Speaker.model_validate(speakers.find_speaker(connection, speaker))
