"""The author of what benchmarks load."""

import datetime

from app.loading import Author, Origin


def at(when: datetime.datetime) -> Author:
    """Return somebody at the command line."""
    return Author(when, None, None, Origin.COMMAND)
