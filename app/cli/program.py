"""The command line: serve, migrate, load, check, export, mirror, backup, openapi. The same as `python -m app`."""

import datetime
import filecmp
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import sqlalchemy as sa
import typer
from pydantic import BaseModel
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from app.api.fields import columns_of
from app.api.schemas.interviews import InterviewSummary
from app.api.schemas.questions import Answer, Question
from app.api.schemas.speakers import Speaker
from app.api.schemas.topics import Topic
from app.cli.corrections import correction_of, print_correction
from app.cli.database import backup, verify_database
from app.cli.migrate_data import migrate_data
from app.cli.reports import (
    Row,
    print_refused,
    print_remarks,
    print_report,
    print_source,
    print_summary,
    report_on,
    row_of,
)
from app.cli.serve import serve
from app.cli.terminal import Exit, err, exit_on_error, fail, out, print_json
from app.cli.topics import print_vocabulary
from app.cli.topics import topics as topic_group
from app.cli.verify import verify
from app.cli.withdrawal import add_withdrawal_commands
from app.db import Database
from app.errors import (
    DatabaseUnavailableError,
    MetadataError,
    NoTimesError,
    OriginUnavailableError,
    WithdrawnError,
)
from app.exports import INTERVIEWS, LISTS
from app.exports.format import InterviewDocument
from app.loading import (
    DocumentWriter,
    ImportPlan,
    LoadedInterview,
    Outcome,
    VocabularyReport,
    index_missing,
    load_interview,
    load_vocabulary,
    plan_import,
    release_due,
)
from app.queries import answers, canonical, interviews, questions, speakers, topics
from app.queries.filters import Filters
from app.queries.interviews import list_sources
from app.queries.paging import Listing, walk
from app.settings import read_settings
from app.structure.batches import ReadOptions, RefusedFile, collect_rarely, prepare_all, stated_by_options
from app.structure.files import FoundFiles, find_files, read_file
from app.structure.prepare import PreparedTranscript
from app.topics.concepts import Concept
from app.topics.vocabulary import read_vocabulary
from app.transcripts import FORMATS
from app.transcripts.sidecar import Sidecar

if TYPE_CHECKING:
    from app.maintenance.mirroring import Progress

# After so many interviews, the planner is told anew how many rows there are of each kind.
_MANY = 20

Format = StrEnum("Format", {known.name: known.name for known in FORMATS})  # type: ignore[misc]  # the formats are known at run time only
_CANONICAL = "canonical"
_EXPORTED = (*(known.name for known in (*INTERVIEWS, *LISTS)), _CANONICAL)
ExportFormat = StrEnum("ExportFormat", {name: name for name in _EXPORTED})  # type: ignore[misc]  # as above


