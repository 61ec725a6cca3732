"""Every tool, as it answers and as it refuses; what is found is what the API finds."""

import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from starlette.testclient import TestClient

from app.agents.arguments import given
from app.agents.tools import TOOLS
from app.db import Database
from app.errors import ParameterError
from app.loading import LoadedInterview, redact, withdraw
from app.queries import hits
from tests.agents.calls import call, refusal, request
from tests.authors import at
from tests.conftest import NOW

QUESTION, ANSWER, TURN = "gky5nhbt0gvp-q1", "gky5nhbt0gvp-a1", "gky5nhbt0gvp-t2"
INTERVIEWEE, INTERVIEWER = "worldnewsam-3712-interviewee", "worldnewsam-3712-interviewer"


def test_every_tool_only_reads_and_is_described(seed: TestClient) -> None:
    listed = request(seed, "tools/list")["result"]["tools"]
    assert [tool["name"] for tool in listed] == [tool.name for tool in TOOLS]
    for tool in listed:
        hints = tool["annotations"]
        assert (hints["readOnlyHint"], hints["idempotentHint"]) == (True, True)
        assert (hints["destructiveHint"], hints["openWorldHint"]) == (False, False)
        assert tool["title"]
        assert len(tool["description"]) > 80
        schema = tool["inputSchema"]
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator.check_schema(tool["outputSchema"])
        assert schema["additionalProperties"] is False
        for name, one in schema["properties"].items():
            assert one["description"], name
            assert one["type"] in {"string", "integer", "boolean", "array"}, name
            # Every number and every text of unknown length is bounded.
            assert one["type"] != "integer" or {"minimum", "maximum"} <= one.keys(), name
            assert one["type"] != "string" or {"maxLength", "enum"} & one.keys(), name


def test_question_is_found_as_the_api_finds_it(seed: TestClient) -> None:
    found = call(seed, "search", q="tolerance", limit=2)
    asked = seed.get("/v1/search?q=tolerance&limit=2").json()
    assert [hit["id"] for hit in found["items"]] == [hit["id"] for hit in asked["items"]]
    assert [hit["snippets"][0]["text"] for hit in found["items"]] == [
        hit["snippets"][0]["text"] for hit in asked["items"]
    ]
    assert (found["total"], found["total_is_exact"]) == (asked["page"]["total"], asked["page"]["total_is_exact"])
    rest = call(seed, "search", q="tolerance", limit=2, cursor=found["next_cursor"])
    assert len(found["items"]) + len(rest["items"]) == found["total"]
    assert rest["next_cursor"] is None


def test_search_that_finds_nothing_says_what_to_do(seed: TestClient) -> None:
    assert "mode=ask" in call(seed, "search", q="zzyzx")["note"]
    narrowed = call(seed, "search", q="tolerance", answered_by=[INTERVIEWER])
    assert narrowed["items"] == []
    assert narrowed["note"] == "Nothing meets answered_by; try another value, or leave it out."


