"""The commands `quoth topics ...`: importing and exporting the vocabulary, suggesting topics and deciding on them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import lru_cache, partial
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from app.cli.options import AsJson
from app.cli.review import review as review_one_by_one
from app.cli.review_table import read_table, write_table
from app.cli.signing import By, Reason, author_of
from app.cli.terminal import Exit, fail, open_database, print_json, say
from app.db import Database
from app.errors import EMPTY_CORPUS, NO_TOPICS
from app.loading import (
    Author,
    Decision,
    SuggestionCounts,
    VocabularyReport,
    decide,
    load_vocabulary,
    store_suggestions,
)
from app.models import Interview, TopicState
from app.queries.interviews import find_interview, has_interviews
from app.queries.names import slug_of
from app.queries.suggestions import decided, exchanges, proposals, questions_to_suggest_for
from app.queries.vocabulary import find_stored_concepts, find_vocabulary
from app.settings import read_settings
from app.structure.regular_file import read_file
from app.topics import vocabulary_files
from app.topics.suggestion import Suggester

# Suggestions are stored from this confidence on by default. A tenth of the suggestions with this confidence is right.
_MIN_CONFIDENCE = 0.1
# The same for a topic that the interview speaks for, and no word of the question itself: likelier than not.
_OF_INTERVIEW = 0.5
# Questions in one transaction.
_BATCH = 200

topics = typer.Typer(
    name="topics",
    help="Manage the vocabulary of topics, and decide which questions are about them.\n\n"
    "Start with: quoth topics import FILE, then quoth topics suggest, then quoth topics review.",
    no_args_is_help=True,
)

InterviewSlug = Annotated[str | None, typer.Option("--interview", help="Only this interview; its slug or id.")]
MinConfidence = Annotated[float, typer.Option(min=0, max=1, help="Only suggestions this confident or more, 0 to 1.")]


@topics.command("import")
def import_vocabulary(
    file: Annotated[
        Path, typer.Argument(help="A vocabulary: TOML, or SKOS in Turtle, RDF/XML or JSON-LD.", dir_okay=False)
    ],
    language: Annotated[
        str, typer.Option(help="Language of the SKOS labels to show, such as en.")
    ] = vocabulary_files.DEFAULT_LANGUAGE,
    reason: Reason = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Add the topics of a file to the vocabulary, or update them; topics that are not in the file stay.

    A topic keeps its slug from import to import. The old name of a renamed or merged topic leads to the new one.
    """
    with open_database() as database:
        data = read_file(file)
        with database.write() as connection:
            read = vocabulary_files.read_file(str(file), data, language, find_stored_concepts(connection))
            loaded = load_vocabulary(connection, read.concepts, author_of(by, reason), str(file))
        loaded.remarks = read.remarks
    if as_json:
        print_json(asdict(loaded))
    else:
        print_vocabulary(loaded)