cli = typer.Typer(
    name="quoth",
    help="Interview transcripts in, questions and answers out, every word checkable.\n\n"
    "Start with: quoth migrate, then quoth load data, then quoth serve.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.command()(serve)
cli.command()(verify)
add_withdrawal_commands(cli)
cli.command()(migrate_data)
cli.command()(backup)
cli.command("verify-database")(verify_database)
cli.add_typer(topic_group, name="topics")

Paths = Annotated[
    list[Path], typer.Argument(help="Transcript files, folders of them, or patterns.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
FormatName = Annotated[Format | None, typer.Option("--format", help="Read as this format instead of finding out.")]
KeepUnlabelled = Annotated[
    bool, typer.Option(help="Keep a text in which nobody is told apart as turns of nobody, instead of refusing it.")
]
Title = Annotated[str | None, typer.Option(help="Title, for every file given.", show_default=False)]
Language = Annotated[str | None, typer.Option(help="Language, a BCP 47 tag such as en.", show_default=False)]
Published = Annotated[
    str | None, typer.Option(help="Date of publication: 2023, 2023-11 or 2023-11-05.", show_default=False)
]
Publisher = Annotated[str | None, typer.Option(help="Publisher.", show_default=False)]
Series = Annotated[str | None, typer.Option(help="Series, show or column.", show_default=False)]
EmbargoUntil = Annotated[
    str | None, typer.Option(help="Hold back until: 2026-12-31, or a time with its zone.", show_default=False)
]
SourceUrl = Annotated[str | None, typer.Option(help="Address of the publication.", show_default=False)]
Workers = Annotated[int | None, typer.Option(min=1, max=64, help="Files read at a time; else one a processor.")]
ReportFile = Annotated[
    Path | None, typer.Option("--report", help="Write what was understood of each file here, a JSON line each.")
]


@cli.command()
def migrate() -> None:
    """Create the database, or bring its schema up to date."""
    with exit_on_error(), closing(Database(read_settings().database_url)) as database:
        database.migrate()
        with database.write() as connection:
            indexed = index_missing(connection)
    if indexed:
        out.print(f"Interviews made searchable anew: {indexed}.", highlight=False)
    out.print(f"The schema of {database} is up to date.", highlight=False, soft_wrap=True)


@cli.command()
def check(
    paths: Paths,
    show: Annotated[bool, typer.Option("--show", help="Print each source coloured by what its bytes are.")] = False,
    against_stored: Annotated[
        bool,
        typer.Option("--against-stored", help="Tell also what loading would create, change, move and take out."),
    ] = False,
    format_name: FormatName = None,
    keep_unlabelled: KeepUnlabelled = False,
    title: Title = None,
    language: Language = None,
    published: Published = None,
    publisher: Publisher = None,
    series: Series = None,
    source_url: SourceUrl = None,
    workers: Workers = None,
    report: ReportFile = None,
    as_json: AsJson = False,
) -> None:
    """Tell what loading would understand, without storing anything.

    Ends with status 65 if a file is refused. --json prints one document for one file and a list for more, with every
    turn and which turns answer which. With --against-stored, each file is aligned with the interview that it corrects,
    and nothing is stored: every question and answer is listed with what becomes of it, and words that differ.
    """
    rows: list[Row] = []
    refused: list[RefusedFile] = []
    reports: list[dict[str, Any]] = []
    with exit_on_error(), _report_file(report) as write_report:
        stated = _stated(title, language, published, publisher, series, source_url)
        found = find_files(paths)
        _vocabularies(found)
        options = ReadOptions(stated, format_name.value if format_name else None, keep_unlabelled, with_spans=show)
        read = chain.from_iterable(_progress(found, options, workers, quiet=as_json))
        with _planning(against_stored=against_stored) as plan_of:
            for one, plan in map(plan_of, read):
                planned = {"against_stored": correction_of(plan)} if plan else {}
                write_report({**_line(one, None), **planned})
                if isinstance(one, RefusedFile):
                    refused.append(one)
                    continue
                rows.append(row_of(one, None))
                if as_json:
                    reports.append({**report_on(one, turns=True), **planned})
                else:
                    _print_checked(one, plan, whole=len(found.transcripts) == 1, show=show)
    if as_json:
        reports += [_line(one, None) for one in refused]
        print_json(reports[0] if len(found.transcripts) == 1 else reports)
    else:
        print_summary(out, rows, len(refused), len(found.ignored))
    print_refused(err, refused)
    if refused:
        raise typer.Exit(Exit.DATA)


@cli.command()
def load(
    paths: Paths,
    reason: Annotated[str | None, typer.Option(help="Why, for the history.", show_default=False)] = None,
    format_name: FormatName = None,
    keep_unlabelled: KeepUnlabelled = False,
    title: Title = None,
    language: Language = None,
    published: Published = None,
    publisher: Publisher = None,
    series: Series = None,
    source_url: SourceUrl = None,
    embargo_until: EmbargoUntil = None,
    workers: Workers = None,
    report: ReportFile = None,
    as_json: AsJson = False,
) -> None:
    """Load transcripts; loading the same file again changes nothing.

    A file NAME.toml beside a transcript NAME.txt holds its metadata, manifest.csv in a folder that of many; options win
    over both. topics.toml in a folder is the topic vocabulary. A file that cannot be read is refused whole, named at
    the end (status 65), and stops no other; up to 200 files are stored in one transaction.
    """
    rows: list[Row] = []
    refused: list[RefusedFile] = []
    loaded_topics: list[VocabularyReport] = []
    reports: list[dict[str, Any]] = []
    with exit_on_error(), _report_file(report) as write_report:
        stated = _stated(title, language, published, publisher, series, source_url, embargo_until)
        found = find_files(paths)
        vocabularies = _vocabularies(found)
        options = ReadOptions(stated, format_name.value if format_name else None, keep_unlabelled, to_store=True)
        with closing(Database(read_settings().database_url)) as database:
            database.check_schema()
            batches = _progress(found, options, workers, quiet=as_json) if found.transcripts else iter([[]])
            for batch in batches:
                stored, outcomes, now_refused = _store(database, vocabularies, batch, reason)
                loaded_topics, vocabularies = loaded_topics + stored, []
                refused += now_refused
                for unread in now_refused:
                    write_report(_line(unread, None))
                for prepared, loaded in outcomes:
                    write_report(_line(prepared, loaded))
                    rows.append(row_of(prepared, loaded))
                    if as_json:
                        reports.append(_line(prepared, loaded))
                    elif len(found.transcripts) == 1:
                        _print_loaded(prepared, loaded)
            if sum(row.outcome != Outcome.UNCHANGED.value for row in rows) >= _MANY:
                database.analyze()
    if as_json:
        reports += [_line(one, None) for one in refused]
        print_json({"vocabularies": [asdict(one) for one in loaded_topics], "interviews": reports})
    else:
        for one in loaded_topics:
            print_vocabulary(one)
        print_summary(out, rows, len(refused), len(found.ignored))
    print_refused(err, refused)
    if refused:
        raise typer.Exit(Exit.DATA)


@cli.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; it is made if it is not there.")],
    source: Annotated[bool, typer.Option("--source", help="Give back the source files, byte for byte.")] = False,
    format_name: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format", help="Write every interview in this format; as csv or ndjson, all lists; as canonical, all."
        ),
    ] = None,
) -> None:
    """Write the corpus to files, from one state of it.

    With --source, each source file as it was received, in a folder of its interview. With --format, each interview in
    that format, or questions, answers, interviews, speakers and topics as a table each. With --format canonical, one
    file of JSON lines that is the same byte for byte wherever the content is the same. A file that is there already and
    differs is somebody's, and stays.
    """
    if source == (format_name is not None):
        fail("say what to export: --source, or --format and one of " + ", ".join(ExportFormat), Exit.USAGE)
    left_out: list[str] = []
    with exit_on_error(), closing(Database(read_settings().database_url)) as database:
        database.check_schema()
        written = 0
        with database.read() as connection:
            files = _sources(connection) if source else _exported(connection, format_name, left_out)
            for name, content in files:
                _write_new(folder / name, content)
                written += 1
    out.print(f"{written} files written to {folder}", highlight=False, soft_wrap=True)
    if left_out:
        more = f" and {len(left_out) - 10} more" if len(left_out) > 10 else ""
        err.print(f"left out, having no times: {', '.join(left_out[:10])}{more}", highlight=False, soft_wrap=True)


