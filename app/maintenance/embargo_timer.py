"""Ends embargoes when their time has come, and forgets answers that were kept for a day; runs in every serving
process.
"""

import asyncio
import datetime
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.db import Database
from app.errors import QuothError
from app.loading import Author, HeldInterview, Origin, next_release, release_due
from app.loading.kept_answers import forget_old_answers, has_old_answers

# Seconds between two checks: an interview can be read that long after its release time at most.
EVERY_SECONDS = 15.0

_log = logging.getLogger(__name__)


def release_what_is_due(database: Database, now: datetime.datetime) -> list[HeldInterview]:
    """End the embargoes whose release time has come.

    Raises:
        DatabaseUnavailableError: the database cannot be read, or cannot be written although embargoes are due.
    """
    with database.read() as connection:
        due = next_release(connection)
    if due is None or due > now:
        return []
    with database.write() as connection:
        return release_due(connection, Author(now, None, None, Origin.SERVER))


def forget_kept_answers(database: Database, now: datetime.datetime) -> None:
    """Delete the answers to requests that need not be repeated any more.

    Raises:
        DatabaseUnavailableError: the database cannot be read, or cannot be written although there are some.
    """
    with database.read() as connection:
        if not has_old_answers(connection, now):
            return
    with database.write() as connection:
        forget_old_answers(connection, now)


@asynccontextmanager
async def embargo_timer(database: Database) -> AsyncIterator[None]:
    """Do both while the block runs. Errors are logged, and the next check tries again."""
    task = asyncio.create_task(_check_forever(database))
    try:
        yield
    finally:
        task.cancel()
        # A write that has begun in its thread is completed.
        await asyncio.gather(task, return_exceptions=True)


async def _check_forever(database: Database) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            now = datetime.datetime.now(datetime.UTC)
            for held in await asyncio.to_thread(release_what_is_due, database, now):
                _log.info("the embargo on %s has ended", held.slug)
            await asyncio.to_thread(forget_kept_answers, database, now)
        except QuothError as error:
            _log.warning("what is due cannot be done: %s", error)
