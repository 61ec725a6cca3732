"""No id has a number above its counter: numbers are given out in order, and never twice."""

from collections.abc import Generator

import sqlalchemy as sa
from sqlmodel import col

from app.maintenance.integrity.check import Check, ItemCounter, Problem, stream
from app.models import Answer, Interview, PastItem, Question, Speaker, Turn, table_of


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    interview = table_of(Interview)
    for table, column in ((Turn, "turns_numbered"), (Question, "questions_numbered"), (Answer, "answers_numbered")):
        items = table_of(table)
        number = sa.cast(sa.func.substr(items.c.id, sa.func.length(items.c.interview_id) + 3), sa.Integer)
        above = (
            sa.select(interview.c.id, sa.func.max(number).label("highest"), interview.c[column].label("given"))
            .join(items, items.c.interview_id == interview.c.id)
            .group_by(interview.c.id, interview.c[column])
            .having(sa.func.max(number) > interview.c[column])
        )
        counter.add()
        for row in stream(connection, above):
            yield row.id, f"{column} is {row.given}, but there is a {items.name} {row.highest}"
    past = table_of(PastItem)
    past_items = sa.select(past.c.item_id, past.c.interview_id, past.c.noun).order_by(past.c.interview_id)
    for row in stream(connection, past_items):
        counter.add()
        yield from _above_counter(connection, row.interview_id, f"{row.noun}s_numbered", row.item_id)
    for row in stream(connection, sa.select(col(Speaker.id))):
        counter.add()
        yield from _above_counter(connection, row.id.rpartition("-")[0], "speakers_numbered", row.id)


def _above_counter(connection: sa.Connection, interview_id: str, column: str, item_id: str) -> Generator[Problem]:
    columns = table_of(Interview).c
    given = connection.execute(sa.select(columns[column]).where(columns.id == interview_id)).scalar()
    number = item_id.rpartition("-")[2][1:]
    if given is not None and number.isdigit() and int(number) > given:
        yield interview_id, f"{column} is {given}, but {item_id} exists or existed"


CHECK = Check(
    "numbers",
    "no id has a number above its counter",
    "raise the counter to the number, so that it is not given out twice",
    _find_problems,
)
