"""Runs handlers that read the database in threads, few at a time: threads of one interpreter hinder each other. A
handler that takes long does not keep the others waiting.
"""

import asyncio
from collections.abc import Callable
from functools import partial, wraps
from inspect import iscoroutinefunction, signature
from typing import Any, TypeVar

import anyio.to_thread
from fastapi.routing import APIRoute

T = TypeVar("T")
# Seconds after which a handler gives up its slot. What takes longer than any page by key is a search or the like, which
# is mostly the database's work and hinders no other thread.
GRACE_SECONDS = 0.02


class ReadLimiter:
    """Runs `width` handlers at a time, not counting those that have run for longer than `grace_seconds`."""

    def __init__(self, width: int, grace_seconds: float = GRACE_SECONDS) -> None:
        self.width = width
        self.grace_seconds = grace_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots = asyncio.Semaphore(width)

    async def run(self, work: Callable[[], T]) -> T:
        """Run work in a thread as soon as a slot is free, first come, first served, and return its result."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # A semaphore wakes no task of another loop.
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
        """Let the next handler run. May be called more than once."""
        if self._slots is not None:
            self._slots.release()
            self._slots = None


class ReadingRoute(APIRoute):
    """A route whose handler is run by the application's read limiter, if it takes the database."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _limited(endpoint), **options)


def _limited(handler: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(handler) or "database" not in signature(handler).parameters:
        return handler

    @wraps(handler)
    async def handle(**arguments: Any) -> Any:
        return await arguments["database"].read_limiter.run(partial(handler, **arguments))

    return handle
