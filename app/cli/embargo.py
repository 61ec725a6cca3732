"""The command `quoth embargo`: interviews held back until a time."""

from dataclasses import asdict
from typing import Annotated

import typer

from app import loading
from app.cli.options import AsJson, moment_of
from app.cli.signing import By, Reason, author_of
from app.cli.terminal import Exit, fail, open_database, print_json, say


def embargo(
    interview: Annotated[str | None, typer.Argument(help="Slug or id of the interview; without it, list all.")] = None,
    until: Annotated[
        str | None,
        typer.Option(help="A day, such as 2026-12-31, from midnight UTC; or a time with its zone.", metavar="TIME"),
    ] = None,
    lift: Annotated[bool, typer.Option("--lift", help="End the embargo now.")] = False,
    reason: Reason = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Hold an interview back until a time, or list the interviews that are held back.

    An interview that could already be read is unavailable until then. To hold one back from the beginning, use
    quoth load --embargo-until, or embargo_until in its metadata. A running server publishes it within 15 seconds of the
    time.
    """
    if interview is None and (until is not None or lift or reason is not None):
        fail("say which interview", Exit.USAGE)
    if interview is not None and lift == (until is not None):
        fail("say one of the two: --until and a time, or --lift", Exit.USAGE)
    author = author_of(by, reason)
    moment = None if until is None else moment_of("--until", until)
    with open_database() as database:
        if interview is None:
            with database.read() as connection:
                _print(loading.list_held(connection), as_json=as_json)
            return
        with database.write() as connection:
            if lift:
                say(f"released {loading.release(connection, interview, author).slug}")
                return
            if moment is None or moment <= author.when:
                fail(f"{until} is in the past; an embargo ends in the future", Exit.USAGE)
            held = loading.hold(connection, interview, moment, author)
        _print([held], as_json=as_json)


def _print(items: list[loading.HeldInterview], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(held) for held in items])
        return
    for held in items:
        why = f": {held.reason}" if held.reason else ""
        say(f"held back until {held.until:%Y-%m-%d %H:%M %Z}: {held.slug}{why}")
    if not items:
        say("Nothing is held back.")
