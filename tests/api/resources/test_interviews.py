from collections.abc import Callable

from starlette.testclient import TestClient

from app.loading import LoadedInterview


def test_interview_is_found_by_slug_and_by_id(seed: TestClient) -> None:
    by_slug = seed.get("/v1/interviews/worldnewsam-3712").json()
    assert seed.get(f"/v1/interviews/{by_slug['id']}").json() == by_slug
    assert (by_slug["question_count"], by_slug["answer_count"], by_slug["revision"]) == (5, 5, 1)
    counts = {topic["slug"]: topic["question_count"] for topic in by_slug["topics"]}
    assert counts["interfaith-dialogue"] == 3
    assert list(counts.values()) == sorted(counts.values(), reverse=True)


def test_interview_needs_one_question_that_meets_all_filters(seed: TestClient) -> None:
    def total(*query: tuple[str, str]) -> int:
        return int(seed.get("/v1/interviews", params=list(query)).json()["page"]["total"])

    assert total(("topic", "youth"), ("topic", "peace")) == 1
    assert total(("topic", "youth"), ("topic", "news-media")) == 0
    assert total(("topic", "youth"), ("q", "goodwill ambassadors")) == 1
    assert total(("topic", "youth"), ("q", "memorandums")) == 0


def test_record_has_every_turn_in_order(seed: TestClient) -> None:
    record = seed.get("/v1/interviews/worldnewsam-3712/transcript").json()
    assert [turn["position"] for turn in record["turns"]] == list(range(1, 11))
    assert [turn["kind"] for turn in record["turns"]] == ["question", "answer"] * 5
    assert {turn["speaker_label"] for turn in record["turns"]} == {"Q", "Ans"}


def test_turn_without_a_label_is_in_the_record_as_nobodys(
    load: Callable[..., LoadedInterview], client: TestClient
) -> None:
    load("Recorded by the river.\nQ: Ready?\nA: Yes.\n", name="talk.txt")
    first = client.get("/v1/interviews/talk/transcript").json()["turns"][0]
    assert (first["kind"], first["speaker"], first["text"]) == ("note", None, "Recorded by the river.")


def test_source_is_offered_under_its_own_name(load: Callable[..., LoadedInterview], client: TestClient) -> None:
    load("Q: Ready?\nA: Yes.\n", 'slug = "talk"', name='folder/ré "x".txt')
    response = client.get("/v1/interviews/talk/source")
    assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''r%C3%A9%20%22x%22.txt"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_what_a_source_does_not_state_is_null_and_there(
    load: Callable[..., LoadedInterview], client: TestClient
) -> None:
    load("Q: Ready?\nA: Yes.\n", name="talk.txt")
    interview = client.get("/v1/interviews/talk?include=source").json()
    for key in ("language", "published", "published_evidence", "publisher", "series", "source_url", "summary"):
        assert interview[key] is None
    assert interview["title"] == "talk"
