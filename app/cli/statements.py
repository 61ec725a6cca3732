"""The commands `quoth statements ...`: what is stated of an interview over what its file says, its versions, undo."""

import difflib
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from app import loading
from app.cli.embed import embed_changed
from app.cli.options import AsJson
from app.cli.reports import print_statements
from app.cli.signing import By, Reason, author_of
from app.cli.terminal import exit_on_error, open_database, out, print_json, say, visible
from app.errors import StatementError
from app.loading import LoadedInterview, find_stated
from app.loading.metadata_files import stated_embargo
from app.settings import read_settings
from app.transcripts.sidecar import read_sidecar, write_sidecar

statements = typer.Typer(
    name="statements",
    help="Put right how an interview was read: who speaks, what a turn is, which turns answer which question.\n\n"
    "Start with: quoth statements show INTERVIEW > talk.toml, edit the file, then "
    "quoth statements replace INTERVIEW talk.toml --if-version N, with the version in its first line.",
    no_args_is_help=True,
)

OfInterview = Annotated[str, typer.Argument(metavar="INTERVIEW", help="Slug or id of the interview.")]
Version = Annotated[
    int | None, typer.Option("--version", min=1, help="A version; without it, the newest one.", show_default=False)
]


@statements.command()
def show(interview: OfInterview, version: Version = None, as_json: AsJson = False) -> None:
    """Print what is stated of an interview, as the metadata file that would state it: with the topics that reviewers
    decided on, and the end of its embargo and the reason, which are in no version. A comment in the first line says
    which version it is.
    """
    with open_database() as database, database.read() as connection:
        if version is None:
            stated = find_stated(connection, interview, held=True)
            shown = stated.version(None).version
            embargo = stated_embargo(stated.held_until, stated.held_because) if stated.held_until else {}
            document = {**stated.document, **embargo}
        else:
            document, shown = _version(connection, interview, version).document, version
    if as_json:
        print_json(document)
    else:
        say(f"# version {shown} of what is stated of {interview}")
        out.print(visible(write_sidecar(document).decode()), end="", markup=False, highlight=False, soft_wrap=True)


@statements.command()
def replace(
    interview: OfInterview,
    file: Annotated[Path, typer.Argument(help="A metadata file with all that is to be stated.", dir_okay=False)],
    if_version: Annotated[
        int | None,
        typer.Option(
            "--if-version",
            min=0,
            metavar="N",
            help="The version that the file was made of; if something was stated since, the file is refused.",
            show_default=False,
        ),
    ] = None,
    reason: Reason = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """State of an interview what a metadata file says, in place of all that was stated.

    The transcript is read again from the file that is stored. Its words stay, and the version before is kept.
    """
    with exit_on_error():
        sidecar = read_sidecar(str(file), file.read_bytes())
    across_series = read_settings().names_across_series
    with open_database() as database:
        with database.write() as connection:
            if if_version is not None:
                _refuse_older(connection, interview, if_version)
            loaded = loading.state(
                connection,
                interview,
                sidecar,
                author_of(by, reason),
                across_series=across_series,
                held=True,
                reviewed=True,
            )
        embed_changed(database, quiet=as_json)
    _print(loaded, as_json=as_json)


@statements.command()
def undo(interview: OfInterview, reason: Reason = None, by: By = None, as_json: AsJson = False) -> None:
    """State of an interview what was stated before its newest version. Undoing that again brings it back."""
    across_series = read_settings().names_across_series
    with open_database() as database:
        with database.write() as connection:
            loaded = loading.undo_statements(
                connection, interview, author_of(by, reason), across_series=across_series, held=True
            )
        embed_changed(database, quiet=as_json)
    _print(loaded, as_json=as_json)


@statements.command()
def versions(
    interview: OfInterview,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Versions to list, at most: the newest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the versions of what was stated of an interview: by whom, when and why."""
    with open_database() as database, database.read() as connection:
        everything = find_stated(connection, interview, held=True).versions
    rows = everything[-limit:]
    if as_json:
        print_json({"versions": [_in_plain_values(row) for row in rows], "total": len(everything)})
        return
    for row in rows:
        who = f" by {row.made_by}" if row.made_by else ""
        why = f": {row.reason}" if row.reason else ""
        say(visible(f"{row.version:>4}  {row.made_at.date()}{who}{why}  {_summary(row.document)}"))
    shown = f"; the newest {limit} are shown, --limit shows more" if len(everything) > limit else ""
    say(f"{len(everything)} version{'' if len(everything) == 1 else 's'}{shown}")


@statements.command()
def diff(
    interview: OfInterview,
    before: Annotated[
        int | None, typer.Argument(min=0, help="A version; 0 states nothing.", show_default=False)
    ] = None,
    after: Annotated[int | None, typer.Argument(min=1, help="A later version.", show_default=False)] = None,
) -> None:
    """Print what differs between two versions, the newest one and the one before it unless others are named."""
    with open_database() as database, database.read() as connection:
        newest = _version(connection, interview, after)
        last = 0 if newest is None else newest.version
        first = max(0, last - 1) if before is None else before
        older = _version(connection, interview, first) if first else None
    old, new = (write_sidecar(row.document if row else {}).decode().splitlines() for row in (older, newest))
    for line in difflib.unified_diff(old, new, f"version {first}", f"version {last}", lineterm="", n=2):
        say(visible(line))


def _refuse_older(connection: sa.Connection, interview: str, made_of: int) -> None:
    """Refuse a file that was made of another version than the newest one.

    Raises:
        StatementError: says who stated what is newer, when, and what to do.
    """
    newest = find_stated(connection, interview, held=True).version(None)
    if newest.version < made_of:
        raise StatementError(
            f"there is no version {made_of} of what is stated of {interview!r}: the newest is {newest.version}"
        )
    if newest.version > made_of:
        when = f"{newest.made_at:%Y-%m-%d at %H:%M} UTC"
        who = f" by {newest.made_by}" if newest.made_by else ""
        why = f" ({newest.reason})" if newest.reason else ""
        raise StatementError(
            f"version {newest.version} was stated on {when}{who}{why}, and your file is of "
            f"version {made_of}: see what is new with 'quoth statements diff {interview} {made_of}', write it into "
            f"your file, and replace with --if-version {newest.version}"
        )


def _version(connection: sa.Connection, interview: str, version: int | None) -> Any:
    """Return the row of a version, the newest one if none is named; None if nothing is stated."""
    rows = find_stated(connection, interview, held=True).versions
    if version is None:
        return rows[-1] if rows else None
    for row in rows:
        if row.version == version:
            return row
    newest = rows[-1].version if rows else 0
    raise StatementError(f"there is no version {version} of what is stated of {interview!r}: the newest is {newest}")


def _summary(document: Any) -> str:
    counted = [f"{len(value)} {key}" if isinstance(value, list) else key for key, value in document.items() if value]
    return ", ".join(counted) or "nothing"


def _in_plain_values(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("version", "made_at", "made_by", "reason", "document")}


def _print(loaded: LoadedInterview, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "interview": loaded.slug,
                "revision": loaded.revision,
                "outcome": loaded.outcome,
                "open_statements": [{"key": one.key, "reason": one.reason} for one in loaded.open_statements],
            }
        )
        return
    say(
        f"{loaded.outcome.value} {loaded.slug} (revision {loaded.revision}): {loaded.questions} questions, "
        f"{loaded.answers} answers, {loaded.turns} turns, {loaded.speakers} speakers"
    )
    print_statements((), (), loaded.open_statements)
