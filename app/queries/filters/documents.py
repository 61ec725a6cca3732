"""Conditions on questions, in a search too: there, a free-standing turn has no question."""

import sqlalchemy as sa
from sqlmodel import col

from app.models import Question
from app.queries.conditions import Rows, Sql


def of_question(rows: Rows, condition: Sql) -> Sql:
    """Make a condition that free-standing turns never meet, so that they always meet its opposite."""
    return sa.and_(col(Question.id).is_not(None), condition) if rows == "documents" else condition
