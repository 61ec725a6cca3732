from starlette.testclient import TestClient


def test_speakers_come_with_roles_and_counts(seed: TestClient) -> None:
    items = seed.get("/v1/speakers").json()["items"]
    assert [(one["slug"], one["question_count"], one["answer_count"], one["roles"]) for one in items] == [
        ("worldnewsam-3712-interviewee", 0, 5, [{"role": "interviewee", "interview_count": 1}]),
        ("worldnewsam-3712-interviewer", 5, 0, [{"role": "interviewer", "interview_count": 1}]),
    ]
    for item in items:
        assert seed.get(f"/v1/speakers/{item['slug']}").json() == item


def test_speakers_of_an_interview(seed: TestClient) -> None:
    assert seed.get("/v1/speakers?interview=worldnewsam-3712").json()["page"]["total"] == 2
    assert seed.get("/v1/speakers?interview=-worldnewsam-3712").json()["page"]["total"] == 0
