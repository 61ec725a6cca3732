"""What a mirror has to be told of an item to hold the same of it: rows of the tables, by table.

Each item is told as it is now, with the names of what it refers to, so that it can be stored wherever its reader stands
in the feed. The bytes of source files are told by their SHA-256 and fetched by it.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
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
    PastInterview,
    PastItem,
    Question,
    QuestionTopic,
    Redaction,
    Revision,
    Speaker,
    Topic,
    Transcript,
    Turn,
    Withdrawal,
    table_of,
)
from app.queries.embedding import Item

# What belongs to one interview and is replaced with it, each table after those that it refers to.
OF_INTERVIEW: tuple[type[SQLModel], ...] = (Contribution, Question, Answer, Turn)
# What is kept of an interview's past, and what must not come back of it.
PAST_OF_INTERVIEW: tuple[type[SQLModel], ...] = (PastInterview, PastItem, Redaction, Withdrawal)
# The key under which topics are named that an item refers to, and what is told of them there.
REFERENCES = "topics_named"
_NAMED_COLUMNS: tuple[Any, ...] = (col(Topic.id), col(Topic.slug), col(Topic.label))
_NAMED = sa.select(*_NAMED_COLUMNS)
# What is not told: files are fetched by themselves, when topics were last suggested is nobody's content, and which
# change is the newest follows from what there is.
_UNTOLD = {("transcript", "content"), ("question", "suggested_from"), ("change", "superseded_by")}
# How much a page and the source files that belong to it may weigh, in characters of text and bytes of files, and what a
# turn weighs beside its text. One long interview is a page by itself.
_ROOM = 8_000_000
_TURN_WEIGHT = 400


def told_columns(table: type[SQLModel]) -> list[sa.Column[Any]]:
    """List the columns of a table that a mirror is told."""
    described = table_of(table)
    return [column for column in described.columns if (described.name, column.name) not in _UNTOLD]


def plain(value: Any) -> Any:
    """Write a value of a column as JSON knows it; the keys of what was stored as JSON in order."""
    if isinstance(value, dict):
        return {key: plain(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def within_bounds(connection: sa.Connection, places: Sequence[Any]) -> int:
    """Count the places from the first on that a page has room for with their data; one at least."""
    wanted = [place.item_id for place in places if place.noun == "interview"]
    weights: Counter[str] = Counter()
    of_turn, of_file = sa.func.length(col(Turn.text)) + _TURN_WEIGHT, sa.func.length(col(Transcript.content))
    for table, weight in ((Turn, of_turn), (Transcript, of_file)):
        interview_id = table_of(table).c.interview_id
        # What is kept of each revision before weighs about as much as the current one.
        times = col(Interview.revision) if table is Turn else sa.literal(1)
        select = sa.select(interview_id, sa.func.sum(weight * times)).join(Interview, col(Interview.id) == interview_id)
        rows = connection.execute(select.where(interview_id.in_(wanted)).group_by(interview_id))
        weights.update({key: int(total) for key, total in rows})
    room = _ROOM
    for count, place in enumerate(places):
        room -= weights[place.item_id]
        if room < 0:
            return max(1, count)
    return len(places)


def contents(connection: sa.Connection, places: Sequence[Any]) -> list[Item | None]:
    """Return what there is to tell of each place of the feed, in order: a fixed number of statements.

    Of an answer, and of a question's words, nothing: they come with their interview, which changed together with them.
    """
    told = _Contents(connection, places).told
    return [told.get((place.noun, place.item_id)) for place in places]


class _Contents:
    """What there is to tell of some items, by noun and id: lists of rows by table."""

    def __init__(self, connection: sa.Connection, places: Sequence[Any]) -> None:
        self._connection = connection
        self.told: dict[tuple[str, str], dict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
        ids: dict[str, list[str]] = defaultdict(list)
        for place in places:
            if place.action is not ChangeAction.DELETED:
                ids[place.noun].append(place.item_id)
        self._add_interviews(ids["interview"])
        self._add_questions(ids["question"])
        self._add("speaker", ids["speaker"], col(Speaker.id), Speaker)
        self._add_topics(ids["topic"])
        # History outlives what it tells of: revisions of an interview, and a name that leads on or says that the item
        # is gone.
        self._add_past([place.item_id for place in places if place.noun == "interview"])
        for noun in ("interview", "speaker", "topic"):
            all_ids = [place.item_id for place in places if place.noun == noun]
            select = sa.select(*told_columns(FormerName)).where(col(FormerName.noun) == noun)
            self._add(noun, all_ids, col(FormerName.item_id), FormerName, select)

    def _add_interviews(self, ids: list[str]) -> None:
        self._add("interview", ids, col(Interview.id), Interview)
        self._add("interview", ids, col(Transcript.interview_id), Transcript)
        taking_part = sa.select(*told_columns(Speaker)).join(Contribution, col(Contribution.speaker_id) == Speaker.id)
        self._add("interview", ids, col(Contribution.interview_id), Speaker, taking_part)
        for table in OF_INTERVIEW:
            self._add("interview", ids, table_of(table).c.interview_id, table)
        of_question = col(Question.id) == col(QuestionTopic.question_id)
        topics = sa.select(*told_columns(QuestionTopic)).join(Question, of_question)
        self._add("interview", ids, col(Question.interview_id), QuestionTopic, topics)
        named = _NAMED.join(QuestionTopic, col(QuestionTopic.topic_id) == col(Topic.id)).join(Question, of_question)
        self._add("interview", ids, col(Question.interview_id), Topic, named.distinct(), REFERENCES)

    def _add_past(self, ids: list[str]) -> None:
        self._add("interview", ids, col(Revision.interview_id), Revision)
        changes = sa.select(*told_columns(Change)).join(Revision, col(Revision.number) == col(Change.revision))
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
        """Add the rows of a table that belong to items, in the order of their keys; `owner` is the item's id."""
        key = key or table_of(table).name
        for item_id in ids:
            self.told[noun, item_id][key] = []
        if not ids:
            return
        select = sa.select(*told_columns(table)) if select is None else select
        select = select.add_columns(owner.label("told_of")).where(owner.in_(ids))
        for row in self._connection.execute(select.order_by(*table_of(table).primary_key)).mappings():
            values = {name: plain(value) for name, value in row.items() if name != "told_of"}
            self.told[noun, row["told_of"]][key].append(values)
