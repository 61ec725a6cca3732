"""/desk/people: people by name, those who may be one person under several names, and one person with all that tells who
it is.
"""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.parameters.items import NoParameters
from app.api.parameters.lists import Cursor
from app.api.parameters.values import SpeakerName
from app.loading.likely_doubles import CACHED_AS, LikelyDoubles, likely_doubles
from app.models import Scope
from app.queries import person_parts, speakers
from app.queries.filters import Filters
from app.queries.filters.grammar import AnyText, Storable
from app.queries.paging import PageRequest, list_page
from app.queries.sorting import RELEVANCE
from app.web.desk.session import Desk, DoneName, SignedIn, desk_router

# People on a page of the search, and pairs on a page of the proposals.
_PEOPLE, _PAIRS = 30, 20
# Scores from which on a pair is called so; see `app.loading.doubles`.
_LIKELIHOODS = ((80, "very-likely"), (60, "likely"), (40, "possible"), (0, "unlikely"))
# Interviews of a person that are listed.
_MOST_PARTS = 500

router = desk_router()


class PeopleParameters(NoParameters):
    """Which name is looked for, and which page is shown. With `like`, the one with whom others are compared."""

    q: Annotated[str, Storable, AnyText] | None = Field(default=None, max_length=300)
    like: Annotated[str, Storable, AnyText] | None = Field(default=None, max_length=200)
    cursor: Cursor | None = None
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    done: DoneName | None = None


class PersonParameters(NoParameters):
    """What was done before."""

    done: DoneName | None = None


def likelihood(score: int) -> str:
    """Return the word for a score."""
    return next(word for least, word in _LIKELIHOODS if score >= least)


@router.get("/people")
def show_people(desk: SignedIn, asked: Annotated[PeopleParameters, Query()]) -> Response:
    """Find people by name; without one, list those who may be one person, the likeliest first."""
    q = (asked.q or "").strip()
    if q:
        return _found(desk, asked, q)
    doubles = doubles_now(desk)
    first = (asked.page - 1) * _PAIRS
    return desk.page(
        "desk/people.html",
        q="",
        like=None,
        listed=None,
        doubles=[(one, likelihood(one.score)) for one in doubles.found[first : first + _PAIRS]],
        total=len(doubles.found),
        compared=doubles.compared,
        page=asked.page,
        pages=max(1, -(-len(doubles.found) // _PAIRS)),
        done=asked.done,
    )


def _found(desk: Desk, asked: PeopleParameters, q: str) -> Response:
    with desk.read() as connection:
        like = person_parts.find_person(connection, asked.like) if asked.like else None
        listing = speakers.listing(connection, Filters(), RELEVANCE, q)
        listed = list_page(connection, listing, PageRequest(f"desk people {q}", _PEOPLE, asked.cursor))
    return desk.page("desk/people.html", q=q, like=like, listed=listed, doubles=(), page=1, pages=1, done=asked.done)


@router.get("/people/{speaker}")
def show_person(speaker: SpeakerName, desk: SignedIn, asked: Annotated[PersonParameters, Query()]) -> Response:
    """Show who somebody is, with everything that can be stated of it."""
    with desk.read() as connection:
        person = person_parts.find_person(connection, speaker)
        statements = person_parts.statements_about(connection, person["ids"]) if desk.may(Scope.WRITE) else ()
    return desk.page(
        "desk/person.html",
        person=person,
        parts=person["parts"][:_MOST_PARTS],
        statements=statements,
        doubles=[
            (one, likelihood(one.score))
            for one in doubles_now(desk).found
            if person["id"] in {one.first.id, one.second.id}
        ],
        done=asked.done,
    )


def doubles_now(desk: Desk) -> LikelyDoubles:
    """Return the proposals of the newest revision, which are worked out once for it."""
    corpus = desk.request.app.state.corpus
    with corpus.servers.read_newest() as opened:
        found: LikelyDoubles | None = corpus.revision_cache.get(opened.revision, CACHED_AS)
        if found is None:
            found = likely_doubles(opened.connection)
            corpus.revision_cache.put(opened.revision, CACHED_AS, found)
    return found
