"""Facets: for each value of a filter, how many rows of a list it would leave. One statement a facet."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Interview, Question, SearchDocument, Turn
from app.queries import limits
from app.queries.conditions import Conditions
from app.queries.counting import select_to_count
from app.queries.embedding import Item
from app.queries.filters import FILTERS
from app.queries.filters.grammar import escape

# Values that a facet shows at most: those with most rows.
MAX_FACET_VALUES = 100
# Interviews whose questions are examined at most for the facet of topics: an interview has many questions.
MAX_INTERVIEWS = 1_000
FACETS = {each.name: each.facet for each in FILTERS if each.facet is not None}

FacetName = StrEnum("FacetName", {name.upper(): name for name in FACETS})  # type: ignore[misc]  # the filters are known at run time only
FacetName.__doc__ = "What a list can be counted by. Each is also the name of the filter that takes its values."


def count_facets(
    connection: sa.Connection, conditions: Conditions, names: Sequence[FacetName], *, total: int, total_is_exact: bool
) -> Item:
    """Count the rows that meet the conditions by each facet, the most frequent value first; the total is the list's.

    A count is the total of the list once its value is added, as one more occurrence of the parameter. Of a longer list
    than is counted, some rows are examined, whichever the database finds first: then a count is a lower bound. `cut`
    names the facets that may have more values than are shown.
    """
    shown: Item = dict.fromkeys(FACETS)
    cut = []
    for name in dict.fromkeys(names):
        facet = FACETS[name.value]
        bound = MAX_INTERVIEWS if conditions.rows == "interviews" and facet.is_of_questions else limits.TOTAL_CAP
        is_exact = total_is_exact and total <= bound
        counted = facet.count(conditions, _rows(conditions, bound))
        rows = connection.execute(counted.limit(MAX_FACET_VALUES + 1)).all()
        if len(rows) > MAX_FACET_VALUES or not is_exact:
            cut.append(name.value)
        shown[name.value] = [_value(row, is_exact=is_exact) for row in rows[:MAX_FACET_VALUES]]
    return {**shown, "cut": cut}


def _value(row: sa.Row[Any], *, is_exact: bool) -> Item:
    columns = row._mapping
    value: Item = {
        "value": escape(row.value),
        "label": columns.get("label", row.value),
        "count": row.rows,
        "count_is_exact": is_exact,
    }
    if "own" in columns:
        value |= {"own": row.own, "broader": row.broader}
    return value


def _rows(conditions: Conditions, bound: int) -> sa.CTE:
    """Select rows that meet the conditions, up to a bound: what each is, and what it belongs to."""
    columns: tuple[Any, ...] = {
        "questions": (col(Question.id), col(Question.id).label("question_id"), col(Question.interview_id)),
        "answers": (col(Answer.id), col(Answer.question_id), col(Answer.interview_id), col(Answer.speaker_id)),
        "interviews": (col(Interview.id), col(Interview.id).label("interview_id")),
        "documents": (
            col(SearchDocument.number).label("id"),
            col(SearchDocument.question_id),
            col(SearchDocument.interview_id),
            col(Turn.speaker_id),
        ),
    }[conditions.rows]
    select, tests = select_to_count(conditions, *columns)
    if tests:
        examined = select.add_columns(sa.and_(*tests).label("met")).limit(limits.EXAMINED_ROWS).subquery()
        select = sa.select(*(one for one in examined.c if one.key != "met")).where(examined.c.met)
    return select.limit(bound).cte("counted")
