"""/v1/interviews, the record of each and its source file."""

import base64
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from app.api.database import Open
from app.api.pages import page_of, page_request
from app.api.parameters import InterviewName, InterviewParameters, NoParameters
from app.api.schemas import Interview, InterviewPage, Record
from app.queries import interviews

router = APIRouter(prefix="/v1/interviews", tags=["interviews"])


@router.get("")
def list_interviews(
    request: Request, response: Response, database: Open, parameters: Annotated[InterviewParameters, Query()]
) -> InterviewPage:
    """List interviews.

    Filters on questions (`topic`, `asked_by`, `answered_by`, `answered`, `q`) give interviews in which one question
    meets them all.
    """
    asked = page_request(request, parameters)
    with database.read() as connection:
        items, found = interviews.list_interviews(connection, parameters.filters(), asked)
    return InterviewPage.model_validate({"items": items, "page": page_of(request, response, asked, found)})


@router.get("/{interview}")
def get_interview(interview: InterviewName, database: Open, _none: Annotated[NoParameters, Query()]) -> Interview:
    """Get one interview, by slug or id, with its people, its topics and how its source was read."""
    with database.read() as connection:
        return Interview.model_validate(interviews.find_interview(connection, interview))


@router.get("/{interview}/transcript")
def get_transcript(interview: InterviewName, database: Open, _none: Annotated[NoParameters, Query()]) -> Record:
    """Get the whole record in order, verbatim: every turn, note and heading, with its place in the source."""
    with database.read() as connection:
        return Record.model_validate(interviews.find_record(connection, interview))


@router.get(
    "/{interview}/source",
    response_class=Response,
    responses={
        200: {
            "description": "The file as it was received.",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def get_source(interview: InterviewName, database: Open, _none: Annotated[NoParameters, Query()]) -> Response:
    """Get the original bytes of the source file, exactly; the Repr-Digest header (RFC 9530) has their SHA-256."""
    with database.read() as connection:
        name, content, digest = interviews.find_source(connection, interview)
    encoded = base64.b64encode(bytes.fromhex(digest)).decode()
    return Response(
        content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Repr-Digest": f"sha-256=:{encoded}:",
            "X-Content-Type-Options": "nosniff",
        },
    )
