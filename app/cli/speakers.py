"""The commands `quoth speakers ...`: likely doubles, merging and parting speakers, and undoing that."""

import datetime
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from app import loading
from app.cli.options import AsJson
from app.cli.signing import By, Reason, author_of
from app.cli.terminal import Exit, fail, open_database, print_json, say, visible
from app.loading import LoadedStatement, Stated
from app.loading.statement_import import StatementOutcome
from app.models import StatementKind
from app.queries import corpus_statements
from app.queries.paging import walk

speakers = typer.Typer(
    name="speakers",
    help="Find speakers who are one person under several names, merge them, and part those who are not.\n\n"
    "Start with: quoth speakers doubles, then quoth speakers merge KEEP OTHER, or quoth speakers distinct ONE OTHER.",
    no_args_is_help=True,
)


@speakers.command()
def doubles(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Pairs to list, at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List speakers who may be one person, the likeliest first, with what speaks for it and against it.

    Compares names in other spellings, scripts and orders, initials, aliases, pages and affiliations.
    """
    # The other commands start faster without it.
    from app.loading.likely_doubles import double_item, likely_doubles

    with open_database() as database, database.read() as connection:
        likely = likely_doubles(connection)
    found = likely.found
    if as_json:
        print_json({"doubles": list(map(double_item, found[:limit])), "total": len(found)})
        return
    for one in found[:limit]:
        say(visible(f"{one.score:>3}  {_shown(one.first)}   {_shown(one.second)}"))
        for sign, reasons in (("+", one.reasons), ("-", one.against)):
            for reason in reasons:
                say(visible(f"     {sign} {reason}"))
    shown = f"; the first {limit} are shown, --limit shows more" if len(found) > limit else ""
    say(f"{len(found)} likely doubles among {likely.compared} named speakers{shown}")


@speakers.command()
def merge(
    keep: Annotated[str, typer.Argument(help="Slug of the speaker who stays.")],
    other: Annotated[str, typer.Argument(help="Slug of the speaker who is the same person.")],
    reason: Reason = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """State that two speakers are one person: KEEP, to whom the address of OTHER leads from now on.

    The names of OTHER become aliases. Loading files again does not undo it; `quoth speakers undo` does.
    """
    with open_database() as database, database.write() as connection:
        stated = loading.merge(connection, keep, other, author_of(by, reason))
    _print(stated, f"{stated.other} is {stated.speaker} now", as_json=as_json)


@speakers.command()
def part(
    speaker: Annotated[str, typer.Argument(help="Slug of the speaker who is two people.")],
    interviews: Annotated[
        list[str], typer.Option("--interview", help="Slug or id of an interview with the other one; repeat for more.")
    ],
    name: Annotated[
        str | None, typer.Option("--as", help="Name of the other one, if it is not the same.", show_default=False)
    ] = None,
    reason: Reason = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """State that a speaker is somebody else in some interviews, who becomes a speaker with an address of their own.

    Loading files again does not undo it; `quoth speakers undo` does.
    """
    if name is not None and not name.strip():
        fail("--as is empty: write the name of the other one, or leave it out if it is the same", Exit.USAGE)
    with open_database() as database, database.write() as connection:
        stated = loading.part(connection, speaker, interviews, name, author_of(by, reason))
    _print(stated, f"{stated.speaker} is {stated.other} in {', '.join(interviews)} now", as_json=as_json)


@speakers.command()
def distinct(
    one: Annotated[str, typer.Argument(help="Slug of a speaker.")],
    other: Annotated[str, typer.Argument(help="Slug of another speaker, who is not the same person.")],
    reason: Reason = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """State that two speakers are two people: they are not listed as doubles any more, and not merged.

    Loading files again does not undo it; `quoth speakers undo` does.
    """
    with open_database() as database, database.write() as connection:
        stated = loading.distinct(connection, one, other, author_of(by, reason))
    _print(stated, f"{stated.speaker} and {stated.other} are two people", as_json=as_json)


@speakers.command()
def undo(
    number: Annotated[
        int | None,
        typer.Argument(
            min=1, max=2**31 - 1, help="Number of the statement; without it, the last one.", show_default=False
        ),
    ] = None,
    reason: Reason = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Undo a statement: speakers who were merged or parted are again whom the files alone tell of, and two people may
    be listed as doubles again.
    """
    with open_database() as database, database.write() as connection:
        undone = loading.undo(connection, number, author_of(by, reason))
    names = " and ".join(one for one in (undone.speaker, undone.other) if one)
    said = f"undone: {undone.kind.value}" + (f" {names}" if names else "")
    _print(undone, said, as_json=as_json)


@speakers.command()
def statements(
    everything: Annotated[bool, typer.Option("--all", help="Also those that were undone.")] = False,
    as_json: AsJson = False,
) -> None:
    """List who is one person and who is not by statements, of whom, when and why."""
    with open_database() as database, database.read() as connection:
        listed = list(walk(connection, corpus_statements.listing(undone=everything)))
    if as_json:
        print_json({"statements": listed})
        return
    for one in listed:
        what = f"{one['other']} is {one['speaker']}"
        if one["kind"] is StatementKind.PARTED:
            what = f"{one['speaker']} is {one['other']} in {', '.join(one['interviews'])}"
        elif one["kind"] is StatementKind.DISTINCT:
            what = f"{one['speaker']} and {one['other']} are two people"
        signed = _signed(one["made_by"], one["made_at"], one["reason"])
        say(visible(f"{one['number']:>4}  {one['kind'].value}  {what}  {signed}"))
        if one["undone_at"]:
            say(visible(f"      undone  {_signed(one['undone_by'], one['undone_at'], one['undone_reason'])}"))
    say(f"{len(listed)} statement{'' if len(listed) == 1 else 's'}")


def print_speaker_statements(loaded: Sequence[LoadedStatement]) -> None:
    """Print what loading files of statements did."""
    if not loaded:
        return
    counts = [(outcome, sum(one.outcome is outcome for one in loaded)) for outcome in StatementOutcome]
    say("speakers: " + ", ".join(f"{count} {outcome.value}" for outcome, count in counts if count))
    for one in loaded:
        if one.reason is not None:
            say(visible(f"  {one.outcome.value}: {one.statement}: {one.reason}"))


def _print(stated: Stated, said: str, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(stated))
    else:
        say(f"{said} (statement {stated.number}); interviews that changed: {stated.interviews}")


def _shown(speaker: Any) -> str:
    interviews = len(speaker.interviews)
    counted = f"{interviews} interview{'' if interviews == 1 else 's'}"
    return f"{speaker.slug} ({speaker.name}; {counted}, {speaker.answers} answer{'' if speaker.answers == 1 else 's'})"


def _signed(who: str | None, when: datetime.datetime, why: str | None) -> str:
    return f"{when.date()}{f' by {who}' if who else ''}{f': {why}' if why else ''}"
