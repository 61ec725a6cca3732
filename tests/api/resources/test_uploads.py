"""Transcripts that are sent: stored, refused, corrected, and tried without being stored."""

import io
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.http.guard import TakenBody
from app.api.uploads import FileReaders, take_file
from app.db import Database
from app.errors import OverloadedError, ParameterError
from app.loading import Author, Origin, redact, withdraw
from app.main import create_app
from app.models import Scope
from app.settings import Settings
from app.structure.reading_process import FileToRead, read_here
from app.transcripts.source import Source
from tests.api.keyed import bearer, key_for
from tests.conftest import NOW

TALK = (
    "Q: Where did the river begin?\n\nA: Under the old mill, behind our house.\n\n"
    "Q: Did anybody keep it?\n\nA: My aunt kept it in the war. After her nobody did.\n"
)
OTHER = "Q: What do you sell here?\n\nA: Apples, pears and a few plums, all from this one garden.\n"
FORM = {"Content-Type": "multipart/form-data; boundary=b"}
AUTHOR = Author(NOW, "editor", None, Origin.COMMAND)


@pytest.fixture
def client(database: Database, database_url: str) -> Iterator[TestClient]:
    settings = Settings(database_url=database_url, upload_bytes=200_000, upload_seconds=300)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        client.headers.update(bearer(key_for(database, Scope.WRITE)))
        yield client


