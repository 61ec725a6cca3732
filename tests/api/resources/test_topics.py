from starlette.testclient import TestClient


def test_topic_counts_its_own_questions_and_those_below_it(seed: TestClient) -> None:
    religion = seed.get("/v1/topics/religion").json()
    assert religion["broader"] is None
    assert {"interfaith-dialogue", "religious-leaders"} <= {one["slug"] for one in religion["narrower"]}
    assert (religion["question_count"], religion["question_count_with_narrower"]) == (0, 4)
    listed = seed.get("/v1/questions?topic=religion").json()["page"]["total"]
    assert listed == religion["question_count_with_narrower"]


def test_counts_of_every_topic_equal_its_list(seed: TestClient) -> None:
    for topic in seed.get("/v1/topics?limit=100").json()["items"]:
        listed = seed.get("/v1/questions", params={"topic": topic["slug"]}).json()["page"]["total"]
        assert listed == topic["question_count_with_narrower"]
        assert seed.get(f"/v1/topics/{topic['slug']}").json() == topic


def test_topics_are_listed_by_label(seed: TestClient) -> None:
    labels = [topic["label"] for topic in seed.get("/v1/topics?limit=100").json()["items"]]
    assert labels == sorted(labels)
