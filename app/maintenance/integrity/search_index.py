"""The full-text index holds each term of each document at its place, and nothing else."""

from collections.abc import Generator

import sqlalchemy as sa

from app.maintenance.integrity.check import REBUILD_SEARCH, Check, ItemCounter, Problem, stream
from app.models import SearchDocument, table_of

_STALE_ON_POSTGRESQL = """
    SELECT coalesce(d.number, i.number) FROM search_document d
    FULL JOIN search_index i ON i.number = d.number
    WHERE i.vector IS DISTINCT FROM search_vector(d.title, d.question, d.answers)
"""


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    if connection.dialect.name != "sqlite":
        counter.add(connection.execute(sa.select(sa.func.count()).select_from(SearchDocument)).scalar_one())
        for row in connection.exec_driver_sql(_STALE_ON_POSTGRESQL):
            yield f"document {row[0]}", "the search index does not hold what the document says"
    elif _sum_of_documents(connection, counter) != _sum_of_index(connection):
        yield "search_index", "the search index does not hold what the documents say"


def _sum_of_documents(connection: sa.Connection, counter: ItemCounter) -> int:
    """Sum the hashes of terms at their places: sums are the same in whatever order the terms come."""
    documents, columns = table_of(SearchDocument).c, ("title", "question", "answers")
    total = 0
    for row in stream(connection, sa.select(documents.number, *(documents[name] for name in columns))):
        counter.add()
        for name in columns:
            places = enumerate(filter(None, getattr(row, name).split(" ")))
            total += sum(hash((term, row.number, name, place)) for place, term in places)
    return total


def _sum_of_index(connection: sa.Connection) -> int:
    """Sum the same hashes of what SQLite's index holds.

    FTS5's own command for this check would have to write, and so would keep writers waiting.
    """
    # The virtual table is temporary and has no rows of its own; the file itself stays open for reading only.
    connection.exec_driver_sql("PRAGMA query_only = OFF")
    total = 0
    try:
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE temp.indexed USING fts5vocab ('main', 'search_index', 'instance')"
        )
        select = "SELECT term, doc, col, offset FROM temp.indexed"
        with connection.exec_driver_sql(select, execution_options={"yield_per": 10_000}) as rows:
            for row in rows:
                total += hash(tuple(row))
        connection.exec_driver_sql("DROP TABLE temp.indexed")
    finally:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    return total


CHECK = Check("index", "the full-text index is in step", REBUILD_SEARCH, _find_problems, is_derived=True)