@cli.command()
def mirror(
    url: Annotated[str, typer.Argument(help="Address of the Quoth to follow, such as https://quoth.example.org.")],
    once: Annotated[bool, typer.Option("--once", help="Catch up and end; so it is without --every too.")] = False,
    every: Annotated[
        float | None, typer.Option(min=1, help="Go on, and look for changes again after so many seconds.")
    ] = None,
) -> None:
    """Keep this database in step with another Quoth.

    The database has to be empty at first, and is changed by nothing else. What is interrupted goes on where it was.
    With --every, an origin that is away is asked again; without, the status is 75 then. It is 65 for an address that is
    no Quoth, or whose content is not what it should be.
    """
    # The other commands start faster without a client.
    from app.maintenance.mirroring import Origin, follow

    if once and every is not None:
        fail("say --once or --every, not both", Exit.USAGE)
    with exit_on_error(), closing(Database(read_settings().database_url)) as database, closing(Origin(url)) as origin:
        database.check_schema()
        while True:
            try:
                done = _followed(follow(database, origin))
            except (OriginUnavailableError, DatabaseUnavailableError) as error:
                if every is None:
                    raise
                err.print(f"quoth: {error}; trying again in {every:g} s", highlight=False, soft_wrap=True, markup=False)
            else:
                if done.changes or every is None:
                    _print_mirrored(origin.url, done)
            if every is None:
                return
            time.sleep(every)


