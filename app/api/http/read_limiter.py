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
GRACE_SECONDS = 0.02


class ReadLimiter:
    """Runs `width` handlers at a time; one that has run for longer than `grace_seconds` is not counted any more."""

    def __init__(self, width: int, grace_seconds: float = GRACE_SECONDS) -> None:
        self.width = width
        self.grace_seconds = grace_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots = asyncio.Semaphore(width)

    async def run(self, work: Callable[[], T]) -> T:
        """Do work in a thread when it is its turn, first come, first served, and return what it returns."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # A semaphore wakes nobody in another loop.
            self._loop, self._slots = loop, asyncio.Semaphore(self.width)
        slots = self._slots
        await slots.acquire()
        slot = _Slot(slots)
        timer = loop.call_later(self.grace_seconds, slot.release)
        try:
            return await anyio.to_thread.run_sync(work)
        finally:
            timer.cancel()
            slot.release()


class _Slot:
    """A slot of the limiter, which is released once."""

    def __init__(self, slots: asyncio.Semaphore) -> None:
        self._slots: asyncio.Semaphore | None = slots

    def release(self) -> None:
        """Let the next one go, unless that was done."""
        if self._slots is not None:
            self._slots.release()
            self._slots = None


class ReadingRoute(APIRoute):
    """A route whose handler, if it is given the database, is run by the read limiter of the application."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **told: Any) -> None:
        super().__init__(path, _limited(endpoint), **told)


def _limited(handler: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(handler) or "database" not in signature(handler).parameters:
        return handler

    @wraps(handler)
    async def handle(**given: Any) -> Any:
        return await given["database"].read_limiter.run(partial(handler, **given))

    return handle
