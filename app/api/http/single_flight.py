"""One task at a time works on a thing, and others that want the same wait for it instead of doing it too."""

import asyncio
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class SingleFlight:
    """Who works on what, in one process."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, tuple[asyncio.AbstractEventLoop, asyncio.Event]] = {}

    async def waited(self, thing: Hashable) -> bool:
        """Wait until whoever works on a thing has done with it; tell whether somebody did."""
        under_way = self._under_way.get(thing)
        # An event wakes nobody in another loop.
        if under_way is None or under_way[0] is not asyncio.get_running_loop():
            return False
        await under_way[1].wait()
        return True

    @contextmanager
    def take(self, thing: Hashable) -> Iterator["Ticket"]:
        """Work on a thing until the block, or the turn, is ended. Whoever asks meanwhile waits."""
        ticket = Ticket(self._under_way, thing)
        try:
            yield ticket
        finally:
            ticket.end()


class Ticket:
    """The work of one task on one thing."""

    def __init__(
        self, under_way: dict[Hashable, tuple[asyncio.AbstractEventLoop, asyncio.Event]], thing: Hashable
    ) -> None:
        self._under_way = under_way
        self._thing = thing
        self._mine = asyncio.get_running_loop(), asyncio.Event()
        under_way[thing] = self._mine

    def end(self) -> None:
        """Let those who wait go on; ending twice is ending once."""
        if self._under_way.get(self._thing) is self._mine:
            del self._under_way[self._thing]
        self._mine[1].set()