@topics.command("export")
def export_vocabulary(
    file: Annotated[Path, typer.Argument(help="File to write, ending in .toml, .ttl, .rdf or .jsonld.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False,
) -> None:
    """Write the vocabulary to a file, which can be imported unchanged."""
    with open_database() as database:
        settings = read_settings()
        with database.read() as connection:
            concepts = find_vocabulary(connection)
        try:
            written = vocabulary_files.write_file(file.name, concepts, settings.public_url)
        except ValueError as error:
            fail(f"{file}: {error}", Exit.USAGE)
        _write(file, written, overwrite=overwrite)
    say(f"{len(concepts)} topics written to {file}")


@topics.command()
def suggest(
    interview: InterviewSlug = None,
    min_confidence: MinConfidence = _MIN_CONFIDENCE,
    everything: Annotated[
        bool, typer.Option("--all", help="Also for questions that have had suggestions before.")
    ] = False,
    reason: Reason = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Suggest topics for questions that are new or changed, or were not yet compared with this vocabulary.

    With --all, topics are suggested for all questions again, which learns from the decisions made since. Topics stated
    by an editor and decisions on suggestions stay as they are.
    """
    with open_database() as database:
        sign = partial(author_of, by, reason)
        counts = suggest_topics(database, interview, min_confidence, everything=everything, sign=sign)
        with database.read() as connection:
            missing = NO_TOPICS if not find_vocabulary(connection) else None
            missing = missing if has_interviews(connection) else EMPTY_CORPUS
    if as_json:
        print_json(asdict(counts))
        return
    say(
        f"{counts.questions} questions: {counts.proposed} topics proposed, {counts.changed} changed, "
        f"{counts.withdrawn} withdrawn, {counts.unchanged} unchanged; {counts.decided} already decided"
    )
    if missing is not None:
        say(missing)


def suggest_topics(
    database: Database,
    interview: str | None = None,
    min_confidence: float = _MIN_CONFIDENCE,
    *,
    everything: bool = False,
    sign: Callable[[], Author] = author_of,
) -> SuggestionCounts:
    """Suggest topics and store them, 200 questions in a transaction, each signed.

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
    for start in range(0, len(ids), _BATCH):
        # Read in the transaction that writes: a correction in between would make the offsets wrong.
        with database.write() as connection:
            suggestions = {
                exchange.id: [
                    one
                    for one in suggester.suggest(exchange)
                    if one.confidence >= max(min_confidence, 0.0 if one.is_of_question else _OF_INTERVIEW)
                ]
                for exchange in exchanges(connection, ids[start : start + _BATCH])
            }
            store_suggestions(connection, suggester.version, suggestions, sign(), counts)
    return counts


@topics.command()
def review(
    interview: InterviewSlug = None, min_confidence: MinConfidence = 0.0, reason: Reason = None, by: By = None
) -> None:
    """Accept or reject suggestions one by one, with the evidence for each.

    Each decision is stored at once. A rejected topic is never suggested for that question again.
    """
    with open_database() as database:
        with database.read() as connection:
            waiting = list(proposals(connection, _interview_ids(connection, interview), min_confidence))
        if not waiting:
            say("No suggestion waits for a decision.")
            return
        done = review_one_by_one(database, waiting, partial(author_of, by, reason))
    say(f"{done.accepted} accepted, {done.rejected} rejected, {done.skipped} skipped; {done.left} left")


@topics.command()
def accept(
    min_confidence: Annotated[float, typer.Option(min=0, max=1, help="Least confidence to accept, 0 to 1.")],
    interview: InterviewSlug = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be accepted, and change nothing.")
    ] = False,
    reason: Reason = None,
    by: By = None,
) -> None:
    """Accept every suggestion of at least a given confidence."""
    with open_database() as database, database.write() as connection:
        waiting = list(proposals(connection, _interview_ids(connection, interview), min_confidence))
        if not dry_run:
            confirmed = [Decision(one.question_id, one.topic, TopicState.CONFIRMED) for one in waiting]
            decide(connection, confirmed, author_of(by, reason))
    for (slug, label), count in sorted(Counter((one.topic, one.label) for one in waiting).items()):
        say(f"  {count:>5}  {label} ({slug})")
    word = "would be accepted" if dry_run else "accepted"
    say(f"{len(waiting)} suggestions on {len({one.question_id for one in waiting})} questions {word}")


@topics.command("csv-export")
def export_table(
    file: Annotated[Path, typer.Argument(help="CSV file to write.")],
    interview: InterviewSlug = None,
    min_confidence: MinConfidence = 0.0,
    everything: Annotated[bool, typer.Option("--all", help="Also suggestions already decided.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False,
) -> None:
    """Write the suggestions to a CSV table, with a column `decision` to fill in: accept or reject."""
    states = tuple(TopicState) if everything else (TopicState.PROPOSED,)
    if file.exists() and not overwrite:
        fail(f"{file} exists; --overwrite replaces it", Exit.CANNOT_CREATE)
    with open_database() as database, database.read() as connection:
        chosen = proposals(connection, _interview_ids(connection, interview), min_confidence, states)
        # The rows of one question follow one another.
        exchange_of = lru_cache(maxsize=1)(lambda question_id: next(exchanges(connection, [question_id])))
        with file.open("w", encoding="utf-8-sig", newline="") as opened:
            count = write_table(opened, chosen, exchange_of)
    say(f"{count} suggestions written to {file}")


@topics.command("csv-import")
def import_table(
    file: Annotated[Path, typer.Argument(help="CSV table from csv-export, with decisions filled in.", dir_okay=False)],
    reason: Reason = None,
    by: By = None,
) -> None:
    """Store the decisions of a CSV table: all of them, or none if a line is wrong."""
    with open_database() as database:
        data = read_file(file)
        with database.write() as connection:
            suggested = {(one.question_id, one.topic) for one in proposals(connection, states=tuple(TopicState))}
            decisions = read_table(str(file), data, suggested)
            changed = decide(connection, decisions, author_of(by, reason))
    counts = Counter(one.state.value for one in changed)
    counted = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "nothing changed"
    say(f"{len(decisions)} decisions read: {counted}")


def print_vocabulary(loaded: VocabularyReport) -> None:
    """Print what importing a vocabulary changed."""
    beyond = f"; stored but not in the file: {', '.join(loaded.not_in_file)}" if loaded.not_in_file else ""
    counts = f"{len(loaded.created)} created, {len(loaded.changed)} changed, {len(loaded.unchanged)} unchanged"
    say(f"topics: {counts}{beyond}")
    for word, names in (("renamed", loaded.renamed), ("merged", loaded.merged)):
        for old, new in names.items():
            say(f"  {word}: {old} is now {new}")
    for remark in loaded.remarks:
        say(f"  {remark}")


def _interview_ids(connection: sa.Connection, interview: str | None) -> Sequence[str] | None:
    if interview is None:
        return None
    return [str(find_interview(connection, slug_of(connection, Interview, interview))["id"])]


def _write(file: Path, data: bytes, *, overwrite: bool) -> None:
    if file.exists() and not overwrite and file.read_bytes() != data:
        fail(f"{file} exists and differs; --overwrite replaces it", Exit.CANNOT_CREATE)
    file.write_bytes(data)
