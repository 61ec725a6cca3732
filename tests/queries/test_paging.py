import base64
import dataclasses
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col
from starlette.testclient import TestClient

from app.db import Database
from app.errors import CursorError, ParameterError
from app.loading import LoadedInterview
from app.main import create_app
from app.models import Interview, Question
from app.queries import answers, interviews, questions, speakers, topics
from app.queries.filters import Filters
from app.queries.paging import Listing, Page, PageRequest, list_page, walk
from app.queries.sorting import Key, Sort, keys_for
from app.settings import Settings
from tests.queries.corpus import Talk, corpora, stored

BY_INTERVIEW = ("published", "-published", "title", "-title", "published,title", "-published,title", "title,-published")
BY_QUESTION = (*BY_INTERVIEW, "position", "-position", "-position,published", "position,-title")
Lister = Callable[[sa.Connection, str], Listing]
LISTERS: dict[str, tuple[Lister, tuple[str, ...], str]] = {
    "questions": (lambda connection, sort: questions.listing(connection, Filters(), sort), BY_QUESTION, "id"),
    "answers": (lambda connection, sort: answers.listing(connection, Filters(), sort), BY_QUESTION, "id"),
    "found questions": (
        lambda connection, sort: questions.listing(connection, Filters(q="e"), sort),
        ("relevance", "-relevance", "published,relevance", "relevance,-title"),
        "id",
    ),
    "found answers": (
        lambda connection, sort: answers.listing(connection, Filters(q="e"), sort),
        ("relevance", "-relevance", "relevance,position"),
        "id",
    ),
    "interviews": (lambda connection, sort: interviews.listing(connection, Filters(), sort), BY_INTERVIEW, "id"),
    "speakers": (
        lambda connection, sort: speakers.listing(connection, Filters(), sort),
        ("slug", "-slug", "name", "-name", "answers,name", "-answers"),
        "slug",
    ),
    "found speakers": (
        lambda connection, sort: speakers.listing(connection, Filters(), sort, "a"),
        ("relevance", "-relevance", "answers,relevance"),
        "slug",
    ),
    "topics": (lambda _connection, sort: topics.listing(sort), ("label", "-label", "slug", "-label,slug"), "slug"),
}
few_examples = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def _there_and_back(
    connection: sa.Connection, listing: Listing, request: PageRequest, key: str
) -> tuple[list[str], list[str]]:
    """Go to the last page and back to the first; return what was met each way."""
    there: list[list[str]] = []
    page: Page | None = None
    while page is None or page.next is not None:
        cursor = None if page is None else page.next
        page = list_page(connection, listing, dataclasses.replace(request, cursor=cursor))
        assert len(page.items) <= request.limit
        there.append([item[key] for item in page.items])
        assert page.next is None or page.items
    back = [there[-1]]
    while page.previous is not None:
        page = list_page(connection, listing, dataclasses.replace(request, cursor=page.previous))
        back.append([item[key] for item in page.items])
        assert page.next is not None
    return [one for items in there for one in items], [one for items in reversed(back) for one in items]


