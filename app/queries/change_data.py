"""Reads the data of an item in the change feed: the rows by table that a mirror stores to hold the same.

Data is always the current state, with the names of the topics it refers to, so a mirror can store it from any position
in the feed. Source files are named by their SHA-256 and fetched separately.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from app.models import (
    Answer,
    Change,
    ChangeAction,
    Contribution,
    FormerName,
    Interview,
    InterviewStatements,
    PastInterview,
    PastItem,
    Question,
    QuestionTopic,
    Redaction,
    Revision,
    Speaker,
    SpeakerReading,
    Statement,
    Topic,
    Transcript,
    Turn,
    Withdrawal,
    table_of,
)
from app.queries.embedding import Item

# Tables whose rows belong to one interview and are replaced with it, each after those that it refers to.
OF_INTERVIEW: tuple[type[SQLModel], ...] = (Contribution, Question, Answer, Turn, InterviewStatements)
# Tables of an interview's past, and of what has been redacted or withdrawn.
PAST_OF_INTERVIEW: tuple[type[SQLModel], ...] = (PastInterview, PastItem, Redaction, Withdrawal)
# The columns of a table that are read.
Columns = Callable[[type[SQLModel]], list[sa.Column[Any]]]
# The key of the topics that an item refers to, and their columns.
REFERENCES = "topics_named"
_NAMED_COLUMNS: tuple[Any, ...] = (col(Topic.id), col(Topic.slug), col(Topic.label))
_NAMED = sa.select(*_NAMED_COLUMNS)
# Columns that a mirror does not get: files are fetched separately, when topics were last suggested is not content, and
# superseded changes can be derived.
_NOT_MIRRORED = {("transcript", "content"), ("question", "suggested_from"), ("change", "superseded_by")}
# Who made a change is for editors only.
PRIVATE = {
    ("revision", "made_by"),
    ("revision", "made_from"),
    ("statement", "made_by"),
    ("statement", "undone_by"),
    ("interview_statements", "made_by"),
    ("withdrawal", "made_by"),
}
# Size of a page with its source files at most, in characters of text and bytes of files, and of a turn without text. A
# longer interview is a page by itself.
_MAX_PAGE_SIZE = 8_000_000
_TURN_OVERHEAD = 400


def kept_columns(table: type[SQLModel]) -> list[sa.Column[Any]]:
    """List the columns of a table that are kept of an interview that is held back."""
    described = table_of(table)
    return [column for column in described.columns if (described.name, column.name) not in _NOT_MIRRORED]


def mirrored_columns(table: type[SQLModel]) -> list[sa.Column[Any]]:
    """List the columns of a table that a mirror gets."""
    return [column for column in kept_columns(table) if (column.table.name, column.name) not in PRIVATE]


def plain(value: Any) -> Any:
    """Convert a column's value to JSON, with sorted keys."""
    if isinstance(value, dict):
        return {key: plain(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def count_fitting(connection: sa.Connection, changes: Sequence[Any]) -> int:
    """Return how many of the changes fit on a page with their data: at least one."""
    wanted = [change.item_id for change in changes if change.noun == "interview"]
    sizes: Counter[str] = Counter()
    of_turn, of_file = sa.func.length(col(Turn.text)) + _TURN_OVERHEAD, sa.func.length(col(Transcript.content))
    for table, size in ((Turn, of_turn), (Transcript, of_file)):
        interview_id = table_of(table).c.interview_id
        # Each past revision has about the size of the current one.
        times = col(Interview.revision) if table is Turn else sa.literal(1)
        select = sa.select(interview_id, sa.func.sum(size * times)).join(Interview, col(Interview.id) == interview_id)
        rows = connection.execute(select.where(interview_id.in_(wanted)).group_by(interview_id))
        sizes.update({key: int(total) for key, total in rows})
    left = _MAX_PAGE_SIZE
    for count, change in enumerate(changes):
        left -= sizes[change.item_id]
        if left < 0:
            return max(1, count)
    return len(changes)


def find_change_data(
    connection: sa.Connection, changes: Sequence[Any], columns_of: Columns = mirrored_columns
) -> list[Item | None]:
    """Return the data of some changes, in order, with a fixed number of statements; of each table, some columns.

    Answers, and the words of questions, have none: they are in the data of their interview, which changes with them.
    """
    data = _ChangeData(connection, changes, columns_of).data
    return [data.get((change.noun, change.item_id)) for change in changes]


class _ChangeData:
    """Collects the data of some changes: by noun and id, lists of rows by table."""

    def __init__(self, connection: sa.Connection, changes: Sequence[Any], columns_of: Columns) -> None:
        self._connection, self._columns_of = connection, columns_of
        self.data: dict[tuple[str, str], dict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
        ids: dict[str, list[str]] = defaultdict(list)
        for change in changes:
            if change.action is not ChangeAction.DELETED:
                ids[change.noun].append(change.item_id)
        self._add_interviews(ids["interview"])
        self._add_questions(ids["question"])
        self._add("speaker", ids["speaker"], col(Speaker.id), Speaker)
        self._add("speaker", ids["speaker"], col(SpeakerReading.speaker_id), SpeakerReading)
        self._add_topics(ids["topic"])
        # Revisions and former names outlive the interview or item.
        self._add_past([change.item_id for change in changes if change.noun == "interview"])
        for noun in ("interview", "speaker", "topic"):
            all_ids = [change.item_id for change in changes if change.noun == noun]
            select = sa.select(*self._columns_of(FormerName)).where(col(FormerName.noun) == noun)
            self._add(noun, all_ids, col(FormerName.item_id), FormerName, select)
        speakers = [change.item_id for change in changes if change.noun == "speaker"]
        self._add("speaker", speakers, col(Statement.speaker_id), Statement)

    def _add_interviews(self, ids: list[str]) -> None:
        self._add("interview", ids, col(Interview.id), Interview)
        self._add("interview", ids, col(Transcript.interview_id), Transcript)
        speakers = sa.select(*self._columns_of(Speaker)).join(Contribution, col(Contribution.speaker_id) == Speaker.id)
        self._add("interview", ids, col(Contribution.interview_id), Speaker, speakers)
        readings = sa.select(*self._columns_of(SpeakerReading)).join(
            Contribution, col(Contribution.speaker_id) == col(SpeakerReading.speaker_id)
        )
        self._add("interview", ids, col(Contribution.interview_id), SpeakerReading, readings)
        for table in OF_INTERVIEW:
            self._add("interview", ids, table_of(table).c.interview_id, table)
        of_question = col(Question.id) == col(QuestionTopic.question_id)
        topics = sa.select(*self._columns_of(QuestionTopic)).join(Question, of_question)
        self._add("interview", ids, col(Question.interview_id), QuestionTopic, topics)
        named = _NAMED.join(QuestionTopic, col(QuestionTopic.topic_id) == col(Topic.id)).join(Question, of_question)
        self._add("interview", ids, col(Question.interview_id), Topic, named.distinct(), REFERENCES)

    def _add_past(self, ids: list[str]) -> None:
        self._add("interview", ids, col(Revision.interview_id), Revision)
        changes = sa.select(*self._columns_of(Change)).join(Revision, col(Revision.number) == col(Change.revision))
        self._add("interview", ids, col(Revision.interview_id), Change, changes)
        for table in PAST_OF_INTERVIEW:
            self._add("interview", ids, table_of(table).c.interview_id, table)

    def _add_questions(self, ids: list[str]) -> None:
        self._add("question", ids, col(QuestionTopic.question_id), QuestionTopic)
        named = _NAMED.join(QuestionTopic, col(QuestionTopic.topic_id) == col(Topic.id))
        self._add("question", ids, col(QuestionTopic.question_id), Topic, named, REFERENCES)

    def _add_topics(self, ids: list[str]) -> None:
        self._add("topic", ids, col(Topic.id), Topic)
        below = aliased(Topic)
        named = _NAMED.join(below, col(below.broader_id) == col(Topic.id))
        self._add("topic", ids, col(below.id), Topic, named, REFERENCES)

    def _add(
        self,
        noun: str,
        ids: Sequence[str],
        owner: Any,
        table: type[SQLModel],
        select: sa.Select[Any] | None = None,
        key: str | None = None,
    ) -> None:
        """Add the rows of a table that belong to items, ordered by key. `owner` is the column of the item's id."""
        key = key or table_of(table).name
        for item_id in ids:
            self.data[noun, item_id][key] = []
        if not ids:
            return
        select = sa.select(*self._columns_of(table)) if select is None else select
        select = select.add_columns(owner.label("owner_id")).where(owner.in_(ids))
        for row in self._connection.execute(select.order_by(*table_of(table).primary_key)).mappings():
            values = {name: plain(value) for name, value in row.items() if name != "owner_id"}
            self.data[noun, row["owner_id"]][key].append(values)
