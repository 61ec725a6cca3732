"""Each item has one newest change, and it is true of the item."""

from collections.abc import Generator, Sequence

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.maintenance.integrity.check import RESTORE, Check, ItemCounter, Problem, stream
from app.models import Answer, Change, ChangeAction, Interview, Question, Speaker, Topic, table_of

_ITEMS: Sequence[type[SQLModel]] = (Interview, Question, Answer, Speaker, Topic)


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    change = table_of(Change)
    following = sa.func.lead(change.c.revision).over(
        partition_by=(change.c.item_id, change.c.noun), order_by=change.c.revision
    )
    chained = sa.select(change.c.item_id, change.c.revision, change.c.superseded_by, following.label("next")).subquery()
    broken = sa.select(chained).where(chained.c.superseded_by.is_distinct_from(chained.c.next))
    counter.add(connection.execute(sa.select(sa.func.count()).select_from(change)).scalar_one())
    for row in stream(connection, broken):
        wanted = "be its newest one" if row.next is None else f"lead on to revision {row.next}"
        yield row.item_id, f"its change of revision {row.revision} should {wanted}, but says {row.superseded_by}"
    newest = change.c.superseded_by.is_(None)
    for table in map(table_of, _ITEMS):
        exists = sa.exists().where(table.c.id == change.c.item_id)
        deleted = change.c.action == ChangeAction.DELETED
        wrong = sa.select(change.c.item_id, change.c.action).where(
            newest, change.c.noun == table.name, sa.or_(sa.and_(deleted, exists), sa.and_(~deleted, ~exists))
        )
        for row in stream(connection, wrong):
            yield row.item_id, f"the {table.name} was {row.action.value} by its newest change, which is not so"
    interview = table_of(Interview)
    unchanged = sa.select(interview.c.id).where(
        ~sa.exists().where(newest, change.c.noun == "interview", change.c.item_id == interview.c.id)
    )
    for row in stream(connection, unchanged):
        yield row.id, "there is no change of the interview"


CHECK = Check("changes", "each item has one newest change, which is true of it", RESTORE, _find_problems)
