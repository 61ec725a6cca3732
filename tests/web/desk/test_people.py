"""People at the desk: found, proposed as doubles, merged, parted and undone, and by two editors at once."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import loading
from app.db import Database
from app.models import Scope
from app.queries import person_parts, speakers
from app.queries.filters import Filters
from app.queries.paging import PageRequest, list_page
from tests.authors import at
from tests.seed import NOW
from tests.web.desk.signed_in import DeskClient, at_the_desk
from tests.web.desk.test_interview import state_on

HOSTILE = '"><script>alert(1)</script>\u202egnorw'
ASKS = '[[speakers]]\nlabels = ["Ann Lee"]\nrole = "interviewer"\n'
TALK = "Ann Lee: How was it?\n\n{0}: It was {1}.\n"


@pytest.fixture
def desk(client: TestClient, database: Database, load: Callable[..., Any]) -> DeskClient:
    load(TALK.format("Margaret Holloway", "cold"), name="one.txt", metadata='title = "The one"\nseries = "A"\n' + ASKS)
    load(TALK.format("Margret Holloway", "warm"), name="two.txt", metadata='title = "The other"\nseries = "A"\n' + ASKS)
    load(
        TALK.format("Margaret Holloway", "wet"), name="three.txt", metadata='title = "The last"\nseries = "A"\n' + ASKS
    )
    return at_the_desk(client, database, Scope.WRITE)


def merge(desk: DeskClient, keep: str, other: str, **fields: str) -> Any:
    """Press the button that keeps one of two, on the page that shows both."""
    page = desk.get(f"/desk/merge?keep={keep}&other={other}")
    made_from = state_on(page.text)
    return desk.post("/desk/merge", {"made_from": made_from, "person": [keep, other], "keep": keep, **fields})


def slugs(database: Database) -> list[str]:
    with database.read() as connection:
        listing = speakers.listing(connection, Filters(), "slug")
        return [one["slug"] for one in list_page(connection, listing, PageRequest("all")).items]


def person(database: Database, slug: str) -> dict[str, Any]:
    with database.read() as connection:
        return person_parts.find_person(connection, slug)


def test_doubles_are_proposed_with_what_speaks_for_them(desk: DeskClient) -> None:
    page = html.unescape(desk.get("/desk/people").text)
    assert "One pair may be one person" in page
    assert "one has more names" not in page
    assert "1 letter differs: Margaret Holloway, Margret Holloway" in page
    assert "both are in the series A" in page
    link = re.search(r'href="(/desk/merge\?[^"]+)"', page)
    assert link
    both = html.unescape(desk.get(link[1]).text)
    shown_of_both = ("The one", "The other", "The last", "It was cold.", "It was warm.")
    for shown in (*shown_of_both, "keep Margaret Holloway", "keep Margret Holloway"):
        assert shown in both


def test_people_are_found_by_name_and_compared_with_anybody(desk: DeskClient) -> None:
    page = desk.get("/desk/people?q=holloway").text
    assert 'href="/desk/people/margaret-holloway"' in page
    assert 'href="/desk/people/margret-holloway"' in page
    page = html.unescape(desk.get("/desk/people?q=ann&like=margaret-holloway").text)
    assert "/desk/merge?keep=margaret-holloway&other=ann-lee" in page
    both = desk.get("/desk/merge?keep=margaret-holloway&other=ann-lee").text
    assert "Both take part in the same interview" in both
    assert 'name="keep"' not in both, "two of one interview cannot be merged"
    assert "No" in desk.get("/desk/people?q=xylophonist").text


def test_two_are_merged_and_set_apart_again_with_reasons(desk: DeskClient, database: Database) -> None:
    before = slugs(database)
    answer = merge(desk, "margaret-holloway", "margret-holloway", reason="the same voice")
    assert answer.headers["Location"] == "/desk/people/margaret-holloway?done=merged"
    assert "margret-holloway" not in slugs(database)
    assert len(person(database, "margaret-holloway")["parts"]) == 3
    page = html.unescape(desk.get("/desk/people/margaret-holloway").text)
    assert "Margret Holloway is Margaret Holloway" in page
    assert "the same voice" in page
    assert "Ada" in page
    assert "Nobody is proposed" in desk.get("/desk/people").text
    undone = desk.post("/desk/statements/1/undo", {"reason": "two voices after all"})
    assert undone.headers["Location"] == "/desk/people/margaret-holloway?done=set-apart"
    assert slugs(database) == before
    listed = html.unescape(desk.get("/desk/statements").text)
    assert "two voices after all" in listed
    # To undo the undoing, both are looked at again.
    assert "/desk/merge?keep=margaret-holloway&other=margret-holloway" in listed
    merge(desk, "margret-holloway", "margaret-holloway")
    assert "margaret-holloway" not in slugs(database)


def test_two_people_are_proposed_no_more_until_that_is_undone(desk: DeskClient, database: Database) -> None:
    names = ["margaret-holloway", "margret-holloway"]
    address = f"/desk/merge?keep={names[0]}&other={names[1]}"
    both = desk.get(address).text
    assert 'formaction="/desk/distinct"' in both
    made = desk.post("/desk/distinct", {"made_from": state_on(both), "person": names, "reason": "sisters"})
    assert (made.status_code, made.headers["Location"]) == (303, "/desk/people?done=distinct")
    assert "are not proposed as one any more" in desk.get("/desk/people?done=distinct").text
    assert f"other={names[1]}" not in desk.get("/desk/people").text
    both = html.unescape(desk.get(address).text)
    assert "They are stated to be two people" in both
    assert "Margaret Holloway and Margret Holloway are two people" in re.sub("[\u2068\u2069]", "", both)
    assert "sisters" in both
    assert "formaction" not in both
    assert 'name="keep"' not in both
    again = desk.post("/desk/distinct", {"made_from": "0", "person": names})
    assert again.status_code == 409
    undone = desk.post("/desk/statements/1/undo")
    assert undone.headers["Location"] == f"/desk/people/{names[0]}?done=distinct-undone"
    assert f"other={names[1]}" in desk.get("/desk/people").text
    assert slugs(database) == ["ann-lee", *names]
    assert desk.post("/desk/distinct", {"person": names[:1]}).status_code in {400, 422}


def test_one_is_parted_and_joined_again(desk: DeskClient, database: Database) -> None:
    page = desk.get("/desk/people/margaret-holloway").text
    address = "/desk/people/margaret-holloway/part"
    made_from = state_on(page)
    assert desk.post(address, {"made_from": made_from}).status_code == 422
    every = [part["slug"] for part in person(database, "margaret-holloway")["parts"]]
    assert desk.post(address, {"made_from": made_from, "interview": every}).status_code == 422, "nobody would be left"
    fields = {"made_from": made_from, "interview": every[:1], "name": "Margaret Holloway-Smith", "reason": "her aunt"}
    assert desk.post(address, fields).headers["Location"] == "/desk/people/margaret-holloway?done=parted"
    assert [part["slug"] for part in person(database, "margaret-holloway-smith")["parts"]] == every[:1]
    assert "her aunt" in desk.get("/desk/people/margaret-holloway-smith").text
    desk.post("/desk/statements/1/undo")
    assert "margaret-holloway-smith" not in slugs(database)
    assert len(person(database, "margaret-holloway")["parts"]) == 2


def test_page_of_a_former_state_writes_nothing(desk: DeskClient, database: Database, load: Callable[..., Any]) -> None:
    page = desk.get("/desk/merge?keep=margaret-holloway&other=margret-holloway").text
    people = ["margaret-holloway", "margret-holloway"]
    fields = {"made_from": state_on(page), "person": people, "keep": people[0], "reason": "sure"}
    load(TALK.format("Margret Holloway", "new"), name="four.txt", metadata='title = "News"\nseries = "A"\n' + ASKS)
    stale = desk.post("/desk/merge", fields)
    assert stale.status_code == 409
    assert "Somebody else has changed one of them" in stale.text
    assert 'value="sure"' in stale.text, "the reason is kept"
    assert "margret-holloway" in slugs(database)
    assert desk.post("/desk/merge", {**fields, "made_from": state_on(stale.text)}).status_code == 303
    part = {"made_from": state_on(desk.get("/desk/people/margaret-holloway").text), "interview": ["one"]}
    desk.post("/desk/statements/1/undo")
    assert desk.post("/desk/people/margaret-holloway/part", part).status_code == 409


def test_who_was_merged_meanwhile_is_named_with_the_one_who_did_it(
    desk: DeskClient, database: Database, client: TestClient
) -> None:
    people = ["margaret-holloway", "margret-holloway"]
    page = desk.get("/desk/merge?keep=margaret-holloway&other=margret-holloway").text
    other = at_the_desk(client, database, Scope.WRITE)
    merge(other, *people, reason="I was first")
    late = desk.post("/desk/merge", {"made_from": state_on(page), "person": people, "keep": people[1]})
    assert late.status_code == 409
    assert "I was first" in late.text
    assert 'href="/desk/people/margaret-holloway"' in late.text
    # Looked at again, they are one already; and an undoing that comes late changes nothing.
    looked = desk.get("/desk/merge?keep=margaret-holloway&other=margret-holloway")
    assert looked.headers["Location"] == "/desk/people/margaret-holloway?done=one-already"
    desk.post("/desk/statements/1/undo")
    assert other.post("/desk/statements/1/undo").status_code == 409
    assert desk.post("/desk/statements/x/undo").status_code == 422
    assert desk.get("/desk/people/nobody").status_code == 404
    assert desk.get("/desk/merge?keep=nobody&other=ann-lee").status_code == 422


def test_form_names_two_of_whom_one_is_kept(desk: DeskClient) -> None:
    for fields in ({}, {"keep": "a"}, {"keep": "a", "person": ["a"]}, {"keep": "a", "person": ["b", "c"]}):
        assert desk.post("/desk/merge", fields).status_code == 422
    assert desk.get("/desk/people?done=never-heard-of").status_code == 200


def test_without_the_scope_everything_is_read_and_nothing_changed(
    desk: DeskClient, database: Database, client: TestClient
) -> None:
    merge(desk, "margaret-holloway", "margret-holloway", reason="said by Ada")
    reader = at_the_desk(client, database, Scope.READ_HELD)
    both = "/desk/merge?keep=ann-lee&other=margaret-holloway"
    for path in ("/desk/people", "/desk/people?q=holloway", "/desk/people/margaret-holloway", both):
        page = reader.get(path)
        assert page.status_code == 200
        assert "said by Ada" not in page.text
        assert page.text.count('method="post"') == 1, "to sign out"
    assert reader.get("/desk/statements").status_code == 403
    sent = {"made_from": "x", "person": ["ann-lee", "margaret-holloway"], "keep": "ann-lee"}
    for path in ("/desk/merge", "/desk/people/margaret-holloway/part", "/desk/statements/1/undo"):
        assert reader.post(path, sent).status_code == 403
    nobody = client.post("/desk/merge", data=sent, follow_redirects=False)
    assert nobody.headers["Location"].startswith("/desk/sign-in")
    assert "margret-holloway" not in slugs(database)


def test_hostile_names_are_shown_and_do_nothing(desk: DeskClient, database: Database, load: Callable[..., Any]) -> None:
    for number in (1, 2):
        name = f"Zoë {HOSTILE} Kern"
        load(f"Q: Who?\n\nA: Me, {number}.\n", name=f"bad-{number}.txt", metadata=_people(name, number))
    page = desk.get("/desk/people?q=kern").text
    slug = re.search(r'href="/desk/people/([^"]+)"', page)
    assert slug
    with database.write() as connection:
        loading.part(connection, slug[1], ["bad-2"], f"Ida {HOSTILE}", at(NOW, HOSTILE, HOSTILE))
    for path in ("/desk/people", "/desk/people?q=kern", f"/desk/people/{slug[1]}", "/desk/statements"):
        text = desk.get(path).text
        assert "<script>alert" not in text
    assert "&lt;script&gt;" in desk.get("/desk/statements").text


def _people(name: str, number: int) -> str:
    speaker = f'[[speakers]]\nlabels = ["A"]\nname = {json.dumps(name)}'
    return f'slug = "bad-{number}"\ntitle = {json.dumps(HOSTILE)}\nseries = "S"\n{speaker}\n'


def test_people_of_an_interview_that_is_held_back_have_no_page(
    desk: DeskClient, database: Database, client: TestClient
) -> None:
    assert 'href="/desk/people/' in desk.get("/desk/interviews/one").text
    with database.write() as connection:
        loading.hold(connection, "one", NOW.replace(year=2100), at(NOW))
    reader = at_the_desk(client, database, Scope.WRITE, Scope.READ_HELD)
    page = reader.get("/desk/interviews/one")
    assert page.status_code == 200
    assert 'href="/desk/people/' not in page.text
