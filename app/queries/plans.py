"""How a page is read. What many rows meet is found soon by a scan in the order of the sort; what few rows meet is
looked up and sorted. The other way round, a page would cost as much as the corpus holds. No database knows how common
a value is, so the conditions say it, and the choice is made here.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Interview, Question, TopicQuestion
from app.queries.conditions import Condition, Conditions, Rows, Sql, without_index_order
from app.queries.sorting import Key

# The sort columns of a date, which a range of a topic has in order too.
DATE_COLUMNS = frozenset({"undated", "published_earliest"})


class Strategy(Enum):
    """How the rows of a page are found."""

    # Scan the index of the sort, or of one value in the order of the sort, and test each row.
    SCAN = "scan in sort order"
    # Read what few rows meet from its index, test the rest, and sort.
    LOOK_UP = "look up and sort"
    # Scan the questions of one topic, which an index has in the order of dates, and test each row.
    TOPIC_RANGE = "range of a topic"


class Order(Enum):
    """What a list is sorted by first."""

    DATE = "date"
    COLUMN = "another column"
    # A value worked out for each row, such as relevance: no index has its order.
    COMPUTED = "a computed value"


def choose_strategy(
    rows: Rows, order: Order, *, has_candidates: bool, has_topic: bool, has_rare_topic: bool, has_other_rare: bool
) -> Strategy:
    """Choose how the rows of a page are found.

    `has_candidates`: the interviews are known and few. `has_topic`: one condition is the range of a topic.
    `has_rare_topic`, `has_other_rare`: few questions meet that condition, or another one.
    """
    if has_candidates or has_other_rare or order is Order.COMPUTED:
        return Strategy.LOOK_UP
    if has_topic and order is Order.DATE:
        # An interview has many questions: a range would list it many times.
        return Strategy.SCAN if rows == "interviews" else Strategy.TOPIC_RANGE
    return Strategy.LOOK_UP if has_rare_topic else Strategy.SCAN


def narrow(
    connection: sa.Connection, conditions: Conditions, select: sa.Select[Any], keys: Sequence[Key]
) -> tuple[sa.Select[Any], list[Key]]:
    """Add conditions to the statement of a list that is sorted by these keys.

    Returns the statement, and keys of the same values to sort it by.
    """
    first = getattr(keys[0].column, "key", None)
    order = Order.DATE if first in DATE_COLUMNS else Order.COLUMN
    strategy = choose_strategy(
        conditions.rows,
        Order.COMPUTED if isinstance(keys[0].column, sa.ScalarSelect) else order,
        has_candidates=conditions.candidates is not None,
        has_topic=conditions.topic is not None,
        has_rare_topic=any(each.topic_range is not None for each in conditions.rare),
        has_other_rare=any(each.topic_range is None for each in conditions.rare),
    )
    if strategy is Strategy.LOOK_UP:
        return _look_up(connection, conditions, select, keys)
    if strategy is Strategy.TOPIC_RANGE:
        return _scan_topic_range(conditions, select, keys)
    return select.where(*_on_interview_in_order(conditions, first), *_on_question(conditions)), list(keys)


def _look_up(
    connection: sa.Connection, conditions: Conditions, select: sa.Select[Any], keys: Sequence[Key]
) -> tuple[sa.Select[Any], list[Key]]:
    if conditions.candidates is None:
        on_interview = [each.by_index if each.is_rare else each.by_row for each in conditions.on_interview]
    else:
        candidates = col(Interview.id).in_(conditions.candidates)
        on_interview = [candidates, *(each.by_row for each in conditions.on_interview)]
    words_lead = conditions.candidates is None and not conditions.rare
    on_question = _on_question(conditions, words_by_index=words_lead)
    # Without the order of an index, neither engine is tempted to scan where it should look up.
    sorted_by = [Key(without_index_order(connection, keys[0].column), keys[0].descending), *keys[1:]]
    return select.where(*on_interview, *on_question), sorted_by


def _scan_topic_range(
    conditions: Conditions, select: sa.Select[Any], keys: Sequence[Key]
) -> tuple[sa.Select[Any], list[Key]]:
    topic = conditions.topic
    assert topic is not None  # noqa: S101 - the strategy was chosen for it
    assert topic.topic_range is not None  # noqa: S101 - a topic is a condition with a range
    select = select.join(TopicQuestion, col(TopicQuestion.question_id) == col(Question.id)).where(
        topic.topic_range.condition,
        *(each.by_row for each in conditions.on_interview),
        *_on_question(conditions, leaving_out=topic),
    )
    in_range: dict[str, Any] = {
        str(col(Interview.undated)): col(TopicQuestion.undated),
        str(col(Interview.published_earliest)): col(TopicQuestion.published_earliest),
        str(col(Interview.id)): col(TopicQuestion.interview_id),
    }
    return select, [Key(in_range.get(str(key.column), key.column), key.descending) for key in keys]


def _on_interview_in_order(conditions: Conditions, first: str | None) -> list[Sql]:
    return [each.by_index if first in each.index_order else each.by_row for each in conditions.on_interview]


def _on_question(
    conditions: Conditions, *, leaving_out: Condition | None = None, words_by_index: bool = False
) -> list[Sql]:
    if conditions.is_topic_alone:
        return []  # The condition on the interview says it already.
    tests = [
        each.by_index if each.is_rare or (words_by_index and each.is_of_words) else each.by_row
        for each in conditions.on_question
        if each is not leaving_out
    ]
    return [conditions.interviews_with_question(tests)] if tests and conditions.rows == "interviews" else tests
