import base64
import datetime
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.api.documentation.explorer import EXPLORER
from app.api.http import caching
from app.api.http.representation import format_date
from app.db import Database
from app.loading import LoadedInterview
from app.loading.history import new_revision
from app.main import create_app
from app.settings import Settings
from tests.authors import at
from tests.conftest import NOW
from tests.profiles import examples

OF_THE_CORPUS = (
    "/v1/questions",
    "/v1/questions?topic=peace",
    "/v1/questions?limit=2",
    "/v1/questions/gky5nhbt0gvp-q1",
    "/v1/answers",
    "/v1/answers/gky5nhbt0gvp-a1",
    "/v1/interviews",
    "/v1/interviews/worldnewsam-3712",
    "/v1/interviews/worldnewsam-3712/transcript",
    "/v1/interviews/worldnewsam-3712/source",
    "/v1/speakers",
    "/v1/speakers/worldnewsam-3712-interviewer",
    "/v1/topics",
    "/v1/topics/peace",
)
OF_THE_PROGRAM = (
    "/docs",
    "/openapi.json",
    "/problems/",
    "/problems/not-found",
    f"/static/{EXPLORER}/swagger-ui.css",
    f"/static/{EXPLORER}/favicon-32x32.png",
)
CODINGS = ("", "gzip", "zstd", "gzip;q=0.5, zstd;q=0.1", "br", "gzip, identity;q=0")
INSTALLED = caching._installed
OF_ONE_REQUEST = {"x-request-id", "server-timing"}
# What a 304 has of the answer that it confirms (RFC 9110, 15.4.5), and what every answer has.
IN_A_304 = {"etag", "cache-control", "vary", "last-modified", "quoth-revision"}
IN_EVERY_ANSWER = {
    "access-control-allow-origin",
    "access-control-expose-headers",
    "timing-allow-origin",
    "x-content-type-options",
}


@pytest.fixture
def seed(own_seed: TestClient) -> TestClient:
    """A client of an application that no other test has asked: what is below was not patched for those."""
    return own_seed


@pytest.fixture(autouse=True)
def _installed_before_the_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "_installed", lambda: NOW - datetime.timedelta(days=1))


def _headers(response: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name not in OF_ONE_REQUEST}


def _raw(client: TestClient, address: str, **headers: str) -> tuple[dict[str, str], bytes]:
    with client.stream("GET", address, headers={"Accept-Encoding": "", **headers}) as response:
        assert response.status_code == 200
        return _headers(response), b"".join(response.iter_raw())


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    address=st.sampled_from(OF_THE_CORPUS + OF_THE_PROGRAM),
    coding=st.sampled_from(CODINGS),
    form=st.sampled_from(["{}", "W/{}", '"x", {}', "*", '"", W/"y" ,{}']),
)
def test_conditional_and_repeated_answers_and_head_agree_with_the_first(
    seed: TestClient, address: str, coding: str, form: str
) -> None:
    first, body = _raw(seed, address, **{"Accept-Encoding": coding})
    again, body_again = _raw(seed, address, **{"Accept-Encoding": coding})
    assert (again, body_again) == (first, body)
    assert int(first["content-length"]) == len(body)

    headed = seed.head(address, headers={"Accept-Encoding": coding})
    assert (headed.status_code, headed.content, _headers(headed)) == (200, b"", first)

    kept = {name: value for name, value in first.items() if name in IN_A_304 | IN_EVERY_ANSWER}
    for method in ("GET", "HEAD"):
        condition = {"Accept-Encoding": coding, "If-None-Match": form.format(first["etag"])}
        confirmed = seed.request(method, address, headers=condition)
        assert (confirmed.status_code, confirmed.content) == (304, b"")
        assert _headers(confirmed) == kept

    stale, stale_body = _raw(seed, address, **{"Accept-Encoding": coding, "If-None-Match": '"x"'})
    assert (stale, stale_body) == (first, body)


def test_every_representation_has_a_strong_tag_of_its_own(seed: TestClient) -> None:
    bodies: dict[str, bytes] = {}
    for address in OF_THE_CORPUS + OF_THE_PROGRAM:
        for coding in CODINGS:
            headers, body = _raw(seed, address, **{"Accept-Encoding": coding})
            tag = headers["etag"]
            assert tag.startswith('"')
            assert bodies.setdefault(tag, body) == body
            assert ("content-encoding" in headers) == (tag.count("-") == 1)
    assert len(set(bodies.values())) == len(bodies)


def test_body_is_in_the_coding_that_was_asked_for_and_small_or_compressed_ones_are_left(seed: TestClient) -> None:
    plain = seed.get("/v1/questions", headers={"Accept-Encoding": ""})
    assert "Content-Encoding" not in plain.headers
    for coding in ("gzip", "zstd"):
        coded = seed.get("/v1/questions", headers={"Accept-Encoding": coding})
        assert (coded.headers["Content-Encoding"], coded.content) == (coding, plain.content)
        assert int(coded.headers["Content-Length"]) < len(plain.content) / 2
        for address in ("/healthz", f"/static/{EXPLORER}/favicon-32x32.png", OF_THE_CORPUS[9]):
            left = seed.get(address, headers={"Accept-Encoding": coding})
            assert "Content-Encoding" not in left.headers
            assert "Accept-Encoding" in left.headers["Vary"]
    # A client that takes no plain body gets none, however small.
    assert seed.get("/problems/none", headers={"Accept-Encoding": "gzip, identity;q=0"}).headers["Content-Encoding"]


