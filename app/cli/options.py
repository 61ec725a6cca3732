"""Options that several commands share, each written once."""

import datetime
import inspect
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.terminal import Exit, fail
from app.structure.batches import ReadOptions, stated_by_options
from app.text.dates import read_moment
from app.transcripts import FORMATS

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Purge = Annotated[
    bool, typer.Option("--purge", help="Also rewrite the database file, so that the words are not in it any more.")
]

Format = StrEnum("Format", {each.name: each.name for each in FORMATS})  # type: ignore[misc]  # formats are values
_FORMATS = ", ".join(Format)
_STATED = ("title", "language", "published", "publisher", "series", "source_url")


@dataclass(frozen=True)
class TranscriptOptions:
    """The options of `check` and `load`: what is stated about the files, and how they are read and reported."""

    format_name: Annotated[
        Format | None,
        typer.Option(
            "--format", help=f"Read every file as this format, not as what it looks like: {_FORMATS}.", metavar="NAME"
        ),
    ] = None
    keep_unlabelled: Annotated[
        bool,
        typer.Option("--keep-unlabelled", help="Accept a text without speaker labels, as turns without a speaker."),
    ] = False
    title: Annotated[str | None, typer.Option(help="Title of the interview.")] = None
    language: Annotated[str | None, typer.Option(help="Language, as a BCP 47 tag such as en.")] = None
    published: Annotated[
        str | None, typer.Option(help="Date of publication: 2023, 2023-11 or 2023-11-05.", metavar="DATE")
    ] = None
    publisher: Annotated[str | None, typer.Option(help="Name of the publisher.")] = None
    series: Annotated[str | None, typer.Option(help="Series, show or column.")] = None
    source_url: Annotated[str | None, typer.Option(help="Address of the publication.", metavar="URL")] = None
    restate: Annotated[
        bool,
        typer.Option(
            "--restate",
            help="Drop what was stated of a stored interview before and is not stated now; otherwise it stays.",
        ),
    ] = False
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Replace a stored interview by a file without most of its words, or by another file than it was "
            "loaded from; otherwise such a file is refused.",
        ),
    ] = False
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Processes that read files; by default one per processor from 8 files on."),
    ] = None
    report: Annotated[
        Path | None, typer.Option(help="Write what was understood to this file, one JSON line per transcript.")
    ] = None
    as_json: AsJson = False

    def read_options(
        self, *, embargo_until: str | None = None, with_spans: bool = False, to_store: bool = False
    ) -> ReadOptions:
        """Return how files are read with these options.

        Raises:
            MetadataError: a value is impossible, such as a date that does not exist.
        """
        stated = {name: value for name, value in asdict(self).items() if name in _STATED}
        return ReadOptions(
            stated_by_options(**stated, embargo_until=embargo_until),
            self.format_name.value if self.format_name else None,
            self.keep_unlabelled,
            with_spans=with_spans,
            to_store=to_store,
        )


def moment_of(option: str, text: str) -> datetime.datetime:
    """Read the time that an option has; what is no time ends the command."""
    try:
        return read_moment(text)
    except ValueError as error:
        fail(f"{option}: {error}", Exit.USAGE)


def with_transcript_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of TranscriptOptions, which it receives as one parameter `options`.

    Typer reads the options of a command from its signature and cannot take them from a dataclass.
    """

    @wraps(command)
    def run(**arguments: Any) -> None:
        shared = {field.name: arguments.pop(field.name) for field in fields(TranscriptOptions)}
        command(**arguments, options=TranscriptOptions(**shared))

    own = [each for each in inspect.signature(command).parameters.values() if each.name != "options"]
    shared = inspect.signature(TranscriptOptions).parameters.values()
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # inspect.signature reads it
        [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *shared)]
    )
    return run
