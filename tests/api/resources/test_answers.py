from starlette.testclient import TestClient


def test_answer_carries_its_question_people_and_interview(seed: TestClient) -> None:
    answer = seed.get("/v1/answers/gky5nhbt0gvp-a3").json()
    assert answer["text"].startswith("We know that universities")
    assert answer["speaker"]["slug"] == "worldnewsam-3712-interviewee"
    assert answer["question"]["id"] == "gky5nhbt0gvp-q3"
    assert answer["question"]["asked_by"]["role"] == "interviewer"
    assert "news-media" in [topic["slug"] for topic in answer["question"]["topics"]]
    assert answer["interview"]["slug"] == "worldnewsam-3712"


def test_answers_are_narrowed_by_who_gave_them_and_by_topic(seed: TestClient) -> None:
    def total(**query: str) -> int:
        return int(seed.get("/v1/answers", params=query).json()["page"]["total"])

    assert total(answered_by="worldnewsam-3712-interviewee") == 5
    assert total(answered_by="-worldnewsam-3712-interviewee") == 0
    assert total(answered_by="worldnewsam-3712-interviewer") == 0
    assert (total(topic="youth"), total(answered="true"), total(answered="false")) == (1, 5, 0)


def test_answer_in_the_list_is_the_answer_by_itself(seed: TestClient) -> None:
    for item in seed.get("/v1/answers").json()["items"]:
        assert item.items() <= seed.get(f"/v1/answers/{item['id']}").json().items()
