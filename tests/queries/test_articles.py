"""Verifying ends where nobody waits for it any more, or where it takes a request too long."""

from collections.abc import Callable
from typing import Any

import pytest

from app.db import Database
from app.db.work import Work
from app.errors import ClientLeftError, StatementTimeError
from app.loading import LoadedInterview
from app.queries import limits
from app.queries.articles import verify_article
from app.queries.quotes import verify
from app.quotes import Verdict
from app.quotes import verdict as verdict_module
from app.quotes.passage import TokenizedPassage

TALK = "Q: Where did the river begin?\nA: It began under the old mill, behind our house.\n"
ARTICLE = '"It began under the old mill," she said. "It ended in the cold sea," she added.'


@pytest.fixture(autouse=True)
def talk(load: Callable[..., LoadedInterview]) -> None:
    load(TALK)


def test_article_of_a_request_takes_a_bounded_time(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARTICLE_SECONDS", 0.0)
    with database.read() as connection:
        assert len(list(verify_article(connection, ARTICLE, 3))) == 2
        with Work().doing(), pytest.raises(StatementTimeError, match="send it in parts"):
            list(verify_article(connection, ARTICLE, 3))


def test_article_whose_client_leaves_is_not_verified_to_its_end(database: Database) -> None:
    has_left = False
    with database.read() as connection, Work(lambda: has_left).doing():
        verdicts = verify_article(connection, ARTICLE, 3)
        next(verdicts)
        has_left = True
        with pytest.raises(ClientLeftError):
            next(verdicts)


def test_verdict_of_a_request_takes_a_bounded_time(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "VERDICT_SECONDS", 0.0)
    with database.read() as connection:
        assert verify(connection, "It began under the old mill")["verdict"] is Verdict.EXACT
        with Work().doing(), pytest.raises(StatementTimeError, match="shorter quotation"):
            verify(connection, "It began under the old mill")


def test_verdict_ends_within_its_judgement_where_its_client_leaves(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class _Leaves(TokenizedPassage):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            asked.append("read")

    monkeypatch.setattr(verdict_module, "TokenizedPassage", _Leaves)
    with database.read() as connection, Work(lambda: bool(asked)).doing(), pytest.raises(ClientLeftError):
        verify(connection, "It began under the old mill")
    # No statement follows, so it is the judgement that noticed.
    assert asked == ["read"]
