"""What must hold in every database, as checks that only read: each yields where it does not, in bounded memory.

What an engine alone can tell is asked of it here, as in `app.db`: this is about databases, whatever is in them.
"""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel, col

from app.db import Database
from app.errors import DatabaseUnavailableError, QuothError, TranscriptError
from app.loading.documents import documents_of, terms_of
from app.models import (
    Answer,
    Change,
    ChangeAction,
    Contribution,
    Interview,
    PastInterview,
    PastItem,
    Question,
    QuestionTopic,
    SearchDocument,
    SearchTerm,
    SearchWord,
    Speaker,
    Topic,
    TopicCount,
    TopicQuestion,
    TopicState,
    Transcript,
    Turn,
    table_of,
)
from app.queries.past import Past
from app.quotes.redactions import is_blank
from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import Segment, TurnKind

# What a check found: which item, and what is wrong with it.
Problem = tuple[str, str]
Look = Callable[[sa.Connection, "Count"], Generator[Problem]]
_UNREDACTED = "has words where it says that they were redacted"
_RESTORE = "restore the newest backup that verifies, and load what is newer again"
_INDEX_ANEW = "empty search_document, search_term and search_word; 'quoth migrate' makes them anew from the record"
_TOPICS_ANEW = (
    "run DELETE FROM topic_question; DELETE FROM topic_count; UPDATE question_topic SET state = state: "
    "triggers make both anew"
)
_AT_A_TIME = 500
_ROWS_AT_A_TIME = 100
_OF_TOPICS = (
    *(f"question_topic_{done}" for done in ("inserted", "deleted", "updated")),
    *(f"topic_question_{done}" for done in ("inserted", "deleted", "updated")),
    "topic_moved",
    "interview_redated",
)
_TRIGGERS = {
    "search_document_inserted": "the index of search",
    "search_document_updated": "the index of search",
    **dict.fromkeys(_OF_TOPICS, "what topics find"),
}
# PostgreSQL has a foreign key for that.
_TRIGGERS_OF_SQLITE = {"search_document_deleted": "the index of search"}
# Sums of hashes, which tell whether two multitudes are the same in whatever order they come.
_MASK = (1 << 64) - 1


class Count:
    """How many things a check has looked at; `told` is called now and then, for somebody who waits."""

    def __init__(self, told: Callable[[int], None] = lambda _count: None) -> None:
        self.examined = 0
        self._told = told

    def one(self, many: int = 1) -> None:
        """Count."""
        self.examined += many
        if self.examined % _AT_A_TIME < many:
            self._told(self.examined)


@dataclass(frozen=True)
class Check:
    """Something that must hold. `remedy` is what to do where it does not.

    What is derived can be made anew from the rest; it takes the longest to look at.
    """

    name: str
    what: str
    remedy: str
    look: Look
    is_derived: bool = False


@dataclass(frozen=True)
class Finding:
    """Something that does not hold: the check, the item, what is wrong and what to do."""

    check: str
    item: str
    problem: str
    remedy: str


def examine(database: Database, check: Check, count: Count) -> Generator[Finding]:
    """Yield what one check finds, from one state of the database.

    Raises:
        DatabaseUnavailableError: the database could not be reached when the check began.
    """
    with database.read() as connection, closing(check.look(connection, count)) as problems:
        try:
            for item, problem in problems:
                yield Finding(check.name, item, problem, check.remedy)
        except (sa.exc.DBAPIError, QuothError, ValueError, LookupError, TypeError) as error:
            # The last three are what is no JSON, no date, or no word of an enumeration.
            cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
            yield Finding(check.name, "database", f"cannot be read to its end: {cause}", _RESTORE)


def unreadable(database: Database, error: DatabaseUnavailableError) -> Finding | None:
    """Say of a file that is there and cannot be opened that it is damaged; None where trying again may help."""
    if not database.is_sqlite or not Path(str(database.url.database)).is_file():
        return None
    if not isinstance(cause := error.__cause__, sa.exc.DBAPIError | sqlite3.Error):
        return None
    code = getattr(getattr(cause, "orig", cause), "sqlite_errorname", "")
    damaged = code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT"))
    return Finding("engine", "file", str(error), _RESTORE) if damaged else None


