"""A whole answer of status 200, and every way of sending it: plain or in a content coding, in full or as a 304.

Conditional requests are those of RFC 9110, section 13. Each coding has an entity-tag of its own, made from the tag of
the plain body, so that a condition is evaluated before anything is compressed.
"""

import datetime
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

import anyio.to_thread

from app.api.http.compression import CODINGS, LONG, SMALLEST, Coding, choose, is_compressible
from app.api.http.headers import REVISION_HEADER, CompleteHeaders, with_common_headers
from app.api.http.single_flight import SingleFlight

PRECONDITION_FIELDS = {
    b"if-match": "if_match",
    b"if-none-match": "if_none_match",
    b"if-modified-since": "if_modified_since",
    b"if-unmodified-since": "if_unmodified_since",
}
# RFC 9110, 15.4.5: a 304 updates what a cache has, and says nothing of the body that it does not bring.
_HEADERS_OF_304 = frozenset(
    {"cache-control", "content-location", "etag", "expires", "last-modified", REVISION_HEADER.lower(), "vary"}
)
_ENTITY_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_DIGEST_BYTES = 16
# Memory that the objects around one coded body take, about.
_OVERHEAD_BYTES = 4_000

Headers = dict[str, str]
RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The preconditions of one request, as its fields state them; None where it has none."""

    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_unmodified_since: str | None = None

    def status(self, entity_tag: str | None, modified: datetime.datetime | None, *, may_date: bool) -> int:
        """Return 200, 304 or 412, in the order of evaluation of section 13.2.2.

        A date matches if it is the very one that was sent, not any later one: after a clock was set back, what is newer
        may have an earlier date. `may_date` is False where dates do not tell two states apart.
        """
        if self.if_match is not None:
            if not _names(self.if_match, entity_tag, strongly=True):
                return 412
        elif self.if_unmodified_since is not None and modified is not None:
            given = parse_date(self.if_unmodified_since)
            if given is not None and modified > given:
                return 412
        if self.if_none_match is not None:
            return 304 if _names(self.if_none_match, entity_tag, strongly=False) else 200
        if self.if_modified_since is not None and modified is not None and may_date:
            return 304 if parse_date(self.if_modified_since) == modified else 200
        return 200


_UNCONDITIONAL = Preconditions()


def read_preconditions(headers: Iterable[tuple[bytes, bytes]]) -> Preconditions:
    """Read the preconditions of a request from its headers."""
    fields: dict[str, str] = {}
    for raw_name, value in headers:
        name = PRECONDITION_FIELDS.get(raw_name)
        if name is not None:
            before = f"{fields[name]}, " if fields.get(name) else ""
            fields[name] = before + value.decode("latin-1")
    return Preconditions(**fields) if fields else _UNCONDITIONAL


def _names(field_value: str, tag: str | None, *, strongly: bool) -> bool:
    if tag is None:
        return False
    if field_value.strip() == "*":
        return True
    return any(opaque == tag and not (weak and strongly) for weak, opaque in _ENTITY_TAG.findall(field_value))


def names_tag(field_value: str, plain: str | None, *, strongly: bool) -> bool:
    """Tell whether an If-Match (strongly) or If-None-Match names what has this entity-tag without a content coding, in
    any coding.
    """
    tags = (plain,) if plain is None else (plain, *(coded_tag(plain, coding) for coding in CODINGS))
    return any(_names(field_value, tag, strongly=strongly) for tag in tags)


def has_strong_tag(field_value: str) -> bool:
    """Tell whether an If-Match names anything: a tag in quotation marks that is not weak."""
    return any(not weak for weak, _opaque in _ENTITY_TAG.findall(field_value))


def entity_tag(*parts: bytes) -> str:
    """Make a strong entity-tag of everything that a representation is made of."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return f'"{digest.hexdigest()[: 2 * _DIGEST_BYTES]}"'


def coded_tag(plain: str, coding: Coding | None) -> str:
    """Return the entity-tag in a content coding of what has another one without."""
    return f'{plain[:-1]}-{coding.name}"' if coding else plain


@lru_cache(maxsize=8)
def format_date(moment: datetime.datetime) -> str:
    """Write a time as HTTP does, in whole seconds."""
    return format_datetime(moment.astimezone(datetime.UTC), usegmt=True)


