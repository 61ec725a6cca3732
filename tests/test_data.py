"""The seed: what stands in data/ and what the API makes of it."""

import base64
import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.structure.prepare import prepare
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.conftest import ROOT, SEED

SIDECAR = SEED.with_suffix(".toml")
VOCABULARY = ROOT / "data" / "topics.toml"
TRANSCRIPTS = sorted((ROOT / "data" / "interviews").glob("*.txt"))
_CAPITALISED = re.compile(r"[^\W\d_a-z][\w’'-]*(?:[ –-]+(?:(?:of|and|the|de|von|van|al)[ ]+)?[^\W\d_a-z][\w’'-]*)+")


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for one in inside for text in _strings(one)]


def test_seed_is_five_questions_with_one_answer_each(seed: TestClient) -> None:
    items = seed.get("/v1/questions").json()["items"]
    assert [item["position"] for item in items] == [1, 2, 3, 4, 5]
    assert [len(item["answers"]) for item in items] == [1] * 5
    assert seed.get("/v1/answers").json()["page"]["total"] == 5


def test_first_answer_has_two_paragraphs_joined_by_one_line_break(seed: TestClient) -> None:
    [answer] = seed.get("/v1/questions?include=turns").json()["items"][0]["answers"]
    first, second = answer["text"].split("\n")
    assert first.endswith("that’s one part of it.")
    assert second.startswith("The other part is, what I do myself")
    assert len(answer["turns"]) == 1


def test_both_forms_of_the_source_address_are_kept(seed: TestClient) -> None:
    interview = seed.get("/v1/interviews/worldnewsam-3712?include=source").json()
    assert interview["source_url"] == "https://worldnewsam.com/story/3712"
    assert interview["source_url_as_printed"] == SEED.read_text(encoding="utf-8").rsplit("\n", 1)[1]
    assert "?fbclid=" in interview["source_url_as_printed"]


def test_nobody_is_named(seed: TestClient) -> None:
    people = seed.get("/v1/interviews/worldnewsam-3712?include=people").json()["people"]
    assert [(one["name"], one["attribution"], one["role"], one["labels"]) for one in people] == [
        (None, "unknown", "interviewer", ["Q"]),
        (None, "unknown", "interviewee", ["Ans"]),
    ]
    assert [one["name"] for one in seed.get("/v1/speakers").json()["items"]] == [None, None]


def test_date_is_the_year_that_the_transcript_gives_evidence_of(seed: TestClient) -> None:
    interview = seed.get("/v1/interviews/worldnewsam-3712?include=source").json()
    assert interview["published"] == "2023"
    assert interview["published_evidence"] in SEED.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("range_", "found"),
    [
        ({"published_from": "2023-06", "published_to": "2023-07"}, 5),
        ({"published_from": "2023-12-31"}, 5),
        ({"published_to": "2023-01-01"}, 5),
        ({"published_from": "2024"}, 0),
        ({"published_to": "2022-12-31"}, 0),
    ],
)
def test_a_year_is_met_by_every_range_that_shares_a_day_with_it(
    seed: TestClient, range_: dict[str, str], found: int
) -> None:
    assert seed.get("/v1/questions", params=range_).json()["page"]["total"] == found


def test_letter_of_another_script_is_kept_told_and_found(seed: TestClient) -> None:
    source = SEED.read_text(encoding="utf-8")
    [remark] = [
        one
        for one in seed.get("/v1/interviews/worldnewsam-3712?include=source").json()["transcript"]["remarks"]
        if one["code"] == "mixed-scripts"
    ]
    line = source.split("\n")[remark["line"] - 1]
    assert line[remark["column"] - 1 :].startswith("Сongress is doing the same thing")
    found = seed.get("/v1/questions", params={"q": "congress"}).json()["items"]
    assert 2 in [item["position"] for item in found]
    second = next(item for item in found if item["position"] == 2)
    assert "Our Сongress is doing" in second["answers"][0]["text"]
    assert [one["position"] for one in seed.get('/v1/questions?q="our+congress+is+doing"').json()["items"]] == [2]


