"""Searches as people make them, each against a record of its own: what has to come first, and what has to be told."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.loading import LoadedInterview
from app.queries import limits

LAMP = """---
title: "The lamp at Gull Point"
date: 2021-04-02
language: en
---

**Bran Oakes:** So, um, what did you put on the tower?

**Ilse Marlow:** We put up a brass lamp, you know, with a copper hood above it and a glass door.

**Bran Oakes:** Brass lamp...

**Ilse Marlow:** Right. The lamp burns for nine hours, and it takes two people to carry it.

**Bran Oakes:** Brass lamp?

**Ilse Marlow:** Yes.

**Bran Oakes:** Where can people read more?

**Ilse Marlow:** The [drawings](https://example.org/brass-lamp-brass-lamp-kerosene) hang in the town hall for all.

**Bran Oakes:** What does the harbour say about Dr. Quill?

**Ilse Marlow:** Mara Quill never climbed the stairs, and nobody blamed her for that.
"""
FERRY = """---
title: "Ferries and fares"
date: 2022-05-06
language: en
---

**Bran Oakes:** What was said about the fare?

**Mara Quill:** Nobody who rows pays a fare on this water, and that has been so since my mother's time.

**Bran Oakes:** And the quay?

**Mara Quill:** The quay was rebuilt in granite after the flood, by forty masons from the valley.

**Bran Oakes:** What do you remember of Ilse Marlow?

**Mara Quill:** Marlow lent us her rope in the storm, and she never asked for it back.

**Tom de la Quay:** I only remember that everybody who rows pays in the end, one way or another.
"""


@pytest.fixture
def talks(client: TestClient, load: Callable[..., LoadedInterview]) -> TestClient:
    load(LAMP, 'slug = "lamp"', "lamp.md")
    load(FERRY, 'slug = "ferry"', "ferry.md")
    return client


def _search(client: TestClient, q: str, **parameters: Any) -> Any:
    response = client.get("/v1/search", params={"q": q, "include": "all", **parameters})
    assert response.status_code == 200, response.text
    return response.json()


def _said(hit: Any) -> str:
    if hit["question"] is None:
        return str(hit["turn"]["text"])
    return " ".join(one["text"] for one in hit["question"]["answers"] if one["id"] == hit["answer_id"])


def _first(answer: Any) -> str:
    return _said(answer["items"][0])


@pytest.mark.parametrize(
    ("q", "words"),
    [
        ("Marlow", "lamp"),
        ("ilse marlow drawings", "hang in the town hall"),
        ("Mara Quill fare", "pays a fare"),
        ("Quill's masons", "forty masons"),
        ("What did Mara Quill say about the quay?", "rebuilt in granite"),
        ("what did Marlow say about Quill", "never climbed the stairs"),
        ("What did Mara Quill tell about Marlow?", "lent us her rope"),
        ("how long does the lamp burn?", "nine hours"),
        ("Tom de la Quay", "one way or another"),
    ],
)
def test_name_finds_what_somebody_says(talks: TestClient, q: str, words: str) -> None:
    answer = _search(talks, q)
    assert words in " ".join(map(_said, answer["items"][: 3 if q == "Marlow" else 1]))


def test_name_alone_finds_all_that_somebody_says_with_a_passage_of_it(talks: TestClient) -> None:
    answer = _search(talks, "marlow", interview="lamp")
    assert answer["page"]["total"] == 5
    assert answer["matched"] == "all"
    for hit in answer["items"]:
        assert hit["snippets"]
        assert hit["snippets"][0]["answer_id"] == hit["answer_id"] is not None
    whole = _search(talks, "Marlow", facets="speaker")
    counts = {one["value"]: one["count"] for one in whole["facets"]["speaker"]}
    assert (counts["ilse-marlow"], counts["mara-quill"], whole["page"]["total"]) == (5, 1, 6)


def test_people_topics_and_interviews_are_named_beside_the_hits(talks: TestClient) -> None:
    named = _search(talks, "Marlow ferries")["named"]
    assert named == {
        "people": [
            {
                "slug": "ilse-marlow",
                "name": "Ilse Marlow",
                "display_name": "Ilse Marlow",
                "address": "/v1/speakers/ilse-marlow",
                "web_page": "/speakers/ilse-marlow",
            }
        ],
        "topics": [],
        "interviews": [
            {
                "slug": "ferry",
                "title": "Ferries and fares",
                "published": "2022-05-06",
                "address": "/v1/interviews/ferry",
                "web_page": "/interviews/ferry",
            }
        ],
    }
    assert talks.get(named["people"][0]["address"]).status_code == 200
    # A particle names nobody.
    assert _search(talks, "de la")["named"]["people"] == []


def test_slip_in_a_name_is_one_too(talks: TestClient) -> None:
    answer = _search(talks, "Oaeks tower")
    assert (answer["query"]["searched"], answer["named"]["people"][0]["slug"]) == ("oakes tower", "bran-oakes")
    assert "on the tower" in answer["items"][0]["question"]["text"]


def test_slip_does_not_drown_the_other_words(talks: TestClient) -> None:
    answer = _search(talks, "bras lamp")
    assert answer["query"]["words"] == ["brass", "lamp"]
    assert "copper hood" in _first(answer)


def test_equal_suggestions_are_all_given_and_searched(client: TestClient, load: Callable[..., LoadedInterview]) -> None:
    load(
        "Q: What do you grow here?\nA: We grow lemons beside the old stable wall.\n"
        "Q: What do you teach here?\nA: We teach lessons in the new stable yard.\n",
        'language = "en"',
    )
    answer = _search(client, "lesons stable")
    [word] = answer["did_you_mean"]["words"]
    assert (word["suggestions"], word["replaced"]) == (["lessons"], True)
    answer = _search(client, "leomns")
    assert answer["did_you_mean"]["words"][0]["suggestions"] == ["lemons"]
    load("Q: Who made the tables?\nA: The cable maker and the gable maker made every one of them.", 'language = "en"')
    answer = _search(client, "xable")
    assert answer["did_you_mean"] is None or not answer["did_you_mean"]["words"][0]["replaced"]


def _equally_near(client: TestClient, load: Callable[..., LoadedInterview], words: list[str]) -> Any:
    lines = [f"Q: What stood beside stall {place}?\nA: The {word} of the yard." for place, word in enumerate(words)]
    load("\n".join(lines), 'language = "en"')
    return _search(client, "tther")


def test_all_of_several_words_that_are_equally_near_are_searched(
    client: TestClient, load: Callable[..., LoadedInterview]
) -> None:
    answer = _equally_near(client, load, ["tether", "tither", "tither", "teacher"])
    [word] = answer["did_you_mean"]["words"]
    # The most common one first; one that is farther away is none.
    assert (word["suggestion"], word["suggestions"]) == ("tither", ["tither", "tether"])
    assert word["replaced"]
    assert answer["did_you_mean"]["query"] == "tither"
    found = [_first({"items": [item]}) for item in answer["items"]]
    assert len(found) == 3
    assert all("tether" in text or "tither" in text for text in found)


def test_word_that_may_be_a_slip_of_too_many_replaces_nothing(
    client: TestClient, load: Callable[..., LoadedInterview]
) -> None:
    answer = _equally_near(client, load, ["tather", "tether", "tither", "tother", "tuther", "tyther"])
    [word] = answer["did_you_mean"]["words"]
    assert word["suggestions"] == ["tather", "tether", "tither", "tother", "tuther"]
    assert not word["replaced"]
    assert answer["items"] == []


@pytest.mark.parametrize(("word", "near", "is_replaced"), [("rowwer", "rower", True), ("sciance", "since", False)])
def test_ratio_decides_what_is_a_slip(
    client: TestClient, load: Callable[..., LoadedInterview], word: str, near: str, is_replaced: bool
) -> None:
    load(f"Q: What is this about?\nA: Nothing much has changed {near} then, as far as I know.", 'language = "en"')
    meant = _search(client, word)["did_you_mean"]
    replaced = meant is not None and meant["words"][0]["replaced"]
    assert replaced is is_replaced


def test_who_said_looks_for_the_words_in_a_row_and_offers_the_verdict(talks: TestClient) -> None:
    answer = _search(talks, "Who said everybody who rows pays?")
    assert "one way or another" in _first(answer)
    assert answer["items"][0]["snippets"][0]["html"].count("<mark>everybody who rows pays</mark>") == 1
    verdict = talks.get(answer["verify"]).json()
    assert verdict["verdict"] != "not_found"
    assert "Tom de la Quay" in verdict["explanation"]
    other = _search(talks, "who said nobody who rows pays a fare", mode="ask")
    assert "mother" in _first(other)
    assert _search(talks, "rows pays")["verify"] is None


def test_interjections_do_not_come_first(talks: TestClient) -> None:
    hits = _search(talks, "brass lamp")["items"]
    asked = [hit["question"]["text"] for hit in hits]
    assert asked[0].startswith("So, um, what did you put")
    assert asked[2] == "Brass lamp?"
    assert hits[2]["score"] < hits[1]["score"] < hits[0]["score"]


def test_words_of_addresses_are_neither_found_nor_marked(talks: TestClient) -> None:
    assert _search(talks, "kerosene")["items"] == []
    [hit] = _search(talks, "drawings town")["items"]
    assert hit["snippets"][0]["html"].startswith("The [<mark>drawings</mark>](https://example.org/brass-lamp")
    # The words before and after the address stand side by side.
    assert _search(talks, '"drawings hang"')["page"]["total"] == 1


def test_hit_by_the_title_has_a_passage(talks: TestClient) -> None:
    hits = _search(talks, "gull point")["items"]
    assert len(hits) == 5
    for hit in hits:
        assert hit["highlights"] == []
        assert hit["title_highlights"]
        snippet, [answer] = hit["snippets"][0], hit["question"]["answers"]
        assert snippet["answer_id"] == answer["id"]
        assert snippet["text"] == answer["text"][: len(snippet["text"])] != ""
        assert hit["snippets"][0]["highlights"] == []


def test_scores_are_from_0_to_1(talks: TestClient) -> None:
    for q in ("brass lamp", "Marlow", "who said nobody who rows", "rope OR fare OR lamp", "gull*", "a"):
        scores = [hit["score"] for hit in _search(talks, q)["items"]]
        assert all(0 <= score <= 1 for score in scores)
    best, *_rest = _search(talks, "Ilse Marlow rope storm")["items"]
    assert best["score"] > 0.5


def test_near_doubles_of_one_interview_do_not_fill_the_first_page(
    client: TestClient, load: Callable[..., LoadedInterview]
) -> None:
    jingle = "Welcome to the lantern hour, the show about lanterns and lantern makers, with news from the coast."
    load(
        "\n".join(f"Q: How does show {number} begin this week?\nA: {jingle}" for number in range(25)),
        'slug = "show"\nlanguage = "en"',
    )
    load(
        "Q: What hung above the door?\nA: There hung a lantern that my aunt had painted green one summer.",
        'slug = "aunt"\nlanguage = "en"',
        "aunt.txt",
    )
    hits = _search(client, "lantern")["items"]
    assert len(hits) == 20
    assert "aunt" in [hit["interview"]["slug"] for hit in hits[:2]]
    within = _search(client, "lantern", interview="show", limit=100)["items"]
    assert [hit["score"] for hit in within] == sorted((hit["score"] for hit in within), reverse=True)


def test_sort_by_relevance_over_a_long_list_is_bounded_and_says_so(
    client: TestClient, load: Callable[..., LoadedInterview], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("old", "new"):
        text = "\n".join(f"Q: Where is mill {number} of the {name} ones?\nA: By the water." for number in range(4))
        load(text, f'slug = "{name}"', f"{name}.txt")
    address = "/v1/questions?q=mill&sort=relevance"
    whole = client.get(address).json()
    assert (whole["page"]["total"], whole["page"]["is_bounded"], len(whole["items"])) == (8, False, 8)
    monkeypatch.setattr(limits, "RARE_QUESTIONS", 2)
    monkeypatch.setattr(limits, "SORTED_BY_RELEVANCE", 5)
    for noun in ("questions", "answers"):
        # In other words, because the list is kept.
        answer = client.get(f"/v1/{noun}?q=mills&sort=relevance&limit=100")
        page = answer.json()["page"]
        assert (page["total"], page["is_bounded"], len(answer.json()["items"])) == (8, True, 5)
    newest = [item["interview"]["slug"] for item in answer.json()["items"]]
    assert newest.count("new") == 4
    within = client.get("/v1/questions?q=mill&sort=relevance&interview=old&limit=99").json()
    assert (within["page"]["is_bounded"], len(within["items"])) == (False, 4)
    by_date = client.get("/v1/questions?q=mill&limit=98").json()
    assert (by_date["page"]["is_bounded"], len(by_date["items"])) == (False, 8)
