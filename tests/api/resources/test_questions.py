from starlette.testclient import TestClient


def test_topic_gives_its_questions_with_answers_people_topics_and_interview(seed: TestClient) -> None:
    page = seed.get("/v1/questions", params={"topic": "interfaith-dialogue", "include": "interview"}).json()
    assert [item["position"] for item in page["items"]] == [1, 3, 5]
    first = page["items"][0]
    assert first["text"].startswith("What is the strategic significance")
    assert first["asked_by"]["slug"] == "worldnewsam-3712-interviewer"
    assert [answer["speaker"]["role"] for answer in first["answers"]] == ["interviewee"]
    assert first["answers"][0]["text"].count("\n") == 1
    assert "interfaith-dialogue" in {topic["slug"] for topic in first["topics"]}
    assert first["interview"]["source_url"] == "https://worldnewsam.com/story/3712"
    assert page["page"] == {
        "limit": 20,
        "next": None,
        "previous": None,
        "total": 3,
        "total_is_exact": True,
        "is_bounded": False,
    }


def test_question_in_the_list_is_the_question_by_itself(seed: TestClient) -> None:
    for item in seed.get("/v1/questions").json()["items"]:
        assert item.items() <= seed.get(f"/v1/questions/{item['id']}").json().items()


def test_topic_includes_those_below_it_and_minus_leaves_them_out(seed: TestClient) -> None:
    def positions(*query: tuple[str, str]) -> list[int]:
        return [item["position"] for item in seed.get("/v1/questions", params=list(query)).json()["items"]]

    assert positions(("topic", "religion")) == [1, 3, 4, 5]
    assert positions(("topic", "-religion")) == [2]
    assert positions(("topic", "youth,news-media")) == [3, 4]
    assert positions(("topic", "interfaith-dialogue"), ("topic", "tolerance")) == [1, 5]
    assert positions(("topic", "interfaith-dialogue"), ("topic", "-tolerance")) == [3]
