"""The interview at work: every step, undone again, and by two editors at once."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import loading
from app.db import Database
from app.models import Scope
from app.queries import interviews
from app.web.desk.session import TOKEN_FIELD
from tests.web.desk.forms import DeskPage
from tests.web.desk.signed_in import DeskClient, at_the_desk

TALK = """\
Interviewer: Who kept the mill? I mean in the war.

Brandt: My aunt did. She was not yet twenty.

Interviewer: And how was it?

Brandt: Cold. And where do you live?

Brandt: We ate what there was.

Applause: (long)
"""
WORK = "/desk/interviews/mill-talk"


@pytest.fixture
def desk(client: TestClient, database: Database, load: Callable[..., Any]) -> DeskClient:
    load(TALK, name="mill-talk.txt", metadata='title = "<b>Mill</b> talk"')
    return at_the_desk(client, database, Scope.WRITE)


def turns_of(database: Database) -> list[dict[str, Any]]:
    with database.read() as connection:
        return list(interviews.find_record(connection, "mill-talk")["turns"])


def kinds(database: Database) -> str:
    return "".join(turn["kind"][0] for turn in turns_of(database))


def pairs(database: Database) -> list[tuple[list[int], list[int]]]:
    """The places of the turns of each question and of its answers."""
    found: dict[str, tuple[list[int], list[int]]] = {}
    for place, turn in enumerate(turns_of(database)):
        if turn["question_id"]:
            found.setdefault(turn["question_id"], ([], []))[turn["answer_id"] is not None].append(place)
    return list(found.values())


def state_on(page: str) -> str:
    found = re.search(r'name="made_from" value="([^"]+)"', page)
    assert found
    return found[1]


def step(desk: DeskClient, do: str, **fields: str) -> Any:
    """Press a button of the page as it is now."""
    return desk.post(f"{WORK}/steps", {"do": do, "made_from": state_on(desk.get(WORK).text), **fields})


def undo(desk: DeskClient) -> Any:
    return desk.post(f"{WORK}/undo", {"made_from": state_on(desk.get(WORK).text)})


def test_page_shows_every_turn_escaped_with_what_can_be_done(desk: DeskClient, database: Database) -> None:
    page = desk.get(WORK)
    assert page.status_code == 200
    assert "<b>Mill" not in page.text
    for turn in turns_of(database):
        assert f'id="{turn["id"]}"' in page.text
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    opened = desk.get(f"{WORK}?turn={turns_of(database)[3]['id']}").text
    assert "And where do you live?" in re.findall(r'<option value="\d+">([^<]+)', opened)


def test_who_speaks_is_said_by_name_by_label_and_of_nobody(desk: DeskClient, database: Database) -> None:
    turn = turns_of(database)[4]["id"]
    answer = step(desk, f"who:{turn}", name="Ida Kern", speaker="", reason="heard it again", turn=turn)
    assert answer.headers["Location"] == f"{WORK}?page=1&turn={turn}&done=step#{turn}"
    assert turns_of(database)[4]["speaker"] == "ida-kern"
    step(desk, f"who:{turn}", speaker="nobody")
    assert turns_of(database)[4]["speaker"] is None
    step(desk, f"who:{turn}", speaker="as:Interviewer")
    assert turns_of(database)[4]["speaker"] == turns_of(database)[0]["speaker"]
    assert step(desk, f"who:{turn}", speaker="").status_code == 422
    with database.read() as connection:
        first, *_others, last = loading.find_stated(connection, "mill-talk").versions[-3:]
    assert (first.made_by, first.reason) == ("Ada", "heard it again")
    assert [one["speaker"] for one in last.document["turns"]] == ["Interviewer"], "one statement a turn"


def test_what_turns_are_one_by_one_and_all_with_a_label(desk: DeskClient, database: Database) -> None:
    turns = turns_of(database)
    step(desk, f"question:{turns[3]['id']}")
    assert kinds(database)[3:5] == "qa"
    step(desk, f"note:{turns[4]['id']}")
    assert kinds(database)[4] == "n"
    step(desk, f"speech:{turns[4]['id']}")
    assert kinds(database)[4] == "a"
    step(desk, f"note:{turns[1]['id']}", all="1", turn=turns[1]["id"])
    assert kinds(database)[:5] == "qnqnn"
    assert step(desk, "note:x").status_code == 404


def test_turn_is_parted_and_joined_and_either_is_taken_back(desk: DeskClient, database: Database) -> None:
    before = turns_of(database)
    turn = before[3]["id"]
    step(desk, f"part:{turn}", words="And where")
    parted = turns_of(database)
    assert [one["text"] for one in parted[3:5]] == ["Cold.", "And where do you live?"]
    step(desk, f"who:{parted[4]['id']}", speaker="as:Interviewer")
    assert [(ask, len(answer)) for ask, answer in pairs(database)] == [([0], 1), ([2], 1), ([4], 1)]
    step(desk, f"join:{parted[3]['id']}")
    assert [one["text"] for one in turns_of(database)] == [one["text"] for one in before], "a part is taken back"
    step(desk, f"join:{turn}")
    assert turns_of(database)[3]["text"].endswith("live?\n\nWe ate what there was.")
    mark = re.search(r'value="(back:[^"]+)"', desk.get(f"{WORK}?turn={turn}").text)
    assert mark
    step(desk, mark[1])
    assert [one["id"] for one in turns_of(database)] == [one["id"] for one in before]
    for fields in ({"words": "o"}, {"at": ""}, {"at": "0"}, {"at": "99999"}):
        assert step(desk, f"part:{turn}", **fields).status_code == 422
    assert step(desk, f"part:{turn}", at="6").status_code == 303
    assert turns_of(database)[4]["text"] == "And where do you live?"


def test_questions_are_joined_answers_moved_and_both_undone(desk: DeskClient, database: Database) -> None:
    turns = turns_of(database)
    assert pairs(database) == [([0], [1]), ([2], [3, 4])]
    second = turns[2]["question_id"]
    step(desk, f"move:{turns[1]['id']}", question=second)
    assert pairs(database) == [([0], []), ([2], [1, 3, 4])]
    step(desk, f"nothing:{turns_of(database)[1]['id']}")
    assert 1 not in [one for _ask, answer in pairs(database) for one in answer]
    step(desk, f"move:{turns[1]['id']}", question=turns_of(database)[0]["question_id"])
    assert pairs(database)[0] == ([0], [1])
    undo(desk)
    assert pairs(database)[0] == ([0], [])
    assert undo(desk).status_code == 303
    assert pairs(database)[0] == ([0], [1])
    step(desk, f"join-question:{turns_of(database)[2]['question_id']}")
    assert pairs(database)[0][0] == [0, 2]
    undo(desk)
    step(desk, f"no-question:{turns_of(database)[0]['question_id']}")
    assert pairs(database)[0][0] == [2]
    assert step(desk, f"join-question:{turns_of(database)[2]['question_id']}").status_code == 422


def test_role_and_name_of_whoever_takes_part(desk: DeskClient, database: Database) -> None:
    with database.read() as connection:
        people = interviews.find_record(connection, "mill-talk")["people"]
    asks, answers = people[0], people[1]
    step(desk, f"person:{asks['slug']}", **{f"name-{asks['slug']}": "Ida Kern", f"role-{asks['slug']}": "interviewer"})
    with database.read() as connection:
        record = interviews.find_record(connection, "mill-talk")
    assert [person["name"] for person in record["people"]] == ["Ida Kern", answers["name"], "Applause"]
    assert step(desk, f"person:{answers['slug']}", **{f"role-{answers['slug']}": "king"}).status_code == 422


def test_two_labels_are_said_to_be_one_person_and_nothing_stated_of_them_is_lost(
    desk: DeskClient, database: Database
) -> None:
    def people() -> list[tuple[str | None, list[str]]]:
        with database.read() as connection:
            found = interviews.find_record(connection, "mill-talk")["people"]
        return [(person["name"], sorted(person["labels"])) for person in found]

    page = DeskPage(desk, WORK)
    aunt = page.part_named("desk-person", "Brandt")
    page.fill("desk-name", "Ida Brandt", within=aunt).press("desk-say-person", within=aunt)
    before = people()
    page = DeskPage(desk, WORK)
    other = page.part_named("desk-person", "Applause")
    assert page.press("desk-say-same", within=other).status == 422, "nobody was chosen"
    assert page.fill("desk-same", "Ida Brandt", within=other).press("desk-say-same", within=other).status == 200
    assert ("Ida Brandt", ["Applause", "Brandt"]) in people()
    undo(desk)
    assert people() == before


def test_of_two_editors_the_second_is_warned_and_can_do_it_again(desk: DeskClient, database: Database) -> None:
    other = at_the_desk(desk.client, database, Scope.WRITE)
    turns = turns_of(database)
    stale = state_on(other.get(WORK).text)
    step(desk, f"note:{turns[4]['id']}", reason="<i>applause</i>")
    form = {"do": f"who:{turns[3]['id']}", "name": "Ida Kern", "made_from": stale}
    answer = other.post(f"{WORK}/steps", form)
    assert answer.status_code == 409
    assert turns_of(database)[3]["speaker"] == turns[3]["speaker"]
    assert "Ada, " in answer.text
    assert "&lt;i&gt;applause" in answer.text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text))
    fields = {name: html.unescape(value) for name, value in fields.items() if name != TOKEN_FIELD}
    assert other.post(f"{WORK}/steps", fields).status_code == 303
    assert (turns_of(database)[3]["speaker"], kinds(database)[4]) == ("ida-kern", "n")


def test_without_the_scope_nothing_can_be_done(desk: DeskClient, database: Database) -> None:
    reader = at_the_desk(desk.client, database, Scope.READ_HELD)
    before = turns_of(database)
    page = reader.get(WORK)
    assert (page.status_code, "made_from" in page.text) == (200, False)
    for path, fields in ((f"{WORK}/steps", {"do": f"note:{before[0]['id']}"}), (f"{WORK}/undo", {})):
        assert reader.post(path, {**fields, "made_from": state_on(desk.get(WORK).text)}).status_code == 403
    assert turns_of(database) == before


def test_long_interview_comes_in_pages(client: TestClient, database: Database, load: Callable[..., Any]) -> None:
    load("".join(f"Interviewer: Who is {n}?\n\nBrandt: My aunt {n} is.\n\n" for n in range(1000)), name="long-talk.txt")
    desk = at_the_desk(client, database, Scope.WRITE)
    page = desk.get("/desk/interviews/long-talk?page=17")
    assert page.text.count('class="desk-turn') == 80
    assert len(page.content) < 200_000
    assert "Question 1000" in page.text
    with database.read() as connection:
        turn = interviews.find_record(connection, "long-talk")["turns"][500]["id"]
    form = {"do": f"note:{turn}", "made_from": state_on(page.text)}
    answer = desk.post("/desk/interviews/long-talk/steps", form)
    assert answer.headers["Location"] == f"/desk/interviews/long-talk?page=5&done=step#{turn}"
