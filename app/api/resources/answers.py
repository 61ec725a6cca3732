"""/v1/answers."""

from typing import Annotated, Any

from fastapi import Query, Request

from app.api.database import Open
from app.api.documentation.openapi import CITATION, FEED_LIST, ITEM, LIST
from app.api.http.read_limiter import ReadingRoute
from app.api.items import answer_exported_item, answer_item
from app.api.lists import ListRequest
from app.api.parameters.items import DifferenceParameters, ItemParameters, PassageParameters
from app.api.parameters.lists import QuestionParameters, RevisionParameters
from app.api.parameters.values import AnswerId
from app.api.resources.citations import answer_citation, with_citation
from app.api.resources.revisions import to_revision
from app.api.routers import resource_router
from app.api.schemas.citations import Citation
from app.api.schemas.lists import AnswerPage
from app.api.schemas.questions import AnswerDetail
from app.api.schemas.revisions import ItemRevisionPage, RevisionComparison
from app.citations import Noun
from app.exports import entries
from app.queries import answers, revisions

router = resource_router("/v1/answers", "answers", ReadingRoute)


@router.get("", response_model=AnswerPage, responses=FEED_LIST, summary="List answers with questions")
def list_answers(request: Request, database: Open, parameters: Annotated[QuestionParameters, Query()]) -> Any:
    """List answers, each with the question that it answers.

    `answered_by`, `speaker` and `role` ask for the speaker of the answer itself, or for who asked.
    """
    with ListRequest(request, database, parameters, AnswerPage, entries.ANSWERS) as asked:
        listing = asked.cached() or asked.count(answers.listing(asked.connection, parameters.filters(), asked.sort))
        return asked.answer(listing)


router.add_api_route("/{id}@{revision}", to_revision, include_in_schema=False)


@router.get("/{id}", response_model=AnswerDetail, responses=ITEM, summary="Get one answer")
def get_answer(
    id: AnswerId,  # noqa: A002 - the path's own name
    request: Request,
    database: Open,
    parameters: Annotated[ItemParameters, Query()],
) -> Any:
    """Get one answer with its question, its neighbours and, if asked, its context."""
    with database.read() as connection:
        item = revisions.find_answer(
            connection, id, parameters.revision, parameters.context, parameters.topic_state.states
        )
    exported = answer_exported_item(request, parameters, item["question"], item["interview"], item)
    shown = with_citation(request, Noun.ANSWER, item)
    return exported or answer_item(request, shown, AnswerDetail, parameters, f"/answers/{id}")


@router.get("/{id}/citation", response_model=Citation, responses=CITATION, summary="Cite an answer")
def get_answer_citation(
    id: AnswerId,  # noqa: A002 - the path's own name
    request: Request,
    database: Open,
    parameters: Annotated[PassageParameters, Query()],
) -> Any:
    """Get what it takes to cite an answer, or a range of its characters: a permalink, selectors and references."""
    return answer_citation(request, database, parameters, Noun.ANSWER, id)


@router.get("/{id}/revisions", response_model=ItemRevisionPage, responses=LIST, summary="List revisions of an answer")
def list_answer_revisions(
    id: AnswerId,  # noqa: A002 - the path's own name
    request: Request,
    database: Open,
    parameters: Annotated[RevisionParameters, Query()],
) -> Any:
    """List every wording that an answer has had, the newest first: when it was made, why and from which file."""
    with ListRequest(request, database, parameters, ItemRevisionPage) as asked:
        return asked.answer(revisions.list_revisions(asked.connection, Noun.ANSWER, id))


@router.get("/{id}/difference", response_model=RevisionComparison, summary="Compare wordings of an answer")
def get_answer_difference(
    id: AnswerId,  # noqa: A002 - the path's own name
    database: Open,
    parameters: Annotated[DifferenceParameters, Query()],
) -> Any:
    """Get two wordings of an answer and the words in which they differ; without parameters, the last two."""
    with database.read() as connection:
        found = revisions.compare_revisions(connection, Noun.ANSWER, id, parameters.before, parameters.after)
    return RevisionComparison.model_validate(found)
