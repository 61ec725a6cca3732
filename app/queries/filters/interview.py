"""The filter `interview`: which interviews."""

import sqlalchemy as sa
from sqlmodel import col

from app.models import Interview
from app.queries.conditions import row_condition
from app.queries.filters.columns import frequent, negated
from app.queries.filters.filter import OF_INTERVIEWS, Filter, Narrowed, Narrowing
from app.queries.filters.grammar import SLUGS, Clauses


def _narrow(narrowing: Narrowing, clauses: Clauses) -> Narrowed:
    resolved = narrowing.resolve("interview", clauses, Interview)
    return Narrowed(
        on_interview=[row_condition(negated(clause, col(Interview.id).in_(ids))) for clause, ids in resolved]
    )


def _values(connection: sa.Connection) -> list[str]:
    return frequent(connection, col(Interview.slug))


FILTER = Filter(
    "interview", SLUGS, "Interview slugs.", _narrow, example="worldnewsam-3712", lists=OF_INTERVIEWS, values=_values
)
