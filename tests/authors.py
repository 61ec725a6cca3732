"""Authors of the changes that tests make."""

import datetime

from app.loading import Author, Origin


def at(when: datetime.datetime, why: str | None = None, who: str | None = None) -> Author:
    """Return somebody at the command line."""
    return Author(when, who, why, Origin.COMMAND)
