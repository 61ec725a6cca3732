"""/v1/interviews, the record of each and its source file."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query, Request, Response

from app import models
from app.api.database import Open
from app.api.documentation.openapi import CITATION, FEED_LIST, FILE, LIST, RECORD
from app.api.http.read_limiter import ReadingRoute
from app.api.items import answer_exported, answer_item
from app.api.lists import ListRequest
from app.api.parameters.items import InterviewPassageParameters, RecordParameters, SourceParameters
from app.api.parameters.lists import InterviewParameters, RevisionParameters, WithinInterviewParameters
from app.api.parameters.values import InterviewName
from app.api.resources.citations import answer_citation, with_citation
from app.api.resources.revisions import to_revision
from app.api.resources.sources import answer_file
from app.api.routers import resource_router
from app.api.schemas.citations import Citation
from app.api.schemas.interviews import Interview, Record
from app.api.schemas.lists import InterviewPage, QuestionPage
from app.api.schemas.revisions import InterviewRevisionPage
from app.citations import Noun
from app.exports import entries
from app.queries import interviews, questions, revisions
from app.queries.filters import Clause
from app.queries.names import slug_of

router = resource_router("/v1/interviews", "interviews", ReadingRoute)


@router.get("", response_model=InterviewPage, responses=FEED_LIST, summary="List all interviews")
def list_interviews(request: Request, database: Open, parameters: Annotated[InterviewParameters, Query()]) -> Any:
    """List interviews.

    Filters on questions (`topic`, `asked_by`, `answered_by`, `answered`, `q`) give interviews in which one question
    meets them all; `speaker` and `role` ask for anybody who takes part.
    """
    with ListRequest(request, database, parameters, InterviewPage, entries.INTERVIEWS) as asked:
        listing = asked.cached() or asked.count(interviews.listing(asked.connection, parameters.filters(), asked.sort))
        return asked.answer(listing)


router.add_api_route("/{interview}@{revision}", to_revision, include_in_schema=False)


@router.get("/{interview}", response_model=Interview, responses=RECORD, summary="Get one interview")
def get_interview(
    interview: InterviewName, request: Request, database: Open, parameters: Annotated[RecordParameters, Query()]
) -> Any:
    """Get one interview, by slug or id, with its people, its topics, its neighbours and how its source was read."""

    with database.read() as connection:
        exported = answer_exported(request, connection, parameters, interview)
        if exported is not None:
            return exported
        return show_interview(request, connection, interview, parameters)


@router.get(
    "/{interview}/questions", response_model=QuestionPage, responses=FEED_LIST, summary="List questions of an interview"
)
def list_interview_questions(
    interview: InterviewName,
    request: Request,
    database: Open,
    parameters: Annotated[WithinInterviewParameters, Query()],
) -> Any:
    """List the questions of an interview in the order in which they were asked."""
    with ListRequest(request, database, parameters, QuestionPage, entries.QUESTIONS) as asked:
        listing = asked.cached()
        if listing is None:
            slug = slug_of(asked.connection, models.Interview, interview)
            listing = asked.count(
                questions.listing(asked.connection, parameters.filters(interview=(Clause((slug,)),)), asked.sort)
            )
        return asked.answer(listing)


@router.get("/{interview}/transcript", response_model=Record, responses=RECORD, summary="Get the whole transcript")
def get_transcript(
    interview: InterviewName, request: Request, database: Open, parameters: Annotated[RecordParameters, Query()]
) -> Any:
    """Get the whole record in order, verbatim: every turn, note and heading, with its place in the source."""
    with database.read() as connection:
        exported = answer_exported(request, connection, parameters, interview)
        if exported is not None:
            return exported
        record = revisions.find_record(connection, interview, parameters.revision)
    return answer_item(request, record, Record, parameters)


@router.get("/{interview}/citation", response_model=Citation, responses=CITATION, summary="Cite an interview")
def get_interview_citation(
    interview: InterviewName,
    request: Request,
    database: Open,
    parameters: Annotated[InterviewPassageParameters, Query()],
) -> Any:
    """Get what it takes to cite an interview, or one of its turns, or a range of a turn's characters."""
    return answer_citation(request, database, parameters, Noun.INTERVIEW, interview)


@router.get(
    "/{interview}/revisions",
    response_model=InterviewRevisionPage,
    responses=LIST,
    summary="List revisions of an interview",
)
def list_interview_revisions(
    interview: InterviewName,
    request: Request,
    database: Open,
    parameters: Annotated[RevisionParameters, Query()],
) -> Any:
    """List the revisions of an interview, the newest first: when each was made, why and from which file."""
    with ListRequest(request, database, parameters, InterviewRevisionPage) as asked:
        return asked.answer(revisions.list_interview_revisions(asked.connection, interview))


@router.get("/{interview}/source", response_class=Response, responses=FILE, summary="Get an interview's source file")
def get_source(interview: InterviewName, database: Open, parameters: Annotated[SourceParameters, Query()]) -> Response:
    """Get the original bytes of the source file, exactly; the Repr-Digest header (RFC 9530) has their SHA-256."""
    with database.read() as connection:
        return answer_file(*interviews.find_source(connection, interview, parameters.revision))


def show_interview(
    request: Request, connection: sa.Connection, name: str, parameters: RecordParameters | None = None
) -> Response:
    """Answer with an interview in JSON, as its address does; without parameters, also a client that prefers pages.

    Raises:
        NotFoundError, MovedError, GoneError, UnknownRevisionError: as in revisions.find_interview().
    """
    item = revisions.find_interview(connection, name, None if parameters is None else parameters.revision)
    page = None if parameters is None else f"/interviews/{item['slug']}"
    shown = with_citation(request, Noun.INTERVIEW, item)
    return answer_item(request, shown, Interview, parameters or RecordParameters(), page)
