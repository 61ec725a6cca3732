"""What is known of an interview, changed in a form, and left to the file again."""

from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from app.db import Database
from app.models import Scope
from app.queries import interviews
from tests.web.desk.signed_in import at_the_desk
from tests.web.desk.test_interview import TALK, WORK, state_on, undo

PAGE = f"{WORK}/metadata"


def test_metadata_is_stated_refused_left_to_the_file_and_undone(
    client: TestClient, database: Database, load: Callable[..., Any]
) -> None:
    load(TALK, name="mill-talk.txt", metadata='title = "Mill talk"\npublisher = "Mill"')
    desk = at_the_desk(client, database, Scope.WRITE)

    def found() -> dict[str, Any]:
        with database.read() as connection:
            return dict(interviews.find_interview(connection, "mill-talk"))

    def send(**fields: str) -> Any:
        return desk.post(PAGE, {"made_from": state_on(desk.get(PAGE).text), **fields})

    assert send(slug="Mill Talk").status_code == 422
    before = found()
    assert send(title="<b>The mill</b>", published="1999-05", summary="One.\n\nTwo.").status_code == 303
    changed = found()
    assert (changed["title"], changed["published"], changed["publisher"]) == ("<b>The mill</b>", "1999-05", "Mill")
    assert changed["summary"] == "One.\n\nTwo."
    page = desk.get(PAGE).text
    assert "&lt;b&gt;The mill" in page
    assert "<b>The" not in page
    for wrong in ({"published": "May"}, {"language": "English!"}, {"source_url": "javascript:alert(1)"}):
        assert send(**wrong).status_code == 422
        assert found() == changed
    assert send(publisher="").status_code == 303
    assert found()["publisher"] is None
    undo(desk)
    assert found()["publisher"] == "Mill"
    stale = desk.post(PAGE, {"made_from": "1.1", "title": "x"})
    assert (stale.status_code, "Do it again" in stale.text) == (409, False)
    assert found()["title"] == "<b>The mill</b>"
    assert at_the_desk(client, database, Scope.READ_HELD).post(PAGE, {"title": "x"}).status_code == 403
    assert before["title"] == "Mill talk"
    renamed = send(slug="the-mill")
    assert renamed.headers["Location"] == "/desk/interviews/the-mill?done=step"
    assert client.get("/v1/interviews/mill-talk", follow_redirects=False).headers["Location"].endswith("/the-mill")