def test_list_goes_on_to_its_end(seed: TestClient) -> None:
    ids: list[str] = []
    cursor: str | None = None
    while True:
        page = call(seed, "list_questions", limit=2, sort=["position"], cursor=cursor)
        ids += [question["id"] for question in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert ids == [question["id"] for question in seed.get("/v1/questions?sort=position").json()["items"]]
    assert page["total"] == len(ids)


def test_beginning_of_a_text_says_how_long_it_is(seed: TestClient) -> None:
    [question] = call(seed, "list_questions", limit=1, sort=["position"])["items"]
    whole = seed.get(f"/v1/questions/{question['id']}").json()["answers"][0]["text"]
    [answer] = question["answers"]
    assert answer["length"] == len(whole)
    assert whole.startswith(answer["text"])
    assert 200 < len(answer["text"]) <= 300


def test_long_text_is_read_on_without_a_gap(seed: TestClient) -> None:
    whole = seed.get(f"/v1/answers/{ANSWER}").json()["text"]
    passage = call(seed, "read", id=ANSWER, max_characters=500)
    parts = [passage["text"]]
    while passage["next_start"] is not None:
        assert (passage["next_start"], passage["length"]) == (len("".join(parts)), len(whole))
        passage = call(seed, "read", id=ANSWER, start=passage["next_start"], max_characters=500)
        parts.append(passage["text"])
    assert "".join(parts) == whole
    assert len(parts) > 4


def test_question_is_read_with_its_answers_and_neighbours(seed: TestClient) -> None:
    found = call(seed, "read", id="gky5nhbt0gvp-q2", context=1)
    asked = seed.get("/v1/questions/gky5nhbt0gvp-q2?context=1").json()
    assert (found["kind"], found["text"]) == ("question", asked["text"])
    assert found["speaker"]["slug"] == INTERVIEWER
    assert [answer["text"] for answer in found["answers"]] == [answer["text"] for answer in asked["answers"]]
    assert (found["previous_id"], found["next_id"]) == (QUESTION, "gky5nhbt0gvp-q3")
    assert [turn["id"] for turn in found["context"]["before"]] == [TURN]
    assert [topic["slug"] for topic in found["topics"]] == [topic["slug"] for topic in asked["topics"]]


def test_turn_is_read_from_the_record(seed: TestClient) -> None:
    found = call(seed, "read", id=TURN, context=2)
    assert (found["part_of"], found["kind"]) == (ANSWER, "answer")
    assert found["speaker"]["slug"] == INTERVIEWEE
    assert [turn["id"] for turn in found["context"]["before"]] == ["gky5nhbt0gvp-t1"]
    assert [turn["id"] for turn in found["context"]["after"]] == ["gky5nhbt0gvp-t3", "gky5nhbt0gvp-t4"]
    assert found["is_current"] is True


@pytest.mark.parametrize(
    "address",
    [
        f"/answers/{ANSWER}?revision=1&start=2700&end=2729#passage",
        f"https://quotes.example/archive/answers/{ANSWER}?revision=1&start=2700&end=2729#passage",
        f"/v1/answers/{ANSWER}@1?start=2700&end=2729",
        f"/interviews/gky5nhbt0gvp?revision=1&turn={TURN}&start=2700&end=2729#passage",
    ],
)
def test_permalink_is_read_and_cited_as_its_range(seed: TestClient, address: str) -> None:
    passage = call(seed, "read", id=address)
    assert (passage["text"], passage["start"], passage["next_start"]) == ("tolerance alone is not enough", 2700, 2729)
    assert call(seed, "cite", id=address)["text"] == "tolerance alone is not enough"


def test_topics_and_speakers_are_listed(seed: TestClient) -> None:
    topics = call(seed, "list_topics", limit=100)
    assert [topic["slug"] for topic in topics["items"]] == [
        topic["slug"] for topic in seed.get("/v1/topics?limit=100").json()["items"]
    ]
    people = call(seed, "list_speakers")["items"]
    assert {one["slug"]: one["answer_count"] for one in people} == {INTERVIEWEE: 5, INTERVIEWER: 0}
    [interview] = call(seed, "list_interviews", topic=["peace"])["items"]
    assert interview["slug"] == "worldnewsam-3712"


def test_filters_are_those_of_the_api(seed: TestClient) -> None:
    for filters, query in (
        ({"topic": ["peace,education"]}, "topic=peace,education"),
        ({"topic": ["peace", "tolerance"]}, "topic=peace&topic=tolerance"),
        ({"topic": ["-peace"]}, "topic=-peace"),
        ({"answered": False}, "answered=false"),
        ({"published_from": "2023", "published_to": "2023-12-31"}, "published_from=2023&published_to=2023-12-31"),
        ({"topic": None, "q": "tolerance"}, "q=tolerance"),
    ):
        found = call(seed, "list_questions", sort=["position"], **filters)
        asked = seed.get(f"/v1/questions?sort=position&{query}").json()
        assert [one["id"] for one in found["items"]] == [one["id"] for one in asked["items"]], query


def test_quotation_is_verified(seed: TestClient) -> None:
    altered = call(seed, "verify_quotation", text="tolerance alone is enough", speaker=INTERVIEWEE)
    assert altered["verdict"] == "altered"
    [difference] = altered["matches"][0]["differences"]
    assert (difference["stands"], difference["telling"][0]["meaning"]) == ("not", "negation")
    wrong = call(seed, "verify_quotation", text="tolerance alone is not enough", speaker=INTERVIEWER)
    assert (wrong["verdict"], wrong["matches"][0]["as_claimed"]) == ("misattributed", False)
    permalink = wrong["matches"][0]["citation"]["permalink"]
    assert call(seed, "read", id=permalink)["text"] == "tolerance alone is not enough"


def test_speakers_are_compared(seed: TestClient) -> None:
    compared = call(seed, "compare_speakers", topic="peace", speaker=[INTERVIEWEE, INTERVIEWER], limit=1)
    people = [(one["slug"], one["answers"], one["questions"]) for one in compared["items"]]
    assert [(slug, answers["total"], questions["total"]) for slug, answers, questions in people] == [
        (INTERVIEWEE, 2, 0),
        (INTERVIEWER, 0, 2),
    ]
    assert len(people[0][1]["items"]) == len(people[1][2]["items"]) == 1


@pytest.mark.parametrize("written", ["csl", "bibtex", "ris", "text"])
def test_passage_is_cited_in_every_format(seed: TestClient, written: str) -> None:
    cited = call(seed, "cite", id=ANSWER, start=2700, end=2729, format=written)
    address = f"/v1/answers/{ANSWER}/citation?start=2700&end=2729"
    assert cited["reference"] == seed.get(f"{address}&format={written}").text
    assert cited["permalink"] == seed.get(address).json()["permalink"]


def test_whole_interview_is_cited(seed: TestClient) -> None:
    cited = call(seed, "cite", id="worldnewsam-3712")
    assert (cited["text"], cited["reference"]) == (None, None)
    assert cited["permalink"] == "/interviews/gky5nhbt0gvp?revision=1"


REFUSED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("search", {}, "q: This argument has to be given."),
    ("search", {"query": "peace"}, "query: There is no such argument here. Did you mean 'q'?"),
    ("search", {"q": "peace", "fields": "id"}, "fields: There is no such argument here."),
    ("search", {"q": "peace", "limit": 1000}, "limit: Input should be less than or equal to 100."),
    (
        "search",
        {"q": "peace", "topic": ["tolerence"]},
        "topic: There is no topic 'tolerence'. Did you mean 'tolerance'?",
    ),
    ("list_questions", {"topic": [None]}, "topic: Write a text, a number, or a list of texts."),
    ("search", {"q": "peace", "topic": [{"slug": "peace"}]}, "topic: Write a text, a number, or a list of texts."),
    (
        "list_questions",
        {"topic": [""]},
        "topic: A value is empty; write one value, or several with commas between them.",
    ),
    ("list_questions", {"published_from": "last year"}, "published_from: "),
    ("list_questions", {"interview": ["worldnewsam-3721"]}, "interview: There is no interview 'worldnewsam-3721'."),
    ("list_topics", {"cursor": "abc"}, "cursor: Start again without a cursor"),
    ("list_speakers", {"q": "?"}, "q: Write at least one word of a name."),
    ("list_interviews", {"limit": "many"}, "limit: Write a whole number."),
    ("read", {"id": "worldnewsam-3712"}, "id: 'worldnewsam-3712' is not the id of a question, an answer or a turn."),
    ("read", {"id": "http://["}, "id: Write the id of a question, an answer or a turn"),
    ("read", {"id": "https://quotes.example/"}, "id: Write the id of a question, an answer or a turn"),
    ("read", {"id": "gky5nhbt0gvp-q99"}, "There is no question 'gky5nhbt0gvp-q99'."),
    ("read", {"id": "gky5nhbt0gvp-t99"}, "id: There is no turn 'gky5nhbt0gvp-t99' in this interview."),
    ("read", {"id": ANSWER, "start": 5000}, "start: The text has 4,080 characters."),
    ("read", {"id": ANSWER, "revision": 7}, "revision: There is no revision 7 of the answer"),
    ("read", {"id": ANSWER, "context": 99}, "context: Input should be less than or equal to 20."),
    ("verify_quotation", {"text": "..."}, "text: Write at least one word."),
    ("verify_quotation", {"text": "peace", "speaker": "nobody"}, "speaker: There is no speaker 'nobody'."),
    ("compare_speakers", {"topic": "peace"}, "speaker: This argument has to be given."),
    ("compare_speakers", {"topic": "peace", "speaker": [INTERVIEWEE]}, "speaker: List should have at least 2 items"),
    ("cite", {"id": ANSWER, "format": "apa"}, "format: Input should be 'csl', 'bibtex', 'ris' or 'text'."),
    ("cite", {"id": ANSWER, "start": 30, "end": 20}, "end: "),
    ("cite", {"id": "nowhere"}, "There is no interview 'nowhere'."),
)


