import csv
import datetime
import http.client
import io
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from typing import Any

import feedparser
import pytest
import sqlalchemy as sa
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from starlette.testclient import TestClient

from app.api.fields import everything
from app.api.formats import FEED_LIST_FORMATS, INTERVIEW_FORMATS, ITEM_FORMATS, JSON, LIST_FORMATS, quality
from app.api.schemas.interviews import InterviewSummary
from app.api.schemas.questions import Answer, Question
from app.api.schemas.speakers import Speaker
from app.api.schemas.topics import Topic
from app.db import Database
from app.exports import FEEDS, INTERVIEWS, LISTS
from app.exports.format import timestamp
from app.exports.json_feed import VERSION
from app.loading import LoadedInterview, load_interview
from app.main import create_app
from app.queries import paging
from app.settings import Settings
from app.structure.prepare import prepare
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW

SLUG = "worldnewsam-3712"
LISTS_OF: dict[str, Any] = {
    "/v1/questions": Question,
    "/v1/answers": Answer,
    "/v1/interviews": InterviewSummary,
    "/v1/speakers": Speaker,
    "/v1/topics": Topic,
    f"/v1/interviews/{SLUG}/questions": Question,
    f"/v1/speakers/{SLUG}-interviewee/answers": Answer,
    "/v1/topics/interfaith-dialogue/questions": Question,
}
Load = Callable[..., LoadedInterview]
TIMED = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Why?\n\n00:03.000 --> 00:04.000\n<v Bob>So.\n"


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("address", LISTS_OF)
def test_ndjson_has_exactly_the_items_of_the_list(seed: TestClient, address: str) -> None:
    answer = seed.get(address, params={"format": "ndjson"})
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    # Keys stand in the same order too.
    items = [json.loads(line, object_pairs_hook=list) for line in answer.text.splitlines()]
    page = json.loads(seed.get(address, params={"limit": 100}).text, object_pairs_hook=list)
    assert items == dict(page)["items"]
    assert items


