"""/v1/topics: the hierarchy."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.database import Open
from app.api.pages import page_of, page_request
from app.api.parameters import NoParameters, TopicName, TopicParameters
from app.api.schemas import Topic, TopicPage
from app.queries import topics

router = APIRouter(prefix="/v1/topics", tags=["topics"])


@router.get("")
def list_topics(
    request: Request, response: Response, database: Open, parameters: Annotated[TopicParameters, Query()]
) -> TopicPage:
    """List topics with the ones above and below, and how many questions each has."""
    asked = page_request(request, parameters)
    with database.read() as connection:
        items, found = topics.list_topics(connection, asked)
    return TopicPage.model_validate({"items": items, "page": page_of(request, response, asked, found)})


@router.get("/{topic}")
def get_topic(topic: TopicName, database: Open, _none: Annotated[NoParameters, Query()]) -> Topic:
    """Get one topic."""
    with database.read() as connection:
        return Topic.model_validate(topics.find_topic(connection, topic))
