"""Who is at the desk: the session of a request, its form, and how its pages read, write and answer."""

import datetime
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from inspect import iscoroutinefunction, signature
from typing import Annotated, Any
from urllib.parse import quote

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request
from markupsafe import Markup
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope as RequestScope

from app import loading
from app.api import problem_kinds
from app.api.http.guard import CLOSE
from app.api.http.read_limiter import work_of
from app.api.parameters.single import single_values
from app.api.problems import RefusedError
from app.api.writing import JSON_BYTES, WritingRoute
from app.loading import Author, Origin
from app.loading.sessions import RENEWED_AFTER, NewToken
from app.models import Scope
from app.queries.keys import Session, find_session
from app.web.desk.form import Form, read_form
from app.web.site import Site, page

DESK, SIGN_IN = "/desk", "/desk/sign-in"
# Only over HTTPS, or to this machine; no script reads it, and no other site's link or form sends it.
COOKIE = "__Secure-quoth-desk"
# The field in which each form brings the token of its session.
TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field
# What a page says was done; see `Desk.go`.
DoneName = Annotated[str, StringConstraints(pattern="^[a-z-]{1,40}$")]
_READS = frozenset({"GET", "HEAD"})
# Characters of a reason, at most.
_MOST_REASON = 500
_PRIVATE = {"Cache-Control": "private, no-store"}


class NotSignedInError(Exception):
    """The request has no session that is in force."""


async def lead_to_sign_in(request: Request, _error: Exception) -> Response:
    """Lead to the page that asks for a key, and from there to where the request was."""
    asked = f"?{request.url.query}" if request.url.query else ""
    address = f"{request.url.path}{asked}" if request.method in _READS else DESK
    site: Site = request.app.state.site
    return RedirectResponse(f"{site.root}{SIGN_IN}?next={quote(address, safe='/')}", 303, _PRIVATE)


class Desk:
    """What a handler of the desk works with, for one request of somebody who has signed in."""

    def __init__(self, request: Request, session: Session, form: Form, renewed: NewToken | None = None) -> None:
        self.request = request
        self.session = session
        self.holder = session.holder
        self.form = form
        self._renewed = renewed

    @property
    def token(self) -> Markup:
        """The field that stands within each form that is posted."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, self.session.form_token)

    def may(self, scope: Scope) -> bool:
        """Tell whether the key with which somebody signed in allows this."""
        return scope in self.holder.scopes

    @property
    def finds_held(self) -> bool:
        """Whether interviews that are held back are found, too."""
        return self.may(Scope.READ_HELD)

    def require(self, scope: Scope) -> None:
        """Refuse what the key does not allow.

        Raises:
            RefusedError: it has not the scope.
        """
        if not self.may(scope):
            detail = f"This needs a key with the scope '{scope}'; you have signed in with one that lacks it."
            raise RefusedError(problem_kinds.FORBIDDEN, detail)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that sees what was written last, and cannot write."""
        with self.request.app.state.corpus.servers.read_newest() as opened:
            yield opened.connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open the only writing transaction; it commits at the end of the block, and rolls back on an error."""
        with self.request.app.state.writers.write() as connection:
            yield connection

    def author(self) -> Author:
        """Say who writes now, and why: that is a field of each form that writes."""
        reason = self.form.one("reason")[:_MOST_REASON]
        return Author(datetime.datetime.now(datetime.UTC), self.holder.name, reason or None, Origin.PAGE)

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Answer with a page of the desk."""
        response = page(self.request, template, status=status, desk=self, **values)
        return self._private(response)

    def go(self, path: str, *, done: str | None = None) -> Response:
        """Lead on to a page of this site; `done` names what was done, which the page says."""
        site: Site = self.request.app.state.site
        place, fragment, anchor = path.partition("#")
        said = f"{'&' if '?' in place else '?'}done={done}" if done else ""
        return self._private(RedirectResponse(f"{site.root}{place}{said}{fragment}{anchor}", 303))

    def _private(self, response: Response) -> Response:
        response.headers.update(_PRIVATE)
        if self._renewed is not None:
            set_cookie(self.request, response, self._renewed)
        return response


