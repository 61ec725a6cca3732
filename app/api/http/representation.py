"""A whole answer as it was made, before it is settled in which coding and on which conditions it is sent. Every way of
sending it follows from it alone, whether it was made for this request or kept from another.
"""

import datetime
from dataclasses import dataclass, field

import anyio.to_thread

from app.api.http.compression import LONG, SMALLEST, Coding, choose, is_compressible
from app.api.http.conditional import Preconditions, of_coding
from app.api.http.headers import REVISION_HEADER, CompleteHeaders, with_common_headers
from app.api.http.single_flight import SingleFlight

# RFC 9110, 15.4.5: a 304 updates what a cache has, and tells nothing of the body that it does not bring.
_KEPT_IN_304 = frozenset(
    {"cache-control", "content-location", "etag", "expires", "last-modified", REVISION_HEADER.lower(), "vary"}
)
# About what the objects around one coded body take; bodies are counted by themselves.
_OVERHEAD_BYTES = 4_000

Headers = dict[str, str]
RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class WireResponse:
    """What is sent for a request, but for the headers that differ with every one."""

    status: int
    tag: bytes
    headers: CompleteHeaders
    body: bytes


@dataclass(slots=True)
class Representation:
    """An answer of status 200: headers and body as they are without a coding, the entity-tag among them.

    `modified` is the time in its Last-Modified, and `may_date` whether that alone confirms it.
    """

    headers: Headers
    repeated: RawHeaders
    body: bytes
    modified: datetime.datetime | None
    may_date: bool
    _full: dict[str, WireResponse] = field(default_factory=dict)
    _not_modified: dict[str, WireResponse] = field(default_factory=dict)
    _flight: SingleFlight = field(default_factory=SingleFlight)
    _may_code: bool = field(init=False)

    def __post_init__(self) -> None:
        self._may_code = may_code(self.headers)

    @property
    def size(self) -> int:
        """About how many bytes it takes in memory, in all codings that it has been sent in."""
        coded = sum(len(sent.body) for sent in self._full.values() if sent.body is not self.body)
        return len(self.body) + coded + _OVERHEAD_BYTES * (1 + len(self._full))

    def coding(self, accept_encoding: str) -> Coding | None:
        """Choose the coding in which it is sent by an Accept-Encoding field, which is empty where there is none."""
        if not accept_encoding or not self._may_code:
            return None
        coding, plain_would_do = choose(accept_encoding)
        return None if plain_would_do and len(self.body) < SMALLEST else coding

    def status(self, preconditions: Preconditions | None, coding: Coding | None) -> int:
        """Return 200, 304 or 412, as the conditions of a request ask for."""
        if preconditions is None:
            return 200
        tag = _tag(self.headers["etag"], coding)
        return preconditions.status(tag, self.modified, may_date=self.may_date) or 200

    def at_once(self, accept_encoding: str, if_none_match: bytes | None) -> WireResponse | None:
        """Return what is sent for these two fields, if it has been sent before and the second is one tag at most."""
        coding = self.coding(accept_encoding)
        name = coding.name if coding else ""
        if if_none_match is None:
            return self._full.get(name)
        sent = self._not_modified.get(name)
        return sent if sent is not None and sent.tag == if_none_match else None

    async def full(self, coding: Coding | None) -> WireResponse:
        """Return the whole answer in a coding, which it is put into once."""
        name = coding.name if coding else ""
        while (sent := self._full.get(name)) is None:
            if not await self._flight.waited(name):
                with self._flight.take(name):
                    tag, body = _tag(self.headers["etag"], coding), self.body
                    headers = {**self.headers, "etag": tag}
                    if coding is not None:
                        body = await encoded(coding, body)
                        headers |= {"content-encoding": coding.name, "content-length": str(len(body))}
                    self._full[name] = WireResponse(
                        200, tag.encode("latin-1"), with_common_headers(raw(headers) + self.repeated), body
                    )
        return sent

    def not_modified(self, coding: Coding | None) -> WireResponse:
        """Return the 304 that tells a client that what it has is this answer in a coding."""
        name = coding.name if coding else ""
        sent = self._not_modified.get(name)
        if sent is None:
            tag = _tag(self.headers["etag"], coding)
            headers = with_common_headers(raw(of_304({**self.headers, "etag": tag})))
            sent = self._not_modified[name] = WireResponse(304, tag.encode("latin-1"), headers, b"")
        return sent


def choose_coding(headers: Headers, accept_encoding: str) -> Coding | None:
    """Choose a coding by the headers of an answer and by an Accept-Encoding field; None leaves the body as it is."""
    if not accept_encoding or not may_code(headers):
        return None
    coding, plain_would_do = choose(accept_encoding)
    is_small = int(headers.get("content-length", SMALLEST)) < SMALLEST
    return None if is_small and plain_would_do else coding


def may_code(headers: Headers) -> bool:
    """Tell whether an answer may be put into a coding, and gets smaller by it."""
    if "content-encoding" in headers or "repr-digest" in headers or "no-transform" in headers["cache-control"]:
        return False
    return is_compressible(headers.get("content-type", ""))


async def encoded(coding: Coding, body: bytes) -> bytes:
    """Compress a whole body, a long one beside the event loop."""
    return await anyio.to_thread.run_sync(coding.encode, body) if len(body) > LONG else coding.encode(body)


def of_304(headers: Headers) -> Headers:
    """Leave what a 304 has of the headers of the answer that it confirms."""
    return {name: value for name, value in headers.items() if name in _KEPT_IN_304}


def raw(headers: Headers) -> RawHeaders:
    """Write headers as ASGI has them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def _tag(plain: str, coding: Coding | None) -> str:
    return of_coding(plain, coding.name) if coding else plain
