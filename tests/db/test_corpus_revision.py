import datetime
from collections.abc import Callable

import sqlalchemy as sa

from app.db import Database
from app.db.corpus_revision import CorpusRevision, find_revision, has_second_to_itself
from app.loading import LoadedInterview
from app.loading.history import new_revision
from tests.authors import at
from tests.conftest import NOW

SECOND = datetime.timedelta(seconds=1)


def _revise(database: Database, *moments: datetime.datetime) -> bool:
    """Make a revision at each moment, and tell whether the newest has its second to itself."""
    with database.write() as connection:
        for moment in moments:
            new_revision(connection, at(moment))
    with database.read() as connection:
        newest = find_revision(connection)
        assert newest is not None
        assert newest.made_at == moments[-1]
        return has_second_to_itself(connection, newest)


def test_empty_corpus_has_no_revision(database: Database) -> None:
    with database.read() as connection:
        assert find_revision(connection) is None


def test_every_import_that_changes_something_is_a_revision(
    database: Database, load: Callable[..., LoadedInterview]
) -> None:
    def newest(connection: sa.Connection) -> CorpusRevision:
        found = find_revision(connection)
        assert found is not None
        return found

    load("Q: Why?\nA: Because.\n")
    with database.read() as connection:
        assert newest(connection) == CorpusRevision(1, NOW)
    load("Q: Why?\nA: Because.\n")
    with database.read() as connection:
        assert newest(connection).number == 1


def test_revisions_of_one_transaction_share_their_second(database: Database) -> None:
    assert _revise(database, NOW, NOW, NOW)
    assert _revise(database, NOW + SECOND)


def test_second_of_two_transactions_tells_of_neither(database: Database) -> None:
    assert _revise(database, NOW)
    assert not _revise(database, NOW + SECOND / 2)
    assert _revise(database, NOW + 2 * SECOND)


def test_second_that_comes_again_after_a_clock_was_set_back_tells_of_nothing(database: Database) -> None:
    _revise(database, NOW + SECOND / 4, NOW + 60 * SECOND)
    assert not _revise(database, NOW)