def _engine(connection: sa.Connection, count: Count) -> Generator[Problem]:
    count.one()
    if connection.dialect.name == "sqlite":
        for row in connection.exec_driver_sql("PRAGMA integrity_check"):
            if row[0] != "ok":
                yield "file", str(row[0])
        return
    failures = "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
    if failed := connection.exec_driver_sql(failures).scalar():
        yield "database", f"{failed} pages did not have their checksum"
    for row in connection.exec_driver_sql("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"):
        yield str(row[0]), "the index is not valid"


def _schema(connection: sa.Connection, count: Count) -> Generator[Problem]:
    metadata = SQLModel.metadata
    options = {
        "compare_type": True,
        # As in migrations/env.py: an engine keeps tables of its own behind a full-text index.
        "include_name": lambda name, kind, _parents: kind != "table" or name in metadata.tables,
    }
    count.one(len(metadata.tables))
    for difference in compare_metadata(MigrationContext.configure(connection, opts=options), metadata):
        first = difference[0] if isinstance(difference, list) else difference
        yield "schema", f"differs from what this version makes: {first[0]} {first[-1]}"
    listed = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }
    present = set(connection.exec_driver_sql(listed[connection.dialect.name]).scalars())
    wanted = _TRIGGERS | (_TRIGGERS_OF_SQLITE if connection.dialect.name == "sqlite" else {})
    for trigger, kept in wanted.items():
        if trigger not in present:
            yield trigger, f"the trigger that keeps {kept} in step is not there"


def _references(connection: sa.Connection, count: Count) -> Generator[Problem]:
    for table in SQLModel.metadata.sorted_tables:
        for key in table.foreign_keys:
            parent = key.column.table.alias("parent")
            missing = sa.and_(key.parent.is_not(None), ~sa.exists().where(parent.c[key.column.name] == key.parent))
            names = sa.select(*table.primary_key.columns, key.parent.label("points_to")).where(missing)
            count.one()
            for row in _stream(connection, names):
                yield f"{table.name} {row[0]}", f"{key.parent.name} is {row.points_to!r}, which does not exist"


def _files(connection: sa.Connection, count: Count) -> Generator[Problem]:
    columns: Sequence[Any] = (
        Transcript.id,
        Transcript.sha256,
        Transcript.content,
        Transcript.report,
        Transcript.withheld,
    )
    for row in _stream(connection, sa.select(*map(col, columns)), at_a_time=1):
        count.one()
        content = bytes(row.content)
        if row.withheld:
            if content:
                yield row.id, "is withheld, because there are redacted words in it, and its bytes are there"
            continue
        digest = hashlib.sha256(content).hexdigest()
        if digest != row.sha256:
            yield row.id, f"the bytes have SHA-256 {digest}, and were received with {row.sha256}"
        if (accounted := sum(row.report["bytes"].values())) != len(content):
            yield row.id, f"{accounted} bytes are accounted for, and there are {len(content)}"


def _record(connection: sa.Connection, count: Count) -> Generator[Problem]:
    for interview_id, revision in _interviews(connection):
        file = _file_of(connection, interview_id, revision)
        if file is None:
            yield interview_id, f"there is no source file of its revision {revision}"
            continue
        try:
            text = _text_of(file)
        except TranscriptError as error:
            yield interview_id, f"the source file of revision {revision} cannot be read: {error}"
            continue
        columns: Sequence[Any] = (
            Turn.id,
            Turn.text,
            Turn.source_start,
            Turn.source_end,
            Turn.segments,
            Turn.redactions,
        )
        of_interview = sa.select(*map(col, columns)).where(col(Turn.interview_id) == interview_id)
        for row in _stream(connection, of_interview):
            count.one()
            if not _is_redacted(row.text, row.redactions or ()):
                yield row.id, _UNREDACTED
            if text is None:
                continue
            if fault := _misplaced(row.text, text, row.source_start, row.source_end, _runs(row.segments)):
                yield row.id, fault


