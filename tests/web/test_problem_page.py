"""Errors as pages: what they say for each kind of problem, and that every status that a browser can meet is one."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api import problem_kinds
from app.api.problem_kinds import KINDS, Kind
from app.db import Database
from app.main import create_app
from app.models import Scope
from app.settings import Settings
from app.web.desk.session import COOKIE, DESK, SIGN_IN, TOKEN_FIELD
from app.web.texts import english
from tests.web.desk.signed_in import at_the_desk

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FORM = {**BROWSER, "Content-Type": "application/x-www-form-urlencoded"}
# Words for people who write programs.
_OF_PROGRAMS = r"\b(?:header|etag|retry-after|if-match|parameter|cursor|bytes?|utf-8|accept|method|request body|json)\b"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_has_a_title_and_advice_of_its_own_in_plain_words(kind: Kind) -> None:
    texts = english()
    title, advice = (texts(f"problem-{kind.name}{part}").unescape() for part in ("", "-advice"))
    assert not re.search(_OF_PROGRAMS, f"{title} {advice}", re.IGNORECASE)
    assert not title.endswith(".")
    assert advice.endswith(".")
    titles = [texts(f"problem-{name}").unescape() for name in KINDS]
    assert titles.count(title) == 1


def test_every_kind_is_listed() -> None:
    assert {one.name for one in vars(problem_kinds).values() if isinstance(one, Kind)} == set(KINDS)


def _shown(answer: Any, kind: str, status: int) -> str:
    """Check that an answer is the page about a kind of problem, and return its text."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    text = str(answer.text)
    assert f"<h1>{english()(f'problem-{kind}')}</h1>" in text
    assert english()(f"problem-{kind}-advice") in text
    main = text.partition("<main")[2].partition("</main>")[0]
    assert 'href="/"' in main
    assert 'href="/search"' in main
    assert answer.headers["X-Request-ID"] in main
    return main


@pytest.mark.parametrize(
    ("method", "path", "more", "kind", "status"),
    [
        ("GET", "/interviews/%ff", {}, "bad-request", 400),
        ("GET", "/questions?cursor=abc", {}, "invalid-cursor", 400),
        ("GET", "/", {"Authorization": "Bearer wrong"}, "unauthorized", 401),
        ("GET", "/interviews/nobody", {}, "not-found", 404),
        ("GET", "/questions/gky5nhbt0gvp-q1?revision=9", {}, "not-found", 404),
        ("DELETE", "/interviews", {}, "method-not-allowed", 405),
        ("POST", "/topics/peace", {}, "method-not-allowed", 405),
        ("GET", "/", {"If-Match": '"other"'}, "precondition-failed", 412),
        ("GET", f"/questions?topic={'a' * 20_000}", {}, "uri-too-long", 414),
        ("POST", "/quotes", {"Content-Encoding": "gzip"}, "unsupported-content-encoding", 415),
        ("GET", "/interviews?topics=peace", {}, "unknown-parameter", 422),
        ("GET", "/interviews?year=soon", {}, "invalid-parameter", 422),
        ("GET", "/", {"Cookie": "a" * 40_000}, "headers-too-large", 431),
    ],
)
def test_reader_is_told_in_plain_words(
    seed: TestClient, method: str, path: str, more: dict[str, str], kind: str, status: int
) -> None:
    _shown(seed.request(method, path, headers={**FORM, **more}, follow_redirects=False), kind, status)


def test_text_that_is_too_long_is_refused_in_plain_words(seed: TestClient) -> None:
    answer = seed.post("/quotes", headers=FORM, content=b"text=" + b"a" * 600_000)
    _shown(answer, "content-too-large", 413)


def test_what_the_api_says_stands_below_and_does_not_turn_the_page_around(seed: TestClient) -> None:
    page = _shown(seed.get("/interviews?topic=peaec", headers=BROWSER), "invalid-parameter", 422)
    assert "<bdi>topic</bdi>" in page
    assert "<b><bdi>peace</bdi></b>" in page
    assert page.index("</h1>") < page.index(english()("problem-invalid-parameter-advice")) < page.index('lang="en"')
    hostile = _shown(seed.get("/interviews?topic=<script>x</script>", headers=BROWSER), "invalid-parameter", 422)
    assert "<script" not in hostile


@pytest.fixture
def asked_too_often(seeded: Database, database_url: str) -> Iterator[TestClient]:
    """A client of a server that answers one request a minute."""
    with TestClient(create_app(Settings(database_url=database_url, rate_limit="1/minute"))) as client:
        client.get("/v1/topics")
        yield client


@pytest.mark.parametrize(
    ("path", "without"),
    [
        ("/interviews?topic=peaec&year=2023", "/interviews?year=2023"),
        ("/interviews?yeer=2023&topics=peace", "/interviews"),
        ("/questions?topic=peace&cursor=abc", "/questions?topic=peace"),
    ],
)
def test_what_is_wrong_can_be_left_out(seed: TestClient, path: str, without: str) -> None:
    page = seed.get(path, headers=BROWSER).text
    assert f'<a href="{without}">{english()("problem-without")}</a>' in page
    assert seed.get(without, headers=BROWSER).status_code == 200


def test_what_passes_can_be_tried_again(asked_too_often: TestClient) -> None:
    page = _shown(asked_too_often.get("/interviews?topic=peace&x=%22", headers=BROWSER), "too-many-requests", 429)
    assert 'href="/interviews?topic=peace&amp;x=%22"' in page
    # A link that begins with two slashes would lead to another host.
    assert 'href="//' not in _shown(asked_too_often.get("//evil.example/", headers=BROWSER), "too-many-requests", 429)
    assert english()("problem-again") not in _shown(
        asked_too_often.post("/quotes", headers=FORM, content="text=peace"), "too-many-requests", 429
    )


def test_fault_is_ours_and_its_words_are_not_shown(own_seed: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("secret")

    with TestClient(own_seed.app, raise_server_exceptions=False) as client:
        monkeypatch.setattr("app.web.reader.compare.page", broken)
        page = _shown(client.get("/compare", headers=BROWSER), "internal-error", 500)
    assert "secret" not in page
    assert f'href="/compare">{english()("problem-again")}' in page


def test_desk_is_told_and_led_back_to_the_desk(client: TestClient, database: Database) -> None:
    desk = at_the_desk(client, database, Scope.WRITE)
    foreign = {**BROWSER, "Sec-Fetch-Site": "cross-site"}
    elsewhere = client.post(SIGN_IN, data={"key": "x", "next": DESK}, headers=foreign)
    assert f'href="{DESK}"' in _shown(elsewhere, "forbidden", 403)
    headers = {**BROWSER, "Cookie": f"{COOKIE}={desk.token}"}
    without = client.post(f"{DESK}/sign-out", data={TOKEN_FIELD: "wrong"}, headers=headers, follow_redirects=False)
    assert f'href="{DESK}"' in _shown(without, "forbidden", 403)
    missing = client.get(f"{DESK}/interviews/nobody", headers=headers)
    assert f'href="{DESK}"' in _shown(missing, "not-found", 404)
