"""The command line: serve, migrate, load, check. The same as `python -m app`."""

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.db import Database
from app.errors import (
    DatabaseUnavailableError,
    MetadataError,
    QuothError,
    SchemaVersionError,
    SettingsError,
    TranscriptError,
)
from app.loading import Outcome, Prepared, load_interview, load_vocabulary, prepare
from app.settings import read_settings
from app.topics.vocabulary import read_vocabulary
from app.transcripts import FORMATS, sniff
from app.transcripts.sidecar import Sidecar, read_sidecar
from app.transcripts.source import MAX_SOURCE_BYTES, Source

# Exit codes as in sysexits.h, so that a script can tell a bad file from a database that is away.
EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_UNAVAILABLE, EX_SOFTWARE, EX_IOERR, EX_TEMPFAIL, EX_CONFIG = (
    64, 65, 66, 69, 70, 74, 75, 78,
)  # fmt: skip
_VOCABULARY = "topics.toml"
_SIDECAR_SUFFIX = ".toml"

cli = typer.Typer(
    name="quoth",
    help="Interview transcripts in, questions and answers out, every word checkable.\n\n"
    "Start with: quoth migrate, then quoth load data, then quoth serve.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_out = Console()
_err = Console(stderr=True)

Paths = Annotated[list[Path], typer.Argument(help="Transcript files, or folders of them.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; else QUOTH_HOST, else 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; else QUOTH_PORT, else 8000.")] = None,
    workers: Annotated[int | None, typer.Option(help="Serving processes; else QUOTH_WORKERS, else 1.")] = None,
) -> None:
    """Serve the API and its documentation."""
    import uvicorn

    with _told():
        settings = read_settings(host=host, port=port, workers=workers)
        database = Database(settings.database_url)
        try:
            database.check_schema()
        finally:
            database.close()
    address = f"http://{settings.host}:{settings.port}"
    _out.print(f"Quoth serves {database}\n  {address}/docs\n  {address}/v1/questions", highlight=False, soft_wrap=True)
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        access_log=False,
        server_header=False,
        log_level="warning",
    )


@cli.command()
def migrate() -> None:
    """Create the database, or bring its schema up to date."""
    with _told():
        database = Database(read_settings().database_url)
        database.migrate()
        database.close()
    _out.print(f"The schema of {database} is up to date.", highlight=False, soft_wrap=True)