def _is_redacted(text: str, redactions: Sequence[Mapping[str, Any]]) -> bool:
    return all(is_blank(text[one["start"] : one["end"]]) for one in redactions)


def _runs(stored: Sequence[Sequence[int]] | None) -> list[Segment] | None:
    return None if stored is None else [Segment(*run) for run in stored]


def _misplaced(text: str, source: str, start: int, end: int, segments: Sequence[Segment] | None) -> str | None:
    """Say in which way the text of a turn is not what stands at its place in the source; None where it is.

    A run that the source writes differently, as an escape or an entity, corresponds as a whole; what stands between
    runs is white space.
    """
    if not 0 <= start <= end <= len(source):
        return f"its place, {start} to {end}, is not within the source, which has {len(source)} characters"
    if segments is None:
        return None if source[start:end] == text else "its text is not what stands at its place in the source"
    at = 0
    for run in segments:
        if not (
            at <= run.text_start <= run.text_end <= len(text) and start <= run.source_start <= run.source_end <= end
        ):
            return "its runs are out of order, or not within its text and its place"
        if run.is_copy and text[run.text_start : run.text_end] != source[run.source_start : run.source_end]:
            return f"its characters {run.text_start} to {run.text_end} are not those at their place in the source"
        at = run.text_end
    return None


def _structure(connection: sa.Connection, count: Count) -> Generator[Problem]:
    turn, question, answer, part = (table_of(one) for one in (Turn, Question, Answer, Contribution))

    def spoke(speaker: sa.Column[Any], interview: sa.Column[Any]) -> sa.Exists:
        return sa.exists().where(part.c.speaker_id == speaker, part.c.interview_id == interview)

    rules: Sequence[tuple[sa.Select[Any], str]] = (
        (
            sa.select(turn.c.id)
            .join(question, question.c.id == turn.c.question_id)
            .where(question.c.interview_id != turn.c.interview_id),
            "belongs to a question of another interview",
        ),
        (
            sa.select(turn.c.id)
            .join(answer, answer.c.id == turn.c.answer_id)
            .where(
                sa.or_(
                    answer.c.interview_id != turn.c.interview_id,
                    answer.c.question_id.is_distinct_from(turn.c.question_id),
                )
            ),
            "belongs to an answer of another interview or to another question",
        ),
        (
            sa.select(answer.c.id)
            .join(question, question.c.id == answer.c.question_id)
            .where(question.c.interview_id != answer.c.interview_id),
            "answers a question of another interview",
        ),
        (
            sa.select(question.c.id).where(
                ~sa.exists().where(
                    turn.c.question_id == question.c.id, turn.c.answer_id.is_(None), turn.c.kind == TurnKind.QUESTION
                )
            ),
            "has no turn in which it is asked",
        ),
        (
            sa.select(answer.c.id).where(~sa.exists().where(turn.c.answer_id == answer.c.id)),
            "has no turn in which it is given",
        ),
        (
            sa.select(turn.c.id).where(turn.c.speaker_id.is_not(None), ~spoke(turn.c.speaker_id, turn.c.interview_id)),
            "is spoken by somebody who has no part in the interview",
        ),
        (
            sa.select(question.c.id).where(
                question.c.asked_by.is_not(None), ~spoke(question.c.asked_by, question.c.interview_id)
            ),
            "is asked by somebody who has no part in the interview",
        ),
        (
            sa.select(answer.c.id).where(
                answer.c.speaker_id.is_not(None), ~spoke(answer.c.speaker_id, answer.c.interview_id)
            ),
            "is given by somebody who has no part in the interview",
        ),
        *(
            (
                sa.select(table.c.interview_id)
                .group_by(table.c.interview_id)
                .having(sa.or_(sa.func.min(table.c.position) != 1, sa.func.max(table.c.position) != sa.func.count())),
                f"its {table.name}s are not numbered from 1 on without a gap",
            )
            for table in (turn, question)
        ),
    )
    for broken, problem in rules:
        count.one()
        for row in _stream(connection, broken):
            yield row[0], problem