@pytest.mark.parametrize(("tool", "arguments", "reason"), REFUSED)
def test_refusal_says_what_is_wrong(seed: TestClient, tool: str, arguments: dict[str, Any], reason: str) -> None:
    assert refusal(seed, tool, **arguments).startswith(reason)


def test_half_of_a_character_is_refused() -> None:
    with pytest.raises(ParameterError, match="half of a character"):
        given({"q": "\ud800"}, {"q"}, ())


def test_every_tool_refuses_something() -> None:
    assert {tool for tool, _arguments, _reason in REFUSED} == {tool.name for tool in TOOLS}


def test_unknown_tool_is_an_error_of_the_protocol(seed: TestClient) -> None:
    error = request(seed, "tools/call", name="serch", arguments={})["error"]
    assert (error["code"], error["message"]) == (-32602, "There is no tool 'serch'; there are search.")


def test_empty_corpus_says_what_to_do_first(client: TestClient) -> None:
    for tool in ("list_questions", "list_interviews", "list_speakers"):
        assert "quoth load" in call(client, tool)["note"]
    assert "quoth topics import" in call(client, "list_topics")["note"]
    assert "quoth load" in call(client, "search", q="peace")["note"]


def test_words_that_were_taken_out_are_in_no_answer(own_seed: TestClient, seeded: Database) -> None:
    words = "tolerance alone is not enough"
    assert words in call(own_seed, "read", id=TURN)["text"]
    with seeded.write() as connection:
        redact(connection, TURN, at(NOW, "by request"), words=words)
    for tool, arguments in (
        ("search", {"q": f'"{words}"'}),
        ("read", {"id": TURN}),
        ("read", {"id": ANSWER}),
        ("read", {"id": QUESTION, "context": 3}),
        ("list_questions", {"q": words}),
        ("cite", {"id": ANSWER, "start": 2700, "end": 2729, "format": "bibtex"}),
    ):
        assert words not in json.dumps(call(own_seed, tool, **arguments)), tool
    assert call(own_seed, "verify_quotation", text=words)["verdict"] == "not_found"
    assert call(own_seed, "read", id=f"{ANSWER}", start=2700, max_characters=200)["text"].startswith("█" * 9)


