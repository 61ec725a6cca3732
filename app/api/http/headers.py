"""The headers that every answer carries: common ones, which are always the same, and those that differ with every
request.

The headers for other origins (CORS) are the same for all of them, which is less than Starlette's layer does, and so
needs no Vary.
"""

import random
import re
from collections.abc import Sequence
from time import perf_counter

from starlette.types import Scope

# Names the corpus revision of an answer; in a request, the newest one that the client has seen.
REVISION_HEADER = "Quoth-Revision"
REVISION_FIELD = REVISION_HEADER.lower().encode()
_EXPOSED = (
    "Allow, Content-Disposition, Content-Language, Content-Length, ETag, Last-Modified, Link, Location, "
    f"{REVISION_HEADER}, RateLimit, RateLimit-Policy, Repr-Digest, Retry-After, Server-Timing, Vary, "
    "WWW-Authenticate, X-Request-ID"
)
_COMMON = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
    (b"timing-allow-origin", b"*"),
    (b"x-content-type-options", b"nosniff"),
)
# For pages of HTML; one that needs more states its own.
_FOR_PAGES = (
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
# What a page says that may stand in a frame of any other page, in its policy.
_IN_ANY_FRAME = b"frame-ancestors *"
_COMMON_NAMES = frozenset(name for name, _ in _COMMON)
_SERVER_TIMING = b'total;desc="until the headers";dur=%.2f, db;desc="reading";dur=%.2f'
# Ids that a log or another server can take without quoting.
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._~+/=:@-]{1,128}")
# Ids have to differ, also between processes.
_random = random.Random()  # noqa: S311 - an id need not be hard to guess


class CompleteHeaders(list[tuple[bytes, bytes]]):
    """Headers with the common ones among them: those of an answer that is cached are completed once."""


def with_common_headers(headers: Sequence[tuple[bytes, bytes]]) -> CompleteHeaders:
    """Add the common headers to those of an answer, and to a page of HTML the policies that it does not state."""
    if isinstance(headers, CompleteHeaders):
        return headers
    whole = CompleteHeaders(header for header in headers if header[0] not in _COMMON_NAMES)
    whole += _COMMON
    if any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers):
        present = {name for name, _ in headers}
        if any(name == b"content-security-policy" and _IN_ANY_FRAME in value for name, value in headers):
            present.add(b"x-frame-options")
        whole += [header for header in _FOR_PAGES if header[0] not in present]
    return whole


def for_one_reader(headers: CompleteHeaders) -> list[tuple[bytes, bytes]]:
    """Let nobody else have an answer to a request with a key: no cache keeps it (RFC 9111, section 5.2.2)."""
    vary = b", ".join(value for name, value in headers if name == b"vary")
    if b"authorization" not in vary.lower():
        vary = b", ".join(filter(None, (vary, b"Authorization")))
    rest = [(name, value) for name, value in headers if name not in {b"vary", b"cache-control"}]
    return [*rest, (b"cache-control", b"private, no-store"), (b"vary", vary)]


def request_id_of(scope: Scope) -> str:
    """Return the id of a request: the one that it brings, or a new one."""
    given: list[bytes] = [value for name, value in scope["headers"] if name == b"x-request-id"]
    return request_id(given[0] if len(given) == 1 else None)


def request_id(given: bytes | None) -> str:
    """Return a given id if a log can take it, else a new one of 24 hexadecimal digits."""
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given.decode("ascii")
    return f"{_random.getrandbits(96):024x}"


def request_headers(
    request_id: str, started: float, database_seconds: float = 0.0
) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    """Make the headers of one request: its id, and how long it took.

    `started` is a time of perf_counter(), and `database_seconds` the part of the time that went into reading.
    """
    total, reading = 1000 * (perf_counter() - started), 1000 * database_seconds
    return (b"x-request-id", request_id.encode()), (b"server-timing", _SERVER_TIMING % (total, reading))
