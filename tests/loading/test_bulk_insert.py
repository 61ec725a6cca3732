from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.db import Database
from app.loading.bulk_insert import insert_rows
from app.models import Change, QuestionTopic, Turn, table_of
from tests.conftest import ENGINES


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("model", [Turn, QuestionTopic, Change])
@pytest.mark.slow
def test_rows_are_stored_as_sqlalchemy_stores_them(
    engine: str, model: type[Turn | QuestionTopic | Change], make_awkward: Callable[[str], str]
) -> None:
    """Words of an enumeration, JSON and JSON that is missing, numbers and every script, without a conversion lost."""
    database, table = Database(make_awkward(engine)), table_of(model)
    # As text, so that a missing value and the word null are not the same.
    as_text = sa.select(*(sa.cast(column, sa.Text) for column in table.c)).order_by(*table.primary_key)
    with database.write() as connection:
        rows = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
        stored = []
        for put in (insert_rows, lambda connection, _model, rows: connection.execute(table.insert(), rows)):
            connection.execute(sa.delete(table))
            put(connection, model, rows)
            stored.append([tuple(row) for row in connection.execute(as_text)])
    database.close()
    assert len(rows) > 5
    assert stored[0] == stored[1]


def test_no_rows_are_no_statement(make_database: Callable[[str], str]) -> None:
    database = Database(make_database("sqlite"))
    with database.write() as connection:
        insert_rows(connection, Turn, [])
        assert connection.execute(sa.select(sa.func.count()).select_from(Turn)).scalar_one() == 0
    database.close()
