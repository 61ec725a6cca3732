"""Representations cached in the memory of this process, until the corpus changes.

A representation is stored under the version token of the corpus that held before and after it was made, and found
while that token still holds, so none outlives what it was made from. Of a request, path and query select it byte for
byte, because answers repeat them in links, and Accept by the weight that it gives each format. The coding is chosen
among those of one representation; nothing else of a request makes a difference.
"""

import asyncio
import datetime
from collections.abc import Hashable
from dataclasses import dataclass
from operator import itemgetter

from cachetools import LRUCache
from starlette.types import Scope

from app.api.formats import preference_key
from app.api.http.guard import has_body
from app.api.http.headers import REVISION_FIELD
from app.api.http.representation import Representation
from app.api.observability.request_context import RequestContext
from app.db.change_detection import ChangeDetector

# No representation takes more than this part of the cache, or it would drive out everything else.
_LARGEST_PART = 8
READS = frozenset({"GET", "HEAD"})
# Their answers are about this moment.
_UNCACHEABLE_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
_UNSHARED = frozenset({REVISION_FIELD, b"authorization"})
# The request's scope has the outcome of its look-up under this name.
_LOOKUP = "quoth.lookup"


@dataclass(slots=True)
class Lookup:
    """The outcome of one look-up: what was looked for, and what was found."""

    token: Hashable
    key: bytes
    representation: Representation | None


class ResponseCache:
    """The cache, bounded in bytes; the least recently used representations go first."""

    def __init__(self, detector: ChangeDetector, max_bytes: int) -> None:
        self.detector = detector
        # Each with its size, all made under the token.
        self.entries: LRUCache[bytes, tuple[Representation, int]] = LRUCache(max_bytes, itemgetter(1))
        self._entries_token: Hashable = None
        self._token: Hashable | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def look_up(self, scope: Scope, accept: str) -> Lookup | None:
        """Look for what a request selects; None where the version of the corpus is not known.

        The outcome stays with the request: see `looked_up`.
        """
        token = self._version_token()
        if token is None:
            return None
        path = scope.get("raw_path") or scope["path"].encode()
        # As bytes, because the hash of a tuple would be computed anew at each step. No path or query has a NUL.
        key = b"\0".join((path, scope["query_string"], preference_key(accept)))
        try:
            representation = self.entries[key][0]
        except KeyError:
            representation = None
        lookup = scope[_LOOKUP] = Lookup(token, key, representation)
        return lookup

    def put(self, lookup: Lookup, representation: Representation, context: RequestContext) -> None:
        """Store what was made after a look-up, if it was made from the version of the corpus that was looked for."""
        is_current = self.detector.version_token() == lookup.token == self._entries_token
        revision = context.corpus.number if context.corpus else None
        is_of_version = not context.has_read or self.detector.matches(lookup.token, revision)
        # A clock was set back: when that time has come, the answer will have a Last-Modified.
        is_early = context.corpus is not None and context.corpus.second > datetime.datetime.now(datetime.UTC)
        if is_current and is_of_version and not is_early:
            self._store(lookup.key, representation)

    def weigh(self, key: bytes, representation: Representation) -> None:
        """Take account of what a representation takes by now, if it is still there: it grows with each coding."""
        if self.entries.get(key, (None, 0))[0] is representation:
            self._store(key, representation)

    def _store(self, key: bytes, representation: Representation) -> None:
        size = representation.size + len(key)
        if size <= self.entries.maxsize // _LARGEST_PART:
            self.entries[key] = representation, size
        else:
            self.entries.pop(key, None)

    def _version_token(self) -> Hashable | None:
        """Return the token of the corpus as it is; None where that is not known, and the database has to be asked.

        The detector is asked once for all requests that an event loop has received by now: any that is received later
        is handled after the callback that forgets the token.
        """
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._token, self._loop = self.detector.version_token(), loop
            loop.call_soon(self._forget)
            if self._token is not None and self._token != self._entries_token:
                self._entries_token = self._token
                self.entries.clear()
        return self._token

    def _forget(self) -> None:
        self._loop = None


def may_cache(scope: Scope) -> bool:
    """Tell whether a request is a read, without a body, that does not ask for the present moment or a revision.

    A client that names the revision it has seen is answered from the database, whose revision is certain; what a key
    opens is for nobody else.
    """
    if scope["method"] not in READS or scope["path"] in _UNCACHEABLE_PATHS or has_body(scope):
        return False
    return all(name not in _UNSHARED for name, _value in scope["headers"])


def looked_up(scope: Scope) -> Lookup | None:
    """Return the outcome of the look-up that was made for a request; None where none was."""
    lookup: Lookup | None = scope.get(_LOOKUP)
    return lookup
