import dataclasses
from collections.abc import Callable, Mapping, Sequence
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
from app.queries.query import Mode, Query, Within, expanded, read_query
from app.queries.search import fused, inverse_frequency, matches, matching, rank, text_matches
from tests.queries.corpus import WORDS, Talk, corpora, stored

TALK = """Q: What is a mill?
A: A mill grinds corn beside a river.
Q: What is a river?
A: Rivers, rivers and rivers again.
Q: And corn?
A: Corn grows.
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


def test_second_scorer_takes_part_with_its_share(corpus: Database) -> None:
    asked: list[int] = []

    def second(_connection: sa.Connection, _query: Query, numbers: Sequence[int]) -> Mapping[int, float]:
        asked.extend(numbers)
        return {number: 100.0 * (number == worst) for number in numbers}

    with corpus.read() as connection:
        best, worst = _ranked(connection, "river")
        assert _ranked(connection, "river", second=second, share=0.4) == [best, worst]
        assert _ranked(connection, "river", second=second, share=0.6) == [worst, best]
        assert set(asked) == {best, worst}


def test_scores_are_fused_as_a_convex_combination_of_normalized_ones() -> None:
    first, second = {1: 10.0, 2: 5.0, 3: 0.0}, {1: -1.0, 3: 1.0}
    assert fused(first, second, 0.0) == {1: 1.0, 2: 0.5, 3: 0.0}
    assert fused(first, second, 1.0) == {1: 0.0, 2: 0.0, 3: 1.0}
    assert fused(first, second, 0.5) == {1: 0.5, 2: 0.25, 3: 0.5}
    assert fused({1: 3.0}, {1: 3.0}, 0.5) == {1: 0.0}
    assert fused({}, {}, 0.5) == {}


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
