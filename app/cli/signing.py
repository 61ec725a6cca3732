"""Who makes a change at the command line, and why."""

import datetime
import getpass
import os
from typing import Annotated

import typer

from app.cli.terminal import Exit, fail
from app.loading.author import Author, Origin

Reason = Annotated[str | None, typer.Option("--reason", help="Why; everybody can read it.", show_default=False)]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        help="Who makes this change, for the history, which is not public; without it, your login name.",
        show_default=False,
    ),
]


# Characters of a name or a reason, at most, as over HTTP.
_MOST = 500


def author_of(by: str | None = None, reason: str | None = None) -> Author:
    """Return the author of what a command writes now. A name or a reason that says nothing, or is too long, ends the
    command.
    """
    for option, value in (("--by", by), ("--reason", reason)):
        if value is not None and not value.strip():
            fail(f"{option} is empty: write something, or leave it out", Exit.USAGE)
        if value is not None and len(value) > _MOST:
            fail(f"{option} has {len(value)} characters; write {_MOST} at most", Exit.USAGE)
    return Author(datetime.datetime.now(datetime.UTC), by or _login_name(), reason, Origin.COMMAND)


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # In a container the user often has a number only.
        return f"user {os.getuid()}"
