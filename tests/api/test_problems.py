from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.settings import Settings

LISTS = ("/v1/questions", "/v1/answers", "/v1/interviews", "/v1/speakers", "/v1/topics")
ALL_ADDRESSES = (
    *LISTS,
    "/v1/questions/gky5nhbt0gvp-q1",
    "/v1/answers/gky5nhbt0gvp-a1",
    "/v1/interviews/worldnewsam-3712",
    "/v1/interviews/worldnewsam-3712/transcript",
    "/v1/interviews/worldnewsam-3712/source",
    "/v1/questions/gky5nhbt0gvp-q1/citation",
    "/v1/answers/gky5nhbt0gvp-a1/citation",
    "/v1/interviews/worldnewsam-3712/citation",
    "/v1/speakers/worldnewsam-3712-interviewer",
    "/v1/topics/peace",
    "/healthz",
    "/readyz",
    "/docs",
    "/openapi.json",
    "/problems/",
    "/problems/not-found",
)


def _assert_problem(client: TestClient, address: str, status: int, kind: str, parameter: str | None = None) -> str:
    response = client.get(address)
    assert (address, response.status_code) == (address, status)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    document = response.json()
    assert set(document) == {"type", "title", "status", "detail", "instance", "errors"}
    assert (document["status"], document["type"]) == (status, f"/problems/{kind}")
    assert document["detail"]
    if parameter is not None:
        assert parameter in [error["parameter"] for error in document["errors"]]
    for internal in ("Traceback", "SELECT", "sqlalchemy", "/app/", "pydantic"):
        assert internal not in response.text
    return str(document["detail"])


def test_limit_that_is_none_is_refused(seed: TestClient) -> None:
    limits = ["-1", "0", "1.5", "1e3", "NaN", str(2**64), "101", "", "1_0", "+1", "%EF%BC%95", "%D9%A5", "0x10", "5%20"]
    for limit in limits:
        for address in LISTS:
            _assert_problem(seed, f"{address}?limit={limit}", 422, "invalid-parameter", "limit")
    _assert_problem(seed, "/v1/questions?limit=1&limit=2", 422, "invalid-parameter", "limit")


def test_unknown_name_is_refused_and_near_ones_are_named(seed: TestClient) -> None:
    for parameter, value, meant in (
        ("topic", "interfaith-dialog", "interfaith-dialogue"),
        ("topic", "Interfaith-Dialogue", "interfaith-dialogue"),
        ("topic", "peace,tolerence", "tolerance"),
        ("topic", "-tolerence", "tolerance"),
        ("speaker", "worldnewsam-3712-interviewed", "worldnewsam-3712-interviewee"),
        ("asked_by", "worldnewsam-3712-intervewer", "worldnewsam-3712-interviewer"),
        ("answered_by", "WORLDNEWSAM-3712-INTERVIEWEE", "worldnewsam-3712-interviewee"),
        ("interview", "worldnewsam-3721", "worldnewsam-3712"),
        ("publisher", "worldnewsam.con", "worldnewsam.com"),
        ("language", "EN", "en"),
    ):
        address = f"/v1/questions?{parameter}={value}"
        assert repr(meant) in _assert_problem(seed, address, 422, "invalid-parameter", parameter)
    _assert_problem(seed, "/v1/questions?series=Nothing", 422, "invalid-parameter", "series")


def test_unknown_parameter_is_refused_everywhere_and_near_ones_are_named(seed: TestClient) -> None:
    for address in LISTS:
        assert "'limit'" in _assert_problem(seed, f"{address}?limitt=1", 422, "unknown-parameter", "limitt")
    assert "'topic'" in _assert_problem(seed, "/v1/questions?topics=peace", 422, "unknown-parameter", "topics")
    for address in ALL_ADDRESSES[len(LISTS) : -6]:
        _assert_problem(seed, f"{address}?limit=1", 422, "unknown-parameter", "limit")


def test_impossible_value_is_refused(seed: TestClient) -> None:
    for query, parameter in (
        ("topic=", "topic"),
        ("topic=peace,", "topic"),
        ("topic=-", "topic"),
        ("language=,", "language"),
        ("q=", "q"),
        ("q=%20%20", "q"),
        (f"q={'x' * 501}", "q"),
        (f"topic={'x' * 15_000}", "topic"),
        (f"topic={','.join(['peace'] * 51)}", "topic"),
        ("answered=", "answered"),
        ("answered=maybe", "answered"),
        ("answered=true&answered=false", "answered"),
        ("sort=", "sort"),
        ("sort=titel", "sort"),
        ("sort=title&sort=-title", "sort"),
        ("q=a&q=b", "q"),
        ("cursor=a&cursor=b", "cursor"),
        *((f"published_from={date}", "published_from") for date in ("", "2024-02-31", "0000", "99999", "2023-13")),
        *((f"published_to={date}", "published_to") for date in ("today", "2023-1", "2023-02-29", "%EF%BC%92023")),
    ):
        _assert_problem(seed, f"/v1/questions?{query}", 422, "invalid-parameter", parameter)


