"""The same request is answered with the same bytes by SQLite, by PostgreSQL, and by a PostgreSQL database that would
sort and compare in a way of its own if it were let. What a search finds is the same, with the same
scores; the order of equal ones is each engine's own.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli.program import cli
from app.db import Database
from app.exports import FEEDS, INTERVIEWS, ITEMS, LISTS
from app.main import create_app
from app.queries import canonical
from app.settings import Settings
from tests import awkward
from tests.clusters import administer
from tests.conftest import NO_POSTGRESQL
from tests.differences import assert_same
from tests.profiles import examples

Asked = list[tuple[str, str]]
# German, numbers by their value, punctuation passed over: as unlike the order of code points as a collation can be.
COLLATION = "de-u-kn-true-ka-shifted"
_SAME = ("ETag", "Link", "Content-Type", "Quoth-Revision", "Last-Modified", "Vary", "Location")
_MOST_PAGES = 6

_people = ["ada-berg", "asa-oman", "asa-oman-2", "umit-isik", "o-hara", "li-li", "zoe", "zo", "x"]
_interviews = [f"talk-{number}" for number in (0, 5, 10, 33, 99)]
_NAMED = {
    "topic": [*awkward.TOPICS, "peace", "Rivers", "nope"],
    "speaker": _people,
    "asked_by": _people,
    "answered_by": _people,
    "interview": [*_interviews, "worldnewsam-3712"],
    "language": [*awkward.LANGUAGES, "DE", "xx"],
    "publisher": [*awkward.PUBLISHERS, "hiLL press", "ile", "Hil"],
    "series": [*awkward.SERIES, "voice", "ЗВУК"],
    "year": ["2019", "2020", "1999", "1000"],
    "role": ["interviewer", "interviewee", "unknown"],
}
_DATES = ("2019", "2020-02", "2020-02-29", "2021-12-31", "2020-13")
_WORDS = (*awkward.WORDS, "STRASSE", "Ärger", "what", '"river mill"', "riv*", "-mill", "river OR mill", "well", "item")
_SORTS = {
    "questions": ("published", "-published", "title", "-title", "-position", "title,-published", "relevance"),
    "answers": ("published", "-title", "position,title"),
    "interviews": ("published", "-published", "title", "-title", "modified", "-modified", "-title,published"),
    "speakers": ("slug", "-slug"),
    "topics": ("label", "-label", "slug", "-slug"),
}  # fmt: skip
_FIELDS = {
    "questions": ("text,topics", "id,answers,interview", "asked_by,revision", "nothing"),
    "answers": ("text,speaker", "id,question"),
    "interviews": ("title,published", "slug,contributions,language"),
    "speakers": ("slug,name", "aliases"),
    "topics": ("label,questions", "slug,broader,narrower"),
}
# One of them no list has.
_FORMATS_OF_LISTS = ["json", "markdown", *(each.name for each in (*LISTS, *FEEDS))]
_FACETS = ("topic", "speaker", "language", "publisher", "series", "year", "topic,year", "speaker,publisher,series")


def _client(url: str) -> Iterator[TestClient]:
    # Statements are cut off by the clock, which decides nothing here.
    with TestClient(create_app(Settings(database_url=url, statement_seconds=60))) as client:
        yield client


@pytest.fixture(scope="module")
def on_sqlite(awkward_sqlite_template: Any) -> Iterator[TestClient]:
    yield from _client(f"sqlite:///{awkward_sqlite_template}")


@pytest.fixture(scope="module")
def on_postgresql(awkward_postgresql_template: str | None) -> Iterator[TestClient]:
    if awkward_postgresql_template is None:
        pytest.skip(NO_POSTGRESQL)
    yield from _client(_address(awkward_postgresql_template, "quoth_awkward"))


@pytest.fixture(scope="module")
def collated_url(awkward_sqlite_template: Any, awkward_postgresql_template: str | None) -> Iterator[str]:
    """A database with a collation of its own, into which the corpus was moved from SQLite."""
    if awkward_postgresql_template is None:
        pytest.skip(NO_POSTGRESQL)
    administer(
        awkward_postgresql_template,
        "DROP DATABASE IF EXISTS quoth_collated",
        f"CREATE DATABASE quoth_collated TEMPLATE = template0 LOCALE_PROVIDER icu ICU_LOCALE '{COLLATION}'"
        " LOCALE 'C.UTF-8'",
    )
    url = _address(awkward_postgresql_template, "quoth_collated")
    moved = CliRunner().invoke(cli, ["migrate-data", f"sqlite:///{awkward_sqlite_template}", url])
    assert moved.exit_code == 0, moved.output
    yield url
    administer(awkward_postgresql_template, "DROP DATABASE quoth_collated WITH (FORCE)")


@pytest.fixture(scope="module")
def everywhere(on_sqlite: TestClient, on_postgresql: TestClient, collated_url: str) -> Iterator[list[TestClient]]:
    for collated in _client(collated_url):
        yield [on_sqlite, on_postgresql, collated]


def _address(server: str, database: str) -> str:
    return sa.make_url(server).set(database=database).render_as_string(hide_password=False)


def test_database_with_a_collation_of_its_own_has_one(collated_url: str) -> None:
    """Else the tests below would show less than they seem to."""
    database = Database(collated_url)
    with database.read() as connection:
        order = (
            "SELECT string_agg(word, ' ' ORDER BY word) FROM (VALUES ('Z'), ('a'), ('B'), ('a10'), ('a9')) AS t (word)"
        )
        assert connection.scalar(sa.text(order)) == "a a9 a10 B Z"
    database.close()


def test_engines_hold_the_same_after_the_same_imports(on_sqlite: TestClient, on_postgresql: TestClient) -> None:
    dumps = []
    for client in (on_sqlite, on_postgresql):
        with client.app.state.database.read() as connection:  # type: ignore[attr-defined]  # the application's own state
            dumps.append("".join(canonical.lines(connection)))
    assert_same(*dumps)


def test_every_column_of_text_goes_by_code_point_on_postgresql(collated_url: str) -> None:
    columns = sa.text(
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
    )
    database = Database(collated_url)
    with database.read() as connection:
        assert list(connection.scalars(columns)) == []
    database.close()


@st.composite
def _value(draw: st.DrawFn, names: list[str]) -> str:
    """One occurrence of a parameter that takes names: some of them, or none of them."""
    some = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2))
    escaped = [name.replace("\\", "\\\\").replace(",", "\\,") for name in some]
    return draw(st.sampled_from(["", "", "-"])) + ",".join(escaped)


@st.composite
def _filters(draw: st.DrawFn) -> Asked:
    # Most combinations leave nothing; few filters at a time leave most to be compared.
    names = draw(st.lists(st.sampled_from(sorted(_NAMED)), max_size=2, unique=True))
    asked = [(name, draw(_value(_NAMED[name]))) for name in names]
    dated = [name for name in ("published_from", "published_to") if draw(st.integers(0, 5)) == 0]
    asked += [(name, draw(st.sampled_from(_DATES))) for name in dated]
    if draw(st.integers(0, 3)) == 0:
        asked.append(("answered", draw(st.sampled_from(["true", "false"]))))
    if draw(st.integers(0, 3)) == 0:
        asked.append(("topic_scope", draw(st.sampled_from(["exact", "narrower"]))))
    return asked


@st.composite
def _lists(draw: st.DrawFn) -> tuple[str, Asked]:
    """The address of a list, whole or of one thing, and what it is asked for."""
    noun = draw(st.sampled_from(["questions", "questions", "answers", "interviews", "speakers", "topics"]))
    path, asked = f"/v1/{noun}", []
    if noun in {"questions", "answers", "interviews"}:
        asked = draw(_filters())
        if draw(st.integers(0, 2)) == 0:
            asked.append(("q", " ".join(draw(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=2)))))
        if draw(st.booleans()):
            asked.append(("facets", draw(st.sampled_from(_FACETS))))
    if noun == "questions":
        scopes = [path, "/v1/topics/nature/questions", "/v1/interviews/talk-5/questions"]
        path = draw(st.sampled_from(scopes))
    elif noun == "answers":
        path = draw(st.sampled_from([path, "/v1/speakers/zoe/answers", "/v1/speakers/ada-berg/answers"]))
    if draw(st.booleans()):
        asked.append(("sort", draw(st.sampled_from(_SORTS[noun]))))
    if draw(st.integers(0, 3)) == 0:
        asked.append(("fields", draw(st.sampled_from(_FIELDS[noun]))))
    if draw(st.integers(0, 4)) == 0:
        asked.append(("format", draw(st.sampled_from(_FORMATS_OF_LISTS))))
    if draw(st.integers(0, 3)) == 0:
        asked.append(("page", draw(st.sampled_from(["1", "2", "3", "9000"]))))
    asked.append(("limit", draw(st.sampled_from(["1", "2", "7", "20", "100"]))))
    return path, asked


def _response(response: Any) -> tuple[Any, ...]:
    return response.status_code, response.content, [response.headers.get(name) for name in _SAME]


def _same(clients: list[TestClient], address: str, asked: Any = None) -> Any:
    first, *others = (client.get(address, params=asked, headers={"Accept-Encoding": "identity"}) for client in clients)
    for other in others:
        assert_same(_response(other), _response(first), address)
    return first


@settings(max_examples=examples(70), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wanted=_lists())
@example(wanted=("/v1/topics", [("format", "ndjson"), ("limit", "1")]))
def test_lists_are_the_same_page_by_page(everywhere: list[TestClient], wanted: tuple[str, Asked]) -> None:
    response = _same(everywhere, *wanted)
    for direction in ("next", "previous"):
        for _ in range(_MOST_PAGES):
            is_page = response.status_code == 200 and response.headers["Content-Type"] == "application/json"
            address = response.json()["page"][direction] if is_page else None
            if address is None:
                break
            response = _same(everywhere, address)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    filters=_filters(), words=st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3), facets=st.sampled_from(_FACETS)
)
def test_search_finds_the_same(everywhere: list[TestClient], filters: Asked, words: list[str], facets: str) -> None:
    asked = [*filters, ("q", " ".join(words)), ("facets", facets), ("limit", "100")]
    first, *others = (_found(client, asked) for client in everywhere)
    for other in others:
        assert_same(other, first, asked)


def _found(client: TestClient, asked: Any) -> Any:
    """All that a search finds, in no order and without how well; or why it is refused."""
    response = client.get("/v1/search", params=asked)
    if response.status_code != 200:
        return _response(response)
    whole = response.json()
    items = list(whole["items"])
    while whole["page"]["next"] is not None:
        whole = client.get(whole["page"]["next"]).json()
        items += whole["items"]
    first = response.json()
    found = {item["id"]: {name: value for name, value in item.items() if name != "score"} for item in items}
    assert len(found) == len(items)
    page = {name: first["page"][name] for name in ("total", "total_is_exact")}
    return (
        found,
        page,
        first["facets"],
        {name: first[name] for name in first if name not in {"items", "page", "facets"}},
    )


def test_single_things_are_the_same(everywhere: list[TestClient]) -> None:
    addresses = ["/v1/topics/nature", "/v1/topics/Nature", "/v1/topics/natur", "/v1/changes?data=true", "/v1/changes"]
    for slug in (*_interviews, "worldnewsam-3712"):
        of = f"/v1/interviews/{slug}"
        addresses += [of, f"{of}/transcript", f"{of}/revisions", f"{of}/citation", f"{of}/source", f"{of}?revision=1"]
        addresses += [f"{of}?format={each.name}" for each in INTERVIEWS]
    addresses += [f"/v1/speakers/{slug}" for slug in (*_people, "ada", "unknown")]
    for noun in ("questions", "answers"):
        for item in everywhere[0].get(f"/v1/{noun}?limit=100").json()["items"][::15]:
            of = f"/v1/{noun}/{item['id']}"
            addresses += [f"{of}?format={each.name}" for each in ITEMS]
            addresses += [f"{of}?context=2", f"{of}/revisions", f"{of}/citation", f"{of}@1"]
    statuses = [_same(everywhere, address).status_code for address in addresses]
    assert statuses.count(200) > 60


def _near(client: TestClient, address: str | None) -> list[Any]:
    items = []
    while address is not None:
        page = client.get(address).json()
        items += page["items"]
        address = page["page"]["next"]
    return sorted((item["question"]["id"], item["shared_terms"]) for item in items)


def test_what_is_asked_elsewhere_and_compared_is_the_same(everywhere: list[TestClient]) -> None:
    near = 0
    for item in everywhere[0].get("/v1/questions?limit=100").json()["items"][::9]:
        of = f"/v1/questions/{item['id']}"
        near += len(_same(everywhere, f"{of}/asked-elsewhere?limit=100").json()["items"])
        # Each engine ranks related questions by scores of its own.
        first, *others = (_near(client, f"{of}/related?limit=100") for client in everywhere)
        assert others == [first] * len(others)
        near += len(first)
    assert near
    statuses = []
    for topic in (*awkward.TOPICS, "peace", "nope"):
        for one, another in itertools.combinations(_people[:5], 2):
            asked = [("topic", topic), ("speaker", one), ("speaker", another)]
            statuses.append(_same(everywhere, "/v1/compare", asked).status_code)
    assert set(statuses) == {200, 422}


def test_quotations_are_judged_the_same(everywhere: list[TestClient]) -> None:
    words = ("river Straße café", "Well, İzmir", "strasse mill", "nothing of the kind was said", "an end to war")
    for text in words:
        for speaker in ({}, {"speaker": "zoe"}, {"speaker": "zo"}):
            _same(everywhere, "/v1/quotes/verify", {"text": text, **speaker})


@pytest.mark.parametrize(
    "words", ["river", '"river mill"', "river OR mill", "what did the council say", "STRASSE", "riv*"]
)
def test_hits_have_the_same_scores(everywhere: list[TestClient], words: str) -> None:
    first, *others = (_scores(client, words) for client in everywhere)
    assert first
    assert all(0 < score <= 1 for score in first.values())
    for other in others:
        assert other == pytest.approx(first, abs=1e-6)


def _scores(client: TestClient, words: str) -> dict[str, float]:
    """The score of each hit."""
    whole = client.get("/v1/search", params={"q": words, "limit": "100"}).json()
    items = list(whole["items"])
    while whole["page"]["next"] is not None:
        whole = client.get(whole["page"]["next"]).json()
        items += whole["items"]
    return {item["id"]: item["score"] for item in items}
