"""Single items as they are answered: in their shape, with some fields alone, or in another format."""

from typing import Any

import sqlalchemy as sa
from fastapi import Request, Response
from pydantic import BaseModel

from app.api.completing import complete
from app.api.exporting import export_interview, export_item, refuse
from app.api.fields import select
from app.api.formats import INTERVIEW_FORMATS, ITEM_FORMATS, JSON, NotAcceptableError, choose, prefers_page
from app.api.parameters.items import FieldsParameters, ItemParameters, RecordParameters
from app.api.parameters.values import joined
from app.api.schemas.lists import SPARSE_MEDIA_TYPE
from app.api.serialization import write
from app.errors import NoTimesError
from app.exports import InterviewFormat, ItemFormat
from app.exports.format import ItemDocument
from app.queries.embedding import Item
from app.queries.revisions import find_interview, find_record

# Parameters that pages take too.
_ON_PAGES = frozenset({"revision"})


def answer_item(
    request: Request,
    item: dict[str, Any],
    shape: type[BaseModel],
    parameters: FieldsParameters,
    page: str | None = None,
) -> Response:
    """Answer with one item as its shape shows it, with the parts that are asked for, or with some of its fields.

    Where there is a `page` about the item, a request that prefers pages is led to it, unless it asks for more than a
    page shows.

    Raises:
        ParameterError: a part or a field is not known.
    """
    if page is not None and prefers_page(request.scope) and _ON_PAGES.issuperset(request.query_params):
        query = f"?{request.url.query}" if request.url.query else ""
        return Response(status_code=303, headers={"Location": f"{request.app.state.settings.public_url}{page}{query}"})
    selection = select(shape, joined(parameters.include), joined(parameters.fields))
    [completed] = complete([item], selection, request.app.state.settings.public_url)
    media_type = SPARSE_MEDIA_TYPE if selection.is_sparse else JSON.media_type
    return Response(write(shape, completed, selection.included), media_type=media_type)


def answer_exported(
    request: Request, connection: sa.Connection, parameters: RecordParameters, name: str
) -> Response | None:
    """Answer with a whole interview in the format that is asked for; None where that is JSON.

    Raises:
        NoTimesError: captions are asked for by name, and the interview has no times.
        NotAcceptableError: no format is acceptable.
        ParameterError: the format has no place for fields or parts.
    """
    reason = ""
    for chosen_format in choose(request, INTERVIEW_FORMATS, parameters.format):
        if not isinstance(chosen_format, InterviewFormat):
            return None
        refuse(chosen_format.description, fields=parameters.fields, include=parameters.include)
        interview = find_interview(connection, name, parameters.revision)
        record = find_record(connection, name, parameters.revision)
        try:
            return export_interview(chosen_format, interview, record, request.app.state.settings.public_url)
        except NoTimesError as error:
            if parameters.format is not None:
                raise
            reason = str(error)
    raise NotAcceptableError(INTERVIEW_FORMATS, reason)


def answer_exported_item(
    request: Request, parameters: ItemParameters, question: Item, interview: Item, answer: Item | None = None
) -> Response | None:
    """Answer with a question, or with an answer to it, in the format that is asked for; None where that is JSON.

    Raises:
        NotAcceptableError: no format is acceptable.
        ParameterError: the format has no place for fields or for context.
    """
    chosen_format = choose(request, ITEM_FORMATS, parameters.format)[0]
    if not isinstance(chosen_format, ItemFormat):
        return None
    refuse(
        chosen_format.description,
        fields=parameters.fields,
        include=parameters.include,
        context=parameters.context or None,
    )
    base = request.app.state.settings.public_url
    return export_item(chosen_format, ItemDocument(question, interview, answer, base))