@pytest.mark.parametrize("address", LISTS_OF)
def test_csv_has_ten_columns_and_with_every_part_one_for_every_value(seed: TestClient, address: str) -> None:
    answer = seed.get(address, headers={"Accept": "text/csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    few = _rows(answer.text)
    assert {len(row) for row in few} == {10}
    rows = _rows(seed.get(address, params={"format": "csv", "include": "all"}).text)
    assert [{name: row[name] for name in few[0]} for row in rows] == few
    items = seed.get(address, params={"limit": 100}).json()["items"]
    assert len(rows) == len(items)
    for row, item in zip(rows, items, strict=True):
        shown = {"text_html", "answers.text_html", "question.text_html"} & set(row)
        if "id" in row and "text" in row:
            assert shown
        assert set(row) - shown <= set(everything(LISTS_OF[address]).columns)
        for column in ("id", "text", "slug", "interview.title", "question.id", "label"):
            if column in row:
                value = item
                for key in column.split("."):
                    value = value[key]
                assert row[column] == (value or "")


def test_columns_are_stable(seed: TestClient) -> None:
    header = seed.get("/v1/topics?format=csv").text.splitlines()[0]
    assert header == (
        '"slug","label","web_page","definition","broader.slug","broader.label",'
        '"narrower.slug","narrower.label","question_count","question_count_with_narrower"'
    )


def test_included_part_adds_its_columns_to_a_table(seed: TestClient) -> None:
    few = seed.get("/v1/questions?format=csv").text.splitlines()[0].split(",")
    more = seed.get("/v1/questions?format=csv&include=interview").text.splitlines()[0].split(",")
    added = [name for name in more if name not in few]
    assert added == [
        f'"interview.{name}"' for name in ("language", "language_attribution", "publisher", "series", "source_url")
    ]
    left = seed.get("/v1/questions?format=csv&fields=-text").text.splitlines()[0].split(",")
    assert left == [name for name in few if name != '"text"']


def test_guard_against_formulas_can_be_left_off(load: Load, database: Database) -> None:
    load(b"Q: =1+1?\n\nA: =SUM(A1)\n")
    with TestClient(create_app(Settings(database_url=database.url.render_as_string(hide_password=False)))) as client:
        [guarded] = _rows(client.get("/v1/questions?format=csv").text)
        [bare] = _rows(client.get("/v1/questions?format=csv&csv_guard=false").text)
        page = _rows(client.get("/v1/questions?format=csv&csv_guard=false&limit=1").text)
        assert (guarded["text"], bare["text"], page) == ("'=1+1?", "=1+1?", [bare])
        for other in ("json", "ndjson"):
            refused = client.get(f"/v1/questions?format={other}&csv_guard=false")
            assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "csv_guard")


def test_download_is_named_after_the_list(seed: TestClient) -> None:
    def name(address: str) -> str:
        return seed.get(address).headers["Content-Disposition"]

    assert name("/v1/questions?format=csv&limit=1") == 'attachment; filename="questions.csv"'
    scoped = f'attachment; filename="{SLUG}-questions.ndjson"'
    assert name(f"/v1/interviews/{SLUG}/questions?format=ndjson") == scoped
    assert name(f"/v1/interviews/{SLUG}/transcript?format=tei") == f'inline; filename="{SLUG}.xml"'


def test_whole_list_is_narrowed_by_the_same_filters_and_sorted_the_same_way(seed: TestClient) -> None:
    query = "topic=youth&sort=-position"
    ids = [item["id"] for item in seed.get(f"/v1/questions?{query}&limit=100").json()["items"]]
    assert 0 < len(ids) < 5
    assert [row["id"] for row in _rows(seed.get(f"/v1/questions?{query}&format=csv").text)] == ids


def test_fields_choose_columns_and_keys(seed: TestClient) -> None:
    asked = {"fields": "answers.speaker.slug,id,interview", "format": "csv"}
    header = seed.get("/v1/questions", params=asked).text.splitlines()[0]
    assert header.startswith('"id","answers.speaker.slug","interview.id","interview.slug","interview.title",')
    sparse = seed.get("/v1/questions", params={"fields": "answers.speaker.slug,id", "limit": 100}).json()["items"]
    lines = seed.get("/v1/questions", params={"fields": "answers.speaker.slug,id", "format": "ndjson"}).text
    assert [json.loads(line) for line in lines.splitlines()] == sparse
    wrong = seed.get("/v1/questions", params={"fields": "identity", "format": "csv"})
    assert (wrong.status_code, wrong.json()["errors"][0]["parameter"]) == (422, "fields")


def test_page_is_a_page_with_links_to_its_neighbours(seed: TestClient) -> None:
    first = seed.get("/v1/questions?format=csv&limit=2")
    pages, answer = [_rows(first.text)], first
    while "next" in answer.links:
        answer = seed.get(answer.links["next"]["url"])
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        pages.append(_rows(answer.text))
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [row["id"] for page in pages for row in page] == [
        row["id"] for row in _rows(seed.get("/v1/questions?format=csv").text)
    ]
    numbered = seed.get("/v1/questions?format=ndjson&page=3&limit=2")
    assert len(numbered.text.splitlines()) == 1


def test_what_a_format_has_no_place_for_is_refused(seed: TestClient) -> None:
    for address, parameter in (
        ("/v1/questions?format=csv&facets=topic", "facets"),
        ("/v1/questions?format=ndjson&facets=topic", "facets"),
        ("/v1/interviews?format=atom&fields=id", "fields"),
        (f"/v1/interviews/{SLUG}?format=tei&fields=id", "fields"),
    ):
        answer = seed.get(address)
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, parameter)


def test_formula_in_a_transcript_is_harmless_in_csv(load: Load, client: TestClient) -> None:
    load("Q: =HYPERLINK(1)?\nA: @SUM(1)\n")
    [row] = _rows(client.get("/v1/questions?format=csv").text)
    assert (row["text"], row["answers.text"]) == ("'=HYPERLINK(1)?", "'@SUM(1)")


