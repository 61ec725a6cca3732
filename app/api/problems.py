"""Errors as problem documents (RFC 9457): every kind once, with what to do about it."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from app.api import addresses
from app.api.formats import NotAcceptableError
from app.api.http.headers import REVISION_HEADER
from app.api.observability.request_context import request_context
from app.api.observability.routes import Routes
from app.api.parameters import synonyms
from app.api.parameters.declared import body_parameters, query_parameters
from app.api.schemas.problems import GoneProblem, Problem, ProblemError
from app.errors import (
    ClientLeftError,
    CursorError,
    DatabaseUnavailableError,
    FutureRevisionError,
    GoneError,
    MovedError,
    NotFoundError,
    NoTimesError,
    OverloadedError,
    ParameterError,
    RevisionAwaitedError,
    SchemaVersionError,
    StatementTimeError,
    UnknownRevisionError,
    did_you_mean,
)
from app.text.folding import nearest

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("quoth.api")


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its name in addresses, status, title, and what to do about it."""

    name: str
    status: int
    title: str
    advice: str


BAD_REQUEST = Kind(
    "bad-request",
    400,
    "The request cannot be read",
    "The path or the query has bytes that are not UTF-8, or a NUL character. Percent-encode text as UTF-8.",
)
INVALID_CURSOR = Kind(
    "invalid-cursor",
    400,
    "The cursor is not of this list",
    "A cursor works for the list, sort and filters that it was given out for. Follow the links in a page's `page`, "
    "or start again without a cursor.",
)
NOT_FOUND = Kind(
    "not-found",
    404,
    "There is nothing at this address",
    "Look for the item in its list; the detail may name near ones.",
)
GONE = Kind(
    "gone",
    410,
    "What was at this address has been taken out",
    "A corrected transcript no longer has it, or it was withdrawn. Its id is given to nothing else. `replaced_by` says "
    "what has its words now, where that is known, and `revisions` what can be read with `?revision=`.",
)
NO_TIMES = Kind(
    "no-times",
    404,
    "The interview has no times",
    "Captions need to know when each turn was spoken, and the source of this interview does not say. Ask for another "
    "format.",
)
NOT_ACCEPTABLE = Kind(
    "not-acceptable",
    406,
    "There is no such representation",
    "The detail lists what there is. Ask for one of these in Accept, or by its name with `format=`.",
)
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed", 405, "This address does not take the method", "The Allow header lists the methods that work."
)
REQUEST_TIMEOUT = Kind(
    "request-timeout", 408, "The request did not arrive in time", "Send the request, with its body, in one go."
)
PRECONDITION_FAILED = Kind(
    "precondition-failed",
    412,
    "The condition of the request does not hold",
    "If-Match or If-Unmodified-Since names a state that is not the current one. Ask without them, or for the current "
    "ETag.",
)
CONTENT_TOO_LARGE = Kind(
    "content-too-large",
    413,
    "The request has too large a body",
    "Only a quotation to be verified has a body, and that one is short; everything else is asked for by its address.",
)
FOREIGN_ORIGIN = Kind(
    "foreign-origin",
    403,
    "Pages of this origin may not ask here",
    "Only a program, or a page of this server's own address, may call tools. Programs leave the Origin header out.",
)
MISDIRECTED = Kind(
    "misdirected-request",
    421,
    "The request is meant for another server",
    "The Host header has to name this machine, the address that is listened on, or the host of QUOTH_PUBLIC_URL: "
    "the operator of the server states there how it is reached.",
)
URI_TOO_LONG = Kind(
    "uri-too-long",
    414,
    "The address is too long",
    "Ask for less at a time: a parameter takes a comma list of at most 50 names.",
)
UNSUPPORTED_CODING = Kind(
    "unsupported-content-encoding",
    415,
    "The body of the request is compressed",
    "Bodies are taken as they are only: leave Content-Encoding out.",
)
HEADERS_TOO_LARGE = Kind(
    "headers-too-large",
    431,
    "The headers are too large",
    "Leave out cookies and what else is not needed; nothing here is read from cookies.",
)
INVALID_PARAMETER = Kind(
    "invalid-parameter",
    422,
    "A parameter has a value that it cannot have",
    "`errors` names each parameter and says what it takes. Nothing is ignored and nothing is replaced by a default, so "
    "that a list is never less filtered than it looks.",
)
UNKNOWN_PARAMETER = Kind(
    "unknown-parameter",
    422,
    "There is no such parameter",
    "`errors` names the parameter, with near ones. A misspelled filter would otherwise return an unfiltered list.",
)
INTERNAL_ERROR = Kind(
    "internal-error", 500, "Something went wrong here", "The fault is ours and has been logged. Trying again may help."
)
UNAVAILABLE = Kind(
    "unavailable",
    503,
    "The database cannot be read now",
    "Wait as long as the Retry-After header says, and try again.",
)
REVISION_AWAITED = Kind(
    "revision-awaited",
    503,
    "What you have seen cannot be read here yet",
    "Quoth-Revision names a newer state of the corpus than any server has that answers now. Wait as long as the "
    "Retry-After header says, and try again; without Quoth-Revision what there is would be answered.",
)
TOO_EXPENSIVE = Kind(
    "too-expensive",
    503,
    "The answer takes too long to find",
    "The database was cut off. Narrow the list or the search, ask for fewer facets, or try again when it is less busy.",
)
OVERLOADED = Kind(
    "overloaded",
    503,
    "There is too much to do now",
    "More is asked for than can be answered in good time, and nothing was spent on this. Wait as long as the "
    "Retry-After header says, and try again, with fewer requests at the same time. What is cached is answered all the "
    "while, and pages before searches, facets and whole lists.",
)
OTHER = Kind("http-error", 400, "The request was refused", "The status code says why.")