def test_what_was_withdrawn_is_gone(own_seed: TestClient, seeded: Database) -> None:
    with seeded.write() as connection:
        withdraw(connection, "worldnewsam-3712", at(NOW, "by request"))
    assert call(own_seed, "list_questions")["items"] == []
    assert "has been taken out" in refusal(own_seed, "read", id=ANSWER)
    assert "has been taken out" in refusal(own_seed, "read", id=TURN)
    assert "has been taken out" in refusal(own_seed, "cite", id="worldnewsam-3712")


def test_former_wording_is_read_and_said_to_be_one(client: TestClient, load: Callable[..., LoadedInterview]) -> None:
    text = "Q: Where did the river begin?\nA: It began under the old mill.\n" * 3
    load(text)
    load(text.replace("old mill", "new mill"))
    [question] = call(client, "list_questions", limit=1, sort=["position"])["items"]
    answer = question["answers"][0]["id"]
    before = call(client, "read", id=answer, revision=1)
    assert (before["text"], before["is_current"]) == ("It began under the old mill.", False)
    turn = call(client, "read", id=answer.replace("-a1", "-t2"), revision=1)
    assert (turn["text"], turn["is_current"]) == ("It began under the old mill.", False)


def test_tools_do_not_block_the_loop(own_seed: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []

    def note(*arguments: Any, **options: Any) -> Any:
        threads.append(threading.current_thread())
        return search(*arguments, **options)

    search = hits.search
    monkeypatch.setattr(hits, "search", note)
    assert own_seed.portal is not None
    loop = own_seed.portal.call(threading.current_thread)
    call(own_seed, "search", q="tolerance")
    assert len(threads) == 1
    assert loop not in threads


def test_fault_is_logged_and_not_explained(
    own_seed: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_arguments: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setitem(TOOLS[0].__dict__, "run", fail)
    with caplog.at_level(logging.ERROR):
        assert refusal(own_seed, "search", q="peace").startswith("Something went wrong")
    assert "the tool search failed" in caplog.text
