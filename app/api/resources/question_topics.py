"""Topics of a question, suggestions that wait for a decision, and decisions."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Body, Depends, Query, Request, Response

from app import loading
from app.api.database import Open
from app.api.documentation.openapi import LIST, SPARSE_ITEM
from app.api.items import answer_item
from app.api.lists import ListRequest
from app.api.parameters.curation import QuestionTopicParameters, SuggestionParameters
from app.api.parameters.items import FieldsParameters
from app.api.parameters.single import single_keys
from app.api.parameters.values import QuestionId, TopicName
from app.api.routers import resource_router
from app.api.schemas.question_topics import DecisionOutcome, NewDecisions, NewState, QuestionTopic, QuestionTopicPage
from app.api.writing import Writing, WritingRoute, may, tag_of
from app.errors import NotFoundError, ParameterError
from app.models import Scope, TopicState
from app.queries import question_topics

router = resource_router("/v1", "topics", WritingRoute)


@router.get("/suggestions", response_model=QuestionTopicPage, responses=LIST, summary="List suggested topics")
def list_suggestions(request: Request, database: Open, parameters: Annotated[SuggestionParameters, Query()]) -> Any:
    """List topics that were suggested for questions, with the words that are evidence: those that wait for a decision,
    or those that were decided.
    """
    with ListRequest(request, database, parameters, QuestionTopicPage) as asked:
        listing = asked.cached() or asked.count(
            question_topics.suggestions(
                asked.connection,
                asked.sort,
                parameters.state.states,
                parameters.min_confidence,
                interview=parameters.interview,
                topic=parameters.topic,
            )
        )
        return asked.answer(listing)


@router.get(
    "/questions/{id}/topics", response_model=QuestionTopicPage, responses=LIST, summary="List topics of a question"
)
def list_topics_of_question(
    request: Request,
    id: QuestionId,  # noqa: A002 - the path's own name
    database: Open,
    parameters: Annotated[QuestionTopicParameters, Query()],
) -> Any:
    """List what is stated and suggested of a question: topics that it has, that wait for a decision, and that were
    rejected.
    """
    with ListRequest(request, database, parameters, QuestionTopicPage) as asked:
        return asked.answer(question_topics.of_question(asked.connection, id, asked.sort))


@router.get(
    "/questions/{id}/topics/{topic}",
    response_model=QuestionTopic,
    responses=SPARSE_ITEM,
    summary="Get a question's topic",
)
def get_question_topic(
    request: Request,
    id: QuestionId,  # noqa: A002 - the path's own name
    topic: TopicName,
    database: Open,
    parameters: Annotated[FieldsParameters, Query()],
) -> Any:
    """Get one topic of a question: whether it has it, who or what says so, and why."""
    with database.read() as connection:
        item = question_topics.find_question_topic(connection, id, topic)
    return answer_item(request, item, QuestionTopic, parameters)


@router.put(
    "/questions/{id}/topics/{topic}",
    response_model=QuestionTopic,
    responses={201: {"model": QuestionTopic, "description": "It is stated for the first time."}},
    dependencies=[Depends(single_keys)],
    summary="State a question's topic",
)
def put_question_topic(
    request: Request,
    id: QuestionId,  # noqa: A002 - the path's own name
    topic: TopicName,
    stated: Annotated[NewState, Body()],
    writing: Annotated[Writing, Depends(may(Scope.WRITE, existing=None))],
) -> Response:
    """State that a question has a topic, or that it has not; whether it was suggested or not.

    Where something is stated or suggested of this topic already, `If-Match` is needed with the ETag of this address.
    """
    with writing.open() as connection:
        seen = _find(request, connection, id, topic)
        if seen is not None:
            writing.match(tag_of(seen))
        _state(request, connection, id, topic, TopicState(stated.state), writing)
        now = _show(request, connection, id, topic)
        if seen is not None:
            return writing.answer(now)
        return writing.answer(now, status=201, location=f"/v1/questions/{id}/topics/{topic}")


@router.delete(
    "/questions/{id}/topics/{topic}",
    response_model=QuestionTopic,
    summary="Take a topic back",
)
def delete_question_topic(
    request: Request,
    id: QuestionId,  # noqa: A002 - the path's own name
    topic: TopicName,
    writing: Annotated[Writing, Depends(may(Scope.WRITE, existing=True))],
) -> Response:
    """Take back what was stated of a topic: a suggestion waits for a decision again, and what an editor stated is
    gone. The answer has what is there now or, if nothing is, what was.
    """
    with writing.open() as connection:
        seen = _show(request, connection, id, topic)
        writing.match(tag_of(seen))
        _state(request, connection, id, topic, TopicState.PROPOSED, writing)
        return writing.answer(_find(request, connection, id, topic) or seen)


@router.post(
    "/decisions",
    response_model=DecisionOutcome,
    dependencies=[Depends(single_keys)],
    summary="Decide on suggestions",
)
def make_decisions(
    decided: Annotated[NewDecisions, Body()], writing: Annotated[Writing, Depends(may(Scope.WRITE))]
) -> Response:
    """Decide on many suggestions at once: all decisions are stored, or none. The answer says what each was before: to
    undo, send that. What an editor stated without a suggestion is changed at its own address.
    """
    with writing.open() as connection:
        ids = {one.question for one in decided.decisions}
        before = question_topics.find_states(connection, ids)
        places = [(one.question, one.topic) for one in decided.decisions]
        for number, place in enumerate(places):
            if place not in before:
                reason = f"The topic {place[1]!r} is not suggested for the question {place[0]!r}."
                raise ParameterError("decisions", reason, key=f"decisions.{number}.topic")
            if place in places[:number]:
                reason = f"The topic {place[1]!r} of the question {place[0]!r} is decided twice; decide on it once."
                raise ParameterError("decisions", reason, key=f"decisions.{number}.topic")
        wanted = [loading.Decision(one.question, one.topic, one.state) for one in decided.decisions]
        loading.decide(connection, wanted, writing.author)
        return writing.answer(
            DecisionOutcome.model_validate(
                {
                    "decisions": [
                        {**one.model_dump(), "before": before[one.question, one.topic]} for one in decided.decisions
                    ]
                }
            )
        )


def _state(
    request: Request, connection: sa.Connection, question_id: str, topic: str, state: TopicState, writing: Writing
) -> None:
    across = request.app.state.settings.names_across_series
    loading.state_topic(connection, question_id, topic, state, writing.author, across_series=across)


def _show(request: Request, connection: sa.Connection, question_id: str, topic: str) -> Response:
    item = question_topics.find_question_topic(connection, question_id, topic)
    return answer_item(request, item, QuestionTopic, FieldsParameters())


def _find(request: Request, connection: sa.Connection, question_id: str, topic: str) -> Response | None:
    try:
        return _show(request, connection, question_id, topic)
    except NotFoundError:
        return None
