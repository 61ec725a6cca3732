"""Mirrors another Quoth over HTTP: reads its change feed, page by page, into this database.

A revision is stored in one transaction with the cursor after it, so that a mirror never shows half of one and continues
where it was interrupted. Nothing is fetched while the transaction is open.
"""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
from pydantic import BaseModel, Field, ValidationError

from app.db import Database
from app.errors import MirrorError, OriginUnavailableError
from app.loading.feed_item import FeedItem
from app.loading.replaying import begin_mirror, mirrored_to, missing_sources, replay
from app.queries.paging import MAX_LIMIT

# Seconds without a byte from the origin.
_TIMEOUT = httpx2.Timeout(30, connect=10)
# Seconds that one response may take, and bytes that it may have.
_RESPONSE_SECONDS = 600
_MAX_BYTES = 512 * 1024 * 1024
# Bytes of the pages of one revision, which is stored in one transaction, at most.
_MAX_REVISION_BYTES = 1024 * 1024 * 1024
# Characters of a cursor, at most.
_MAX_CURSOR = 2000
# How an origin may code an answer: what inflates more than a thousandfold, or is coded twice, could fill the memory
# with one piece.
_CODINGS = frozenset({"", "identity", "gzip"})
# Times that a page is fetched again, because a source file of it was gone: its item has changed since.
_MAX_TRIES = 3


class _FeedPosition(BaseModel):
    next: str
    is_whole: bool
    revision: Annotated[int, Field(ge=0, le=2**31 - 1)]


class _FeedPage(BaseModel):
    """What a mirror needs of a page of the change feed; other keys are ignored."""

    items: Annotated[list[FeedItem], Field(max_length=MAX_LIMIT)]
    page: _FeedPosition
    # Bytes that it was sent as.
    size: int = Field(default=0, exclude=True)


@dataclass(frozen=True)
class Progress:
    """The changes and source files stored in this run, the revision stored last, and the origin's newest one."""

    changes: int
    sources: int
    revision: int
    newest: int


class _GoneError(Exception):
    """A source file that the origin does not have any more."""


