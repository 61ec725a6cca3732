import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview
from app.main import create_app
from app.settings import Settings
from tests.conftest import SEED
from tests.transcripts.test_docx import document as docx
from tests.transcripts.test_docx import lines

ANSWER = "/v1/answers/gky5nhbt0gvp-a1/citation"
QUESTION = "/v1/questions/gky5nhbt0gvp-q1/citation"
INTERVIEW = "/v1/interviews/worldnewsam-3712/citation"
REFERENCES = {
    "csl": "application/vnd.citationstyles.csl+json",
    "bibtex": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
Load = Callable[..., LoadedInterview]


def _selected(target: dict[str, Any], text: str) -> str:
    """Resolve both selectors of a target in a text, and make sure that they select the same."""
    quote, position = target["selector"]
    assert (quote["type"], position["type"]) == ("TextQuoteSelector", "TextPositionSelector")
    start, end = position["start"], position["end"]
    assert text[start:end] == quote["exact"]
    assert text[:start].endswith(quote["prefix"])
    assert text[end:].startswith(quote["suffix"])
    assert target["is_unique"] == (text.count(quote["prefix"] + quote["exact"] + quote["suffix"]) == 1)
    return str(quote["exact"])


def test_every_question_and_answer_is_found_in_the_record_and_in_the_source(seed: TestClient) -> None:
    source = SEED.read_bytes().decode()
    turns = {turn["id"]: turn for turn in seed.get("/v1/interviews/worldnewsam-3712/transcript").json()["turns"]}
    for address in ("/v1/questions", "/v1/answers"):
        for item in seed.get(address, params={"include": "turns"}).json()["items"]:
            cited = seed.get(f"{address}/{item['id']}/citation").json()
            assert cited["text"] == item["text"]
            for where in ("turns", "source"):
                found = cited["selectors"][where]
                assert [target["turn_id"] for target in found] == [turn["id"] for turn in item["turns"]]
                texts = {
                    turn["id"]: turns[turn["id"]]["text"] if where == "turns" else source for turn in item["turns"]
                }
                said = [_selected(target, texts[target["turn_id"]]) for target in found]
                assert "\n\n".join(said) == item["text"]
                assert all(target["is_verbatim"] and target["is_unique"] for target in found)


def test_range_is_the_characters_from_start_to_end(seed: TestClient) -> None:
    text = seed.get("/v1/answers/gky5nhbt0gvp-a1").json()["text"]
    for query, start, end in (("start=10&end=40", 10, 40), ("start=100", 100, len(text)), ("end=5", 0, 5)):
        cited = seed.get(f"{ANSWER}?{query}").json()
        assert (cited["text"], cited["start"], cited["end"]) == (text[start:end], start, end)
        pinned = rf"/answers/gky5nhbt0gvp-a1\?revision=1&start={start}&end={end}#passage"
        assert re.fullmatch(pinned, cited["permalink"])
        [target] = cited["selectors"]["source"]
        assert _selected(target, SEED.read_bytes().decode()) == text[start:end]
    assert seed.get(f"{ANSWER}?start=0&end={len(text)}").json() == seed.get(ANSWER).json()


def test_interview_is_cited_as_a_whole_or_by_one_of_its_turns(seed: TestClient) -> None:
    whole = seed.get(INTERVIEW).json()
    assert (whole["text"], whole["text_fragment"], whole["selectors"]) == (None, None, {"turns": [], "source": []})
    assert whole["permalink"] == "/interviews/gky5nhbt0gvp?revision=1"
    turn = seed.get("/v1/interviews/worldnewsam-3712/transcript").json()["turns"][3]
    cited = seed.get(f"{INTERVIEW}?turn={turn['id']}&start=3&end=9").json()
    assert (cited["text"], cited["turn"]) == (turn["text"][3:9], turn["id"])
    assert cited["permalink"] == f"/interviews/gky5nhbt0gvp?revision=1&turn={turn['id']}&start=3&end=9#passage"


def test_statement_that_answers_nothing_can_be_cited(load: Load, client: TestClient) -> None:
    load("ANN REED: The river rose.\nBOB HALE: The mill stood.\nCAT MOSS: It fell.\n", name="panel.txt")
    turn = client.get("/v1/interviews/panel/transcript").json()["turns"][1]
    cited = client.get(f"/v1/interviews/panel/citation?turn={turn['id']}").json()
    assert cited["sentence"].startswith("“The mill stood.” BOB HALE. panel. Interview")
    assert cited["csl"]["author"] == [{"literal": "BOB HALE"}]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("start=100000", "start"),
        ("end=100000", "end"),
        ("start=5&end=5", "end"),
        ("start=5&end=4", "end"),
        ("end=0", "end"),
        ("start=-1", "start"),
        ("start=1.5", "start"),
        ("start=1_0", "start"),
        ("start=", "start"),
        ("start=99999999999", "start"),
        ("end=9999999999", "end"),
        ("start=1&start=2", "start"),
        ("turn=gky5nhbt0gvp-t1", "turn"),
        ("turn=", "turn"),
        (f"turn={'x' * 500}", "turn"),
        ("format=bibtx", "format"),
        ("fields=cls", "fields"),
        ("fields=csl&format=ris", "fields"),
        ("revison=1", "revison"),
    ],
)
def test_what_cannot_be_cited_is_refused_by_name(seed: TestClient, query: str, parameter: str) -> None:
    response = seed.get(f"{ANSWER}?{query}")
    assert (response.status_code, response.headers["Content-Type"]) == (422, "application/problem+json")
    assert [error["parameter"] for error in response.json()["errors"]] == [parameter]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("start=1", "start"),
        ("end=1", "end"),
        ("turn=gky5nhbt0gvp-t99", "turn"),
        ("turn=gky5nhbt0gvp-t1&end=9999", "end"),
    ],
)
def test_range_of_an_interview_without_a_turn_is_refused(seed: TestClient, query: str, parameter: str) -> None:
    response = seed.get(f"{INTERVIEW}?{query}")
    assert (response.status_code, response.json()["errors"][0]["parameter"]) == (422, parameter)


