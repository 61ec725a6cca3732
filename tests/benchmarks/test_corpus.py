from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from app.db import Database
from app.loading import DocumentWriter, load_interview, load_vocabulary
from app.structure.prepare import prepare
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from benchmarks.corpus import NOW, fill, talks, vocabulary
from tests.authors import at

QUESTIONS = 300
# The digest of a reading takes reading the transcript; numbers of documents do not matter.
NOT_COMPARED = {"transcript": {"reading_sha256"}, "search_document": {"number"}}


def _rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    with database.read() as connection:
        found = {}
        for table in SQLModel.metadata.sorted_tables:
            columns = [column for column in table.c if column.name not in NOT_COMPARED.get(table.name, ())]
            rows = [dict(row._mapping) for row in connection.execute(sa.select(*columns))]
            found[table.name] = sorted(rows, key=repr)
        return found


@pytest.fixture
def loaded(make_database: Any, database_url: str) -> Database:
    database = Database(make_database("postgresql" if database_url.startswith("postgresql") else "sqlite"))
    with database.write() as connection, DocumentWriter(connection) as documents:
        load_vocabulary(connection, read_vocabulary("topics.toml", vocabulary().encode()), at(NOW))
        for talk in talks(QUESTIONS):
            sidecar = read_sidecar("x.toml", talk.metadata().encode())
            source = Source(f"{talk.slug}.txt", talk.transcript().encode())
            load_interview(connection, prepare(source, sidecar, "x.toml"), at(NOW), documents=documents)
    return database


def test_what_is_built_is_what_would_be_loaded(database: Database, loaded: Database) -> None:
    fill(database, QUESTIONS)
    built, wanted = _rows(database), _rows(loaded)
    loaded.close()
    for table, rows in wanted.items():
        assert len(built[table]) == len(rows), table
        for one, other in zip(built[table], rows, strict=True):
            assert one == other, table
    assert len(wanted["question"]) == len(wanted["search_document"]) == QUESTIONS


def test_without_search_nothing_else_is_missing(database: Database) -> None:
    fill(database, 40, search=False)
    rows = _rows(database)
    assert len(rows["question"]) == 40
    assert not rows["search_document"]
    assert not rows["search_term"]


def test_corpus_is_the_same_every_time_and_as_varied_as_a_real_one() -> None:
    first, again = list(talks(2000)), list(talks(2000))
    assert [talk.transcript() for talk in first] == [talk.transcript() for talk in again]
    assert sum(len(talk.exchanges) for talk in first) == 2000
    exchanges = [one for talk in first for one in talk.exchanges]
    assert {None, "en", "fr"} <= {talk.language for talk in first}
    assert {0, 4, 7, 10} == {len(talk.published or "") for talk in first}
    assert {0, 1} < {len(one.answers) for one in exchanges}
    lengths = [len(talk.transcript()) / len(talk.exchanges) for talk in first]
    assert 700 < sum(lengths) / len(lengths) < 1300
