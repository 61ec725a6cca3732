"""The filter `published_from`: published on or after a date."""

from sqlmodel import col

from app.models import Interview
from app.queries.conditions import row_condition
from app.queries.filters.columns import frequent
from app.queries.filters.dates import on_first_day
from app.queries.filters.filter import OF_INTERVIEWS, Filter, Narrowed, Narrowing
from app.queries.filters.grammar import DATE
from app.text.dates import PartialDate


def _narrow(narrowing: Narrowing, date: PartialDate) -> Narrowed:
    earliest = date.earliest
    last_day = row_condition(col(Interview.published_latest) >= earliest)
    # A date that is known in part lies within one year, so that an index of first days leads there too.
    first_day = on_first_day(narrowing.connection, lambda day: day >= earliest.replace(month=1, day=1))
    return Narrowed(on_interview=[last_day, first_day])


FILTER = Filter(
    "published_from",
    DATE,
    "Published in or after this year, month or day. A date that is known in part is a range and is met where the "
    "ranges share a day; an unknown date is never met.",
    _narrow,
    example="2023",
    lists=OF_INTERVIEWS,
    values=lambda connection: frequent(connection, col(Interview.published)),
)
