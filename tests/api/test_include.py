"""Items are small by themselves, and whole with `include`: the same in lists, alone, in the past and in other lists."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.schemas.lists import SPARSE_MEDIA_TYPE
from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.api.test_representations import Load

QUESTION = "gky5nhbt0gvp-q1"
LISTS = ("questions", "answers", "interviews", "topics", "search?q=congress")
PROOF = {"turns", "source_start", "attribution", "role_attribution", "labels", "evidence", "text_html", "language"}


def _keys(part: Any) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(_keys, part))
    return set(part).union(*map(_keys, part.values())) if isinstance(part, dict) else set()


def _is_within(small: Any, whole: Any) -> bool:
    if isinstance(small, dict):
        return all(name in whole and _is_within(value, whole[name]) for name, value in small.items())
    if isinstance(small, list):
        return len(small) == len(whole) and all(map(_is_within, small, whole))
    return bool(small == whole)


def test_question_carries_what_is_shown_and_not_what_proves_it(seed: TestClient) -> None:
    item = seed.get("/v1/questions?limit=1").json()["items"][0]
    assert not _keys(item) & PROOF
    assert item["address"] == f"/v1/questions/{QUESTION}"
    assert seed.get(item["address"]).json()["id"] == item["id"]
    assert item["asked_by"] == {
        "slug": "worldnewsam-3712-interviewer",
        "display_name": "an interviewer",
        "role": "interviewer",
    }
    assert set(item["topics"][0]) == {"slug", "label"}
    assert set(item["interview"]) == {"id", "slug", "title", "published"}
    assert item["text_format"] == "plain"
    assert {"position", "revision"} <= set(item)
    assert set(item["answers"][0]) == {"id", "text", "speaker"}


def test_answer_carries_its_question_as_small_as_a_question_its_answers(seed: TestClient) -> None:
    item = seed.get("/v1/answers?limit=1").json()["items"][0]
    assert not {"turns", "position", "revision", "redactions"} & set(item["question"])
    assert {"id", "text", "asked_by", "topics"} <= set(item["question"])


def test_where_an_item_within_another_stands_comes_with_its_turns(seed: TestClient) -> None:
    question = seed.get("/v1/questions?limit=1&include=turns").json()["items"][0]
    assert {"turns", "position", "revision", "redactions"} <= set(question["answers"][0])
    answer = seed.get("/v1/answers?limit=1&include=turns").json()["items"][0]
    assert {"turns", "position", "revision", "redactions"} <= set(answer["question"])


def test_item_by_itself_says_what_was_taken_out_of_it(seed: TestClient) -> None:
    assert seed.get(f"/v1/questions/{QUESTION}").json()["redactions"] == []
    assert "redactions" not in seed.get("/v1/questions?limit=1").json()["items"][0]


@pytest.mark.parametrize("noun", LISTS)
def test_each_part_adds_to_the_item_and_all_is_every_part(seed: TestClient, noun: str) -> None:
    address = f"/v1/{noun}{'&' if '?' in noun else '?'}"
    small, whole = (seed.get(f"{address}{query}").json()["items"] for query in ("limit=5", "limit=5&include=all"))
    assert _is_within(small, whole)
    assert small != whole
    refused = seed.get(f"{address}include=nothing").json()["detail"]
    parts = refused.partition("there are ")[2].removesuffix(".").split(", ")
    assert parts[-1] == "all"
    for part in parts[:-1]:
        answer = seed.get(f"{address}limit=5&include={part}")
        assert answer.headers["Content-Type"] == "application/json"
        assert _is_within(small, answer.json()["items"])
        assert _is_within(answer.json()["items"], whole)
        assert answer.json()["items"] != small, part
    every = seed.get(f"{address}limit=5&include={','.join(parts[:-1])}").json()["items"]
    assert every == whole


def test_items_with_other_parts_are_cached_apart(seed: TestClient) -> None:
    first = seed.get("/v1/questions?limit=2").json()["items"]
    with_turns = seed.get("/v1/questions?limit=2&include=turns&sort=-published").json()["items"]
    assert seed.get("/v1/questions?limit=2&sort=-published,position").json()["items"] == first
    assert with_turns != first


@pytest.mark.parametrize("include", ["", "turns,people", "all"])
def test_item_is_the_same_in_every_list_and_alone(seed: TestClient, include: str) -> None:
    query = {"include": include} if include else {}
    listed = {item["id"]: item for item in seed.get("/v1/questions", params=query).json()["items"]}
    for item_id, item in listed.items():
        assert _is_within(item, seed.get(f"/v1/questions/{item_id}", params=query).json())
        assert _is_within(item, seed.get(f"/v1/questions/{item_id}", params={**query, "revision": 1}).json())
    hits = seed.get("/v1/search", params={**query, "q": "congress"}).json()["items"]
    related = seed.get(f"/v1/questions/{QUESTION}/related", params=query).json()["items"]
    shown = [one["question"] for one in (*hits, *related) if one["question"]]
    assert shown
    assert all(listed[item["id"]] == item for item in shown)
    lines = seed.get("/v1/questions", params={**query, "format": "ndjson"}).text.splitlines()
    assert [json.loads(line) for line in lines] == list(listed.values())


def test_compared_answers_are_those_of_the_list(seed: TestClient) -> None:
    asked = {
        "topic": "interfaith-dialogue",
        "speaker": ["worldnewsam-3712-interviewee", "worldnewsam-3712-interviewer"],
        "include": "turns",
    }
    answered, asking = seed.get("/v1/compare", params=asked).json()["items"]
    assert (answered["display_name"], asking["display_name"]) == ("the interviewee", "an interviewer")
    listed = seed.get("/v1/answers?topic=interfaith-dialogue&include=turns").json()["items"]
    assert answered["answers"]["items"] == listed
    assert asking["answers"]["items"] == []
    asked_by = seed.get(f"/v1/questions?topic=interfaith-dialogue&asked_by={asking['slug']}&include=turns").json()
    assert asking["questions"]["items"] == asked_by["items"]


def test_fields_pick_from_every_part_and_minus_leaves_out(seed: TestClient) -> None:
    picked = seed.get("/v1/questions?fields=id,turns,interview.language&limit=1")
    assert picked.headers["Content-Type"] == SPARSE_MEDIA_TYPE
    [item] = picked.json()["items"]
    assert set(item) == {"id", "turns", "interview"}
    assert set(item["interview"]) == {"language"}
    assert "source_start" in item["turns"][0]
    whole = seed.get("/v1/questions?limit=1&include=turns").json()["items"][0]
    within = ",".join(f"-answers.{name}" for name in ("turns", "redactions", "position", "revision"))
    [without] = seed.get(f"/v1/questions?limit=1&include=turns&fields=-turns,-redactions,{within}").json()["items"]
    assert without == seed.get("/v1/questions?limit=1").json()["items"][0]
    [less] = seed.get("/v1/questions?limit=1&include=turns&fields=-turns").json()["items"]
    assert less == {name: value for name, value in whole.items() if name != "turns"}
    [mixed] = seed.get("/v1/questions?limit=1&fields=id,interview,-interview.title").json()["items"]
    assert mixed == {"id": QUESTION, "interview": {k: v for k, v in whole["interview"].items() if k != "title"}}
    assert seed.get("/v1/questions?fields=-turn").json()["errors"][0]["suggestions"][0] == "turns"


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("/v1/questions?include=turn", ["turns"]),
        (f"/v1/questions/{QUESTION}?include=peopl", ["people"]),
        ("/v1/interviews?include=turns", []),
        ("/v1/topics?include=", []),
        ("/v1/speakers?include=turns", []),
        ("/v1/search?q=congress&include=highlight", ["highlights"]),
    ],
)
def test_unknown_part_is_refused_with_a_near_one(seed: TestClient, address: str, meant: list[str]) -> None:
    answer = seed.get(address)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["parameter"], error["suggestions"]) == (422, "include", meant)


def test_parts_are_described_as_an_enumeration(seed: TestClient) -> None:
    operation = seed.get("/openapi.json").json()["paths"]["/v1/questions"]["get"]
    [include] = [each for each in operation["parameters"] if each["name"] == "include"]
    assert include["schema"]["items"]["enum"] == [
        "turns",
        "asking",
        "people",
        "topics",
        "interview",
        "text_html",
        "all",
    ]
    assert (include["style"], include["explode"]) == ("form", False)


def test_question_says_which_of_its_words_ask(load: Load, database: Database) -> None:
    load(b"Q: We met in May. Where was that? I forget.\nA: By the mill.\nQ: I see.\nA: Yes.\n")
    with TestClient(create_app(Settings(database_url=database.url.render_as_string(hide_password=False)))) as client:
        first, second = client.get("/v1/questions?include=asking").json()["items"]
        [range_] = first["asking"]["ranges"]
        assert first["text"][range_["start"] : range_["end"]] == "Where was that?"
        assert (first["interrogative"], first["asking"]["attribution"]) == (True, "inferred")
        assert (second["interrogative"], second["asking"]["ranges"]) == (False, [])
        assert (second["short_text"], "asking" in client.get("/v1/questions").json()["items"][0]) == (None, False)
        for asks, question in (("true", first), ("false", second)):
            page = client.get(f"/v1/questions?interrogative={asks}").json()
            assert [each["id"] for each in page["items"]] == [question["id"]]
        answer = client.get("/v1/answers?interrogative=false&include=asking").json()["items"][0]
        assert answer["question"]["asking"] == second["asking"]


def test_texts_say_their_format_and_are_written_as_safe_html(load: Load, database: Database) -> None:
    load(
        b"**Interviewer:** *Why* <script>alert(1)</script>?\n\n**Guest:** See [it](https://example.org).\n",
        name="talk.md",
    )
    load(
        b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Interviewer>Why <laughs>?\n\n"
        b"00:03.000 --> 00:04.000\n<v Guest>So &amp; so.\n"
    )
    with TestClient(create_app(Settings(database_url=database.url.render_as_string(hide_password=False)))) as client:
        items = client.get("/v1/questions?include=text_html").json()["items"]
        found = {item["text_format"]: (item["text_html"], item["answers"][0]["text_html"]) for item in items}
        assert found == {
            "markdown": (
                "<p><em>Why</em> &lt;script&gt;alert(1)&lt;/script&gt;?</p>\n",
                '<p>See <a href="https://example.org">it</a>.</p>\n',
            ),
            "captions": ("<p>Why &lt;laughs&gt;?</p>", "<p>So &amp; so.</p>"),
        }
        record = client.get(f"/v1/interviews/{items[0]['interview']['slug']}/transcript?include=text_html").json()
        assert all(turn["text_html"].startswith("<p>") for turn in record["turns"])


def test_addresses_begin_with_the_public_url(seeded: Database) -> None:
    with TestClient(
        create_app(
            Settings(database_url=seeded.url.render_as_string(hide_password=False), public_url="https://q.example")
        )
    ) as client:
        topic = client.get("/v1/topics/peace").json()
        assert (topic["address"], topic["web_page"]) == (
            "https://q.example/v1/topics/peace",
            "https://q.example/topics/peace",
        )
