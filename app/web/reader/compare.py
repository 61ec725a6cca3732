"""/compare: what several people say on a topic, side by side; and the choice of the topic and of the people."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.items import NoParameters
from app.api.parameters.values import Slug, SpeakerSlug
from app.errors import ParameterError
from app.queries import compare, speakers, topics
from app.queries.embedding import Item
from app.queries.filters import Clause, Filters
from app.queries.paging import PageRequest, read_page
from app.web.said import excerpt, in_short
from app.web.site import Site, page
from app.web.sites import about

PATH = "/compare"
# Answers of each person, and people and topics to choose from, at most.
_MOST_ANSWERS, _MOST_PEOPLE, _MOST_TOPICS = 5, 60, 100
_FEWEST, _MOST = 2, 4
# Characters of an answer, at most.
_LONGEST_ANSWER = 700

router = APIRouter(route_class=ReadingRoute, include_in_schema=False)


class ComparePageParameters(NoParameters):
    """A topic, and the people who are compared: the parameter once for each."""

    topic: Slug | None = None
    speaker: Annotated[list[SpeakerSlug], Field(max_length=_MOST)] = Field(default=[])


@router.get(PATH)
def show_comparison(request: Request, database: Open, asked: Annotated[ComparePageParameters, Query()]) -> Response:
    """Show what the people say on the topic, or let the reader choose whom to compare on what."""
    if len(request.query_params.getlist("topic")) > 1:
        raise ParameterError("topic", "This parameter can stand only once.")
    if asked.topic is None:
        return _choose_topic(request, database)
    if len(asked.speaker) < _FEWEST:
        return _choose_people(request, database, asked.topic, asked.speaker)
    site: Site = request.app.state.site
    with database.read() as connection:
        compared = compare.compare_speakers(connection, asked.topic, asked.speaker, _MOST_ANSWERS)
        # What somebody is called whom the source does not name depends on the role.
        for one in compared["items"]:
            one["roles"] = speakers.find_speaker(connection, one["slug"])["roles"]
    topic = compared["topic"]
    for one in compared["items"]:
        for noun, who in (("answers", "answered_by"), ("questions", "asked_by")):
            shown = one[noun]._asdict()
            shown["items"] = [_in_list(each) for each in shown["items"]]
            others = urlencode({"topic": topic["slug"], who: one["slug"]})
            one[noun] = {**shown, "others": shown["others_from_page"] and f"/questions?{others}"}
    title = site.texts("compare-title", topic=topic["label"]).unescape()
    people = ", ".join(one["display_name"] for one in compared["items"])
    return page(
        request,
        "compare.html",
        about=about.searched(title, f"{title}: {people}"),
        topic=topic,
        compared=compared["items"],
        again=f"{PATH}?{urlencode({'topic': topic['slug']})}",
    )


def _in_list(item: Item) -> Item:
    """Add to an answer or a question what is asked in short, and to an answer how it begins."""
    question, language, text_format = item.get("question", item), item["interview"]["language"], item["text_format"]
    short = in_short(question["text"], language, text_format)
    return {**item, "short": short, "beginning": excerpt(item["text"], text_format, _LONGEST_ANSWER)}


def _choose_topic(request: Request, database: Open) -> Response:
    site: Site = request.app.state.site
    with database.read() as connection:
        largest = topics.largest(connection, _MOST_TOPICS)
    title, lead = site.texts("compare-choose-title").unescape(), site.texts("compare-lead").unescape()
    return page(
        request, "compare_choose.html", about=about.collection(site, title, lead, PATH), topic=None, topics=largest
    )


def _choose_people(request: Request, database: Open, slug: str, chosen: list[str]) -> Response:
    site: Site = request.app.state.site
    with database.read() as connection:
        topic = topics.find_topic(connection, slug)
        listing = speakers.listing(connection, Filters(topic=(Clause((topic["slug"],)),)), "-answers")
        people = listing.embed(connection, read_page(connection, listing, PageRequest("people", _MOST_PEOPLE)).items)
    title = site.texts("compare-title", topic=topic["label"]).unescape()
    head = about.searched(title, title)
    return page(request, "compare_choose.html", about=head, topic=topic, people=people, chosen=chosen)
