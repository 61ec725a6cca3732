import datetime
from collections import Counter
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlmodel import col

from app.db import Database
from app.loading import DocumentWriter, LoadedInterview, Outcome, hold, index_missing, load_interview
from app.models import SearchDocument, SearchTerm, SearchWord, table_of
from app.structure.prepare import prepare
from app.text.terms import BREAK
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW

TALK = "Q: What is a river?\nA: Rivers are water.\nQ: And mills?\nA: Mills grind."


def _documents(database: Database) -> list[tuple[str, str, str]]:
    columns = table_of(SearchDocument).c
    with database.read() as connection:
        rows = connection.execute(sa.select(columns.title, columns.question, columns.answers).order_by(columns.number))
        return [tuple(row) for row in rows]


def _counted(database: Database) -> dict[str, int]:
    with database.read() as connection:
        rows = connection.execute(sa.select(table_of(SearchTerm)))
        return {row.term: row.documents for row in rows}


def _in_step(database: Database) -> None:
    """Counts are those of the documents, and the index holds the documents."""
    documents = _documents(database)
    counts = Counter(term for one in documents for term in set(" ".join(one).split()) - {BREAK})
    counts.update({"": len(documents)} if documents else {})
    assert _counted(database) == counts
    with database.write() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")
        else:
            stale = (
                "SELECT count(*) FROM search_document d FULL JOIN search_index i ON i.number = d.number "
                "WHERE i.vector IS DISTINCT FROM search_vector(d.title, d.question, d.answers)"
            )
            assert connection.exec_driver_sql(stale).scalar_one() == 0


def test_question_is_found_by_its_terms_title_and_answers(
    database: Database, load: Callable[..., LoadedInterview]
) -> None:
    load(TALK, 'title = "On Waters"\nlanguage = "en"')
    assert _documents(database) == [
        ("on water", "what is a river", "river are water"),
        ("on water", "and mill", "mill grind"),
    ]
    _in_step(database)


def test_counts_and_index_follow_corrections(database: Database, load: Callable[..., LoadedInterview]) -> None:
    load(TALK, 'slug = "talk"\nlanguage = "en"')
    load(TALK.replace("mill", "lake").replace("Mills", "Lakes"), 'slug = "talk"\nlanguage = "en"')
    _in_step(database)
    assert "mill" not in _counted(database)
    assert _counted(database)[""] == 2
    load("Q: And?\nA: Fin.", 'slug = "talk"\nlanguage = "fr"', replaces=True)
    _in_step(database)


def test_several_interviews_of_a_transaction_are_counted_once_and_right(database: Database) -> None:
    with database.write() as connection, DocumentWriter(connection) as documents:
        for number in range(3):
            source = Source(f"talk-{number}.txt", TALK.replace("mills", f"mills {number}").encode())
            load_interview(connection, prepare(source), at(NOW), documents=documents)
        # The same file twice in a batch, the second time corrected.
        source = Source("talk-2.txt", TALK.replace("mills", "mills again").encode())
        load_interview(connection, prepare(source), at(NOW), documents=documents)
    assert _counted(database)[""] == 6
    _in_step(database)


def test_documents_wait_for_others_and_are_all_there_in_the_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.loading.documents._ROWS_AT_A_TIME", 5)

    def stored(connection: sa.Connection) -> int:
        return int(connection.execute(sa.select(sa.func.count()).select_from(SearchDocument)).scalar_one())

    seen = []
    with database.write() as connection, DocumentWriter(connection) as documents:
        for number in range(4):
            source = Source(f"talk-{number}.txt", TALK.replace("mills", f"mills {number}").encode())
            load_interview(connection, prepare(source), at(NOW), documents=documents)
            seen.append(stored(connection))
    assert seen == [0, 0, 6, 6]
    assert len(_documents(database)) == 8
    _in_step(database)


def test_what_is_held_back_again_leaves_no_document_that_waits(database: Database) -> None:
    def load(
        connection: sa.Connection, name: str, text: str, metadata: str, documents: DocumentWriter | None
    ) -> LoadedInterview:
        prepared = prepare(Source(name, text.encode()), read_sidecar("x.toml", metadata.encode()))
        return load_interview(connection, prepared, at(NOW), documents=documents)

    until = NOW + datetime.timedelta(days=40)
    with database.write() as connection:
        load(connection, "two.txt", TALK, 'slug = "two"\n', None)
        hold(connection, "two", until, at(NOW))
    assert _documents(database) == []
    with database.write() as connection, DocumentWriter(connection) as documents:
        load(connection, "one.txt", TALK.replace("mill", "dam"), "", documents)
        longer = f'slug = "two"\nembargo_until = {(until + datetime.timedelta(days=1)).date()}\n'
        again = load(connection, "two.txt", TALK.replace("mill", "lake"), longer, documents)
        load(connection, "three.txt", TALK.replace("mill", "weir"), "", documents)
    assert again.outcome is Outcome.HELD
    assert len(_documents(database)) == 4
    assert "lake" not in _counted(database)
    _in_step(database)


def test_nothing_is_counted_where_the_transaction_fails(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection, DocumentWriter(connection) as documents:
            load_interview(connection, prepare(Source("talk.txt", TALK.encode())), at(NOW), documents=documents)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _counted(database) == {}
    _in_step(database)


def test_words_are_kept_as_they_are_spoken(database: Database, load: Callable[..., LoadedInterview]) -> None:
    load(TALK, 'language = "en"')
    with database.read() as connection:
        words = set(connection.execute(sa.select(col(SearchWord.word))).scalars())
    assert {"river", "rivers", "mills", "grind"} <= words


def test_interviews_without_documents_are_indexed_from_the_record(
    database: Database, load: Callable[..., LoadedInterview]
) -> None:
    load(TALK, 'slug = "one"\ntitle = "On Waters"\nlanguage = "en"')
    load("Q: Où ?\nA: Les rivières.", 'slug = "two"\nlanguage = "fr"', "two.txt")
    before = _documents(database)
    with database.write() as connection:
        assert index_missing(connection) == 0
        for table in (SearchDocument, SearchTerm, SearchWord):
            connection.execute(sa.delete(table))
    with database.write() as connection:
        assert index_missing(connection) == 2
    assert sorted(_documents(database)) == sorted(before)
    _in_step(database)


@pytest.mark.slow
def test_answer_of_any_length_can_be_stored_and_is_found(
    database: Database, load: Callable[..., LoadedInterview]
) -> None:
    from app.queries.query import read_query
    from app.queries.search import rank

    words = " ".join(f"w{number:06x}" for number in range(150_000))
    load(f"Q: Long?\nA: Zebra {words}.", 'slug = "long"\nlanguage = "fr"', "long.txt")
    load(f"Q: {'y' * 3000}?\nA: No.", 'slug = "wide"', "wide.txt")
    with database.read() as connection:
        for q in ("zebra", "w0000ff", "y" * 3000):
            assert rank(connection, read_query(q), count_to=10).total == 1, q
    _in_step(database)
