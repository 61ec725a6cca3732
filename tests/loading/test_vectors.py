import datetime
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.db import Database
from app.loading import LoadedInterview, hold, redact, release, withdraw
from app.loading import vectors as vectors_module
from app.loading.vectors import Embedded, Vectors, embed_documents
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
    # Of two questions, one says the same without what was redacted.
    of_ferry = model.vector("And the ferry? Nobody, after the flood.")
    left = [vector for vector in before.values() if vector != of_ferry] if how == "redact" else []
    assert len(left) < len(before)
    assert list(_stored(database).values()) == left
    if how == "hold":
        with database.write() as connection:
            release(connection, interview, at(NOW))
        assert embed_documents(database, model).made == len(before)
        assert sorted(_stored(database).values()) == sorted(before.values())


def test_vectors_of_what_says_the_same_outlive_a_corrected_file(
    database: Database, load: Callable[..., LoadedInterview], model: MeaningModel
) -> None:
    load(TALK)
    embed_documents(database, model)
    before = _stored(database)
    load(TALK.replace("after the flood", "after the great flood"))
    kept = _stored(database)
    assert len(kept) == 1
    assert set(kept.values()) < set(before.values())
    assert embed_documents(database, model, only_missing=True) == Embedded(1, 0)
    # They are those that would be made anew.
    after = _stored(database)
    with database.write() as connection:
        connection.execute(sa.delete(SearchVector))
    embed_documents(database, model)
    assert _stored(database) == after


def test_question_has_a_vector_without_its_answers(
    database: Database, load: Callable[..., LoadedInterview], model: MeaningModel
) -> None:
    load(TALK + "Q: And the ferry?\nA: Ask my aunt.\n")
    load("Ben: We met in the hall of the mill.\nAda: We did, and nothing was asked there.\n", name="hall.txt")
    embed_documents(database, model)
    table = table_of(SearchVector)
    with database.read() as connection:
        asked = [row.asked for row in connection.execute(sa.select(table.c.asked).order_by(table.c.number))]
    assert asked[:3] == [model.vector("Who kept the light?"), *[model.vector("And the ferry?")] * 2]
    assert all(vector is None for vector in asked[3:])


def test_languages_that_the_model_does_not_know_are_not_read_for_what_is_missing(
    database: Database, load: Callable[..., LoadedInterview], model: MeaningModel
) -> None:
    for tag in ("fr", "en-GB", "EN", "eng"):
        load(TALK.replace("light", f"light of {tag}"), f'language = "{tag}"', f"{tag}.txt")
    looked_at: list[int] = []
    found = embed_documents(database, model, looked_at.append, only_missing=True)
    in_english = sum(looked_at)
    assert (found.made, found.other_languages) == (in_english, 0)
    rest = embed_documents(database, model)
    assert rest.made == 0
    assert rest.other_languages > 0


def test_document_that_changed_meanwhile_gets_no_vector(
    database: Database, load: Callable[..., LoadedInterview], model: MeaningModel
) -> None:
    interview = load(TALK).interview_id
    with database.read() as connection:
        numbers = list(connection.execute(sa.select(table_of(SearchDocument).c.number)).scalars())
    texts, missing = vectors_module._missing(database, model, numbers)
    with database.write() as connection:
        redact(connection, interview, at(NOW), words="the ferry")
    vectors = dict.fromkeys(missing, Vectors(b"x", None))
    assert vectors_module._store(database, model, {number: texts[number] for number in missing}, vectors) < 2
