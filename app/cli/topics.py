"""The commands below `quoth topics`: the vocabulary in and out, suggestions, and what people decide on them."""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer
from rich.markup import escape

from app.cli.review import review as review_one_by_one
from app.cli.review_table import read_table, write_table
from app.cli.terminal import Exit, exit_on_error, fail, out, print_json
from app.db import Database
from app.loading import (
    Decision,
    SuggestionCounts,
    VocabularyReport,
    decide,
    load_vocabulary,
    store_suggestions,
)
from app.models import Interview, TopicState
from app.queries.interviews import find_interview
from app.queries.names import slug_of
from app.queries.suggestions import decided, exchanges, proposals, questions_to_suggest_for
from app.queries.vocabulary import find_stored_concepts, find_vocabulary
from app.settings import read_settings
from app.structure.files import read_file
from app.topics.suggestion import Suggester
from app.topics.vocabulary import read_vocabulary, write_vocabulary

# A tag alone makes a suggestion this sure, so that it is kept by default; a passing word in a long answer is not.
_KEPT = 0.3
_QUESTIONS_AT_A_TIME = 200

topics = typer.Typer(
    help="The vocabulary of topics, and which questions are about them.\n\n"
    "Start with: quoth topics import FILE, then quoth topics suggest, then quoth topics review.",
    no_args_is_help=True,
)