@few_examples
@given(data=st.data(), corpus=corpora())
@pytest.mark.parametrize("name", LISTERS)
def test_every_way_through_a_list_is_the_whole_list_in_order(
    database: Database, name: str, data: st.DataObject, corpus: list[Talk]
) -> None:
    lister, sorts, key = LISTERS[name]
    sort = data.draw(st.sampled_from(sorts))
    limit = data.draw(st.integers(1, 8))
    with stored(database, corpus) as connection:
        listing = lister(connection, sort)
        whole = list_page(connection, listing, PageRequest("list", limit=100))
        expected = [item[key] for item in whole.items]
        assert (whole.next, whole.previous) == (None, None)
        assert whole.total == len(expected) == len(set(expected))
        there, back = _there_and_back(connection, listing, PageRequest("list", limit=limit), key)
        pages = range(1, -(-len(expected) // limit) + 1)
        numbered = [list_page(connection, listing, PageRequest("list", limit, number=page)) for page in pages]
        walked = list(walk(connection, listing))
    assert there == expected
    assert back == expected
    assert [item[key] for page in numbered for item in page.items] == expected
    assert walked == whole.items


@few_examples
@given(data=st.data(), corpus=corpora())
def test_cursors_lead_on_from_a_page_found_by_its_number(
    database: Database, data: st.DataObject, corpus: list[Talk]
) -> None:
    with stored(database, corpus) as connection:
        listing = questions.listing(connection, Filters(), "-published")
        whole = [item["id"] for item in walk(connection, listing)]
        limit, number = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
        page = list_page(connection, listing, PageRequest("list", limit, number=number))
        start = (number - 1) * limit
        assert [item["id"] for item in page.items] == whole[start : start + limit]
        if page.next is not None:
            after = list_page(connection, listing, PageRequest("list", limit, page.next))
            assert [item["id"] for item in after.items] == whole[start + limit : start + 2 * limit]
        if page.previous is not None:
            before = list_page(connection, listing, PageRequest("list", limit, page.previous))
            assert [item["id"] for item in before.items] == whole[max(0, start - limit) : start]
        assert (page.next is not None) == (start + limit < len(whole))
        assert (page.previous is not None) == (0 < start < len(whole))


def _expected(corpus: list[Talk], sort: str) -> list[str]:
    order = sorted(corpus, key=lambda talk: talk.id)
    words = sort.split(",")
    if words[-1].startswith("-"):
        order.reverse()
    for word in reversed(words):
        attribute = {"published": "earliest", "title": "title"}[word.removeprefix("-")]
        order.sort(key=lambda talk: str(getattr(talk, attribute)), reverse=word.startswith("-"))
        if attribute == "earliest":
            # Interviews without a date come last both ways.
            order.sort(key=lambda talk: talk.published is None)
    return [talk.id for talk in order]


@few_examples
@given(corpus=corpora(largest=6), sort=st.sampled_from(BY_INTERVIEW))
def test_every_word_of_a_sort_counts(database: Database, sort: str, corpus: list[Talk]) -> None:
    with stored(database, corpus) as connection:
        items = list(walk(connection, interviews.listing(connection, Filters(), sort)))
        asked = list(walk(connection, questions.listing(connection, Filters(), sort)))
    assert [item["id"] for item in items] == _expected(corpus, sort)
    places = [(item["interview"]["id"], item["position"]) for item in asked]
    by_id = {talk.id: talk for talk in corpus}
    assert places == [(one, place + 1) for one in _expected(corpus, sort) for place in range(len(by_id[one].exchanges))]


@few_examples
@given(data=st.data(), corpus=corpora(largest=5), sort=st.sampled_from(BY_INTERVIEW), limit=st.integers(1, 3))
def test_walk_among_rows_that_come_and_go_meets_each_that_stood_once(
    database: Database, data: st.DataObject, corpus: list[Talk], sort: str, limit: int
) -> None:
    from tests.queries.corpus import talks

    request = PageRequest("list", limit=limit)
    with stored(database, corpus) as connection:
        standing = {talk.id for talk in corpus}
        met: list[str] = []
        cursor, number = None, 100
        while True:
            listing = interviews.listing(connection, Filters(), sort)
            page = list_page(connection, listing, dataclasses.replace(request, cursor=cursor))
            met += [item["id"] for item in page.items]
            if page.next is None:
                break
            cursor = page.next
            if number < 105 and data.draw(st.booleans()):
                number += 1
                data.draw(talks(number)).store(connection)
            removable = sorted(standing)
            if removable and data.draw(st.integers(0, 3)) == 0:
                gone = data.draw(st.sampled_from(removable))
                standing.discard(gone)
                _remove(connection, gone)
    assert len(met) == len(set(met))
    assert standing <= set(met)


def _remove(connection: sa.Connection, interview_id: str) -> None:
    tables = Interview.metadata.tables
    mine = sa.select(col(Question.id)).where(col(Question.interview_id) == interview_id)
    connection.execute(sa.delete(tables["question_topic"]).where(tables["question_topic"].c.question_id.in_(mine)))
    for name in ("search_document", "turn", "answer", "question", "contribution", "transcript"):
        connection.execute(sa.delete(tables[name]).where(tables[name].c.interview_id == interview_id))
    connection.execute(sa.delete(Interview).where(col(Interview.id) == interview_id))


@pytest.fixture
def many(load: Callable[..., LoadedInterview], own_seed: TestClient) -> TestClient:
    for number in range(12):
        text = "".join(f"Q: Item {place} of {number}?\nA: Yes, {place}.\nB2: No.\n" for place in range(10))
        load(text.replace("B2", "A2"), f'published = "{2000 + number // 3}"', name=f"talk-{number}.txt")
    return own_seed


@pytest.mark.parametrize("address", ["/v1/questions", "/v1/answers", "/v1/interviews", "/v1/speakers", "/v1/topics"])
def test_number_of_statements_does_not_depend_on_the_limit(many: TestClient, database_url: str, address: str) -> None:
    statements: list[str] = []
    # What is kept takes none.
    application = create_app(Settings(database_url=database_url, cache_bytes=0))
    engine = application.state.database._reader

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    counts = []
    with TestClient(application) as client:
        for limit in (1, 10, 100):
            client.get(address, params={"limit": limit})
            sa.event.listen(engine, "before_cursor_execute", note)
            response = client.get(address, params={"limit": limit})
            sa.event.remove(engine, "before_cursor_execute", note)
            assert len(response.json()["items"]) == min(limit, response.json()["page"]["total"])
            counts.append(len(statements))
            statements.clear()
    assert len(set(counts)) == 1
    assert 0 < counts[0] <= 10


def test_links_lead_through_the_list_and_back(many: TestClient) -> None:
    first = many.get("/v1/questions", params={"limit": 50, "answered": "true"})
    assert first.json()["page"]["previous"] is None
    assert first.headers["Link"] == f'<{first.json()["page"]["next"]}>; rel="next"'
    second = many.get(first.json()["page"]["next"])
    assert second.json()["page"]["limit"] == 50
    assert 'rel="prev"' in second.headers["Link"]
    assert dict(parse_qsl(urlsplit(second.json()["page"]["next"]).query))["answered"] == "true"
    third = many.get(second.json()["page"]["next"])
    assert third.json()["page"]["next"] is None
    ids = [item["id"] for page in (first, second, third) for item in page.json()["items"]]
    assert len(ids) == len(set(ids)) == 125
    assert many.get(third.json()["page"]["previous"]).json()["items"] == second.json()["items"]


def test_limit_may_change_on_the_way(many: TestClient) -> None:
    ids = [item["id"] for item in many.get("/v1/questions?limit=100").json()["items"]]
    cursor = _cursor(many.get("/v1/questions?limit=3"))
    rest = many.get("/v1/questions", params={"limit": 90, "cursor": cursor}).json()["items"]
    assert [item["id"] for item in rest] == ids[3:93]


def _cursor(response: Any) -> str:
    return str(dict(parse_qsl(urlsplit(response.json()["page"]["next"]).query))["cursor"])


def _assert_refused(response: Any) -> None:
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "/problems/invalid-cursor"
    assert [error["parameter"] for error in response.json()["errors"]] == ["cursor"]


@pytest.mark.parametrize(
    "address",
    [
        "/v1/answers?limit=2",
        "/v1/interviews?limit=2",
        "/v1/speakers?limit=2",
        "/v1/topics?limit=2",
        "/v1/questions?limit=2&sort=title",
        "/v1/questions?limit=2&sort=published",
        "/v1/questions?limit=2&answered=true",
        "/v1/questions?limit=2&published_from=2001",
        "/v1/questions?limit=2&interview=-talk-1",
    ],
)
def test_cursor_of_another_list_is_refused(many: TestClient, address: str) -> None:
    cursor = _cursor(many.get("/v1/questions?limit=2"))
    _assert_refused(many.get(f"{address}&cursor={cursor}"))
    _assert_refused(many.get("/v1/questions", params={"limit": 2, "cursor": _cursor(many.get(address))}))


def test_damaged_cursor_is_refused_wherever_the_damage_is(many: TestClient) -> None:
    cursor = _cursor(many.get("/v1/questions?limit=2"))
    for place in range(len(cursor)):
        other = "A" if cursor[place] != "A" else "B"
        damaged = f"{cursor[:place]}{other}{cursor[place + 1 :]}"
        response = many.get("/v1/questions", params={"limit": 2, "cursor": damaged})
        if place < len(cursor) - 1 or response.status_code != 200:
            # The last character may hold bits that decoding does not use.
            _assert_refused(response)
    for length in range(len(cursor)):
        _assert_refused(many.get("/v1/questions", params={"limit": 2, "cursor": cursor[:length]}))


MADE_UP: tuple[Any, ...] = (
    "",
    "x",
    "null",
    "1",
    "AAAA" * 20,
    "é",
    "../..",
    "a b",
    "=",
    "====",
    "' OR 1=1 --",
    "𝟙",
    "%",
    "e30",
    "W10",
)


def test_made_up_cursor_is_refused(seed: TestClient) -> None:
    for cursor in MADE_UP:
        _assert_refused(seed.get("/v1/questions", params={"cursor": cursor}))


# What the program binds a cursor of the bare list of questions to.
SCOPE = (
    b"1|/v1/questions?[('sort', '-published'), ('topic_scope', <TopicScope.NARROWER: 'narrower'>), "
    b"('topic_state', <TopicStates.CONFIRMED: 'confirmed'>)]"
)
FORGED: tuple[Any, ...] = (
    [0],
    [0, "2023-01-01"],
    [0, "2023-01-01", "x", 1, 1],
    [0, 2023, "x", 1],
    [0, "2023-02-30", "x", 1],
    [0, None, None, None],
    [0, "2023-01-01", 7, 1],
    [0, "2023-01-01", "x", "1"],
    [0, "2023-01-01", "x", 1.5],
    [0, "2023-01-01", "x", True],
    [0, "2023-01-01", "x", 10**30],
    [0, "2023-01-01", "x\0", 1],
    [0, "2023-01-01", "\ud800", 1],
    [0, "2023-01-01", ["x"], 1],
    {"0": 1},
    [],
    7,
)


def test_cursor_forged_by_somebody_who_read_the_program_is_refused(seed: TestClient) -> None:
    for values in FORGED:
        payload = json.dumps(values).encode()
        key = hashlib.sha256(SCOPE).digest()
        signature = hashlib.blake2b(payload, key=key, digest_size=9).digest()
        cursor = base64.urlsafe_b64encode(signature + payload).decode().rstrip("=")
        _assert_refused(seed.get("/v1/questions", params={"cursor": cursor}))


def test_forgery_of_the_right_shape_would_be_taken(seed: TestClient) -> None:
    """Keeps the test above honest: it forges as the program signs."""
    payload = json.dumps([0, "2023-01-01", "zzz", 1]).encode()
    key = hashlib.sha256(SCOPE).digest()
    signature = hashlib.blake2b(payload, key=key, digest_size=9).digest()
    cursor = base64.urlsafe_b64encode(signature + payload).decode().rstrip("=")
    assert len(seed.get("/v1/questions", params={"cursor": cursor}).json()["items"]) == 5


def test_sort_by_nothing_known_is_refused() -> None:
    column = col(Interview.title)
    tie = (Key(col(Interview.id)),)
    for sort in ("", "titel", "title,", ",title", "--title", "title,title", "title,-title", "TITLE", "title;id"):
        with pytest.raises(ParameterError):
            keys_for(sort, {"title": Sort(column)}, tie)


def test_cursor_error_says_nothing_of_how_it_was_found(database: Database) -> None:
    with pytest.raises(CursorError, match="damaged"), database.read() as connection:
        list_page(connection, topics.listing("label"), PageRequest("list", cursor="AAAA" * 10))
