"""Writes what search documents mean, for ranking by meaning, in batches: whatever stops it, the next run goes on. What
is written anew and says the same keeps its vectors.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.db import Database
from app.models import Interview, SearchDocument, SearchVector, table_of
from app.queries.meaning import DocumentText, document_texts
from app.text.meaning import MeaningModel

# Documents whose vectors are written in one transaction. Making them takes seconds, in which others may write.
_BATCH = 100


class Vectors(NamedTuple):
    """What a document means, and what its question alone means, if it has one."""

    vector: bytes
    asked: bytes | None


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

    With `only_missing`, documents that have a vector, or are in other languages, are not looked at. `on_progress` is
    called with the number of documents that were looked at.

    Raises:
        DatabaseUnavailableError: the database cannot be reached or written.
        SettingsError: the files of the model are none.
    """
    made = others = 0
    for numbers in _batches(database, model if only_missing else None):
        texts, missing = _missing(database, model, numbers)
        others += len(numbers) - len(texts)
        vectors = {number: _vectors(model, texts[number]) for number in missing}
        made += _store(database, model, {number: texts[number] for number in missing}, vectors)
        on_progress(len(numbers))
    return Embedded(made, others)


def _vectors(model: MeaningModel, text: DocumentText) -> Vectors:
    return Vectors(model.vector(text.text), model.vector(text.asked) if text.asked else None)


def count_documents(database: Database) -> int:
    """Count what vectors are made of."""
    with database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(SearchDocument)).scalar_one())


def _batches(database: Database, missing_for: MeaningModel | None) -> Iterator[list[int]]:
    """Yield the numbers of all documents, or of those without a vector in the languages of a model."""
    number = table_of(SearchDocument).c.number
    documents = sa.select(number).order_by(number).limit(_BATCH)
    if missing_for is not None:
        documents = documents.where(~sa.exists().where(col(SearchVector.number) == number))
        if missing_for.languages is not None:
            documents = documents.join(Interview, col(Interview.id) == col(SearchDocument.interview_id))
            documents = documents.where(_is_known(missing_for))
    last = 0
    while True:
        # Each batch is read from the state that there is then.
        with database.read() as connection:
            found = list(connection.execute(documents.where(number > last)).scalars())
        if not found:
            return
        last = found[-1]
        yield found


def _is_known(model: MeaningModel) -> sa.ColumnElement[bool]:
    """Whether an interview is in a language that a model knows, as `knows` of the model says."""
    language = sa.func.lower(col(Interview.language))
    known: list[sa.ColumnElement[bool]] = [language.is_(None)] if model.knows(None) else []
    for tag in sorted(model.languages or ()):
        known += [language == tag, language.like(f"{tag}-%")]
    return sa.or_(sa.false(), *known)


def _missing(database: Database, model: MeaningModel, numbers: list[int]) -> tuple[dict[int, DocumentText], list[int]]:
    """Return the texts in languages that the model knows, and the numbers of those without a vector of this model."""
    with database.read() as connection:
        texts = document_texts(connection, numbers)
        known = {number: text for number, text in texts.items() if model.knows(text.language)}
        columns: tuple[Any, ...] = (SearchVector.number, SearchVector.model, SearchVector.text_sha256)
        rows = connection.execute(sa.select(*columns).where(col(SearchVector.number).in_(numbers)))
        stored = {row.number: (row.model, row.text_sha256) for row in rows}
    return known, [number for number, text in known.items() if stored.get(number) != (model.digest, text.sha256)]


def _store(database: Database, model: MeaningModel, texts: dict[int, DocumentText], vectors: dict[int, Vectors]) -> int:
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
                **vectors[number]._asdict(),
            }
            for number in same
        ]
        if rows:
            connection.execute(sa.insert(SearchVector), rows)
    return len(rows)


class KeptVectors:
    """The vectors of documents that are about to be written anew, for those that say the same afterwards."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any]] = {}

    def take(self, connection: sa.Connection, interview_id: str) -> None:
        """Remember the vectors of an interview."""
        vectors = table_of(SearchVector)
        rows = connection.execute(
            sa.select(vectors.c.model, vectors.c.text_sha256, vectors.c.vector, vectors.c.asked)
            .join(SearchDocument, col(SearchDocument.number) == vectors.c.number)
            .where(col(SearchDocument.interview_id) == interview_id)
        )
        self._kept.update((row["text_sha256"], dict(row)) for row in rows.mappings())

    def give(self, connection: sa.Connection, numbers: Sequence[int]) -> None:
        """Write the remembered vectors of documents that say the same as those that had them."""
        if not self._kept:
            return
        texts = document_texts(connection, numbers)
        same = [(number, self._kept[text.sha256]) for number, text in texts.items() if text.sha256 in self._kept]
        if same:
            connection.execute(sa.insert(SearchVector), [{"number": number, **vectors} for number, vectors in same])
