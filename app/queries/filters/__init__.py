"""The filters of lists, one module each, in the order in which they are documented. `Filter` says how to add one."""

import sqlalchemy as sa

from app.queries.conditions import Condition, Conditions, Rows
from app.queries.filters import (
    answered,
    answered_by,
    asked_by,
    interrogative,
    interview,
    language,
    published_from,
    published_to,
    publisher,
    q,
    role,
    series,
    speaker,
    topic,
    topic_scope,
    topic_state,
    year,
)
from app.queries.filters.filter import Filter, Filters, Narrowing
from app.queries.filters.grammar import Clause, Clauses

FILTERS: tuple[Filter, ...] = (
    topic.FILTER,
    topic_scope.FILTER,
    topic_state.FILTER,
    speaker.FILTER,
    asked_by.FILTER,
    answered_by.FILTER,
    interview.FILTER,
    language.FILTER,
    publisher.FILTER,
    series.FILTER,
    year.FILTER,
    published_from.FILTER,
    published_to.FILTER,
    role.FILTER,
    answered.FILTER,
    interrogative.FILTER,
    q.FILTER,
)

__all__ = ["FILTERS", "Clause", "Clauses", "Filter", "Filters", "conditions", "filters_of", "interview_conditions"]


def filters_of(list_name: str) -> tuple[Filter, ...]:
    """Return the filters of a list."""
    return tuple(each for each in FILTERS if list_name in each.lists)


def conditions(connection: sa.Connection, filters: Filters, rows: Rows) -> Conditions:
    """Look up every name that the filters give, and build the conditions for rows of a kind.

    In a list of answers, who answers is who gives the very answer of the row; in a list of interviews, a speaker is
    anybody who takes part; in a search, also who says a free-standing turn.

    Raises:
        ParameterError: a name is not known; near names are suggested.
    """
    narrowing = Narrowing(connection, rows, filters)
    on_interview: list[Condition] = []
    on_question: list[Condition] = []
    given = filters.names
    for each in FILTERS:
        if each.name in given and each.narrow is not None:
            narrowed = each.narrow(narrowing, filters.get(each.name))
            on_interview += narrowed.on_interview
            on_question += narrowed.on_question
    scope = topic.scope_of(narrowing)
    built = Conditions(rows, on_interview, on_question, scope.is_exact, scope.states)
    return built.with_candidates(connection)


def interview_conditions(connection: sa.Connection, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Build the conditions on interviews of the filters that a list of speakers has; those on questions are left out.

    Raises:
        ParameterError: a name is not known; near names are suggested.
    """
    narrowing = Narrowing(connection, "interviews", filters)
    return [
        condition.by_index
        for each in filters_of("speakers")
        if each.name in filters.names and each.narrow is not None and not each.is_of_questions
        for condition in each.narrow(narrowing, filters.get(each.name)).on_interview
    ]
