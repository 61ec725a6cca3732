"""/v1/vocabulary: all topics as one file."""

from dataclasses import asdict
from functools import partial
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Query, Request, Response

from app import loading
from app.api import problem_kinds
from app.api.database import Open
from app.api.documentation.openapi import VOCABULARY
from app.api.formats import choose
from app.api.http.guard import taken_body
from app.api.parameters.curation import VocabularyParameters
from app.api.problems import RefusedError
from app.api.routers import resource_router
from app.api.schemas.vocabulary import VocabularyChange
from app.api.writing import Writing, WritingRoute, may, tag_of
from app.errors import ParameterError
from app.exports import VOCABULARIES, Format
from app.models import Scope
from app.queries.vocabulary import find_stored_concepts, find_vocabulary
from app.topics.vocabulary_files import DEFAULT_LANGUAGE, read_file, write_file

# What is called in messages what came over HTTP.
_NAME = "vocabulary"
_CONTENT = {each.media_type: {"schema": {"type": "string", "format": "binary"}} for each in VOCABULARIES}


class _FileRoute(WritingRoute):
    """Takes a whole vocabulary: as many bytes as are read in a second or two."""

    body_bytes = 4 * 1024 * 1024


router = resource_router("/v1/vocabulary", "topics", _FileRoute)


@router.get("", response_class=Response, responses=VOCABULARY, summary="Get the whole vocabulary")
def get_vocabulary(request: Request, database: Open, parameters: Annotated[VocabularyParameters, Query()]) -> Response:
    """Get all topics as one file, SKOS or TOML, which can be edited and sent back."""
    chosen = choose(request, VOCABULARIES, parameters.format)[0]
    with database.read() as connection:
        return _show(request, connection, chosen)


@router.put(
    "",
    response_model=VocabularyChange,
    openapi_extra={"requestBody": {"required": True, "content": _CONTENT}},
    summary="Change the vocabulary",
)
def put_vocabulary(
    request: Request,
    writing: Annotated[Writing, Depends(may(Scope.WRITE, existing=True))],
    language: Annotated[
        str,
        Query(
            max_length=40,
            pattern="^[A-Za-z0-9-]+$",
            description="Language of the SKOS labels to show, such as en.",
            examples=["en"],
        ),
    ] = DEFAULT_LANGUAGE,
) -> Response:
    """Add the topics of a file to the vocabulary, or change them; topics that it leaves out stay, as questions have
    them. `Content-Type` says the format, and `If-Match` has the ETag of the vocabulary in the same format.

    A topic keeps its slug. The old name of a renamed or merged topic leads to the new one.
    """
    sent = _format_of(request)
    data = _data_of(request)
    read = partial(read_file, f"{_NAME}{sent.suffix}", data, language)
    # Not as a reader does: the answer has the revision of the write.
    with request.app.state.database.read() as connection:
        stored = find_stored_concepts(connection)
    vocabulary = read(stored)
    with writing.open() as connection:
        writing.match(tag_of(_show(request, connection, sent)))
        if (now := find_stored_concepts(connection)) != stored:
            vocabulary = read(now)
        loaded = loading.load_vocabulary(connection, vocabulary.concepts, writing.author, _NAME)
        loaded.remarks = vocabulary.remarks
        etag = tag_of(_show(request, connection, sent))
        return writing.answer(VocabularyChange.model_validate(asdict(loaded)), etag=etag)


def _show(request: Request, connection: sa.Connection, chosen: Format) -> Response:
    base = request.app.state.settings.public_url
    body = write_file(f"{_NAME}{chosen.suffix}", find_vocabulary(connection), base)
    headers = {"Content-Disposition": f'inline; filename="{_NAME}{chosen.suffix}"'}
    return Response(body, media_type=chosen.content_type, headers=headers)


def _format_of(request: Request) -> Format:
    """Return the format that Content-Type names.

    Raises:
        RefusedError: no vocabulary is read in the format that it names.
    """
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    for each in VOCABULARIES:
        if each.media_type == media_type:
            return each
    known = ", ".join(each.media_type for each in VOCABULARIES)
    raise RefusedError(problem_kinds.UNSUPPORTED_MEDIA_TYPE, f"Send it with Content-Type: {known}.")


def _data_of(request: Request) -> bytes:
    """Return the file that was sent.

    Raises:
        ParameterError: there is none.
    """
    body = taken_body(request.scope)
    if body is None or not body.size:
        raise ParameterError("body", "Send the vocabulary as the body of the request.")
    return body.file.read()
