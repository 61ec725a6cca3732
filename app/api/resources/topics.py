"""/v1/topics: the hierarchy, and the questions of a topic."""

from typing import Annotated, Any

from fastapi import Query, Request

from app import models
from app.api.database import Open
from app.api.documentation.openapi import FEED_LIST, LIST, SPARSE_ITEM
from app.api.http.read_limiter import ReadingRoute
from app.api.items import answer_item
from app.api.lists import ListRequest
from app.api.parameters.items import FieldsParameters
from app.api.parameters.lists import QuestionParameters, TopicParameters
from app.api.parameters.values import TopicName
from app.api.routers import resource_router
from app.api.schemas.lists import QuestionPage, TopicPage
from app.api.schemas.topics import Topic
from app.exports import entries
from app.queries import questions, topics
from app.queries.filters import Clause
from app.queries.names import slug_of

router = resource_router("/v1/topics", "topics", ReadingRoute)


@router.get("", response_model=TopicPage, responses=LIST, summary="List all topics")
def list_topics(request: Request, database: Open, parameters: Annotated[TopicParameters, Query()]) -> Any:
    """List topics with the ones above and below, and how many questions each has."""
    with ListRequest(request, database, parameters, TopicPage) as asked:
        return asked.answer(asked.cached() or asked.count(topics.listing(asked.sort)))


@router.get("/{topic}", response_model=Topic, responses=SPARSE_ITEM, summary="Get one topic")
def get_topic(
    topic: TopicName, request: Request, database: Open, parameters: Annotated[FieldsParameters, Query()]
) -> Any:
    """Get one topic."""
    with database.read() as connection:
        item = topics.find_topic(connection, topic)
    return answer_item(request, item, Topic, parameters, f"/topics/{item['slug']}")


@router.get("/{topic}/questions", response_model=QuestionPage, responses=FEED_LIST, summary="List questions of a topic")
def list_topic_questions(
    topic: TopicName,
    request: Request,
    database: Open,
    parameters: Annotated[QuestionParameters, Query()],
) -> Any:
    """List the questions of a topic, those of the topics below it included unless `topic_scope=exact`."""
    with ListRequest(request, database, parameters, QuestionPage, entries.QUESTIONS) as asked:
        listing = asked.cached()
        if listing is None:
            slug = slug_of(asked.connection, models.Topic, topic)
            listing = asked.count(
                questions.listing(asked.connection, parameters.filters(topic=(Clause((slug,)),)), asked.sort)
            )
        return asked.answer(listing)
