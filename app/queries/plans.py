"""How a list is found: what an index leads to, and what is tested row by row on a walk in the order of the sort.

What is common is met soon on a walk, and what is rare is looked up and sorted; the other way round, a page would cost
what the corpus holds. No planner knows how common a value is, so what leads is counted first, up to a bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op
from sqlmodel import col

from app.models import Answer, Interview, Question, TopicQuestion, TopicState
from app.queries.embedding import CONFIRMED, document_select

# So many interviews are looked up and their questions sorted; of more, one is met soon enough on a walk.
FEW_INTERVIEWS = 30
# So many interviews lead to what is counted sooner than a topic with its questions.
_LEADING_INTERVIEWS = 500
# So many questions of a topic are looked up and sorted, where no index has them in order.
FEW_QUESTIONS = 4_000
# Where conditions are tested row by row, a count looks at so many rows; past it the number is a lower bound.
LOOKED_AT = 20_000

# Documents are what a search finds: questions, and turns of the record that belong to none.
Rows = Literal["questions", "answers", "interviews", "documents"]
Condition = sa.ColumnElement[bool]
_PLUS = custom_op[Any]("+")


@dataclass(frozen=True)
class Key:
    """One column to sort by. None of these is ever null."""

    # SQLModel types a mapped column as something that SQLAlchemy's own expressions do not share.
    column: Any
    descending: bool = False

    def reversed(self) -> "Key":
        """The same column in the other direction."""
        return Key(self.column, not self.descending)


@dataclass(frozen=True)
class Lead:
    """Rows of another table that lead to the questions that meet a condition, one to each."""

    source: sa.FromClause
    met: Condition
    # Columns of it, so that a question or an interview is looked up only where more is asked of it.
    question_id: Any
    interview_id: Any = None


@dataclass(frozen=True)
class Narrowing:
    """One condition in two ways: as an index leads to what meets it, and as it is tested on a walk."""

    found: Condition
    tested: Condition
    # The first columns of sorts in whose order the index stands that leads to it.
    orders: frozenset[str] = frozenset()
    # It leaves so few rows that it is looked up whatever the order.
    is_rare: bool = False
    # The one topic that it asks for: its questions stand in the order of dates.
    topic: str | None = None
    # Of these, only those that have that very topic.
    is_own: bool = False
    # How many questions meet it, where that is known and an index leads to them; of what was counted to a bound, that
    # or more.
    size: int | None = None
    # The size is that of a list with nothing else asked for.
    is_counted: bool = False
    # What leads to its questions, and is gone through where nothing leaves fewer.
    lead: Lead | None = None
    # An index of people leads to its questions, and no more than what is asked of them.
    of_people: bool = False
    # It follows from what is asked of questions, and helps on a walk alone.
    is_implied: bool = False
    # The index of words leads to its questions.
    is_of_words: bool = False

    def in_order(self) -> Condition:
        """Ask for the questions under the one topic, as they stand in the order of dates."""
        under = col(TopicQuestion.topic_id) == self.topic
        return sa.and_(under, col(TopicQuestion.own)) if self.is_own else under


def plain(condition: Condition) -> Narrowing:
    """Write a condition that no index leads to."""
    return Narrowing(condition, condition)


def without_index(connection: sa.Connection, column: Any) -> Any:
    """Write a column so that SQLite uses no index of it. PostgreSQL has statistics of single values and may decide."""
    if connection.dialect.name == "postgresql":
        return column
    return UnaryExpression(sa.inspect(column).expression, operator=_PLUS, type_=column.type)


def _in_no_order(connection: sa.Connection, column: Any) -> Any:
    """Write a column so that no index has its order. PostgreSQL guesses how many rows have some words, and walks."""
    if connection.dialect.name == "postgresql":
        return sa.func.coalesce(column, column)
    return without_index(connection, column)


@dataclass(frozen=True)
class Conditions:
    """What rows of a kind have to meet: conditions on the interview, and on a question (and answer) of it."""

    rows: Rows
    on_interview: Sequence[Narrowing]
    on_question: Sequence[Narrowing]
    topic_is_exact: bool = False
    topic_states: tuple[TopicState, ...] = CONFIRMED
    # The interviews that meet what is asked of interviews, where they are few; or whether they are not many.
    few: tuple[str, ...] | None = None
    interviews_lead: bool = False

    def with_few(self, connection: sa.Connection) -> "Conditions":
        """Find out whether the interviews that meet what is asked of them are few, and which: one statement."""
        of_questions = self.rows == "interviews" and bool(self._rare) and not self._is_under_topic
        if self.rows == "documents" or not (self.on_interview or of_questions):
            return self
        met = [each.found for each in self.on_interview]
        if of_questions:
            rare = sa.select(col(Question.interview_id)).where(*(each.found for each in self._rare))
            met.append(col(Interview.id).in_(rare))
        up_to = _LEADING_INTERVIEWS if any(each.lead is not None for each in self.on_question) else FEW_INTERVIEWS
        under = None if of_questions else self._under_topic()
        found = sa.select(col(Interview.id)).where(*met) if under is None else sa.select(under.c.interview_id)
        some = connection.execute(found.limit(up_to + 1)).scalars().all()
        if len(some) <= FEW_INTERVIEWS:
            return replace(self, few=tuple(some))
        return replace(self, interviews_lead=len(some) <= up_to)

    @property
    def size(self) -> int | None:
        """How many rows meet all of it, where that is kept and need not be counted."""
        if self.rows != "questions" or self.on_interview or len(self.on_question) != 1:
            return None
        return self.on_question[0].size if self.on_question[0].is_counted else None

    @property
    def _rare(self) -> list[Narrowing]:
        return [each for each in self.on_question if each.is_rare]

    @property
    def _topic(self) -> Narrowing | None:
        return next((each for each in self.on_question if each.topic is not None), None)

    @property
    def _is_under_topic(self) -> bool:
        """Whether all that is asked of the questions of an interview is that one is under a topic."""
        return self.rows == "interviews" and len(self.on_question) == 1 and self._topic is not None

    @property
    def _leading_topic(self) -> Narrowing | None:
        """The topic whose questions are gone through, where nothing else leaves fewer."""
        others = self.few is not None or any(each.topic is None for each in self._rare)
        return None if others else self._topic

    def _under_topic(self) -> sa.Subquery | None:
        """Interviews with a question under the one topic that is all that is asked of interviews, as these stand in the
        order of dates: each is met once.
        """
        if self.rows != "interviews" or len(self.on_interview) != 1 or self.on_interview[0].topic is None:
            return None
        dated = sa.select(col(TopicQuestion.published_earliest), col(TopicQuestion.interview_id))
        return dated.where(self.on_interview[0].in_order()).distinct().subquery()

    def for_questions(self) -> list[Condition]:
        """Narrow a list in which each row has its question and its interview, in no order."""
        return [each.found for each in (*self.on_interview, *self.on_question)]

    def narrow(
        self, connection: sa.Connection, select: sa.Select[Any], keys: Sequence[Key]
    ) -> tuple[sa.Select[Any], list[Key]]:
        """Narrow a list that is sorted by these keys; return it with the keys of the same values to sort it by."""
        first = getattr(keys[0].column, "key", None)
        topic = self._leading_topic if first in {"undated", "published_earliest"} else None
        # No index has the order of what is worked out of each row.
        is_ranked = isinstance(keys[0].column, sa.ScalarSelect)
        if self.few is not None or (self._rare and topic is None) or is_ranked:
            found = [] if self.few is None else [col(Interview.id).in_(self.few)]
            # What is looked up is sorted: no index of the order is to tempt anybody to walk.
            sorted_by = [Key(_in_no_order(connection, keys[0].column), keys[0].descending), *keys[1:]]
            of_question = self._of_question(with_words=self.few is None and not self._rare)
            return select.where(*found, *self._of_interview(None, is_looked_up=True), *of_question), sorted_by
        if topic is None or self.rows == "interviews":
            return select.where(*self._of_interview(first), *self._of_question()), list(keys)
        select = select.join(TopicQuestion, col(TopicQuestion.question_id) == col(Question.id)).where(
            topic.in_order(), *self._of_interview(None), *self._of_question(but=topic)
        )
        instead: dict[str, Any] = {
            str(col(Interview.undated)): col(TopicQuestion.undated),
            str(col(Interview.published_earliest)): col(TopicQuestion.published_earliest),
            str(col(Interview.id)): col(TopicQuestion.interview_id),
        }
        return select, [Key(instead.get(str(key.column), key.column), key.descending) for key in keys]

    def _of_interview(self, first: str | None, *, is_looked_up: bool = False) -> list[Condition]:
        """What is asked of interviews, in a list that stands in the order of a column, or in another one."""
        return [
            each.found
            if self.few is None and (first in each.orders or (is_looked_up and each.is_rare))
            else each.tested
            for each in self.on_interview
        ]

    def _of_question(self, but: Narrowing | None = None, *, with_words: bool = False) -> list[Condition]:
        """What is asked of questions, one at a time but for what is rare and, where these lead, words."""
        if self._is_under_topic:
            return []  # What is asked of the interview says it already.
        met = [
            each.found if each.is_rare or (with_words and each.is_of_words) else each.tested
            for each in self.on_question
            if each is not but
        ]
        return [self._has_one(met)] if met and self.rows == "interviews" else met

    def _has_one(self, met: Sequence[Condition]) -> Condition:
        """Ask an interview for one question that meets everything."""
        if self._rare:
            return col(Interview.id).in_(sa.select(col(Question.interview_id)).where(*met))
        return sa.exists().where(col(Question.interview_id) == col(Interview.id), *met).correlate(Interview)

    def looked_at(self, *columns: Any) -> tuple[sa.Select[Any], list[Condition]]:
        """Select what an index leads to, with no more tables than that takes, and what is left to test of each row.

        The columns may be of the question, of the interview, and of the answer in a list of answers.
        """
        if self.rows == "documents":
            return document_select(*columns).where(*self.for_questions()), []
        if self.rows == "interviews":
            return self._interviews_looked_at(columns)
        lead, found, tested, asks_interview = self._led()
        question_id, interview_id = col(Question.id), col(Question.interview_id)
        if lead is not None:
            question_id, interview_id = (
                lead.question_id,
                interview_id if lead.interview_id is None else lead.interview_id,
            )
            columns = _in_place(columns, {col(Question.id): question_id, col(Question.interview_id): interview_id})
        tables = {getattr(table, "name", None) for table in sa.select(*columns).columns_clause_froms}
        asks_interview |= "interview" in tables
        select = sa.select(*columns).select_from(Question if lead is None else lead.source)
        asks_question = len(self.on_question) > 1 or "question" in tables
        if lead is not None and (asks_question or (asks_interview and lead.interview_id is None)):
            select = select.join(Question, col(Question.id) == question_id)
        if self.rows == "answers":
            select = select.join(Answer, col(Answer.question_id) == question_id)
        if asks_interview:
            select = select.join(Interview, col(Interview.id) == interview_id)
        return select.where(*found), tested

    def _interviews_looked_at(self, columns: Sequence[Any]) -> tuple[sa.Select[Any], list[Condition]]:
        tested = self._of_question()
        if self.few is not None:
            few = sa.select(*columns).select_from(Interview).where(col(Interview.id).in_(self.few))
            return few, [*self._of_interview(None), *tested]
        under = None if tested else self._under_topic()
        if under is None:
            select = sa.select(*columns).select_from(Interview)
            return select.where(*(each.found for each in self.on_interview)), tested
        return sa.select(*_in_place(columns, {col(Interview.id): under.c.interview_id})).select_from(under), []

    def _led(self) -> tuple[Lead | None, list[Condition], list[Condition], bool]:
        """Tell what leads to questions and what it finds, what is left to test, and whether interviews are asked."""
        if self.few is not None:
            tested = [each.tested for each in self.on_question]
            return None, [col(Question.interview_id).in_(self.few)], tested, False
        leading = self._leading
        tested = [each.tested for each in self.on_question if each is not leading]
        if leading is None:
            return None, [each.found for each in self.on_interview], tested, bool(self.on_interview)
        asked = [each.tested for each in self.on_interview if not each.is_implied]
        found = leading.found if leading.lead is None else leading.lead.met
        return leading.lead, [found], [*tested, *asked], bool(asked)

    @property
    def _leading(self) -> Narrowing | None:
        """What leaves fewest questions, as far as that is known; else whom an index of people leads to."""
        sized = [each for each in self.on_question if each.size is not None]
        if self.interviews_lead:
            sized = [each for each in sized if each.is_rare]
        of_people = (each for each in self.on_question if each.of_people)
        return min(sized, key=lambda each: each.size or 0) if sized else next(of_people, None)


def _in_place(columns: Sequence[Any], others: dict[Any, Any]) -> tuple[Any, ...]:
    """Put columns of one table in place of the same ones of another, under the names that they had."""
    instead = {str(column.expression): other for column, other in others.items()}
    found = ((column, instead.get(str(getattr(column, "element", column.expression)))) for column in columns)
    return tuple(column if other is None else other.label(column.key) for column, other in found)
