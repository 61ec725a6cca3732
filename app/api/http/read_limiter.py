"""Runs handlers that read the database in threads, few at a time: threads of one interpreter hinder each other.

There are queues, so that what is quick does not wait for what takes long: one for pages; one for searches, verdicts and
facets; one for pages that turn out to take long, in which all but the first are paused; one for what streams send. All
others give way to pages. What would have to wait for too long is refused at once; what nobody waits for any more is not
begun, and ended if it runs.
"""

import asyncio
import math
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial, wraps
from inspect import iscoroutinefunction, signature
from threading import Event
from typing import Any, TypeVar

import anyio
import anyio.to_thread
from fastapi.routing import APIRoute
from starlette.types import Scope

from app.db import Readers
from app.db.work import Work
from app.errors import ClientLeftError, OverloadedError

T = TypeVar("T")
# Seconds of processor time after which a page gives up its slot: what takes longer than any page by key is mostly the
# database's work, and hinders no other thread. What waits for a server may take this many times as long.
GRACE_SECONDS = 0.02
_GRACE_OF_WAITING = 5
# What takes long may wait for this many times as long.
_PATIENCE = 4
# What was let in waits for this many times as long as it was expected to, at most.
_MOST_WRONG = 3
# Requests that wait in a queue, at most; each holds memory.
_MOST_WAITING = 1_000
# The part that the last one has in how long a slot is taken.
_NEWEST_PART = 0.1
# Seconds between two looks whether the client of what takes long is still there.
_LOOK_SECONDS = 0.25
# The server tells by a function of this name in the scope whether the client of a request has left.
HAS_LEFT = "quoth.has_left"
# All speakers are compared for their doubles, once a revision.
_SEARCHES = frozenset(
    {"/v1/search", "/v1/compare", "/v1/quotes/verify", "/v1/doubles", "/search", "/compare", "/quotes"}
)
# Pages that show the facets of a list.
_WITH_FACETS = re.compile("/interviews|/questions|/(?:topics|speakers)/[^/]+")
_SEARCHES_OF_ITEMS = ("/related", "/asked-elsewhere")


def takes_long(scope: Scope) -> bool:
    """Tell whether a request is one for a search or the like, or for facets."""
    path = scope["path"]
    has_facets = _WITH_FACETS.fullmatch(path) is not None or b"facets=" in scope["query_string"]
    return has_facets or path in _SEARCHES or path.endswith(_SEARCHES_OF_ITEMS)


def work_of(scope: Scope) -> Work:
    """Make the work of a request."""
    return Work(scope[HAS_LEFT]) if HAS_LEFT in scope else Work()


class _Queue:
    """Slots for work, and what waits for one: first come, first served."""

    def __init__(self, width: int, wait_seconds: float) -> None:
        self.width = width
        self.wait_seconds = wait_seconds
        self._free = width
        self._waiting: deque[tuple[asyncio.Future[None], Work]] = deque()
        # What has begun elsewhere and goes on when a slot is free, before anything new.
        self.paused: deque[Work] = deque()
        self._usual_seconds = 0.0

    @property
    def is_full(self) -> bool:
        """Whether more work would have to wait for too long."""
        if self._free:
            return False
        ahead = len(self._waiting) + len(self.paused)
        return (ahead + 1) * self._usual_seconds >= self.wait_seconds * self.width or ahead >= _MOST_WAITING

    async def enter(self, work: Work) -> None:
        """Wait for a slot.

        Raises:
            OverloadedError: that would take too long, or did.
            ClientLeftError: nobody waits for it any more.
        """
        if self._free:
            self._free -= 1
            return
        if self.is_full:
            raise OverloadedError("too much is waiting already")
        turn = asyncio.get_running_loop().create_future()
        place = turn, work
        self._waiting.append(place)
        try:
            # The expectation may have been wrong.
            async with asyncio.timeout(_MOST_WRONG * self.wait_seconds):
                await turn
        except BaseException as error:
            if place in self._waiting:
                self._waiting.remove(place)
            elif turn.done() and not turn.cancelled() and turn.exception() is None:
                self.leave()
            if isinstance(error, TimeoutError):
                raise OverloadedError("this has waited for too long") from None
            raise

    def has_place(self, paused: int) -> bool:
        """Whether it can take work over, where `paused` at most are paused."""
        return self._free > 0 or len(self.paused) < paused

    def take_over(self, work: Work) -> None:
        """Take in work that has begun elsewhere; it is paused until a slot is free."""
        if self._free:
            self._free -= 1
        else:
            work.pause()
            self.paused.append(work)

    def leave(self, seconds: float | None = None) -> None:
        """Give a slot to the next one. It was held for `seconds`, if that is a measure of the others."""
        if seconds is not None:
            self._usual_seconds += (seconds - self._usual_seconds) * _NEWEST_PART
        if self.paused:
            self.paused.popleft().resume()
            return
        while self._waiting:
            turn, work = self._waiting.popleft()
            if turn.done():
                continue
            if work.is_unwanted:
                turn.set_exception(ClientLeftError("the client has left"))
                continue
            turn.set_result(None)
            return
        self._free += 1