def post(client: TestClient, text: str | bytes = TALK, query: str = "name=mill.txt", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/v1/interviews?{query}", content=text, headers=named)


def put(client: TestClient, text: str, query: str = "name=mill.txt", tag: str | None = None) -> Any:
    headers = {"If-Match": client.get("/v1/interviews/mill/source").headers["ETag"] if tag is None else tag}
    return client.put(f"/v1/interviews/mill/source?{query}", content=text, headers=headers)


def revisions(database: Database) -> int:
    with database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM revision").scalar_one())


@pytest.mark.usefixtures("reads_apart")
def test_file_that_is_read_apart_becomes_an_interview_that_readers_see(client: TestClient) -> None:
    answer = post(client)
    stored = answer.json()
    assert (answer.status_code, stored["outcome"], stored["slug"]) == (201, "created", "mill")
    assert answer.headers["Location"] == "/v1/interviews/mill"
    shown = client.get(answer.headers["Location"], headers={"Quoth-Revision": answer.headers["Quoth-Revision"]})
    assert shown.headers["ETag"] == answer.headers["ETag"]
    assert {key: stored["interview"][key] for key in shown.json()} == shown.json()
    assert (stored["reading"]["question_count"], stored["reading"]["turns"], stored["correction"]) == (2, None, None)
    assert client.get("/v1/interviews/mill/source").content == TALK.encode()


def test_dry_run_says_what_was_understood_and_stores_nothing(client: TestClient, database: Database) -> None:
    answer = post(client, query="name=mill.txt&dry_run=true")
    stored = answer.json()
    assert (answer.status_code, stored["outcome"]) == (200, "created")
    assert stored["reading"]["turns"][0]["text"] == "Where did the river begin?"
    assert stored["reading"]["pairs"] == [{"q": [0], "a": [1]}, {"q": [2], "a": [3]}]
    assert sum(stored["reading"]["bytes_by_class"].values()) == len(TALK)
    assert stored["correction"]["counts"]["question"]["created"] == 2
    assert revisions(database) == 0
    assert client.get("/v1/interviews/mill").status_code == 404


def test_metadata_goes_along_in_a_form_in_toml_or_json(client: TestClient) -> None:
    files = [
        ("file", ("mill.txt", TALK, "text/plain")),
        ("metadata", ("mill.toml", 'title = "The mill"\npublisher = "Coast"\n', "application/toml")),
        ("metadata", ("more.json", json.dumps({"publisher": "Hills", "published": "2023-11"}), "application/json")),
    ]
    stored = client.post("/v1/interviews", files=files).json()
    shown = stored["interview"]
    assert (shown["title"], shown["publisher"], shown["published"]) == ("The mill", "Hills", "2023-11")


def test_held_back_file_is_stored_and_shown_to_nobody(client: TestClient) -> None:
    form = {"file": ("mill.txt", TALK), "metadata": ("m.toml", "embargo_until = 2999-01-01\n")}
    answer = client.post("/v1/interviews", files=form)
    stored = answer.json()
    assert (answer.status_code, stored["outcome"], stored["interview"]) == (201, "held", None)
    assert not {"Location", "ETag"} & {*answer.headers}
    assert client.get("/v1/interviews/mill").status_code == 404


def test_same_file_again_changes_nothing(client: TestClient, database: Database) -> None:
    post(client)
    again = post(client)
    assert (again.status_code, again.json()["outcome"], revisions(database)) == (200, "unchanged", 1)


def test_repeated_request_is_answered_alike_and_done_once(client: TestClient, database: Database) -> None:
    def send(text: str = TALK) -> Any:
        # Each time with another boundary.
        return client.post("/v1/interviews", files={"file": ("mill.txt", text)}, headers={"Idempotency-Key": "once"})

    with ThreadPoolExecutor(3) as threads:
        answers = [sent.result() for sent in [threads.submit(send) for _ in range(3)]]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert revisions(database) == 1
    assert (send(OTHER).status_code, send(OTHER).json()["type"]) == (422, "/problems/idempotency-key-reused")


def test_correction_is_sent_to_its_interview(client: TestClient, database: Database) -> None:
    post(client)
    corrected = TALK.replace("old mill", "new mill")
    refused = post(client, corrected)
    assert (refused.status_code, revisions(database)) == (409, 1)
    assert "PUT /v1/interviews/mill/source" in refused.json()["detail"]
    assert post(client, corrected, "name=mill.txt&replace=true").json()["outcome"] == "changed"
    assert post(client, OTHER).json()["slug"] == "mill-2"


def test_corrected_file_keeps_ids_and_says_what_becomes_of_turns(client: TestClient, database: Database) -> None:
    interview = post(client).json()["interview_id"]
    corrected = TALK.replace("old mill", "new mill") + "\nQ: And now?\n"
    tried = put(client, corrected, "name=mill.txt&dry_run=true").json()
    assert (tried["outcome"], revisions(database)) == ("changed", 1)
    assert [(turn["id"], turn["outcome"]) for turn in tried["correction"]["turns"]] == [
        (f"{interview}-t2", "changed"),
        (f"{interview}-t5", "created"),
    ]
    assert tried["correction"]["counts"]["turn"]["kept"] == 3
    done = put(client, corrected)
    assert (done.status_code, done.json()["revision"]) == (200, 2)
    assert done.headers["ETag"] == client.get("/v1/interviews/mill/source").headers["ETag"]
    turns = client.get("/v1/interviews/mill/transcript").json()["turns"]
    assert [turn["id"] for turn in turns] == [f"{interview}-t{number}" for number in range(1, 6)]


def test_dry_run_says_which_statements_would_stay_open(client: TestClient) -> None:
    post(client)
    tag = client.get("/v1/interviews/mill/statements").headers["ETag"]
    document = {"turns": [{"begins": "My aunt kept it", "kind": "note"}]}
    client.put("/v1/interviews/mill/statements", json=document, headers={"If-Match": tag})
    gone = TALK[: TALK.index("Q: Did")] + "Q: And now?\n\nA: Now there is a road.\n"
    tried = put(client, gone, "name=mill.txt&dry_run=true&replace=true").json()
    assert [one["pointer"] for one in tried["open_statements"]] == ["/turns/0"]


def test_two_who_correct_at_once_do_not_lose_each_others_file(client: TestClient, database: Database) -> None:
    post(client)
    tag = client.get("/v1/interviews/mill/source").headers["ETag"]
    files = [TALK.replace("old mill", word) for word in ("new mill", "far mill")]
    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(put, client, file, "name=mill.txt", tag) for file in files]
        assert sorted(answer.result().status_code for answer in answers) == [200, 412]
    assert revisions(database) == 2
    assert client.put("/v1/interviews/mill/source?name=mill.txt", content=TALK).status_code == 428
    nobody = client.put("/v1/interviews/nobody/source?name=a.txt", content=TALK, headers={"If-Match": "*"})
    assert nobody.status_code == 404


