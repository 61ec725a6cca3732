"""Runs handlers that write in threads of their own, and lets one of them write at a time. The database has a lock of
writers of its own, for other processes and commands.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar

import anyio
import anyio.to_thread
import sqlalchemy as sa

from app.db import Database
from app.errors import OverloadedError

T = TypeVar("T")
# Seconds that a writer waits for the others of its process; the database has a bound of its own.
WAIT_SECONDS = 10.0
# Handlers that run or wait at a time, at most; each holds a thread.
_MOST_INSIDE = 32


class Writers:
    """The writers of one serving process."""

    def __init__(self, database: Database, wait_seconds: float = WAIT_SECONDS) -> None:
        self._database = database
        self.wait_seconds = wait_seconds
        self._lock = Lock()
        self._inside = 0
        # The count bounds the threads.
        self._threads = anyio.CapacityLimiter(math.inf)

    async def run(self, do: Callable[[], T]) -> T:
        """Do work in a thread and return its result. It is done to its end, also where the client has left.

        Raises:
            OverloadedError: as many handlers run or wait as may.
        """
        if self._inside >= _MOST_INSIDE:
            raise OverloadedError("too many writers are waiting already")
        self._inside += 1
        try:
            return await anyio.to_thread.run_sync(do, limiter=self._threads)
        finally:
            self._inside -= 1

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open the only writing transaction; it commits at the end of the block, and rolls back on an error.

        Raises:
            OverloadedError: the others of this process take too long.
            DatabaseUnavailableError: the database cannot be written, or another process takes too long.
        """
        if not self._lock.acquire(timeout=self.wait_seconds):
            raise OverloadedError("others write for too long")
        try:
            with self._database.write() as connection:
                yield connection
        finally:
            self._lock.release()
