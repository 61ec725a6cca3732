"""Tests share one application over the seed: one that writes fails, and does not spoil it for the others unnoticed."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from fastapi import FastAPI

from app.db import Database
from app.loading import withdraw
from tests.authors import at
from tests.seed import NOW, Shared, shared


def _write(opened: Shared) -> None:
    database: Database = cast("FastAPI", opened.client.app).state.database
    with database.write() as connection:
        withdraw(connection, "worldnewsam-3712", at(NOW))


def test_test_that_writes_to_the_shared_seed_fails_on_sqlite(
    make_database: Callable[..., str], seed_sqlite_template: Path
) -> None:
    with shared(make_database("sqlite", seed_sqlite_template)) as opened:
        with opened.reading() as client:
            assert client.get("/v1/questions").json()["items"]
        with pytest.raises(pytest.fail.Exception, match="own_seed"), opened.reading():
            _write(opened)


def test_shared_seed_cannot_be_written_on_postgresql(
    make_database: Callable[..., str], seed_postgresql_template: str | None
) -> None:
    with shared(make_database("postgresql", seed_postgresql_template)) as opened, opened.reading() as client:
        before = client.get("/v1/questions").json()["items"]
        with pytest.raises(Exception, match="read-only transaction"):
            _write(opened)
        assert client.get("/v1/questions").json()["items"] == before != []
