"""The command line: every command in its place in the help.

To add a command, write `app/cli/NAME.py` with a function NAME whose docstring is the help (its first sentence says what
the command does), add the function to COMMANDS, and run `make tables`, which adds the command to docs/commands.md.
Import what is slow to import, and needed by this command alone, inside the function.
"""

from typing import Annotated

import typer

from app.cli.backup import backup
from app.cli.check import check
from app.cli.embargo import embargo
from app.cli.embed import embed
from app.cli.export import export
from app.cli.history import history
from app.cli.keys import keys
from app.cli.load import load
from app.cli.mcp import mcp
from app.cli.migrate import migrate
from app.cli.migrate_data import migrate_data
from app.cli.mirror import mirror
from app.cli.openapi import openapi
from app.cli.purge import purge
from app.cli.redact import redact
from app.cli.release import release
from app.cli.serve import serve
from app.cli.speakers import speakers
from app.cli.statements import statements
from app.cli.topics import topics
from app.cli.verify import verify
from app.cli.verify_database import verify_database
from app.cli.withdraw import withdraw
from app.version import version

# By the heading under which the help lists them. A command has the name of its function, with dashes.
COMMANDS = {
    "Get started": (migrate, check, load, serve),
    "Use the corpus": (topics, speakers, statements, history, embed, verify, export, mirror, mcp, openapi),
    "Take words out, and hold interviews back": (redact, withdraw, embargo, release, purge),
    "Let others write": (keys,),
    "Look after the database": (backup, verify_database, migrate_data),
}

cli = typer.Typer(
    name="quoth",
    help="Turn interview transcripts into an API in which every word can be checked.\n\n"
    "Start with: quoth migrate, then quoth load data, then quoth serve.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for _heading, _commands in COMMANDS.items():
    for _command in _commands:
        if isinstance(_command, typer.Typer):
            cli.add_typer(_command, rich_help_panel=_heading)
        else:
            cli.command(rich_help_panel=_heading)(_command)


def _show_version(is_asked_for: bool) -> None:
    if is_asked_for:
        typer.echo(f"quoth {version()}")
        raise typer.Exit


@cli.callback()
def begin(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version, and end.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main() -> None:
    """Run the command line."""
    cli(prog_name="quoth")