def test_errors_of_an_export_are_problems(seed: TestClient) -> None:
    for address, status in (
        ("/v1/questions?format=csv&topic=youht", 422),
        ("/v1/questions?format=csv&sort=nothing", 422),
        ("/v1/questions?format=csv&cursor=xyz", 400),
        ("/v1/topics/nothing/questions?format=ndjson", 404),
        ("/v1/interviews/nothing/transcript?format=tei", 404),
    ):
        answer = seed.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_unknown_format_is_refused_with_a_suggestion(seed: TestClient) -> None:
    for address, near in (
        ("/v1/questions?format=cvs", "csv"),
        ("/v1/interviews?format=atm", "atom"),
        (f"/v1/interviews/{SLUG}?format=markdwn", "markdown"),
    ):
        answer = seed.get(address)
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert (error["parameter"], error["suggestions"]) == ("format", [near])
    assert seed.get("/v1/speakers?format=atom").status_code == 422


@pytest.mark.parametrize("known", INTERVIEWS, ids=lambda known: str(known.name))
@pytest.mark.parametrize("address", ["/v1/interviews/talk", "/v1/interviews/talk/transcript"])
def test_interview_is_the_same_by_format_and_by_accept(
    load: Load, client: TestClient, known: Any, address: str
) -> None:
    load(TIMED, 'slug = "talk"', "talk.vtt")
    named = client.get(address, params={"format": known.name})
    assert named.status_code == 200
    assert named.headers["Content-Type"] == known.content_type
    liked = client.get(address, headers={"Accept": known.media_type})
    assert (liked.text, liked.headers["Content-Type"]) == (named.text, known.content_type)
    assert "Why?" in named.text


def test_format_wins_over_accept(seed: TestClient) -> None:
    answer = seed.get(f"/v1/interviews/{SLUG}?format=json", headers={"Accept": "text/markdown"})
    assert answer.json()["slug"] == SLUG
    assert seed.get("/v1/questions?format=csv", headers={"Accept": "image/png"}).status_code == 200


def test_captions_of_an_interview_without_times_are_not_there(seed: TestClient) -> None:
    named = seed.get(f"/v1/interviews/{SLUG}?format=vtt")
    assert (named.status_code, named.json()["type"]) == (404, "/problems/no-times")
    assert "has no times" in named.json()["detail"]
    liked = seed.get(f"/v1/interviews/{SLUG}", headers={"Accept": "text/vtt"})
    assert liked.status_code == 406
    assert "has no times" in liked.json()["detail"]
    second = seed.get(f"/v1/interviews/{SLUG}", headers={"Accept": "text/vtt, text/plain;q=0.5"})
    assert second.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_what_is_not_there_is_told_with_what_is(seed: TestClient) -> None:
    answer = seed.get("/v1/questions", headers={"Accept": "application/pdf, text/csv;q=0"})
    assert (answer.status_code, answer.json()["type"]) == (406, "/problems/not-acceptable")
    assert all(known.media_type in answer.json()["detail"] for known in LIST_FORMATS)
    assert seed.get("/problems/not-acceptable").status_code == 200


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("*/*", "json"),
        ("", "json"),
        ("application/json", "json"),
        ("application/vnd.quoth.sparse+json", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("text/csv", "csv"),
        ("text/*", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/csv;q=0.5, application/x-ndjson;q=0.6", "ndjson"),
        ("text/csv;q=0.5, application/json;q=0.4, */*;q=0.1", "csv"),
        ("application/json;q=0.5, application/*", "ndjson"),
        ("application/*;q=0.2, application/atom+xml;q=0.1, text/*;q=0", "json"),
        ("application/json;q=0, */*", "csv"),
        ("text/csv; header=present; q=0.7, application/json ; q=0.6", "csv"),
        ("application/atom+xml, */*;q=0.1", "atom"),
        ("application/feed+json", "jsonfeed"),
        ("nonsense", "json"),
        ("nonsense, text/csv", "csv"),
        (", ,text/csv,,", "csv"),
        ("text/csv;q=7", "csv"),
    ],
)
def test_accept_decides(accept: str, name: str) -> None:
    liked = {known.name: quality(known, [accept]) for known in FEED_LIST_FORMATS}
    best = max(liked.values())
    assert best > 0
    assert next(known for known, worth in liked.items() if worth == best) == name


