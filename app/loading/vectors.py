"""Writes what search documents mean, for ranking by meaning, in batches: whatever stops it, the next run goes on."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.db import Database
from app.models import SearchDocument, SearchVector, table_of
from app.queries.meaning import DocumentText, document_texts
from app.text.meaning import MeaningModel

# Documents whose vectors are written in one transaction. Making them takes seconds, in which others may write.
_BATCH = 100


class Embedded(NamedTuple):
    """How many documents got a vector, and how many are in languages that the model does not know."""

    made: int
    other_languages: int


def embed_documents(
    database: Database,
    model: MeaningModel,
    on_progress: Callable[[int], None] = lambda _count: None,
    *,
    only_missing: bool = False,
) -> Embedded:
    """Make the vectors that are missing, and anew those of another model or of another text.

    With `only_missing`, documents that have a vector are not looked at. `on_progress` is called with the number of
    documents that were looked at.

    Raises:
        DatabaseUnavailableError: the database cannot be reached or written.
        SettingsError: the files of the model are none.
    """
    made = others = 0
    for numbers in _batches(database, only_missing=only_missing):
        texts, missing = _missing(database, model, numbers)
        others += len(numbers) - len(texts)
        vectors = {number: model.vector(texts[number].text) for number in missing}
        made += _store(database, model, {number: texts[number] for number in missing}, vectors)
        on_progress(len(numbers))
    return Embedded(made, others)


def count_documents(database: Database) -> int:
    """Count what vectors are made of."""
    with database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(SearchDocument)).scalar_one())


def _batches(database: Database, *, only_missing: bool) -> Iterator[list[int]]:
    number = table_of(SearchDocument).c.number
    has_vector = sa.exists().where(col(SearchVector.number) == number)
    last = 0
    while True:
        # Each batch is read from the state that there is then.
        following = sa.select(number).where(number > last).order_by(number).limit(_BATCH)
        with database.read() as connection:
            found = list(connection.execute(following.where(~has_vector) if only_missing else following).scalars())
        if not found:
            return
        last = found[-1]
        yield found


def _missing(database: Database, model: MeaningModel, numbers: list[int]) -> tuple[dict[int, DocumentText], list[int]]:
    """Return the texts in languages that the model knows, and the numbers of those without a vector of this model."""
    with database.read() as connection:
        texts = document_texts(connection, numbers)
        known = {number: text for number, text in texts.items() if model.knows(text.language)}
        columns: tuple[Any, ...] = (SearchVector.number, SearchVector.model, SearchVector.text_sha256)
        rows = connection.execute(sa.select(*columns).where(col(SearchVector.number).in_(numbers)))
        stored = {row.number: (row.model, row.text_sha256) for row in rows}
    return known, [number for number, text in known.items() if stored.get(number) != (model.digest, text.sha256)]


def _store(database: Database, model: MeaningModel, texts: dict[int, DocumentText], vectors: dict[int, bytes]) -> int:
    """Write vectors of documents that still say the same."""
    if not vectors:
        return 0
    with database.write() as connection:
        # A document may have been taken out meanwhile, and its number given to another one.
        now = document_texts(connection, list(vectors))
        same = [number for number in vectors if now.get(number) == texts[number]]
        connection.execute(sa.delete(SearchVector).where(col(SearchVector.number).in_(same)))
        rows = [
            {
                "number": number,
                "model": model.digest,
                "text_sha256": texts[number].sha256,
                "vector": vectors[number],
            }
            for number in same
        ]
        if rows:
            connection.execute(sa.insert(SearchVector), rows)
    return len(rows)
