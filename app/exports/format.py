"""What a format is, and what it is given: the items of a list, one interview with its record, a page of a feed, or a
reference.
"""

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.citations import Reference

Item = Mapping[str, Any]
# Ids in formats that want an address for everything. They are UUIDs of Quoth's own ids, and so the same on every
# installation and at every address.
_NAMESPACE = uuid.UUID("5b0f6f0e-1d0c-5f0a-9c55-6f1a5d0c7e11")


@dataclass(frozen=True)
class Format:
    """A format by its name in `?format=`, its media type without parameters and the suffix of its files."""

    name: str
    media_type: str
    suffix: str
    description: str

    @property
    def content_type(self) -> str:
        """The value of a Content-Type header: everything here is UTF-8, and types of text say so."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


@dataclass(frozen=True)
class ListFormat(Format):
    """A format of lists. `render` takes items and the columns wanted, as paths, and yields text piece by piece."""

    render: Callable[[Iterable[Item], Sequence[str]], Iterator[str]]


# Paths with a common beginning together, each ending in the place of its column.
Tree = dict[str, "int | Tree"]


def tree_of(columns: Sequence[str]) -> Tree:
    """Put columns into a tree, in their order."""
    tree: Tree = {}
    for place, column in enumerate(columns):
        *way, last = column.split(".")
        branch = tree
        for key in way:
            branch = branch.setdefault(key, {})  # type: ignore[assignment]  # no path ends where another goes on
        branch[last] = place
    return tree


@dataclass(frozen=True)
class InterviewDocument:
    """One interview: `interview` as find_interview() returns it, and its `record` as find_record() does.

    `base` is what absolute addresses begin with, or empty; then addresses are relative.
    """

    interview: Item
    record: Item
    base: str = ""


@dataclass(frozen=True)
class InterviewFormat(Format):
    """A format of one interview. `render` raises NoTimesError where the format needs times and there are none."""

    render: Callable[[InterviewDocument], str]


@dataclass(frozen=True)
class Feed:
    """A page of a feed of interviews, newest first: items as in their list, and its own links as they stand.

    `scope` says which list with which filters, so that a feed keeps its id from page to page. `updated` is when
    anything in it last changed. `links` are addresses by relation (self, next, previous), relative without a base.
    """

    items: Sequence[Item]
    scope: str
    updated: datetime.datetime
    links: Mapping[str, str]
    base: str = ""


@dataclass(frozen=True)
class FeedFormat(Format):
    """A format of feeds."""

    render: Callable[[Feed], str]


@dataclass(frozen=True)
class ReferenceFormat(Format):
    """A format of one entry of a list of references."""

    render: Callable[[Reference], str]


def urn(identity: str) -> str:
    """Make a stable URN of an id (RFC 9562, version 5)."""
    return uuid.uuid5(_NAMESPACE, identity).urn


def timestamp(moment: datetime.datetime) -> str:
    """Write a moment as RFC 3339 does, in UTC, to the second."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def interview_address(base: str, interview: Item) -> str:
    """Return the address of an interview, relative without a base."""
    return f"{base}/v1/interviews/{interview['slug']}"
