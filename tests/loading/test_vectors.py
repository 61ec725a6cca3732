import datetime
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.db import Database
from app.loading import LoadedInterview, hold, redact, release, withdraw
from app.loading import vectors as vectors_module
from app.loading.vectors import Embedded, embed_documents
from app.models import SearchDocument, SearchVector, table_of
from app.text.meaning import MINILM, MeaningModel, open_model
from tests.authors import at
from tests.conftest import NOW

TALK = "Q: Who kept the light?\nA: My aunt did.\nQ: And the ferry?\nA: Nobody, after the flood.\n"


@pytest.fixture(scope="module")
def model() -> MeaningModel:
    opened = open_model(MINILM)
    assert opened is not None
    return opened


def _stored(database: Database) -> dict[int, bytes]:
    table = table_of(SearchVector)
    with database.read() as connection:
        return {row.number: row.vector for row in connection.execute(sa.select(table.c.number, table.c.vector))}


def test_vectors_are_made_once_and_a_stopped_run_goes_on(
    database: Database, load: Callable[..., LoadedInterview], model: MeaningModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(TALK)
    load("F: Qui gardait le phare ?\nG: Ma tante.\n", 'language = "fr"', "fr.txt")
    monkeypatch.setattr(vectors_module, "_BATCH", 1)

    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed_documents(database, model, stop)
    assert len(_stored(database)) == 1
    first = embed_documents(database, model)
    assert (first.made, first.other_languages > 0) == (1, True)
    before = _stored(database)
    assert embed_documents(database, model) == Embedded(0, first.other_languages)
    assert embed_documents(database, model, only_missing=True).made == 0
    assert _stored(database) == before


def test_vectors_of_another_model_or_text_are_stale(
    database: Database, load: Callable[..., LoadedInterview], model: MeaningModel
) -> None:
    load(TALK)
    embed_documents(database, model)
    before = _stored(database)
    for column in ("model", "text_sha256"):
        with database.write() as connection:
            connection.execute(sa.update(SearchVector).values({column: "other", "vector": b"x"}))
        assert embed_documents(database, model).made == len(before)
        assert _stored(database) == before


@pytest.mark.parametrize("how", ["redact", "withdraw", "hold"])
def test_no_vector_outlives_its_words(
    database: Database, load: Callable[..., LoadedInterview], model: MeaningModel, how: str
) -> None:
    interview = load(TALK).interview_id
    embed_documents(database, model)
    before = _stored(database)
    with database.write() as connection:
        if how == "redact":
            redact(connection, interview, at(NOW), words="the ferry")
        elif how == "withdraw":
            withdraw(connection, interview, at(NOW))
        else:
            hold(connection, interview, NOW + datetime.timedelta(days=9), at(NOW))
    assert _stored(database) == {}
    if how == "hold":
        with database.write() as connection:
            release(connection, interview, at(NOW))
        assert embed_documents(database, model).made == len(before)
        assert sorted(_stored(database).values()) == sorted(before.values())


def test_document_that_changed_meanwhile_gets_no_vector(
    database: Database, load: Callable[..., LoadedInterview], model: MeaningModel
) -> None:
    interview = load(TALK).interview_id
    with database.read() as connection:
        numbers = list(connection.execute(sa.select(table_of(SearchDocument).c.number)).scalars())
    texts, missing = vectors_module._missing(database, model, numbers)
    with database.write() as connection:
        redact(connection, interview, at(NOW), words="the ferry")
    assert vectors_module._store(database, model, {n: texts[n] for n in missing}, dict.fromkeys(missing, b"x")) < 2
