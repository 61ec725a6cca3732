"""What is settled before routing: requests that are too large, badly formed, or no text are refused.

Servers in front have limits of their own; these hold without one.
"""

import re
from urllib.parse import unquote_to_bytes

import anyio
from starlette.responses import Response
from starlette.types import Message, Receive, Scope

from app.api import problems

# RFC 9110 asks for at least 8,000 octets.
MAX_TARGET_BYTES = 16 * 1024
MAX_HEADER_BYTES = 32 * 1024
MAX_HEADERS = 200
# Nothing that is asked for here needs a body of any size.
MAX_BODY_BYTES = 64 * 1024
# A body that does not arrive holds a connection.
BODY_SECONDS = 10.0
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%-]+)?(?::[0-9]*)?")
# What is left unread would be taken for the next request.
_CLOSE = {"Connection": "close"}


def refusal(scope: Scope) -> Response | None:
    """Refuse a request for what its first line and its headers say; None for one that can be answered."""
    path, query = scope.get("raw_path") or b"", scope.get("query_string", b"")
    if len(path) + len(query) > MAX_TARGET_BYTES:
        detail = f"Path and query have {len(path) + len(query)} bytes; {MAX_TARGET_BYTES} are taken."
        return problems.problem(problems.URI_TOO_LONG, "/", detail, headers=_CLOSE)
    fault = _not_text("path", path) or _not_text("query", query)
    if fault is not None:
        return problems.problem(problems.BAD_REQUEST, "/", fault)
    return _refuse_headers(scope)


def _refuse_headers(scope: Scope) -> Response | None:
    size, hosts = 0, 0
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name == b"host":
            hosts += 1
            if not is_host(value):
                return _refused(problems.BAD_REQUEST, scope, "The Host header is not a host and port.")
        elif name == b"content-encoding" and value.strip().lower() not in {b"", b"identity"}:
            return _refused(problems.UNSUPPORTED_CODING, scope, "Send the body as it is, without Content-Encoding.")
        elif name == b"content-length":
            if not value.isdigit():
                return _refused(problems.BAD_REQUEST, scope, "The Content-Length header is not a number.")
            if int(value[:20]) > MAX_BODY_BYTES:
                return _refused(problems.CONTENT_TOO_LARGE, scope, f"A body may have {MAX_BODY_BYTES} bytes.")
    if size > MAX_HEADER_BYTES or len(scope["headers"]) > MAX_HEADERS:
        detail = f"Headers may have {MAX_HEADER_BYTES} bytes together, and be {MAX_HEADERS}."
        return _refused(problems.HEADERS_TOO_LARGE, scope, detail)
    if hosts > 1 or (hosts == 0 and scope["http_version"] == "1.1"):
        return _refused(problems.BAD_REQUEST, scope, f"There are {hosts} Host headers; send one.")
    return None


def is_host(value: bytes) -> bool:
    """Tell whether a Host header is a host and port."""
    return _HOST.fullmatch(value) is not None


def has_body(scope: Scope) -> bool:
    """Tell whether a body comes with a request."""
    for name, value in scope["headers"]:
        if name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0")):
            return True
    return False


async def counted(scope: Scope, receive: Receive) -> Receive | Response:
    """Take the body of a request in, counting, and return what receives it again; or refuse one too large or slow."""
    body = bytearray()
    with anyio.move_on_after(BODY_SECONDS) as in_time:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            body += message.get("body", b"")
            if len(body) > MAX_BODY_BYTES:
                return _refused(problems.CONTENT_TOO_LARGE, scope, f"A body may have {MAX_BODY_BYTES} bytes.")
            if not message.get("more_body", False):
                break
    if in_time.cancelled_caught:
        detail = f"The body did not arrive within {BODY_SECONDS:g} seconds."
        return _refused(problems.REQUEST_TIMEOUT, scope, detail)
    whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def again() -> Message:
        return whole.pop() if whole else await receive()

    return again


def _refused(kind: problems.Kind, scope: Scope, detail: str) -> Response:
    return problems.problem(kind, scope["path"], detail, headers=_CLOSE)


def _not_text(where: str, raw: bytes) -> str | None:
    if b"%" not in raw and raw.isascii():
        return f"The {where} has a NUL character." if b"\0" in raw else None
    try:
        text = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return f"The {where} is not UTF-8; percent-encode text as UTF-8."
    return f"The {where} has a NUL character." if "\0" in text else None