class ReadLimiter:
    """Runs as many handlers at a time as `readers` says. None is expected to wait for more than `wait_seconds`, four
    times as long where it takes long itself.
    """

    def __init__(self, readers: Readers, wait_seconds: float = math.inf, grace_seconds: float = GRACE_SECONDS) -> None:
        self.readers = readers
        self.wait_seconds = wait_seconds
        self.grace_seconds = grace_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._make_queues()

    def _make_queues(self) -> None:
        self._pages = _Queue(self.readers.pages, self.wait_seconds)
        self._long = _Queue(self.readers.long, self.wait_seconds * _PATIENCE)
        self.slow = _Queue(self.readers.slow, self.wait_seconds)
        # All streams together make one piece at a time, and wait for it as long as it takes.
        self._pieces = _Queue(1, math.inf)
        self._running_pages = 0
        self.way = Event()
        self.way.set()
        # The queues bound the threads.
        self._threads = anyio.CapacityLimiter(math.inf)

    def _in_loop(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # A future wakes no task of another loop.
            self._loop = loop
            self._make_queues()

    def page_begins(self) -> None:
        """Let everything else give way."""
        self._running_pages += 1
        self.way.clear()

    def page_ends(self) -> None:
        """Let everything else go on if no page is left."""
        self._running_pages -= 1
        if not self._running_pages:
            self.way.set()

    def refuses(self, scope: Scope) -> bool:
        """Tell whether a request would be refused now, before anything is spent on it."""
        self._in_loop()
        return (self._long if takes_long(scope) else self._pages).is_full

    async def run(self, do: Callable[[], T], work: Work | None = None, *, is_long: bool = False) -> T:
        """Do work in a thread as soon as a slot is free, and return its result.

        Raises:
            OverloadedError: it would have to wait for too long.
            ClientLeftError: nobody waits for it any more.
        """
        self._in_loop()
        work = work or Work()
        async with _Turn(self, work, is_long=is_long).taken():
            return await anyio.to_thread.run_sync(partial(_do, work, do), limiter=self._threads)

    async def pieces(self, iterator: Iterator[T], work: Work) -> AsyncIterator[T]:
        """Yield what an iterator makes, each piece in a thread."""
        self._in_loop()
        queue = self._pieces
        work.give_way(self.way)
        while True:
            await queue.enter(work)
            try:
                piece = await anyio.to_thread.run_sync(
                    partial(_do, work, partial(next, iterator, None)), limiter=self._threads
                )
            finally:
                queue.leave()
            if piece is None:
                return
            yield piece


class _Turn:
    """One piece of work on its way through the queues."""

    def __init__(self, limiter: ReadLimiter, work: Work, *, is_long: bool) -> None:
        self._limiter = limiter
        self._work = work
        self._is_page = not is_long
        self._queue = limiter._pages if self._is_page else limiter._long
        self._loop = asyncio.get_running_loop()
        self._since: float | None = None
        self._looking: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Hold a slot of one queue or the other while the block is entered."""
        await self._queue.enter(self._work)
        loop, work, limiter = self._loop, self._work, self._limiter
        self._since = loop.time()
        if self._is_page:
            limiter.page_begins()
            work.when_outlasted(limiter.grace_seconds, partial(loop.call_soon_threadsafe, self._move))
        else:
            work.give_way(limiter.way)
        self._looking = loop.call_later(_GRACE_OF_WAITING * limiter.grace_seconds, self._look)
        try:
            yield
        finally:
            self._looking.cancel()
            self._leave()
            self._since = None

    def _leave(self) -> None:
        if self._work in self._queue.paused:
            self._queue.paused.remove(self._work)
            return
        if self._is_page:
            self._limiter.page_ends()
        self._queue.leave(None if self._since is None else self._loop.time() - self._since)

    def _move(self) -> None:
        """Move a page that has outlasted its grace to another queue, if it is still there and has a place."""
        limiter, work = self._limiter, self._work
        if self._since is None or not self._is_page or not limiter.slow.has_place(limiter.readers.paused):
            return
        self._leave()
        self._is_page, self._queue = False, limiter.slow
        work.give_way(limiter.way)
        self._queue.take_over(work)

    def _look(self) -> None:
        """Move what takes long in waiting, and end what nobody waits for."""
        self._move()
        if self._work.is_unwanted:
            self._loop.run_in_executor(None, self._work.interrupt)
        self._looking = self._loop.call_later(_LOOK_SECONDS, self._look)


def _do(work: Work, do: Callable[[], T]) -> T:
    with work.doing():
        return do()


class ReadingRoute(APIRoute):
    """A route whose handler is run by the application's read limiter, if it takes the database."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _limited(endpoint), **options)


def _limited(handler: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(handler) or "database" not in signature(handler).parameters:
        return handler

    @wraps(handler)
    async def handle(**arguments: Any) -> Any:
        database = arguments["database"]
        return await database.read_limiter.run(
            partial(handler, **arguments), database.work, is_long=database.takes_long
        )

    return handle
