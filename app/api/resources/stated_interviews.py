"""/v1/interviews/{interview}/statements: what editors state of an interview over what its file says."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from pydantic import Field, WithJsonSchema

from app import loading
from app.api.database import Open
from app.api.merge_patch import merge_patch
from app.api.parameters.items import NoParameters
from app.api.parameters.single import single_keys
from app.api.parameters.values import MAX_INTEGER, Digits, InterviewName
from app.api.schemas.readings import open_statement
from app.api.schemas.stated_interviews import (
    StatedDocument,
    StatedInterview,
    StatedVersionItem,
    StatedVersionList,
)
from app.api.writing import Writing, WritingRoute, may, needs, tag_of
from app.errors import NotFoundError
from app.loading import Author, LoadedInterview
from app.loading.withdrawals import find_named
from app.models import Scope
from app.queries.statement_versions import find_version, list_versions
from app.structure.statement_differences import stated_differences

router = APIRouter(prefix="/v1/interviews", tags=["statements"], route_class=WritingRoute)
_FOR_WRITERS = Depends(needs(Scope.WRITE))
Writer = Annotated[Writing, Depends(may(Scope.WRITE, existing=True))]
_ADDRESS = "/{interview}/statements"
_REFERENCE = {"$ref": f"#/components/schemas/{StatedDocument.__name__}"}
# What it may have is checked where it is applied, so that every mistake has its place in the document.
Document = Annotated[dict[str, Any], WithJsonSchema(_REFERENCE), Body()]
Patch = Annotated[
    dict[str, Any],
    WithJsonSchema({"type": "object", "description": "A JSON Merge Patch (RFC 7396) of the document."}),
    Body(media_type="application/merge-patch+json", examples=[{"title": "The old mill", "summary": None}]),
]
VersionNumber = Annotated[int, Path(ge=1, le=MAX_INTEGER, description="Number of a version, from 1.", examples=[1])]


class DifferenceParameters(NoParameters):
    """With which version one is compared."""

    compared_with: Annotated[int | None, Field(ge=0, le=MAX_INTEGER), Digits] = Field(
        default=None,
        alias="from",
        description="The version that it is compared with, 0 for nothing; without it, the one before.",
        examples=[1],
    )


@router.get(
    _ADDRESS, dependencies=[_FOR_WRITERS], response_model=StatedInterview, summary="Get an interview's statements"
)
def get_statements(interview: InterviewName, database: Open, _none: Annotated[NoParameters, Query()]) -> Response:
    """Get all that is stated of an interview over what its file says, with the topics that reviewers decided on, and
    who stated it last.

    Everybody sees what it leads to; who stated it and why, only who may write.
    """
    with database.read() as connection:
        return _show(connection, interview)


@router.put(
    _ADDRESS,
    dependencies=[Depends(single_keys)],
    response_model=StatedInterview,
    summary="Replace an interview's statements",
)
def put_statements(interview: InterviewName, request: Request, writing: Writer, body: Document) -> Response:
    """State a document in place of all that was stated: `statements` as GET shows it, changed.

    The words of the transcript stay; the file is read again as this states it, and the version before is kept. What
    means no turn, question or label is refused, unless it was stated before: then it is kept, open.
    """

    def state(connection: sa.Connection) -> LoadedInterview:
        return _state(request, connection, interview, body, writing.author)

    return _write(writing, interview, state)


@router.patch(
    _ADDRESS,
    dependencies=[Depends(single_keys)],
    response_model=StatedInterview,
    summary="Change an interview's statements",
)
def patch_statements(interview: InterviewName, request: Request, writing: Writer, body: Patch) -> Response:
    """State the document as a JSON Merge Patch (RFC 7396) changes it: keys that it names are replaced, null takes one
    out. A list is replaced as a whole.
    """

    def state(connection: sa.Connection) -> LoadedInterview:
        found = find_named(connection, interview)
        document = loading.stated_document(connection, found.id)
        named, _open = loading.document_by_ids(connection, found.id, document)
        return _state(request, connection, interview, merge_patch(named, body), writing.author)

    return _write(writing, interview, state)


@router.post(f"{_ADDRESS}/undo", response_model=StatedInterview, summary="Undo the last statements")
def undo_statements(interview: InterviewName, request: Request, writing: Writer) -> Response:
    """State the version before the newest one again, as a new version. Undoing that brings it back.

    `If-Match` takes the `ETag` of `statements`.
    """

    def undo(connection: sa.Connection) -> LoadedInterview:
        across_series = request.app.state.settings.names_across_series
        return loading.undo_statements(connection, interview, writing.author, across_series=across_series)

    return _write(writing, interview, undo)


@router.get(
    f"{_ADDRESS}/versions",
    dependencies=[_FOR_WRITERS],
    response_model=StatedVersionList,
    summary="List versions of statements",
)
def list_statement_versions(
    interview: InterviewName, database: Open, _none: Annotated[NoParameters, Query()]
) -> StatedVersionList:
    """List all versions of what was stated of an interview, the newest first: who made each, when and why."""
    with database.read() as connection:
        found = find_named(connection, interview)
        versions = list_versions(connection, found.id)
    newest = versions[0].version if versions else 0
    items = [{**row._mapping, "is_current": row.version == newest} for row in versions]
    return StatedVersionList.model_validate({"interview": _reference(found), "items": items})


@router.get(
    f"{_ADDRESS}/versions/{{version}}",
    dependencies=[_FOR_WRITERS],
    response_model=StatedVersionItem,
    summary="Get one version of statements",
)
def get_statement_version(
    interview: InterviewName,
    version: VersionNumber,
    database: Open,
    parameters: Annotated[DifferenceParameters, Query()],
) -> Response:
    """Get what was stated in one version, and what differs from the version before it, or from the one that `from`
    names; 0 states nothing. Turns and questions that are there no more are named by their words.
    """
    with database.read() as connection:
        found = find_named(connection, interview)
        shown, newest = find_version(connection, found.id, version), find_version(connection, found.id)
        with_version = version - 1 if parameters.compared_with is None else parameters.compared_with
        other = find_version(connection, found.id, with_version)
        for row, number in ((shown, version), (other, with_version)):
            if row.version != number:
                raise NotFoundError(f"version of what is stated of {interview!r}", str(number))
        before, after = (loading.document_by_ids(connection, found.id, row.document)[0] for row in (other, shown))
    item = {
        **_signed(shown),
        "is_current": shown.version == newest.version,
        "interview": _reference(found),
        "statements": after,
        "compared_with": with_version,
        "differences": [asdict(one) for one in stated_differences(before, after)],
    }
    return _answer(StatedVersionItem.model_validate(item))


def _write(writing: Writing, interview: str, state: Any) -> Response:
    with writing.open() as connection:
        writing.match(tag_of(_show(connection, interview)))
        loaded: LoadedInterview = state(connection)
        return writing.answer(_show(connection, loaded.interview_id))


def _state(
    request: Request, connection: sa.Connection, interview: str, document: Mapping[str, Any], author: Author
) -> LoadedInterview:
    across_series = request.app.state.settings.names_across_series
    return loading.state_by_ids(connection, interview, document, author, across_series=across_series, reviewed=True)


def _show(connection: sa.Connection, interview: str) -> Response:
    found = find_named(connection, interview)
    row = find_version(connection, found.id)
    document, unfit = loading.document_by_ids(connection, found.id, loading.stated_document(connection, found.id))
    item = {
        **_signed(row),
        "interview": _reference(found),
        "revision": found.revision,
        "statements": document,
        "open_statements": [open_statement(one.key, one.reason) for one in unfit],
    }
    return _answer(StatedInterview.model_validate(item))


def _answer(item: StatedInterview | StatedVersionItem) -> Response:
    # Keys of the document that were not stated are left out; all others are there.
    return Response(item.model_dump_json(exclude_unset=True), media_type="application/json")


def _reference(found: Any) -> dict[str, Any]:
    return {"id": found.id, "slug": found.slug, "title": found.title}


def _signed(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("version", "made_at", "made_by", "reason")}
