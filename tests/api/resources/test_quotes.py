import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.conftest import SEED

INTERVIEWEE, INTERVIEWER = "worldnewsam-3712-interviewee", "worldnewsam-3712-interviewer"


def verified(client: TestClient, text: str, **parameters: str) -> Any:
    response = client.get("/v1/quotes/verify", params={"text": text, **parameters})
    assert response.status_code == 200, response.text
    posted = client.post("/v1/quotes/verify", json={"text": text, **parameters})
    assert posted.json() == response.json()
    return response.json()


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("We have for example theaters in their languages", "exact"),
        ("our Congress is doing the same thing", "folded"),
        ("we have for example theaters … so that's one part of it", "elided"),
        ("there are Islamic terrorists in the world", "altered"),
        ("tolerance alone is enough", "altered"),
        ("nobody ever said this of the moon and its craters", "not_found"),
    ],
)
def test_each_verdict_of_the_seed(seed: TestClient, text: str, verdict: str) -> None:
    assert verified(seed, text)["verdict"] == verdict


def test_a_match_says_where_it_stands(seed: TestClient) -> None:
    [match] = verified(seed, "Our Congress is doing the same thing")["matches"]
    assert match["text"] == "Our Сongress is doing the same thing"
    [place] = match["places"]
    source = SEED.read_bytes().decode()
    assert source[place["source_start"] : place["source_end"]] == match["text"]
    record = seed.get("/v1/interviews/worldnewsam-3712/transcript").json()
    [turn] = [turn for turn in record["turns"] if turn["id"] == place["turn"]]
    assert turn["text"][place["start"] : place["end"]] == match["text"]
    assert (turn["question_id"], turn["answer_id"]) == (match["question_id"], match["answer_id"])
    assert f"{match['before']}{match['text']}{match['after']}" in turn["text"]
    assert match["speaker"]["slug"] == INTERVIEWEE
    assert match["interview"]["slug"] == "worldnewsam-3712"
    citation = match["citation"]
    assert (citation["revision"], citation["revision_is_current"]) == (1, True)
    assert citation["permalink"].startswith(f"/answers/{match['answer_id']}?revision=1&start=")
    cited = seed.get(citation["formats"]).json()
    assert (cited["text"], cited["permalink"]) == (match["text"], citation["permalink"])
    [difference] = match["differences"]
    assert (difference["kind"], difference["quoted"], difference["stands"]) == ("typography", "Congress", "Сongress")


def test_a_claim_is_checked(seed: TestClient) -> None:
    text = "We have for example theaters in their languages"
    assert verified(seed, text, speaker=INTERVIEWEE)["verdict"] == "exact"
    other = verified(seed, text, speaker=INTERVIEWER)
    assert (other["verdict"], other["speaker"]) == ("misattributed", INTERVIEWER)
    [match] = other["matches"]
    assert (match["as_claimed"], match["verdict"], match["cautions"]) == (False, "exact", ["speaker_unnamed"])


def test_it_is_looked_for_within_an_interview_and_a_topic(seed: TestClient) -> None:
    text = "We have for example theaters in their languages"
    assert verified(seed, text, interview="worldnewsam-3712", topic="ethnic-harmony")["verdict"] == "exact"
    assert verified(seed, text, topic="news-media")["verdict"] == "not_found"


