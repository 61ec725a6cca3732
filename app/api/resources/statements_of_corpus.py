"""/v1/statements: who is one person and who is not, as editors state."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Body, Depends, Path, Query, Request, Response

from app import loading
from app.api.database import Open
from app.api.documentation.openapi import LIST, SPARSE_ITEM
from app.api.items import answer_item
from app.api.lists import ListRequest
from app.api.parameters.curation import StatementParameters
from app.api.parameters.items import FieldsParameters
from app.api.parameters.single import single_keys
from app.api.parameters.values import MAX_INTEGER, Digits
from app.api.routers import resource_router
from app.api.schemas.statements import NewStatement, Statement, StatementMade, StatementPage
from app.api.writing import Writing, WritingRoute, may, needs, tag_of
from app.errors import StatementError
from app.loading import Stated
from app.models import Interview, Scope, Speaker, StatementKind
from app.queries import corpus_statements
from app.queries.names import current_slug

router = resource_router("/v1/statements", "speakers", WritingRoute)
# They say who made them.
_FOR_WRITERS = [Depends(needs(Scope.WRITE))]
Number = Annotated[int, Path(ge=1, le=MAX_INTEGER, description="Number of a statement.", examples=[1]), Digits]


@router.get(
    "",
    response_model=StatementPage,
    responses=LIST,
    dependencies=_FOR_WRITERS,
    summary="List statements about speakers",
)
def list_statements(request: Request, database: Open, parameters: Annotated[StatementParameters, Query()]) -> Any:
    """List the statements of the corpus in the order in which they were made: which speakers are one person, which are
    two, which one is two, who says so, when and why.
    """
    with ListRequest(request, database, parameters, StatementPage) as asked:
        return asked.answer(corpus_statements.listing(asked.sort, undone=parameters.undone))


@router.get(
    "/{number}",
    response_model=Statement,
    responses=SPARSE_ITEM,
    dependencies=_FOR_WRITERS,
    summary="Get one statement",
)
def get_statement(
    request: Request, number: Number, database: Open, parameters: Annotated[FieldsParameters, Query()]
) -> Any:
    """Get one statement of the corpus, in force or undone."""
    with database.read() as connection:
        item = corpus_statements.find_statement(connection, number)
    return answer_item(request, item, Statement, parameters)


@router.post(
    "",
    response_model=StatementMade,
    status_code=201,
    dependencies=[Depends(single_keys)],
    summary="State who speakers are",
)
def make_statement(
    request: Request,
    stated: Annotated[NewStatement, Body()],
    writing: Annotated[Writing, Depends(may(Scope.WRITE))],
) -> Response:
    """State that two speakers are one person, that they are two, or that one is somebody else in some interviews.

    Loading files again does not undo it; deleting the statement does.
    """
    with writing.open() as connection:
        speaker = current_slug(connection, "speaker", Speaker, stated.speaker)
        if stated.other is not None:
            other = current_slug(connection, "other", Speaker, stated.other)
            if speaker == other:
                # As they were named: one of the slugs may be a former one.
                raise StatementError(f"{stated.speaker!r} and {stated.other!r} are one speaker")
            state = loading.merge if stated.kind is StatementKind.MERGED else loading.distinct
            made = state(connection, speaker, other, writing.author)
        else:
            interviews = [current_slug(connection, "interviews", Interview, one) for one in stated.interviews]
            made = loading.part(connection, speaker, interviews, stated.name, writing.author)
        etag = tag_of(_show(request, connection, made.number))
        answer = _made(request, connection, made)
        return writing.answer(answer, etag=etag, status=201, location=f"/v1/statements/{made.number}")


@router.delete("/{number}", response_model=StatementMade, summary="Undo a statement")
def undo_statement(
    request: Request, number: Number, writing: Annotated[Writing, Depends(may(Scope.WRITE, existing=True))]
) -> Response:
    """Undo a statement: speakers who were merged or parted are again whom the files alone tell of, and two people may
    be proposed and merged again. The statement stays listed, as undone.
    """
    with writing.open() as connection:
        writing.match(tag_of(_show(request, connection, number)))
        undone = loading.undo(connection, number, writing.author)
        etag = tag_of(_show(request, connection, number))
        return writing.answer(_made(request, connection, undone), etag=etag)


def _show(request: Request, connection: sa.Connection, number: int) -> Response:
    item = corpus_statements.find_statement(connection, number)
    return answer_item(request, item, Statement, FieldsParameters())


def _made(request: Request, connection: sa.Connection, made: Stated) -> Response:
    item = {**corpus_statements.find_statement(connection, made.number), "interviews_changed": made.interviews}
    return answer_item(request, item, StatementMade, FieldsParameters())
