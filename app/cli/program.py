"""The command line: every command in its place in the help.

To add a command, write `app/cli/NAME.py` with a function NAME whose docstring is the help (its first sentence says what
the command does), add the name to COMMANDS, and run `make tables`, which adds the command to docs/commands.md.

A command's module is imported when the command is run, or when the help lists all: a command takes the time of what it
imports itself. Import what is slow to import, and needed in one case alone, inside the function.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from app.version import version

# By the heading under which the help lists them. A command is called as its module, with dashes.
COMMANDS = {
    "Get started": ("migrate", "check", "load", "serve"),
    "Use the corpus": (
        "topics",
        "speakers",
        "statements",
        "history",
        "embed",
        "verify",
        "export",
        "mirror",
        "mcp",
        "openapi",
    ),
    "Take words out, and hold interviews back": ("redact", "withdraw", "embargo", "release", "purge"),
    "Let others write": ("keys",),
    "Look after the database": ("backup", "verify_database", "migrate_data"),
}


class _Imported(Mapping[str, Any]):
    """The commands by name, each imported when it is looked up."""

    def __init__(self) -> None:
        self._places = {
            name.replace("_", "-"): (name, heading) for heading, names in COMMANDS.items() for name in names
        }

    def __getitem__(self, name: str) -> Any:
        module, heading = self._places[name]
        found = getattr(import_module(f"app.cli.{module}"), module)
        # A group of this one, made as typer makes groups.
        alone = typer.Typer(callback=begin, rich_markup_mode="markdown")
        if isinstance(found, typer.Typer):
            alone.add_typer(found, rich_help_panel=heading)
        else:
            alone.command(name, rich_help_panel=heading)(found)
        group = get_command(alone)
        assert isinstance(group, TyperGroup)  # noqa: S101 - it has a callback
        return group.commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class _Program(TyperGroup):
    """All commands, without importing them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = _Imported()  # type: ignore[assignment]  # nothing is added to it


cli = typer.Typer(
    name="quoth",
    cls=_Program,
    help="Turn interview transcripts into an API in which every word can be checked.\n\n"
    "Start with: quoth migrate, then quoth load data, then quoth serve.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


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
