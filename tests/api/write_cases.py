"""A request that is right, for each operation that writes: the matrix of tests/api/test_write_matrix.py sends it with
and without what such a request needs. An operation without a case here fails a test.

Cases are tried on a copy of the seed. Names in addresses are the examples of the OpenAPI document, unless `prepare`
gives others.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app import loading
from app.cli.topics import suggest_topics
from app.db import Database
from app.loading import Author, Origin, state
from app.models import Scope
from app.transcripts.sidecar import sidecar_of
from tests.api.keyed import key_for
from tests.authors import at
from tests.conftest import NOW
from tests.loading.test_statements import Talk, store

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


_INTERVIEW = "worldnewsam-3712"
_LATER = datetime.datetime(2199, 1, 1, tzinfo=datetime.UTC)
_CONCEPT = b"""@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<http://example.org/mills> a skos:Concept ; skos:prefLabel "Mills"@en .
"""


def _suggestions(database: Database) -> Names:
    suggest_topics(database, min_confidence=0)
    return {}


def _two_of_one_name(database: Database) -> Names:
    """Load two interviews with people who can be merged."""
    store(database, Talk("one", ("Ida Brandt",)), Talk("two", ("Ida Brant",)))
    return {}


def _merged(database: Database) -> Names:
    _two_of_one_name(database)
    with database.write() as connection:
        made = loading.merge(connection, "ida-brandt", "ida-brant", at(NOW))
    return {"number": str(made.number)}


def _withdrawn(database: Database) -> Names:
    with database.write() as connection:
        gone = loading.withdraw(connection, _INTERVIEW, at(NOW))
    return {"interview": gone.interview_id}


def _held(database: Database) -> Names:
    with database.write() as connection:
        loading.hold(connection, _INTERVIEW, _LATER, at(NOW))
    return {}


def _decision(state: str) -> Any:
    return {"decisions": [{"question": "gky5nhbt0gvp-q1", "topic": "religion", "state": state}]}


# By operation id.
CASES: dict[str, Case] = {
    "postInterview": Case(_TALK, _OTHER_TALK, query="name=river.txt"),
    "putSource": Case(_TALK, query="name=river.txt&replace=true"),
    "putStatements": Case({"title": "Another"}),
    "patchStatements": Case({"title": "Another"}, headers=_MERGE_PATCH),
    "undoStatements": Case(prepare=_stated),
    "revokeKey": Case(prepare=_key_to_revoke),
    "putQuestionTopic": Case({"state": "rejected"}),
    "deleteQuestionTopic": Case(),
    "makeDecisions": Case(_decision("confirmed"), _decision("rejected"), prepare=_suggestions),
    "putVocabulary": Case(_CONCEPT, headers={"Content-Type": "text/turtle"}),
    "makeStatement": Case(
        {"kind": "merged", "speaker": "ida-brandt", "other": "ida-brant"},
        {"kind": "merged", "speaker": "ida-brant", "other": "ida-brandt"},
        prepare=_two_of_one_name,
    ),
    "undoStatement": Case(prepare=_merged),
    "makeRedaction": Case({"words": "Kazakhstan"}, {"words": "Pakistan"}),
    "putWithdrawal": Case(tag_from="/v1/interviews/{interview}"),
    "deleteWithdrawal": Case(prepare=_withdrawn),
    "putEmbargo": Case({"until": "2199-12-31"}, tag_from="/v1/interviews/{interview}"),
    "deleteEmbargo": Case(prepare=_held),
}
