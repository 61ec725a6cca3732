"""What lists and items have in common: scoped lists, pages by number, neighbours, counts and context."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.loading import LoadedInterview
from app.main import create_app
from app.queries import paging
from app.queries.paging import DEEPEST_NUMBERED
from app.queries.revision_cache import RevisionCache
from app.settings import Settings
from tests.conftest import ROOT

INTERVIEWEE = "worldnewsam-3712-interviewee"
SCOPED = {
    "/v1/topics/religion/questions": "/v1/questions?topic=religion",
    "/v1/topics/interfaith-dialogue/questions": "/v1/questions?topic=interfaith-dialogue",
    f"/v1/speakers/{INTERVIEWEE}/answers": f"/v1/answers?answered_by={INTERVIEWEE}",
    "/v1/speakers/worldnewsam-3712-interviewer/answers": "/v1/answers?answered_by=worldnewsam-3712-interviewer",
    "/v1/interviews/worldnewsam-3712/questions": "/v1/questions?interview=worldnewsam-3712&sort=position",
    "/v1/interviews/gky5nhbt0gvp/questions": "/v1/questions?interview=worldnewsam-3712&sort=position",
}


@pytest.fixture
def two(load: Callable[..., LoadedInterview], own_seed: TestClient) -> TestClient:
    """A client of the seed and another interview, whose questions have no topics."""
    load(
        "Q: Is the river high?\nA: It is.\nQ: And cold?\nA: No.\n",
        'slug = "river"\nseries = "Rivers"',
        name="river.txt",
    )
    return own_seed


@pytest.mark.parametrize(("address", "same"), SCOPED.items())
def test_scoped_list_is_the_list_narrowed_to_its_scope(two: TestClient, address: str, same: str) -> None:
    scoped, narrowed = two.get(address).json(), two.get(same).json()
    assert scoped["items"] == narrowed["items"]
    assert scoped["page"]["total"] == narrowed["page"]["total"]


def test_scoped_list_is_narrowed_further_and_paged_within_its_scope(two: TestClient) -> None:
    page = two.get("/v1/topics/religion/questions?topic=-tolerance&limit=1&facets=topic").json()
    assert (page["page"]["total"], page["items"][0]["position"]) == (2, 3)
    assert {value["value"] for value in page["facets"]["topic"]} & {"religion", "tolerance"} == {"religion"}
    following = two.get(page["page"]["next"]).json()
    assert [item["position"] for item in following["items"]] == [4]
    cursor = page["page"]["next"].partition("cursor=")[2]
    assert two.get(f"/v1/topics/youth/questions?topic=-tolerance&limit=1&cursor={cursor}").status_code == 400


def test_exact_scope_leaves_out_topics_below(two: TestClient) -> None:
    assert two.get("/v1/topics/religion/questions").json()["page"]["total"] == 4
    assert two.get("/v1/topics/religion/questions?topic_scope=exact").json()["page"]["total"] == 0
    assert two.get("/v1/questions?topic=tolerance&topic_scope=exact").json()["page"]["total"] == 2


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("/v1/topics/religon/questions", "religion"),
        ("/v1/speakers/worldnewsam-3712-interviewe/answers", INTERVIEWEE),
        ("/v1/interviews/worldnewsam-371/questions", "worldnewsam-3712"),
    ],
)
def test_scope_that_is_not_there_is_not_found(two: TestClient, address: str, near: str) -> None:
    problem = two.get(address).json()
    assert problem["status"] == 404
    assert f"'{near}'" in problem["detail"]


def test_within_an_interview_no_other_interview_can_be_asked_for(two: TestClient) -> None:
    problem = two.get("/v1/interviews/river/questions?interview=river").json()
    assert (problem["status"], problem["errors"][0]["parameter"]) == (422, "interview")


def test_pages_by_number_are_the_list_in_order(two: TestClient) -> None:
    whole = [item["id"] for item in two.get("/v1/questions").json()["items"]]
    pages = [two.get(f"/v1/questions?limit=3&page={number}").json() for number in (1, 2, 3)]
    assert [item["id"] for page in pages for item in page["items"]] == whole
    assert "page=" not in pages[0]["page"]["next"]
    assert two.get(pages[0]["page"]["next"]).json()["items"] == pages[1]["items"]
    assert two.get(pages[2]["page"]["previous"]).json()["items"] == pages[1]["items"]
    assert (pages[0]["page"]["previous"], pages[2]["page"]["next"]) == (None, None)


def test_page_past_the_last_one_is_empty_and_leads_back_to_it(two: TestClient) -> None:
    page = two.get("/v1/questions?limit=3&page=50").json()
    assert (page["items"], page["page"]["next"], page["page"]["total"]) == ([], None, 7)
    assert page["page"]["previous"] == "/v1/questions?limit=3&page=3"
    assert len(two.get(page["page"]["previous"]).json()["items"]) == 1


def test_page_by_number_too_deep_is_refused_and_names_the_cursor(two: TestClient) -> None:
    assert two.get(f"/v1/questions?limit=100&page={DEEPEST_NUMBERED // 100}").status_code == 200
    problem = two.get(f"/v1/questions?limit=100&page={DEEPEST_NUMBERED // 100 + 1}").json()
    assert (problem["status"], problem["errors"][0]["parameter"]) == (422, "page")
    assert "cursor" in problem["detail"]


def test_cursor_and_page_together_are_refused(two: TestClient) -> None:
    following = two.get("/v1/questions?limit=2").json()["page"]["next"]
    problem = two.get(f"{following}&page=2").json()
    assert (problem["status"], problem["errors"][0]["parameter"]) == (422, "page")


def test_interview_without_a_date_comes_last_both_ways(two: TestClient) -> None:
    for sort in ("published", "-published"):
        items = two.get("/v1/interviews", params={"sort": sort}).json()["items"]
        assert [item["slug"] for item in items] == ["worldnewsam-3712", "river"]


def test_relevance_puts_first_what_asks_for_the_word(load: Callable[..., LoadedInterview], client: TestClient) -> None:
    load(
        "Q: How was work?\nA: We built the mill. It was hard.\n"
        "Q: What of the mill by the second mill?\nA: The mill stood.\n"
        "Q: Which mill?\nA: That one.\n",
        'slug = "talk"',
    )
    for noun in ("questions", "answers"):
        items = client.get(f"/v1/{noun}?q=mill&sort=relevance&include=turns").json()["items"]
        assert [(item if noun == "questions" else item["question"])["position"] for item in items] == [2, 3, 1]
    problem = client.get("/v1/questions?sort=relevance").json()
    assert (problem["status"], problem["errors"][0]["parameter"]) == (422, "sort")
    assert "`q`" in problem["detail"]


def test_question_has_its_neighbours_and_counts(seed: TestClient) -> None:
    first, second = (seed.get(f"/v1/questions/gky5nhbt0gvp-q{number}").json() for number in (1, 2))
    assert first["previous"] is None
    assert first["next"] == {name: second[name] for name in ("id", "position", "text")}
    assert second["previous"] == {name: first[name] for name in ("id", "position", "text")}
    assert seed.get("/v1/questions/gky5nhbt0gvp-q5").json()["next"] is None
    assert first["counts"] == {"answer_count": 1, "turn_count": 2, "question_count": 5}
    assert first["context"] is None


def test_answer_has_its_neighbours_across_questions(load: Callable[..., LoadedInterview], client: TestClient) -> None:
    load("Q: Who?\nA1: Me.\nA2: And me.\nQ: When?\nA1: Now.\n", 'slug = "talk"')
    answers = client.get("/v1/answers?sort=position,title").json()["items"]
    shown = [client.get(f"/v1/answers/{answer['id']}").json() for answer in answers]
    assert [item["previous"] and item["previous"]["id"] for item in shown] == [
        None,
        *[one["id"] for one in answers[:2]],
    ]
    assert [item["next"] and item["next"]["id"] for item in shown] == [*[one["id"] for one in answers[1:]], None]
    assert shown[0]["counts"] == {"turn_count": 1, "answer_count": 2}
    assert shown[1]["next"]["question_id"] == answers[2]["question"]["id"]


def test_interview_has_those_published_before_and_after_it_in_its_series(
    load: Callable[..., LoadedInterview], client: TestClient
) -> None:
    for slug, published, series in (
        ("late", "2021", "Hills"),
        ("early", "2019-05", "Hills"),
        ("middle", "2020-01-02", "Hills"),
        ("other", "2020", "Rivers"),
        ("undated", None, "Hills"),
    ):
        stated = f'published = "{published}"' if published else ""
        load(f"Q: Is it {slug}?\nA: Yes.\n", f'slug = "{slug}"\nseries = "{series}"\n{stated}', name=f"{slug}.txt")

    def beside(slug: str) -> list[Any]:
        item = client.get(f"/v1/interviews/{slug}").json()
        return [neighbour and neighbour["slug"] for neighbour in (item["previous"], item["next"])]

    assert beside("middle") == ["early", "late"]
    assert beside("early") == [None, "middle"]
    assert beside("other") == [None, None]
    assert beside("undated") == [None, None]


def test_context_is_the_turns_around_an_answer(seed: TestClient) -> None:
    record = seed.get("/v1/interviews/worldnewsam-3712/transcript").json()["turns"]
    context = seed.get("/v1/answers/gky5nhbt0gvp-a2?context=2").json()["context"]
    # The second answer is the fourth turn.
    assert context == {"before": record[1:3], "after": record[4:6]}
    edges = seed.get("/v1/questions/gky5nhbt0gvp-q1?context=20").json()["context"]
    assert edges == {"before": [], "after": record[2:]}


@pytest.mark.parametrize("value", ["-1", "21", "1.5", "two", ""])
def test_context_of_another_size_is_refused(seed: TestClient, value: str) -> None:
    problem = seed.get("/v1/answers/gky5nhbt0gvp-a2", params={"context": value}).json()
    assert (problem["status"], problem["errors"][0]["parameter"]) == (422, "context")


def test_speakers_are_narrowed_by_their_role_and_the_interviews_they_take_part_in(two: TestClient) -> None:
    def slugs(query: str) -> list[str]:
        return [item["slug"] for item in two.get(f"/v1/speakers?{query}").json()["items"]]

    assert slugs("series=Rivers") == ["river-interviewee", "river-interviewer"]
    assert slugs("role=interviewee") == ["river-interviewee", INTERVIEWEE]
    assert slugs("role=-interviewee&year=2023") == ["worldnewsam-3712-interviewer"]
    assert slugs("role=interviewer,interviewee&interview=river") == ["river-interviewee", "river-interviewer"]
    assert slugs("role=audience") == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("role=guest", "role"),
        ("role=Interviewee", "role"),
        ("role=interviewee,", "role"),
        ("year=23", "year"),
        ("year=0000", "year"),
        ("year=2023-11", "year"),
        ("year=２０２３", "year"),
        ("topic_scope=all", "topic_scope"),
    ],
)
def test_value_that_a_filter_cannot_have_is_refused(seed: TestClient, query: str, parameter: str) -> None:
    for noun in ("questions", "answers", "interviews"):
        problem = seed.get(f"/v1/{noun}?{query}").json()
        assert (problem["status"], problem["errors"][0]["parameter"]) == (422, parameter)


def _forgetful(database_url: str) -> TestClient:
    """A client of an application that keeps no answers."""
    return TestClient(create_app(Settings(database_url=database_url, cache_bytes=0)))


@pytest.fixture
def forgetful(two: TestClient, database_url: str) -> Iterator[TestClient]:
    with _forgetful(database_url) as opened:
        yield opened


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[paging.Listing]:
    """The lists that were counted."""
    counted = []
    original = paging._count

    def count(connection: sa.Connection, listing: paging.Listing) -> tuple[int, bool]:
        counted.append(listing)
        return original(connection, listing)

    monkeypatch.setattr(paging, "_count", count)
    return counted


def test_list_is_counted_once_for_all_of_its_pages(forgetful: TestClient, counts: list[paging.Listing]) -> None:
    seen: list[str] = []
    link: str | None = "/v1/questions?limit=2"
    while link:
        page = forgetful.get(link).json()
        assert page["page"]["total"] == 7
        seen += [item["id"] for item in page["items"]]
        link = page["page"]["next"]
    assert len(set(seen)) == len(seen) == 7
    assert forgetful.get("/v1/questions?limit=3&page=2&fields=id").json()["page"]["total"] == 7
    assert len(counts) == 1


@pytest.mark.slow
def test_write_in_another_process_changes_what_a_list_comes_to_at_once(
    forgetful: TestClient, counts: list[paging.Listing], database_url: str, tmp_path: Path
) -> None:
    address = "/v1/questions?topic=religion&facets=topic,speaker&limit=2"
    before = [forgetful.get(address).json() for _ in range(2)]
    assert before[0] == before[1]
    (tmp_path / "faith.txt").write_text("Q: Is faith one?\nA: It is.\n")
    (tmp_path / "faith.toml").write_text(
        'title = "Faith"\npublished = "2031"\n\n[[questions]]\nbegins = "Is faith"\ntopics = ["religion"]\n'
    )
    environment = {**os.environ, "QUOTH_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "app", "load", str(tmp_path / "faith.txt")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    after = forgetful.get(address).json()
    assert after["page"]["total"] == before[0]["page"]["total"] + 1
    assert after["items"][0]["text"] == "Is faith one?"
    found = [{value["value"]: value["count"] for value in each["facets"]["topic"]} for each in (before[0], after)]
    assert found[1]["religion"] == found[0]["religion"] + 1
    assert len(counts) == 2


@pytest.mark.slow
def test_lists_that_differ_in_anything_share_nothing(forgetful: TestClient, database_url: str) -> None:
    filters = [
        "",
        "topic=religion",
        "topic=-religion",
        "topic=religion&topic_scope=exact",
        "topic=religion&topic_state=all",
        "topic=tolerance",
        "topic=religion,tolerance",
        "topic=religion&topic=tolerance",
        f"speaker={INTERVIEWEE}",
        f"asked_by={INTERVIEWEE}",
        f"answered_by={INTERVIEWEE}",
        "interview=river",
        "series=Rivers",
        "series=-Rivers",
        "q=river",
        "q=cold",
        "answered=true",
        "answered=false",
        "published_from=2020",
        "published_to=2020",
    ]
    paths = ["/v1/questions", "/v1/interviews", "/v1/topics/religion/questions"]
    ways = ["limit=1", "limit=1&sort=title&facets=topic", "limit=1&facets=series,topic"]
    addresses = [f"{path}?{each}&{way}" for path in paths for each in filters for way in ways]

    def answer_to(client: TestClient, address: str) -> Any:
        answer = client.get(address)
        return (answer.status_code, answer.json().get("page"), answer.json().get("facets"), answer.json().get("items"))

    warm = {address: answer_to(forgetful, address) for address in [*addresses, *reversed(addresses)]}
    with _forgetful(database_url) as knowing_nothing:
        for address in reversed(addresses):
            cast("FastAPI", knowing_nothing.app).state.corpus.revision_cache = RevisionCache()
            assert answer_to(knowing_nothing, address) == warm[address], address
    assert len({str(page) for status, page, _facets, _items in warm.values() if status == 200}) > len(filters)
