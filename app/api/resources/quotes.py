"""/v1/quotes/verify: was this said?"""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Body, Depends, Query, Request, Response

from app.api.database import Open
from app.api.formats import prefers_page
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.quotes import QuoteParameters
from app.api.parameters.single import single_keys
from app.api.routers import resource_router
from app.api.schemas.quotes import VerifiedQuote
from app.queries import quotes

# The page that checks quotations.
CHECKER = "/quotes"
# Characters of an address of a checked quotation: what mail and chats leave whole.
_LONGEST_ADDRESS = 6_000

router = resource_router("/v1/quotes", "quotes", ReadingRoute)


@router.get("/verify", response_model=VerifiedQuote, summary="Verify a short quotation")
def verify_quote(request: Request, database: Open, parameters: Annotated[QuoteParameters, Query()]) -> Any:
    """Verify a quotation: whether it was said, by whom, where, and in which words.

    The verdict rests on words that are aligned and on no similarity. It can be linked to and cached; a quotation that
    is too long for an address is sent with POST.
    """
    verified = _verified(request, database, parameters)
    if verified.web_page is not None and prefers_page(request.scope):
        return Response(status_code=303, headers={"Location": verified.web_page})
    return verified


@router.post("/verify", dependencies=[Depends(single_keys)], summary="Verify a posted quotation")
def verify_posted_quote(request: Request, database: Open, quote: Annotated[QuoteParameters, Body()]) -> VerifiedQuote:
    """Verify a quotation that is sent in the body; nothing is stored."""
    return _verified(request, database, quote)


def page_of_verdict(text: str, speaker: str | None) -> str | None:
    """Return the path of the page that shows what is true of a quotation; None where it is too long for an address.

    `speaker` is a slug, or what somebody calls a person.
    """
    address = f"{CHECKER}?{urlencode([('q', text), *([('speaker', speaker)] if speaker else [])])}"
    return address if len(address) <= _LONGEST_ADDRESS else None


def _verified(request: Request, database: Open, asked: QuoteParameters) -> VerifiedQuote:
    with database.read() as connection:
        speakers = [] if asked.speaker is None else [asked.speaker]
        found = quotes.verify(connection, asked.text, speakers, asked.interview, asked.topic)
    speaker = next(iter(found.pop("speakers")), None)
    page = None if asked.interview or asked.topic else page_of_verdict(asked.text, speaker)
    web_page = page and f"{request.app.state.settings.public_url}{page}"
    return VerifiedQuote.model_validate({**found, "speaker": speaker, "web_page": web_page})
