"""/v1/search: full text over the record. /v1/compare: what several people say on one topic."""

from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request

from app.api.database import Open
from app.api.documentation.openapi import LIST, SPARSE_ITEM
from app.api.http.read_limiter import ReadingRoute
from app.api.items import answer_item
from app.api.lists import ListRequest
from app.api.parameters.lists import SearchParameters
from app.api.parameters.quotes import CompareParameters
from app.api.routers import resource_router
from app.api.schemas.search import Comparison, SearchPage
from app.errors import ParameterError
from app.queries import compare, hits
from app.queries.embedding import Item
from app.queries.meaning import ranked_by_meaning
from app.quotes import MAX_QUOTATION_LENGTH

# Parameters that say where in a list a page lies.
_OF_PLACE = {"cursor", "page", "as_written"}

router = resource_router("/v1", "search", ReadingRoute)


@router.get("/search", response_model=SearchPage, responses=LIST, summary="Search the whole record")
def search_record(request: Request, database: Open, parameters: Annotated[SearchParameters, Query()]) -> Any:
    """Search questions, answers and free-standing turns, the best hits first.

    Each hit says where it matches: passages to show, and every place as offsets in the verbatim text. A person's name
    finds what that person says; `named` has people, topics and interviews that the words name.
    """
    with ListRequest(request, database, parameters, SearchPage) as asked:
        found = hits.search(
            asked.connection, parameters.q, parameters.mode, parameters.filters(), as_written=parameters.as_written
        )
        model = request.app.state.meaning
        if model is not None:
            found = ranked_by_meaning(asked.connection, model, parameters.q, found)
        return asked.answer(replace(found, extra=_with_addresses(request, found.extra)))


def _with_addresses(request: Request, extra: Item) -> Item:
    """Add where what an answer speaks of is found."""
    base = request.app.state.settings.public_url
    meant, quotation = extra["did_you_mean"], extra["quotation"]
    if meant is not None:
        again = None
        if any(word["replaced"] for word in meant["words"]):
            given = [(name, value) for name, value in request.query_params.multi_items() if name not in _OF_PLACE]
            again = f"{base}{request.url.path}?{urlencode([*given, ('as_written', 'true')])}"
        meant = {**meant, "as_written": again}
    verify = None
    if quotation is not None and len(quotation) <= MAX_QUOTATION_LENGTH:
        verify = f"{base}/v1/quotes/verify?{urlencode({'text': quotation})}"
    named = {
        noun: [
            {**item, "address": f"{base}/v1/{path}/{item['slug']}", "web_page": f"{base}/{path}/{item['slug']}"}
            for item in extra["named"][noun]
        ]
        for noun, path in (("people", "speakers"), ("topics", "topics"), ("interviews", "interviews"))
    }
    return {**extra, "did_you_mean": meant, "named": named, "verify": verify}


@router.get("/compare", response_model=Comparison, responses=SPARSE_ITEM, summary="Compare speakers on a topic")
def compare_speakers(request: Request, database: Open, parameters: Annotated[CompareParameters, Query()]) -> Any:
    """Compare what speakers say on a topic, side by side: what they answer, each answer with its question, and what
    they ask. What says something of its own is shown; a mere yes only where a speaker says nothing else.
    """
    if len(request.query_params.getlist("topic")) > 1:
        raise ParameterError("topic", "This parameter can stand only once.")
    with database.read() as connection:
        compared = compare.compare_speakers(connection, parameters.topic, parameters.speaker, parameters.limit)
    for one in compared["items"]:
        for noun, filter_name in (("answers", "answered_by"), ("questions", "asked_by")):
            one[noun] = one[noun]._asdict()
            page = one[noun].pop("others_from_page")
            asked = {"topic": compared["topic"]["slug"], filter_name: one["slug"], "limit": parameters.limit}
            address = f"{request.app.state.settings.public_url}/v1/{noun}?{urlencode({**asked, 'page': page})}"
            one[noun]["next"] = None if page is None else address
    return answer_item(request, compared, Comparison, parameters)
