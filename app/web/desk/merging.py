"""/desk/merge, /desk/distinct, /desk/people/{speaker}/part and /desk/statements: two speakers are one person or two,
one is two people, and what was stated of that, to be undone.
"""

import re
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app import loading
from app.api.parameters.items import NoParameters
from app.api.parameters.values import SpeakerName
from app.errors import GoneError, MovedError, NotFoundError, ParameterError, StatementError
from app.models import Scope, Speaker, StatementKind
from app.queries import answers, corpus_statements, person_parts
from app.queries.filters import Clause, Filters
from app.queries.filters.grammar import Storable
from app.queries.names import current_slug
from app.queries.paging import PageRequest, list_page
from app.queries.questions import DEFAULT_SORT
from app.web.desk.lists import ListParameters
from app.web.desk.people import doubles_now, likelihood
from app.web.desk.session import DESK, Desk, SignedIn, desk_router
from app.web.said import excerpt
from app.web.site import site_of

_ON_A_PAGE = 50
# Answers of each of two people that are shown, and characters of each, at most.
_ANSWERS, _MOST_CHARACTERS = 3, 240
_MOST_NAME, _MOST_SLUG = 300, 200
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_Slug = Annotated[str, Storable, Field(min_length=1, max_length=_MOST_SLUG)]

router = desk_router()


class BothParameters(NoParameters):
    """Who may be one person: the one who would be kept, and the other one."""

    keep: _Slug
    other: _Slug


@router.get("/merge")
def show_both(desk: SignedIn, asked: Annotated[BothParameters, Query()]) -> Response:
    """Show two speakers side by side, with what speaks for and against their being one person."""
    with desk.read() as connection:
        keep, other = (
            current_slug(connection, name, Speaker, slug)
            for name, slug in (("keep", asked.keep), ("other", asked.other))
        )
    return desk.go(f"{DESK}/people/{keep}", done="one-already") if keep == other else _both(desk, keep, other)


def _both(desk: Desk, keep: str, other: str, *, status: int = 200, refused: str | None = None) -> Response:
    with desk.read() as connection:
        people = [person_parts.find_person(connection, slug) for slug in (keep, other)]
        said = [_newest_answers(connection, slug) for slug in (keep, other)]
        ids = people[0]["ids"] | people[1]["ids"]
        statements = person_parts.statements_about(connection, ids) if desk.may(Scope.WRITE) else ()
        is_distinct = loading.find_distinct(connection, people[0]["id"], people[1]["id"]) is not None
    own = {person["id"] for person in people}
    double = next((one for one in doubles_now(desk).found if {one.first.id, one.second.id} == own), None)
    mine, theirs = ({part["slug"] for part in person["parts"]} for person in people)
    return desk.page(
        "desk/both.html",
        status=status,
        people=people,
        said=said,
        state=_state_of(people),
        double=double,
        is_distinct=is_distinct,
        likelihood=likelihood(double.score) if double else None,
        shared=[part for part in people[0]["parts"] if part["slug"] in mine & theirs],
        statements=statements,
        reason=desk.form.one("reason"),
        refused=refused,
    )


def _newest_answers(connection: sa.Connection, speaker: str) -> list[Any]:
    """Return the beginnings of what somebody answered last: how they speak tells who they are."""
    by_them = Filters(answered_by=(Clause((speaker,)),))
    found = list_page(connection, answers.listing(connection, by_them, DEFAULT_SORT), PageRequest("both", _ANSWERS))
    return [{**one, "beginning": excerpt(one["text"], one["text_format"], _MOST_CHARACTERS)} for one in found.items]


def _state_of(people: list[Any]) -> str:
    """Name the state of two people, whichever of them is kept."""
    return ".".join(sorted(person["state"] for person in people))


@router.post("/merge")
def merge(desk: SignedIn) -> Response:
    """State that two speakers are one person, if they are still those who were looked at."""
    desk.require(Scope.WRITE)
    return _state_of_two(desk, *_chosen(desk), is_one=True)


@router.post("/distinct")
def distinct(desk: SignedIn) -> Response:
    """State that two speakers are two people, if they are still those who were looked at."""
    desk.require(Scope.WRITE)
    people = desk.form.all("person")
    if len(people) != 2 or max(map(len, people)) > _MOST_SLUG:
        raise ParameterError("person", "Choose two people.")
    return _state_of_two(desk, *people, is_one=False)


