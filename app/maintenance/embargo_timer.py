"""Ends embargoes when their time has come, in every process that serves."""

import asyncio
import datetime
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.db import Database
from app.errors import QuothError
from app.loading import HeldInterview, next_release, release_due

# An interview can be read so many seconds after its time at the latest, and others learn so late of a new embargo.
EVERY_SECONDS = 15.0

_log = logging.getLogger(__name__)


def release_what_is_due(database: Database, now: datetime.datetime) -> list[HeldInterview]:
    """End the embargoes that have come to their time by now.

    Raises:
        DatabaseUnavailableError: the database cannot be read, or there are some and it cannot be written.
    """
    with database.read() as connection:
        due = next_release(connection)
    if due is None or due > now:
        return []
    with database.write() as connection:
        return release_due(connection, now)


@asynccontextmanager
async def releasing(database: Database) -> AsyncIterator[None]:
    """Look for embargoes to end while the block runs. Whatever goes wrong is logged, and tried again."""
    looking = asyncio.create_task(_look(database))
    try:
        yield
    finally:
        looking.cancel()
        # One that is being written is written whole.
        await asyncio.gather(looking, return_exceptions=True)


async def _look(database: Database) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            now = datetime.datetime.now(datetime.UTC)
            for held in await asyncio.to_thread(release_what_is_due, database, now):
                _log.info("the embargo on %s has ended", held.slug)
        except QuothError as error:
            _log.warning("embargoes cannot be looked for: %s", error)
