"""Threads for handlers that read the database: as many at a time as help, for threads of one interpreter also hinder
each other; but one that takes long does not make the others wait for its end.
"""

import asyncio
from collections.abc import Callable
from functools import partial, wraps
from inspect import iscoroutinefunction, signature
from typing import Any, TypeVar

import anyio.to_thread
from fastapi.routing import APIRoute

T = TypeVar("T")
# What takes longer than the longest page by key is a search or the like: mostly the database's work, which hinders
# nobody. Each of these may keep others waiting for so long.
PATIENCE_SECONDS = 0.02


class Lane:
    """So many handlers run at a time; one that has run for longer than `patience_seconds` is not counted any more."""

    def __init__(self, width: int, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.width = width
        self.patience_seconds = patience_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._places = asyncio.Semaphore(width)

    async def run(self, work: Callable[[], T]) -> T:
        """Do work in a thread when it is its turn, first come, first served, and return what it returns."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # A semaphore wakes nobody in another loop.
            self._loop, self._places = loop, asyncio.Semaphore(self.width)
        places = self._places
        await places.acquire()
        place = _Place(places)
        timer = loop.call_later(self.patience_seconds, place.leave)
        try:
            return await anyio.to_thread.run_sync(work)
        finally:
            timer.cancel()
            place.leave()


class _Place:
    """A place in a lane, which is left once."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places: asyncio.Semaphore | None = places

    def leave(self) -> None:
        """Let the next one go, unless that was done."""
        if self._places is not None:
            self._places.release()
            self._places = None


class ReadingRoute(APIRoute):
    """A route whose handler, if it is given the database, runs in the lane of the application."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **told: Any) -> None:
        super().__init__(path, _in_lane(endpoint), **told)


def _in_lane(handler: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(handler) or "database" not in signature(handler).parameters:
        return handler

    @wraps(handler)
    async def handle(**given: Any) -> Any:
        return await given["database"].lane.run(partial(handler, **given))

    return handle
