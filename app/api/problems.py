"""Errors as problem documents (RFC 9457): every kind once, with what to do about it."""

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api import addresses
from app.api.formats import NotAcceptableError, prefers_page
from app.api.http.headers import REVISION_HEADER
from app.api.observability.request_context import request_context
from app.api.observability.routes import Routes
from app.api.problem_kinds import (
    CONFLICT,
    GONE,
    INVALID_CONTENT,
    INVALID_CURSOR,
    INVALID_PARAMETER,
    NO_TIMES,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    OTHER,
    OVERLOADED,
    REVISION_AWAITED,
    TOO_EXPENSIVE,
    UNAVAILABLE,
    UNKNOWN_PARAMETER,
    Kind,
)
from app.api.schemas.problems import GoneProblem, Problem, ProblemError, pointer_of
from app.api.validation import is_unknown, mistakes_of
from app.errors import (
    ClientLeftError,
    CursorError,
    DatabaseUnavailableError,
    FutureRevisionError,
    GoneError,
    MetadataError,
    MirrorError,
    MovedError,
    NotFoundError,
    NoTimesError,
    OverloadedError,
    ParameterError,
    ReplacementError,
    RevisionAwaitedError,
    SchemaVersionError,
    StatementError,
    StatementTimeError,
    TakenError,
    TranscriptError,
    UnknownRevisionError,
    WithdrawnError,
    did_you_mean,
)

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("quoth.api")


_RETRY_AFTER_SECONDS = "5"
# The status by which servers log that a client has left; it is not one of HTTP's, and is never sent.
CLIENT_LEFT = 499
_NOTHING = "There is nothing at this address."


def problem(
    kind: Kind,
    instance: str,
    detail: str,
    errors: Sequence[ProblemError] = (),
    status: int | None = None,
    headers: dict[str, str] | None = None,
    shape: type[Problem] = Problem,
    **more: Any,
) -> Response:
    """Make the response for a problem; `more` are the keys that its shape adds."""
    document = shape(
        type=f"/problems/{kind.name}",
        title=kind.title,
        status=status or kind.status,
        detail=detail,
        instance=instance,
        errors=list(errors),
        **more,
    )
    return ProblemResponse(document, headers or {})


