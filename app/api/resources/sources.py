"""/v1/sources: source files of every revision, by the SHA-256 of their bytes."""

import base64
from typing import Annotated
from urllib.parse import quote

from fastapi import Query, Response

from app.api.database import Open
from app.api.documentation.openapi import FILE
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.items import NoParameters
from app.api.parameters.values import Sha256
from app.api.routers import resource_router
from app.queries.interviews import find_file

router = resource_router("/v1/sources", "interviews", ReadingRoute)


@router.get("/{sha256}", response_class=Response, responses=FILE, summary="Get a file by digest")
def get_source_file(sha256: Sha256, database: Open, _none: Annotated[NoParameters, Query()]) -> Response:
    """Get the source file that has this SHA-256, of the current revision of an interview or of one before."""
    with database.read() as connection:
        return answer_file(*find_file(connection, sha256))


def answer_file(name: str, content: bytes, digest: str) -> Response:
    """Answer with the bytes of a file, as a download; `digest` is their SHA-256."""
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
