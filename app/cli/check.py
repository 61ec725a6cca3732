"""The command `quoth check`: what loading files would understand and change."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.corrections import print_correction
from app.cli.options import TranscriptOptions, with_transcript_options
from app.cli.reading import (
    passed_over_line,
    read_batches,
    read_statement_files,
    read_vocabularies,
    report_file,
    report_line,
)
from app.cli.reports import (
    Row,
    print_passed_over,
    print_refused,
    print_report,
    print_source,
    print_summary,
    row_of,
)
from app.cli.terminal import Exit, exit_on_error, open_database, print_json
from app.errors import MetadataError, ReplacementError, WithdrawnError
from app.loading import ImportPlan, correction_of, plan_import
from app.settings import read_settings
from app.structure.batches import RefusedFile
from app.structure.files import find_files
from app.structure.prepare import PreparedTranscript, refuse_contradictions, refuse_unfit
from app.structure.reading_report import report_on


@with_transcript_options
def check(
    paths: Annotated[list[Path], typer.Argument(help="Transcript files, folders, or patterns such as 'talks/*.txt'.")],
    show: Annotated[bool, typer.Option("--show", help="Print each file, coloured by what each part of it is.")] = False,
    against_stored: Annotated[
        bool, typer.Option("--against-stored", help="Also report what loading would create, change, move and delete.")
    ] = False,
    *,
    options: TranscriptOptions,
) -> None:
    """Report what loading would understand, and store nothing.

    --json prints one document for one file and a list for several, with every turn and which turns answer which.

    --against-stored compares each file with the interview that it corrects, and lists what becomes of every question
    and answer, with the words that differ.

    Ends with status 65 if a file is refused.
    """
    rows: list[Row] = []
    refused: list[RefusedFile] = []
    reports: list[dict[str, Any]] = []
    with exit_on_error(), report_file(options.report) as write_report:
        read_options = options.read_options(with_spans=show)
        found = find_files(paths)
        for each in found.passed_over:
            write_report(passed_over_line(each))
        read_vocabularies(found)
        read_statement_files(found)
        files = chain.from_iterable(read_batches(found, read_options, options))
        with _planner(options, against_stored=against_stored) as plan_for:
            for file, plan in map(plan_for, files):
                correction = {"against_stored": correction_of(plan)} if plan else {}
                write_report({**report_line(file), **correction})
                if isinstance(file, RefusedFile):
                    refused.append(file)
                    continue
                rows.append(row_of(file, None))
                if options.as_json:
                    reports.append({**report_on(file, turns=True), **correction})
                    continue
                if show or len(found.transcripts) == 1:
                    print_report(file)
                if show:
                    print_source(file)
                if plan:
                    print_correction(plan)
    if options.as_json:
        reports += map(report_line, refused)
        print_json(reports[0] if len(found.transcripts) == 1 else reports)
    else:
        print_summary(rows, len(refused))
        print_passed_over(found.passed_over)
    print_refused(refused)
    if refused:
        raise typer.Exit(Exit.DATA)


def _whose_statements_fit(file: PreparedTranscript | RefusedFile) -> PreparedTranscript | RefusedFile:
    if isinstance(file, PreparedTranscript):
        try:
            refuse_contradictions(file)
            refuse_unfit(file)
        except MetadataError as error:
            return RefusedFile(Path(file.transcript.source.name), str(error))
    return file


@contextmanager
def _planner(
    options: TranscriptOptions, *, against_stored: bool
) -> Iterator[Callable[[PreparedTranscript | RefusedFile], tuple[PreparedTranscript | RefusedFile, ImportPlan | None]]]:
    """Return the function that plans the import of a file against one state of the database.

    Unless `against_stored`, it plans nothing and no database is needed.
    """
    if not against_stored:
        yield lambda file: (_whose_statements_fit(file), None)
        return
    with open_database() as database, database.read() as connection:
        across_series = read_settings().names_across_series

        def plan(file: PreparedTranscript | RefusedFile) -> tuple[PreparedTranscript | RefusedFile, ImportPlan | None]:
            if isinstance(file, RefusedFile):
                return file, None
            try:
                return file, plan_import(
                    connection,
                    file,
                    across_series=across_series,
                    keeps_metadata=not options.restate,
                    replaces=options.replace,
                )
            except (MetadataError, ReplacementError, WithdrawnError) as error:
                return RefusedFile(Path(file.transcript.source.name), str(error)), None

        yield plan