def test_every_byte_is_accounted_for(seed: TestClient) -> None:
    file = seed.get("/v1/interviews/worldnewsam-3712?include=source").json()["transcript"]
    data = SEED.read_bytes()
    assert file["bytes"] == len(data) == sum(file["bytes_by_class"].values())
    assert file["sha256"] == hashlib.sha256(data).hexdigest()
    assert file["bytes_by_class"]["source_line"] == len(data.rsplit(b"\n", 1)[1])
    assert file["bytes_by_class"]["label"] == len(b"Q:") * 5 + len(b"Ans:") * 5


def test_source_comes_back_exactly(seed: TestClient) -> None:
    response = seed.get("/v1/interviews/worldnewsam-3712/source")
    assert response.content == SEED.read_bytes()
    digest = base64.b64encode(hashlib.sha256(SEED.read_bytes()).digest()).decode()
    assert response.headers["Repr-Digest"] == f"sha-256=:{digest}:"


def test_every_turn_is_a_slice_of_the_source(seed: TestClient) -> None:
    source = seed.get("/v1/interviews/worldnewsam-3712/source").content.decode()
    turns = seed.get("/v1/interviews/worldnewsam-3712/transcript").json()["turns"]
    assert len(turns) == 10
    for turn in turns:
        assert turn["text"] == source[turn["source_start"] : turn["source_end"]]


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.name)
def test_metadata_names_nothing_that_the_transcript_does_not_say(path: Path) -> None:
    """Every run of capitalised words, and every year, that an editor wrote stands in the transcript in some case."""
    metadata = tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))
    transcript = path.read_text(encoding="utf-8")
    for text in _strings(metadata):
        for phrase in _CAPITALISED.findall(text):
            for name in phrase.split("–"):
                assert name.casefold() in transcript.casefold(), name
        for year in re.findall(r"\b[12]\d{3}\b", text):
            assert year in transcript, year
    stated = [speaker["name"] for speaker in metadata["speakers"] if "name" in speaker]
    assert all(name in transcript for name in stated)


def test_date_is_no_more_exact_than_its_evidence() -> None:
    metadata = tomllib.loads(SIDECAR.read_text(encoding="utf-8"))
    assert re.fullmatch(r"\d{4}", metadata["published"])
    began = re.search(r"began operating in (\d{4}), celebrates its twentieth", metadata["published_evidence"])
    assert began is not None
    assert int(metadata["published"]) == int(began.group(1)) + 20


def test_vocabulary_defines_every_topic_and_names_no_person() -> None:
    concepts = read_vocabulary(VOCABULARY.name, VOCABULARY.read_bytes())
    assert {"interfaith-dialogue", "ethnic-harmony", "religious-leaders", "tolerance", "peace"} <= set(concepts)
    for slug, concept in concepts.items():
        assert concept.definition, slug
        assert not re.search(r"\b[12]\d{3}\b", concept.definition), slug
    assert any(concept.broader for concept in concepts.values())


def test_topics_of_the_seed_are_in_the_vocabulary() -> None:
    concepts = read_vocabulary(VOCABULARY.name, VOCABULARY.read_bytes())
    sidecar = read_sidecar(SIDECAR.name, SIDECAR.read_bytes())
    assert {slug for question in sidecar.questions for slug in question.topics} <= set(concepts)
    prepared = prepare(Source(SEED.name, SEED.read_bytes()), sidecar, SIDECAR.name)
    assert sorted(prepared.topics) == [0, 1, 2, 3, 4]


def test_seed_ids_are_those_that_every_installation_gives(seed: TestClient) -> None:
    items = seed.get("/v1/questions").json()["items"]
    assert [item["id"] for item in items] == [f"gky5nhbt0gvp-q{number}" for number in range(1, 6)]
    assert [item["answers"][0]["id"] for item in items] == [f"gky5nhbt0gvp-a{number}" for number in range(1, 6)]
    assert "gky5nhbt0gvp" in json.dumps(items[0]["interview"])