def _numbers(connection: sa.Connection, count: Count) -> Generator[Problem]:
    """Ids are given out in order and never again, so none may be above its counter."""
    interview = table_of(Interview)
    for table, counter in ((Turn, "turns_numbered"), (Question, "questions_numbered"), (Answer, "answers_numbered")):
        items = table_of(table)
        number = sa.cast(sa.func.substr(items.c.id, sa.func.length(items.c.interview_id) + 3), sa.Integer)
        above = (
            sa.select(interview.c.id, sa.func.max(number).label("highest"), interview.c[counter].label("given"))
            .join(items, items.c.interview_id == interview.c.id)
            .group_by(interview.c.id, interview.c[counter])
            .having(sa.func.max(number) > interview.c[counter])
        )
        count.one()
        for row in _stream(connection, above):
            yield row.id, f"{counter} is {row.given}, and there is a {items.name} {row.highest}"
    past = table_of(PastItem)
    taken_out = sa.select(past.c.item_id, past.c.interview_id, past.c.noun).order_by(past.c.interview_id)
    for row in _stream(connection, taken_out):
        count.one()
        yield from _above(connection, row.interview_id, f"{row.noun}s_numbered", row.item_id)
    for row in _stream(connection, sa.select(col(Speaker.id))):
        count.one()
        yield from _above(connection, row.id.rpartition("-")[0], "speakers_numbered", row.id)


def _above(connection: sa.Connection, interview_id: str, counter: str, item_id: str) -> Generator[Problem]:
    columns = table_of(Interview).c
    given = connection.execute(sa.select(columns[counter]).where(columns.id == interview_id)).scalar()
    number = item_id.rpartition("-")[2][1:]
    if given is not None and number.isdigit() and int(number) > given:
        yield interview_id, f"{counter} is {given}, and there was or is {item_id}"


def _changes(connection: sa.Connection, count: Count) -> Generator[Problem]:
    change = table_of(Change)
    following = sa.func.lead(change.c.revision).over(
        partition_by=(change.c.item_id, change.c.noun), order_by=change.c.revision
    )
    chained = sa.select(change.c.item_id, change.c.revision, change.c.superseded_by, following.label("next")).subquery()
    broken = sa.select(chained).where(chained.c.superseded_by.is_distinct_from(chained.c.next))
    count.one(connection.execute(sa.select(sa.func.count()).select_from(change)).scalar_one())
    for row in _stream(connection, broken):
        told = "be its newest one" if row.next is None else f"lead on to revision {row.next}"
        yield row.item_id, f"its change of revision {row.revision} should {told}, and says {row.superseded_by}"
    newest = change.c.superseded_by.is_(None)
    nouns: Sequence[type[SQLModel]] = (Interview, Question, Answer, Speaker, Topic)
    for table in map(table_of, nouns):
        noun = table.name
        there = sa.exists().where(table.c.id == change.c.item_id)
        gone = change.c.action == ChangeAction.DELETED
        wrong = sa.select(change.c.item_id, change.c.action).where(
            newest, change.c.noun == noun, sa.or_(sa.and_(gone, there), sa.and_(~gone, ~there))
        )
        for row in _stream(connection, wrong):
            yield row.item_id, f"the {noun} was {row.action.value} by its newest change, which is not so"
    interview = table_of(Interview)
    untold = sa.select(interview.c.id).where(
        ~sa.exists().where(newest, change.c.noun == "interview", change.c.item_id == interview.c.id)
    )
    for row in _stream(connection, untold):
        yield row.id, "no change tells of the interview"