KINDS = {
    kind.name: kind
    for kind in (
        BAD_REQUEST,
        INVALID_CURSOR,
        NOT_FOUND,
        GONE,
        NO_TIMES,
        NOT_ACCEPTABLE,
        METHOD_NOT_ALLOWED,
        REQUEST_TIMEOUT,
        PRECONDITION_FAILED,
        CONTENT_TOO_LARGE,
        FOREIGN_ORIGIN,
        MISDIRECTED,
        URI_TOO_LONG,
        UNSUPPORTED_CODING,
        INVALID_PARAMETER,
        UNKNOWN_PARAMETER,
        HEADERS_TOO_LARGE,
        INTERNAL_ERROR,
        UNAVAILABLE,
        REVISION_AWAITED,
        TOO_EXPENSIVE,
        OVERLOADED,
        OTHER,
    )
}
_RETRY_AFTER_SECONDS = "5"
# The status by which servers log that a client has left; it is not one of HTTP's, and is never sent.
CLIENT_LEFT = 499
_MAX_REPORTED = 50
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
    return Response(
        document.model_dump_json(),
        status_code=document.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


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


async def _overloaded(request: Request, _error: Exception) -> Response:
    return overloaded(request.scope)


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
    mistake = ProblemError(parameter=error.parameter, detail=error.reason, suggestions=error.suggestions)
    return problem(INVALID_PARAMETER, request.url.path, str(error), [mistake])


async def _cursor(request: Request, error: Exception) -> Response:
    mistake = ProblemError(parameter="cursor", detail=str(error), suggestions=[])
    return problem(INVALID_CURSOR, request.url.path, f"Start again without a cursor: {error}.", [mistake])


async def _unavailable(request: Request, error: Exception) -> Response:
    _log.error("request %s: %s", request_context(request.scope).request_id, error)
    headers = {"Retry-After": _RETRY_AFTER_SECONDS}
    return problem(UNAVAILABLE, request.url.path, "The database cannot be read now.", headers=headers)


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
    known = _parameters_of(request)
    # Report only some of them: there may be thousands, and near names are looked up for each.
    mistakes = [_mistake(one, known) for one in error.errors()[:_MAX_REPORTED]]
    unknown = any(one["type"] == "extra_forbidden" for one in error.errors())
    detail = " ".join(f"{one.parameter}: {one.detail}{did_you_mean(one.suggestions)}" for one in mistakes[:5])
    return problem(UNKNOWN_PARAMETER if unknown else INVALID_PARAMETER, request.url.path, detail, mistakes)


def _mistake(error: dict[str, Any], known: Sequence[str]) -> ProblemError:
    name = str(error["loc"][1] if len(error["loc"]) > 1 else error["loc"][0])[:120]
    if error["type"] == "json_invalid":
        return ProblemError(parameter="body", detail="The body is not JSON.", suggestions=[])
    if error["type"] == "extra_forbidden":
        return ProblemError(
            parameter=name, detail="There is no such parameter here.", suggestions=synonyms.meant_by(name, known)
        )
    if error["type"] == "string_pattern_mismatch":
        # Only slugs and ids have a pattern here.
        return ProblemError(
            parameter=name, detail="Write lower-case letters a to z, digits, and single hyphens.", suggestions=[]
        )
    if error["type"] == "enum":
        # The message has the allowed words in quotes.
        words = re.findall("'([^']+)'", error["ctx"]["expected"])
        detail = f"There is no {str(error['input'])[:80]!r} here. Write one of {', '.join(words)}."
        return ProblemError(parameter=name, detail=detail, suggestions=nearest(str(error["input"]), words, limit=1))
    detail = str(error["msg"]).removeprefix("Value error, ")
    return ProblemError(parameter=name, detail=f"{detail[:1].upper()}{detail[1:]}.".replace("..", "."), suggestions=[])


def _parameters_of(request: Request) -> list[str]:
    route = request.scope.get("route")
    return [*query_parameters(route), *body_parameters(route)] if isinstance(route, APIRoute) else []


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
