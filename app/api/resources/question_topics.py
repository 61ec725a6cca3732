"""Topics of a question, suggestions that wait for a decision, and decisions."""

from contextlib import nullcontext
from typing import Annotated, Any, NamedTuple

import sqlalchemy as sa
from fastapi import Body, Depends, Query, Request, Response

from app import loading
from app.api.database import Open
from app.api.documentation.openapi import LIST, SPARSE_ITEM
from app.api.http.access import may_see_held
from app.api.items import answer_item
from app.api.lists import ListRequest
from app.api.parameters.curation import QuestionTopicParameters, SuggestionParameters
from app.api.parameters.items import FieldsParameters
from app.api.parameters.single import single_keys
from app.api.parameters.values import QuestionId, TopicName
from app.api.resources.held import show_held
from app.api.routers import resource_router
from app.api.schemas.question_topics import DecisionOutcome, NewDecisions, NewState, QuestionTopic, QuestionTopicPage
from app.api.writing import Writing, WritingRoute, may, tag_of
from app.errors import NotFoundError
from app.loading.held_documents import held_with_item
from app.loading.held_work import in_tables
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

    A question of an interview that is held back is found for keys with `read:held`, too; `If-Match` has then the ETag
    of `/v1/held/{interview}`.
    """
    with writing.open() as connection:
        seen = _find(request, connection, id, topic, writing)
        if seen is not None:
            writing.match(seen.tag)
        _state(request, connection, id, topic, TopicState(stated.state), writing)
        now = _show(request, connection, id, topic, writing)
        if seen is not None:
            return writing.answer(now.response, etag=now.tag)
        return writing.answer(now.response, etag=now.tag, status=201, location=now.path)


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
    gone. The answer has what is there now or, if nothing is, what was. What is held back is found as by PUT.
    """
    with writing.open() as connection:
        seen = _show(request, connection, id, topic, writing)
        writing.match(seen.tag)
        _state(request, connection, id, topic, TopicState.PROPOSED, writing)
        left = _find(request, connection, id, topic, writing) or seen
        return writing.answer(left.response, etag=left.tag)


@router.post(
    "/decisions",
    response_model=DecisionOutcome,
    dependencies=[Depends(single_keys)],
    summary="Decide on suggestions",
)
def make_decisions(
    request: Request,
    decided: Annotated[NewDecisions, Body()],
    writing: Annotated[Writing, Depends(may(Scope.WRITE))],
) -> Response:
    """Decide on many suggestions at once: all decisions are stored, or none. The answer says what each was before: to
    undo, send that. What an editor stated without a suggestion is changed at its own address. Questions of what is held
    back are found for keys with `read:held`, too.
    """
    wanted = [loading.Decision(one.question, one.topic, one.state) for one in decided.decisions]
    with writing.open() as connection:
        before = loading.decide_suggestions(connection, wanted, writing.author, held=may_see_held(request))
        made = zip(decided.decisions, before, strict=True)
        outcome = {"decisions": [{**one.model_dump(), "before": state} for one, state in made]}
        return writing.answer(DecisionOutcome.model_validate(outcome))


class _Shown(NamedTuple):
    """A topic on a question, the entity-tag that stands for it, and the address that shows it."""

    response: Response
    tag: str
    path: str


def _state(
    request: Request, connection: sa.Connection, question_id: str, topic: str, state: TopicState, writing: Writing
) -> None:
    across = request.app.state.settings.names_across_series
    held = may_see_held(request)
    loading.state_topic(connection, question_id, topic, state, writing.author, across_series=across, held=held)


def _show(request: Request, connection: sa.Connection, question_id: str, topic: str, writing: Writing) -> _Shown:
    kept = held_with_item(connection, question_id) if may_see_held(request) else None
    with nullcontext() if kept is None else in_tables(connection, kept, writing.author):
        item = question_topics.find_question_topic(connection, question_id, topic)
    response = answer_item(request, item, QuestionTopic, FieldsParameters())
    if kept is None:
        return _Shown(response, tag_of(response), f"/v1/questions/{question_id}/topics/{topic}")
    tag = tag_of(show_held(request, connection, kept.interview_id))
    return _Shown(response, tag, f"/v1/held/{kept.slug}")


def _find(request: Request, connection: sa.Connection, question_id: str, topic: str, writing: Writing) -> _Shown | None:
    try:
        return _show(request, connection, question_id, topic, writing)
    except NotFoundError:
        return None
