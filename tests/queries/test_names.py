from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview
from app.queries import answers, interviews, questions
from app.queries.filters import Clause, Filters
from app.queries.paging import walk

TALK = "Q: Where does the river rise?\nA: In the hills above the old mill.\nQ: And where does it end?\nA: In the sea.\n"


@pytest.fixture
def renamed(load: Callable[..., LoadedInterview], client: TestClient) -> TestClient:
    """A client of an interview that was called `first` and is called `second`."""
    load(TALK, 'slug = "first"')
    load(TALK, 'slug = "second"')
    return client


@pytest.mark.parametrize(
    "rest", ["", "/transcript", "/source", "/citation?format=ris", "/questions", "/transcript?fields=revision"]
)
def test_renamed_interview_answers_308_under_its_former_name(renamed: TestClient, rest: str) -> None:
    response = renamed.get(f"/v1/interviews/first{rest}", follow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (308, f"/v1/interviews/second{rest}")
    assert renamed.get(f"/v1/interviews/first{rest}").content == renamed.get(f"/v1/interviews/second{rest}").content


def test_filter_with_a_former_name_means_the_same(renamed: TestClient) -> None:
    now = renamed.get("/v1/questions?interview=second").json()["items"]
    assert len(now) == 2
    assert renamed.get("/v1/questions?interview=first").json()["items"] == now


def test_name_given_to_another_interview_is_the_other_ones(
    load: Callable[..., LoadedInterview], renamed: TestClient
) -> None:
    load("Q: Is this another talk?\nA: It is, from its first word on.\n", 'slug = "first"')
    assert renamed.get("/v1/interviews/first", follow_redirects=False).json()["question_count"] == 1


def test_renamed_twice_leads_to_the_last_name(load: Callable[..., LoadedInterview], renamed: TestClient) -> None:
    load(TALK, 'slug = "third"')
    for former in ("first", "second"):
        assert renamed.get(f"/v1/interviews/{former}", follow_redirects=False).headers["Location"].endswith("/third")
    load(TALK, 'slug = "first"')
    assert renamed.get("/v1/interviews/first", follow_redirects=False).status_code == 200


def test_question_and_answer_that_a_correction_takes_out_are_gone(
    load: Callable[..., LoadedInterview], client: TestClient, database: Database
) -> None:
    load(TALK, 'slug = "talk"')
    with database.read() as connection:
        of_talk = Filters(interview=(Clause(("talk",)),))
        question = [item["id"] for item in walk(connection, questions.listing(connection, of_talk, "position"))][1]
        answer = [item["id"] for item in walk(connection, answers.listing(connection, of_talk, "position"))][1]
    load(TALK.partition("Q: And")[0], 'slug = "talk"')
    for address in (f"/v1/questions/{question}", f"/v1/answers/{answer}"):
        problem = client.get(address)
        assert (problem.status_code, problem.json()["type"]) == (410, "/problems/gone")
        assert "taken out" in problem.json()["detail"]
    assert client.get(f"/v1/questions/{answer}").status_code == 404
    assert client.get(f"/v1/questions/{question}0").status_code == 404


def test_speaker_who_takes_part_nowhere_any_more_is_gone(
    load: Callable[..., LoadedInterview], client: TestClient
) -> None:
    named = '[[speakers]]\nlabels = ["A"]\nname = "{}"'
    load(TALK, 'slug = "talk"\n' + named.format("Jane Dow"))
    assert client.get("/v1/speakers/jane-dow").status_code == 200
    load(TALK, 'slug = "talk"\n' + named.format("Ruth Okri"))
    assert client.get("/v1/speakers/ruth-okri").status_code == 200
    assert client.get("/v1/speakers/jane-dow").status_code == 410
    assert client.get("/v1/speakers/jane-dow/answers").status_code == 410
    assert client.get("/v1/answers?answered_by=jane-dow").status_code == 422


def test_speaker_whose_name_had_a_slip_in_it_is_found_under_both(
    load: Callable[..., LoadedInterview], client: TestClient
) -> None:
    named = '[[speakers]]\nlabels = ["A"]\nname = "{}"'
    load(TALK, 'slug = "talk"\n' + named.format("Jane Dow"))
    load(TALK, 'slug = "talk"\n' + named.format("Jane Doe"))
    moved = client.get("/v1/speakers/jane-dow", follow_redirects=False)
    assert (moved.status_code, moved.headers["Location"]) == (308, "/v1/speakers/jane-doe")
    assert client.get("/v1/answers?answered_by=jane-dow").json()["page"]["total"] > 0


def test_interview_is_not_found_under_a_name_it_never_had(renamed: TestClient, database: Database) -> None:
    problem = renamed.get("/v1/interviews/secnd", follow_redirects=False)
    assert problem.status_code == 404
    assert "'second'" in problem.json()["detail"]
    with database.read() as connection:
        assert [item["slug"] for item in walk(connection, interviews.listing(connection, Filters(), "title"))] == [
            "second"
        ]
