"""/v1/answers."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.database import Open
from app.api.pages import page_of, page_request
from app.api.parameters import AnswerId, NoParameters, QuestionParameters
from app.api.schemas import Answer, AnswerPage
from app.queries import answers

router = APIRouter(prefix="/v1/answers", tags=["answers"])


@router.get("")
def list_answers(
    request: Request, response: Response, database: Open, parameters: Annotated[QuestionParameters, Query()]
) -> AnswerPage:
    """List answers, each with the question that it answers.

    `answered_by` and `speaker` ask for the speaker of the answer itself, or for who asked.
    """
    asked = page_request(request, parameters)
    with database.read() as connection:
        items, found = answers.list_answers(connection, parameters.filters(), asked)
    return AnswerPage.model_validate({"items": items, "page": page_of(request, response, asked, found)})


@router.get("/{id}")
def get_answer(id: AnswerId, database: Open, _none: Annotated[NoParameters, Query()]) -> Answer:  # noqa: A002 - the path's own name
    """Get one answer with its question."""
    with database.read() as connection:
        return Answer.model_validate(answers.find_answer(connection, id))