def _past(connection: sa.Connection, count: Count) -> Generator[Problem]:
    for kept in _stream(connection, sa.select(table_of(PastInterview)), at_a_time=1):
        count.one()
        name = f"{kept.interview_id} revision {kept.revision}"
        try:
            past = Past(kept.content)
            ids = _read_all(past)
            pieces = [
                (turn["id"], turn["text"], turn["source_start"], turn["source_end"], _runs(turn["segments"]))
                for turn in past.record["turns"]
            ]
            unredacted = [turn["id"] for turn in past.turns if not _is_redacted(turn["text"], turn["redactions"])]
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, StopIteration) as error:
            yield name, f"cannot be read: {type(error).__name__} {error}"
            continue
        for turn_id in unredacted:
            yield f"{turn_id} in revision {kept.revision}", _UNREDACTED
        item = table_of(PastItem)
        here = sa.and_(item.c.interview_id == kept.interview_id, item.c.last_in == kept.revision)
        for row in connection.execute(sa.select(item.c.item_id, item.c.revision).where(here)):
            if row.item_id not in ids:
                yield f"{row.item_id} revision {row.revision}", f"is not in {name}, which should have it"
        file = _file_of(connection, kept.interview_id, kept.revision)
        if file is None:
            yield name, "its source file is not there"
            continue
        try:
            text = _text_of(file)
        except TranscriptError as error:
            yield name, f"its source file cannot be read: {error}"
            continue
        for turn_id, said, start, end, segments in pieces:
            if text is None:
                break
            if fault := _misplaced(said, text, start, end, segments):
                yield f"{turn_id} in revision {kept.revision}", fault
    item, kept_past = table_of(PastItem), table_of(PastInterview)
    whole = sa.exists().where(kept_past.c.interview_id == item.c.interview_id, kept_past.c.revision == item.c.last_in)
    for lost in _stream(connection, sa.select(item.c.item_id, item.c.revision).where(~whole)):
        yield f"{lost.item_id} revision {lost.revision}", "the interview as it was then is not there"


def _read_all(past: Past) -> set[str]:
    """Make every item of a past revision as queries return it, and return their ids."""
    questions = {turn["question_id"] for turn in past.turns} - {None}
    answers = {turn["answer_id"] for turn in past.turns} - {None}
    for question_id in questions:
        past.question(question_id, 1, ())
    for answer_id in answers:
        past.answer(answer_id, 1, ())
    return questions | answers


def _documents(connection: sa.Connection, count: Count) -> Generator[Problem]:
    columns = [table_of(SearchDocument).c[name] for name in ("question_id", "turn_id", "title", "question", "answers")]
    word = table_of(SearchWord).c.word
    interviews = sa.select(col(Interview.id), col(Interview.title), col(Interview.language))
    for row in _stream(connection, interviews):
        made, words = documents_of(connection, row.id, row.title, row.language)
        wanted = {tuple(one[column.name] for column in columns) for one in made}
        stored = connection.execute(sa.select(*columns).where(col(SearchDocument.interview_id) == row.id))
        present = {tuple(one) for one in stored}
        count.one(len(made))
        for key in sorted({one[0] or one[1] for one in wanted ^ present}):
            yield str(key), "what it is found by is not what it says"
        spoken = sorted(words)
        for first in range(0, len(spoken), _AT_A_TIME):
            some = spoken[first : first + _AT_A_TIME]
            known = set(connection.execute(sa.select(word).where(word.in_(some))).scalars())
            if missing := sorted(set(some) - known):
                yield row.id, f"{len(missing)} of its words are not known as words, {missing[0]!r} is one"


def _terms(connection: sa.Connection, count: Count) -> Generator[Problem]:
    """Sums tell whether each term is counted in as many documents as have it: the counts may not fit into memory."""
    documents, terms = table_of(SearchDocument), table_of(SearchTerm)
    wanted = total = 0
    for row in _stream(connection, sa.select(documents.c.title, documents.c.question, documents.c.answers)):
        count.one()
        total += 1
        wanted += sum(map(hash, terms_of(row._mapping)))
    counted = 0
    for row in _stream(connection, sa.select(terms.c.term, terms.c.documents).where(terms.c.term != "")):
        counted += row.documents * hash(row.term)
    said = connection.execute(sa.select(terms.c.documents).where(terms.c.term == "")).scalar() or 0
    if said != total:
        yield "search_term", f"{said} documents are counted, and there are {total}"
    if (wanted ^ counted) & _MASK:
        yield "search_term", "terms are not counted in as many documents as have them"


