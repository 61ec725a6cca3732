"""/v1/interviews, the record of each and its source file."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response

from app import models
from app.api.database import Open
from app.api.documentation.openapi import CITATION, FILE, INTERVIEW_LIST, LIST, RECORD
from app.api.formats import INTERVIEW_LIST_FORMATS
from app.api.http.read_limiter import ReadingRoute
from app.api.pages import answer_list, answer_record
from app.api.parameters import (
    InterviewName,
    InterviewParameters,
    OfInterviewPassage,
    OfRecord,
    OfSource,
    RevisionParameters,
    WithinInterviewParameters,
)
from app.api.resources.citations import answer_citation, with_citation
from app.api.resources.revisions import to_revision
from app.api.resources.sources import answer_file
from app.api.schemas.citations import Citation
from app.api.schemas.interviews import Interview, Record
from app.api.schemas.lists import InterviewPage, QuestionPage
from app.api.schemas.revisions import InterviewRevisionPage
from app.citations import Noun
from app.queries import interviews, questions, revisions
from app.queries.embedding import Item
from app.queries.filters import Clause
from app.queries.names import slug_of
from app.queries.paging import Listing, Ranked

router = APIRouter(prefix="/v1/interviews", tags=["interviews"], route_class=ReadingRoute)


@router.get("", response_model=InterviewPage, responses=INTERVIEW_LIST)
def list_interviews(
    request: Request, response: Response, database: Open, parameters: Annotated[InterviewParameters, Query()]
) -> Any:
    """List interviews.

    Filters on questions (`topic`, `asked_by`, `answered_by`, `answered`, `q`) give interviews in which one question
    meets them all; `speaker` and `role` ask for anybody who takes part.
    """

    def listing(connection: sa.Connection, sort: str) -> Listing:
        return interviews.listing(connection, parameters.filters(), sort)

    return answer_list(request, response, database, parameters, InterviewPage, listing, INTERVIEW_LIST_FORMATS)


router.add_api_route("/{interview}@{revision}", to_revision, include_in_schema=False)


@router.get("/{interview}", response_model=Interview, responses=RECORD)
def get_interview(
    interview: InterviewName, request: Request, database: Open, parameters: Annotated[OfRecord, Query()]
) -> Any:
    """Get one interview, by slug or id, with its people, its topics, its neighbours and how its source was read."""

    def find(connection: sa.Connection, name: str, revision: int | None) -> Item:
        return with_citation(request, Noun.INTERVIEW, revisions.find_interview(connection, name, revision))

    return answer_record(request, database, parameters, Interview, find, interview)


@router.get("/{interview}/questions", response_model=QuestionPage, responses=LIST)
def list_interview_questions(
    interview: InterviewName,
    request: Request,
    response: Response,
    database: Open,
    parameters: Annotated[WithinInterviewParameters, Query()],
) -> Any:
    """List the questions of an interview in the order in which they were asked."""

    def listing(connection: sa.Connection, sort: str) -> Listing:
        slug = slug_of(connection, models.Interview, interview)
        return questions.listing(connection, parameters.filters(interview=(Clause((slug,)),)), sort)

    return answer_list(request, response, database, parameters, QuestionPage, listing)


@router.get("/{interview}/transcript", response_model=Record, responses=RECORD)
def get_transcript(
    interview: InterviewName, request: Request, database: Open, parameters: Annotated[OfRecord, Query()]
) -> Any:
    """Get the whole record in order, verbatim: every turn, note and heading, with its place in the source."""
    return answer_record(request, database, parameters, Record, revisions.find_record, interview)


@router.get("/{interview}/citation", response_model=Citation, responses=CITATION)
def get_interview_citation(
    interview: InterviewName, request: Request, database: Open, parameters: Annotated[OfInterviewPassage, Query()]
) -> Any:
    """Get what it takes to cite an interview, or one of its turns, or a range of a turn's characters."""
    return answer_citation(request, database, parameters, Noun.INTERVIEW, interview)


@router.get("/{interview}/revisions", response_model=InterviewRevisionPage, responses=LIST)
def list_interview_revisions(
    interview: InterviewName,
    request: Request,
    response: Response,
    database: Open,
    parameters: Annotated[RevisionParameters, Query()],
) -> Any:
    """List the revisions of an interview, the newest first: when each was made, why and from which file."""

    def listing(connection: sa.Connection, _sort: str) -> Ranked:
        return revisions.list_interview_revisions(connection, interview)

    return answer_list(request, response, database, parameters, InterviewRevisionPage, listing)


@router.get("/{interview}/source", response_class=Response, responses=FILE)
def get_source(interview: InterviewName, database: Open, parameters: Annotated[OfSource, Query()]) -> Response:
    """Get the original bytes of the source file, exactly; the Repr-Digest header (RFC 9530) has their SHA-256."""
    with database.read() as connection:
        return answer_file(*interviews.find_source(connection, interview, parameters.revision))
