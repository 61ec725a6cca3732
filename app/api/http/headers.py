"""What every answer carries, whatever was asked and whatever became of it: some headers that are always the same, and
some that differ with every request.

Headers for all origins are always the same here, which is less than Starlette's CORS layer does and so needs no Vary.
"""

import random
import re
from collections.abc import Sequence
from time import perf_counter

from starlette.types import Scope

# What names the corpus revision of an answer, and in a request the newest one that the client has seen.
REVISION_HEADER = "Quoth-Revision"
_EXPOSED = (
    "Allow, Content-Disposition, Content-Language, Content-Length, ETag, Last-Modified, Link, Location, "
    f"{REVISION_HEADER}, Repr-Digest, Retry-After, Server-Timing, Vary, X-Request-ID"
)
_ALWAYS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
    (b"timing-allow-origin", b"*"),
    (b"x-content-type-options", b"nosniff"),
)
# A page that needs more says so itself.
_PAGES = (
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
_OURS = frozenset(name for name, _ in _ALWAYS)
_SERVER_TIMING = b'total;desc="until the headers";dur=%.2f, db;desc="reading";dur=%.2f'
# What a log or another server can take without quoting.
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._~+/=:@-]{1,128}")
# An id has to be another one than all others, those of other processes included; nobody has to be unable to guess it.
_drawn = random.Random()  # noqa: S311


class CompleteHeaders(list[tuple[bytes, bytes]]):
    """Headers with the common ones among them: those of an answer that is cached are completed once."""


def with_common_headers(headers: Sequence[tuple[bytes, bytes]]) -> CompleteHeaders:
    """Add to the headers of an answer what every one carries."""
    if isinstance(headers, CompleteHeaders):
        return headers
    whole = CompleteHeaders(header for header in headers if header[0] not in _OURS)
    whole += _ALWAYS
    if any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers):
        present = {name for name, _ in headers}
        whole += [header for header in _PAGES if header[0] not in present]
    return whole


def request_id_of(scope: Scope) -> str:
    """Return the id of a request: the one that it brings, if that can be taken, else a new one."""
    return given_id(scope) or new_id()


def given_id(scope: Scope) -> str | None:
    """Return the id that a request brings, if it brings one that can be taken."""
    given: list[bytes] = [value for name, value in scope["headers"] if name == b"x-request-id"]
    return given[0].decode("ascii") if len(given) == 1 and _REQUEST_ID.fullmatch(given[0]) else None


def new_id() -> str:
    """Make an id of 24 hexadecimal digits."""
    return f"{_drawn.getrandbits(96):024x}"


def request_headers(
    request_id: str, started: float, database_seconds: float = 0.0
) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    """Make the headers that tell one answer from all others: the id of its request, and how long it took.

    `started` is a time of perf_counter(), in seconds.
    """
    total, reading = 1000 * (perf_counter() - started), 1000 * database_seconds
    return (b"x-request-id", request_id.encode()), (b"server-timing", _SERVER_TIMING % (total, reading))
