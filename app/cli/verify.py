"""The command `quoth verify`: quotations, one or those of an article, against the record."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from app.cli.terminal import Exit, exit_on_error, fail, out, print_json
from app.cli.verdicts import are_faithful, print_totals, print_verdict
from app.db import Database
from app.queries.articles import verify_article
from app.queries.quotes import verify as verify_quote
from app.quotes import MAX_QUOTATION_LENGTH, read_quotation
from app.quotes.article import FEWEST_WORDS
from app.settings import read_settings
from app.structure.files import read_file
from app.transcripts.source import Source


def verify(
    quotation: Annotated[str | None, typer.Argument(help="The quotation.", show_default=False)] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Verify every quotation in this article, plain text or Markdown.")
    ] = None,
    speaker: Annotated[
        str | None, typer.Option(help="Slug of who says it; with --file, what the article attributes to nobody known.")
    ] = None,
    interview: Annotated[str | None, typer.Option(help="Slug of the interview that it is from.")] = None,
    fewest_words: Annotated[
        int, typer.Option(min=1, help="With --file, leave shorter quotations out: titles and terms.")
    ] = FEWEST_WORDS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """Tell whether a quotation, or every quotation in an article, was said, by whom and in which words.

    Ends with status 3 if one is altered, misattributed or not found; 0 if each is exact, folded or elided.
    """
    if (quotation is None) == (file is None):
        fail("give one of the two: a quotation, or an article with --file", Exit.USAGE)
    with exit_on_error(), closing(Database(read_settings().database_url)) as database:
        text = quotation or ""
        if file is not None:
            text = Source(str(file), read_file(file)).text
        elif not read_quotation(text).words or len(text) > MAX_QUOTATION_LENGTH:
            fail(f"a quotation has at least one word, and at most {MAX_QUOTATION_LENGTH:,} characters", Exit.USAGE)
        database.check_schema()
        with database.read() as connection:
            if file is None:
                items = [verify_quote(connection, text, [speaker] if speaker else [], interview)]
            else:
                items = list(verify_article(connection, text, fewest_words, speaker, interview))
    if as_json:
        print_json(items[0] if file is None else items)
    else:
        for item in items:
            print_verdict(out, item, f"{file}:{item['line']}:{item['column']}: " if file else "")
        if file is not None:
            print_totals(out, items)
    if not are_faithful(items):
        raise typer.Exit(Exit.FOUND_WANTING)
