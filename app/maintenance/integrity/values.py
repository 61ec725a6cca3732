"""Every value is one that its column may hold: of its type, within its bounds, and readable wherever it is shown."""

from collections.abc import Generator

import sqlalchemy as sa
from sqlmodel import col

from app.loading.storable import columns_of, has_type, is_storable
from app.maintenance.integrity.check import RESTORE, Check, ItemCounter, Problem, stream
from app.models import Transcript, table_of
from app.queries.canonical import TABLES

# Characters of a value that are shown.
_SHOWN = 80


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    for model in TABLES:
        columns, keys = columns_of(model), [column.name for column in table_of(model).primary_key]
        select = sa.select(*columns)
        if model is Transcript:
            select = select.order_by(col(Transcript.id))
        for row in stream(connection, select):
            counter.add()
            for column in columns:
                value = getattr(row, column.name)
                if column.name != "slug" and not (has_type(column, value) and is_storable(model, column, value)):
                    item = " ".join(str(getattr(row, key)) for key in keys)
                    yield item, f"has {str(value)[:_SHOWN]!r} as {column.table.name}.{column.name}, which cannot be one"


CHECK = Check(
    "values", "every value has the type, the bounds and the form that its column may have", RESTORE, _find_problems
)
