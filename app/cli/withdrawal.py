"""The commands that take words out: redact, withdraw, embargo, release, purge."""

import datetime
from contextlib import closing
from dataclasses import asdict
from typing import Annotated

import typer

from app.cli.terminal import Exit, exit_on_error, fail, out, print_json
from app.db import Database
from app.errors import DatabaseUnavailableError
from app.loading import (
    HeldInterview,
    RedactionResult,
    hold,
    lift_withdrawal,
    list_held,
    redact,
    release,
    release_due,
    withdraw,
)
from app.settings import read_settings
from app.transcripts.sidecar import sidecar_of

Reason = Annotated[str | None, typer.Option(help="Why; everybody can read it.", show_default=False)]
Purge = Annotated[
    bool, typer.Option("--purge", help="Write the database anew, so that the words are out of its file too.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def add_withdrawal_commands(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.command("redact")(redact_words)
    cli.command("withdraw")(withdraw_interview)
    cli.command("embargo")(hold_back)
    cli.command("release")(release_now)
    cli.command("purge")(purge)


def redact_words(
    item: Annotated[str, typer.Argument(help="Id of a turn, a question or an answer; or an interview, with --words.")],
    words: Annotated[
        str | None, typer.Option(help="Take out these words, each time they stand there.", show_default=False)
    ] = None,
    start: Annotated[
        int | None, typer.Option(min=0, help="Take out from this character of the text on.", show_default=False)
    ] = None,
    end: Annotated[int | None, typer.Option(min=1, help="And up to this one.", show_default=False)] = None,
    reason: Reason = None,
    purge: Purge = False,
    as_json: AsJson = False,
) -> None:
    """Take words out of the record for good.

    All of a turn, a question or an answer goes, or the words or characters named of it, in whole words: out of the
    text, of every revision, of the search and of what else is made of the text. A full block stands in place of each
    character, and the reason beside it. The source files of the interview are not given out any more. A corrected file
    that has the words brings none of them back.
    """
    if words is not None and (start, end) != (None, None):
        fail("say --words, or --start and --end, not both", Exit.USAGE)
    if (start is None) != (end is None):
        fail("say both --start and --end, in characters of the item's text", Exit.USAGE)
    span = None if start is None or end is None else (start, end)
    with exit_on_error(), closing(Database(read_settings().database_url)) as database:
        database.check_schema()
        with database.write() as connection:
            redacted = redact(connection, item, _now(), reason, words=words, span=span)
        if as_json:
            print_json(asdict(redacted))
        else:
            _print_redacted(redacted)
        _purge_or_remind(database, purge=purge, quiet=as_json)


def withdraw_interview(
    interview: Annotated[str, typer.Argument(help="Slug or id.")],
    lift: Annotated[
        bool, typer.Option("--lift", help="Let the files of a withdrawn interview be loaded again instead.")
    ] = False,
    reason: Reason = None,
    purge: Purge = False,
    as_json: AsJson = False,
) -> None:
    """Take an interview out for good, with its files and its past, and everybody who takes part nowhere else.

    Its addresses answer that it was withdrawn, when and why. Its files are not loaded again until that is lifted, and
    then as another interview, with other ids.
    """
    if lift and (purge or reason is not None):
        fail("--lift goes with no other option", Exit.USAGE)
    with exit_on_error(), closing(Database(read_settings().database_url)) as database:
        database.check_schema()
        with database.write() as connection:
            if lift:
                files = lift_withdrawal(connection, interview, _now())
            else:
                gone = withdraw(connection, interview, _now(), reason)
        if lift:
            _say(f"{len(files)} files of {interview} can be loaded again.")
            return
        if as_json:
            print_json(asdict(gone))
        else:
            _say(f"withdrawn {gone.slug}: {gone.questions} questions, {gone.answers} answers")
            for slug in gone.speakers:
                _say(f"  and the speaker {slug}, who takes part nowhere else")
        _purge_or_remind(database, purge=purge, quiet=as_json)


def hold_back(
    interview: Annotated[str | None, typer.Argument(help="Slug or id.", show_default=False)] = None,
    until: Annotated[
        str | None,
        typer.Option(help="A day, such as 2026-12-31, from midnight UTC; or a time with its zone.", show_default=False),
    ] = None,
    lift: Annotated[bool, typer.Option("--lift", help="End the embargo now.")] = False,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Hold an interview back until a time, with everything of it; or list what is held back.

    One that can be read already is taken out until then. To hold one back from the beginning, load it with
    --embargo-until, or with embargo_until in its metadata. A running server shows it within seconds after the time.
    """
    if interview is None and (until is not None or lift or reason is not None):
        fail("say which interview", Exit.USAGE)
    if interview is not None and lift == (until is not None):
        fail("say one of the two: --until and a time, or --lift", Exit.USAGE)
    with exit_on_error(), closing(Database(read_settings().database_url)) as database:
        database.check_schema()
        if interview is None:
            with database.read() as connection:
                _print_held(list_held(connection), as_json=as_json)
            return
        with database.write() as connection:
            if lift:
                _say(f"released {release(connection, interview, _now()).slug}")
                return
            moment = sidecar_of("the command line", {"embargo_until": until}).embargo_until
            if moment is None or moment <= _now():
                fail(f"{until} has passed; an embargo ends later", Exit.USAGE)
            held = hold(connection, interview, moment, _now(), reason)
        _print_held([held], as_json=as_json)


def release_now(as_json: AsJson = False) -> None:
    """End every embargo whose time has come. A server that runs does so by itself."""
    with exit_on_error(), closing(Database(read_settings().database_url)) as database:
        database.check_schema()
        with database.write() as connection:
            released = release_due(connection, _now())
    if as_json:
        print_json([asdict(held) for held in released])
    else:
        for held in released:
            _say(f"released {held.slug}")


def purge() -> None:
    """Write the database anew, so that nothing that was taken out is left in its file.

    Backups and, with PostgreSQL, replicas and the log of writes are the operator's to look after.
    """
    with exit_on_error(), closing(Database(read_settings().database_url)) as database:
        database.check_schema()
        database.purge()
        _say(f"{database} was written anew.")


def _purge_or_remind(database: Database, *, purge: bool, quiet: bool) -> None:
    if purge:
        try:
            database.purge()
        except DatabaseUnavailableError as error:
            fail(f"the words are out of every answer, and not out of the file yet: {error}", Exit.TRY_LATER)
    elif not quiet:
        _say("The file of the database may have the words still, in places that are free; run 'quoth purge'.")


def _print_redacted(redacted: RedactionResult) -> None:
    for passage in redacted.passages:
        _say(f"redacted {passage.turn_id}, characters {passage.start} to {passage.end}")
    _say(
        f"{redacted.slug} is at revision {redacted.revision}; past wordings redacted: {redacted.past_wordings}; "
        f"source files withheld: {redacted.source_files}"
    )
    for place in redacted.also_in:
        _say(f"  the same words stand still in {place}")


def _print_held(items: list[HeldInterview], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(held) for held in items])
        return
    for held in items:
        why = f": {held.reason}" if held.reason else ""
        _say(f"held back until {held.until:%Y-%m-%d %H:%M %Z}: {held.slug}{why}")
    if not items:
        _say("Nothing is held back.")


def _say(line: str) -> None:
    out.print(line, highlight=False, soft_wrap=True, markup=False)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
