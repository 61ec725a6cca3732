"""What is settled before routing: requests that are too large, badly formed or no text are refused, bodies are taken in
within bounds, and OPTIONS is answered, to browsers' preflights too.

Servers in front have limits of their own; these hold without one.
"""

import hashlib
import re
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO
from urllib.parse import unquote_to_bytes

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Message, Receive, Scope

from app.api import problem_kinds, problems
from app.api.http.headers import REVISION_FIELD
from app.api.http.terms import Terms

# RFC 9110 asks for at least 8,000 octets.
MAX_TARGET_BYTES = 16 * 1024
MAX_HEADER_BYTES = 32 * 1024
MAX_HEADERS = 200
# A longer body is held in a temporary file; and it is handed on in pieces of this size.
_IN_MEMORY_BYTES, _PIECE_BYTES = 1024 * 1024, 256 * 1024
# Bytes of a slow body that have to arrive within the time that a client has.
_LEAST_ARRIVING_BYTES = 256 * 1024
_BODY = "quoth.body"
# Seconds for which a browser may remember the answer to a preflight.
_PREFLIGHT_SECONDS = "86400"
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%-]+)?(?::[0-9]*)?")
# The server would take what is left unread for the next request.
CLOSE = {"Connection": "close"}
_ROUTED_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Fields that select a cached answer, and those with which it takes more to tell what to answer.
_SELECTING = frozenset({b"accept", b"accept-encoding", b"host", b"if-none-match", b"x-request-id"})
_UNUSUAL = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"if-match",
        b"if-modified-since",
        b"if-unmodified-since",
        b"transfer-encoding",
        REVISION_FIELD,
    }
)
_OF_INTEREST = _SELECTING | _UNUSUAL


@dataclass(frozen=True)
class TakenBody:
    """A body that has arrived whole: a file to read it from, its size in bytes, and its SHA-256."""

    file: IO[bytes]
    size: int
    sha256: str


def refusal(scope: Scope, terms: Terms) -> Response | None:
    """Refuse a request for what its first line and its headers say; None for one that can be answered."""
    path, query = scope.get("raw_path") or b"", scope.get("query_string", b"")
    if len(path) + len(query) > MAX_TARGET_BYTES:
        detail = f"Path and query have {len(path) + len(query)} bytes; {MAX_TARGET_BYTES} are taken."
        return problems.problem(problem_kinds.URI_TOO_LONG, "/", detail, headers=CLOSE)
    fault = _not_text("path", path) or _not_text("query", query)
    if fault is not None:
        return problems.problem(problem_kinds.BAD_REQUEST, "/", fault)
    return _refuse_headers(scope, terms.body_bytes)


def _refuse_headers(scope: Scope, body_bytes: int) -> Response | None:
    size, hosts = 0, 0
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name == b"host":
            hosts += 1
            if not _HOST.fullmatch(value):
                return _refused(problem_kinds.BAD_REQUEST, scope, "The Host header is not a host and port.")
        elif name == b"content-encoding" and value.strip().lower() not in {b"", b"identity"}:
            return _refused(
                problem_kinds.UNSUPPORTED_CODING, scope, "Send the body as it is, without Content-Encoding."
            )
        elif name == b"content-length":
            if not value.isdigit():
                return _refused(problem_kinds.BAD_REQUEST, scope, "The Content-Length header is not a number.")
            if int(value[:20]) > body_bytes:
                return _too_large(scope, body_bytes)
    if size > MAX_HEADER_BYTES or len(scope["headers"]) > MAX_HEADERS:
        detail = f"Headers may have {MAX_HEADER_BYTES} bytes together, and be {MAX_HEADERS}."
        return _refused(problem_kinds.HEADERS_TOO_LARGE, scope, detail)
    if hosts > 1 or (hosts == 0 and scope["http_version"] == "1.1"):
        return _refused(problem_kinds.BAD_REQUEST, scope, f"There are {hosts} Host headers; send one.")
    return None


def has_body(scope: Scope) -> bool:
    """Tell whether a body comes with a request."""
    for name, value in scope["headers"]:
        if name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0")):
            return True
    return False


async def take_in(scope: Scope, receive: Receive, body_seconds: float, terms: Terms) -> Response | Receive:
    """Take in the body of a request, if it has one, within a time. Return what the application receives the
    request from, or the answer to a request that needs no handler.
    """
    answer: Response | Receive = receive
    if has_body(scope):
        answer = await _read_body(scope, receive, body_seconds, terms)
    if scope["method"] == "OPTIONS" and not isinstance(answer, Response):
        return _options(scope) or answer
    return answer