@cli.command()
def openapi() -> None:
    """Print the OpenAPI document, for generating clients."""
    # The other commands start faster without the API.
    from app.main import create_app

    with exit_on_error():
        print_json(create_app(read_settings()).openapi())


def _vocabularies(found: FoundFiles) -> list[dict[str, Concept]]:
    return [read_vocabulary(str(path), read_file(path)) for path in found.vocabularies]


def _stated(
    title: str | None,
    language: str | None,
    published: str | None,
    publisher: str | None,
    series: str | None,
    source_url: str | None,
    embargo_until: str | None = None,
) -> Sidecar:
    return stated_by_options(
        title=title,
        language=language,
        published=published,
        publisher=publisher,
        series=series,
        source_url=source_url,
        embargo_until=embargo_until,
    )


def _store(
    database: Database,
    vocabularies: Sequence[dict[str, Concept]],
    batch: Sequence[PreparedTranscript | RefusedFile],
    reason: str | None,
) -> tuple[list[VocabularyReport], list[tuple[PreparedTranscript, LoadedInterview]], list[RefusedFile]]:
    """Store one batch in one transaction; a file whose metadata the database contradicts is refused by itself."""
    now = datetime.datetime.now(datetime.UTC)
    outcomes: list[tuple[PreparedTranscript, LoadedInterview]] = []
    refused = [one for one in batch if isinstance(one, RefusedFile)]
    with database.write() as connection, DocumentWriter(connection) as documents:
        release_due(connection, now)
        topics = [load_vocabulary(connection, vocabulary, now) for vocabulary in vocabularies]
        for one in batch:
            if isinstance(one, RefusedFile):
                continue
            try:
                outcomes.append((one, load_interview(connection, one, now, reason, documents)))
            except (MetadataError, WithdrawnError) as error:
                refused.append(RefusedFile(Path(one.transcript.source.name), str(error)))
    return topics, outcomes, refused


def _progress(
    found: FoundFiles, options: ReadOptions, workers: int | None, *, quiet: bool
) -> Iterator[list[PreparedTranscript | RefusedFile]]:
    collect_rarely()
    processes = min(workers or os.cpu_count() or 1, len(found.transcripts))
    # Starting processes takes longer than reading a few files.
    if workers is None and len(found.transcripts) < 8:
        processes = 1
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    hidden = quiet or len(found.transcripts) < 2 or not err.is_terminal
    with ProgressBar(*columns, console=err, transient=True, disable=hidden) as progress:
        task = progress.add_task("reading", total=len(found.transcripts))
        for batch in prepare_all(found.transcripts, options, processes):
            yield batch
            progress.advance(task, len(batch))


@contextmanager
def _planning(
    *, against_stored: bool
) -> Iterator[Callable[[PreparedTranscript | RefusedFile], tuple[PreparedTranscript | RefusedFile, ImportPlan | None]]]:
    """Give what finds out what importing a file would do, from one state of the database; it finds nothing where that
    is not asked for.
    """
    if not against_stored:
        yield lambda one: (one, None)
        return
    with closing(Database(read_settings().database_url)) as database:
        database.check_schema()
        with database.read() as connection:

            def plan(
                one: PreparedTranscript | RefusedFile,
            ) -> tuple[PreparedTranscript | RefusedFile, ImportPlan | None]:
                if isinstance(one, RefusedFile):
                    return one, None
                try:
                    return one, plan_import(connection, one)
                except (MetadataError, WithdrawnError) as error:
                    return RefusedFile(Path(one.transcript.source.name), str(error)), None

            yield plan


def _print_checked(prepared: PreparedTranscript, plan: ImportPlan | None, *, whole: bool, show: bool) -> None:
    if whole or show:
        print_report(out, prepared)
    if show:
        print_source(out, prepared)
    if plan:
        print_correction(out, plan)