class Origin:
    """The server that is mirrored."""

    def __init__(self, url: str, client: httpx2.Client | None = None) -> None:
        """Take the address of a server; nothing is requested yet.

        Raises:
            MirrorError: the address is not that of a server, or contains a name or a password.
        """
        self.url = _checked(url)
        self._client = client or httpx2.Client(timeout=_TIMEOUT)
        self._connection: socket.socket | None = None

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def changes(self, cursor: str | None) -> tuple[_FeedPage, str]:
        """Return the page of the change feed after a cursor, with its data, and the cursor after it.

        Raises:
            OriginUnavailableError: the origin does not answer, or not now.
            MirrorError: the origin is not a Quoth, or does not know the cursor.
        """
        query = f"limit={MAX_LIMIT}&data=true" + (f"&cursor={quote(cursor, safe='')}" if cursor else "")
        status, body = self._get(f"/v1/changes?{query}", "application/json")
        if status == 400 and cursor:
            reason = "does not know where this mirror stopped: it was restored from an older state, or replaced"
            raise MirrorError(f"{self.url} {reason}; mirror into a new database")
        if status != 200:
            raise MirrorError(f"{self.url} is not a Quoth with a change feed: it answers {status}")
        try:
            page = _FeedPage.model_validate_json(body)
            [next_cursor] = parse_qs(urlsplit(page.page.next).query)["cursor"]
        except (ValidationError, KeyError, ValueError) as error:
            raise MirrorError(f"{self.url} is not a Quoth: its answer is not a change feed") from error
        if len(next_cursor) > _MAX_CURSOR:
            raise MirrorError(f"{self.url} is not a Quoth: its cursor has {len(next_cursor)} characters")
        page.size = len(body)
        return page, next_cursor

    def source(self, sha256: str) -> bytes:
        """Return the source file that has this SHA-256, unchecked.

        Raises:
            OriginUnavailableError: the origin does not answer, or not now.
            MirrorError: the origin refuses.
        """
        status, body = self._get(f"/v1/sources/{quote(sha256, safe='')}", "application/octet-stream")
        if status in {404, 410}:
            raise _GoneError(sha256)
        if status != 200:
            raise MirrorError(f"{self.url} refuses to send the source file {sha256}: it answers {status}")
        return body

    def _get(self, address: str, accept: str) -> tuple[int, bytes]:
        until = time.monotonic() + _RESPONSE_SECONDS
        body = bytearray()
        # An origin may also send the head of its answer too slowly, byte by byte.
        cut = threading.Timer(_RESPONSE_SECONDS, self._cut)
        cut.daemon = True
        cut.start()
        try:
            with self._client.stream(
                "GET",
                self.url + address,
                headers={"Accept": accept, "Accept-Encoding": "gzip"},
                follow_redirects=False,
                extensions={"trace": self._note_connection},
            ) as response:
                coding = response.headers.get("content-encoding", "").strip().lower()
                if coding not in _CODINGS:
                    raise MirrorError(f"{self.url}{address} is coded as {coding[:80]!r}, which nobody asked for")
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > _MAX_BYTES:
                        raise MirrorError(f"{self.url}{address} is larger than {_MAX_BYTES} bytes")
                    if time.monotonic() > until:
                        raise OriginUnavailableError(f"{self.url} takes longer than {_RESPONSE_SECONDS} s to answer")
                status = response.status_code
        except httpx2.TransportError as error:
            if time.monotonic() > until:
                raise OriginUnavailableError(f"{self.url} takes longer than {_RESPONSE_SECONDS} s to answer") from error
            raise OriginUnavailableError(f"{self.url} cannot be reached: {error or type(error).__name__}") from error
        except httpx2.HTTPError as error:
            raise MirrorError(f"the answer of {self.url} cannot be read: {error}") from error
        finally:
            cut.cancel()
        if status == 429 or status >= 500:
            raise OriginUnavailableError(f"{self.url} cannot answer now: {status}{_detail(bytes(body))}")
        if 300 <= status < 400:
            raise MirrorError(f"{self.url} has moved: {response.headers.get('location', 'it does not say where')}")
        return status, bytes(body)

    def _note_connection(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the connection that is being made, as the client tells of it."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._connection = info["return_value"].get_extra_info("socket")

    def _cut(self) -> None:
        """End a connection that takes too long, so that reading from it is an error."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)


def follow(database: Database, origin: Origin) -> Iterator[Progress]:
    """Store what the origin has and the mirror does not have yet; yield the progress after every transaction.

    Raises:
        OriginUnavailableError, DatabaseUnavailableError: one of the two does not answer; continuing later is safe.
        MirrorError: the database is not a mirror of the origin, or the origin's data cannot be right.
    """
    changes = sources = failed = done = 0
    while True:
        with database.read() as connection:
            cursor = mirrored_to(connection, origin.url)
        items, next_cursor, newest = _next_revisions(origin, cursor)
        numbers = [item.revision for item in items]
        if numbers and (numbers != sorted(numbers) or numbers[0] <= done or numbers[-1] > newest):
            raise MirrorError(f"the change feed of {origin.url} is not in the order of its revisions")
        if cursor is None:
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
            if failed == _MAX_TRIES:
                raise OriginUnavailableError(f"{origin.url} does not have the source file {error}") from error
            continue
        with database.write() as connection:
            replay(connection, origin.url, items, files, cursor, next_cursor)
        changes, sources, failed, done = changes + len(items), sources + len(files), 0, numbers[-1]
        yield Progress(changes, sources, items[-1].revision, newest)


def _next_revisions(origin: Origin, cursor: str | None) -> tuple[list[FeedItem], str, int]:
    """Return the items after a cursor, up to the end of a revision; the cursor after them; and the newest revision."""
    page, next_cursor = origin.changes(cursor)
    items, size = list(page.items), page.size
    while not page.page.is_whole:
        before = next_cursor
        page, next_cursor = origin.changes(before)
        if next_cursor == before or not page.items:
            raise MirrorError(
                f"the change feed of {origin.url} does not end: a page leads to itself, or has nothing on it"
            )
        items += page.items
        size += page.size
        if size > _MAX_REVISION_BYTES:
            raise MirrorError(f"a revision of {origin.url} is larger than {_MAX_REVISION_BYTES} bytes")
    return items, next_cursor, page.page.revision


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_server = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        is_server = False
    if not is_server or parts.query or parts.fragment:
        raise MirrorError(f"{url!r} is not the address of a server; write one such as https://quoth.example.org")
    if parts.username is not None or parts.password is not None:
        raise MirrorError("an address with a name or a password would be stored and shown; leave them out")
    return url.rstrip("/")


def _detail(body: bytes) -> str:
    """Quote the detail of a problem document, if the body is one."""
    try:
        detail = json.loads(body)["detail"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f", {str(detail)[:200]!r}"
