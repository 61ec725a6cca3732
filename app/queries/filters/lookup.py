"""Names that filters are given, looked up: one statement for each kind of name."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import ParameterError
from app.queries.filters.grammar import Clause, Clauses
from app.queries.names import Named, near, renamed


def resolve(
    connection: sa.Connection, parameter: str, clauses: Clauses, table: Named
) -> list[tuple[Clause, list[str]]]:
    """Pair each clause with the ids of its slugs; a slug that was changed still counts.

    Raises:
        ParameterError: a slug is not known; near ones are suggested.
    """
    wanted = {value for clause in clauses for value in clause.values}
    slug = col(table.slug)
    ids = {row.slug: row.id for row in connection.execute(sa.select(slug, col(table.id)).where(slug.in_(wanted)))}
    ids.update(renamed(connection, table, wanted - set(ids)))
    for value in sorted(wanted - set(ids)):
        raise _unknown(connection, parameter, value, slug)
    return [(clause, [ids[value] for value in clause.values]) for clause in clauses]


def ids_of(connection: sa.Connection, parameter: str, slugs: Sequence[str], table: Named) -> list[str]:
    """Return the id of each slug.

    Raises:
        ParameterError: as in resolve().
    """
    return resolve(connection, parameter, (Clause(tuple(slugs)),), table)[0][1]


def check_values(connection: sa.Connection, parameter: str, column: Any, values: Sequence[str]) -> None:
    """Check that a column has each of some values.

    Raises:
        ParameterError: it does not; near values are suggested.
    """
    present = set(connection.execute(sa.select(column).where(column.in_(values)).distinct()).scalars())
    for value in values:
        if value not in present:
            raise _unknown(connection, parameter, value, column)


def _unknown(connection: sa.Connection, parameter: str, value: str, column: Any) -> ParameterError:
    return ParameterError(parameter, f"There is no {parameter} {value[:120]!r}.", near(connection, column, value))
