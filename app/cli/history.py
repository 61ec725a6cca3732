"""The command `quoth history`: who changed an interview, when, from where and why."""

import datetime
from dataclasses import asdict
from typing import Annotated, Any

import typer

from app.cli.options import AsJson
from app.cli.terminal import open_database, print_json, say
from app.queries.audit import TrailFilters, find_embargo, find_of_trail, listing
from app.queries.embedding import Item
from app.queries.paging import walk


def history(
    interview: Annotated[str, typer.Argument(help="Slug, former slug or id of the interview.")], as_json: AsJson = False
) -> None:
    """List every revision of an interview, the newest first: who made it, when, from where, why, and what it changed.

    Interviews that were withdrawn have a history too, and those that are held back have the one before that.
    """
    with open_database() as database, database.read() as connection:
        found = find_of_trail(connection, interview, with_held=True)
        embargo = find_embargo(connection, found.id)
        revisions = list(walk(connection, listing(TrailFilters(interview_id=found.id))))
    if as_json:
        print_json({"interview": asdict(found), "embargo": embargo, "revisions": revisions})
        return
    say(f"{found.slug} ({found.id}): {found.state}")
    if embargo is not None:
        say(f"  held back until {_when(embargo['until'])}  {_signed(embargo)}")
    for one in revisions:
        number = one["interview"] and one["interview"]["revision"]
        own = f" (revision {number} of it)" if number else ""
        say(f"{one['revision']:>6}{own}  {_signed(one)}")
        say(f"        {_changes(one['changes']) or 'nothing that can be seen'}")
    say(f"{len(revisions)} revision{'' if len(revisions) == 1 else 's'}")


def _signed(one: Item) -> str:
    when = _when(one["made_at"]) if one["made_at"] else "at an unknown time"
    origin = f", {one['origin']}" if one["origin"] else ""
    reason = f": {one['reason']}" if one["reason"] else ""
    return f"{when}  {one['who'] or ('the server' if one['origin'] == 'server' else 'unknown')}{origin}{reason}"


def _when(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(datetime.UTC):%Y-%m-%d %H:%M:%S} UTC"


def _changes(changes: Any) -> str:
    """Say how much of what changed: 1 interview changed, 3 answers created."""
    return ", ".join(
        f"{one['count']} {one['noun']}{'' if one['count'] == 1 else 's'} {one['action']}" for one in changes
    )