def test_misspelled_sort_is_told_the_right_one(seed: TestClient) -> None:
    assert "'-published'" in _assert_problem(seed, "/v1/questions?sort=-publishd", 422, "invalid-parameter", "sort")


def test_a_thousand_parameters_are_refused(seed: TestClient) -> None:
    repeated = "&".join(["topic=peace"] * 1000)
    different = "&".join(f"p{number}=1" for number in range(1000))
    seed.get(f"/v1/questions?{repeated}")
    for query in (repeated, different, "&".join(["limit=1"] * 1000)):
        assert seed.get(f"/v1/questions?{query}").status_code == 422


def test_text_that_is_no_text_is_a_bad_request(seed: TestClient) -> None:
    for bytes_ in ("%ff", "%c0%ae", "%ed%a0%80", "%f5%80%80%80", "%00", "a%00b", "%e2%82"):
        for address in (f"/v1/questions?q={bytes_}", f"/v1/topics/{bytes_}", f"/v1/questions?{bytes_}=1"):
            _assert_problem(seed, address, 400, "bad-request")


def test_wildcards_and_quotes_mean_themselves(seed: TestClient) -> None:
    for words in ("%", "_", "\\", "*", '"*"', "' OR '1'='1", "NEAR( col:^{}", "%" * 200, "a_b"):
        response = seed.get("/v1/questions", params={"q": words})
        assert (words, response.status_code, response.json()["page"]["total"]) == (words, 200, 0)


def test_nothing_at_an_address_is_told(seed: TestClient) -> None:
    for address in ("/nothing", "/v1/nothing", "/v1/questions/x", "/v1/answers/gky5nhbt0gvp-q1", "/problems/none"):
        _assert_problem(seed, address, 404, "not-found")
    for address, meant in (
        ("/v1/topics/tolerence", "tolerance"),
        ("/v1/speakers/worldnewsam-3712-interviewed", "worldnewsam-3712-interviewee"),
        ("/v1/interviews/worldnewsam-3721", "worldnewsam-3712"),
        ("/v1/interviews/worldnewsam-3721/source", "worldnewsam-3712"),
        ("/problems/not-fund", "not-found"),
    ):
        assert repr(meant) in _assert_problem(seed, address, 404, "not-found")


def test_other_methods_are_refused_and_the_right_ones_named(seed: TestClient) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW"):
        for address in (*LISTS, "/healthz", "/docs", "/v1/topics/peace", "/static/swagger-ui-5.35.0/swagger-ui.css"):
            if (method, address) == ("POST", "/v1/interviews"):
                continue
            response = seed.request(method, address)
            assert (method, address, response.status_code) == (method, address, 405)
            allowed = "GET, HEAD, POST, OPTIONS" if address == "/v1/interviews" else "GET, HEAD, OPTIONS"
            assert response.headers["Allow"] == allowed
            assert response.json()["type"] == "/problems/method-not-allowed"
        for address in ("/nothing", "/v1/nothing", "/v1/topics/peace/nothing", "/static/nothing"):
            assert seed.request(method, address).status_code == 404


def test_head_is_get_without_a_body(seed: TestClient) -> None:
    for address in (*ALL_ADDRESSES, "/nothing", "/v1/questions?limit=0", "/v1/topics/%ff"):
        asked, headed = seed.get(address), seed.head(address)
        assert headed.status_code == asked.status_code
        assert headed.content == b""
        for response in (asked, headed):
            for of_this_request in ("X-Request-ID", "Server-Timing"):
                del response.headers[of_this_request]
        assert dict(headed.headers) == dict(asked.headers)


@pytest.fixture
def broken(database_url: str, database: Database) -> Iterator[TestClient]:
    app = create_app(Settings(database_url=database_url))

    def broken_handler() -> None:
        raise RuntimeError("secret words of the inside")

    app.add_api_route("/broken", broken_handler)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_fault_of_the_server_shows_nothing_of_its_inside(broken: TestClient) -> None:
    _assert_problem(broken, "/broken", 500, "internal-error")
    assert "secret" not in broken.get("/broken").text


def test_name_that_is_no_slug_is_told_what_a_slug_is(seed: TestClient) -> None:
    assert "lower-case" in _assert_problem(seed, "/v1/topics/Interfaith-Dialogue", 422, "invalid-parameter", "topic")
