"""The command `quoth release`: embargoes ended whose time has come."""

from dataclasses import asdict

from app.cli.embed import embed_changed
from app.cli.options import AsJson
from app.cli.signing import By, Reason, author_of
from app.cli.terminal import open_database, print_json, say
from app.loading import release_due


def release(reason: Reason = None, by: By = None, as_json: AsJson = False) -> None:
    """Publish every interview whose embargo has ended; a running server does this by itself."""
    with open_database() as database:
        with database.write() as connection:
            released = release_due(connection, author_of(by, reason))
        embed_changed(database, quiet=as_json)
    if as_json:
        print_json([asdict(held) for held in released])
    for held in () if as_json else released:
        say(f"released {held.slug}")
