"""/desk/sign-in and /desk/sign-out: a session begins with a key, which the browser sends once."""

import datetime
import re
from functools import partial
from typing import Annotated

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from app import loading
from app.api import problem_kinds
from app.api.parameters.items import NoParameters
from app.api.problems import RefusedError
from app.loading.sessions import NewToken
from app.queries.keys import KeyHolder, find_holder, has_keys
from app.web.desk.form import read_form
from app.web.desk.session import COOKIE, DESK, SIGN_IN, SignedIn, check_origin, desk_router, set_cookie
from app.web.site import Site, page

_PRIVATE = {"Cache-Control": "private, no-store"}
_PATH = re.compile(rf"{DESK}(/[\w.~%-]+)*", re.ASCII)
# A key has fewer characters.
_MOST_CHARACTERS = 300

router = desk_router()


class SignInParameters(NoParameters):
    """Where to go after signing in."""

    next: str = DESK


@router.get("/sign-in")
async def show_sign_in(request: Request, asked: Annotated[SignInParameters, Query()]) -> Response:
    """Ask for a key."""
    any_key = await request.app.state.corpus.read_limiter.run(partial(_any_key, request), None)
    response = page(request, "desk/sign_in.html", next=_within(asked.next), any_key=any_key, refused=None)
    response.headers.update(_PRIVATE)
    return response


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Begin a session, if the key is right."""
    check_origin(request)
    form = await read_form(request)
    following, key = _within(form.one("next") or DESK), form.one("key")[:_MOST_CHARACTERS]
    begun = await request.app.state.writers.run(partial(_begin, request, key))
    site: Site = request.app.state.site
    if isinstance(begun, NewToken):
        response: Response = RedirectResponse(f"{site.root}{following}", 303, _PRIVATE)
        set_cookie(request, response, begun)
        return response
    client = request.client
    wait = request.app.state.access.attempts.note(client.host if client else "")
    if wait:
        raise RefusedError(problem_kinds.TOO_MANY_ATTEMPTS, f"Too many keys were wrong. Try again in {wait} seconds.")
    response = page(request, "desk/sign_in.html", status=403, next=following, any_key=True, refused=begun)
    response.headers.update(_PRIVATE)
    return response


@router.post("/sign-out")
def sign_out(desk: SignedIn) -> Response:
    """End this session, or all sessions of its key."""
    with desk.write() as connection:
        if desk.form.one("everywhere"):
            loading.end_sessions(connection, desk.holder.prefix)
        else:
            loading.end_session(connection, desk.request.cookies[COOKIE])
    site: Site = desk.request.app.state.site
    response = RedirectResponse(f"{site.root}{SIGN_IN}", 303, _PRIVATE)
    response.delete_cookie(COOKIE, path=f"{site.root}{DESK}", secure=True, httponly=True, samesite="strict")
    return response


def _any_key(request: Request) -> bool:
    with request.app.state.corpus.servers.read_newest() as opened:
        return has_keys(opened.connection, datetime.datetime.now(datetime.UTC))


def _begin(request: Request, key: str) -> NewToken | str:
    """Begin a session with a key; return why not, where it is not right."""
    now = datetime.datetime.now(datetime.UTC)
    with request.app.state.corpus.servers.read_newest() as opened:
        holder = find_holder(opened.connection, key, now)
    if not isinstance(holder, KeyHolder):
        return holder
    with request.app.state.writers.write() as connection:
        loading.note_use(connection, holder.prefix, now)
        return loading.begin_session(connection, holder.prefix, now)


def _within(path: str) -> str:
    """Return a path of the desk, or the desk itself: nobody is led elsewhere."""
    is_within = path == DESK or path.startswith(f"{DESK}/")
    return (
        path if is_within and path.isascii() and path.isprintable() and "\\" not in path and "//" not in path else DESK
    )
