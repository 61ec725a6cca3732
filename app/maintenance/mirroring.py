"""Another Quoth followed over HTTP: its change feed, page by page, into this database.

A revision is stored whole, in one transaction with the cursor after it, so that a mirror never shows half of one and
goes on where it stopped, whatever stopped it. Nothing is fetched while the transaction is open.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
from pydantic import BaseModel, Field, ValidationError

from app.db import Database
from app.errors import MirrorError, OriginUnavailableError
from app.loading.replaying import FeedItem, begin_mirror, mirrored_to, missing_sources, replay
from app.queries.paging import MAX_LIMIT

# How long an origin may be silent, and how long one answer may take, in seconds; and how large it may be, in bytes.
_SILENT = httpx2.Timeout(30, connect=10)
_ANSWER_SECONDS = 600
_MAX_BYTES = 512 * 1024 * 1024
# A file that is gone by the time it is asked for belongs to an item that changed since; its page is asked for again.
_TRIES = 3


class _FeedPosition(BaseModel):
    next: str
    is_whole: bool
    revision: Annotated[int, Field(ge=0, le=2**31 - 1)]


class _FeedPage(BaseModel):
    """What a mirror needs of a page of the change feed; other keys are ignored."""

    items: list[FeedItem]
    page: _FeedPosition


@dataclass(frozen=True)
class Progress:
    """How much has been stored in this run, the revision stored last, and the newest one that the origin has."""

    changes: int
    sources: int
    revision: int
    newest: int


class _GoneError(Exception):
    """A source file that is not there any more."""


class Origin:
    """The server that is followed."""

    def __init__(self, url: str, client: httpx2.Client | None = None) -> None:
        """Take the address of a server; nothing is asked yet.

        Raises:
            MirrorError: it is not an address, or has what an address of a server has not.
        """
        self.url = _checked(url)
        self._client = client or httpx2.Client(timeout=_SILENT)

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def changes(self, cursor: str | None) -> tuple[_FeedPage, str]:
        """Return the page of the change feed after a cursor, with its data, and the cursor after it.

        Raises:
            OriginUnavailableError: there is no answer, or none now.
            MirrorError: this is no Quoth, or does not know the cursor.
        """
        query = f"limit={MAX_LIMIT}&data=true" + (f"&cursor={quote(cursor, safe='')}" if cursor else "")
        status, body = self._get(f"/v1/changes?{query}", "application/json")
        if status == 400 and cursor:
            reason = "does not know where this mirror stopped: it was put back to an older state, or replaced"
            raise MirrorError(f"{self.url} {reason}; mirror into a new database")
        if status != 200:
            raise MirrorError(f"{self.url} is no Quoth with a change feed: it answers {status}")
        try:
            page = _FeedPage.model_validate_json(body)
            [then] = parse_qs(urlsplit(page.page.next).query)["cursor"]
        except (ValidationError, KeyError, ValueError) as error:
            raise MirrorError(f"{self.url} is no Quoth: what it answers is no change feed") from error
        return page, then

    def source(self, sha256: str) -> bytes:
        """Return the source file that has this SHA-256, unchecked.

        Raises:
            OriginUnavailableError: there is no answer, or none now.
            MirrorError: the origin refuses.
        """
        status, body = self._get(f"/v1/sources/{quote(sha256, safe='')}", "application/octet-stream")
        if status in {404, 410}:
            raise _GoneError(sha256)
        if status != 200:
            raise MirrorError(f"{self.url} does not give out the source file {sha256}: it answers {status}")
        return body

    def _get(self, address: str, accept: str) -> tuple[int, bytes]:
        until = time.monotonic() + _ANSWER_SECONDS
        body = bytearray()
        try:
            with self._client.stream(
                "GET", self.url + address, headers={"Accept": accept}, follow_redirects=False
            ) as response:
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > _MAX_BYTES:
                        raise MirrorError(f"{self.url}{address} is larger than {_MAX_BYTES} bytes")
                    if time.monotonic() > until:
                        raise OriginUnavailableError(f"{self.url} takes longer than {_ANSWER_SECONDS} s over an answer")
                status = response.status_code
        except httpx2.TransportError as error:
            raise OriginUnavailableError(f"{self.url} cannot be reached: {error or type(error).__name__}") from error
        except httpx2.HTTPError as error:
            raise MirrorError(f"{self.url} answers what cannot be read: {error}") from error
        if status == 429 or status >= 500:
            raise OriginUnavailableError(f"{self.url} cannot answer now: {status}{_detail(bytes(body))}")
        if 300 <= status < 400:
            raise MirrorError(f"{self.url} is elsewhere: {response.headers.get('location', 'it does not say where')}")
        return status, bytes(body)


def follow(database: Database, origin: Origin) -> Iterator[Progress]:
    """Store what an origin has that a mirror has not, and yield after every transaction how far it is.

    Raises:
        OriginUnavailableError, DatabaseUnavailableError: one of the two is away; going on later is safe.
        MirrorError: the database is no mirror of the origin, or what the origin tells cannot be right.
    """
    changes = sources = failed = 0
    while True:
        with database.read() as connection:
            at = mirrored_to(connection, origin.url)
        items, then, newest = _next_revisions(origin, at)
        if at is None:
            with database.write() as connection:
                begin_mirror(connection, origin.url)
        if not items:
            yield Progress(changes, sources, newest, newest)
            return
        with database.read() as connection:
            missing = sorted(missing_sources(connection, items))
        try:
            files = {sha256: origin.source(sha256) for sha256 in missing}
        except _GoneError as error:
            failed += 1
            if failed == _TRIES:
                raise OriginUnavailableError(f"{origin.url} has no source file {error} that it tells of") from error
            continue
        with database.write() as connection:
            replay(connection, origin.url, items, files, at, then)
        changes, sources, failed = changes + len(items), sources + len(files), 0
        yield Progress(changes, sources, items[-1].revision, newest)


def _next_revisions(origin: Origin, cursor: str | None) -> tuple[list[FeedItem], str, int]:
    """Return what comes after a cursor, up to the end of a revision; the cursor after that; and the newest revision."""
    page, then = origin.changes(cursor)
    items = list(page.items)
    while not page.page.is_whole:
        page, then = origin.changes(then)
        items += page.items
    return items, then, page.page.revision


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_server = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        is_server = False
    if not is_server or parts.query or parts.fragment:
        raise MirrorError(f"{url!r} is no address of a server; write one such as https://quoth.example.org")
    if parts.username is not None or parts.password is not None:
        raise MirrorError("an address with a name or a password would be stored and shown; leave them out")
    return url.rstrip("/")


def _detail(body: bytes) -> str:
    """Repeat what a problem document says, where there is one."""
    try:
        detail = json.loads(body)["detail"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f", {str(detail)[:200]!r}"
