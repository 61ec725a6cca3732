"""Conditional requests (RFC 9110, section 13): entity-tags, dates, and what their comparison leads to."""

import datetime
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

_ENTITY_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_DIGEST_BYTES = 16
FIELDS = {
    b"if-match": "if_match",
    b"if-none-match": "if_none_match",
    b"if-modified-since": "if_modified_since",
    b"if-unmodified-since": "if_unmodified_since",
}


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The conditions of one request, as its fields state them; None where it has none."""

    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_unmodified_since: str | None = None

    def status(self, entity_tag: str | None, modified: datetime.datetime | None, *, may_date: bool) -> int | None:
        """Return 304 or 412 where that is the answer, in the order of section 13.2.2; None where the answer is whole.

        A date matches if it is the very one that was given out, not any later one: after a clock was set back, what is
        newer may have an earlier date. Where dates cannot be trusted to tell two states apart, may_date is False.
        """
        if self.if_match is not None:
            if not _has(self.if_match, entity_tag, strongly=True):
                return 412
        elif self.if_unmodified_since is not None and modified is not None:
            given = parse_date(self.if_unmodified_since)
            if given is not None and modified > given:
                return 412
        if self.if_none_match is not None:
            return 304 if _has(self.if_none_match, entity_tag, strongly=False) else None
        if self.if_modified_since is not None and modified is not None and may_date:
            return 304 if parse_date(self.if_modified_since) == modified else None
        return None


def read_preconditions(headers: Iterable[tuple[bytes, bytes]]) -> Preconditions | None:
    """Read the conditions of a request from its headers; None where it has none."""
    found: dict[str, str] = {}
    for raw_name, value in headers:
        name = FIELDS.get(raw_name)
        if name is not None:
            before = f"{found[name]}, " if found.get(name) else ""
            found[name] = before + value.decode("latin-1")
    return Preconditions(**found) if found else None


def entity_tag(*parts: bytes) -> str:
    """Make a strong entity-tag of everything that a representation is made of."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return f'"{digest.hexdigest()[: 2 * _DIGEST_BYTES]}"'


def of_coding(tag: str, coding: str) -> str:
    """Make the entity-tag of a representation in a content coding, which is another one than the plain one's."""
    return f'{tag[:-1]}-{coding}"'


@lru_cache(maxsize=8)
def format_date(moment: datetime.datetime) -> str:
    """Write a time as HTTP does, in whole seconds."""
    return format_datetime(moment.astimezone(datetime.UTC), usegmt=True)


def parse_date(text: str) -> datetime.datetime | None:
    """Read a time as HTTP writes it; None for what is none, which the standard asks to ignore."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _has(field: str, tag: str | None, *, strongly: bool) -> bool:
    if tag is None:
        return False
    if field.strip() == "*":
        return True
    return any(opaque == tag and not (weak and strongly) for weak, opaque in _ENTITY_TAG.findall(field))
