"""The commands `quoth keys ...`: keys for the API are made, listed and revoked. No key is ever taken as an argument:
everybody on the machine can read those of a process.
"""

import datetime
from typing import Annotated, Any

import typer

from app import loading
from app.cli.options import AsJson, moment_of
from app.cli.signing import By, author_of
from app.cli.terminal import Exit, fail, open_database, print_json, say, warn
from app.models import Scope
from app.queries.keys import list_keys

keys = typer.Typer(
    name="keys",
    help="Make the keys that writing over HTTP takes, list and revoke them.\n\n"
    "Start with: quoth keys create 'Ada at the archive' --scope write.",
    no_args_is_help=True,
)


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is; it stands in the history of what is written with it.")],
    scope: Annotated[
        list[Scope], typer.Option("--scope", help="What the key allows; repeat for more.", show_default=False)
    ],
    expires: Annotated[
        str | None,
        typer.Option(help="A day, such as 2026-12-31, from midnight UTC; or a time with its zone.", metavar="TIME"),
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it. It is shown this once: only a hash of it is stored."""
    author = author_of(by)
    with open_database() as database, database.write() as connection:
        until = None if expires is None else moment_of("--expires", expires)
        made = loading.make_key(connection, name, scope, author.when, made_by=author.who, expires_at=until)
    if as_json:
        print_json({"key": made.key, "prefix": made.prefix, "name": made.name, "scopes": made.scopes,
                    "expires_at": made.expires_at})  # fmt: skip
        return
    # Alone on its line, so that a program can take it from the standard output.
    say(made.key)
    end = f"; it ends at {made.expires_at:%Y-%m-%d %H:%M %Z}" if made.expires_at else ""
    warn(f"Keep it now: it is shown this once. It allows {', '.join(made.scopes)}{end}.")
    warn("Send it as the header 'Authorization: Bearer KEY', over HTTPS.")


@keys.command("list")
def list_(as_json: AsJson = False) -> None:
    """List all keys, the newest first, with what each allows and when it was last used, to the hour."""
    with open_database() as database, database.read() as connection:
        found = list_keys(connection)
    if as_json:
        print_json({"keys": found})
        return
    now = datetime.datetime.now(datetime.UTC)
    for key in found:
        used = f"used {_day(key['last_used_at'])}" if key["last_used_at"] else "never used"
        say(f"{key['prefix']}  {_state(key, now):<22}  {used:<18}  {' '.join(key['scopes'])}  {key['name']}")
    if not found:
        say("There are no keys; make one with 'quoth keys create NAME --scope write'.")


@keys.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Prefix of the key, or its name where only one key has it.")],
    as_json: AsJson = False,
) -> None:
    """Revoke a key: from now on it opens nothing. What was written with it stays."""
    if key.count("_") > 1 and key.startswith("quoth_"):
        fail("name the key by its prefix, between the underscores: others can read what is typed here", Exit.USAGE)
    now = datetime.datetime.now(datetime.UTC)
    with open_database() as database, database.write() as connection:
        row = loading.revoke_key(connection, key, now)
    if as_json:
        print_json({"prefix": row.prefix, "name": row.name, "revoked_at": row.revoked_at})
    else:
        say(f"revoked {row.prefix}, the key of {row.name}")


def _state(key: dict[str, Any], now: datetime.datetime) -> str:
    if key["revoked_at"]:
        return f"revoked {_day(key['revoked_at'])}"
    if key["expires_at"]:
        return f"{'expired' if key['expires_at'] <= now else 'until'} {_day(key['expires_at'])}"
    return "in force"


def _day(moment: datetime.datetime) -> str:
    return f"{moment:%Y-%m-%d}"
