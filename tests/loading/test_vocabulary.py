import datetime
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.db import Database
from app.errors import MetadataError
from app.loading import Decision, LoadedInterview, VocabularyReport, decide, load_vocabulary, store_suggestions
from app.loading.suggestions import SuggestionCounts
from app.models import TopicState
from app.queries.vocabulary import find_vocabulary
from app.topics.concepts import Method
from app.topics.suggestion import Suggestion
from app.topics.vocabulary import read_vocabulary
from tests.authors import at

NOW = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
BEFORE = """
[faith]
label = "Faith"
[prayer]
label = "Prayer"
broader = "faith"
[creed]
label = "Creed"
uri = "http://voc.example.org/creed"
"""


def _load(database: Database, text: str) -> VocabularyReport:
    with database.write() as connection:
        return load_vocabulary(connection, read_vocabulary("topics.toml", text.encode()), at(NOW), "topics.toml")


def _stored(database: Database, statement: str) -> list[tuple[object, ...]]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def test_vocabulary_comes_back_as_it_went_in(database: Database) -> None:
    text = """
    [faith]
    label = {en = "Faith", fr = "Foi"}
    alternative = {en = ["belief"], und = ["religio"]}
    hidden = ["fayth"]
    definition = "What is believed."
    notation = "7"
    uri = "http://voc.example.org/7"
    exact_match = ["http://voc.example.com/x"]
    replaces = ["creed"]
    [prayer]
    label = "Prayer"
    broader = "faith"
    """
    _load(database, text)
    with database.read() as connection:
        assert find_vocabulary(connection) == read_vocabulary("topics.toml", text.encode())
    assert _load(database, text).unchanged == ["faith", "prayer"]


def test_topic_that_the_file_leaves_out_stays_and_is_reported(database: Database) -> None:
    _load(database, BEFORE)
    loaded = _load(database, '[faith]\nlabel = "Faith"\n')
    assert (loaded.unchanged, loaded.not_in_file) == (["faith"], ["creed", "prayer"])
    assert len(_stored(database, "SELECT id FROM topic")) == 3


@pytest.mark.parametrize("how", ['uri = "http://voc.example.org/creed"', 'replaces = ["creed"]'])
def test_renamed_topic_keeps_its_id_and_its_old_name_leads_on(database: Database, client: TestClient, how: str) -> None:
    _load(database, BEFORE)
    loaded = _load(database, BEFORE.partition("[creed]")[0] + f'[belief]\nlabel = "Belief"\n{how}\n')
    assert loaded.renamed == {"creed": "belief"}
    assert (loaded.created, loaded.merged, loaded.not_in_file) == ([], {}, [])
    assert _stored(database, "SELECT id FROM topic WHERE slug = 'belief'") == [("creed",)]
    moved = client.get("/v1/topics/creed", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (308, "/v1/topics/belief")
    # The filter goes on to mean the same.
    assert client.get("/v1/questions?topic=creed").status_code == 200


def test_new_topic_may_take_a_slug_that_was_left(database: Database, client: TestClient) -> None:
    _load(database, BEFORE)
    _load(database, '[belief]\nlabel = "Belief"\nreplaces = ["creed"]\n')
    loaded = _load(database, '[belief]\nlabel = "Belief"\n[creed]\nlabel = "A creed"\n')
    assert loaded.created == ["creed"]
    assert client.get("/v1/topics/creed").json()["label"] == "A creed"
    assert _stored(database, "SELECT id, slug FROM topic WHERE slug IN ('belief', 'creed') ORDER BY slug") == [
        ("creed", "belief"),
        ("creed-2", "creed"),
    ]


def test_names_may_pass_from_one_topic_to_another(database: Database) -> None:
    first = '[a]\nlabel = "A"\nuri = "http://x.example/1"\n[b]\nlabel = "B"\nuri = "http://x.example/2"\n'
    _load(database, first)
    loaded = _load(database, '[b]\nlabel = "A"\nuri = "http://x.example/1"\nreplaces = ["a"]\n')
    assert loaded.merged == {"a": "b"}
    _load(database, first.replace("[a]", "[c]"))
    assert sorted(_stored(database, "SELECT slug FROM topic")) == [("b",), ("c",)]


def test_concept_that_is_two_topics_is_refused_with_what_to_do(database: Database) -> None:
    _load(database, BEFORE)
    with pytest.raises(MetadataError, match=r'the topic \'creed\', and \'faith\' is another.*replaces = \["creed"\]'):
        _load(database, '[faith]\nlabel = "Faith"\nuri = "http://voc.example.org/creed"\n')


def _suggest(database: Database, *topics: str) -> None:
    found = [Suggestion(topic, Method.PHRASE, 0.5, []) for topic in topics]
    with database.write() as connection:
        [question_id] = connection.execute(sa.text("SELECT id FROM question")).scalars()
        store_suggestions(connection, "v", {question_id: found}, at(NOW), SuggestionCounts())


def _decide(database: Database, topic: str, state: TopicState) -> None:
    with database.write() as connection:
        [question_id] = connection.execute(sa.text("SELECT id FROM question")).scalars()
        assert decide(connection, [Decision(question_id, topic, state)], at(NOW))


def test_merged_topic_takes_its_questions_and_what_is_below_along(
    database: Database, client: TestClient, load: Callable[..., LoadedInterview]
) -> None:
    _load(database, BEFORE)
    load("Q: Where?\nA: There.")
    _suggest(database, "faith")
    _decide(database, "faith", TopicState.CONFIRMED)
    loaded = _load(database, '[creed]\nlabel = "Creed"\nreplaces = ["faith", "never-there"]\n')
    assert (loaded.merged, loaded.not_in_file) == ({"faith": "creed"}, ["prayer"])
    [question] = client.get("/v1/questions?topic=faith").json()["items"]
    assert [topic["slug"] for topic in question["topics"]] == ["creed"]
    assert client.get("/v1/topics/prayer").json()["broader"]["slug"] == "creed"
    for old in ("faith", "never-there"):
        assert client.get(f"/v1/topics/{old}", follow_redirects=False).headers["location"] == "/v1/topics/creed"
    changes = _stored(database, "SELECT noun, action FROM change WHERE revision = (SELECT max(number) FROM revision)")
    assert {("topic", "deleted"), ("topic", "changed"), ("question", "changed")} <= set(changes)


@pytest.mark.parametrize(
    ("of_old", "of_new", "left"),
    [
        (TopicState.CONFIRMED, TopicState.REJECTED, "confirmed"),
        (TopicState.REJECTED, None, "rejected"),
        (None, TopicState.REJECTED, "rejected"),
        (None, None, "proposed"),
    ],
)
def test_of_two_topics_that_become_one_the_stronger_word_stays(
    database: Database,
    load: Callable[..., LoadedInterview],
    of_old: TopicState | None,
    of_new: TopicState | None,
    left: str,
) -> None:
    _load(database, BEFORE)
    load("Q: Where?\nA: There.")
    _suggest(database, "faith", "creed")
    for topic, state in (("faith", of_old), ("creed", of_new)):
        if state is not None:
            _decide(database, topic, state)
    _load(database, '[creed]\nlabel = "Creed"\nreplaces = ["faith"]\n')
    assert _stored(database, "SELECT topic_id, state FROM question_topic") == [("creed", left)]
