"""A request that is right, for each operation that writes: the matrix of tests/api/test_write_matrix.py sends it with
and without what such a request needs. An operation without a case here fails a test.

Cases are tried on a copy of the seed. Names in addresses are the examples of the OpenAPI document, unless `prepare`
gives others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.db import Database
from app.loading import Author, Origin, state
from app.models import Scope
from app.transcripts.sidecar import sidecar_of
from tests.api.keyed import key_for
from tests.conftest import NOW

Names = Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """A right request. `body` is JSON, or a file as bytes; `other_body` another one, where a POST has a body. `prepare`
    makes what the request is about, and gives the names for the address. `tag_from` is the address whose ETag is sent
    as If-Match, if it is not the address itself nor, for an action, what it acts upon.
    """

    body: Any = None
    other_body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    prepare: Callable[[Database], Names] | None = None
    tag_from: str | None = None


def _key_to_revoke(database: Database) -> Names:
    return {"prefix": key_for(database, Scope.WRITE, name="Bob").prefix}


_TALK = b"Q: Where did the river begin?\n\nA: Under the old mill, behind our house in the valley.\n"
_OTHER_TALK = _TALK.replace(b"old mill", b"new mill")
_MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}


def _stated(database: Database) -> Names:
    """State something of an interview of the seed."""
    with database.write() as connection:
        author = Author(NOW, "Bob", None, Origin.COMMAND)
        state(connection, "worldnewsam-3712", sidecar_of("test", {"title": "One"}), author)
    return {}


# By operation id.
CASES: dict[str, Case] = {
    "postInterview": Case(_TALK, _OTHER_TALK, query="name=river.txt"),
    "putSource": Case(_TALK, query="name=river.txt&replace=true"),
    "putStatements": Case({"title": "Another"}),
    "patchStatements": Case({"title": "Another"}, headers=_MERGE_PATCH),
    "undoStatements": Case(prepare=_stated),
    "revokeKey": Case(prepare=_key_to_revoke),
}
