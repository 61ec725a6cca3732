from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from app.cli.topics import suggest_topics
from app.db import Database
from app.loading import LoadedInterview, load_vocabulary
from app.topics.vocabulary import read_vocabulary
from tests.authors import at
from tests.conftest import NOW

VOCABULARY = '[water]\nlabel = "Water"\n[rivers]\nlabel = "River"\nbroader = "water"\n[mills]\nlabel = "Mill"\n'
TALK = "Q: Where did the rivers begin?\nA: They began under the old mill.\nQ: And who sang?\nA: The choir sang.\n"
STATED = '[[questions]]\nbegins = "And"\ntopics = ["mills"]\n'


@pytest.fixture
def proposed(database: Database, load: Callable[..., LoadedInterview], client: TestClient) -> TestClient:
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", VOCABULARY.encode()), at(NOW))
    load(TALK, STATED)
    suggest_topics(database, min_confidence=0)
    return client


def test_only_confirmed_topics_count_unless_asked(proposed: TestClient) -> None:
    assert proposed.get("/v1/questions?topic=rivers").json()["items"] == []
    [found] = proposed.get("/v1/questions?topic=rivers&topic_state=proposed&include=topics").json()["items"]
    assert {topic["slug"]: topic["state"] for topic in found["topics"]} == {"rivers": "proposed", "mills": "proposed"}
    listed = proposed.get("/v1/questions").json()["items"]
    assert [[topic["slug"] for topic in item["topics"]] for item in listed] == [[], ["mills"]]


def test_topics_below_are_included_and_both_states_together(proposed: TestClient) -> None:
    assert proposed.get("/v1/questions?topic=water&topic_state=proposed").json()["page"]["total"] == 1
    assert proposed.get("/v1/questions?topic=mills&topic_state=proposed").json()["page"]["total"] == 2
    assert proposed.get("/v1/questions?topic=mills&topic_state=confirmed").json()["page"]["total"] == 1
    assert proposed.get("/v1/answers?topic=-rivers&topic_state=proposed").json()["page"]["total"] == 1
    assert proposed.get("/v1/interviews?topic=rivers&topic_state=proposed").json()["page"]["total"] == 1
    assert proposed.get("/v1/interviews?topic=rivers").json()["page"]["total"] == 0


def test_facets_count_what_the_list_holds(proposed: TestClient) -> None:
    facets = proposed.get("/v1/questions?facets=topic&topic_state=proposed").json()["facets"]["topic"]
    for value in facets:
        page = proposed.get("/v1/questions", params={"topic": value["value"], "topic_state": "proposed"}).json()["page"]
        assert page["total"] == value["count"]
    assert {value["value"] for value in facets} == {"water", "rivers", "mills"}


def test_assignment_says_what_it_is_and_why(proposed: TestClient) -> None:
    [found] = proposed.get("/v1/questions?topic=rivers&topic_state=proposed&include=all").json()["items"]
    rivers = next(topic for topic in found["topics"] if topic["slug"] == "rivers")
    assert (rivers["origin"], rivers["method"]) == ("vocabulary_match", "phrase")
    assert 0 < rivers["confidence"] < 1
    [evidence] = rivers["evidence"]
    turns = {turn["id"]: turn for turn in found["turns"]}
    record = proposed.get("/v1/interviews/sample/transcript").json()["turns"]
    text = next(turn["text"] for turn in record if turn["id"] == evidence["turn_id"])
    assert evidence["turn_id"] in turns
    assert text[evidence["start"] : evidence["end"]] == "rivers"
    assert (evidence["kind"], evidence["label"], evidence["terms"]) == ("label", "River", None)
    [stated] = proposed.get("/v1/questions?topic=mills&include=topics").json()["items"][0]["topics"]
    assert (stated["origin"], stated["state"], stated["method"], stated["evidence"]) == (
        "editor", "confirmed", None, [],
    )  # fmt: skip


def test_one_item_shows_proposals_if_asked(proposed: TestClient) -> None:
    [found] = proposed.get("/v1/questions?topic=rivers&topic_state=proposed").json()["items"]
    address = f"/v1/questions/{found['id']}"
    assert proposed.get(address).json()["topics"] == []
    assert len(proposed.get(f"{address}?topic_state=proposed").json()["topics"]) == 2
    answer = f"/v1/answers/{found['answers'][0]['id']}"
    assert proposed.get(answer).json()["question"]["topics"] == []
    assert len(proposed.get(f"{answer}?topic_state=proposed").json()["question"]["topics"]) == 2


@pytest.mark.parametrize("value", ["rejected", "", "PROPOSED"])
def test_other_states_are_refused(proposed: TestClient, value: str) -> None:
    refused = proposed.get("/v1/questions", params={"topic_state": value})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["parameter"] == "topic_state"


def test_topic_shows_every_label_and_where_it_comes_from(database: Database, client: TestClient) -> None:
    text = """
    [faith]
    label = {en = "Faith", fr = "Foi"}
    alternative = {en = ["belief"], fr = ["croyance"], und = ["religio"]}
    hidden = {en = ["fayth"]}
    uri = "http://voc.example.org/7"
    notation = "07"
    """
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", text.encode()), at(NOW))
    topic = client.get("/v1/topics/faith?include=vocabulary").json()
    assert (topic["label"], topic["uri"], topic["notation"]) == ("Faith", "http://voc.example.org/7", "07")
    assert topic["alternative_labels"] == ["religio", "belief"]
    assert topic["labels"][0] == {"kind": "preferred", "language": "en", "text": "Faith"}
    assert {(one["kind"], one["language"], one["text"]) for one in topic["labels"]} >= {
        ("preferred", "fr", "Foi"), ("alternative", "fr", "croyance"), ("hidden", "en", "fayth"),
    }  # fmt: skip
