import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from app.db import Database
from app.loading import LoadedInterview
from app.models import SearchDocument
from app.queries import search as search_module
from app.queries.query import Mode, Within, expanded, read_query
from app.queries.scoring import inverse_frequency
from app.queries.search import matches, matching, rank, text_matches
from tests.queries.corpus import WORDS, Talk, corpora, stored

TALK = """Q: What is a mill?
A: A mill grinds corn beside a river.
Q: What is a river?
A: Rivers, rivers and rivers again.
Q: And how does corn grow?
A: Corn grows in wet fields.
"""


@pytest.fixture
def corpus(database: Database, load: Callable[..., LoadedInterview]) -> Database:
    load(TALK, 'title = "Talk"\nlanguage = "en"')
    return database


def _ranked(connection: sa.Connection, text: str, mode: Mode = Mode.SEARCH, **options: Any) -> list[int]:
    query = expanded(connection, read_query(text, mode))
    return rank(connection, query, count_to=100, **options).best(10)


def test_question_counts_more_than_answers_and_often_more_than_once(corpus: Database) -> None:
    with corpus.read() as connection:
        river, mill = _ranked(connection, "river")
        assert _ranked(connection, "mill") == [mill]
        assert _ranked(connection, "corn")[0] not in {river, mill}


def test_rare_word_tells_more_than_a_common_one(database: Database, load: Callable[..., LoadedInterview]) -> None:
    assert inverse_frequency(1, 100) > inverse_frequency(50, 100) > inverse_frequency(100, 100) > 0
    fruits = ["Apple", "Pear", "Pear", "Plum", "Plum"]
    load("\n".join(f"Q: Number {place}?\nA: {fruit}." for place, fruit in enumerate(fruits)), 'language = "en"')
    with database.read() as connection:
        [apple] = _ranked(connection, "apple")
        assert _ranked(connection, "pear apple", Mode.ASK)[0] == apple


def test_common_words_stay_while_no_more_is_found_than_can_be_ranked(corpus: Database) -> None:
    with corpus.read() as connection:
        ranking = rank(connection, read_query("river corn grows", Mode.ASK), count_to=100)
    assert (ranking.is_exact, ranking.total) == (True, 3)


def test_common_words_that_are_not_looked_for_still_count(
    database: Database, load: Callable[..., LoadedInterview], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ["Quince.", "Quince and apple.", "Apple.", "Apple.", "Plum.", "Fig.", "Fig.", "Fig.", "Fig.", "Fig.", "Fig."]
    said += ["Lime."] * 4
    load("\n".join(f"Q: Number {place}?\nA: {text}" for place, text in enumerate(said)), 'language = "en"')
    monkeypatch.setattr(search_module, "_MAX_ANY_DOCUMENTS", 2)
    with database.read() as connection:
        ranking = rank(connection, read_query("apple quince", Mode.ASK), count_to=100)
        quinces = set(_ranked(connection, "quince"))
        [both] = _ranked(connection, "apple quince")
    assert (ranking.is_exact, ranking.total, set(ranking.scores)) == (False, 4, quinces)
    assert ranking.best(1) == [both]


@settings(
    max_examples=settings().max_examples // 2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(data=st.data(), corpus=corpora())
def test_a_document_says_what_the_index_finds_in_it(
    database: Database, data: st.DataObject, corpus: list[Talk]
) -> None:
    words = st.sampled_from(
        [*WORDS, "Item", "of 0", "riv", "ite", "riv*", "happine*", '"item 1 of"', '"river mill"', '"well, ri"*']
    )
    signs = st.sampled_from(["", "", "-", "OR "])
    number = col(SearchDocument.number)
    with stored(database, corpus) as connection:
        for _ in range(8):
            operands = data.draw(st.lists(st.tuples(signs, words), min_size=1, max_size=4))
            query = read_query(" ".join(f"{sign}{word}" for sign, word in operands))
            within = data.draw(st.sampled_from(Within))
            query = expanded(connection, dataclasses.replace(query, within=within))
            if not query.groups:
                continue
            found, said = (
                connection.execute(sa.select(number).where(which(connection, query)).order_by(number)).scalars().all()
                for which in (matching, text_matches)
            )
            assert said == found
            source, matched = matches(connection, query)
            assert set(connection.execute(sa.select(number).select_from(source).where(matched)).scalars()) == set(found)
