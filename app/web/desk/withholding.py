"""/desk/interviews/{interview}/withhold and /desk/held: redact, hold back, release and withdraw."""

import datetime
import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app import loading
from app.api.parameters.items import NoParameters
from app.api.parameters.values import InterviewName
from app.errors import ParameterError
from app.models import Scope
from app.queries import held
from app.queries.filters.grammar import Storable
from app.quotes.redactions import Span
from app.web.desk.at_work import AtWork, StaleError, read_at_work, refuse_stale
from app.web.desk.lists import ListParameters, show_list
from app.web.desk.session import DESK, Desk, SignedIn, desk_router
from app.web.site import site_of

_MOST_WORDS, _MOST_PASSAGES = 5_000, 500
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
# Characters that are shown on each side of a passage.
_CONTEXT = 60

router = desk_router()


class WithholdParameters(NoParameters):
    """The turn that is to be taken out."""

    turn: Annotated[str, Storable, Field(max_length=200)] | None = None


@router.get("/interviews/{interview}/withhold")
def show_withhold(interview: InterviewName, desk: SignedIn, asked: Annotated[WithholdParameters, Query()]) -> Response:
    """Offer to take words out, to hold the interview back, and to withdraw it."""
    with desk.read() as connection:
        at_work = read_at_work(connection, interview, held=desk.finds_held)
    return _page(desk, at_work, item=asked.turn or "")


@router.post("/interviews/{interview}/redact")
def redact(interview: InterviewName, desk: SignedIn) -> Response:
    """Show the passages that would be taken out; take them out when that is confirmed."""
    desk.require(Scope.REDACT)
    return _or_refused(_redact, interview, desk)


def _redact(interview: str, desk: Desk) -> Response:
    words, selected = desk.form.one("words")[:_MOST_WORDS], _selected(desk)
    item = "" if selected and desk.form.one("everywhere") else desk.form.one("item")
    is_confirmed = desk.form.one("do") == "redact"
    with desk.write() as connection:
        at_work = read_at_work(connection, interview, held=desk.finds_held)
        slug = at_work.interview["slug"]
        if is_confirmed or selected:
            refuse_stale(at_work, desk.form.one("made_from"))
        if item and item not in at_work.index_of:
            raise ParameterError("item", f"The interview has no turn {item[:120]!r}.")
        if not item and not words:
            raise ParameterError("words", "Write the words that are to be taken out.")
        if selected and item:
            words_or_span: dict[str, Any] = {"span": _span(at_work, item, selected, words)}
        else:
            words_or_span = {"words": words or None}
        done = loading.redact(connection, item or slug, desk.author(), held=desk.finds_held, **words_or_span)
        if not is_confirmed:
            connection.rollback()
    if is_confirmed:
        return desk.go(f"{DESK}/interviews/{slug}", done="redacted")
    return _page(desk, at_work, item=item, words=words, found=done, selected=selected if item else None)


def _selected(desk: Desk) -> Span | None:
    """Return between which characters of a turn words were selected; None where they were written.

    Raises:
        ParameterError: these are no numbers.
    """
    start, end = desk.form.one("start"), desk.form.one("end")
    if not start and not end:
        return None
    if not (_NUMBER.fullmatch(start) and _NUMBER.fullmatch(end)):
        raise ParameterError("start", "Select the words again.")
    return int(start), int(end)


def _span(at_work: AtWork, item: str, selected: Span, words: str) -> Span:
    """Return the characters of a turn that are selected, if they are the words that were seen there.

    Raises:
        ParameterError: the turn has other words there.
    """
    if at_work.turn(item)["text"][slice(*selected)] != words:
        raise ParameterError("words", "The turn has other words in that place. Select them again.")
    return selected


@router.post("/interviews/{interview}/hold")
def hold(interview: InterviewName, desk: SignedIn) -> Response:
    """Hold an interview back until a time."""
    desk.require(Scope.WRITE)
    return _or_refused(_hold, interview, desk)


