"""/v1/questions: the main list."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.database import Open
from app.api.pages import page_of, page_request
from app.api.parameters import NoParameters, QuestionId, QuestionParameters
from app.api.schemas import Question, QuestionPage
from app.queries import questions

router = APIRouter(prefix="/v1/questions", tags=["questions"])


@router.get("")
def list_questions(
    request: Request, response: Response, database: Open, parameters: Annotated[QuestionParameters, Query()]
) -> QuestionPage:
    """List questions with their answers, people, topics and interview.

    This is the main list: `topic=interfaith-dialogue` gives everything that was asked and answered about it.
    """
    asked = page_request(request, parameters)
    with database.read() as connection:
        items, found = questions.list_questions(connection, parameters.filters(), asked)
    return QuestionPage.model_validate({"items": items, "page": page_of(request, response, asked, found)})


@router.get("/{id}")
def get_question(id: QuestionId, database: Open, _none: Annotated[NoParameters, Query()]) -> Question:  # noqa: A002 - the path's own name
    """Get one question with its answers, people, topics and interview."""
    with database.read() as connection:
        return Question.model_validate(questions.find_question(connection, id))
