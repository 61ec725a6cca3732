from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.fields import select
from app.api.schemas.lists import SPARSE_MEDIA_TYPE
from app.api.schemas.questions import Question

LISTS = ("questions", "answers", "interviews", "speakers", "topics")


@pytest.mark.parametrize("noun", LISTS)
def test_every_field_by_itself_is_that_field_of_the_whole_item(seed: TestClient, noun: str) -> None:
    whole = seed.get(f"/v1/{noun}").json()
    for name in whole["items"][0]:
        response = seed.get(f"/v1/{noun}", params={"fields": name})
        assert response.headers["Content-Type"] == SPARSE_MEDIA_TYPE
        assert response.json()["items"] == [{name: item[name]} for item in whole["items"]]


@pytest.mark.parametrize(
    "address",
    [
        "/v1/questions/gky5nhbt0gvp-q2",
        "/v1/answers/gky5nhbt0gvp-a2",
        "/v1/interviews/worldnewsam-3712",
        "/v1/interviews/worldnewsam-3712/transcript",
        "/v1/speakers/worldnewsam-3712-interviewee",
        "/v1/topics/religion",
    ],
)
def test_every_field_of_an_item_by_itself_can_be_chosen(seed: TestClient, address: str) -> None:
    whole = seed.get(address).json()
    for name in whole:
        assert seed.get(address, params={"fields": name}).json() == {name: whole[name]}


def test_dots_choose_what_is_inside_lists_and_items(seed: TestClient) -> None:
    page = seed.get("/v1/questions?fields=id,answers.speaker.slug,answers.id,interview.title&limit=1").json()
    assert page["items"] == [
        {
            "id": "gky5nhbt0gvp-q1",
            "answers": [{"id": "gky5nhbt0gvp-a1", "speaker": {"slug": "worldnewsam-3712-interviewee"}}],
            "interview": {
                "title": "Interview on interfaith dialogue, ethnic harmony and Kazakhstan–Pakistan relations"
            },
        }
    ]
    assert page["page"]["total"] == 5


def test_sparse_page_keeps_its_links_and_facets(seed: TestClient) -> None:
    response = seed.get("/v1/questions?fields=id&limit=2&facets=year")
    assert response.headers["Link"] == f'<{response.json()["page"]["next"]}>; rel="next"'
    assert response.json()["facets"]["year"][0]["count"] == 5
    following = seed.get(response.json()["page"]["next"]).json()
    assert [list(item) for item in following["items"]] == [["id"], ["id"]]


@pytest.mark.parametrize("fields", ["id,answers,answers.text", "answers.text,id,answers"])
def test_a_part_beside_the_whole_adds_nothing(fields: str) -> None:
    assert select(Question, None, fields).columns == select(Question, None, "id,answers").columns


@pytest.mark.parametrize(
    "names", ["include=turns,people", "fields=id,text,answers.text", "facets=topic,year", "sort=title,-position"]
)
def test_names_can_stand_one_by_one_as_clients_write_that_know_no_commas(seed: TestClient, names: str) -> None:
    name, _, values = names.partition("=")
    one_by_one = seed.get("/v1/questions", params={name: values.split(",")})
    assert one_by_one.status_code == 200
    assert one_by_one.json() == seed.get(f"/v1/questions?{names}").json()


REFUSED: tuple[tuple[str, list[str]], ...] = (
    ("txt", ["text"]),
    ("answers.txt", ["answers.text"]),
    ("id.text", ["id"]),
    ("interview.titel", ["interview.title"]),
    ("answers,answers.txt", ["answers.text"]),
    ("ID", ["id"]),
)


@pytest.mark.parametrize(("fields", "suggested"), REFUSED)
def test_unknown_field_is_refused_with_a_near_one(seed: TestClient, fields: str, suggested: list[str]) -> None:
    response = seed.get("/v1/questions", params={"fields": fields})
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert error["parameter"] == "fields"
    assert error["suggestions"][:1] == suggested


@pytest.mark.parametrize("fields", ["", ",", "id,", "id,,text", ".", "answers.", ".id", "answers..text", " id", "*"])
def test_fields_that_name_nothing_are_refused(seed: TestClient, fields: str) -> None:
    for address in ("/v1/questions", "/v1/questions/gky5nhbt0gvp-q1"):
        problem: dict[str, Any] = seed.get(address, params={"fields": fields}).json()
        assert (problem["status"], problem["errors"][0]["parameter"]) == (422, "fields")


@pytest.mark.parametrize("names", ["fields=id,{}text", "include=turns{}", "facets=topic{}"])
def test_name_that_stands_twice_is_taken_once(seed: TestClient, names: str) -> None:
    again = {"fields": "id,", "include": ",turns", "facets": ",topic"}[names.split("=")[0]]
    once, twice = (seed.get(f"/v1/questions?limit=5&{names.format(more)}") for more in ("", again))
    assert (twice.status_code, twice.json()) == (200, once.json())
