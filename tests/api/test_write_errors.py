"""What is said of requests to write that are wrong: which parameter, key or line it is, and what to do about it."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from tests.api.keyed import bearer, key_for

INTERVIEW = "/v1/interviews/worldnewsam-3712"
STATEMENTS, REDACTIONS = f"{INTERVIEW}/statements", f"{INTERVIEW}/redactions"
TALK = b"Q: Where did the river begin?\n\nA: Under the old mill.\n"
OTHER_TALK = TALK.replace(b"old", b"new")
TOPIC = "/v1/questions/gky5nhbt0gvp-q1/topics/peace"
UPLOAD = "/v1/interviews?name=talk.txt"


@dataclass(frozen=True)
class Wrong:
    """A request that is wrong, and what its refusal blames and says."""

    method: str
    address: str
    body: Any
    status: int
    says: str
    blames: str | None = None
    pointer: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.address} {str(self.body)[:60]}"


def _stated(document: Any, pointer: str, says: str) -> Wrong:
    return Wrong("PUT", STATEMENTS, document, 422, says, "body", pointer)


def _decided(says: str, pointer: str, **wrong: Any) -> Wrong:
    one = {"question": "gky5nhbt0gvp-q1", "topic": "peace", "state": "confirmed", **wrong}
    decision = {name: value for name, value in one.items() if value is not None}
    return Wrong("POST", "/v1/decisions", {"decisions": [decision]}, 422, says, "decisions", pointer)


def _with_metadata(metadata: str) -> dict[str, Any]:
    return {"files": [("file", ("talk.txt", TALK)), ("metadata", ("talk.toml", metadata.encode()))]}


WRONG = (
    # Files.
    Wrong(
        "POST", "/v1/interviews", _with_metadata('title = "The mill\nslug = "x"\n'), 422, "talk.toml: not valid TOML"
    ),
    Wrong("POST", "/v1/interviews", _with_metadata('titel = "x"\n'), 422, "Did you mean 'title'?", "body", "/titel"),
    Wrong("POST", UPLOAD, bytes(range(256)), 422, "talk.txt:2:118: byte 128 is not UTF-8; save the file as UTF-8"),
    Wrong("POST", UPLOAD, b"Nobody says anything.\n\nAt all.\n", 422, "keep_unlabelled=true keeps each paragraph"),
    Wrong("POST", UPLOAD, b"", 422, "Send the file as the body", "body"),
    Wrong("POST", "/v1/interviews", TALK, 422, "Say what the file is called", "name"),
    Wrong("POST", f"{UPLOAD}&format=docs", TALK, 422, "There is no format 'docs'. Write one of webvtt, ", "format"),
    Wrong("POST", f"{UPLOAD}&dryrun=true", TALK, 422, "Did you mean 'dry_run'?", "dryrun"),
    Wrong("POST", UPLOAD, b"x", 413, "A body may have 33554432 bytes here.", headers={"Content-Length": "33554433"}),
    Wrong("PUT", STATEMENTS, {"title": "x" * 1_048_577}, 413, "A body may have 1048576 bytes here."),
    # Documents.
    Wrong("PUT", STATEMENTS, b'{"title": "x",\n "slug" "y"}', 422, "Expecting ':' delimiter, in line 2 at ", "body"),
    Wrong("PUT", STATEMENTS, b"[1]", 422, "Send a JSON object, with Content-Type: application/json.", "body"),
    Wrong("PATCH", STATEMENTS, b'"x"', 422, "with Content-Type: application/merge-patch+json.", "body"),
    Wrong("PATCH", STATEMENTS, {"turns": {"0": 1}}, 422, "in JSON they are objects in a list", "body", "/turns"),
    Wrong("PUT", STATEMENTS, b'{"title": "x", "title": "y"}', 422, "This key can stand only once.", "title"),
    _stated({"titel": "x"}, "/titel", "Did you mean 'title'?"),
    _stated({"turns": [{"turn": "gky5nhbt0gvp-t99", "kind": "note"}]}, "/turns/0/turn", "has no turn"),
    _stated({"turns": [{"turn": "gky5nhbt0gvp-t1", "kind": "noise"}]}, "/turns/0/kind", "'note'"),
    _stated({"turns": [{"turn": "gky5nhbt0gvp-t1", "part_at": "hippo"}]}, "/turns/0", "not have the words 'hippo'"),
    _stated(
        {"questions": [{"question": "gky5nhbt0gvp-q77", "topics": ["peace"]}]},
        "/questions/0/question",
        "has no turn, question",
    ),
    _stated({"speakers": [{"labels": ["Q"], "role": "host"}]}, "/speakers/0/role", "the roles are interviewer, "),
    _stated({"published": "2024-13-40"}, "/published", "there is no month 13"),
    _stated({"embargo_until": "someday"}, "/embargo_until", "write a day, such as 2026-12-31"),
    # Keys of the body, wherever they stand.
    Wrong("PUT", TOPIC, {"state": "maybe"}, 422, "Write one of confirmed, rejected.", "state", "/state"),
    Wrong("PUT", TOPIC, {"state": "confirmed", "why": "x"}, 422, "why: There is no such key here.", "why", "/why"),
    Wrong("PUT", TOPIC, None, 422, "Send a JSON object, with Content-Type: application/json.", "body"),
    _decided("decisions.0.colour: There is no such key here.", "/decisions/0/colour", colour="red"),
    _decided("decisions.0.topic: This is needed, and was not sent.", "/decisions/0/topic", topic=None),
    _decided("Did you mean 'confirmed'?", "/decisions/0/state", state="confirm"),
    _decided("decisions.0.question: Write lower-case letters", "/decisions/0/question", question="Q 1"),
    _decided("is not suggested for the question", "/decisions/0/topic"),
    Wrong(
        "POST",
        REDACTIONS,
        {"item": "gky5nhbt0gvp-a1", "start": "x", "end": 4},
        422,
        "a whole number",
        "start",
        "/start",
    ),
    Wrong("POST", REDACTIONS, {"item": "gky5nhbt0gvp-a1", "start": 5, "end": 2}, 422, "5 to 2 is not within", "end"),
    Wrong("POST", REDACTIONS, {"words": "hippopotamus"}, 422, "'hippopotamus' are not in", "words"),
    Wrong("PUT", f"{INTERVIEW}/embargo", {"until": "2001-01-01"}, 422, "This time is over", "until"),
    # A reason that would be lost.
    Wrong("PUT", f"{INTERVIEW}/withdrawal", {"reason": "x"}, 422, "send the header Quoth-Reason", "body"),
    Wrong("POST", f"{STATEMENTS}/undo", {"version": 1}, 422, "No body is taken here.", "body"),
    # Headers.
    Wrong(
        "PUT", STATEMENTS, {}, 412, "It has changed since you have read it: read it again", headers={"If-Match": '"x"'}
    ),
    Wrong("PUT", STATEMENTS, {}, 412, "If-Match names no state: ", headers={"If-Match": "x"}),
    Wrong("PUT", STATEMENTS, {}, 412, "without W/ before it", headers={"If-Match": 'W/"x"'}),
    Wrong("PUT", STATEMENTS, {}, 422, "percent-encoded", "Quoth-Reason", headers={"Quoth-Reason": "%ff"}),
    Wrong("POST", UPLOAD, TALK, 422, "without spaces", "Idempotency-Key", headers={"Idempotency-Key": "a b"}),
    Wrong(
        "PUT", "/v1/vocabulary", b"x", 415, "Send it with Content-Type: text/turtle", headers={"Content-Type": "a/b"}
    ),
    Wrong("DELETE", "/v1/keys/zz", None, 422, "^[0-9a-f]{8}$", "prefix"),
    Wrong("DELETE", "/v1/interviews", None, 405, "; GET, HEAD, POST, OPTIONS are."),
)


def _answer(client: TestClient, wrong: Wrong) -> Any:
    headers, content, more = {"If-Match": "*", **wrong.headers}, wrong.body, {}
    if isinstance(wrong.body, dict) and "files" in wrong.body:
        content, more = None, wrong.body
    elif isinstance(wrong.body, dict):
        content = json.dumps(wrong.body).encode()
    if content is not None and (content != wrong.body or wrong.method != "POST"):
        headers.setdefault("Content-Type", "application/json")
    return client.request(wrong.method, wrong.address, content=content, headers=headers, **more)


@pytest.fixture
def editor(own_seed: TestClient, seeded: Database) -> TestClient:
    own_seed.headers.update(bearer(key_for(seeded)))
    return own_seed


def test_refusal_names_what_is_wrong_and_what_to_do(editor: TestClient) -> None:
    others = []
    for wrong in WRONG:
        answer = _answer(editor, wrong)
        problem = answer.json()
        blamed = [(one["parameter"], one["pointer"]) for one in problem["errors"]]
        expected = [] if wrong.blames is None else [(wrong.blames, wrong.pointer)]
        if (answer.status_code, wrong.says in problem["detail"], blamed) != (wrong.status, True, expected):
            others.append(f"{wrong}\n{answer.text}")
    assert others == []
