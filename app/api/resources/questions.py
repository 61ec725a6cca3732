"""/v1/questions: the main list."""

from typing import Annotated, Any

from fastapi import Query, Request

from app.api.database import Open
from app.api.documentation.openapi import CITATION, FEED_LIST, ITEM, LIST
from app.api.http.read_limiter import ReadingRoute
from app.api.items import answer_exported_item, answer_item
from app.api.lists import ListRequest
from app.api.parameters.items import DifferenceParameters, ItemParameters, PassageParameters
from app.api.parameters.lists import QuestionParameters, RankedParameters, RevisionParameters
from app.api.parameters.values import QuestionId
from app.api.resources.citations import answer_citation, with_citation
from app.api.resources.revisions import to_revision
from app.api.routers import resource_router
from app.api.schemas.citations import Citation
from app.api.schemas.lists import QuestionPage
from app.api.schemas.questions import QuestionDetail
from app.api.schemas.revisions import ItemRevisionPage, RevisionComparison
from app.api.schemas.search import RelatedPage
from app.citations import Noun
from app.exports import entries
from app.queries import questions, related, revisions

router = resource_router("/v1/questions", "questions", ReadingRoute)


@router.get("", response_model=QuestionPage, responses=FEED_LIST, summary="List questions with answers")
def list_questions(request: Request, database: Open, parameters: Annotated[QuestionParameters, Query()]) -> Any:
    """List questions with their answers, people, topics and interview.

    This is the main list: with `topic` it is everything that was asked and answered about it.
    """
    with ListRequest(request, database, parameters, QuestionPage, entries.QUESTIONS) as asked:
        listing = asked.cached() or asked.count(questions.listing(asked.connection, parameters.filters(), asked.sort))
        return asked.answer(listing)


router.add_api_route("/{id}@{revision}", to_revision, include_in_schema=False)


@router.get("/{id}", response_model=QuestionDetail, responses=ITEM, summary="Get one question")
def get_question(
    id: QuestionId,  # noqa: A002 - the path's own name
    request: Request,
    database: Open,
    parameters: Annotated[ItemParameters, Query()],
) -> Any:
    """Get one question with its answers, people, topics and interview, its neighbours and, if asked, its context."""
    with database.read() as connection:
        item = revisions.find_question(
            connection, id, parameters.revision, parameters.context, parameters.topic_state.states
        )
    exported = answer_exported_item(request, parameters, item, item["interview"])
    shown = with_citation(request, Noun.QUESTION, item)
    return exported or answer_item(request, shown, QuestionDetail, parameters, f"/questions/{id}")


@router.get("/{id}/citation", response_model=Citation, responses=CITATION, summary="Cite a question")
def get_question_citation(
    id: QuestionId,  # noqa: A002 - the path's own name
    request: Request,
    database: Open,
    parameters: Annotated[PassageParameters, Query()],
) -> Any:
    """Get what it takes to cite a question, or a range of its characters: a permalink, selectors and references."""
    return answer_citation(request, database, parameters, Noun.QUESTION, id)


@router.get("/{id}/related", response_model=RelatedPage, responses=LIST, summary="List related questions")
def list_related(
    request: Request,
    id: QuestionId,  # noqa: A002 - the path's own name
    database: Open,
    parameters: Annotated[RankedParameters, Query()],
) -> Any:
    """List questions on the same matter as one, the nearest first, each with the words that both have."""
    with ListRequest(request, database, parameters, RelatedPage) as asked:
        return asked.answer(related.list_related(asked.connection, id, request.app.state.meaning))


@router.get(
    "/{id}/asked-elsewhere", response_model=RelatedPage, responses=LIST, summary="List questions asked elsewhere"
)
def list_asked_elsewhere(
    request: Request,
    id: QuestionId,  # noqa: A002 - the path's own name
    database: Open,
    parameters: Annotated[RankedParameters, Query()],
) -> Any:
    """List the same or a close question as it was put to other people in other interviews, the closest first."""
    with ListRequest(request, database, parameters, RelatedPage) as asked:
        return asked.answer(related.list_asked_elsewhere(asked.connection, id, request.app.state.meaning))


@router.get("/{id}/revisions", response_model=ItemRevisionPage, responses=LIST, summary="List revisions of a question")
def list_question_revisions(
    id: QuestionId,  # noqa: A002 - the path's own name
    request: Request,
    database: Open,
    parameters: Annotated[RevisionParameters, Query()],
) -> Any:
    """List every wording that a question has had, the newest first: when it was made, why and from which file."""
    with ListRequest(request, database, parameters, ItemRevisionPage) as asked:
        return asked.answer(revisions.list_revisions(asked.connection, Noun.QUESTION, id))


@router.get("/{id}/difference", response_model=RevisionComparison, summary="Compare wordings of a question")
def get_question_difference(
    id: QuestionId,  # noqa: A002 - the path's own name
    database: Open,
    parameters: Annotated[DifferenceParameters, Query()],
) -> Any:
    """Get two wordings of a question and the words in which they differ; without parameters, the last two."""
    with database.read() as connection:
        found = revisions.compare_revisions(connection, Noun.QUESTION, id, parameters.before, parameters.after)
    return RevisionComparison.model_validate(found)