def _followed(steps: Iterator["Progress"]) -> "Progress":
    """Follow to the end, and show how far it is, in revisions, where somebody sits at a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ProgressBar(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("revision", total=None)
        last = next(steps)
        for step in chain([last], steps):
            bar.update(task, completed=step.revision, total=step.newest)
            last = step
    return last


def _print_mirrored(origin: str, done: "Progress") -> None:
    told_of = f"{done.changes} changes and {done.sources} source files" if done.changes else "nothing new"
    out.print(f"{told_of} from {origin}; revision {done.revision}", highlight=False, soft_wrap=True, markup=False)


def _line(one: PreparedTranscript | RefusedFile, loaded: LoadedInterview | None) -> dict[str, Any]:
    if isinstance(one, RefusedFile):
        return {"file": str(one.path), "outcome": "refused", "reason": one.reason}
    return {**report_on(one), **(asdict(loaded) if loaded else {})}


@contextmanager
def _report_file(path: Path | None) -> Iterator[Any]:
    if path is None:
        yield lambda _line: None
        return
    with path.open("w", encoding="utf-8") as opened:
        yield lambda line: opened.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


def _print_loaded(prepared: PreparedTranscript, loaded: LoadedInterview) -> None:
    until = f" until {loaded.held_until:%Y-%m-%d %H:%M %Z}" if loaded.held_until else ""
    out.print(
        f"{loaded.outcome.value} {loaded.slug}{until} (revision {loaded.revision}): {loaded.questions} questions, "
        f"{loaded.answers} answers, {loaded.turns} turns, {loaded.speakers} speakers",
        highlight=False,
        soft_wrap=True,
    )
    if loaded.outcome is not Outcome.UNCHANGED:
        print_remarks(out, prepared)


def _sources(connection: sa.Connection) -> Iterator[tuple[Path, Iterable[bytes]]]:
    for slug, name, content in list_sources(connection):
        yield Path(slug) / (Path(name).name or slug), [content]


def _exported(
    connection: sa.Connection, format_name: str | None, left_out: list[str]
) -> Iterator[tuple[Path, Iterable[bytes]]]:
    """Yield each file with its content, which is written piece by piece; note which interviews have no times."""
    if format_name == _CANONICAL:
        yield Path("corpus.jsonl"), (line.encode() for line in canonical.lines(connection))
    for known in LISTS:
        if known.name == format_name:
            for noun, listing, shape in _lists(connection):
                rows = known.render(walk(connection, listing), columns_of(shape))
                yield Path(f"{noun}{known.suffix}"), (row.encode() for row in rows)
    for form in INTERVIEWS:
        if form.name == format_name:
            base = read_settings().public_url
            for item in walk(connection, interviews.listing(connection, Filters(), "title")):
                slug = item["slug"]
                whole = interviews.find_interview(connection, slug), interviews.find_record(connection, slug)
                try:
                    yield Path(f"{slug}{form.suffix}"), [form.render(InterviewDocument(*whole, base)).encode()]
                except NoTimesError:
                    left_out.append(slug)


def _lists(connection: sa.Connection) -> Iterator[tuple[str, Listing, type[BaseModel]]]:
    nothing = Filters()
    yield "questions", questions.listing(connection, nothing, questions.DEFAULT_SORT), Question
    yield "answers", answers.listing(connection, nothing, questions.DEFAULT_SORT), Answer
    yield "interviews", interviews.listing(connection, nothing, questions.DEFAULT_SORT), InterviewSummary
    yield "speakers", speakers.listing(connection, nothing, speakers.DEFAULT_SORT), Speaker
    yield "topics", topics.listing(topics.DEFAULT_SORT), Topic


def _write_new(target: Path, content: Iterable[bytes]) -> None:
    """Write a file that is not there yet, whole or not at all; one that is there and differs stays."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    with part.open("wb") as opened:
        opened.writelines(content)
    if not target.exists():
        part.rename(target)
        return
    is_same = filecmp.cmp(part, target, shallow=False)
    part.unlink()
    if not is_same:
        fail(f"{target}: another file is there; remove it or export to another folder", Exit.CANNOT_CREATE)


def main() -> None:
    """Run the command line."""
    cli(prog_name="quoth")