def test_source_has_the_digest_of_what_is_sent(seed: TestClient) -> None:
    response = seed.get("/v1/interviews/worldnewsam-3712/source", headers={"Accept-Encoding": "gzip, zstd"})
    digest = base64.b64encode(hashlib.sha256(response.content).digest()).decode()
    assert response.headers["Repr-Digest"] == f"sha-256=:{digest}:"


def test_caches_are_told_how_long_and_by_what(seed: TestClient) -> None:
    for address in OF_THE_CORPUS:
        headers = seed.get(address).headers
        assert headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"
        assert headers["Vary"] == "Accept, Accept-Encoding, Authorization, Quoth-Revision"
        assert headers["Last-Modified"] == format_date(NOW)
    for address in OF_THE_PROGRAM[:4]:
        headers = seed.get(address).headers
        assert headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"
        assert (headers["Vary"], headers.get("Last-Modified")) == ("Accept-Encoding", None)
    assert seed.get(OF_THE_PROGRAM[4]).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for address in ("/healthz", "/readyz", "/v1/questions?limit=0", "/v1/topics/none", "/nothing"):
        headers = seed.get(address, headers={"If-None-Match": "*"}).headers
        assert headers["Cache-Control"] == "no-store"
        assert "ETag" not in headers
        assert "Last-Modified" not in headers
    assert seed.get("/v1/topics/none").headers["Vary"] == "Accept, Accept-Encoding, Authorization, Quoth-Revision"


@pytest.mark.parametrize(("seconds", "expected"), [(0, "public, no-cache"), (5, "public, max-age=5, stale-while-")])
def test_operator_sets_how_long_caches_answer(database_url: str, seconds: int, expected: str) -> None:
    with TestClient(create_app(Settings(database_url=database_url, cache_seconds=seconds))) as client:
        assert client.get("/docs").headers["Cache-Control"].startswith(expected)


def test_tag_changes_with_what_is_shown_and_with_nothing_else(
    database: Database, load: Callable[..., LoadedInterview], client: TestClient
) -> None:
    load("Q: Why?\nA: Because.\n", name="one.txt")
    one = client.get("/v1/interviews/one").headers["ETag"]
    listed = client.get("/v1/interviews").headers["ETag"]
    load("Q: Where?\nA: Here.\n", name="two.txt")
    assert client.get("/v1/interviews/one").headers["ETag"] == one
    assert client.get("/v1/interviews", headers={"If-None-Match": listed}).status_code == 200


def test_date_of_the_corpus_is_answered_where_it_cannot_mislead(
    database: Database, load: Callable[..., LoadedInterview], client: TestClient
) -> None:
    def status(date: str, **headers: str) -> int:
        return client.get("/v1/interviews", headers={"If-Modified-Since": date, **headers}).status_code

    def modified() -> str | None:
        return client.get("/v1/interviews").headers.get("Last-Modified")

    def revise(moment: datetime.datetime) -> None:
        with database.write() as connection:
            new_revision(connection, at(moment))

    assert modified() is None
    load("Q: Why?\nA: Because.\n")
    date = format_date(NOW)
    assert (modified(), status(date)) == (date, 304)
    assert status(format_date(NOW + datetime.timedelta(days=1))) == 200
    assert status(date, **{"If-None-Match": '"x"'}) == 200
    # Another import in the same second: a client that has its date may have the state before it.
    revise(NOW + datetime.timedelta(milliseconds=1))
    assert (modified(), status(date)) == (None, 200)
    later = NOW + datetime.timedelta(seconds=2)
    revise(later)
    assert (modified(), status(date), status(format_date(later))) == (format_date(later), 200, 304)
    # A clock was set back, and then ahead.
    revise(NOW + datetime.timedelta(seconds=1))
    assert status(format_date(later)) == 200
    revise(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1))
    assert modified() is None


def test_date_of_a_corpus_older_than_the_program_is_no_reason_to_keep_an_answer(
    seeded: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "_installed", lambda: NOW)
    with TestClient(create_app(Settings(database_url=database_url))) as client:
        response = client.get("/v1/topics", headers={"If-Modified-Since": format_date(NOW)})
        assert (response.status_code, response.headers["Last-Modified"]) == (200, format_date(NOW))


def test_program_knows_when_it_was_installed() -> None:
    of_one_file = datetime.datetime.fromtimestamp(Path(caching.__file__).stat().st_mtime, datetime.UTC)
    assert of_one_file <= INSTALLED() <= datetime.datetime.now(datetime.UTC)


def test_condition_that_does_not_hold_is_a_problem(seed: TestClient) -> None:
    tag = seed.get("/v1/topics").headers["ETag"]
    assert seed.get("/v1/topics", headers={"If-Match": tag}).status_code == 200
    for method in ("GET", "HEAD"):
        response = seed.request(method, "/v1/topics", headers={"If-Match": '"x"'})
        assert (response.status_code, response.headers["Cache-Control"]) == (412, "no-store")
        assert response.headers["Content-Type"] == "application/problem+json"
        assert "ETag" not in response.headers


def test_ranges_are_neither_offered_nor_answered(seed: TestClient) -> None:
    for address in (OF_THE_PROGRAM[4], OF_THE_CORPUS[9]):
        response = seed.get(address, headers={"Range": "bytes=0-3"})
        assert (response.status_code, response.headers.get("Accept-Ranges")) == (200, None)


@pytest.fixture
def linked(seeded: Database, database_url: str) -> Iterator[TestClient]:
    settings = Settings(database_url=database_url, public_url="https://quoth.example")
    with TestClient(create_app(settings)) as client:
        yield client


def test_other_links_are_another_representation(seed: TestClient, linked: TestClient) -> None:
    address = "/v1/questions?limit=1"
    assert seed.get(address).headers["ETag"] != linked.get(address).headers["ETag"]