def parse_date(text: str) -> datetime.datetime | None:
    """Read a time as HTTP writes it; None for anything else, which the standard says to ignore."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


@dataclass(frozen=True, slots=True)
class WireResponse:
    """What is sent for a request, but for the headers that differ with every request."""

    status: int
    tag: bytes
    headers: CompleteHeaders
    body: bytes


@dataclass(slots=True)
class Representation:
    """An answer of status 200: its headers, the entity-tag among them, and its body, both as they are without a coding.

    `repeated` has the further lines of headers that occur more than once, `modified` the time in Last-Modified;
    `may_date` says whether that time alone confirms the answer.
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
        coded = sum(len(response.body) for response in self._full.values() if response.body is not self.body)
        return len(self.body) + coded + _OVERHEAD_BYTES * (1 + len(self._full))

    def coding(self, accept_encoding: str) -> Coding | None:
        """Choose the coding in which it is sent by an Accept-Encoding field, which is empty where there is none."""
        return choose_coding(accept_encoding, len(self.body)) if self._may_code and accept_encoding else None

    def status(self, preconditions: Preconditions, coding: Coding | None) -> int:
        """Return 200, 304 or 412, as the preconditions of a request ask for."""
        tag = coded_tag(self.headers["etag"], coding)
        return preconditions.status(tag, self.modified, may_date=self.may_date)

    def ready(self, accept_encoding: str, if_none_match: bytes | None) -> WireResponse | None:
        """Return what is sent for these two fields, if it has been sent before and the second is one tag at most."""
        coding = self.coding(accept_encoding)
        name = coding.name if coding else ""
        if if_none_match is None:
            return self._full.get(name)
        response = self._not_modified.get(name)
        return response if response is not None and response.tag == if_none_match else None

    async def full(self, coding: Coding | None) -> WireResponse:
        """Return the answer in full in a coding; it is compressed once, however many requests ask for it at a time."""
        name = coding.name if coding else ""
        while (response := self._full.get(name)) is None:
            if not await self._flight.wait(name):
                with self._flight.begin(name):
                    headers, body = self._headers_in(coding), self.body
                    if coding is not None:
                        body = await encode(coding, body)
                        headers |= {"content-encoding": coding.name, "content-length": str(len(body))}
                    tag, complete = headers["etag"].encode("latin-1"), with_common_headers(raw(headers) + self.repeated)
                    self._full[name] = WireResponse(200, tag, complete, body)
        return response

    def not_modified(self, coding: Coding | None) -> WireResponse:
        """Return the 304 that tells a client that it has this answer, in a coding, already."""
        name = coding.name if coding else ""
        response = self._not_modified.get(name)
        if response is None:
            headers = headers_of_304(self._headers_in(coding))
            tag, complete = headers["etag"].encode("latin-1"), with_common_headers(raw(headers))
            response = self._not_modified[name] = WireResponse(304, tag, complete, b"")
        return response

    def _headers_in(self, coding: Coding | None) -> Headers:
        return {**self.headers, "etag": coded_tag(self.headers["etag"], coding)}


def may_code(headers: Headers) -> bool:
    """Tell whether an answer with these headers may be put into a coding, and gets smaller by it."""
    if "content-encoding" in headers or "repr-digest" in headers or "no-transform" in headers["cache-control"]:
        return False
    return is_compressible(headers.get("content-type", ""))


def choose_coding(accept_encoding: str, size: int) -> Coding | None:
    """Choose a coding for a body of `size` bytes; None leaves it as it is."""
    coding, plain_would_do = choose(accept_encoding)
    return None if plain_would_do and size < SMALLEST else coding


async def encode(coding: Coding, body: bytes) -> bytes:
    """Compress a whole body, a long one in a thread."""
    return await anyio.to_thread.run_sync(coding.encode, body) if len(body) > LONG else coding.encode(body)


def headers_of_304(headers: Headers) -> Headers:
    """Select what a 304 repeats of the headers of the answer that it confirms."""
    return {name: value for name, value in headers.items() if name in _HEADERS_OF_304}


def raw(headers: Headers) -> RawHeaders:
    """Write headers as ASGI has them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