def test_other_words_replace_an_interview_only_if_that_is_said(client: TestClient) -> None:
    post(client)
    refused = put(client, OTHER)
    assert refused.status_code == 409
    assert "replace=true" in refused.json()["detail"]
    assert put(client, OTHER, "name=mill.txt&replace=true").json()["share_replaced"] == 1


def test_file_cannot_take_the_slug_of_another_interview(client: TestClient) -> None:
    post(client)
    post(client, OTHER, "name=shop.txt")
    form = {"file": ("mill.txt", TALK + "\nQ: And now?\n"), "metadata": ("m.toml", 'slug = "shop"')}
    refused = client.put("/v1/interviews/mill/source", files=form, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/slug")


def test_withdrawn_file_is_refused(client: TestClient, database: Database) -> None:
    post(client)
    with database.write() as connection:
        withdraw(connection, "mill", AUTHOR)
    refused = post(client)
    assert (refused.status_code, "was withdrawn" in refused.json()["detail"]) == (409, True)
    assert refused.json()["detail"].endswith("to load it anyway, DELETE /v1/interviews/mill/withdrawal first")


def test_withheld_file_is_corrected_against_the_state_of_its_interview(client: TestClient, database: Database) -> None:
    interview = post(client).json()["interview_id"]
    with database.write() as connection:
        redact(connection, f"{interview}-t4", AUTHOR, words="My aunt")
    assert client.get("/v1/interviews/mill/source").status_code == 410
    tag = client.get("/v1/interviews/mill").headers["ETag"]
    assert put(client, TALK + "\nQ: And now?\n", tag='"stale"').status_code == 412
    assert put(client, TALK + "\nQ: And now?\n", tag=tag).status_code == 200


@pytest.mark.parametrize(
    ("text", "query", "status", "says"),
    [
        ("just a line of prose", "name=a.txt", 422, "keep_unlabelled=true"),
        ("", "name=a.txt", 422, "Send the file"),
        (TALK, "", 422, "Say what the file is called"),
        (TALK, "name=..", 422, "no name of a file"),
        (TALK, "name=a%00.txt", 400, "NUL"),
        (TALK, "name=a%1b.txt", 422, "cannot be printed"),
        (TALK, "name=mill", 422, "The name of the file has no ending of a format, such as .txt"),
        (TALK, "name=.txt", 422, "no ending of a format"),
        (TALK, "name=mill.backup&format=labelled-text", 422, "no ending of a format"),
        (TALK, "name=manifest.csv", 422, "no ending of a format"),
        (TALK, "name=" + 300 * "a", 422, "255 characters"),
        (TALK, "name=a.txt&format=nope", 422, "There is no format 'nope'"),
        (TALK, "nam=a.txt", 422, "Did you mean 'name'"),
        (b"A: \xff\xfe\xff", "name=a.txt", 422, "a.txt:1:4: byte 3 is not UTF-8"),
        (b"PK\x03\x04" + 60 * b"\0", "name=a.docx", 422, "a.docx: "),
    ],
)
def test_what_cannot_be_stored_is_refused_with_the_reason(
    client: TestClient, database: Database, text: str | bytes, query: str, status: int, says: str
) -> None:
    refused = post(client, text, query)
    assert (refused.status_code, refused.headers["Content-Type"]) == (status, "application/problem+json")
    assert says in refused.json()["detail"]
    assert revisions(database) == 0


@pytest.mark.parametrize(
    ("metadata", "pointer", "says"),
    [
        (b'titel = "x"', "/titel", "m.toml:1: titel: a metadata file has no key 'titel'"),
        (b"title = ", None, "not valid TOML"),
        (b"\xff", None, "not UTF-8"),
        (b'{"speakers": [{"labels": []}]}', "/speakers/0/labels", "write at least one"),
        (b'{"title": ', None, "not valid JSON"),
        (b"[" * 100_000, None, "not valid TOML"),
        (b'{"a":' * 10_000, None, "not valid JSON"),
        (b'[[turns]]\nbegins = "Nobody says"\nkind = "note"\n', "/turns/0", "no turn begins with"),
        (b'[[questions]]\nbegins = "Where"\ntopics = ["nope"]\n', "/questions/0/topics/0", "there is no topic 'nope'"),
    ],
)
def test_metadata_that_cannot_be_is_refused_with_the_place(
    client: TestClient, database: Database, metadata: bytes, pointer: str | None, says: str
) -> None:
    refused = client.post("/v1/interviews", files={"file": ("mill.txt", TALK), "metadata": ("m.toml", metadata)})
    problem = refused.json()
    assert (refused.status_code, says in problem["detail"]) == (422, True), problem
    assert [error["pointer"] for error in problem["errors"]] == ([] if pointer is None else [pointer])
    assert revisions(database) == 0


@pytest.mark.parametrize("metadata", ['title = "The mill"', '{"title": "The mill"}'])
def test_metadata_may_begin_with_a_byte_order_mark(client: TestClient, metadata: str) -> None:
    """Some editors write one before whatever they save."""
    files = {"file": ("mill.txt", TALK), "metadata": ("m.toml", f"\ufeff{metadata}")}
    assert client.post("/v1/interviews", files=files).json()["interview"]["title"] == "The mill"


NAMES = {
    "attachment; filename=mill.txt": "mill",
    'attachment; filename="C:\\\\talks\\\\mill.txt"': "mill",
    "attachment; filename=../../etc/mill.txt": "mill",
    "attachment; filename*=UTF-8''m%C3%BChle.txt": "muhle",
    "attachment; filename=x.txt; filename*=UTF-8''m%C3%BChle.txt": "muhle",
}


@pytest.mark.parametrize("disposition", NAMES)
def test_name_stands_in_content_disposition(client: TestClient, disposition: str) -> None:
    assert post(client, query="", Content_Disposition=disposition).json()["slug"] == NAMES[disposition]


@pytest.mark.parametrize("disposition", ["attachment; filename=\xff.txt", "attachment; filename*=UTF-8''%FF.txt"])
def test_name_that_is_not_utf8_is_refused(client: TestClient, disposition: str) -> None:
    """As servers hand headers on: in Latin-1. The client of the tests would encode them anew."""
    with pytest.raises(ParameterError):
        take_file(TakenBody(io.BytesIO(b"Q: Where?"), 9, ""), "", disposition, None)
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="\xff.txt"\r\n\r\nQ: Where?\r\n--b--'
    assert client.post("/v1/interviews", content=form, headers=FORM).status_code == 422


@pytest.mark.parametrize(
    ("form", "status", "says"),
    [
        (b"", 422, "Send the file"),
        (b"nothing like a form", 400, "The form"),
        (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nQ: W', 400, "breaks off"),
        (b'--b\r\nContent-Disposition: form-data; name="fil"; filename="a.txt"\r\n\r\nQ\r\n--b--', 422, "no such part"),
        (b"--b--\r\n", 422, "There are 0 parts"),
        (2 * b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nQ\r\n' + b"--b--", 422, "2 parts"),
        (40 * b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nQ\r\n' + b"--b--", 400, "more than 16"),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nQ\r\n--b--", 400, "cannot be read"),
    ],
)
def test_broken_form_is_refused(client: TestClient, form: bytes, status: int, says: str) -> None:
    refused = client.post("/v1/interviews", content=form, headers=FORM)
    assert (refused.status_code, says in refused.json()["detail"]) == (status, True), refused.json()


def test_form_without_a_boundary_is_refused(client: TestClient) -> None:
    assert post(client, Content_Type="multipart/form-data").status_code == 400


def test_too_large_a_file_and_a_key_without_the_scope_are_refused(client: TestClient, database: Database) -> None:
    assert post(client, 250_000 * "a").status_code == 413
    for scope in (Scope.READ_HELD, Scope.REDACT, Scope.KEYS):
        assert post(client, Authorization=bearer(key_for(database, scope))["Authorization"]).status_code == 403
    del client.headers["Authorization"]
    assert post(client).status_code == 401
    assert revisions(database) == 0


def test_client_that_prefers_pages_gets_the_same_answer(client: TestClient) -> None:
    assert post(client, Accept="text/html").json()["interview"]["slug"] == "mill"


@pytest.mark.usefixtures("reads_apart")
def test_file_that_takes_too_long_is_given_up_apart(database: Database, database_url: str) -> None:
    app = create_app(Settings(database_url=database_url, upload_seconds=0.01))
    with TestClient(app) as client:
        client.headers.update(bearer(key_for(database, Scope.WRITE)))
        refused = post(client)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/invalid-content")
    assert "longer than 0.01 seconds" in refused.json()["detail"]
    assert revisions(database) == 0


def test_files_wait_for_one_another_and_not_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    readers, inside, go_on = FileReaders(0.01), threading.Barrier(3), threading.Event()
    file = FileToRead(Source("a.txt", TALK.encode()))

    def read(_file: FileToRead, _seconds: float) -> Any:
        inside.wait()
        go_on.wait()
        return read_here(file)

    monkeypatch.setattr("app.api.uploads.read_apart", read)
    with ThreadPoolExecutor(2) as threads:
        reading = [threads.submit(readers.read, file) for _ in range(2)]
        inside.wait()
        with pytest.raises(OverloadedError):
            readers.read(file)
        go_on.set()
        assert [len(one.result().transcript.turns) for one in reading] == [4, 4]


def with_metadata(client: TestClient, text: str, name: str, metadata: str) -> Any:
    return client.post("/v1/interviews", files={"file": (f"{name}.txt", text), "metadata": ("m.toml", metadata)})


def test_speaker_who_is_one_of_another_interview_is_linked_at_once(client: TestClient, database: Database) -> None:
    same = 'speakers = [{labels = ["A"], name = "U. Holt", same_speaker = "una-holt"}]'
    waiting = with_metadata(client, OTHER, "garden", same).json()
    assert [one["pointer"] for one in waiting["open_statements"]] == ["/speakers"]
    assert "waits until they are stored" in waiting["open_statements"][0]["reason"]
    tried = client.post(
        "/v1/interviews?dry_run=true",
        files={"file": ("mill.txt", TALK), "metadata": ("m.toml", 'speakers = [{labels = ["A"], name = "Una Holt"}]')},
    )
    assert tried.status_code == 200
    assert client.get("/v1/speakers/una-holt").status_code == 404
    with_metadata(client, TALK, "mill", 'speakers = [{labels = ["A"], name = "Una Holt"}]')
    assert client.get("/v1/speakers/una-holt").json()["answer_count"] == 3
    third = with_metadata(
        client, OTHER.replace("garden", "orchard and the yard"), "yard", f'slug = "yard"\n{same}'
    ).json()
    assert (third["open_statements"], client.get("/v1/speakers/una-holt").json()["answer_count"]) == ([], 4)
    both = (
        'speakers = [{labels = ["A"], name = "Una Holt"}, {labels = ["Q"], name = "Ida", same_speaker = "una-holt"}]\n'
    )
    refused = with_metadata(client, "Q: Who is there?\n\nA: Nobody at all, I am afraid.\n", "both", both)
    assert (refused.status_code, "both take part" in refused.json()["detail"]) == (422, True)
    assert client.get("/v1/interviews/both").status_code == 404
