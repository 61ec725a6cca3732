"""Addresses and parameters that people guess lead to the right ones."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.api import addresses
from app.api.http import guard
from app.api.parameters import synonyms
from app.main import create_app
from app.settings import Settings
from tests.api.everywhere import Everywhere


@pytest.fixture
def proxied(database_url: str) -> Iterator[TestClient]:
    settings = Settings(database_url=database_url, public_url="https://quoth.example/archive")
    with TestClient(create_app(settings), follow_redirects=False) as client:
        yield client


def _templates(client: TestClient) -> list[str]:
    return [template for one in client.get("/v1").json()["resources"] for template in one["templates"]]


def test_index_has_every_address_that_can_be_read_without_a_key(seed: TestClient) -> None:
    document = seed.get("/openapi.json").json()
    described = {
        path: {one["name"] for one in operations["get"].get("parameters", []) if one["in"] == "query"}
        for path, operations in document["paths"].items()
        if "get" in operations and "security" not in operations["get"] and path.startswith("/v1/")
    }
    listed = {}
    for template in _templates(seed):
        path, _, query = template.partition("{?")
        listed[path] = set(filter(None, query.removesuffix("}").split(",")))
    assert listed == described


def test_index_links_what_can_be_asked_as_it_is(seed: TestClient) -> None:
    index = seed.get("/v1")
    linked = {one["name"]: one["address"] for one in index.json()["resources"]}
    assert linked["questions"] == "/v1/questions"
    assert index.json()["notice"] is None
    # A search needs words, and a source file its digest.
    assert linked["search"] is linked["sources"] is None
    for address in [*filter(None, linked.values()), index.json()["documentation"], index.json()["openapi"]]:
        assert seed.get(address).status_code == 200


def test_index_may_be_cached_and_is_confirmed(seed: TestClient) -> None:
    index = seed.get("/v1")
    assert "max-age" in index.headers["Cache-Control"]
    assert seed.get("/v1", headers={"If-None-Match": index.headers["ETag"]}).status_code == 304
    assert seed.get("/v1?limit=1").status_code == 422


def test_index_says_how_to_fill_an_empty_corpus(proxied: TestClient) -> None:
    assert "quoth load" in proxied.get("/v1").json()["notice"]


def test_slash_at_the_end_leads_to_the_address_without_it(seed: TestClient) -> None:
    paths = [re.sub(r"\{\w+\}", "x", path) for path in seed.get("/openapi.json").json()["paths"]]
    for path in [*paths, "/docs", "/openapi.json", "/problems/not-found"]:
        for slashes in ("/", "//"):
            answer = seed.get(f"{path}{slashes}?topic=a%2Cb&q=c+d", follow_redirects=False)
            assert (answer.status_code, answer.headers["Location"]) == (308, f"{path}?topic=a%2Cb&q=c+d")
    posted = seed.post("/v1/quotes/verify/", json={"text": "tolerance"}, follow_redirects=False)
    assert (posted.status_code, posted.headers["Location"]) == (308, "/v1/quotes/verify")


def test_redirect_keeps_to_this_server(proxied: TestClient) -> None:
    for path in ("//elsewhere.example/", "//v1/questions/", "/\\elsewhere.example/", "/nothing/", "/v1/nothing/"):
        answer = proxied.get(f"http://testserver{path}")
        assert (path, answer.status_code) == (path, 404)
    moved = proxied.get("/v1/questions/?limit=1", headers={"Host": "elsewhere.example"})
    assert moved.headers["Location"] == "https://quoth.example/archive/v1/questions?limit=1"
    escaped = proxied.get("/v1/topics/caf%C3%A9%0D%0Aa%20b%3F/")
    assert escaped.headers["Location"] == "https://quoth.example/archive/v1/topics/caf%C3%A9%0D%0Aa%20b%3F"


def test_links_begin_with_the_public_address(proxied: TestClient) -> None:
    index = proxied.get("/v1", headers={"Host": "elsewhere.example"}).json()
    links = [index["documentation"], index["openapi"], *(one["address"] or "" for one in index["resources"])]
    links += _templates(proxied)
    assert all(link.startswith("https://quoth.example/archive/") for link in filter(None, links))
    mistake = proxied.get("/answers").json()["errors"][0]
    assert mistake["suggestions"] == ["https://quoth.example/archive/v1/answers"]


@pytest.mark.parametrize(
    ("guess", "meant"),
    [
        *(
            (f"/{name}", f"/v1/{name}")
            # The others are pages.
            for name in ("answers", "changes")
        ),
        ("/v1/question", "/v1/questions"),
        ("/api/v1/questions", "/v1/questions"),
        ("/api/Questions", "/v1/questions"),
        ("/v2/interviews", "/v1/interviews"),
        ("/interviews/worldnewsam-3712/question", "/v1/interviews/worldnewsam-3712/questions"),
        ("/people/a-b/answers", "/v1/speakers/a-b/answers"),
        ("/v1/tags", "/v1/topics"),
        ("/v1/quote", "/v1/quotes/verify"),
        ("/health", "/healthz"),
        ("/swagger", "/docs"),
        ("/openapi.yaml", "/openapi.json"),
        ("/nothing", "/v1"),
        ("/v1/nothing/at/all", "/v1"),
        (f"/{'x' * 5000}", "/v1"),
        ("//", "/v1"),
    ],
)
def test_guessed_address_is_not_found_and_the_right_one_named(seed: TestClient, guess: str, meant: str) -> None:
    answer = seed.get(f"http://testserver{guess}", follow_redirects=False)
    assert answer.status_code == 404
    problem = answer.json()
    assert meant in problem["errors"][0]["suggestions"]
    assert problem["errors"][0]["parameter"] == "path"
    assert repr(meant) in problem["detail"]


def test_what_is_named_elsewhere_leads_to_what_there_is(seed: TestClient) -> None:
    own = {segment for path in seed.get("/openapi.json").json()["paths"] for segment in path.split("/")}
    assert set(addresses._ELSEWHERE.values()) <= own | {"docs", "openapi.json"}
    assert not own & set(addresses._ELSEWHERE)


@pytest.mark.parametrize(
    ("guess", "meant"),
    [
        *((name, "q") for name in ("search", "query", "keyword", "Search")),
        *((name, "limit") for name in ("per_page", "page_size", "count", "pageSize", "page-size", "limitt")),
        *((name, "cursor") for name in ("offset", "skip", "after", "pageToken")),
        ("offset", "page"),
        *((name, "fields") for name in ("select", "fields[]", "FIELDS")),
        *((name, "sort") for name in ("order_by", "ordering", "order[]")),
        *((name, "language") for name in ("lang", "locale")),
        *((name, "speaker") for name in ("author", "person", "name", "speaker_id")),
        *((name, "topic") for name in ("tag", "tags[]", "category", "topics")),
        ("since", "published_from"),
        ("until", "published_to"),
        ("output", "format"),
    ],
)
def test_guessed_parameter_is_refused_and_the_right_one_named(seed: TestClient, guess: str, meant: str) -> None:
    answer = seed.get("/v1/questions", params={guess: "1"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unknown-parameter")
    (mistake,) = answer.json()["errors"]
    assert meant in mistake["suggestions"]


def test_only_parameters_of_the_route_are_suggested(seed: TestClient) -> None:
    document = seed.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        if any("security" in operation for operation in operations.values()):
            continue
        own = {one["name"] for one in operations["get"].get("parameters", [])} if "get" in operations else set()
        for guess in ("search", "per_page", "offset", "include[]", "expand", "lang", "author"):
            answer = seed.get(re.sub(r"\{\w+\}", "x", path), params={guess: "1"})
            mistake = [one for one in answer.json()["errors"] if one["parameter"] == guess]
            assert [set(one["suggestions"]) <= own for one in mistake] == [True], (path, guess)


def test_names_from_elsewhere_lead_to_parameters_that_there_are(seed: TestClient) -> None:
    operations = [each for path in seed.get("/openapi.json").json()["paths"].values() for each in path.values()]
    known = {one["name"] for each in operations for one in each.get("parameters", [])}
    assert set(synonyms._ELSEWHERE) - known <= {"include"}
    assert all(guess == synonyms._plain(guess) for guesses in synonyms._ELSEWHERE.values() for guess in guesses.split())


def test_page_for_people_is_answered_as_anything_where_there_is_none(seed: TestClient) -> None:
    """Items and verdicts have pages, and so have errors: see tests/web."""
    items = re.compile(r"/v1/(?:(?:interviews|questions|answers|speakers|topics)/[^/]+|quotes/verify.*)")
    everything = [*Everywhere(seed, ("dialogue",)).one_of_each(), "/v1", "/healthz", "/readyz"]
    for address in [each for each in everything if not items.fullmatch(each)]:
        anything, page, pages = (
            seed.get(address, headers={"Accept": accept})
            for accept in ("*/*", "text/html", "text/html;q=0.5, application/xhtml+xml")
        )
        if anything.status_code == 404:
            # Nothing of the kind is in the corpus, and errors are shown as pages.
            continue
        for response in (page, pages):
            assert (address, response.status_code) == (address, anything.status_code)
            assert response.headers["Content-Type"] == anything.headers["Content-Type"]
            assert response.text == anything.text or address == "/readyz"
        assert page.status_code != 406


def test_page_for_people_is_the_last_resort(seed: TestClient) -> None:
    for accept, media_type in (
        ("text/html, text/csv;q=0.1", "text/csv; charset=utf-8"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("text/html, image/png", "application/json"),
    ):
        assert seed.get("/v1/questions", headers={"Accept": accept}).headers["Content-Type"] == media_type
    for accept in ("image/png", "text/html;q=0", "text/html, application/json;q=0"):
        # An answer to another Accept header, which is cached, is not taken for one to this.
        assert seed.get("/v1/questions", headers={"Accept": accept}).status_code == 406


def test_longest_address_is_compared_with_no_route_at_length(seed: TestClient) -> None:
    longest = "/" + "a/" * (guard.MAX_TARGET_BYTES // 2 - 10)
    assert seed.get(longest, follow_redirects=False).json()["errors"][0]["suggestions"] == ["/v1"]