async def _read_body(scope: Scope, receive: Receive, seconds: float, terms: Terms) -> Receive | Response:
    """Read a body and return what receives it again; refuse one that is too large or too slow."""
    file, digest, size = SpooledTemporaryFile(_IN_MEMORY_BYTES), hashlib.sha256(), 0  # noqa: SIM115 - let_go closes it
    scope[_BODY] = TakenBody(file, 0, "")
    with anyio.move_on_after(seconds) as in_time:
        until = _LEAST_ARRIVING_BYTES
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return problems.client_left(scope)
            piece = message.get("body", b"")
            size += len(piece)
            if size > terms.body_bytes:
                return _too_large(scope, terms.body_bytes)
            file.write(piece)
            digest.update(piece)
            if not message.get("more_body", False):
                break
            if terms.slow and size >= until:
                in_time.deadline, until = anyio.current_time() + seconds, size + _LEAST_ARRIVING_BYTES
    if in_time.cancelled_caught:
        detail = f"The body did not arrive within {seconds:g} seconds."
        return _refused(problem_kinds.REQUEST_TIMEOUT, scope, detail)
    file.seek(0)
    scope[_BODY] = TakenBody(file, size, digest.hexdigest())
    left = size

    async def again() -> Message:
        nonlocal left
        if left < 0:
            return await receive()
        piece = file.read(_PIECE_BYTES)
        left -= len(piece)
        if left:
            return {"type": "http.request", "body": piece, "more_body": True}
        left = -1
        return {"type": "http.request", "body": piece, "more_body": False}

    return again


def taken_body(scope: Scope) -> TakenBody | None:
    """Return the body of a request; None where it has none."""
    body: TakenBody | None = scope.get(_BODY)
    return body


def let_go(scope: Scope) -> None:
    """Close the file that the body of a request is in."""
    body = taken_body(scope)
    if body is not None:
        body.file.close()


def usual_fields(scope: Scope) -> dict[bytes, bytes] | None:
    """Return the fields of a request that select its answer; None if anything about its headers could be refused or
    asks for more than a cached answer: a body, a revision, conditions but one If-None-Match, a field in several lines.
    """
    fields: dict[bytes, bytes] = {}
    size = 0
    headers = scope["headers"]
    for name, value in headers:
        size += len(name) + len(value)
        if name in _OF_INTEREST:
            if name in fields or name in _UNUSUAL:
                return None
            fields[name] = value
    is_bounded = size <= MAX_HEADER_BYTES and len(headers) <= MAX_HEADERS
    return fields if is_bounded and _HOST.fullmatch(fields.get(b"host", b"?")) else None


def allowed_methods(scope: Scope) -> list[str]:
    """List the methods that the address of a request takes, for Allow; none where there is nothing at the address."""
    routes: list[BaseRoute] = scope["app"].routes
    methods = []
    for method in _ROUTED_METHODS:
        asked = {**scope, "method": method}
        if any(route.matches(asked)[0] is Match.FULL for route in routes):
            methods += ["GET", "HEAD"] if method == "GET" else [method]
    return [*methods, "OPTIONS"] if methods else []


async def refuse_method(request: Request, _error: Exception) -> Response:
    """Refuse a method that an address does not take. The router itself would allow the methods of one route only."""
    allowed = ", ".join(allowed_methods(request.scope))
    detail = f"{request.method} is not answered here; {allowed} are."
    headers = {"Allow": allowed}
    return problems.problem(problem_kinds.METHOD_NOT_ALLOWED, request.url.path, detail, headers=headers)


def _options(scope: Scope) -> Response | None:
    """Answer an OPTIONS request; None where there is nothing at the address.

    Pages of every origin may ask, and send what headers they like: no cookie identifies anybody here, and a key is sent
    by nobody but who has it, so a page can do nothing that its server could not do itself. The browser refuses a method
    that is not listed. `*` does not stand for Authorization.
    """
    whole_server = scope.get("raw_path") == b"*" or scope["path"] == "*"
    methods = ["GET", "HEAD", "OPTIONS"] if whole_server else allowed_methods(scope)
    if not methods:
        return None
    headers = {"Allow": ", ".join(methods)}
    names = {name for name, _ in scope["headers"]}
    if b"origin" in names and b"access-control-request-method" in names:
        headers["Access-Control-Allow-Methods"] = ", ".join(methods)
        headers["Access-Control-Allow-Headers"] = "*, Authorization"
        headers["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
    return Response(status_code=204, headers={**headers, "Cache-Control": "no-store"})


def _too_large(scope: Scope, most: int) -> Response:
    return _refused(problem_kinds.CONTENT_TOO_LARGE, scope, f"A body may have {most} bytes here.")


def _refused(kind: problem_kinds.Kind, scope: Scope, detail: str) -> Response:
    return problems.problem(kind, scope["path"], detail, headers=CLOSE)


def _not_text(where: str, raw: bytes) -> str | None:
    if b"%" not in raw and raw.isascii():
        return f"The {where} has a NUL character." if b"\0" in raw else None
    try:
        text = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return f"The {where} is not UTF-8; percent-encode text as UTF-8."
    return f"The {where} has a NUL character." if "\0" in text else None