def _state_of_two(desk: Desk, keep: str, other: str, *, is_one: bool) -> Response:
    stale = str(site_of(desk.request).texts("desk-people-stale"))
    try:
        with desk.write() as connection:
            people = [person_parts.find_person(connection, slug) for slug in (keep, other)]
            if _state_of(people) == desk.form.one("made_from"):
                if is_one:
                    made = loading.merge(connection, keep, other, desk.author())
                    return desk.go(f"{DESK}/people/{made.speaker}", done="merged")
                loading.distinct(connection, keep, other, desk.author())
                return desk.go(f"{DESK}/people", done="distinct")
    except StatementError as error:
        return _both(desk, keep, other, status=422, refused=str(error))
    except (MovedError, NotFoundError, GoneError) as error:
        return _gone(desk, error)
    return _both(desk, keep, other, status=409, refused=stale)


def _chosen(desk: Desk) -> tuple[str, str]:
    """Return who is kept, and the other one.

    Raises:
        ParameterError: the form does not name two, and one of them to be kept.
    """
    keep, people = desk.form.one("keep"), desk.form.all("person")
    others = [one for one in people if one != keep]
    if len(people) != 2 or len(others) != 1 or max(map(len, people)) > _MOST_SLUG:
        raise ParameterError("keep", "Choose which of the two is kept.")
    return keep, others[0]


def _gone(desk: Desk, error: MovedError | NotFoundError | GoneError) -> Response:
    """Say that somebody is no speaker of this address any more, and what was stated last."""
    with desk.read() as connection:
        statements = _newest(connection, 5)
    return desk.page(
        "desk/people_changed.html",
        status=409,
        reason=str(error),
        now=error.to if isinstance(error, MovedError) else None,
        statements=statements,
    )


@router.post("/people/{speaker}/part")
def part(speaker: SpeakerName, desk: SignedIn) -> Response:
    """State that a speaker is somebody else in some interviews."""
    desk.require(Scope.WRITE)
    interviews, name = desk.form.all("interview"), desk.form.one("name")[:_MOST_NAME]
    texts = site_of(desk.request).texts
    if not interviews:
        return _refused(desk, speaker, 422, str(texts("desk-part-choose")))
    try:
        with desk.write() as connection:
            if person_parts.find_person(connection, speaker)["state"] != desk.form.one("made_from"):
                return _refused(desk, speaker, 409, str(texts("desk-people-stale")))
            loading.part(connection, speaker, interviews, name or None, desk.author())
    except StatementError as error:
        return _refused(desk, speaker, 422, str(error))
    except (MovedError, NotFoundError, GoneError) as error:
        return _gone(desk, error)
    return desk.go(f"{DESK}/people/{speaker}", done="parted")


def _refused(desk: Desk, speaker: str, status: int, reason: str) -> Response:
    return desk.page("desk/people_refused.html", status=status, reason=reason, back=f"{DESK}/people/{speaker}")


@router.get("/statements")
def show_statements(desk: SignedIn, asked: Annotated[ListParameters, Query()]) -> Response:
    """List who is one person and who is not, who stated it, when and why; the newest first, also what was undone."""
    desk.require(Scope.WRITE)
    with desk.read() as connection:
        listing = corpus_statements.listing("-number", undone=True)
        listed = list_page(connection, listing, PageRequest("desk statements", _ON_A_PAGE, asked.cursor))
        statements = person_parts.with_names(connection, listed.items)
    return desk.page("desk/statements.html", statements=statements, listed=listed, done=asked.done)


@router.post("/statements/{number}/undo")
def undo(number: str, desk: SignedIn) -> Response:
    """Undo what was stated of two speakers."""
    desk.require(Scope.WRITE)
    if not _NUMBER.fullmatch(number):
        raise ParameterError("number", "Choose a statement of the list.")
    try:
        with desk.write() as connection:
            undone = loading.undo(connection, int(number), desk.author())
            kept = undone.speaker and _present(connection, undone.speaker)
    except StatementError as error:
        return desk.page("desk/people_refused.html", status=422, reason=str(error), back=f"{DESK}/statements")
    except NotFoundError as error:
        return _gone(desk, error)
    # Who was merged is shown with the one from whom they were set apart again.
    done = "distinct-undone" if undone.kind is StatementKind.DISTINCT else "set-apart"
    return desk.go(f"{DESK}/people/{kept}" if kept else f"{DESK}/statements", done=done)


def _present(connection: sa.Connection, slug: str) -> str | None:
    try:
        return current_slug(connection, "speaker", Speaker, slug)
    except ParameterError:
        # Nobody has it now, in whatever interview.
        return None


def _newest(connection: sa.Connection, count: int) -> list[Any]:
    listing = corpus_statements.listing("-number", undone=True)
    return person_parts.with_names(connection, list_page(connection, listing, PageRequest("newest", count)).items)
