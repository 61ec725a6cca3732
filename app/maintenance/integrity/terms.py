"""Each term is counted in as many documents as have it."""

from collections.abc import Generator

import sqlalchemy as sa

from app.loading.documents import terms_of
from app.maintenance.integrity.check import REBUILD_SEARCH, Check, ItemCounter, Problem, stream
from app.models import SearchDocument, SearchTerm, table_of


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    """Compare sums of hashes: the counts themselves may not fit into memory."""
    documents, terms = table_of(SearchDocument), table_of(SearchTerm)
    wanted = total = 0
    for row in stream(connection, sa.select(documents.c.title, documents.c.question, documents.c.answers)):
        counter.add()
        total += 1
        wanted += sum(map(hash, terms_of(row._mapping)))
    counted = 0
    for row in stream(connection, sa.select(terms.c.term, terms.c.documents).where(terms.c.term != "")):
        counted += row.documents * hash(row.term)
    # The row without a term has the number of all documents.
    stored_total = connection.execute(sa.select(terms.c.documents).where(terms.c.term == "")).scalar() or 0
    if stored_total != total:
        yield "search_term", f"{stored_total} documents are counted, instead of {total}"
    if wanted != counted:
        yield "search_term", "terms are not counted in as many documents as have them"


CHECK = Check("terms", "terms are counted right", REBUILD_SEARCH, _find_problems, is_derived=True)
