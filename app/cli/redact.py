"""The command `quoth redact`: words taken out of the record."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app import loading
from app.cli.embed import embed_changed
from app.cli.options import AsJson, Purge
from app.cli.purge import purge_or_remind
from app.cli.signing import By, Reason, author_of
from app.cli.terminal import Exit, fail, open_database, print_json, say, visible


def redact(
    item: Annotated[str, typer.Argument(help="Id of a turn, question or answer; or an interview, with --words.")],
    words: Annotated[str | None, typer.Option(help="Take out these words wherever the item has them.")] = None,
    start: Annotated[
        int | None, typer.Option(min=0, help="Take out from this character of the item's text on, counted from 0.")
    ] = None,
    end: Annotated[int | None, typer.Option(min=1, help="Take out up to this character, exclusive.")] = None,
    reason: Reason = None,
    by: By = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the words that would be taken out, and change nothing.")
    ] = False,
    purge: Purge = False,
    as_json: AsJson = False,
) -> None:
    """Take words out of the record for good.

    Takes out the whole turn, question or answer, or only the given words or characters of it, widened to whole words:
    from the text, every past revision, the search index and everything else made of the text. In the text a full block
    replaces each character, and the reason is shown beside it.

    The source files of the interview are not served any more. A corrected file that still has the words does not bring
    them back.
    """
    if words is not None and (start, end) != (None, None):
        fail("say --words, or --start and --end, not both", Exit.USAGE)
    if (start is None) != (end is None):
        fail("say both --start and --end, in characters of the item's text", Exit.USAGE)
    if dry_run and purge:
        fail("--dry-run changes nothing, so there is nothing to purge", Exit.USAGE)
    span = None if start is None or end is None else (start, end)
    with open_database() as database:
        with database.write() as connection:
            author = author_of(by, reason)
            redacted = loading.redact(connection, item, author, words=words, span=span, held=True)
            if dry_run:
                connection.rollback()
        if not dry_run:
            embed_changed(database, quiet=as_json)
        if as_json:
            print_json(_plain(redacted, with_words=dry_run))
        else:
            _print(redacted, dry_run=dry_run)
        if not dry_run:
            purge_or_remind(database, purge=purge, quiet=as_json)


def _plain(redacted: loading.RedactionResult, *, with_words: bool) -> dict[str, Any]:
    """Give the result in plain values. What has been taken out is not said again."""
    plain = asdict(redacted)
    for passage in () if with_words else plain["passages"]:
        del passage["words"]
    return plain


def _print(redacted: loading.RedactionResult, *, dry_run: bool) -> None:
    for passage in redacted.passages:
        place = f"{passage.turn_id}, characters {passage.start} to {passage.end}"
        say(f"would redact {place}: {visible(passage.words)}" if dry_run else f"redacted {place}")
    if not dry_run:
        say(
            f"{redacted.slug} is at revision {redacted.revision}; past wordings redacted: {redacted.past_wordings}; "
            f"source files withheld: {redacted.source_files}"
        )
    for place in redacted.also_in:
        say(f"  the same words {'would still be' if dry_run else 'are still'} in {place}")
