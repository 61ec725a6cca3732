"""/v1/keys: who may write. Keys are made on the command line only, so that no secret is ever in an answer."""

from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Path, Response

from app import loading
from app.api.database import Open
from app.api.routers import resource_router
from app.api.schemas.keys import KeyItem, KeyList
from app.api.serialization import write
from app.api.writing import Writing, WritingRoute, may, needs, tag_of
from app.models import Scope
from app.queries.keys import find_key as find
from app.queries.keys import list_keys as list_all

router = resource_router("/v1/keys", "keys", WritingRoute)
_FOR_KEYS = Depends(needs(Scope.KEYS))
Prefix = Annotated[
    str, Path(pattern="^[0-9a-f]{8}$", max_length=8, description="Prefix of a key.", examples=["3f9a1c02"])
]


@router.get("", dependencies=[_FOR_KEYS], summary="List all keys")
def list_keys(database: Open) -> KeyList:
    """List all keys, also those that are revoked or have expired, without their secrets."""
    with database.read() as connection:
        return KeyList.model_validate({"items": list_all(connection)})


@router.get("/{prefix}", dependencies=[_FOR_KEYS], response_model=KeyItem, summary="Get one key")
def get_key(prefix: Prefix, database: Open) -> Response:
    """Get one key by its prefix."""
    with database.read() as connection:
        return _show(connection, prefix)


@router.delete("/{prefix}", response_model=KeyItem, summary="Revoke a key")
def revoke_key(prefix: Prefix, writing: Annotated[Writing, Depends(may(Scope.KEYS, existing=True))]) -> Response:
    """Revoke a key: from now on it opens nothing. It stays listed, and what was written with it stays."""
    with writing.open() as connection:
        writing.match(tag_of(_show(connection, prefix)))
        loading.revoke_key(connection, prefix, writing.author.when)
        return writing.answer(_show(connection, prefix))


def _show(connection: sa.Connection, prefix: str) -> Response:
    return Response(write(KeyItem, find(connection, prefix)), media_type="application/json")
