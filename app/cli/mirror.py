"""The command `quoth mirror`: another Quoth copied into this database and followed."""

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.terminal import Exit, fail, open_database, progress_bar, say, warn
from app.errors import DatabaseUnavailableError, OriginUnavailableError

if TYPE_CHECKING:
    from app.maintenance.mirroring import Progress


def mirror(
    url: Annotated[str, typer.Argument(help="Address of the Quoth to follow, such as https://quoth.example.org.")],
    once: Annotated[bool, typer.Option("--once", help="Catch up and end; this is the default.")] = False,
    every: Annotated[
        float | None,
        typer.Option(min=1, help="Do not end, and look for changes again after this many seconds.", metavar="SECONDS"),
    ] = None,
) -> None:
    """Copy another Quoth into this database, and keep it in step.

    The database has to be empty at first, and nothing else may write into it. After an interruption, run the command
    again: it continues where it stopped.

    With --every, an origin that cannot be reached is tried again; without, the status is 75. It is 65 if the address is
    not a Quoth, or its content is not what it should be.
    """
    # The other commands start faster without an HTTP client.
    from app.maintenance.mirroring import Origin, follow

    if once and every is not None:
        fail("say --once or --every, not both", Exit.USAGE)
    with open_database() as database, closing(Origin(url)) as origin:
        while True:
            try:
                done = _finish(follow(database, origin))
            except (OriginUnavailableError, DatabaseUnavailableError) as error:
                if every is None:
                    raise
                warn(f"quoth: {error}; trying again in {every:g} s")
            else:
                if done.changes or every is None:
                    news = f"{done.changes} changes and {done.sources} source files" if done.changes else "nothing new"
                    say(f"{news} from {origin.url}; revision {done.revision}")
            if every is None:
                return
            time.sleep(every)


def _finish(steps: Iterator["Progress"]) -> "Progress":
    """Take every step, show the revisions done in a progress bar, and return the last."""
    with progress_bar() as bar:
        task = bar.add_task("revision", total=None)
        last = next(steps)
        for step in chain([last], steps):
            bar.update(task, completed=step.revision, total=step.newest)
            last = step
    return last
