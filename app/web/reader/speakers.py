"""/speakers and /speakers/{speaker}: people, and what they say."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app import models
from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.lists import QuestionParameters, SpeakerParameters
from app.api.parameters.single import single_values
from app.api.parameters.values import SpeakerName
from app.api.schemas.lists import AnswerPage, SpeakerPage
from app.queries import answers, interviews, questions, speakers
from app.queries.embedding import Item
from app.queries.filters import Clause, Filters
from app.queries.names import slug_of
from app.queries.paging import PageRequest, list_page
from app.structure.pairing import Attribution
from app.web.lists import ListPage, shown_list
from app.web.reader.questions import SORTS, in_list
from app.web.said import excerpt, in_short
from app.web.site import page, site_of
from app.web.sites import about

# Interviews of a person that are named on their page, the newest; a link leads to all.
_INTERVIEWS = 8
# Characters of an answer in the list, at most.
_LONGEST_ANSWER = 420
_FACETS = ("topic", "year", "series", "publisher")

router = APIRouter(
    prefix="/speakers", route_class=ReadingRoute, include_in_schema=False, dependencies=[Depends(single_values)]
)


@router.get("")
def list_speakers(request: Request, database: Open, parameters: Annotated[SpeakerParameters, Query()]) -> Response:
    """List people, or find one by name."""
    with ListPage(request, database, parameters, SpeakerPage) as asked:
        listing = asked.cached() or asked.count(
            speakers.listing(asked.connection, parameters.filters(), asked.sort, parameters.q)
        )
        read = asked.read(listing)
    sorts = () if parameters.q else ("name", "-answers")
    shown = shown_list(request, read, sorts=sorts, sort=parameters.sort)
    site = site_of(request)
    title = site.texts("people").unescape()
    head = about.collection(site, title, site.texts("people-lead").unescape(), "/speakers")
    return page(request, "speakers.html", about=head, list=shown, q=parameters.q or "")


@router.get("/{speaker}")
def show_speaker(
    speaker: SpeakerName, request: Request, database: Open, parameters: Annotated[QuestionParameters, Query()]
) -> Response:
    """Show a person with what they answered or, if they only ask, with what they asked."""
    with ListPage(request, database, parameters, AnswerPage, _FACETS) as asked:
        connection = asked.connection
        found = speakers.find_speaker(connection, speaker)
        by_them = (Clause((slug_of(connection, models.Speaker, speaker),)),)
        answers_something = found["answer_count"] > 0 or not found["question_count"]
        listing = asked.cached()
        if listing is None and answers_something:
            listing = asked.count(answers.listing(connection, parameters.filters(answered_by=by_them), asked.sort))
        elif listing is None:
            listing = asked.count(questions.listing(connection, parameters.filters(asked_by=by_them), asked.sort))
        read = asked.read(listing)
        taking_part = interviews.listing(connection, Filters(speaker=by_them), questions.DEFAULT_SORT)
        newest = list_page(connection, taking_part, PageRequest("of a speaker", _INTERVIEWS))
    read.items[:] = map(_answer_in_list if answers_something else in_list, read.items)
    return page(
        request,
        "speaker.html",
        about=about.speaker(site_of(request), found),
        speaker=found,
        is_inferred=found["attribution"] == Attribution.INFERRED,
        answers_something=answers_something,
        interviews=newest,
        list=shown_list(request, read, sorts=SORTS, sort=parameters.sort),
    )


def _answer_in_list(item: Item) -> Item:
    text_format, language = item["text_format"], item["interview"]["language"]
    question = {**item["question"], "short": in_short(item["question"]["text"], language, text_format)}
    return {**item, "question": question, "beginning": excerpt(item["text"], text_format, _LONGEST_ANSWER)}
