"""/v1/interviews/{interview}/statements: what editors state of an interview over what its file says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Body, Depends, Path, Query, Request, Response
from pydantic import Field, WithJsonSchema

from app import loading
from app.api.database import Open
from app.api.documentation.openapi import LIST
from app.api.http.access import may_see_held
from app.api.lists import ListRequest
from app.api.merge_patch import merge_patch
from app.api.parameters.curation import VersionParameters
from app.api.parameters.items import NoParameters
from app.api.parameters.single import single_keys
from app.api.parameters.values import MAX_INTEGER, Digits, InterviewName
from app.api.routers import resource_router
from app.api.schemas.readings import open_statement
from app.api.schemas.stated_interviews import (
    StatedDocument,
    StatedInterview,
    StatedVersionItem,
    StatedVersionList,
)
from app.api.writing import Writing, WritingRoute, may, needs, require, tag_of
from app.errors import MetadataError
from app.loading import Author, LoadedInterview
from app.loading.metadata_files import stated_embargo
from app.models import Scope
from app.queries.embedding import Item
from app.queries.paging import Rank, Ranked
from app.structure.statement_differences import stated_differences

router = resource_router("/v1/interviews", "statements", WritingRoute)
# What is stated of an interview that is held back may also be read by those who may read that.
_FOR_WRITERS = Depends(needs(Scope.WRITE, or_else=Scope.READ_HELD))
Writer = Annotated[Writing, Depends(may(Scope.WRITE, existing=True))]
_ADDRESS = "/{interview}/statements"
_REFERENCE = {"$ref": f"#/components/schemas/{StatedDocument.__name__}"}
# What it may have is checked where it is applied, so that every mistake has its place in the document.
Document = Annotated[dict[str, Any], WithJsonSchema(_REFERENCE), Body()]
Patch = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            # Else generators of clients take it for an object without keys.
            "additionalProperties": True,
            "description": "A JSON Merge Patch (RFC 7396) of the document.",
        }
    ),
    Body(media_type="application/merge-patch+json", examples=[{"title": "The old mill", "summary": None}]),
]
VersionNumber = Annotated[
    int, Path(ge=1, le=MAX_INTEGER, description="Number of a version, from 1.", examples=[1]), Digits
]


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
def get_statements(
    interview: InterviewName, request: Request, database: Open, _none: Annotated[NoParameters, Query()]
) -> Response:
    """Get all that is stated of an interview over what its file says, with the topics that reviewers decided on, and
    who stated it last.

    Everybody sees what it leads to; who stated it and why, only who may write. Of an interview that is held back, who
    may read that: this and what follows find it for keys with `read:held`, and for nobody else.
    """
    with database.read() as connection:
        return _show(_find(request, connection, interview))


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

    return _write(request, writing, interview, state)


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
        stated = _find(request, connection, interview)
        named, _open = stated.by_ids(stated.document)
        return _state(request, connection, interview, merge_patch(named, body), writing.author)

    return _write(request, writing, interview, state)


@router.post(f"{_ADDRESS}/undo", response_model=StatedInterview, summary="Undo the last statements")
def undo_statements(interview: InterviewName, request: Request, writing: Writer) -> Response:
    """State the version before the newest one again, as a new version. Undoing that brings it back.

    `If-Match` takes the `ETag` of `statements`.
    """

    def undo(connection: sa.Connection) -> LoadedInterview:
        return loading.undo_statements(connection, interview, writing.author, **_options(request))

    return _write(request, writing, interview, undo)


@router.get(
    f"{_ADDRESS}/versions",
    dependencies=[_FOR_WRITERS],
    response_model=StatedVersionList,
    responses=LIST,
    summary="List versions of statements",
)
def list_statement_versions(
    interview: InterviewName, request: Request, database: Open, parameters: Annotated[VersionParameters, Query()]
) -> Any:
    """List the versions of what was stated of an interview, the newest first: who made each, when and why."""
    with ListRequest(request, database, parameters, StatedVersionList) as asked:
        return asked.answer(_versions(_find(request, asked.connection, interview)))


@router.get(
    f"{_ADDRESS}/versions/{{version}}",
    dependencies=[_FOR_WRITERS],
    response_model=StatedVersionItem,
    summary="Get one version of statements",
)
def get_statement_version(
    interview: InterviewName,
    version: VersionNumber,
    request: Request,
    database: Open,
    parameters: Annotated[DifferenceParameters, Query()],
) -> Response:
    """Get what was stated in one version, and what differs from the version before it, or from the one that `from`
    names; 0 states nothing. Turns and questions that are there no more are named by their words.
    """
    with database.read() as connection:
        stated = _find(request, connection, interview)
        with_version = version - 1 if parameters.compared_with is None else parameters.compared_with
        shown, other = stated.version(version), stated.version(with_version)
        before, after = (stated.by_ids(row.document)[0] for row in (other, shown))
    item = {
        **_signed(shown),
        "is_current": shown.version == stated.version(None).version,
        "interview": _reference(stated),
        "statements": after,
        "compared_with": with_version,
        "differences": [asdict(one) for one in stated_differences(before, after)],
    }
    return _answer(StatedVersionItem.model_validate(item))


def _versions(stated: loading.StatedInterview) -> Ranked:
    made = {row.version: {**_signed(row), "is_current": row is stated.versions[-1]} for row in stated.versions}
    ranks = [(0, 0.0, version) for version in sorted(made, reverse=True)]

    def embed(_connection: sa.Connection, page: Sequence[Rank]) -> list[Item]:
        return [made[version] for _tier, _score, version in page]

    return Ranked(ranks, embed, len(made), total_is_exact=True, extra={"interview": _reference(stated)})


def _find(request: Request, connection: sa.Connection, interview: str) -> loading.StatedInterview:
    """Find what is stated of an interview. One that is held back is found for those who may read that.

    Raises:
        NotFoundError, MovedError, GoneError: there is none of this name for the key that asks.
        RefusedError: it is published, and the key may only read what is held back.
    """
    stated = loading.find_stated(connection, interview, held=may_see_held(request))
    if stated.held_until is None:
        require(request, Scope.WRITE)
    return stated


def _write(
    request: Request, writing: Writing, interview: str, state: Callable[[sa.Connection], LoadedInterview]
) -> Response:
    with writing.open() as connection:
        writing.match(tag_of(_show(_find(request, connection, interview))))
        loaded = state(connection)
        # Also if what was stated holds it back from the key that states it.
        return writing.answer(_show(loading.find_stated(connection, loaded.interview_id, held=True)))


def _state(
    request: Request, connection: sa.Connection, interview: str, document: Mapping[str, Any], author: Author
) -> LoadedInterview:
    if "later_stands" in document:
        reason = "a metadata file may say so; leave it out here, and one of any two entries that contradict each other"
        raise MetadataError("the statements", "later_stands", reason)
    return loading.state_by_ids(connection, interview, document, author, reviewed=True, **_options(request))


def _options(request: Request) -> dict[str, bool]:
    across_series = request.app.state.settings.names_across_series
    return {"across_series": across_series, "held": may_see_held(request)}


def _show(stated: loading.StatedInterview) -> Response:
    document, unfit = stated.by_ids(stated.document)
    embargo = stated_embargo(stated.held_until, stated.held_because) if stated.held_until else {}
    item = {
        **_signed(stated.version(None)),
        "interview": _reference(stated),
        "revision": stated.revision,
        "statements": {**document, **embargo},
        "open_statements": [open_statement(one.key, one.reason) for one in unfit],
    }
    return _answer(StatedInterview.model_validate(item))


def _answer(item: StatedInterview | StatedVersionItem) -> Response:
    # Keys of the document that were not stated are left out; all others are there.
    return Response(item.model_dump_json(exclude_unset=True), media_type="application/json")


def _reference(stated: loading.StatedInterview) -> dict[str, Any]:
    return {"id": stated.id, "slug": stated.slug, "title": stated.title}


def _signed(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("version", "made_at", "made_by", "reason")}
