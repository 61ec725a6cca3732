"""Defines export formats, and what they write: the items of a list, one interview, a page of a feed, or a reference."""

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.citations import Reference

Item = Mapping[str, Any]
_LENGTH_OF_DAY = len("2023-11-05")
# Some formats need an address as id. These are UUIDs of Quoth's own ids, so they are the same on every installation.
_NAMESPACE = uuid.UUID("5b0f6f0e-1d0c-5f0a-9c55-6f1a5d0c7e11")


@dataclass(frozen=True)
class Format:
    """A format that is written: its name in `?format=`, its media type without parameters, the suffix of its files.

    To add a format:

    1. Write app/exports/NAME.py. It ends in FORMAT = ListFormat(...), FeedFormat(...), InterviewFormat(...),
       ItemFormat(...) or ReferenceFormat(...). bibtex.py is a short example.
    2. Import it in app/exports/__init__.py and add NAME.FORMAT to the tuple of its kind. Where Accept likes several
       formats equally, the first in the tuple is answered.
    3. Write tests/exports/test_NAME.py, which reads what is written with a reader by somebody else.
    4. Run `make tables`, which adds it to docs/formats.md. A test fails until that is done.
    5. Run `make contract`, which accepts the new value of `format` as a change of the API.

    The parameter, the choice by Accept, the OpenAPI document, downloads, compression and `quoth export` follow from the
    value.
    """

    name: str
    media_type: str
    suffix: str
    description: str

    @property
    def content_type(self) -> str:
        """The value of a Content-Type header. All is UTF-8 and says so, but for JSON, which cannot be else."""
        return self.media_type if self.media_type.endswith("json") else f"{self.media_type}; charset=utf-8"


@dataclass(frozen=True)
class ListFormat(Format):
    """A format of lists. `render` takes items and the columns wanted, as paths, and yields text piece by piece.

    `is_table` says whether it is for people who look at columns. A format that changes what stands in a cell, to make
    it harmless, has the same without that in `render_bare`.
    """

    render: Callable[[Iterable[Item], Sequence[str]], Iterator[str]]
    is_table: bool = False
    render_bare: Callable[[Iterable[Item], Sequence[str]], Iterator[str]] | None = None


# Paths of columns as nested keys; each leaf is the index of a column.
Tree = dict[str, "int | Tree"]


def tree_of(columns: Sequence[str]) -> Tree:
    """Arrange the paths of columns as a tree, in their order."""
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

    `base` is what absolute addresses begin with, or empty; then addresses are relative. `go_on` is called before each
    turn that is written; what it raises ends the writing.
    """

    interview: Item
    record: Item
    base: str = ""
    go_on: Callable[[], None] = lambda: None

    def written(self, turns: Iterable[Item]) -> Iterator[Item]:
        """Yield turns to be written, asking before each whether to go on."""
        for turn in turns:
            self.go_on()
            yield turn


@dataclass(frozen=True)
class InterviewFormat(Format):
    """A format of one interview. `render` takes the turns that it writes from `written` of the document. Where it
    `needs_times`, `render` raises NoTimesError if there are none.
    """

    render: Callable[[InterviewDocument], str]
    needs_times: bool = False


@dataclass(frozen=True)
class ItemDocument:
    """One question with its answers or, where there is an `answer`, that answer with its question.

    `question` is as find_question() returns it, without its answers beside an answer; `interview` is the one they are
    from. `base` is as in InterviewDocument.
    """

    question: Item
    interview: Item
    answer: Item | None = None
    base: str = ""


@dataclass(frozen=True)
class ItemFormat(Format):
    """A format of one question or one answer."""

    render: Callable[[ItemDocument], str]


@dataclass(frozen=True)
class Entry:
    """An entry of a feed, however a format writes it. What the source does not state is None or empty.

    `address` is where it is in the API and `web_page` where people read it, both relative without a base; `source_url`
    is the publisher's page of the interview. `published` is as exact as the source
    states it. `people` are the names of those who are named, `topics` slugs with labels, and `about` is what only
    Quoth has a place for. `interview` is the title of the interview that a question or an answer is part of.
    """

    id: str
    title: str
    address: str
    web_page: str
    source_url: str | None
    updated: datetime.datetime
    published: str | None
    summary: str | None
    content: str | None
    interview: str | None
    language: str | None
    rights: str | None
    people: Sequence[str]
    topics: Mapping[str, str]
    about: Item


@dataclass(frozen=True)
class Feed:
    """A page of a feed.

    `scope` names the list and its filters, so that all pages of a feed have the same id. `updated` is when anything in
    the feed last changed. `links` are addresses by relation (self, next, previous), and `web_page` the page that shows
    the same list, if there is one; all are relative without a base.
    """

    title: str
    entries: Sequence[Entry]
    scope: str
    updated: datetime.datetime
    links: Mapping[str, str]
    web_page: str | None = None
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
    """Write a moment in UTC as in RFC 3339, to the second."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(published: str | None) -> str | None:
    """Write the beginning of a day as a moment; None for a date that is not known to the day.

    Sources state no time and no zone, so the day is taken to begin as in UTC.
    """
    return f"{published}T00:00:00Z" if published and len(published) == _LENGTH_OF_DAY else None


def page_of(base: str, noun: str, name: str) -> str:
    """Return the address of the page of an interview, a question or the like, relative without a base."""
    return f"{base}/{noun}s/{name}"


def in_api(base: str, page: str) -> str:
    """Return the address in the API of what has this page."""
    return f"{base}/v1{page.removeprefix(base)}"
