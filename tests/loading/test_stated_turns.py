"""Turns and exchanges as an editor states them, stored."""

from collections.abc import Callable

from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview, Outcome, load_vocabulary
from app.topics.vocabulary import read_vocabulary
from tests.authors import at
from tests.conftest import NOW
from tests.maintenance.test_integrity import findings_of

Load = Callable[..., LoadedInterview]

TALK = """Q: Where did the river begin? And who kept the mill?
A: Under the old mill.
Q: Did anybody keep it?
A: My aunt kept it.
A: (laughs) She did not like the river.
Q: Would you go back there?
A: Every summer.
"""
STATED = """
[[turns]]
begins = "Where did"
part_at = "And who"
[[turns]]
begins = "(laughs)"
kind = "note"
[[turns]]
begins = "Would you"
join_next = true
[[exchanges]]
question = ["And who kept", "Did anybody"]
answers = ["My aunt"]
[[exchanges]]
question = ["Where did"]
answers = ["Under the old"]
"""


def _pairs(client: TestClient) -> list[tuple[str, list[str]]]:
    questions = client.get("/v1/questions?include=turns&sort=position").json()["items"]
    return [(one["text"], [answer["text"] for answer in one["answers"]]) for one in questions]


def test_stated_turns_are_stored_and_every_check_of_the_database_holds(
    load: Load, database: Database, client: TestClient
) -> None:
    loaded = load(TALK, STATED)
    assert (loaded.turns, loaded.questions, loaded.answers) == (7, 3, 2)
    assert _pairs(client) == [
        ("Where did the river begin?", ["Under the old mill."]),
        ("And who kept the mill?\n\nDid anybody keep it?", ["My aunt kept it."]),
        ("Would you go back there?\n\nEvery summer.", []),
    ]
    assert findings_of(database) == []
    assert load(TALK, STATED).outcome is Outcome.UNCHANGED


def test_ids_stay_with_the_words_when_an_editor_states_turns_and_takes_it_back(
    load: Load, database: Database, client: TestClient
) -> None:
    load(TALK)
    before = client.get("/v1/questions?fields=id,text").json()["items"]
    load(TALK, STATED)
    load(TALK, "turns = []\nexchanges = []")
    assert client.get("/v1/questions?fields=id,text").json()["items"] == before
    assert findings_of(database) == []


def test_rejected_topic_is_stored_as_rejected(load: Load, database: Database, client: TestClient) -> None:
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", b'[mills]\nlabel = "Mills"\n'), at(NOW))
    load(TALK, '[[questions]]\nbegins = "Did anybody"\nrejected = ["mills"]')
    [question] = [one for one in client.get("/v1/questions?include=topics").json()["items"] if "Did" in one["text"]]
    assert question["topics"] == []
    assert client.get("/v1/questions?topic=mills").json()["items"] == []