class DeskRoute(WritingRoute):
    """A route of the desk: its handler runs in a thread."""

    body_bytes = JSON_BYTES

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _in_thread(endpoint), **options)


class DeskUploadRoute(DeskRoute):
    """A route of the desk to which files are sent. The session is looked up before they are taken in."""

    is_upload = True

    @staticmethod
    async def admits(scope: RequestScope) -> Response | None:
        """Lead to the page that asks for a key, without a session; return None with one."""
        request = Request(scope)
        try:
            await _session_of(request)
        except NotSignedInError as error:
            response = await lead_to_sign_in(request, error)
            # What is left unread would be taken for the next request.
            response.headers.update(CLOSE)
            return response
        return None


def desk_router(route_class: type[DeskRoute] = DeskRoute) -> APIRouter:
    """Make the router of a module of the desk."""
    return APIRouter(
        prefix=DESK, route_class=route_class, include_in_schema=False, dependencies=[Depends(single_values)]
    )


def _in_thread(handler: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(handler) or "desk" not in signature(handler).parameters:
        return handler

    @wraps(handler)
    async def handle(**arguments: Any) -> Any:
        request: Request = arguments["desk"].request
        do = partial(handler, **arguments)
        if request.method in _READS:
            return await request.app.state.corpus.read_limiter.run(do, work_of(request.scope))
        return await request.app.state.writers.run(do)

    return handle


async def signed_in(request: Request) -> Desk:
    """Find the session of a request, and read its form.

    Raises:
        NotSignedInError: it has none.
        RefusedError: its form does not come from a page of this session.
    """
    session, token = await _session_of(request)
    form = Form()
    if request.method not in _READS:
        check_origin(request)
        form = await read_form(request)
        if not hmac.compare_digest(form.one(TOKEN_FIELD).encode(), session.form_token.encode()):
            raise RefusedError(
                problem_kinds.FORBIDDEN,
                "This form is not of your session. Go back, reload the page, and send it again.",
            )
    renewed = None
    if datetime.datetime.now(datetime.UTC) - session.token_made_at > RENEWED_AFTER:
        renewed = await request.app.state.writers.run(partial(_renew, request, token))
    return Desk(request, session, form, renewed)


SignedIn = Annotated[Desk, Depends(signed_in)]


def check_origin(request: Request) -> None:
    """Refuse a form that another site sends; browsers say where it comes from.

    Raises:
        RefusedError: another site sends it.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise RefusedError(problem_kinds.FORBIDDEN, "Another site has sent this form.")


async def _session_of(request: Request) -> tuple[Session, str]:
    """Return the session of a request, and its token.

    Raises:
        NotSignedInError: it has none.
    """
    token = request.cookies.get(COOKIE, "")
    session = await _session(request, token) if token else None
    if session is None:
        raise NotSignedInError
    return session, token


async def _session(request: Request, token: str) -> Session | None:
    def look_up() -> Session | None:
        with request.app.state.corpus.servers.read_newest() as opened:
            return find_session(opened.connection, token, datetime.datetime.now(datetime.UTC))

    found: Session | None = await request.app.state.corpus.read_limiter.run(look_up, work_of(request.scope))
    return found


def _renew(request: Request, token: str) -> NewToken | None:
    with request.app.state.writers.write() as connection:
        return loading.renew_session(connection, token, datetime.datetime.now(datetime.UTC))


def set_cookie(request: Request, response: Response, token: NewToken) -> None:
    """Give the browser the token of a session, until that ends."""
    site: Site = request.app.state.site
    response.set_cookie(
        COOKIE,
        token.token,
        expires=token.expires_at,
        path=f"{site.root}{DESK}",
        secure=True,
        httponly=True,
        samesite="strict",
    )