def test_turn_of_another_interview_is_none_of_this_one(load: Load, own_seed: TestClient) -> None:
    load("Q: Ready?\nA: Yes.\n", name="talk.txt")
    other = own_seed.get("/v1/interviews/talk/transcript").json()["turns"][0]["id"]
    assert own_seed.get(f"{INTERVIEW}?turn={other}").status_code == 422


def test_nothing_to_cite_is_told_as_elsewhere(load: Load, client: TestClient) -> None:
    for address in ("/v1/questions/x", "/v1/answers/x", "/v1/interviews/x"):
        assert client.get(f"{address}/citation").status_code == 404
    text = "Q: Where does the river rise?\nA: In the hills above the mill.\nQ: And where does it end?\nA: In the sea.\n"
    load(text, 'slug = "talk"')
    gone = client.get("/v1/interviews/talk/questions").json()["items"][1]["id"]
    load(text.partition("Q: And")[0], 'slug = "talk"')
    assert client.get(f"/v1/questions/{gone}/citation").status_code == 410


@pytest.mark.parametrize("address", [ANSWER, QUESTION, INTERVIEW])
@pytest.mark.parametrize("name", REFERENCES)
def test_reference_is_given_by_name_or_by_media_type(seed: TestClient, address: str, name: str) -> None:
    by_name = seed.get(f"{address}?format={name}")
    assert by_name.headers["Content-Type"] == REFERENCES[name]
    by_type = seed.get(address, headers={"Accept": f"{REFERENCES[name]}, */*;q=0.1"})
    assert by_type.content == by_name.content
    everything = seed.get(address).json()
    key = everything["csl"]["id"]
    assert (everything["sentence"] if name == "text" else key) in by_name.text
    assert by_name.headers["Content-Disposition"].startswith(f'inline; filename="{key}.')


def test_csl_by_itself_is_a_list_of_the_item_in_the_whole(seed: TestClient) -> None:
    assert seed.get(f"{ANSWER}?format=csl").json() == [seed.get(ANSWER).json()["csl"]]


def test_nothing_acceptable_is_told(seed: TestClient) -> None:
    response = seed.get(ANSWER, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert "format=bibtex" in response.json()["detail"]


def test_fields_are_shown_alone(seed: TestClient) -> None:
    asked = seed.get(f"{ANSWER}?fields=text,selectors.turns")
    assert asked.headers["Content-Type"] == "application/vnd.quoth.sparse+json"
    assert set(asked.json()) == {"text", "selectors"}
    assert set(asked.json()["selectors"]) == {"turns"}


@pytest.mark.parametrize("address", ["/v1/questions/gky5nhbt0gvp-q1", "/v1/answers/gky5nhbt0gvp-a1", INTERVIEW[:-9]])
def test_item_says_where_its_citation_is(seed: TestClient, address: str) -> None:
    item = seed.get(address).json()
    assert seed.get(item["citation"]).json()["id"] == item["id"]


@pytest.fixture
def published(seeded: Database, database_url: str) -> Iterator[TestClient]:
    settings = Settings(database_url=database_url, public_url="https://quoth.example/api")
    with TestClient(create_app(settings)) as client:
        yield client


def test_addresses_are_absolute_where_readers_have_an_address(published: TestClient) -> None:
    cited = published.get(f"{ANSWER}?end=10").json()
    base = "https://quoth.example/api/v1"
    assert cited["permalink"].startswith("https://quoth.example/api/answers/gky5nhbt0gvp-a1")
    assert cited["selectors"]["source"][0]["source"] == f"{base}/interviews/gky5nhbt0gvp/source?revision=1"
    assert cited["permalink"] in cited["sentence"]
    assert cited["permalink"] in cited["csl"]["note"]
    assert published.get("/v1/answers/gky5nhbt0gvp-a1").json()["citation"] == f"{base}/answers/gky5nhbt0gvp-a1/citation"


def test_relative_addresses_are_left_out_of_references(seed: TestClient) -> None:
    for name in REFERENCES:
        assert "/v1/" not in seed.get(f"{ANSWER}?format={name}").text


def test_offsets_in_a_word_document_count_in_its_text(load: Load, client: TestClient) -> None:
    source = docx(lines("Q: Why 𝔘 the river?", "A: It began by the river, &amp; so on."))
    load(source.data, name="talk.docx")
    answer = client.get("/v1/interviews/talk/questions").json()["items"][0]["answers"][0]
    at = answer["text"].index("river")
    cited = client.get(f"/v1/answers/{answer['id']}/citation?start={at}&end={at + 10}").json()
    [target] = cited["selectors"]["source"]
    assert _selected(target, "Q: Why 𝔘 the river?\n\nA: It began by the river, & so on.\n") == "river, & s"
