"""The filter `role`: somebody who asks or answers has this role in the interview."""

import sqlalchemy as sa
from pydantic import AfterValidator
from sqlmodel import col

from app.models import Contribution
from app.queries import limits
from app.queries.conditions import Condition, row_condition
from app.queries.filters.filter import OF_INTERVIEWS, Filter, Narrowed, Narrowing
from app.queries.filters.grammar import Clause, Clauses, one_of, values_of
from app.queries.filters.people import both_forms, contributing, implied, in_roles, speaks, takes_part
from app.structure.pairing import Role


def _narrow(narrowing: Narrowing, clauses: Clauses) -> Narrowed:
    on_interview, on_question = [], []
    part = speaks(narrowing.connection, narrowing.rows)
    for clause in clauses:
        condition = _takes_part(narrowing.connection, clause)
        if narrowing.rows == "interviews":
            on_interview.append(condition)
            continue
        on_question.append(Condition(*both_forms(clause, part, in_roles(clause.values))))
        on_interview += implied(narrowing.rows, clause, condition)
    return Narrowed(on_interview, on_question)


def _takes_part(connection: sa.Connection, clause: Clause) -> Condition:
    """Condition on an interview. Most interviews have somebody in a common role: a scan finds one soon."""
    condition = takes_part(clause, roles=clause.values)
    some = sa.select(sa.literal(1)).where(*contributing(roles=clause.values)).limit(limits.RARE_QUESTIONS + 1)
    number = connection.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one()
    return condition if number <= limits.RARE_QUESTIONS else row_condition(condition.by_row)


def _values(connection: sa.Connection) -> list[str]:
    counted = sa.select(col(Contribution.role)).group_by(col(Contribution.role)).order_by(sa.func.count().desc())
    present = [str(role.value) for role in connection.execute(counted).scalars()]
    return [*present, *(role.value for role in Role if role.value not in present)]


FILTER = Filter(
    "role",
    values_of("|".join(Role), AfterValidator(one_of(Role))),
    f"Role ({', '.join(Role)}) that somebody who asks or answers has in the interview.",
    _narrow,
    example="interviewee",
    lists=OF_INTERVIEWS,
    values=_values,
)
