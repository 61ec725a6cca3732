"""The filter `published_to`: published on or before a date."""

from sqlmodel import col

from app.models import Interview
from app.queries.filters.columns import frequent
from app.queries.filters.dates import on_first_day
from app.queries.filters.filter import OF_INTERVIEWS, Filter, Narrowed, Narrowing
from app.queries.filters.grammar import DATE
from app.text.dates import PartialDate


def _narrow(narrowing: Narrowing, date: PartialDate) -> Narrowed:
    latest = date.latest
    return Narrowed(on_interview=[on_first_day(narrowing.connection, lambda day: day <= latest)])


FILTER = Filter(
    "published_to",
    DATE,
    "Published in or before this year, month or day.",
    _narrow,
    example="2023-12-31",
    lists=OF_INTERVIEWS,
    values=lambda connection: frequent(connection, col(Interview.published)),
)