class ProblemResponse(Response):
    """A problem, as a document or, where the request prefers that and the application has one, as a page."""

    def __init__(self, document: Problem, headers: dict[str, str]) -> None:
        self._document = document
        self._stated = {"Cache-Control": "no-store", "Vary": "Accept", **headers}
        body = document.model_dump_json()
        super().__init__(body, status_code=document.status, media_type=MEDIA_TYPE, headers=self._stated)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it in the form that the request prefers."""
        make_page = getattr(scope["app"].state, "problem_page", None) if "app" in scope else None
        if make_page is None or not prefers_page(scope):
            await super().__call__(scope, receive, send)
            return
        page: Response = make_page(scope, self._document)
        page.headers.update(self._stated)
        await page(scope, receive, send)


class RefusedError(Exception):
    """A request is refused with a problem of this kind; `parameter` is the one at fault, if it is one."""

    def __init__(
        self, kind: Kind, detail: str, *, parameter: str | None = None, suggestions: Sequence[str] = ()
    ) -> None:
        super().__init__(detail)
        self.kind, self.parameter, self.suggestions = kind, parameter, list(suggestions)


def install(app: FastAPI) -> None:
    """Make every error of an application a problem document."""
    app.add_exception_handler(NotFoundError, _not_found)
    app.add_exception_handler(UnknownRevisionError, _unknown_revision)
    app.add_exception_handler(MovedError, _moved)
    app.add_exception_handler(GoneError, _gone)
    app.add_exception_handler(NoTimesError, _no_times)
    app.add_exception_handler(NotAcceptableError, _not_acceptable)
    app.add_exception_handler(ParameterError, _parameter)
    app.add_exception_handler(CursorError, _cursor)
    app.add_exception_handler(DatabaseUnavailableError, _unavailable)
    app.add_exception_handler(SchemaVersionError, _unavailable)
    app.add_exception_handler(RevisionAwaitedError, _revision_awaited)
    app.add_exception_handler(FutureRevisionError, _future_revision)
    app.add_exception_handler(StatementTimeError, _too_expensive)
    app.add_exception_handler(OverloadedError, _overloaded)
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(StatementError, _invalid_content)
    app.add_exception_handler(MetadataError, _invalid_content)
    app.add_exception_handler(TranscriptError, _invalid_content)
    app.add_exception_handler(TakenError, _conflict)
    app.add_exception_handler(WithdrawnError, _conflict)
    app.add_exception_handler(ReplacementError, _conflict)
    app.add_exception_handler(MirrorError, _conflict)
    app.add_exception_handler(ClientLeftError, _client_left)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)


def overloaded(scope: Scope) -> Response:
    """Refuse a request because too much of its kind is waiting already."""
    request_context(scope).is_shed = True
    detail = "Too many requests of this kind are waiting already."
    headers = {"Retry-After": _RETRY_AFTER_SECONDS}
    return problem(OVERLOADED, scope["path"], detail, headers=headers)


def client_left(scope: Scope) -> Response:
    """End a request whose client has left. Nobody receives the answer; the log has its status."""
    return problem(OTHER, scope["path"], "The client has left.", status=CLIENT_LEFT)


def unavailable(scope: Scope, error: Exception) -> Response:
    """Answer a request that needs a database which cannot be used now."""
    _log.error("request %s: %s", request_context(scope).request_id, error)
    headers = {"Retry-After": _RETRY_AFTER_SECONDS}
    return problem(UNAVAILABLE, scope["path"], "The database cannot be read now.", headers=headers)


async def _overloaded(request: Request, _error: Exception) -> Response:
    return overloaded(request.scope)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)  # noqa: S101 - the handler is installed for this type alone
    mistakes = []
    if error.parameter is not None:
        mistakes = [ProblemError(parameter=error.parameter, detail=str(error), suggestions=error.suggestions)]
    return problem(error.kind, request.url.path, str(error), mistakes)


async def _invalid_content(request: Request, error: Exception) -> Response:
    mistakes = []
    if isinstance(error, MetadataError) and error.key:
        mistakes = [
            ProblemError(parameter="body", pointer=pointer_of(key), detail=error.reason, suggestions=[])
            for key in (error.key, *error.also)
        ]
    return problem(INVALID_CONTENT, request.url.path, str(error), mistakes)


async def _conflict(request: Request, error: Exception) -> Response:
    return problem(CONFLICT, request.url.path, str(error))


async def _client_left(request: Request, _error: Exception) -> Response:
    return client_left(request.scope)


async def _not_found(request: Request, error: Exception) -> Response:
    return problem(NOT_FOUND, request.url.path, str(error))


async def _moved(request: Request, error: Exception) -> Response:
    """Redirect to the same address with the present name of the item."""
    assert isinstance(error, MovedError)  # noqa: S101 - the handler is installed for this type alone
    names = {key: error.to if value == error.name else value for key, value in request.path_params.items()}
    path = request.scope["route"].path.format_map(names)
    query = f"?{request.url.query}" if request.url.query else ""
    address = f"{request.app.state.settings.public_url}{path}{query}"
    return Response(status_code=308, headers={"Location": address})


async def _gone(request: Request, error: Exception) -> Response:
    assert isinstance(error, GoneError)  # noqa: S101 - the handler is installed for this type alone
    return problem(
        GONE,
        request.url.path,
        str(error),
        shape=GoneProblem,
        replaced_by=error.replaced_by,
        revisions=error.revisions,
        reason=error.reason,
        taken_out_at=error.when,
    )


async def _unknown_revision(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnknownRevisionError)  # noqa: S101 - the handler is installed for this type alone
    near = sorted(error.known, key=lambda known: abs(known - error.revision))[:3]
    mistake = ProblemError(parameter="revision", detail=str(error), suggestions=list(map(str, near)))
    return problem(NOT_FOUND, request.url.path, str(error), [mistake])


async def _no_times(request: Request, error: Exception) -> Response:
    return problem(NO_TIMES, request.url.path, str(error))


async def _not_acceptable(request: Request, error: Exception) -> Response:
    return problem(NOT_ACCEPTABLE, request.url.path, str(error))


async def _parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, ParameterError)  # noqa: S101 - the handler is installed for this type alone
    mistake = ProblemError(
        parameter=error.parameter,
        pointer=pointer_of(error.key) or None,
        detail=error.reason,
        suggestions=error.suggestions,
    )
    return problem(INVALID_PARAMETER, request.url.path, str(error), [mistake])


async def _cursor(request: Request, error: Exception) -> Response:
    mistake = ProblemError(parameter="cursor", detail=str(error), suggestions=[])
    return problem(INVALID_CURSOR, request.url.path, f"Start again without a cursor: {error}.", [mistake])


async def _unavailable(request: Request, error: Exception) -> Response:
    return unavailable(request.scope, error)


async def _revision_awaited(request: Request, error: Exception) -> Response:
    headers = {"Retry-After": _RETRY_AFTER_SECONDS}
    return problem(REVISION_AWAITED, request.url.path, str(error), headers=headers)


async def _future_revision(request: Request, error: Exception) -> Response:
    mistake = ProblemError(parameter=REVISION_HEADER, detail=str(error), suggestions=[])
    return problem(INVALID_PARAMETER, request.url.path, f"{REVISION_HEADER}: {error}", [mistake])


async def _too_expensive(request: Request, error: Exception) -> Response:
    shown = f"?{request.url.query}" if request.app.state.settings.log_query else ""
    _log.warning("%s %s%s", error, request.url.path, shown)
    headers = {"Retry-After": _RETRY_AFTER_SECONDS}
    return problem(TOO_EXPENSIVE, request.url.path, "The answer takes too long to find.", headers=headers)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - the handler is installed for this type alone
    detail, mistakes = mistakes_of(request, error)
    kind = UNKNOWN_PARAMETER if is_unknown(error) else INVALID_PARAMETER
    return problem(kind, request.url.path, detail, mistakes)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - the handler is installed for this type alone
    if error.status_code == 404:
        # A handler that was reached has found nothing by the name in the address.
        is_routed = "endpoint" in request.scope
        return problem(NOT_FOUND, request.url.path, _NOTHING) if is_routed else _nothing_there(request)
    return problem(
        OTHER, request.url.path, str(error.detail), status=error.status_code, headers=dict(error.headers or {})
    )


def _nothing_there(request: Request) -> Response:
    """Redirect from a slash too many, and name addresses that may have been meant by another one."""
    base = request.app.state.settings.public_url
    shorter = addresses.without_slash(request.scope, request.app.routes)
    if shorter is not None:
        query = f"?{request.url.query}" if request.url.query else ""
        return Response(status_code=308, headers={"Location": f"{base}{shorter}{query}"})
    meant = [f"{base}{address}" for address in addresses.meant_by(request.url.path, Routes(request.app).templates)]
    mistake = ProblemError(parameter="path", detail=_NOTHING, suggestions=meant)
    return problem(NOT_FOUND, request.url.path, f"{_NOTHING}{did_you_mean(meant)}", [mistake])
