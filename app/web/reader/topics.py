"""/topics and /topics/{topic}: the hierarchy, and what is asked and answered on one topic."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app import models
from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.lists import QuestionParameters, TopicParameters
from app.api.parameters.single import single_values
from app.api.parameters.values import TopicName
from app.api.schemas.lists import QuestionPage, TopicPage
from app.queries import questions, topics
from app.queries.embedding import Item
from app.queries.filters import Clause
from app.queries.names import slug_of
from app.queries.paging import MAX_LIMIT
from app.web.lists import ListPage, shown_list
from app.web.reader.questions import FACETS, SORTS, in_list
from app.web.site import page, site_of
from app.web.sites import about

router = APIRouter(
    prefix="/topics", route_class=ReadingRoute, include_in_schema=False, dependencies=[Depends(single_values)]
)


@router.get("")
def list_topics(request: Request, database: Open, parameters: Annotated[TopicParameters, Query()]) -> Response:
    """List topics, those below another one under it."""
    if "limit" not in request.query_params:
        parameters = parameters.model_copy(update={"limit": MAX_LIMIT})
    with ListPage(request, database, parameters, TopicPage) as asked:
        read = asked.read(asked.cached() or asked.count(topics.listing(asked.sort)))
    site = site_of(request)
    title = site.texts("topics").unescape()
    head = about.collection(site, title, site.texts("topics-lead").unescape(), "/topics")
    return page(request, "topics.html", about=head, list=shown_list(request, read), tree=_tree(read.items))


def _tree(items: Sequence[Item]) -> list[Item]:
    """Put each topic below the one above it, if that is on the same page."""
    by_slug = {item["slug"]: {**item, "below": []} for item in items}
    roots: list[Item] = []
    for item in by_slug.values():
        above = by_slug.get(item["broader"]["slug"]) if item["broader"] else None
        (roots if above is None else above["below"]).append(item)
    return roots


@router.get("/{topic}")
def show_topic(
    topic: TopicName, request: Request, database: Open, parameters: Annotated[QuestionParameters, Query()]
) -> Response:
    """Show a topic with its questions and, unless `topic_scope=exact`, those of the topics below it."""
    with ListPage(request, database, parameters, QuestionPage, FACETS) as asked:
        found = topics.find_topic(asked.connection, topic)
        listing = asked.cached()
        if listing is None:
            slug = slug_of(asked.connection, models.Topic, topic)
            filters = parameters.filters(topic=(Clause((slug,)),))
            listing = asked.count(questions.listing(asked.connection, filters, asked.sort))
        read = asked.read(listing)
    read.items[:] = map(in_list, read.items)
    shown = shown_list(request, read, sorts=SORTS, sort=parameters.sort)
    head = about.topic(site_of(request), found)
    return page(request, "topic.html", about=head, topic=found, list=shown)
