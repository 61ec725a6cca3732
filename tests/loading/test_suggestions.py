import datetime
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.cli.topics import suggest_topics
from app.db import Database
from app.loading import Decision, LoadedInterview, decide, load_vocabulary
from app.models import TopicState
from app.topics.vocabulary import read_vocabulary
from tests.authors import at

NOW = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
VOCABULARY = '[rivers]\nlabel = "River"\n[mills]\nlabel = "Mill"\n[choirs]\nlabel = "Choir"\n'
TALK = "Q: Where did the rivers begin?\nA: They began under the old mill.\nQ: And who sang?\nA: The choir sang.\n"
_ROWS = "SELECT question_id, topic_id, state, origin FROM question_topic ORDER BY question_id, topic_id"


@pytest.fixture
def talk(database: Database, load: Callable[..., LoadedInterview]) -> Callable[..., LoadedInterview]:
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", VOCABULARY.encode()), at(NOW))
    load(TALK)
    return load


def _rows(database: Database) -> list[tuple[Any, ...]]:
    with database.read() as connection:
        return [(row[0].rpartition("-")[2], *row[1:]) for row in connection.execute(sa.text(_ROWS))]


def _decide(database: Database, number: int, topic: str, state: TopicState) -> bool:
    with database.write() as connection:
        [question_id] = connection.execute(
            sa.text("SELECT id FROM question WHERE id LIKE :ending"), {"ending": f"%-q{number}"}
        ).scalars()
        return bool(decide(connection, [Decision(question_id, topic, state)], at(NOW)))


@pytest.mark.usefixtures("talk")
def test_suggestions_are_proposed_once(database: Database) -> None:
    counts = suggest_topics(database, min_confidence=0)
    assert (counts.questions, counts.proposed) == (2, 3)
    proposed = [
        ("q1", "mills", "proposed", "vocabulary_match"),
        ("q1", "rivers", "proposed", "vocabulary_match"),
        ("q2", "choirs", "proposed", "vocabulary_match"),
    ]
    assert _rows(database) == proposed
    assert suggest_topics(database, min_confidence=0).questions == 0
    again = suggest_topics(database, min_confidence=0, everything=True)
    assert (again.questions, again.unchanged, again.proposed, again.changed) == (2, 3, 0, 0)
    assert _rows(database) == proposed


def test_only_new_and_changed_questions_are_suggested_for(
    database: Database, talk: Callable[..., LoadedInterview]
) -> None:
    suggest_topics(database)
    talk("Q: What of the mill?\nA: It stands.", name="other.txt")
    assert suggest_topics(database).questions == 1
    talk(TALK.replace("old mill", "old bridge"))
    assert suggest_topics(database, min_confidence=0).questions == 2
    # The mill of the other interview is the only one left.
    assert [row[1] for row in _rows(database)].count("mills") == 1
    with database.write() as connection:
        more = read_vocabulary("topics.toml", f'{VOCABULARY}[bridges]\nlabel = "Bridge"\n'.encode())
        load_vocabulary(connection, more, at(NOW))
    assert suggest_topics(database).questions == 3


def test_rejection_is_remembered_across_runs_and_corrections(
    database: Database, talk: Callable[..., LoadedInterview]
) -> None:
    suggest_topics(database, min_confidence=0)
    assert _decide(database, 1, "rivers", TopicState.REJECTED)
    rejected = ("q1", "rivers", "rejected", "vocabulary_match")
    assert suggest_topics(database, min_confidence=0, everything=True).decided == 1
    assert rejected in _rows(database)
    talk(TALK.replace("old mill", "old, old mill"))
    suggest_topics(database, min_confidence=0)
    assert rejected in _rows(database)
    # Also when nothing suggests it any more, and then again something does.
    talk(TALK.replace("rivers", "brooks"))
    suggest_topics(database, min_confidence=0)
    talk(TALK)
    suggest_topics(database, min_confidence=0)
    assert rejected in _rows(database)


def test_editors_topics_are_never_touched(database: Database, talk: Callable[..., LoadedInterview]) -> None:
    talk(TALK, '[[questions]]\nbegins = "Where"\ntopics = ["rivers", "choirs"]\n')
    suggest_topics(database, min_confidence=0)
    stated = {("q1", "rivers", "confirmed", "editor"), ("q1", "choirs", "confirmed", "editor")}
    assert stated <= set(_rows(database))
    assert not _decide(database, 1, "rivers", TopicState.REJECTED)
    assert stated <= set(_rows(database))


@pytest.mark.usefixtures("talk")
def test_what_is_no_suggestion_cannot_be_decided(database: Database) -> None:
    assert not _decide(database, 1, "rivers", TopicState.CONFIRMED)
    assert not _decide(database, 1, "never", TopicState.CONFIRMED)


def test_confirmed_evidence_follows_a_correction(
    database: Database, talk: Callable[..., LoadedInterview], client: TestClient
) -> None:
    suggest_topics(database, min_confidence=0)
    for topic in ("rivers", "mills"):
        _decide(database, 1, topic, TopicState.CONFIRMED)
    talk(TALK.replace("They began", "It is said that they began"))
    topics = {
        one["slug"]: one for one in client.get("/v1/questions?topic=rivers&include=topics").json()["items"][0]["topics"]
    }
    # The words of the question stand where they stood; those of the answer do not.
    assert [(piece["kind"], piece["label"]) for piece in topics["rivers"]["evidence"]] == [("label", "River")]
    assert topics["mills"]["evidence"] == []
    assert topics["mills"]["state"] == "confirmed"


def test_tags_of_the_source_are_suggested_with_the_tag_named(
    database: Database, talk: Callable[..., LoadedInterview], client: TestClient
) -> None:
    talk(f"---\ntags: [mills, unknown]\n---\n{TALK}", name="tagged.txt")
    suggest_topics(database)
    items = client.get("/v1/questions?topic_state=proposed&topic=mills&include=topics").json()["items"]
    tagged = [topic for item in items for topic in item["topics"] if topic["slug"] == "mills"]
    assert {topic["method"] for topic in tagged} >= {"tag", "combined"}
    assert all(topic["state"] == "proposed" for topic in tagged)
    assert any(piece["tag"] == "mills" for topic in tagged for piece in topic["evidence"])


@pytest.mark.usefixtures("talk")
def test_neighbours_learn_from_what_is_confirmed(database: Database, load: Callable[..., LoadedInterview]) -> None:
    for number in range(12):
        load(f"Q: Who sang in year {number}?\nA: Nobody sang then.", name=f"x{number}.txt")
    load("Q: Did the wheel turn by the weir?\nA: The wheel turned.", name="wheel.txt")
    load(
        "Q: Was there a wheel at the weir?\nA: The wheel stood at the weir.",
        '[[questions]]\nbegins = "Was"\ntopics = ["mills"]',
        name="weir.txt",
    )
    suggest_topics(database, min_confidence=0, everything=True)
    assert ("q1", "mills", "proposed", "suggestion") in _rows(database)