def _index(connection: sa.Connection, count: Count) -> Generator[Problem]:
    """The full-text index holds each term of each document at its place, and nothing else.

    FTS5 has a command for this, which would have to write, and so would keep writers waiting.
    """
    if connection.dialect.name != "sqlite":
        stale = (
            "SELECT coalesce(d.number, i.number) FROM search_document d "
            "FULL JOIN search_index i ON i.number = d.number "
            "WHERE i.vector IS DISTINCT FROM search_vector(d.title, d.question, d.answers)"
        )
        count.one(connection.execute(sa.select(sa.func.count()).select_from(SearchDocument)).scalar_one())
        for row in connection.exec_driver_sql(stale):
            yield f"document {row[0]}", "the index of search does not hold what the document says"
        return
    wanted = 0
    documents = table_of(SearchDocument).c
    columns = ("title", "question", "answers")
    for row in _stream(connection, sa.select(documents.number, *(documents[name] for name in columns))):
        count.one()
        for name in columns:
            places = enumerate(filter(None, getattr(row, name).split(" ")))
            wanted += sum(hash((term, row.number, name, place)) for place, term in places)
    # A table of this connection alone, without rows of its own; the file stays open for reading only.
    connection.exec_driver_sql("PRAGMA query_only = OFF")
    indexed = 0
    try:
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE temp.held USING fts5vocab ('main', 'search_index', 'instance')"
        )
        held = "SELECT term, doc, col, offset FROM temp.held"
        with connection.execution_options(yield_per=10_000).exec_driver_sql(held) as rows:
            for term in rows:
                indexed += hash(tuple(term))
        connection.exec_driver_sql("DROP TABLE temp.held")
    finally:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    if (wanted ^ indexed) & _MASK:
        yield "search_index", "the index of search does not hold what the documents say"


def _topics(connection: sa.Connection, count: Count) -> Generator[Problem]:
    """Each question is found by its confirmed topics and those above them, in the order of its interview's date."""
    above = {row.id: row.broader_id for row in connection.execute(sa.select(col(Topic.id), col(Topic.broader_id)))}
    ways: dict[str, list[str]] = {}
    for topic in sorted(above):
        way, higher = [topic], above[topic]
        while higher is not None and higher not in way:
            way.append(higher)
            higher = above.get(higher)
        ways[topic] = way
        if higher is not None:
            yield topic, f"the topics above it go round in a circle: {', '.join([*way, higher])}"
    asked = (
        sa.select(col(QuestionTopic.question_id), col(QuestionTopic.topic_id))
        .join(Question, col(Question.id) == col(QuestionTopic.question_id))
        .where(col(QuestionTopic.state) == TopicState.CONFIRMED)
    )
    columns = [table_of(TopicQuestion).c[name] for name in ("question_id", "topic_id", "own")]
    dated = [table_of(TopicQuestion).c[name] for name in ("undated", "published_earliest", "interview_id")]
    sizes: Counter[str] = Counter()
    own: Counter[str] = Counter()
    interviews = sa.select(col(Interview.undated), col(Interview.published_earliest), col(Interview.id))
    for interview in _stream(connection, interviews):
        mine = sa.select(col(Question.id)).where(col(Question.interview_id) == interview.id)
        wanted: dict[tuple[str, str], bool] = {}
        for question, topic in connection.execute(asked.where(col(Question.interview_id) == interview.id)):
            for found in ways.get(topic, ()):
                wanted[question, found] = wanted.get((question, found), False) or found == topic
        rows = {(*key, is_own, *interview) for key, is_own in wanted.items()}
        stored = sa.select(*columns, *dated).where(columns[0].in_(mine))
        count.one(len(rows))
        sizes.update(topic for _question, topic in wanted)
        own.update(topic for (_question, topic), is_own in wanted.items() if is_own)
        for question in sorted({one[0] for one in rows ^ {tuple(row) for row in connection.execute(stored)}}):
            yield question, "the topics that find it are not its own and those above these"
    stored_rows = connection.execute(sa.select(sa.func.count()).select_from(TopicQuestion)).scalar_one()
    if stored_rows > sizes.total():
        yield "topic_question", f"{stored_rows} rows are there, and {sizes.total()} are of questions under their topics"
    kept = table_of(TopicCount).c
    sums = sa.select(kept.topic_id, sa.func.sum(kept.own).label("own"), sa.func.sum(kept.questions).label("questions"))
    counted = {row.topic_id: (row.own, row.questions) for row in connection.execute(sums.group_by(kept.topic_id))}
    count.one(len(above))
    for topic in sorted(above):
        if (told := counted.get(topic, (0, 0))) != (is_so := (own[topic], sizes[topic])):
            counts = "{} of its own and {} in all"
            yield topic, f"{counts.format(*told)} questions are counted, and there are {counts.format(*is_so)}"