@pytest.mark.parametrize(
    ("parameters", "name", "suggestion"),
    [
        ({"text": "any words", "speaker": "worldnewsam-3712-interviewe"}, "speaker", INTERVIEWEE),
        ({"text": "any words", "interview": "worldnewsam-3711"}, "interview", "worldnewsam-3712"),
        ({"text": "any words", "topic": "toleranze"}, "topic", "tolerance"),
        ({"text": "any words", "speker": "x"}, "speker", "speaker"),
        ({"text": "…!"}, "text", None),
        ({"text": "x" * 10_001}, "text", None),
        ({"speaker": INTERVIEWEE}, "text", None),
    ],
)
def test_bad_parameters_are_named(
    seed: TestClient, parameters: dict[str, str], name: str, suggestion: str | None
) -> None:
    for response in (
        seed.get("/v1/quotes/verify", params=parameters),
        seed.post("/v1/quotes/verify", json=parameters),
    ):
        assert response.status_code == 422
        assert response.headers["Content-Type"] == "application/problem+json"
        [error] = response.json()["errors"]
        assert error["parameter"] == name
        assert suggestion is None or suggestion in error["suggestions"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"x", b"{", b"[]", b'"text"', b"null", b'{"text": 1}', b'{"text": null}', b'{"text": NaN}',
        b'{"text": "\\ud800 a"}', b'{"text": "a\\u0000b"}', b'{"text": "a", "text": "b"}', b'{"text": ["a"]}',
        b"[" * 30_000, b'{"a":' * 10_000, b'{"text": ' + b"9" * 5_000 + b"}", b"\xff\xfe",
    ],
)  # fmt: skip
def test_a_bad_body_is_a_problem(client: TestClient, body: bytes) -> None:
    response = client.post("/v1/quotes/verify", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in {400, 422}
    assert response.json()["status"] == response.status_code
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_body_has_a_limit(client: TestClient) -> None:
    body = json.dumps({"text": "x" * 70_000})
    assert client.post("/v1/quotes/verify", content=body).status_code == 413


def test_methods_are_told(client: TestClient) -> None:
    response = client.put("/v1/quotes/verify")
    assert response.status_code == 405
    assert {"GET", "HEAD", "POST"} <= set(response.headers["Allow"].split(", "))
    assert "POST" in client.options("/v1/quotes/verify").headers["Allow"]
    assert client.post("/v1/questions").status_code == 405


def test_a_check_can_be_cached_and_a_posted_one_is_not(seed: TestClient) -> None:
    asked = seed.get("/v1/quotes/verify", params={"text": "tolerance alone is enough"})
    again = seed.get(
        "/v1/quotes/verify",
        params={"text": "tolerance alone is enough"},
        headers={"If-None-Match": asked.headers["ETag"]},
    )
    assert again.status_code == 304
    posted = seed.post("/v1/quotes/verify", json={"text": "tolerance alone is enough"})
    assert posted.headers["Cache-Control"] == "no-store"


def test_what_belongs_to_no_question_is_found_over_turns(load: Callable[..., Any], client: TestClient) -> None:
    loaded = load(
        "ADA BERG: We went to the old river.\n\nADA BERG: It had already risen.\n\nBO LIND: I saw that too.\n\n"
        "CY HOLM: So did I, and everybody else.\n\nDI FALK: Nobody else saw the mill.",
        name="panel.txt",
    )
    assert loaded.questions == 0
    verdict = verified(client, "the old river. It had already risen")
    assert verdict["verdict"] in {"exact", "folded"}
    [match] = verdict["matches"]
    assert len(match["places"]) == 2
    cited = client.get(match["citation"]["formats"]).json()
    assert (cited["text"], cited["permalink"]) == ("the old river.", match["citation"]["permalink"])
    assert verified(client, "risen. I saw that too")["verdict"] not in {"exact", "folded", "elided"}


def test_a_claimed_speaker_is_found_among_many_who_say_the_same(load: Callable[..., Any], client: TestClient) -> None:
    for number in range(70):
        load(
            f"Q: What of item {number}?\nA: That is what we have to do.\n",
            metadata=f'slug = "talk-{number}"\n[[speakers]]\nlabels = ["A"]\nname = "Guest Number{number}"\n',
            name=f"talk-{number}.txt",
        )
    own = verified(client, "that is what we have to do", speaker="guest-number3")
    assert own["verdict"] == "folded"
    assert own["matches"][0]["speaker"]["slug"] == "guest-number3"
    assert not own["is_complete"]
    assert verified(client, "that is what we never have to do", speaker="guest-number3")["verdict"] == "altered"


def test_somebody_of_the_same_name_may_be_the_one(load: Callable[..., Any], client: TestClient) -> None:
    for number, words in enumerate(("It rose in the night.", "Nobody had seen it before.")):
        load(
            f"Q: What of item {number}?\nA: {words}\n",
            metadata=f'slug = "talk-{number}"\nseries = "{number}"\n[[speakers]]\nlabels = ["A"]\nname = "Ada Berg"\n'
            f'same_as = ["https://people.example/{number}"]\n',
            name=f"talk-{number}.txt",
        )
    slugs = [one["slug"] for one in client.get("/v1/speakers?limit=100").json()["items"] if one["name"] == "Ada Berg"]
    assert len(slugs) == 2
    verdicts = [verified(client, "Nobody had seen it before.", speaker=slug) for slug in slugs]
    assert [verdict["verdict"] for verdict in verdicts] == ["exact", "exact"]
    assert sorted(tuple(verdict["matches"][0]["cautions"]) for verdict in verdicts) == [(), ("same_name",)]


def test_source_offsets_follow_segments(load: Callable[..., Any], client: TestClient) -> None:
    subtitles = (
        "1\n00:00:00,000 --> 00:00:02,000\nAda Berg: It rose &amp; fell\n\n"
        "2\n00:00:02,000 --> 00:00:04,000\nin the night of it.\n\n"
        "3\n00:00:04,000 --> 00:00:06,000\nBo Lind: And then what?\n"
    )
    load(subtitles, name="talk.srt")
    [match] = verified(client, "fell in the night")["matches"]
    [place] = match["places"]
    part = subtitles[place["source_start"] : place["source_end"]]
    assert part.startswith("fell")
    assert part.endswith("night")


@pytest.mark.parametrize(
    "text", ["the " * 2_500, "a … " * 2_400, "不" * 10_000, '" OR * NEAR(', "col: ^ {} -x", "'; --", "%_\\"]
)
def test_any_text_is_answered(seed: TestClient, text: str) -> None:
    response = seed.post("/v1/quotes/verify", json={"text": text[:10_000]})
    assert response.status_code in {200, 422}
    assert response.json().get("verdict", "not_found") == "not_found"
