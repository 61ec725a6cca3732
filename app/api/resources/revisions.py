"""The short form of an address in a revision, `{id}@2`: it leads to the long one, which takes other parameters too."""

import re

from fastapi import Request
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.text.folding import SLUG_PATTERN


def to_revision(request: Request, revision: str) -> Response:
    """Send the reader of `/v1/answers/{id}@2` to `/v1/answers/{id}?revision=2`, where the number is looked at.

    Raises:
        HTTPException: what stands before the number is no id and could be none; it goes into no header.
    """
    path = request.url.path.rpartition("@")[0]
    if not re.fullmatch(SLUG_PATTERN, path.rpartition("/")[2]):
        raise HTTPException(404)
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "revision"]
    query = QueryParams([("revision", revision), *kept])
    return Response(status_code=308, headers={"Location": f"{request.app.state.settings.public_url}{path}?{query}"})