@given(st.lists(st.text(max_size=60), max_size=3))
def test_any_accept_header_is_understood_or_passed_over(accept: list[str]) -> None:
    assert all(0 <= quality(known, accept) <= 1 for known in FEED_LIST_FORMATS)


def test_sparse_items_are_json_to_whoever_asks_for_json(seed: TestClient) -> None:
    answer = seed.get("/v1/questions?fields=id", headers={"Accept": "application/json"})
    assert answer.headers["Content-Type"] == "application/vnd.quoth.sparse+json"


def test_names_types_and_suffixes_are_each_given_once() -> None:
    for formats in ((JSON, *LISTS, *FEEDS), INTERVIEW_FORMATS):
        for values in zip(*((known.name, known.media_type) for known in formats), strict=True):
            assert len(set(values)) == len(values)


def test_atom_and_json_feed_list_interviews_the_latest_change_first(load: Load, client: TestClient) -> None:
    for number in range(3):
        load(f"Q: Number {number}?\nA: Yes.\n", f'slug = "talk-{number}"\npublished = "{2020 - number}"')
    written = client.get("/v1/interviews?format=atom&limit=2")
    assert written.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    parsed = feedparser.parse(written.text)
    assert not parsed.bozo
    assert len(parsed.entries) == 2
    links = {link.rel: link.href for link in parsed.feed.links}
    assert links["self"] == "/v1/interviews?format=atom&limit=2"
    following = feedparser.parse(client.get(links["next"]).raise_for_status().text)
    assert following.feed.id == parsed.feed.id
    assert len({entry.id for entry in [*parsed.entries, *following.entries]}) == 3
    liked = feedparser.parse(client.get("/v1/interviews?limit=2", headers={"Accept": "application/atom+xml"}).text)
    assert all("&format=atom" in link.href for link in liked.feed.links if link.rel != "alternate")
    feed = client.get("/v1/interviews", headers={"Accept": "application/feed+json"}).json()
    assert feed["version"] == VERSION
    assert len(feed["items"]) == 3
    by_date = client.get("/v1/interviews?format=jsonfeed&sort=published").json()["items"]
    assert [item["_quoth"]["published"] for item in by_date] == ["2018", "2019", "2020"]


def test_feed_is_filtered_by_the_same_parameters(seed: TestClient) -> None:
    assert len(seed.get("/v1/interviews?format=jsonfeed&topic=youth").json()["items"]) == 1
    assert seed.get("/v1/interviews?format=jsonfeed&published_to=1999").json()["items"] == []
    root = etree.fromstring(seed.get("/v1/interviews?format=atom&published_to=1999").content)
    assert root.findtext("{*}updated") == "2026-01-02T03:04:05Z"
    assert seed.get("/v1/interviews?format=atom&topic=youht").status_code == 422


@pytest.mark.parametrize(
    ("path", "noun"),
    [
        ("/v1/questions", "questions"),
        ("/v1/answers", "answers"),
        ("/v1/topics/peace/questions", "questions"),
        (f"/v1/speakers/{SLUG}-interviewee/answers", "answers"),
        (f"/v1/interviews/{SLUG}/questions", "questions"),
    ],
)
def test_questions_and_answers_are_there_as_feeds(seed: TestClient, path: str, noun: str) -> None:
    items = seed.get(f"{path}?sort=position").json()["items"]
    feed = seed.get(f"{path}?format=jsonfeed").json()
    assert [item["_quoth"]["address"] for item in feed["items"]] == [f"/v1/{noun}/{item['id']}" for item in items]
    assert {item["date_modified"] for item in feed["items"]} == {"2026-01-02T03:04:05Z"}
    parsed = feedparser.parse(seed.get(f"{path}?format=atom&limit=1").content)
    assert not parsed.bozo
    assert parsed.feed.title == noun.capitalize()
    relations = {link.rel for link in parsed.feed.links}
    assert ("next" in relations) == (len(items) > 1)
    # Answers are read on the pages of their questions, so the list of all answers has no page.
    assert ("alternate" in relations) == (path != "/v1/answers")
    for link in (*parsed.feed.links, *parsed.entries[0].links):
        if link.rel == "alternate":
            assert seed.get(link.href, follow_redirects=False).headers["Content-Type"] == "text/html; charset=utf-8"
    assert seed.get(f"{path}?format=atom&facets=topic").status_code == 422


