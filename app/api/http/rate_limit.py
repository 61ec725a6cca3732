"""How many requests each client may send: QUOTH_RATE_LIMIT. Cached answers count like all others.

A client is a key or, without one, an address; of IPv6 a /64, which one household or server has as a whole. Each has the
whole number of requests at first, and they come back evenly with time (the generic cell rate algorithm, ITU-T I.371),
so all that is kept of a client is when it will have all of them back.

It is kept in a table of fixed size in memory, which the serving processes of one server share: the limit is that of the
server, however many they are. Where more clients are active than it has room for, those that used least are forgotten
first. Header fields are those of draft-ietf-httpapi-ratelimit-headers-10.
"""

import fcntl
import ipaddress
import math
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from app.api import problem_kinds, problems
from app.api.http.guard import CLOSE, has_body
from app.settings import Rate, Settings

# A client has its place in one bucket of the table. Of both there are powers of two.
_BUCKETS, _PLACES = 8_192, 8
_SECRET_BYTES = 16
_CELL_BYTES = 8
_TABLE_BYTES = _SECRET_BYTES + 2 * _CELL_BYTES * _BUCKETS * _PLACES
# Clients whose place is remembered, so that it need not be worked out for each request.
_PLACES_REMEMBERED = 10_000
_IPV6_PREFIX = 64
# Probes are not limited.
_EXEMPT = frozenset({"/healthz", "/readyz"})
# Names the file of the table to the serving processes.
_SHARED = "QUOTH_RATE_LIMIT_FILE"
_TAKEN = "quoth.rate_limit"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request: the seconds to wait, 0 for one that may go on, and the headers that say so."""

    wait: float
    headers: tuple[tuple[bytes, bytes], ...]


# For requests of the application to itself, which came with another one.
UNCOUNTED: Final = Taken(0.0, ())


class Table:
    """When each client will have all its requests back, by the clock that all processes of a machine share.

    With a file that `shared_table` has made, all processes that open it count together. It is used by one thread.
    """

    def __init__(self, path: str | None = None) -> None:
        # Open for the life of the process.
        self._file = None if path is None else os.open(path, os.O_RDWR)
        memory = mmap.mmap(-1 if self._file is None else self._file, _TABLE_BYTES)
        if self._file is None:
            memory[:_SECRET_BYTES] = os.urandom(_SECRET_BYTES)
        # Nobody can tell which clients share a bucket.
        self._secret = memory[:_SECRET_BYTES]
        cells = memoryview(memory)[_SECRET_BYTES:]
        self._clients = cells[: len(cells) // 2].cast("Q")
        self._full_at = cells[len(cells) // 2 :].cast("d")
        self._place_of = lru_cache(_PLACES_REMEMBERED)(self._find_place)

    def take(self, client: str, rate: Rate, now: float) -> tuple[float, int, float]:
        """Take one request of a client. Return the seconds to wait for it, 0 if it may go on; how many are left; and
        the seconds until all are back.
        """
        digest, first = self._place_of(client, rate.name)
        if self._file is None:
            return self._take(digest, first, rate, now)
        # No other process changes the bucket meanwhile; if this one is killed, the lock is gone with it.
        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, first)
        try:
            return self._take(digest, first, rate, now)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, first)

    def _take(self, digest: int, first: int, rate: Rate, now: float) -> tuple[float, int, float]:
        interval = rate.seconds / rate.requests
        place = self._find(digest, first)
        used = min(max(0.0, self._full_at[place] - now), rate.seconds) if self._clients[place] == digest else 0.0
        # The smallest part of a request is lost to rounding.
        wait = used + interval - rate.seconds
        if wait > interval / 1000:
            return wait, 0, used
        used += interval
        self._clients[place], self._full_at[place] = digest, now + used
        return 0.0, max(0, int((rate.seconds - used) / interval + 0.001)), used

    def _find(self, digest: int, first: int) -> int:
        """Return the place of a client; of a new one, that of the client of its bucket that used least."""
        if self._clients[first] == digest:
            return first
        clients = self._clients[first : first + _PLACES].tolist()
        if digest in clients:
            return first + clients.index(digest)
        full_at = self._full_at[first : first + _PLACES].tolist()
        return first + full_at.index(min(full_at))

    def _find_place(self, client: str, rate: str) -> tuple[int, int]:
        named = blake2b(f"{rate} {client}".encode(errors="replace"), digest_size=8, key=self._secret).digest()
        digest = int.from_bytes(named, "big") or 1
        return digest, digest % _BUCKETS * _PLACES


@contextmanager
def shared_table(settings: Settings) -> Iterator[None]:
    """Let serving processes that are started meanwhile count together."""
    if not settings.rates or settings.workers == 1:
        yield
        return
    with TemporaryDirectory(prefix="quoth-rates.") as folder:
        path = Path(folder, "table")
        path.write_bytes(os.urandom(_SECRET_BYTES) + bytes(_TABLE_BYTES - _SECRET_BYTES))
        os.environ[_SHARED] = str(path)
        try:
            yield
        finally:
            del os.environ[_SHARED]


class RateLimit:
    """Counts the requests of clients."""

    def __init__(self, settings: Settings, table: Table | None = None) -> None:
        # The shorter one first: what it refuses does not count for the longer one.
        self._rates = sorted(settings.rates, key=lambda rate: rate.seconds)
        self._table = table or Table(os.environ.get(_SHARED))
        policy = ", ".join(f'"{rate.name}";q={rate.requests};w={rate.seconds}' for rate in self._rates)
        self._policy = (b"ratelimit-policy", policy.encode())

    def take(self, scope: Scope, key: str | None = None) -> Taken:
        """Count a request, once however often it is asked; `key` names the key that it came with."""
        taken: Taken | None = scope.get(_TAKEN)
        if taken is None:
            taken = UNCOUNTED if scope["path"] in _EXEMPT else self._take(client_of(scope, key))
            scope[_TAKEN] = taken
        return taken

    def refusal(self, scope: Scope, key: str | None = None) -> Response | None:
        """Count a request, and refuse it if its client has sent too many."""
        wait = math.ceil(self.take(scope, key).wait)
        if not wait:
            return None
        detail = f"Too many requests have come from here. One is answered again in {wait} s."
        headers = {"Retry-After": str(wait), **(CLOSE if has_body(scope) else {})}
        return problems.problem(problem_kinds.TOO_MANY_REQUESTS, scope["path"], detail, headers=headers)

    def _take(self, client: str) -> Taken:
        now, said, wait = monotonic(), [], 0.0
        for rate in self._rates:
            wait, left, back = self._table.take(client, rate, now)
            said.append(f'"{rate.name}";r={left};t={math.ceil(back)}')
            if wait:
                break
        return Taken(wait, (self._policy, (b"ratelimit", ", ".join(said).encode())))


def uncounted(scope: Scope) -> Scope:
    """Return the scope of a request that the application sends to itself for one that was counted already."""
    return {**scope, _TAKEN: UNCOUNTED}


def limit_headers(scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers that say how many requests a client has left; none where nothing is limited."""
    taken: Taken = scope.get(_TAKEN, UNCOUNTED)
    return taken.headers


def client_of(scope: Scope, key: str | None = None) -> str:
    """Name the client of a request: a key, or a network."""
    if key is not None:
        return f"key {key}"
    client = scope.get("client")
    return network_of(client[0] if client else "")


@lru_cache(_PLACES_REMEMBERED)
def network_of(address: str) -> str:
    """Return the network that one client has with an address: itself, or of IPv6 its /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), _IPV6_PREFIX), strict=False))
    return str(parsed)
