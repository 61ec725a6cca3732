"""The command `quoth verify`: quotations compared with the record."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson
from app.cli.terminal import Exit, fail, open_database, print_json, warn
from app.cli.verdicts import are_faithful, print_totals, print_verdict
from app.errors import EMPTY_CORPUS
from app.queries.articles import verify_article
from app.queries.interviews import has_interviews
from app.queries.quotes import verify as verify_quote
from app.quotes import MAX_QUOTATION_LENGTH, read_quotation
from app.quotes.article import FEWEST_WORDS
from app.structure.regular_file import read_file
from app.transcripts.source import Source


def verify(
    quotation: Annotated[str | None, typer.Argument(help="The words quoted; or give an article with --file.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="Verify every quotation in this article, plain text or Markdown.")
    ] = None,
    speaker: Annotated[
        str | None,
        typer.Option(help="Slug of the speaker; with --file, for quotations whose attribution names no known speaker."),
    ] = None,
    interview: Annotated[str | None, typer.Option(help="Slug of the interview that the quotation is from.")] = None,
    fewest_words: Annotated[
        int, typer.Option(min=1, help="With --file, skip quotations of fewer words, such as titles and terms.")
    ] = FEWEST_WORDS,
    as_json: AsJson = False,
) -> None:
    """Verify that a quotation, or every quotation in an article, was said, by whom and in these words.

    Ends with status 0 if every quotation is exact, folded or elided, and 3 if one is altered, misattributed or not
    found.
    """
    if (quotation is None) == (file is None):
        fail("give one of the two: a quotation, or an article with --file", Exit.USAGE)
    with open_database() as database:
        text = quotation or ""
        if file is not None:
            text = Source(str(file), read_file(file)).text
        elif not read_quotation(text).words or len(text) > MAX_QUOTATION_LENGTH:
            fail(f"a quotation has at least one word, and at most {MAX_QUOTATION_LENGTH:,} characters", Exit.USAGE)
        with database.read() as connection:
            if file is None:
                items = [verify_quote(connection, text, [speaker] if speaker else [], interview)]
            else:
                items = list(verify_article(connection, text, fewest_words, speaker, interview))
            if not has_interviews(connection):
                warn(EMPTY_CORPUS)
    if as_json:
        print_json(items[0] if file is None else items)
    else:
        for item in items:
            print_verdict(item, f"{file}:{item['line']}:{item['column']}: " if file else "")
        if file is not None:
            print_totals(items)
    if not are_faithful(items):
        raise typer.Exit(Exit.CHECK_FAILED)
