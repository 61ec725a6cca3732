"""Single flight: of the tasks that want the same thing at the same time, one makes it and the others wait for it."""

import asyncio
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class SingleFlight:
    """What is being made now in this process, by key."""

    def __init__(self) -> None:
        self._tickets: dict[Hashable, Ticket] = {}

    async def wait(self, key: Hashable) -> bool:
        """Wait until the task that makes this has ended; return False at once where there is none."""
        ticket = self._tickets.get(key)
        # An event wakes no task of another loop.
        if ticket is None or ticket.loop is not asyncio.get_running_loop():
            return False
        await ticket.ended.wait()
        return True

    @contextmanager
    def begin(self, key: Hashable) -> Iterator["Ticket"]:
        """Let other tasks wait until the block is left, or the ticket ended."""
        ticket = self._tickets[key] = Ticket(self._tickets, key)
        try:
            yield ticket
        finally:
            ticket.end()


class Ticket:
    """Held by the task that makes something."""

    def __init__(self, tickets: dict[Hashable, "Ticket"], key: Hashable) -> None:
        self._tickets = tickets
        self._key = key
        self.loop = asyncio.get_running_loop()
        self.ended = asyncio.Event()

    def end(self) -> None:
        """Let the waiting tasks go on. May be called more than once."""
        if self._tickets.get(self._key) is self:
            del self._tickets[self._key]
        self.ended.set()