def test_question_moves_up_in_its_feed_when_it_changes_and_others_do_not_look_new(
    load: Load, client: TestClient, database: Database
) -> None:
    said = "Q: Who was first?\nA: Ada.\nQ: Who was second?\nA: Bo.\n"
    load(said, 'title = "One"', name="one.txt")
    load("Q: And here?\nA: Nobody.\n", 'title = "Two"', name="two.txt")
    later = NOW + datetime.timedelta(hours=1)
    with database.write() as connection:
        load_interview(connection, prepare(Source("one.txt", said.replace("Bo.", "Bert.").encode())), at(later))
    feed = client.get("/v1/questions?format=jsonfeed").json()["items"]
    assert [item["title"] for item in feed] == ["Who was first?", "Who was second?", "And here?"]
    assert [item["date_modified"] == timestamp(later) for item in feed] == [False, True, False]
    assert [item["date_modified"] == timestamp(NOW) for item in feed] == [True, False, True]
    assert client.get("/v1/questions?format=jsonfeed&sort=-title").json()["items"][0] == feed[2]


def test_one_question_and_one_answer_are_there_as_json_ld(seed: TestClient) -> None:
    for noun, kind in (("questions", "Question"), ("answers", "Answer")):
        item = seed.get(f"/v1/{noun}?limit=1").json()["items"][0]
        address = f"/v1/{noun}/{item['id']}"
        named = seed.get(f"{address}?format=jsonld")
        assert named.headers["Content-Type"] == "application/ld+json"
        assert f'filename="{item["id"]}.jsonld"' in named.headers["Content-Disposition"]
        written = named.json()
        assert (written["@type"], written["text"], written["identifier"]) == (kind, item["text"], item["id"])
        assert seed.get(address, headers={"Accept": "application/ld+json"}).json() == written
        assert seed.get(address).headers["Content-Type"] == "application/json"
        assert seed.get(address, headers={"Accept": "text/csv"}).status_code == 406
        for asked in ("fields=id", "context=2"):
            assert seed.get(f"{address}?format=jsonld&{asked}").status_code == 422
        assert seed.get(f"{address}?format=tei").status_code == 422


def test_links_of_a_feed_are_absolute_where_the_address_is_known(seeded: Database, database_url: str) -> None:
    settings = Settings(database_url=database_url, public_url="https://quoth.example")
    with TestClient(create_app(settings)) as client:
        feed = client.get("/v1/interviews?format=jsonfeed").json()
        filtered = client.get("/v1/interviews?format=jsonfeed&topic=peace&year=2023&limit=5").json()
    assert feed["feed_url"] == "https://quoth.example/v1/interviews?format=jsonfeed"
    assert feed["home_page_url"] == "https://quoth.example/interviews"
    assert filtered["home_page_url"] == "https://quoth.example/interviews?topic=peace&year=2023"
    assert feed["items"][0]["url"] == f"https://quoth.example/interviews/{SLUG}"
    assert feed["items"][0]["_quoth"]["address"] == f"https://quoth.example/v1/interviews/{SLUG}"


