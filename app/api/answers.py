"""/v1/answers."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response

from app.api.citing import answer_citation, with_citation
from app.api.database import Open
from app.api.openapi import CITATION, LIST, SPARSE_ITEM
from app.api.pages import answer_item, answer_list
from app.api.parameters import AnswerId, InContext, OfPassage, QuestionParameters
from app.api.schemas import AnswerDetail, AnswerPage, Citation
from app.citations import Noun
from app.queries import answers
from app.queries.paging import Listing

router = APIRouter(prefix="/v1/answers", tags=["answers"])


@router.get("", response_model=AnswerPage, responses=LIST)
def list_answers(
    request: Request, response: Response, database: Open, parameters: Annotated[QuestionParameters, Query()]
) -> Any:
    """List answers, each with the question that it answers.

    `answered_by`, `speaker` and `role` ask for the speaker of the answer itself, or for who asked.
    """

    def listing(connection: sa.Connection, sort: str) -> Listing:
        return answers.listing(connection, parameters.filters(), sort)

    return answer_list(request, response, database, parameters, AnswerPage, listing)


@router.get("/{id}", response_model=AnswerDetail, responses=SPARSE_ITEM)
def get_answer(
    id: AnswerId,  # noqa: A002 - the path's own name
    request: Request,
    database: Open,
    parameters: Annotated[InContext, Query()],
) -> Any:
    """Get one answer with its question, its neighbours and, if asked, its context."""
    with database.read() as connection:
        item = answers.find_answer(connection, id, parameters.context, parameters.topic_state.states)
    return answer_item(with_citation(request, Noun.ANSWER, item), AnswerDetail, parameters.fields)


@router.get("/{id}/citation", response_model=Citation, responses=CITATION)
def get_answer_citation(
    id: AnswerId,  # noqa: A002 - the path's own name
    request: Request,
    database: Open,
    parameters: Annotated[OfPassage, Query()],
) -> Any:
    """Get what it takes to cite an answer, or a range of its characters: a permalink, selectors and references."""
    return answer_citation(request, database, parameters, Noun.ANSWER, id)
