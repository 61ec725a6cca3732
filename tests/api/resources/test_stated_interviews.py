"""What is stated of an interview, over HTTP."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.schemas import stated_interviews
from app.db import Database
from app.loading import Author, LoadedInterview, Origin, load_interview, redact, state_by_ids
from app.main import create_app
from app.models import Scope
from app.settings import Settings
from app.structure.prepare import prepare
from app.transcripts import metadata_tables
from app.transcripts.sidecar import Sidecar
from app.transcripts.source import Source
from tests.api.keyed import bearer, key_for
from tests.conftest import NOW
from tests.maintenance.test_integrity import findings_of

TALK = """Q: Where did the river begin? And who kept the mill?
A: Under the old mill, behind our house.
Q: Did anybody keep it?
A: My aunt kept it.
Q: Would you go back there?
A: Every summer.
"""
AUTHOR = Author(NOW, "loader", None, Origin.COMMAND)
ADDRESS = "/v1/interviews/talk/statements"


@pytest.fixture
def talk(database: Database) -> LoadedInterview:
    with database.write() as connection:
        return load_interview(connection, prepare(Source("talk.txt", TALK.encode())), AUTHOR)


@pytest.fixture
def client(database: Database, database_url: str) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(database_url=database_url)), raise_server_exceptions=False) as client:
        client.headers.update(bearer(key_for(database, Scope.WRITE, name="Ada")))
        yield client


def tag(client: TestClient) -> str:
    return str(client.get(ADDRESS).headers["ETag"])


def put(client: TestClient, document: Any, if_match: str | None = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.put(ADDRESS, json=document, headers={"If-Match": if_match or tag(client), **named})


def patch(client: TestClient, document: Any) -> Any:
    typed = {"If-Match": tag(client), "Content-Type": "application/merge-patch+json"}
    return client.patch(ADDRESS, json=document, headers=typed)


def undo(client: TestClient, if_match: str | None = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"{ADDRESS}/undo", headers={"If-Match": if_match or tag(client), **named})


def kinds(client: TestClient) -> dict[str, str]:
    turns = client.get("/v1/interviews/talk/transcript").json()["turns"]
    return {turn["id"].rpartition("-")[2]: turn["kind"] for turn in turns}


@pytest.mark.usefixtures("talk")
def test_nothing_stated_is_a_state_like_any_other(client: TestClient) -> None:
    shown = client.get(ADDRESS)
    assert (shown.json()["version"], shown.json()["statements"], shown.json()["made_at"]) == (0, {}, None)
    assert (shown.headers["Cache-Control"], shown.headers["ETag"][0]) == ("private, no-store", '"')
    assert client.put(ADDRESS, json={}).status_code == 428
    assert put(client, {"title": "The mill"}, '"stale"').status_code == 412


def test_put_states_by_ids_and_answers_with_the_new_state(
    client: TestClient, talk: LoadedInterview, database: Database
) -> None:
    turn = f"{talk.interview_id}-t".__add__
    document = {
        "title": "The old mill",
        "turns": [{"turn": turn("4"), "kind": "note"}, {"turn": turn("1"), "part_at": "And who kept"}],
        "exchanges": [{"question": [turn("5")], "answers": [f"{talk.interview_id}-a1", turn("6")]}],
    }
    answer = put(client, document, Quoth_Reason="heard%20it%20again")
    shown = client.get(ADDRESS, headers={"Quoth-Revision": answer.headers["Quoth-Revision"]})
    assert (answer.status_code, answer.json(), answer.headers["ETag"]) == (200, shown.json(), shown.headers["ETag"])
    state = shown.json()
    assert state["statements"]["turns"] == document["turns"]
    assert state["statements"]["exchanges"][0]["answers"] == [turn("2"), turn("6")]
    assert (state["version"], state["made_by"], state["reason"], state["revision"]) == (1, "Ada", "heard it again", 2)
    assert (kinds(client)["t4"], state["interview"]["title"]) == ("note", "The old mill")
    again = put(client, state["statements"])
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert findings_of(database) == []


def test_patch_changes_what_it_names(client: TestClient, talk: LoadedInterview) -> None:
    turns = [{"turn": f"{talk.interview_id}-t4", "kind": "note"}]
    put(client, {"title": "The old mill", "series": "Mills", "turns": turns})
    patched = patch(client, {"title": None, "publisher": "Coast"}).json()
    assert patched["statements"] == {"series": "Mills", "publisher": "Coast", "turns": turns}
    assert patch(client, {"turns": []}).json()["statements"] == {"series": "Mills", "publisher": "Coast"}
    assert kinds(client)["t4"] == "answer"
    assert patch(client, {"turns": {"0": None}}).status_code == 422


def test_undo_and_undo_of_it(client: TestClient, talk: LoadedInterview) -> None:
    put(client, {"turns": [{"turn": f"{talk.interview_id}-t4", "kind": "note"}]})
    assert kinds(client)["t4"] == "note"
    undone = undo(client)
    assert (undone.status_code, undone.json()["statements"], undone.json()["version"]) == (200, {}, 2)
    assert kinds(client)["t4"] == "answer"
    assert undo(client).json()["version"] == 3
    assert kinds(client)["t4"] == "note"


@pytest.mark.usefixtures("talk")
def test_undo_that_is_repeated_is_done_once(client: TestClient) -> None:
    assert undo(client).status_code == 404
    put(client, {"title": "One"})
    first = undo(client, Idempotency_Key="once")
    # The state of before was stated in the first request, too.
    again = undo(client, tag(client), Idempotency_Key="once")
    assert (first.status_code, again.status_code, first.content) == (200, 200, again.content)
    assert client.get(ADDRESS).json()["version"] == 2


@pytest.mark.usefixtures("talk")
def test_two_editors_at_once_are_told_of_each_other(client: TestClient) -> None:
    seen = tag(client)
    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(put, client, {"title": title}, seen) for title in ("One", "Two")]
        assert sorted(answer.result().status_code for answer in answers) == [200, 412]
    assert client.get(ADDRESS).json()["version"] == 1


@pytest.mark.usefixtures("talk")
def test_dry_run_shows_what_would_be(client: TestClient) -> None:
    seen = tag(client)
    tried = client.put(f"{ADDRESS}?dry_run=true", json={"title": "Two"}, headers={"If-Match": seen})
    assert (tried.status_code, tried.json()["version"], tried.json()["interview"]["title"]) == (200, 1, "Two")
    assert "ETag" not in tried.headers
    assert tag(client) == seen


@pytest.mark.parametrize(
    ("document", "pointer", "says"),
    [
        ({"turns": [{"turn": "x-t1", "kind": "note"}]}, "/turns/0/turn", "no turn, question or answer 'x-t1'"),
        ({"turns": [{"begins": "Nobody says", "kind": "note"}]}, "/turns/0", "no turn begins with 'Nobody says'"),
        ({"turns": [{"turn": "x-t1", "kinds": "note"}]}, "/turns/0/kinds", "Did you mean 'kind'"),
        ({"titel": "x"}, "/titel", "Did you mean 'title'"),
        ({"title": 7}, "/title", "write a text"),
        ({"published": "soon"}, "/published", ""),
        ({"speakers": [{"labels": ["X"], "name": "N"}]}, "/speakers/0/labels", "no turn is labelled 'X'"),
        ({"speakers": [{"labels": ["Q"], "role": "boss"}]}, "/speakers/0/role", "there is no role 'boss'"),
        ({"questions": [{"begins": "Did", "topics": ["nope"]}]}, "/questions/0/topics/0", "there is no topic 'nope'"),
        ({"exchanges": [{"question": ["x-q1"]}]}, "/exchanges/0/question/0", "'x-q1'"),
        ({"exchanges": [{"question": [{"turn": "x"}]}]}, "/exchanges/0/question/0/turn", "There are begins, after"),
        ({"exchanges": [{"question": [7]}]}, "/exchanges/0/question/0", "write a text"),
        ({"turns": "all"}, "/turns", "in JSON they are objects in a list"),
        ({"title": "nul \0"}, "/title", "NUL"),
    ],
)
@pytest.mark.usefixtures("talk")
def test_what_cannot_be_stated_is_refused_with_its_place(
    client: TestClient, document: Any, pointer: str, says: str
) -> None:
    refused = put(client, document)
    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "/problems/invalid-content"), problem
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert says in problem["detail"]
    assert client.get(ADDRESS).json()["version"] == 0


def test_what_two_entries_state_of_one_turn_is_refused_with_both_places(
    client: TestClient, talk: LoadedInterview
) -> None:
    turn, answer = f"{talk.interview_id}-t", f"{talk.interview_id}-a1"
    for document, pointers in (
        (
            {"turns": [{"turn": f"{turn}4", "kind": "note"}, {"turn": f"{turn}4", "kind": "answer"}]},
            ["/turns/1/kind", "/turns/0/kind"],
        ),
        (
            {"exchanges": [{"question": [f"{turn}3"], "answers": [answer]}, {"question": [f"{turn}5", f"{turn}2"]}]},
            ["/exchanges/1/question", "/exchanges/0/answers"],
        ),
    ):
        for refused in (put(client, document), patch(client, document)):
            assert refused.status_code == 422
            assert [one["pointer"] for one in refused.json()["errors"]] == pointers
    assert client.get(ADDRESS).json()["version"] == 0
    assert put(client, {**document, "later_stands": True}).json()["errors"][0]["pointer"] == "/later_stands"


def test_what_stands_twice_already_may_stay_so_and_no_more_is_added(
    client: TestClient, talk: LoadedInterview, database: Database
) -> None:
    turn = f"{talk.interview_id}-t"
    twice = {"exchanges": [{"question": [f"{turn}3"], "answers": [f"{turn}2"]}, {"question": [f"{turn}5", f"{turn}2"]}]}
    with database.write() as connection:
        state_by_ids(connection, "talk", {**twice, "later_stands": True}, AUTHOR)
    stated = client.get(ADDRESS).json()["statements"]
    assert stated == twice
    assert put(client, {**stated, "title": "The mill"}).status_code == 200
    assert put(client, {}).json()["statements"] == {}
    assert undo(client).json()["statements"]["exchanges"] == stated["exchanges"]
    more = {**stated, "exchanges": [*stated["exchanges"], {"question": [f"{turn}6", f"{turn}3"]}]}
    assert [one["pointer"] for one in put(client, more).json()["errors"]] == [
        "/exchanges/2/question",
        "/exchanges/0/question",
    ]


@pytest.mark.parametrize("body", [b"", b"[]", b'"text"', b"{", b'{"title": "a", "title": "b"}', b"[" * 100_000])
@pytest.mark.usefixtures("talk")
def test_body_that_is_no_document_is_refused(client: TestClient, body: bytes) -> None:
    headers = {"If-Match": tag(client), "Content-Type": "application/json"}
    assert client.put(ADDRESS, content=body, headers=headers).status_code in {400, 422}


@pytest.mark.usefixtures("talk")
def test_slug_of_another_interview_is_refused_and_a_new_one_leads_on(client: TestClient, database: Database) -> None:
    with database.write() as connection:
        load_interview(connection, prepare(Source("other.txt", b"Q: What?\nA: Apples and pears.\n")), AUTHOR)
    assert put(client, {"slug": "other"}).status_code == 422
    renamed = put(client, {"slug": "mill-talk"})
    assert (renamed.status_code, renamed.json()["interview"]["slug"]) == (200, "mill-talk")
    moved = client.get(ADDRESS, follow_redirects=False)
    assert (moved.status_code, moved.headers["Location"]) == (308, "/v1/interviews/mill-talk/statements")


def test_interview_with_redacted_words_is_edited_without_them(
    client: TestClient, talk: LoadedInterview, database: Database
) -> None:
    turn = f"{talk.interview_id}-t"
    put(client, {"turns": [{"turn": f"{turn}4", "kind": "note"}, {"turn": f"{turn}1", "part_at": "And who kept"}]})
    with database.write() as connection:
        redact(connection, f"{turn}2", AUTHOR, words="old mill")
    shown = client.get(ADDRESS).json()["statements"]["turns"]
    assert shown[0] == {"turn": f"{turn}4", "kind": "note"}
    assert shown[1] == {"turn": f"{turn}1", "part_at": "And who kept"}
    note = [{"turn": f"{turn}2", "kind": "note"}]
    changed = put(client, {"turns": [*note, shown[1]]})
    assert (changed.status_code, changed.json()["statements"]["turns"]) == (200, [*note, shown[1]])
    quoting = put(client, {"turns": [{"begins": "Under the old mill", "kind": "note"}]})
    assert (quoting.status_code, quoting.json()["statements"]["turns"]) == (200, note)
    in_part = put(client, {"turns": [{"begins": "Under the old", "kind": "note"}]})
    assert (in_part.status_code, "no turn begins with" in in_part.text) == (422, True)
    assert "old mill" not in client.get("/v1/interviews/talk/turns").text + client.get(ADDRESS).text


def test_versions_and_what_differs_between_them(client: TestClient, talk: LoadedInterview) -> None:
    turn = f"{talk.interview_id}-t".__add__
    put(client, {"title": "One", "turns": [{"turn": turn("4"), "kind": "note"}]}, Quoth_Reason="first")
    put(client, {"title": "Two", "turns": [{"turn": turn("6"), "kind": "note"}]}, Quoth_Reason="second")
    listed = client.get(f"{ADDRESS}/versions").json()["items"]
    assert [(one["version"], one["made_by"], one["reason"], one["is_current"]) for one in listed] == [
        (2, "Ada", "second", True),
        (1, "Ada", "first", False),
    ]
    first = client.get(f"{ADDRESS}/versions?limit=1").json()
    second = client.get(first["page"]["next"].removeprefix("http://testserver")).json()
    assert [one["version"] for one in first["items"] + second["items"]] == [2, 1]
    assert (first["page"]["total"], second["page"]["next"], second["interview"]["slug"]) == (2, None, "talk")
    assert client.get(f"{ADDRESS}/versions?sort=version").status_code == 422
    shown = client.get(f"{ADDRESS}/versions/2").json()
    assert (shown["compared_with"], shown["differences"]) == (
        1,
        [
            {"key": "title", "before": "One", "after": "Two"},
            {
                "key": "turns",
                "before": {"turn": turn("4"), "kind": "note"},
                "after": {"turn": turn("6"), "kind": "note"},
            },
        ],
    )
    assert len(client.get(f"{ADDRESS}/versions/2?from=0").json()["differences"]) == 2
    assert client.get(f"{ADDRESS}/versions/1").json()["statements"]["title"] == "One"
    for missing in ("versions/3", "versions/1?from=3"):
        assert client.get(f"{ADDRESS}/{missing}").status_code == 404
    assert client.get(f"{ADDRESS}/versions/0").status_code == 422


@pytest.mark.usefixtures("talk")
def test_who_states_what_is_for_keys_that_write(client: TestClient, database: Database) -> None:
    addresses = (ADDRESS, f"{ADDRESS}/versions", f"{ADDRESS}/versions/1")
    for scope in (Scope.READ_HELD, Scope.REDACT, Scope.KEYS):
        other = bearer(key_for(database, scope))
        assert {client.get(address, headers=other).status_code for address in addresses} == {403}
    del client.headers["Authorization"]
    assert {client.get(address).status_code for address in addresses} == {401}
    assert client.put(ADDRESS, json={}, headers={"If-Match": "*"}).status_code == 401


@pytest.mark.usefixtures("talk")
def test_embargo_that_is_stated_holds_the_interview_back_until_it_is_over(
    client: TestClient, database: Database
) -> None:
    stated = {"title": "The mill", "embargo_until": "2199-12-31T00:00:00+00:00", "embargo_reason": "asked for"}
    done = put(client, {**stated, "embargo_until": "2199-12-31"})
    assert (done.status_code, done.json()["statements"]) == (200, stated)
    # The key that has stated it does not read what is held back.
    assert (client.get(ADDRESS).status_code, client.get("/v1/interviews/talk").status_code) == (410, 410)
    client.headers.update(bearer(key_for(database, Scope.WRITE, Scope.READ_HELD)))
    shown = client.get(ADDRESS).json()
    assert shown["statements"] == stated
    again = put(client, shown["statements"])
    assert (again.status_code, again.json()["version"]) == (200, shown["version"])
    # Leaving it out changes nothing.
    assert patch(client, {"title": "The old mill"}).json()["statements"] == {**stated, "title": "The old mill"}
    over = put(client, {"title": "The mill", "embargo_until": "2020-01-01"})
    assert (over.status_code, over.json()["statements"]) == (200, {"title": "The mill"})
    assert client.get("/v1/interviews/talk").status_code == 200


@pytest.mark.parametrize("method", ["get", "put", "patch", "undo", "versions", "source"])
def test_there_is_nothing_to_be_stated_of_what_is_not_there(client: TestClient, method: str) -> None:
    address, headers = "/v1/interviews/nobody/statements", {"If-Match": "*"}
    answer = {
        "get": lambda: client.get(address),
        "put": lambda: client.put(address, json={}, headers=headers),
        "patch": lambda: client.patch(address, json={}, headers=headers),
        "undo": lambda: client.post(f"{address}/undo", headers=headers),
        "versions": lambda: client.get(f"{address}/versions"),
        "source": lambda: client.get(f"{address}/versions/1"),
    }[method]()
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    ("shape", "table", "by_id"),
    [
        ("StatedDocument", Sidecar, {"-series_hosts", "-later_stands"}),
        ("StatedSpeaker", metadata_tables.SpeakerTable, set()),
        ("StatedTurn", metadata_tables.TurnTable, {"turn"}),
        ("StatedExchange", metadata_tables.ExchangeTable, set()),
        ("StatedQuestion", metadata_tables.QuestionTable, {"question"}),
        ("StatedPlace", metadata_tables.Place, set()),
    ],
)
def test_document_has_the_keys_of_a_metadata_file(shape: str, table: Any, by_id: set[str]) -> None:
    """Beside ids; when an embargo ends has an address of its own, and what other files told is not stated."""
    keys = set(getattr(stated_interviews, shape).model_fields)
    more = {key for key in by_id if not key.startswith("-")}
    assert keys - more == set(table.model_fields) - {key.removeprefix("-") for key in by_id}
