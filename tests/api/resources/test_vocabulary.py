"""The vocabulary over HTTP: read as a file, edited, sent back."""

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.models import Scope
from app.topics.vocabulary_files import VOCABULARY_FILES, VocabularyFile
from tests.api.keyed import bearer, key_for
from tests.topics.thesauri import MEDIA_TOPICS


@pytest.fixture
def editor(own_seed: TestClient, database: Database) -> TestClient:
    own_seed.headers.update(bearer(key_for(database, Scope.WRITE), Accept_Encoding="identity"))
    return own_seed


@pytest.mark.parametrize("known", VOCABULARY_FILES, ids=lambda known: known.name)
def test_what_is_read_is_sent_back_and_changes_nothing(editor: TestClient, known: VocabularyFile) -> None:
    read = editor.get("/v1/vocabulary", params={"format": known.name})
    assert read.headers["Content-Type"].partition(";")[0] == known.media_type
    assert read.content == editor.get("/v1/vocabulary", headers={"Accept": known.media_type}).content
    answer = editor.put(
        "/v1/vocabulary",
        content=read.content,
        headers={"Content-Type": known.media_type, "If-Match": read.headers["ETag"]},
    )
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["created"], changed["changed"], changed["renamed"], changed["merged"]) == ([], [], {}, {})
    assert len(changed["unchanged"]) == editor.get("/v1/topics").json()["page"]["total"]
    assert answer.headers["ETag"] == read.headers["ETag"]


def test_a_dry_run_tells_what_would_change_and_then_it_does(editor: TestClient) -> None:
    read = editor.get("/v1/vocabulary?format=toml")
    text = read.text + '\n[coal-mining]\nlabel = "Coal mining"\nreplaces = ["war"]\n'
    text = text.replace('label = "Peace"', 'label = "Peace and quiet"')
    headers = {"Content-Type": "application/toml", "If-Match": read.headers["ETag"]}
    would = editor.put("/v1/vocabulary?dry_run=true", content=text, headers=headers)
    assert would.status_code == 200
    assert (would.json()["created"], would.json()["changed"]) == (["coal-mining"], ["peace"])
    assert editor.get("/v1/vocabulary?format=toml").content == read.content
    done = editor.put("/v1/vocabulary", content=text, headers=headers)
    assert done.json() == would.json()
    assert editor.get("/v1/topics/peace").json()["label"] == "Peace and quiet"
    assert done.headers["ETag"] == editor.get("/v1/vocabulary?format=toml").headers["ETag"]
    assert editor.put("/v1/vocabulary", content=text, headers=headers).status_code == 412


def test_topics_that_a_file_leaves_out_stay(editor: TestClient) -> None:
    before = editor.get("/v1/topics").json()["page"]["total"]
    headers = {"Content-Type": "text/turtle", "If-Match": "*"}
    answer = editor.put("/v1/vocabulary?language=en-GB", content=MEDIA_TOPICS, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["created"] != []
    assert len(answer.json()["not_in_file"]) == before
    assert editor.get("/v1/topics").json()["page"]["total"] == before + len(answer.json()["created"])


@pytest.mark.parametrize(
    ("content", "media_type", "status", "said"),
    [
        (b"[a]\nlabel = 1\n", "application/toml", 422, "a.label"),
        (b"[a\n", "application/toml", 422, "not valid TOML"),
        (b"\xff", "application/toml", 422, "UTF-8"),
        (b"<a> <b>", "text/turtle", 422, "vocabulary.ttl"),
        (b"{}", "application/json", 415, "text/turtle"),
        (b"[a]\nlabel = 'A'\n", "", 415, "Content-Type"),
        (b"", "text/turtle", 422, "body"),
        (b"#" * (4 * 1024 * 1024 + 1), "text/turtle", 413, "bytes"),
    ],
)
def test_what_is_no_vocabulary_is_refused(
    editor: TestClient, content: bytes, media_type: str, status: int, said: str
) -> None:
    before = editor.get("/v1/vocabulary").content
    answer = editor.put("/v1/vocabulary", content=content, headers={"Content-Type": media_type, "If-Match": "*"})
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert editor.get("/v1/vocabulary").content == before


def test_only_files_of_vocabularies_are_offered(editor: TestClient) -> None:
    assert editor.get("/v1/vocabulary", headers={"Accept": "text/csv"}).status_code == 406
    assert editor.get("/v1/vocabulary?format=csv").status_code == 422
    assert editor.get("/v1/vocabulary").headers["Content-Type"].startswith("text/turtle")