def test_description_names_every_representation(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path, formats in (
        ("/v1/questions", FEED_LIST_FORMATS),
        ("/v1/speakers", LIST_FORMATS),
        ("/v1/interviews", FEED_LIST_FORMATS),
        ("/v1/topics/{topic}/questions", FEED_LIST_FORMATS),
        ("/v1/speakers/{speaker}/answers", FEED_LIST_FORMATS),
        ("/v1/questions/{id}", ITEM_FORMATS),
        ("/v1/answers/{id}", ITEM_FORMATS),
        ("/v1/interviews/{interview}", INTERVIEW_FORMATS),
        ("/v1/interviews/{interview}/transcript", INTERVIEW_FORMATS),
    ):
        operation = paths[path]["get"]
        assert {known.media_type for known in formats} <= set(operation["responses"]["200"]["content"])
        assert "406" in operation["responses"]
        [parameter] = [one for one in operation["parameters"] if one["name"] == "format"]
        assert parameter["description"]


def _load_many(load: Load, interviews: int) -> None:
    for number in range(interviews):
        exchanges = "".join(f"Q: Number {number} of {place}?\nA: {'word ' * 200}{place}.\n" for place in range(40))
        load(exchanges, f'slug = "talk-{number}"')


@contextmanager
def _serving(database_url: str) -> Iterator[tuple[int, Any]]:
    """Serve on a port of its own, since only a real server can break a connection."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        app = create_app(Settings(database_url=database_url))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            for _attempt in range(500):
                if server.started:
                    break
                time.sleep(0.02)
            yield listening.getsockname()[1], app
        finally:
            server.should_exit = True
            thread.join()


def _checked_out(app: Any) -> int:
    pool: Any = app.state.database._reader.pool
    return int(pool.checkedout())


def test_streamed_list_is_validated_by_the_revision_of_the_corpus(load: Load, client: TestClient) -> None:
    load("Q: Why?\nA: So.\n")
    answers = [client.get("/v1/questions", headers={"Accept": known.media_type}) for known in LIST_FORMATS]
    tags = [answer.headers["ETag"] for answer in answers]
    assert len(set(tags)) == len(tags)
    assert all("Accept" in answer.headers["Vary"] for answer in answers)
    asked = {"Accept": "text/csv", "If-None-Match": tags[1]}
    assert client.get("/v1/questions", headers=asked).status_code == 304
    load("Q: Why not?\nA: So.\n", name="other.txt")
    changed = client.get("/v1/questions", headers=asked)
    assert changed.status_code == 200
    assert len(_rows(changed.text)) == 2


def test_head_of_a_whole_list_has_the_headers_and_no_rows(seed: TestClient) -> None:
    whole, head = seed.get("/v1/questions?format=csv"), seed.head("/v1/questions?format=csv")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Content-Disposition", "ETag"):
        assert head.headers[name] == whole.headers[name]


def test_whole_list_is_longer_than_any_page_and_has_everything_once(load: Load, client: TestClient) -> None:
    _load_many(load, 6)
    written = client.get("/v1/questions?format=ndjson").text.splitlines()
    assert len(written) == len({json.loads(line)["id"] for line in written}) == 240


def test_failure_half_way_breaks_the_connection_and_ends_the_transaction(
    load: Load, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _load_many(load, 6)
    walked = paging.walk

    def failing(*arguments: Any) -> Iterator[Any]:
        for number, item in enumerate(walked(*arguments)):
            if number == 230:
                raise RuntimeError("the disk is gone")
            yield item

    monkeypatch.setattr("app.api.exporting.walk", failing)
    with (
        _serving(database_url) as (port, app),
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection,
    ):
        connection.request("GET", "/v1/questions?format=csv")
        answer = connection.getresponse()
        assert answer.status == 200
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
        assert _checked_out(app) == 0


def test_client_that_goes_away_ends_the_transaction(load: Load, database_url: str) -> None:
    _load_many(load, 6)
    with _serving(database_url) as (port, app), socket.create_connection(("127.0.0.1", port)) as asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        asking.sendall(b"GET /v1/questions?format=ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert asking.recv(100).startswith(b"HTTP/1.1 200")
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        asking.close()
        for attempt in count():
            if _checked_out(app) == 0:
                break
            assert attempt < 500
            time.sleep(0.02)


def test_statements_do_not_grow_with_what_is_already_sent(load: Load, client: TestClient) -> None:
    _load_many(load, 6)
    statements: list[str] = []

    def note(*about: Any) -> None:
        statements.append(about[2])

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        client.get("/v1/questions?format=csv")
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert not any(re.search(r"OFFSET [1-9]", statement) for statement in statements)
    assert len(statements) <= 20
