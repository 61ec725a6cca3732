"""Conditions on the date of an interview. A date that is known in part is the range of its days."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Interview
from app.queries.conditions import Condition, Sql, without_index
from app.queries.filters.columns import negated
from app.queries.filters.grammar import Clause
from app.queries.plans import DATE_COLUMNS


def on_first_day(
    connection: sa.Connection, test: Callable[[Any], Sql], clause: Clause | None = None, *, is_one_range: bool = True
) -> Condition:
    """Test the first day of an interview's date. An interview whose date is unknown never meets it.

    `is_one_range` says that the days are one range of the index, which then has them in order.
    """
    clause = clause or Clause(())
    columns = (col(Interview.undated), col(Interview.published_earliest))
    by_index, by_row = (
        negated(clause, sa.and_(~undated, test(first_day)))
        for undated, first_day in (columns, tuple(without_index(connection, column) for column in columns))
    )
    return Condition(by_index, by_row, index_order=DATE_COLUMNS if is_one_range and not clause.negated else frozenset())
