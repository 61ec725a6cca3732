"""/v1/topics: the hierarchy, and the questions of a topic."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app import models
from app.api.database import Open
from app.api.openapi import SPARSE_ITEM, SPARSE_PAGE
from app.api.pages import answer_item, answer_list
from app.api.parameters import QuestionParameters, Sparse, TopicName, TopicParameters
from app.api.schemas import QuestionPage, Topic, TopicPage
from app.queries import questions, topics
from app.queries.filters import Clause
from app.queries.names import slug_of

router = APIRouter(prefix="/v1/topics", tags=["topics"])


@router.get("", response_model=TopicPage, responses=SPARSE_PAGE)
def list_topics(
    request: Request, response: Response, database: Open, parameters: Annotated[TopicParameters, Query()]
) -> Any:
    """List topics with the ones above and below, and how many questions each has."""
    with database.read() as connection:
        return answer_list(request, response, connection, topics.listing(parameters.sort), parameters, TopicPage)


@router.get("/{topic}", response_model=Topic, responses=SPARSE_ITEM)
def get_topic(topic: TopicName, database: Open, parameters: Annotated[Sparse, Query()]) -> Any:
    """Get one topic."""
    with database.read() as connection:
        item = topics.find_topic(connection, topic)
    return answer_item(item, Topic, parameters.fields)


@router.get("/{topic}/questions", response_model=QuestionPage, responses=SPARSE_PAGE)
def list_topic_questions(
    topic: TopicName,
    request: Request,
    response: Response,
    database: Open,
    parameters: Annotated[QuestionParameters, Query()],
) -> Any:
    """List the questions of a topic, those of the topics below it included unless `topic_scope=exact`."""
    with database.read() as connection:
        slug = slug_of(connection, models.Topic, topic)
        filters = parameters.filters(topic=(Clause((slug,)),))
        listing = questions.listing(connection, filters, parameters.sort)
        return answer_list(request, response, connection, listing, parameters, QuestionPage)
