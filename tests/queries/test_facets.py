from collections.abc import Callable
from typing import Any, cast

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview
from app.queries import answers, interviews, limits, questions
from app.queries.facets import MAX_FACET_VALUES, FacetName, count_facets
from app.queries.filters import Filters
from app.queries.filters.grammar import clauses
from app.queries.filters.topic_scope import TopicScope
from app.queries.paging import Listing, PageRequest, list_page, walk
from app.queries.revision_cache import RevisionCache
from tests.queries.corpus import COLUMNS, LANGUAGES, PUBLISHERS, SERIES, TOPICS, Talk, corpora, stored
from tests.queries.test_filters import narrowings, slugs_of

LISTINGS: dict[str, Callable[[sa.Connection, Filters, str], Listing]] = {
    "questions": questions.listing,
    "answers": answers.listing,
    "interviews": interviews.listing,
}
YEARS = ("2019", "2020", "2021", "2022")


def _total(connection: sa.Connection, rows: str, filters: Filters) -> int:
    return list_page(connection, LISTINGS[rows](connection, filters, "title"), PageRequest("list", limit=1)).total


@settings(
    max_examples=settings().max_examples // 4,  # each of them tries every value of every facet
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(data=st.data(), corpus=corpora())
def test_count_is_the_total_after_applying_the_value(
    database: Database, data: st.DataObject, corpus: list[Talk]
) -> None:
    people = slugs_of(corpus)
    values: dict[str, set[str]] = {
        "topic": set(TOPICS),
        "speaker": set(people.values()),
        "year": set(YEARS),
        **{name: {value for talk in corpus if (value := talk.columns[name])} for name in COLUMNS},
    }
    assert values.keys() == set(FacetName)
    with stored(database, corpus) as connection:
        filters = data.draw(narrowings(corpus, people))
        rows = data.draw(st.sampled_from(sorted(LISTINGS)))
        listing = LISTINGS[rows](connection, filters, "title")
        page = list_page(connection, listing, PageRequest("list", limit=1))
        met = listing.conditions
        assert met is not None
        facets = count_facets(connection, met, list(FacetName), total=page.total, total_is_exact=page.total_is_exact)
        assert facets["cut"] == []
        for name in FacetName:
            counted = {value["value"]: value for value in facets[name]}
            assert list(counted) == sorted(counted, key=lambda value: (-counted[value]["count"], value))
            for value in values[name]:
                applied = (*(filters.get(name) or ()), *clauses(name, [value]))
                narrowed = filters.replacing(**{name: applied})
                # A value that is not shown would leave nothing.
                shown = counted.get(value, {"count": 0, "own": 0})
                assert _total(connection, rows, narrowed) == shown["count"], (rows, name, value)
                if name == "topic" and not filters.get("topic"):
                    exact = narrowed.replacing(topic_scope=TopicScope.EXACT)
                    assert _total(connection, rows, exact) == shown["own"], (rows, value)
            assert counted.keys() <= values[name]


@settings(
    max_examples=settings().max_examples // 2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(data=st.data(), corpus=corpora())
def test_how_a_list_is_read_changes_nothing_of_it(database: Database, data: st.DataObject, corpus: list[Talk]) -> None:
    """Rare values are looked up and common ones scanned for: the limits between them are set everywhere."""
    people = slugs_of(corpus)
    rows = data.draw(st.sampled_from(sorted(LISTINGS)))
    with stored(database, corpus) as connection:
        filters = data.draw(narrowings(corpus, people))
        sorts = ["-published", "published", "title", "-title", "-modified" if rows == "interviews" else "-position"]
        if filters.get("q") and rows != "interviews":
            sorts.append("relevance")
        sort = data.draw(st.sampled_from(sorts))
        found = []
        for few_interviews, leading_interviews, few_questions in ((30, 500, 4_000), (0, 0, 0), (0, 500, 1), (1, 1, 2)):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(limits, "FEW_INTERVIEWS", few_interviews)
                patch.setattr(limits, "DRIVING_INTERVIEWS", leading_interviews)
                patch.setattr(limits, "RARE_QUESTIONS", few_questions)
                listing = LISTINGS[rows](connection, filters, sort)
                page = list_page(connection, listing, PageRequest("list", limit=1))
                assert listing.conditions is not None
                size, is_exact, names = page.total, page.total_is_exact, list(FacetName)
                facets = count_facets(connection, listing.conditions, names, total=size, total_is_exact=is_exact)
                found.append(([item["id"] for item in walk(connection, listing)], size, is_exact, facets))
        assert found == [found[0]] * len(found)


def test_corpora_have_something_for_every_facet() -> None:
    assert all((LANGUAGES, PUBLISHERS, SERIES, TOPICS))


def _values(client: TestClient, address: str, facet: str) -> list[dict[str, Any]]:
    return list(client.get(address).json()["facets"][facet])


def test_facet_names_each_topic_with_those_below_it_and_by_itself(seed: TestClient) -> None:
    counted = {value["value"]: value for value in _values(seed, "/v1/questions?facets=topic&limit=1", "topic")}
    assert counted["religion"] == {
        "value": "religion",
        "label": "Religion",
        "count": 4,
        "count_is_exact": True,
        "own": 0,
        "broader": None,
    }
    assert (counted["interfaith-dialogue"]["count"], counted["interfaith-dialogue"]["own"]) == (3, 3)
    assert counted["interfaith-dialogue"]["broader"] == "religion"


def test_exact_scope_counts_no_topic_for_those_below_it(seed: TestClient) -> None:
    counted = {value["value"] for value in _values(seed, "/v1/questions?facets=topic&topic_scope=exact", "topic")}
    assert "religion" not in counted
    assert "interfaith-dialogue" in counted


def test_facets_count_the_narrowed_list_whatever_the_page(seed: TestClient) -> None:
    whole = seed.get("/v1/questions?topic=religion&facets=topic,speaker,year").json()["facets"]
    page = seed.get("/v1/questions?topic=religion&facets=topic,speaker,year&limit=1&page=3").json()["facets"]
    assert page == whole
    assert [value["count"] for value in whole["year"]] == [4]
    assert {value["value"]: value["label"] for value in whole["speaker"]} == {
        "worldnewsam-3712-interviewee": None,
        "worldnewsam-3712-interviewer": None,
    }
    assert whole["language"] is None


def test_value_of_a_facet_is_written_as_the_filter_takes_it(
    load: Callable[..., LoadedInterview], client: TestClient
) -> None:
    load("Q: Ready?\nA: Yes.\n", 'publisher = "-Hill, Meadow & Son"', name="talk.txt")
    [value] = _values(client, "/v1/questions?facets=publisher", "publisher")
    assert value["label"] == "-Hill, Meadow & Son"
    assert client.get("/v1/questions", params={"publisher": value["value"]}).json()["page"]["total"] == 1


def test_facet_with_more_values_than_are_shown_says_so(
    load: Callable[..., LoadedInterview], client: TestClient
) -> None:
    for number in range(MAX_FACET_VALUES + 1):
        load(f"Q: Item {number}?\nA: Yes.\n", f'series = "Series {number}"', name=f"talk-{number}.txt")
    facets = client.get("/v1/interviews?facets=year,series").json()["facets"]
    assert len(facets["series"]) == MAX_FACET_VALUES
    assert facets["cut"] == ["series"]


def test_counts_in_a_list_of_more_than_is_counted_are_lower_bounds_and_say_so(
    own_seed: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {value["value"]: value["count"] for value in _values(own_seed, "/v1/questions?facets=topic", "topic")}
    monkeypatch.setattr(limits, "TOTAL_CAP", 2)
    # The size of the list is known by now.
    monkeypatch.setattr(cast("FastAPI", own_seed.app).state.corpus, "revision_cache", RevisionCache())
    answer = own_seed.get("/v1/questions?facets=topic,language").json()
    assert (answer["page"]["total"], answer["page"]["total_is_exact"]) == (2, False)
    [language] = answer["facets"]["language"]
    assert (language["count"], language["count_is_exact"]) == (2, False)
    assert answer["facets"]["cut"] == ["topic", "language"]
    assert answer["facets"]["topic"]
    for value in answer["facets"]["topic"]:
        assert 0 < value["count"] <= whole[value["value"]]
        assert not value["count_is_exact"]


@pytest.mark.parametrize(
    ("value", "suggestion"), [("topics", "topic"), ("Topic", "topic"), ("topic,", None), ("", None), ("role", None)]
)
def test_unknown_facet_is_refused(seed: TestClient, value: str, suggestion: str | None) -> None:
    response = seed.get("/v1/questions", params={"facets": value})
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert error["parameter"] == "facets"
    assert suggestion is None or error["suggestions"] == [suggestion]
