"""The filter `year`: the year in which an interview was published."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Interview
from app.queries.filters.columns import count_by, frequent
from app.queries.filters.dates import on_first_day
from app.queries.filters.filter import OF_INTERVIEWS, Filter, Narrowed, Narrowing
from app.queries.filters.grammar import YEARS, Clauses
from app.text.dates import PartialDate

# A date is stored as it is known: YYYY, YYYY-MM or YYYY-MM-DD.
_YEAR = sa.func.substr(col(Interview.published), 1, 4)


def _narrow(narrowing: Narrowing, clauses: Clauses) -> Narrowed:
    conditions = []
    for clause in clauses:
        # A date that is known in part lies within one year, so its first day tells.
        years = [PartialDate.parse(year) for year in clause.values]

        def within(first_day: Any, years: list[PartialDate] = years) -> sa.ColumnElement[bool]:
            return sa.or_(*(first_day.between(year.earliest, year.latest) for year in years))

        conditions.append(on_first_day(narrowing.connection, within, clause, is_one_range=len(years) == 1))
    return Narrowed(on_interview=conditions)


FILTER = Filter(
    "year",
    YEARS,
    "Years of publication.",
    _narrow,
    example="2023",
    lists=OF_INTERVIEWS,
    facet=count_by(_YEAR),
    values=lambda connection: frequent(connection, _YEAR),
)
