"""The command `quoth release`: embargoes ended whose time has come."""

import datetime
from dataclasses import asdict

from app.cli.options import AsJson
from app.cli.terminal import open_database, print_json, say
from app.loading import release_due


def release(as_json: AsJson = False) -> None:
    """Publish every interview whose embargo has ended; a running server does this by itself."""
    with open_database() as database, database.write() as connection:
        released = release_due(connection, datetime.datetime.now(datetime.UTC))
    if as_json:
        print_json([asdict(held) for held in released])
    for held in () if as_json else released:
        say(f"released {held.slug}")
