"""Files that are sent at the desk: looked at, loaded, refused, and put in place of another."""

import datetime
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.models import Scope
from app.queries import interviews
from app.web.desk.files import CARRIED_BYTES, SHOWN_CHARACTERS
from app.web.desk.session import SIGN_IN
from tests.web.desk.forms import DeskPage
from tests.web.desk.signed_in import DeskClient, at_the_desk
from tests.web.desk.test_interview import TALK, WORK, kinds, state_on, step

NEW, FILE = "/desk/new", f"{WORK}/file"


@pytest.fixture
def desk(client: TestClient, database: Database) -> DeskClient:
    return at_the_desk(client, database, Scope.WRITE)


def send(desk: DeskClient, path: str, text: str | bytes = TALK, name: str = "mill-talk.txt", **fields: str) -> Any:
    """Choose a file, and perhaps its metadata, and send the form."""
    metadata = fields.pop("metadata", "")
    files = [("file", (name, text)), ("metadata", ("talk.toml", metadata) if metadata else ("", b""))]
    return desk.post(path, {"do": "check", **fields}, files=files)


def press(desk: DeskClient, path: str, page: str, **more: str) -> Any:
    """Send the form of a page as it stands there, without choosing a file."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    fields = {name: html.unescape(value) for name, value in found if name != "form_token"}
    return desk.post(path, {**fields, "do": "load", **more}, files=[("file", ("", b""))])


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM interview").scalar_one())


def texts_of(database: Database) -> list[str]:
    with database.read() as connection:
        return [turn["text"] for turn in interviews.find_record(connection, "mill-talk")["turns"]]


def test_file_is_looked_at_and_then_loaded_as_it_was(desk: DeskClient, database: Database) -> None:
    assert 'enctype="multipart/form-data"' in desk.get(NEW).text
    hostile = TALK + "\nBrandt: <script>alert(1)</script> \u202eback\n"
    seen = send(desk, NEW, hostile, metadata='title = "<b>Mill</b>"')
    assert seen.status_code == 200
    assert "<script>alert" not in seen.text
    assert "<b>Mill" not in seen.text
    assert "\u202e" not in seen.text.partition("<pre")[2]
    assert '<span class="byte-label">Interviewer' in seen.text
    assert "2 questions" in seen.text
    assert "<bdi>Interviewer</bdi> · Question" in seen.text
    assert seen.headers["Cache-Control"] == "private, no-store"
    assert count(database) == 0
    loaded = press(desk, NEW, seen.text, reason="Sent by the family")
    assert (loaded.status_code, loaded.headers["Location"]) == (303, f"{WORK}?done=loaded")
    assert "\u202eback" in texts_of(database)[-1]
    with database.read() as connection:
        found = interviews.find_interview(connection, "mill-talk")
        made = connection.exec_driver_sql("SELECT made_by, reason FROM revision ORDER BY number DESC").first()
    assert found["title"] == "<b>Mill</b>"
    assert made is not None
    assert tuple(made) == ("Ada", "Sent by the family")
    assert desk.get(f"{WORK}?done=loaded").status_code == 200
    again = send(desk, NEW, hostile, metadata='title = "<b>Mill</b>"')
    assert "stored already" in again.text
    assert "Load</button>" not in again.text


def test_wrong_pairing_is_right_and_published_after_one_step(
    desk: DeskClient, client: TestClient, database: Database
) -> None:
    press(desk, NEW, send(desk, NEW).text)
    with database.read() as connection:
        turn = interviews.find_record(connection, "mill-talk")["turns"][3]
    assert turn["kind"] == "answer"
    assert step(desk, f"question:{turn['id']}").status_code == 303
    assert kinds(database)[3] == "q"
    assert client.get("/v1/interviews/mill-talk").json()["revision"] == 2


@pytest.mark.parametrize(
    ("text", "fields", "said"),
    [
        (b"\xff\xfe\x00", {}, "mill-talk.txt"),
        ("Just words, nobody is named.\n\nAnd more words.\n", {}, "the box “Keep a text"),
        (TALK, {"metadata": "title = 3"}, "talk.toml"),
        (TALK, {"metadata": 'titel = "Mill"'}, "titel"),
        (TALK, {"name": "..\u202e.txt"}, "cannot be printed"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    desk: DeskClient, database: Database, text: Any, fields: dict[str, str], said: str
) -> None:
    for do in ("check", "load"):
        refused = send(desk, NEW, text, do=do, **fields)
        assert refused.status_code == 422, refused.text
        assert said in refused.text
        assert 'type="file"' in refused.text
    assert count(database) == 0


def test_without_a_file_a_session_a_token_or_the_scope_nothing_is_loaded(
    desk: DeskClient, client: TestClient, database: Database
) -> None:
    assert "Choose a file." in desk.post(NEW, {"do": "load"}, files=[("file", ("", b""))]).text
    assert "Choose a file." in desk.post(NEW, {"do": "load"}).text
    for carried in ("x", "[]", "3", '[["a.txt","!"]]', "[[1]]", "null", '[["..","QQ=="]]'):
        assert desk.post(NEW, {"do": "load", "carried": carried}).status_code == 422
    files = [("file", ("mill-talk.txt", TALK))]
    stranger = client.post(NEW, data={"do": "load"}, files=files, follow_redirects=False)
    assert stranger.status_code == 303
    assert stranger.headers["Location"].startswith(SIGN_IN)
    assert stranger.headers["Connection"] == "close"
    assert send(desk, NEW, do="load", form_token="0" * 64).status_code == 403
    reader = at_the_desk(client, database, Scope.READ_HELD)
    assert send(reader, NEW, do="load").status_code == 403
    assert "scope “write”" in reader.get(NEW).text
    assert send(desk, f"{WORK}-none/file").status_code == 404
    assert count(database) == 0


def chosen(desk: DeskClient, text: str = TALK, path: str = NEW) -> DeskPage:
    return DeskPage(desk, path).choose_file("desk-file-choose", "mill-talk.txt", text.encode())


def test_format_is_chosen_and_a_wrong_one_is_refused_with_the_line(desk: DeskClient, database: Database) -> None:
    wrong = chosen(desk).fill("desk-file-format", "subrip").fill("desk-field-title", "Mill").press("desk-file-check")
    assert wrong.status == 422
    assert "mill-talk.txt:1:1: there are no cue times" in (wrong.refusal or "")
    assert 'value="Mill"' in wrong.text, "what was written stays"
    right = wrong.choose_file("desk-file-choose", "mill-talk.txt", TALK.encode()).fill("desk-file-format", "markdown")
    seen = right.press("desk-file-check")
    assert "chosen here" in seen.text
    assert seen.press("desk-file-load").status == 200
    with database.read() as connection:
        stored = connection.exec_driver_sql("SELECT format FROM transcript").scalar_one()
    assert stored == "markdown"
    assert send(desk, NEW, format="<i>x").status_code == 422


def test_title_date_and_names_are_said_before_a_file_is_loaded(desk: DeskClient, database: Database) -> None:
    first = chosen(desk).fill("desk-field-title", "The mill").fill("desk-field-published", "May")
    assert "published" in (first.press("desk-file-check").refusal or "")
    seen = first.fill("desk-field-published", "1987-05").press("desk-file-check")
    assert [seen.value(f"desk-field-{name}") for name in ("title", "published")] == ["The mill", "1987-05"]
    person = seen.part_named("desk-given-person", "Brandt")
    seen.fill("desk-name", "Ida <b>Brandt</b>", within=person).fill("desk-field-title", "A mill")
    # Nothing is loaded that was not seen.
    again = seen.press("desk-file-load")
    assert (again.status, count(database)) == (200, 0)
    assert "not what you have seen" in (again.refusal or "")
    assert "<b>Brandt" not in again.text
    person = again.part_named("desk-given-person", "Interviewer")
    again = again.fill("desk-role", "moderator", within=person).press("desk-file-check-again")
    assert again.press("desk-file-load").status == 200
    with database.read() as connection:
        record = interviews.find_record(connection, "mill-talk")
    assert (record["interview"]["title"], record["interview"]["published"]) == ("A mill", "1987-05")
    assert {("Ida <b>Brandt</b>", "interviewee"), (None, "moderator")} <= {
        (person["name"], person["role"]) for person in record["people"]
    }


def test_names_that_are_said_leave_the_metadata_files_what_they_say_of_others(
    desk: DeskClient, database: Database
) -> None:
    metadata = b'[[speakers]]\nlabels = ["Interviewer"]\nname = "Eve Stone"\nrole = "interviewer"\n'
    page = chosen(desk).choose_file("desk-file-metadata", "talk.toml", metadata)
    seen = page.press("desk-file-check")
    person = seen.part_named("desk-given-person", "Brandt")
    seen = seen.fill("desk-name", "Ida Brandt", within=person).press("desk-file-check-again")
    assert seen.press("desk-file-load").status == 200
    with database.read() as connection:
        people = interviews.find_record(connection, "mill-talk")["people"]
    assert [one["name"] for one in people][:2] == ["Eve Stone", "Ida Brandt"]
    for field in ({"person": "x"}, {"person": "[]"}, {"person": '{"labels":["A"],"name":"","role":"king"}'}):
        fields = {"person-name": "Ada", "person-role": "king", **field}
        assert send(desk, NEW, **fields).status_code == 422


def test_remarks_lead_to_their_places_in_the_file_and_back(desk: DeskClient) -> None:
    text = (
        "Source: https://a.example/\n\n**Ann Lee:** \U0001f600 How did it begin?\n\n**Bo Ray:** It began <b>so</b>.\n\n"
        "**Ann Lee:** And then?\n\nBo: Then came the flood.\n\nMs Vale: A line like a label.\n\nNobody is named here.\n"
    )
    seen = send(desk, NEW, text, name="mill.md").text
    listed = re.findall(r'<li id="remark-(\d+)"><a href="#place-(\d+)">Line (\d+), column (\d+)</a>', seen)
    assert len(listed) > 1
    shown = html.unescape(
        re.sub(r"<[^>]+>", "", re.sub(r'<a class="desk-place".*?</a>', "@", seen.partition("<pre")[2]))
    )
    places = re.findall(r'<a class="desk-place" id="place-(\d+)" href="#remark-(\d+)" aria-label="Remark (\d+)">', seen)
    assert [(number,) * 3 for number, *_rest in listed] == places
    before = shown.partition(">")[2].lstrip("\n").split("@")
    for number, (_remark, _place, line, column) in enumerate(listed, start=1):
        stands_before = "".join(before[:number])
        assert (stands_before.count("\n") + 1, len(stands_before.rpartition("\n")[2]) + 1) == (int(line), int(column))


@pytest.mark.exhaustive_on_postgresql
def test_large_file_is_chosen_again_and_has_to_be_the_one_that_was_seen(desk: DeskClient, database: Database) -> None:
    line = "Brandt: It was cold, and we ate what there was in the house.\n\n"
    long = TALK + line * (CARRIED_BYTES // len(line) + 1)
    seen = send(desk, NEW, long)
    assert seen.status_code == 200
    assert 'name="carried"' not in seen.text
    assert len(seen.text) < 10 * SHOWN_CHARACTERS
    digest = re.search(r'name="seen" value="(\w+)"', seen.text)
    assert digest
    other = send(desk, NEW, long + line, do="load", seen=digest[1])
    assert (other.status_code, count(database)) == (422, 0)
    assert send(desk, NEW, long, do="load", seen=digest[1]).status_code == 303
    assert count(database) == 1


def test_embargo_in_the_metadata_holds_the_file_back(desk: DeskClient, database: Database) -> None:
    until = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%SZ")
    seen = send(desk, NEW, metadata=f"embargo_until = {until}")
    assert "held back until" in seen.text
    assert press(desk, NEW, seen.text).headers["Location"] == "/desk?done=held"
    assert count(database) == 0
    assert "held back" in desk.get("/desk?done=held").text


def test_file_takes_the_place_of_another_with_what_was_stated(
    desk: DeskClient, database: Database, load: Callable[..., Any]
) -> None:
    load(TALK, name="mill-talk.txt")
    with database.read() as connection:
        turn = interviews.find_record(connection, "mill-talk")["turns"][3]["id"]
    step(desk, f"note:{turn}")
    better = TALK.replace("not yet twenty", "barely nineteen").replace("Brandt: We ate what there was.\n\n", "")
    assert "Replace its file" in desk.get(WORK).text
    page = desk.get(FILE)
    assert page.status_code == 200
    before = texts_of(database)
    seen = send(desk, FILE, better)
    assert seen.status_code == 200
    assert "<del>My aunt did. She was not yet twenty.</del>" in seen.text
    assert "<ins>My aunt did. She was barely nineteen.</ins>" in seen.text
    assert "goes" in seen.text
    assert texts_of(database) == before
    step(desk, f"statement:{turn}")
    stale = press(desk, FILE, seen.text)
    assert (stale.status_code, texts_of(database)) == (409, before)
    assert press(desk, FILE, send(desk, FILE, better).text).headers["Location"] == f"{WORK}?done=loaded"
    assert any("barely nineteen" in text for text in texts_of(database))
    assert kinds(database)[3] == "s"


def test_file_with_other_words_is_refused_unless_it_is_meant(
    desk: DeskClient, database: Database, load: Callable[..., Any]
) -> None:
    load(TALK, name="mill-talk.txt")
    other = "Interviewer: Who sailed to Riga?\n\nOlsen: Nobody sails there in winter, the ice is thick.\n"
    refused = send(desk, FILE, other)
    assert refused.status_code == 409
    assert "tick “The words may be other ones than now”" in refused.text
    assert state_on(send(desk, FILE, other, replace="1").text)
    assert "Riga" not in " ".join(texts_of(database))
    assert press(desk, FILE, send(desk, FILE, other, replace="1").text).status_code == 303
    assert "Riga" in texts_of(database)[0]


def test_correction_sent_as_a_new_interview_leads_to_the_interview(
    desk: DeskClient, database: Database, load: Callable[..., Any]
) -> None:
    load(TALK, name="mill-talk.txt")
    better = TALK.replace("not yet twenty", "barely nineteen")
    seen = send(desk, NEW, better)
    assert f'action="{FILE}"' in seen.text
    assert send(desk, NEW, better, do="load").status_code == 200
    assert not any("barely" in text for text in texts_of(database))
    changes = press(desk, FILE, seen.text, do="check")
    assert "barely nineteen" in changes.text
    assert press(desk, FILE, changes.text).status_code == 303
    assert any("barely" in text for text in texts_of(database))


def test_metadata_that_states_one_turn_twice_is_refused_with_both_lines(desk: DeskClient, database: Database) -> None:
    twice = '[[turns]]\nbegins = "Cold."\nkind = "note"\n[[turns]]\nbegins = "Cold. And"\nkind = "answer"\n'
    refused = html.unescape(send(desk, NEW, metadata=twice).text)
    assert "has the kind 'note' in turns.0.kind (line 1) and 'answer' in turns.1.kind (line 4)" in refused
    assert count(database) == 0
    assert send(desk, NEW, metadata=f"later_stands = true\n{twice}").status_code == 200
