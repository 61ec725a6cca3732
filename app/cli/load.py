"""The command `quoth load`: transcripts and vocabularies into the database."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.embed import embed_loaded
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
    print_remarks,
    print_replaced,
    print_roles_to_state,
    print_statements,
    print_summary,
    row_of,
)
from app.cli.signing import By, Reason, author_of
from app.cli.speakers import print_speaker_statements
from app.cli.terminal import Exit, exit_on_error, open_database, print_json, say
from app.cli.topics import print_vocabulary
from app.db import Database
from app.errors import MetadataError, ReplacementError, WithdrawnError
from app.loading import (
    Author,
    DocumentWriter,
    LoadedInterview,
    LoadedStatement,
    Outcome,
    VocabularyReport,
    link_speakers,
    load_interview,
    load_statements,
    load_vocabulary,
    release_due,
)
from app.settings import read_settings
from app.structure.batches import RefusedFile
from app.structure.files import find_files
from app.structure.prepare import PreparedTranscript
from app.text.meaning import open_model
from app.topics.concepts import Concept

# Interviews stored or changed by one command from which on the planner's statistics are renewed.
_ANALYZE_FROM = 20


@with_transcript_options
def load(
    paths: Annotated[list[Path], typer.Argument(help="Transcript files, folders, or patterns such as 'talks/*.txt'.")],
    reason: Reason = None,
    by: By = None,
    embargo_until: Annotated[
        str | None,
        typer.Option(help="Hold back until this day, such as 2026-12-31, or a time with its zone.", metavar="TIME"),
    ] = None,
    *,
    options: TranscriptOptions,
) -> None:
    """Load transcripts into the database; loading the same file again changes nothing.

    The file NAME.toml beside a transcript NAME.txt holds its metadata; manifest.csv in a folder, that of many files.
    Options win over both. topics.toml in a folder is the vocabulary of topics, speakers.toml says who is one person
    and who is not. All count for a file that is named by itself, too.

    What was stated of a stored interview and is not stated now stays, and the report says so.

    A corrected file replaces what was loaded from the same file, or a file that has moved. Files of one name in two
    folders are two interviews. A file without most of the words of the interview that it would replace is refused,
    unless --replace says that it is meant.

    A file that cannot be read is refused as a whole and named at the end, and does not stop the others (status 65). Up
    to 200 files are stored in one transaction.
    """
    rows: list[Row] = []
    refused: list[RefusedFile] = []
    vocabularies_loaded: list[VocabularyReport] = []
    reports: list[dict[str, Any]] = []
    stated: list[LoadedStatement] = []
    with exit_on_error(), report_file(options.report) as write_report:
        read_options = options.read_options(embargo_until=embargo_until, to_store=True)
        found = find_files(paths)
        for passed in found.passed_over:
            write_report(passed_over_line(passed))
        vocabularies, statements = read_vocabularies(found), read_statement_files(found)
        settings = read_settings()
        across_series = settings.names_across_series
        # Before anything is stored: a setting that asks for what is not installed stops the command.
        meaning = open_model(settings.semantic_model, settings.semantic_languages)
        with open_database() as database:
            batches = read_batches(found, read_options, options) if found.transcripts else iter([[]])
            for batch in batches:
                stored, outcomes, refused_now = _store(
                    database,
                    vocabularies,
                    batch,
                    author_of(by, reason),
                    across_series,
                    keeps_metadata=not options.restate,
                    replaces=options.replace,
                )
                vocabularies_loaded, vocabularies = vocabularies_loaded + stored, []
                refused += refused_now
                for file in refused_now:
                    write_report(report_line(file))
                for prepared, loaded in outcomes:
                    line = report_line(prepared, loaded)
                    write_report(line)
                    rows.append(row_of(prepared, loaded))
                    if options.as_json:
                        reports.append(line)
                    elif len(found.transcripts) == 1:
                        _print_loaded(prepared, loaded)
            with database.write() as connection:
                author = author_of(by, reason)
                stated = [one for each in statements for one in load_statements(connection, each, author)]
                stated += link_speakers(connection, author)
            if sum(row.outcome != Outcome.UNCHANGED.value for row in rows) >= _ANALYZE_FROM:
                database.analyze()
            embed_loaded(database, meaning, quiet=options.as_json)
    if options.as_json:
        reports += map(report_line, refused)
        passed_over = [passed_over_line(each) for each in found.passed_over]
        vocabulary_reports = [asdict(each) for each in vocabularies_loaded]
        print_json(
            {
                "vocabularies": vocabulary_reports,
                "interviews": reports,
                "statements": [asdict(each) for each in stated],
                "passed_over": passed_over,
            }
        )
    else:
        for each in vocabularies_loaded:
            print_vocabulary(each)
        print_summary(rows, len(refused))
        print_speaker_statements(stated)
        print_passed_over(found.passed_over)
    print_refused(refused)
    if refused:
        raise typer.Exit(Exit.DATA)


def _store(
    database: Database,
    vocabularies: Sequence[dict[str, Concept]],
    batch: Sequence[PreparedTranscript | RefusedFile],
    author: Author,
    across_series: bool,
    *,
    keeps_metadata: bool,
    replaces: bool,
) -> tuple[list[VocabularyReport], list[tuple[PreparedTranscript, LoadedInterview]], list[RefusedFile]]:
    """Store one batch in one transaction; a file whose metadata contradicts the database is refused by itself."""
    outcomes: list[tuple[PreparedTranscript, LoadedInterview]] = []
    refused = [file for file in batch if isinstance(file, RefusedFile)]
    with database.write() as connection, DocumentWriter(connection) as documents:
        release_due(connection, replace(author, why=None))
        topics = [load_vocabulary(connection, vocabulary, author) for vocabulary in vocabularies]
        for file in batch:
            if isinstance(file, RefusedFile):
                continue
            try:
                loaded = load_interview(
                    connection,
                    file,
                    author,
                    documents,
                    across_series=across_series,
                    keeps_metadata=keeps_metadata,
                    replaces=replaces,
                )
                outcomes.append((file, loaded))
            except (MetadataError, ReplacementError, WithdrawnError) as error:
                refused.append(RefusedFile(Path(file.transcript.source.name), str(error)))
    return topics, outcomes, refused


def _print_loaded(prepared: PreparedTranscript, loaded: LoadedInterview) -> None:
    until = f" until {loaded.held_until:%Y-%m-%d %H:%M %Z}" if loaded.held_until else ""
    say(
        f"{loaded.outcome.value} {loaded.slug}{until} (revision {loaded.revision}): {loaded.questions} questions, "
        f"{loaded.answers} answers, {loaded.turns} turns, {loaded.speakers} speakers"
    )
    if loaded.outcome is not Outcome.UNCHANGED:
        print_remarks(prepared)
    print_replaced(loaded.share_replaced)
    print_statements(loaded.kept_metadata, loaded.overruled_metadata, loaded.open_statements)
    print_roles_to_state(prepared)