CHECKS = (
    Check("engine", "the engine finds nothing wrong with its own storage", _RESTORE, _engine),
    Check("schema", "tables, indexes and triggers are those of this version", _RESTORE, _schema),
    Check("references", "whatever a row points to exists", _RESTORE, _references),
    Check("files", "source files have the SHA-256 that they were received with", _RESTORE, _files),
    Check("record", "the text of each turn is what stands at its place in the source", _RESTORE, _record),
    Check(
        "structure",
        "questions, answers and turns belong together, and to speakers of their interview",
        _RESTORE,
        _structure,
    ),
    Check(
        "numbers",
        "no id has a number above its counter",
        "raise the counter to the number, so that it is not given out twice",
        _numbers,
    ),
    Check("changes", "each item has one newest change, which is true of it", _RESTORE, _changes),
    Check("past", "past revisions can be read, and say what their source files say", _RESTORE, _past),
    Check("topics", "topics find and count the questions that have them", _TOPICS_ANEW, _topics, is_derived=True),
    Check("documents", "what can be searched is what was said", _INDEX_ANEW, _documents, is_derived=True),
    Check("terms", "terms are counted right", _INDEX_ANEW, _terms, is_derived=True),
    Check("index", "the full-text index is in step", _INDEX_ANEW, _index, is_derived=True),
)


def _interviews(connection: sa.Connection) -> Iterator[tuple[str, int]]:
    for row in _stream(connection, sa.select(col(Interview.id), col(Interview.revision))):
        yield row.id, row.revision


def _file_of(connection: sa.Connection, interview_id: str, revision: int) -> Mapping[str, Any] | None:
    columns: Sequence[Any] = (Transcript.file_name, Transcript.format, Transcript.content, Transcript.withheld)
    file = sa.select(*map(col, columns)).where(
        col(Transcript.interview_id) == interview_id, col(Transcript.revision) == revision
    )
    row = connection.execute(file).mappings().first()
    return None if row is None else dict(row)


def _text_of(file: Mapping[str, Any]) -> str | None:
    """Return the text in which offsets into a source file count; None where it is withheld.

    Raises:
        TranscriptError: the bytes are no text, and no archive with one.
    """
    if file["withheld"]:
        return None
    source = Source(file["file_name"], bytes(file["content"]))
    try:
        return source.text
    except TranscriptError:
        return read(source, file["format"], keep_unlabelled=True).text


def _stream(
    connection: sa.Connection, select: sa.Select[*tuple[Any, ...]], at_a_time: int = _ROWS_AT_A_TIME
) -> Iterator[sa.Row[*tuple[Any, ...]]]:
    """Read rows a few at a time, however many there are, also where nobody reads them to their end."""
    with connection.execution_options(yield_per=at_a_time).execute(select) as rows:
        yield from rows
