"""The command `quoth withdraw`: a whole interview taken out."""

from dataclasses import asdict
from typing import Annotated

import typer

from app import loading
from app.cli.options import AsJson, Purge
from app.cli.purge import purge_or_remind
from app.cli.signing import By, Reason, author_of
from app.cli.terminal import Exit, fail, open_database, print_json, say


def withdraw(
    interview: Annotated[str, typer.Argument(help="Slug or id of the interview.")],
    lift: Annotated[
        bool, typer.Option("--lift", help="Instead, allow the files of a withdrawn interview to be loaded again.")
    ] = False,
    reason: Reason = None,
    by: By = None,
    purge: Purge = False,
    as_json: AsJson = False,
) -> None:
    """Take an interview out for good, with its files, its history and the speakers of no other interview.

    Its addresses answer that it was withdrawn, when and why. Its files are refused until --lift; then they are loaded
    as a new interview with new ids.
    """
    if lift and purge:
        fail("--lift cannot be combined with --purge", Exit.USAGE)
    author = author_of(by, reason)
    with open_database() as database:
        with database.write() as connection:
            if lift:
                files = loading.lift_withdrawal(connection, interview, author, held=True)
            else:
                gone = loading.withdraw(connection, interview, author, held=True)
        if lift:
            say(f"{len(files)} files of {interview} can be loaded again.")
            return
        if as_json:
            print_json(asdict(gone))
        else:
            say(f"withdrawn {gone.slug}: {gone.questions} questions, {gone.answers} answers")
            for slug in gone.speakers:
                say(f"  with the speaker {slug}, who is in no other interview")
        purge_or_remind(database, purge=purge, quiet=as_json)
