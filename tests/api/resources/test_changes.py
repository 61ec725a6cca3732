import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview, load_vocabulary
from app.topics.vocabulary import read_vocabulary
from tests.authors import at
from tests.conftest import NOW, SEED

Load = Callable[..., LoadedInterview]
TALK = "Q: Where did the river begin?\nA: It began under the old mill.\nQ: And then?\nA: Then it went south.\n"


def _feed(client: TestClient, address: str = "/v1/changes") -> list[dict[str, Any]]:
    """Follow the feed to its end."""
    items: list[dict[str, Any]] = []
    while page := client.get(address).json():
        if not page["items"]:
            return items
        items += page["items"]
        address = page["page"]["next"]
    raise AssertionError


def _changes(items: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["noun"], one["id"], one["action"]) for one in items]


def _topics(database: Database, text: str) -> None:
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", text.encode()), at(NOW))


def test_feed_tells_every_item_with_its_address(seed: TestClient) -> None:
    items = _feed(seed)
    assert {one["noun"] for one in items} == {"topic", "interview"}
    assert {one["action"] for one in items} == {"created"}
    assert [one["revision"] for one in items] == sorted(one["revision"] for one in items)
    for one in items:
        assert one["data"] is None
        assert seed.get(one["address"]).status_code == 200


def test_feed_and_feeds_of_interviews_agree_on_what_modified_means(load: Load, client: TestClient) -> None:
    load(TALK, name="first.txt")
    load("Q: Why?\nA: Because.\n", name="second.txt")
    load(TALK.replace("south", "north"), name="first.txt")
    modified = {one["id"]: one["modified"] for one in _feed(client) if one["noun"] == "interview"}
    listed = client.get("/v1/interviews").json()["items"]
    assert modified == {one["id"]: one["modified_at"] for one in listed}
    feed = client.get("/v1/interviews?format=jsonfeed").json()["items"]
    assert {one["date_modified"] for one in feed} == set(modified.values())


def test_item_that_changes_moves_to_the_end(load: Load, client: TestClient) -> None:
    first = load(TALK, name="first.txt").interview_id
    second = load("Q: Why?\nA: Because.\n", name="second.txt").interview_id
    cursor = client.get("/v1/changes").json()["page"]["next"]
    assert _changes(_feed(client)) == [("interview", first, "created"), ("interview", second, "created")]
    load(TALK.replace("south", "north"), name="first.txt")
    after = _changes(_feed(client, cursor))
    assert after == [
        ("interview", first, "changed"),
        ("answer", f"{first}-a2", "changed"),
        ("question", f"{first}-q2", "changed"),
    ]
    assert _changes(_feed(client)) == [("interview", second, "created"), *after]


def test_import_that_changes_nothing_is_no_change(load: Load, client: TestClient) -> None:
    load(TALK)
    before = client.get("/v1/changes").json()
    load(TALK)
    assert client.get("/v1/changes").json() == before


def test_what_was_taken_out_stays_as_a_tombstone(load: Load, client: TestClient) -> None:
    done = load(TALK, '[[speakers]]\nlabels = ["A"]\nname = "Cy Holm"\n')
    load(TALK.partition("Q: And")[0], '[[speakers]]\nlabels = ["A"]\nname = "Di Falk"\n')
    gone = [one for one in _feed(client) if one["action"] == "deleted"]
    assert {(one["noun"], one["id"]) for one in gone} == {
        ("question", f"{done.interview_id}-q2"),
        ("answer", f"{done.interview_id}-a2"),
        ("speaker", f"{done.interview_id}-s2"),
    }
    assert all(one["address"] is None for one in gone)
    assert client.get(f"/v1/questions/{done.interview_id}-q2").status_code == 410
    assert client.get("/v1/speakers/cy-holm").status_code == 410


def test_vocabulary_is_told_topic_by_topic(database: Database, load: Load, client: TestClient) -> None:
    rivers = '[rivers]\nlabel = "Rivers"\nbroader = "water"\n'
    _topics(database, f'[water]\nlabel = "Water"\n{rivers}[mills]\nlabel = "Mills"\n')
    load(TALK, '[[questions]]\nbegins = "Where"\ntopics = ["mills"]\n')
    cursor = client.get("/v1/changes").json()["page"]["next"]
    # Water becomes part of mills, which rivers, left out of the file, then stand below.
    _topics(database, '[mills]\nlabel = "Mills"\nreplaces = ["water", "millraces"]\n')
    assert set(_changes(_feed(client, cursor))) == {
        ("topic", "water", "deleted"),
        ("topic", "mills", "changed"),
        ("topic", "rivers", "changed"),
    }
    # A former name that the file brings is a change once.
    cursor = client.get("/v1/changes").json()["page"]["next"]
    again = '[mills]\nlabel = "Mills"\nreplaces = ["water", "millraces", "sluices"]\n'
    _topics(database, again)
    assert _changes(_feed(client, cursor)) == [("topic", "mills", "changed")]
    cursor = client.get("/v1/changes").json()["page"]["next"]
    _topics(database, again)
    assert _feed(client, cursor) == []