@cli.command()
def load(
    paths: Paths,
    reason: Annotated[str | None, typer.Option(help="Why, for the history.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Load transcripts; loading the same file again changes nothing.

    A file NAME.toml beside a transcript NAME.txt holds its metadata; topics.toml in a folder is the topic vocabulary.
    Everything is stored in one transaction: all of it or, if anything is wrong, nothing.
    """
    with _told():
        vocabularies, transcripts = _collect(paths)
        concepts = [read_vocabulary(str(path), _read(path)) for path in vocabularies]
        prepared = [_prepare(path) for path in transcripts]
        database = Database(read_settings().database_url)
        database.check_schema()
        now = datetime.datetime.now(datetime.UTC)
        with database.write() as connection:
            topics = [load_vocabulary(connection, vocabulary, now) for vocabulary in concepts]
            loaded = [load_interview(connection, one, now, reason) for one in prepared]
        database.close()
    if as_json:
        _print_json(
            {
                "vocabularies": [asdict(one) for one in topics],
                "interviews": [{**_report(one), **asdict(done)} for one, done in zip(prepared, loaded, strict=True)],
            }
        )
        return
    for one in topics:
        _out.print(
            f"topics: {len(one.created)} created, {len(one.changed)} changed, {len(one.unchanged)} unchanged"
            + (f"; stored but not in the file: {', '.join(one.not_in_file)}" if one.not_in_file else "")
        )
    for one_prepared, done in zip(prepared, loaded, strict=True):
        _out.print(
            f"{done.outcome.value} {done.slug} (revision {done.revision}): {done.questions} questions, "
            f"{done.answers} answers, {done.turns} turns, {done.speakers} speakers",
            highlight=False,
            soft_wrap=True,
        )
        if done.outcome is not Outcome.UNCHANGED:
            _print_remarks(one_prepared)


@cli.command()
def check(
    file: Annotated[Path, typer.Argument(help="A transcript file.", show_default=False)], as_json: AsJson = False
) -> None:
    """Tell what loading a file would understand, without storing anything."""
    with _told():
        prepared = _prepare(file)
    report = _report(prepared)
    if as_json:
        _print_json(report)
        return
    _out.print(
        f"[bold]{escape(str(file))}[/]: {report['format']}, because {escape(report['why'])}",
        highlight=False,
        soft_wrap=True,
    )
    table = Table("speaker", "role", "known by", "labels", box=None, pad_edge=False)
    for person in report["speakers"]:
        table.add_row(
            escape(person["name"] or "(not named)"),
            person["role"],
            person["role_attribution"],
            escape(", ".join(person["labels"])),
        )
    _out.print(table)
    _out.print(
        f"{report['questions']} questions, {report['answers']} answers, {report['turns']} turns; "
        f"published {report['published'] or 'unknown'}; source {report['source_url'] or 'unknown'}",
        highlight=False,
        soft_wrap=True,
    )
    counts = ", ".join(f"{kind} {count}" for kind, count in report["bytes_by_class"].items() if count)
    _out.print(f"bytes: {counts}; together {report['bytes']} of {report['bytes']}", highlight=False)
    _print_remarks(prepared)


@cli.command()
def openapi() -> None:
    """Print the OpenAPI document, for generating clients."""
    from app.main import create_app

    with _told():
        _print_json(create_app(read_settings()).openapi())


def _report(prepared: Prepared) -> dict[str, Any]:
    transcript, structure, metadata = prepared.transcript, prepared.structure, prepared.metadata
    guesses = [guess for known, guess in sniff(transcript.source) if known.name == transcript.format]
    return {
        "file": transcript.source.name,
        "slug": prepared.slug,
        "title": prepared.title,
        "format": transcript.format,
        "why": guesses[0].reason if guesses else "it was asked for",
        "language": metadata.language,
        "published": metadata.published.text if metadata.published else None,
        "published_evidence": metadata.published_evidence,
        "source_url": metadata.source_url,
        "source_url_as_printed": metadata.source_url_as_printed,
        "speakers": [asdict(part) for part in structure.parts],
        "turns": len(transcript.turns),
        "questions": len(structure.exchanges),
        "answers": sum(len(exchange.answers) for exchange in structure.exchanges),
        "topics": {index + 1: slugs for index, slugs in prepared.topics.items()},
        "bytes": len(transcript.source.data),
        "bytes_by_class": {kind.value: count for kind, count in transcript.bytes_by_class.items()},
        "remarks": [asdict(remark) for remark in transcript.remarks],
    }


def _print_remarks(prepared: Prepared) -> None:
    name = prepared.transcript.source.name
    for remark in prepared.transcript.remarks:
        place = f"{name}:{remark.line}:{remark.column}"
        _out.print(f"  {escape(place)}: {remark.code}: {escape(remark.message)}", highlight=False, soft_wrap=True)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _collect(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """Find vocabularies and transcripts; what stands in folders is taken in the order of names."""
    vocabularies, transcripts = [], []
    known = {suffix for one in FORMATS for suffix in one.suffixes}
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(2, "there is no such file or folder", str(path))
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            if file.is_dir():
                continue
            if file.name == _VOCABULARY:
                vocabularies.append(file)
            elif not path.is_dir() or file.suffix.lower() in known:
                transcripts.append(file)
    if not vocabularies and not transcripts:
        raise FileNotFoundError(2, "there are no transcripts", ", ".join(map(str, paths)))
    return vocabularies, transcripts


def _read(path: Path) -> bytes:
    """Read a regular file of a bearable size; anything else, such as a pipe or a device, is refused."""
    if not path.exists():
        raise FileNotFoundError(2, "there is no such file", str(path))
    if not path.is_file():
        raise TranscriptError(str(path), "this is no regular file")
    if path.stat().st_size > MAX_SOURCE_BYTES:
        raise TranscriptError(str(path), f"larger than {MAX_SOURCE_BYTES // 2**20} MiB")
    return path.read_bytes()


def _prepare(path: Path) -> Prepared:
    beside = path.with_suffix(_SIDECAR_SUFFIX)
    sidecar = read_sidecar(str(beside), _read(beside)) if beside != path and beside.is_file() else Sidecar()
    return prepare(Source(str(path), _read(path)), sidecar, str(beside))


@contextmanager
def _told() -> Iterator[None]:
    """End with one plain line and a telling exit code instead of a traceback."""
    try:
        yield
    except (TranscriptError, MetadataError) as error:
        _fail(str(error), EX_DATAERR)
    except SettingsError as error:
        _fail(str(error), EX_CONFIG)
    except (DatabaseUnavailableError, SchemaVersionError) as error:
        _fail(str(error), EX_TEMPFAIL if isinstance(error, DatabaseUnavailableError) else EX_UNAVAILABLE)
    except QuothError as error:
        _fail(str(error), EX_SOFTWARE)
    except FileNotFoundError as error:
        _fail(f"{error.filename}: {error.strerror}", EX_NOINPUT)
    except OSError as error:
        _fail(f"{error.filename or ''}: {error.strerror}", EX_IOERR)


def _fail(message: str, code: int) -> None:
    _err.print(f"quoth: {escape(message)}", highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def main() -> None:
    """Run the command line."""
    cli(prog_name="quoth")


if __name__ == "__main__":
    main()
