"""/v1/quotes/verify: was this said?"""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query

from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.quotes import QuoteParameters
from app.api.parameters.single import single_keys
from app.api.schemas.quotes import VerifiedQuote
from app.queries import quotes

router = APIRouter(prefix="/v1/quotes", tags=["quotes"], route_class=ReadingRoute)


@router.get("/verify", summary="Verify a short quotation")
def verify_quote(database: Open, parameters: Annotated[QuoteParameters, Query()]) -> VerifiedQuote:
    """Verify a quotation: whether it was said, by whom, where, and in which words.

    The verdict rests on words that are aligned and on no similarity. It can be linked to and cached; a quotation that
    is too long for an address is sent with POST.
    """
    return _verified(database, parameters)


@router.post("/verify", dependencies=[Depends(single_keys)], summary="Verify a posted quotation")
def verify_posted_quote(database: Open, quote: Annotated[QuoteParameters, Body()]) -> VerifiedQuote:
    """Verify a quotation that is sent in the body; nothing is stored."""
    return _verified(database, quote)


def _verified(database: Open, asked: QuoteParameters) -> VerifiedQuote:
    with database.read() as connection:
        speakers = [] if asked.speaker is None else [asked.speaker]
        found = quotes.verify(connection, asked.text, speakers, asked.interview, asked.topic)
    speaker = found.pop("speakers")
    return VerifiedQuote.model_validate({**found, "speaker": speaker[0] if speaker else None})