def test_empty_page_gives_the_same_address_and_costs_a_304(load: Load, client: TestClient) -> None:
    assert client.get("/v1/changes").json()["items"] == []
    load(TALK)
    end = client.get("/v1/changes").json()["page"]["next"]
    first = client.get(end)
    page = first.json()["page"]
    assert (first.json()["items"], page["next"], page["is_whole"], page["revision"]) == ([], end, True, 1)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert f'<{end}>; rel="next"' in first.headers["Link"]
    asked = {"If-None-Match": first.headers["ETag"]}
    assert client.get(end, headers=asked).status_code == 304
    load("Q: Why?\nA: Because.\n", name="second.txt")
    assert len(client.get(end, headers=asked).json()["items"]) == 1


def test_page_holds_whole_revisions_unless_one_is_larger(database: Database, load: Load, client: TestClient) -> None:
    load("Q: Why?\nA: Because.\n", name="first.txt")
    _topics(database, "".join(f'[topic-{number}]\nlabel = "Topic {number}"\n' for number in range(5)))
    load("Q: Who?\nA: Me.\n", name="last.txt")
    sizes = []
    address = "/v1/changes?limit=3"
    while page := client.get(address).json():
        if not page["items"]:
            break
        sizes.append((len(page["items"]), page["page"]["is_whole"]))
        address = page["page"]["next"]
    assert sizes == [(1, True), (3, False), (3, True)]


def test_data_are_what_a_mirror_stores(seed: TestClient) -> None:
    [interview] = [one for one in _feed(seed, "/v1/changes?data=true") if one["noun"] == "interview"]
    data = interview["data"]
    [transcript] = data["transcript"]
    assert "content" not in transcript
    assert transcript["sha256"] == hashlib.sha256(SEED.read_bytes()).hexdigest()
    assert len(data["question"]) == len(data["answer"]) == 5
    assert {row["topic_id"] for row in data["question_topic"]} == {row["id"] for row in data["topics_named"]}


def test_source_file_of_every_revision_is_found_by_its_digest(load: Load, client: TestClient) -> None:
    load(TALK)
    load(TALK.replace("south", "north"))
    for text in (TALK, TALK.replace("south", "north")):
        digest = hashlib.sha256(text.encode())
        response = client.get(f"/v1/sources/{digest.hexdigest()}")
        assert response.content == text.encode()
        assert response.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert client.get(f"/v1/sources/{'0' * 64}").status_code == 404
    assert client.get("/v1/sources/abc").status_code == 422


@pytest.mark.parametrize("cursor", ["abc", "!", "A" * 1000, "eyJhIjoxfQ"])
def test_made_up_cursor_is_refused(seed: TestClient, cursor: str) -> None:
    response = seed.get("/v1/changes", params={"cursor": cursor})
    assert (response.status_code, response.json()["type"]) == (400, "/problems/invalid-cursor")


def test_cursor_of_another_list_is_refused(seed: TestClient) -> None:
    other = seed.get("/v1/questions?limit=1").json()["page"]["next"]
    cursor = other.partition("cursor=")[2]
    assert seed.get("/v1/changes", params={"cursor": cursor}).status_code == 400


def test_cursor_of_a_state_that_the_corpus_is_no_longer_in_is_refused(
    database: Database, load: Load, client: TestClient
) -> None:
    load(TALK)
    load("Q: Why?\nA: Because.\n", name="second.txt")
    end = client.get("/v1/changes").json()["page"]["next"]
    with database.write() as connection:
        # As if a backup from before the second import had been put back.
        connection.exec_driver_sql("DELETE FROM change WHERE revision = 2")
        connection.exec_driver_sql("DELETE FROM revision WHERE number = 2")
    assert "older state" in client.get(end).json()["detail"]
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO revision (number, made_at) VALUES (2, '2020-01-01 00:00:00+00:00')")
    assert "another history" in client.get(end).json()["detail"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "data=1", "page=2", "since=2020"])
def test_what_the_feed_does_not_take_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/v1/changes?{query}").status_code == 422