InterviewSlug = Annotated[str | None, typer.Option("--interview", help="Only this interview, by slug or id.")]
MinConfidence = Annotated[float, typer.Option(min=0, max=1, help="Only suggestions at least this sure, 0 to 1.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@topics.command("import")
def import_vocabulary(
    file: Annotated[Path, typer.Argument(help="A vocabulary: TOML, or SKOS in Turtle, RDF/XML or JSON-LD.")],
    language: Annotated[str, typer.Option(help="Of SKOS labels, show those in this language.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Bring topics into the vocabulary, or up to date; one that the file leaves out stays.

    A topic keeps its slug from import to import. One that is renamed or merged into another leads on from its old name.
    """
    with _database() as database:
        data = read_file(file)
        now = datetime.datetime.now(datetime.UTC)
        remarks: list[str] = []
        with database.write() as connection:
            if file.suffix.lower() == ".toml":
                concepts = read_vocabulary(str(file), data)
            else:
                # The other commands start faster without it.
                from app.topics.skos import read_skos

                thesaurus = read_skos(str(file), data, language, find_stored_concepts(connection))
                concepts, remarks = thesaurus.concepts, thesaurus.remarks
            loaded = load_vocabulary(connection, concepts, now, str(file))
        loaded.remarks = remarks
    if as_json:
        print_json(asdict(loaded))
    else:
        print_vocabulary(loaded)


@topics.command("export")
def export_vocabulary(
    file: Annotated[Path, typer.Argument(help="Where to; its suffix says how: .toml, .ttl, .rdf or .jsonld.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
) -> None:
    """Write the vocabulary to a file that reads back as the same."""
    with _database() as database:
        settings = read_settings()
        with database.read() as connection:
            concepts = find_vocabulary(connection)
        if file.suffix.lower() == ".toml":
            written = write_vocabulary(concepts)
        else:
            from app.topics.skos import SUFFIXES, syntax_of, write_skos

            if file.suffix.lower() not in SUFFIXES:
                fail(f"{file}: say by the suffix how to write it: .toml, {', '.join(SUFFIXES)}", Exit.USAGE)
            written = write_skos(concepts, syntax_of(file.name, b""), settings.public_url or "")
        _write(file, written, overwrite=overwrite)
    out.print(f"{len(concepts)} topics written to {escape(str(file))}", highlight=False, soft_wrap=True)


@topics.command()
def suggest(
    interview: InterviewSlug = None,
    min_confidence: MinConfidence = _KEPT,
    everything: Annotated[
        bool, typer.Option("--all", help="Also questions that topics were suggested for before.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Suggest topics for questions that are new or changed, or that this vocabulary has not been held against yet.

    With --all, suggestions for other questions are made again too, so that they learn from what was decided since.
    What an editor stated and what was decided stays.
    """
    with _database() as database:
        counts = suggest_topics(database, interview, min_confidence, everything=everything)
    if as_json:
        print_json(asdict(counts))
        return
    out.print(
        f"{counts.questions} questions: {counts.proposed} topics proposed, {counts.changed} changed, "
        f"{counts.withdrawn} withdrawn, {counts.unchanged} as before; {counts.decided} decided on already",
        highlight=False,
        soft_wrap=True,
    )


def suggest_topics(
    database: Database, interview: str | None = None, min_confidence: float = _KEPT, *, everything: bool = False
) -> SuggestionCounts:
    """Suggest topics and store them, some hundred questions in a transaction.

    Raises:
        NotFoundError: there is no such interview.
    """
    counts = SuggestionCounts()
    with database.read() as connection:
        suggester = Suggester(find_vocabulary(connection))
        ids = questions_to_suggest_for(
            connection, None if everything else suggester.version, _interview_ids(connection, interview)
        )
        if not ids:
            return counts
        confirmed, rejected = decided(connection, TopicState.CONFIRMED), decided(connection, TopicState.REJECTED)
        suggester.learn(exchanges(connection), confirmed, rejected)
    for start in range(0, len(ids), _QUESTIONS_AT_A_TIME):
        # Read in the transaction that writes, so that no correction comes between the words and their offsets.
        with database.write() as connection:
            found = {
                exchange.id: [one for one in suggester.suggest(exchange) if one.confidence >= min_confidence]
                for exchange in exchanges(connection, ids[start : start + _QUESTIONS_AT_A_TIME])
            }
            store_suggestions(connection, suggester.version, found, datetime.datetime.now(datetime.UTC), counts)
    return counts


@topics.command()
def review(interview: InterviewSlug = None, min_confidence: MinConfidence = 0.0) -> None:
    """Accept or reject suggestions one by one, with the words that speak for each.

    Every decision is stored as it is made. A rejection is remembered for good: the topic is not suggested there again.
    """
    with _database() as database:
        with database.read() as connection:
            waiting = list(proposals(connection, _interview_ids(connection, interview), min_confidence))
        if not waiting:
            out.print("No suggestion waits for a decision.")
            return
        done = review_one_by_one(out, database, waiting)
    out.print(
        f"{done.accepted} accepted, {done.rejected} rejected, {done.skipped} skipped; {done.left} not looked at",
        highlight=False,
    )


@topics.command()
def accept(
    min_confidence: Annotated[float, typer.Option(min=0, max=1, help="How sure a suggestion has to be, 0 to 1.")],
    interview: InterviewSlug = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be accepted, and change nothing.")
    ] = False,
) -> None:
    """Accept every suggestion that is at least so sure."""
    with _database() as database, database.write() as connection:
        waiting = list(proposals(connection, _interview_ids(connection, interview), min_confidence))
        if not dry_run:
            confirmed = [Decision(one.question_id, one.topic, TopicState.CONFIRMED) for one in waiting]
            decide(connection, confirmed, datetime.datetime.now(datetime.UTC))
    for (slug, label), count in sorted(Counter((one.topic, one.label) for one in waiting).items()):
        out.print(f"  {count:>5}  {escape(label)} ({slug})", highlight=False, soft_wrap=True)
    word = "would be accepted" if dry_run else "accepted"
    out.print(
        f"{len(waiting)} suggestions on {len({one.question_id for one in waiting})} questions {word}", highlight=False
    )


@topics.command("csv-export")
def export_table(
    file: Annotated[Path, typer.Argument(help="The table to write.")],
    interview: InterviewSlug = None,
    min_confidence: MinConfidence = 0.0,
    everything: Annotated[bool, typer.Option("--all", help="Also what was decided.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
) -> None:
    """Write suggestions to a CSV table with a column `decision` to fill in: accept or reject."""
    states = tuple(TopicState) if everything else (TopicState.PROPOSED,)
    if file.exists() and not overwrite:
        fail(f"{file}: a file is there; --overwrite replaces it", Exit.CANNOT_CREATE)
    with _database() as database, database.read() as connection:
        chosen = proposals(connection, _interview_ids(connection, interview), min_confidence, states)
        # Rows of a question follow one another.
        words = lru_cache(maxsize=1)(lambda question_id: next(exchanges(connection, [question_id])))
        with file.open("w", encoding="utf-8-sig", newline="") as opened:
            count = write_table(opened, chosen, words)
    out.print(f"{count} suggestions written to {escape(str(file))}", highlight=False, soft_wrap=True)


@topics.command("csv-import")
def import_table(
    file: Annotated[Path, typer.Argument(help="A table from csv-export, with decisions filled in.")],
) -> None:
    """Take over the decisions of a table: all of them, or none if a line is wrong."""
    with _database() as database:
        data = read_file(file)
        with database.write() as connection:
            known = {(one.question_id, one.topic) for one in proposals(connection, states=tuple(TopicState))}
            decisions = read_table(str(file), data, known)
            changed = decide(connection, decisions, datetime.datetime.now(datetime.UTC))
    counts = Counter(one.state.value for one in changed)
    told_counts = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "nothing changed"
    out.print(f"{len(decisions)} decisions read: {told_counts}", highlight=False, soft_wrap=True)


def print_vocabulary(loaded: VocabularyReport) -> None:
    """Tell what became of a vocabulary."""
    beyond = f"; stored but not in the file: {', '.join(loaded.not_in_file)}" if loaded.not_in_file else ""
    counts = f"{len(loaded.created)} created, {len(loaded.changed)} changed, {len(loaded.unchanged)} unchanged"
    out.print(f"topics: {counts}{beyond}", soft_wrap=True)
    for word, names in (("renamed", loaded.renamed), ("merged", loaded.merged)):
        for old, new in names.items():
            out.print(f"  {word}: {old} is {new} now", highlight=False, soft_wrap=True)
    for remark in loaded.remarks:
        out.print(f"  {escape(remark)}", highlight=False, soft_wrap=True)


@contextmanager
def _database() -> Iterator[Database]:
    with exit_on_error(), closing(Database(read_settings().database_url)) as database:
        database.check_schema()
        yield database


def _interview_ids(connection: sa.Connection, interview: str | None) -> Sequence[str] | None:
    if interview is None:
        return None
    return [str(find_interview(connection, slug_of(connection, Interview, interview))["id"])]


def _write(file: Path, data: bytes, *, overwrite: bool) -> None:
    if file.exists() and not overwrite and file.read_bytes() != data:
        fail(f"{file}: another file is there; --overwrite replaces it", Exit.CANNOT_CREATE)
    file.write_bytes(data)