def _hold(interview: str, desk: Desk) -> Response:
    until = _moment(desk.form.one("until"))
    with desk.write() as connection:
        refuse_stale(read_at_work(connection, interview, held=desk.finds_held), desk.form.one("made_from"))
        loading.hold(connection, interview, until, desk.author())
    return desk.go(f"{DESK}/held" if desk.may(Scope.READ_HELD) else DESK, done="held-back")


@router.post("/interviews/{interview}/withdraw")
def withdraw(interview: InterviewName, desk: SignedIn) -> Response:
    """Take an interview out for good, if its name in addresses was written."""
    desk.require(Scope.REDACT)
    return _or_refused(_withdraw, interview, desk)


def _withdraw(interview: str, desk: Desk) -> Response:
    with desk.write() as connection:
        at_work = read_at_work(connection, interview, held=desk.finds_held)
        slug = at_work.interview["slug"]
        refuse_stale(at_work, desk.form.one("made_from"))
        if desk.form.one("slug") != slug:
            raise ParameterError("slug", f"To withdraw it, write its name: {slug}")
        loading.withdraw(connection, slug, desk.author(), held=desk.finds_held)
    return desk.go(DESK, done="withdrawn")


def _or_refused(take: Callable[[str, Desk], Response], interview: str, desk: Desk) -> Response:
    """Take a step; where it is refused, nothing was written, and the page says why."""
    try:
        return take(interview, desk)
    except StaleError:
        status, reason = 409, str(site_of(desk.request).texts("desk-withhold-stale"))
    except ParameterError as error:
        status, reason = 422, error.reason
    with desk.read() as connection:
        at_work = read_at_work(connection, interview, held=desk.finds_held)
    item, words = desk.form.one("item"), desk.form.one("words")
    return _page(desk, at_work, item=item, words=words, status=status, refused=reason)


@router.get("/held")
def show_held(desk: SignedIn, asked: Annotated[ListParameters, Query()]) -> Response:
    """List the interviews that are held back, those that are released first at the top."""
    desk.require(Scope.READ_HELD)
    return show_list(desk, "held", held.listing("until"), asked)


@router.post("/held/{interview}/release")
def release(interview: InterviewName, desk: SignedIn) -> Response:
    """End the embargo on an interview now, and publish it."""
    desk.require(Scope.READ_HELD)
    desk.require(Scope.WRITE)
    with desk.write() as connection:
        released = loading.release(connection, interview, desk.author())
    return desk.go(f"{DESK}/interviews/{released.slug}", done="released")


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after a passage, as far as it helps to recognize the place."""
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    return f"…{before}" if start > _CONTEXT else before, f"{after}…" if end + _CONTEXT < len(text) else after


def _moment(written: str) -> datetime.datetime:
    """Return the moment that a field names, in UTC.

    Raises:
        ParameterError: it names none, or one that is over.
    """
    try:
        moment = datetime.datetime.fromisoformat(written)
        until = moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        raise ParameterError("until", "Write a day and a time, such as 2030-01-31T12:00.") from None
    if until <= datetime.datetime.now(datetime.UTC):
        raise ParameterError("until", "This time is over; write one that is to come.")
    return until


def _page(
    desk: Desk, at_work: AtWork, *, item: str = "", words: str = "", found: Any = None, status: int = 200, **values: Any
) -> Response:
    return desk.page(
        "desk/withhold.html",
        status=status,
        interview=at_work.interview,
        state=at_work.state,
        item=item,
        turn=at_work.turn(item) if item in at_work.index_of else None,
        words=words,
        reason=desk.form.one("reason"),
        found=found,
        numbers={turn: place + 1 for turn, place in at_work.index_of.items()},
        most_passages=_MOST_PASSAGES,
        around=lambda one: _around(at_work.turn(one.turn_id)["text"], one.start, one.end),
        **{"refused": None, "selected": None, **values},
    )
