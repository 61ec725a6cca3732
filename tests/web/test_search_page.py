"""The page of the search: what is found is marked, filters are links, and what may be meant is said."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

INTERVIEW = """\
Q: What does the ferryman do?
Jane Roe: The ferryman <b>crosses</b> the river at night. He knows every stone of the weir.
Q: And in winter?
Jane Roe: In winter nobody crosses.
"""
METADATA = """\
title = "The {number} ferry & co"
published = "20{number}-05-01"
series = "Rivers"
[[speakers]]
labels = ["Jane Roe"]
name = "Jane Roe"
role = "interviewee"
"""


@pytest.fixture
def ferries(load: Callable[..., Any], client: TestClient) -> TestClient:
    for number in (21, 22):
        load(INTERVIEW + f"Q: More?\nJane Roe: Number {number}.\n", METADATA.format(number=number), f"f{number}.txt")
    return client


def test_what_is_found_is_marked_and_leads_to_its_place(ferries: TestClient) -> None:
    page = ferries.get("/search?q=ferryman+weir")
    assert page.status_code == 200
    assert "<mark>ferryman</mark>" in page.text
    assert "&lt;b&gt;crosses&lt;/b&gt;" in page.text
    assert "<b>crosses" not in page.text
    assert "2 places were found." in page.text
    addresses = {unescape(one) for one in re.findall(r'href="(/answers/[^"]+|/questions/[^"]+)"', page.text)}
    assert len(addresses) >= 4
    for address in addresses:
        assert ferries.get(address).status_code == 200, address
    marked = next(one for one in addresses if one.startswith("/answers/"))
    assert 'id="passage"' in ferries.get(marked).text


def test_filters_are_links_that_narrow_and_can_be_taken_away(ferries: TestClient) -> None:
    page = ferries.get("/search?q=ferryman").text
    [narrow] = {unescape(one) for one in re.findall(r'href="(/search\?[^"]*year=2021[^"]*)"', page)}
    narrowed = ferries.get(narrow).text
    assert "One place was found." in narrowed
    assert 'name="year" value="2021"' in narrowed
    removed = {unescape(one) for one in re.findall(r'href="(/search\?q=ferryman)"', narrowed)}
    assert removed == {"/search?q=ferryman"}


def test_slips_are_mended_and_said(ferries: TestClient) -> None:
    page = ferries.get("/search?q=ferrymann").text
    assert "Searched for ferryman instead" in page
    assert "<mark>ferryman</mark>" in page
    [as_written] = {unescape(one) for one in re.findall(r'href="(/search\?[^"]*as_written=true)"', page)}
    assert "Searched for" not in ferries.get(as_written).text


def test_people_and_quotations_in_a_query_are_recognized(ferries: TestClient) -> None:
    assert 'href="/speakers/jane-roe"' in ferries.get("/search?q=jane+roe").text
    asked = ferries.get("/search", params={"q": 'who said "crosses the river at night"'}).text
    assert re.search(r'href="/quotes\?q=crosses', asked)


def test_a_search_without_words_shows_where_to_search(ferries: TestClient) -> None:
    for path in ("/search", "/search?q=", "/search?q=%20"):
        page = ferries.get(path)
        assert page.status_code == 200
        assert "what was said" in page.text
    assert "Nothing was found." in ferries.get("/search?q=%E2%80%A6").text
    assert "Nothing was found." in ferries.get("/search?q=xylophonist").text


@pytest.mark.parametrize("query", ["q=x&colour=red", "q=x&year=abc", "q=x&q=y", "q=x&fields=id", "q=x&facets=topic"])
def test_what_cannot_be_is_refused(ferries: TestClient, query: str) -> None:
    assert ferries.get(f"/search?{query}").status_code == 422


def test_hostile_queries_are_inert(ferries: TestClient) -> None:
    hostile = '"><script>alert(1)</script>{{ 7*7 }}\u202e'
    page = ferries.get("/search", params={"q": hostile}).text
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page
