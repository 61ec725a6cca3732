"""/questions: all questions with their answers, by any filter."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.lists import QuestionParameters
from app.api.parameters.single import single_values
from app.api.schemas.lists import QuestionPage
from app.queries import questions
from app.queries.embedding import Item
from app.web.lists import ListPage, shown_list
from app.web.said import excerpt, in_short
from app.web.site import page, site_of
from app.web.sites import about

# Answers that are shown with a question in a list, and characters of each, at most.
_ANSWERS, _LONGEST_ANSWER = 2, 260
FACETS = ("topic", "speaker", "year", "series", "publisher", "language")
SORTS = ("-published", "published", "title")

router = APIRouter(route_class=ReadingRoute, include_in_schema=False, dependencies=[Depends(single_values)])


@router.get("/questions")
def list_questions(request: Request, database: Open, parameters: Annotated[QuestionParameters, Query()]) -> Response:
    """List questions, with filters as links."""
    with ListPage(request, database, parameters, QuestionPage, FACETS) as asked:
        listing = asked.cached() or asked.count(questions.listing(asked.connection, parameters.filters(), asked.sort))
        read = asked.read(listing)
    read.items[:] = map(in_list, read.items)
    site = site_of(request)
    title = site.texts("questions").unescape()
    feeds = [about.feed(site, "questions", "/v1/questions")]
    head = about.collection(site, title, site.texts("home-lead").unescape(), "/questions", feeds)
    return page(
        request, "questions.html", about=head, list=shown_list(request, read, sorts=SORTS, sort=parameters.sort)
    )


def in_list(item: Item) -> Item:
    """Add to a question what it asks in short, and how its answers begin."""
    text_format = item["text_format"]
    answers = [
        {**answer, "beginning": excerpt(answer["text"], text_format, _LONGEST_ANSWER)}
        for answer in item["answers"][:_ANSWERS]
    ]
    short = in_short(item["text"], item["interview"]["language"], text_format)
    return {**item, "short": short, "answers": answers}
