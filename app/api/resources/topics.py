"""/v1/topics: the hierarchy, and the questions of a topic."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response

from app import models
from app.api.database import Open
from app.api.documentation.openapi import LIST, SPARSE_ITEM
from app.api.http.read_limiter import ReadingRoute
from app.api.pages import answer_item, answer_list
from app.api.parameters import QuestionParameters, Sparse, TopicName, TopicParameters
from app.api.schemas.lists import QuestionPage, TopicPage
from app.api.schemas.topics import Topic
from app.queries import questions, topics
from app.queries.filters import Clause
from app.queries.names import slug_of
from app.queries.paging import Listing

router = APIRouter(prefix="/v1/topics", tags=["topics"], route_class=ReadingRoute)


@router.get("", response_model=TopicPage, responses=LIST)
def list_topics(
    request: Request, response: Response, database: Open, parameters: Annotated[TopicParameters, Query()]
) -> Any:
    """List topics with the ones above and below, and how many questions each has."""
    return answer_list(
        request, response, database, parameters, TopicPage, lambda _connection, sort: topics.listing(sort)
    )


@router.get("/{topic}", response_model=Topic, responses=SPARSE_ITEM)
def get_topic(topic: TopicName, database: Open, parameters: Annotated[Sparse, Query()]) -> Any:
    """Get one topic."""
    with database.read() as connection:
        item = topics.find_topic(connection, topic)
    return answer_item(item, Topic, parameters.fields)


@router.get("/{topic}/questions", response_model=QuestionPage, responses=LIST)
def list_topic_questions(
    topic: TopicName,
    request: Request,
    response: Response,
    database: Open,
    parameters: Annotated[QuestionParameters, Query()],
) -> Any:
    """List the questions of a topic, those of the topics below it included unless `topic_scope=exact`."""

    def listing(connection: sa.Connection, sort: str) -> Listing:
        slug = slug_of(connection, models.Topic, topic)
        return questions.listing(connection, parameters.filters(topic=(Clause((slug,)),)), sort)

    return answer_list(request, response, database, parameters, QuestionPage, listing)
