"""Filters of what an interview has one of: a column, or something worked out from one."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Interview
from app.queries.conditions import Condition, Conditions, Sql, without_index
from app.queries.filters.filter import OF_INTERVIEWS, Facet, Filter, Narrowed, Narrowing
from app.queries.filters.grammar import Clause, Clauses, Grammar, escape
from app.queries.names import check_values
from app.queries.plans import DATE_COLUMNS


def column_filter(name: str, column: Any, grammar: Grammar, description: str, *, example: str | None = None) -> Filter:
    """Make the filter of a column of interviews, with its facet.

    The index that is needed has the column, then those of each sort: (NAME, undated, published_earliest, id) and
    (NAME, title, id).
    """

    def narrow(narrowing: Narrowing, clauses: Clauses) -> Narrowed:
        column_of_row = without_index(narrowing.connection, col(column))
        conditions = []
        for clause in clauses:
            check_values(narrowing.connection, name, col(column), clause.values)
            by_index, by_row = (
                negated(clause, sa.and_(one.is_not(None), one.in_(clause.values)))
                for one in (col(column), column_of_row)
            )
            # An index has the interviews of one value in the order of a sort; those of several are several ranges.
            is_one_range = len(clause.values) == 1 and not clause.negated
            in_order = DATE_COLUMNS | {"title"} if is_one_range else frozenset()
            conditions.append(Condition(by_index, by_row, index_order=in_order))
        return Narrowed(on_interview=conditions)

    def values(connection: sa.Connection) -> list[str]:
        return [escape(value) for value in frequent(connection, col(column))]

    return Filter(
        name,
        grammar,
        description,
        narrow,
        example=example,
        lists=OF_INTERVIEWS,
        facet=count_by(col(column)),
        column=column.key,
        values=values,
    )


def frequent(connection: sa.Connection, value: Any) -> list[str]:
    """List the values of interviews, the commonest first."""
    counted = sa.select(value).select_from(Interview).where(value.is_not(None)).group_by(value)
    return list(connection.execute(counted.order_by(sa.func.count().desc(), value)).scalars())


def count_by(value: Any) -> Facet:
    """Make the facet of a value that an interview has one of."""

    def count(_conditions: Conditions, rows: sa.CTE) -> sa.Select[Any]:
        # Many rows belong to one interview, which is looked up once.
        number = sa.func.count().label("rows")
        each = sa.select(rows.c.interview_id, number).group_by(rows.c.interview_id).subquery()
        return (
            sa.select(value.label("value"), sa.cast(sa.func.sum(each.c.rows), sa.Integer).label("rows"))
            .select_from(each)
            .join(Interview, col(Interview.id) == each.c.interview_id)
            .where(value.is_not(None))
            .group_by(value)
            .order_by(sa.desc("rows"), value)
        )

    return Facet(count)


def negated(clause: Clause, condition: Sql) -> Sql:
    """Return a condition, or its opposite where the clause is negated."""
    return sa.not_(condition) if clause.negated else condition
