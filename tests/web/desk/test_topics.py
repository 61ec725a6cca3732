"""Topics at the desk: suggestions reviewed one after another, topics of an interview stated, all of it undone."""

import html
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app import loading
from app.cli.topics import suggest_topics
from app.db import Database
from app.loading import Decision, load_vocabulary
from app.models import Scope, TopicState
from app.topics.vocabulary import read_vocabulary
from app.web.desk.session import TOKEN_FIELD
from tests.authors import at
from tests.seed import NOW
from tests.web.desk.signed_in import DeskClient, at_the_desk

HOSTILE = '"><script>alert(1)</script>\u202egnorw'
VOCABULARY = (
    '[rivers]\nlabel = "River"\ndefinition = "Water that flows."\n[mills]\nlabel = "Mill"\n'
    f"[choirs]\nlabel = {json.dumps('Choir')}\n[old]\nlabel = {json.dumps(HOSTILE)}\n"
)
TALK = """\
Q: Where did the rivers begin?
A: They began under the old mill, where rivers begin.
Q: And who sang?
A: The choir sang.
"""
TOPICS = "/desk/interviews/talk/topics"


@pytest.fixture
def desk(client: TestClient, database: Database, load: Callable[..., Any]) -> DeskClient:
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", VOCABULARY.encode()), at(NOW))
    load(TALK, name="talk.txt", metadata='title = "<b>Talk</b>"')
    suggest_topics(database, min_confidence=0)
    return at_the_desk(client, database, Scope.WRITE)


def states(database: Database) -> dict[str, str]:
    select = "SELECT q.id, t.slug, a.state FROM question_topic a JOIN topic t ON t.id = a.topic_id"
    select += " JOIN question q ON q.id = a.question_id ORDER BY q.position, t.slug"
    with database.read() as connection:
        rows = connection.execute(sa.text(select))
        return {f"{row.id.rpartition('-')[2]}.{row.slug}": row.state for row in rows}


def proposed(page: str) -> str:
    found = re.search(r'<h2 id="proposal"[^>]*>([^<]+)\?', page)
    return found[1] if found else ""


class Reviewer:
    """Presses the buttons of the page on which somebody is, and follows where they lead."""

    def __init__(self, desk: DeskClient, path: str = "/desk/topics") -> None:
        self.desk, self.path = desk, path
        self.page = desk.get(path).text

    def _found(self, pattern: str) -> str:
        found = re.search(pattern, self.page)
        assert found, pattern
        return html.unescape(found[1])

    def _go(self, path: str) -> str:
        self.path = path
        self.page = self.desk.get(path).text
        return proposed(self.page)

    def decide(self, state: str, **more: str) -> str:
        address = self._found(r'<form id="decide" action="([^"]+)"')
        names = ("made_from", "question", "topic")
        fields = {name: self._found(rf'name="{name}" value="([^"]*)"') for name in names}
        answer = self.desk.post(address, {**fields, "do": state, **more})
        if answer.status_code != 303:
            self.page = answer.text
            return ""
        return self._go(answer.headers["Location"])

    def skip(self) -> str:
        return self._go(self._found(r'id="skip"[^>]* href="([^"]+)"'))

    def undo(self) -> str:
        if '<a id="undo"' in self.page:
            return self._go(self._found(r'<a id="undo"[^>]* href="([^"]+)"'))
        answer = self.desk.post(self._found(r'action="([^"]+/undo[^"]*)"'))
        if answer.status_code != 303:
            self.page = answer.text
            return ""
        return self._go(answer.headers["Location"])


def test_evidence_is_marked_and_put_into_words(desk: DeskClient) -> None:
    page = desk.get("/desk/topics").text
    assert "3 suggestions wait for a decision." in page
    seen = Reviewer(desk)
    while proposed(seen.page) != "River":
        seen.skip()
    assert "Where did the <mark>rivers</mark> begin?" in seen.page
    assert "under the old mill, where <mark>rivers</mark> begin" in seen.page
    assert "In the question: <mark>rivers</mark>" in seen.page
    assert "In the answer: <mark>rivers</mark>" in seen.page
    assert "Water that flows." in seen.page
    assert "% sure" in seen.page
    assert "Other topics of this question" in seen.page
    assert "<b>Talk" not in seen.page
    assert "unsafe" not in desk.get("/desk/topics").headers["Content-Security-Policy"]


def test_decisions_go_on_to_the_next_and_are_undone_one_after_another(desk: DeskClient, database: Database) -> None:
    seen = Reviewer(desk)
    first = proposed(seen.page)
    second = seen.decide("confirmed", reason="plainly so")
    assert "Accepted." in seen.page
    third = seen.skip()
    assert len({first, second, third}) == 3
    assert seen.decide("rejected") == "", "the end"
    assert "This is the end of the list." in seen.page
    assert "Begin again with the one that was left" in seen.page
    before = states(database)
    assert sorted(before.values()) == ["confirmed", "proposed", "rejected"]
    assert (seen.undo(), seen.undo(), seen.undo()) == (third, second, first)
    assert set(states(database).values()) == {"proposed"}
    assert 'id="undo"' not in seen.page
    # Undoing is deciding again as it was, so deciding as before brings it back.
    seen.decide("confirmed")
    seen.skip()
    seen.decide("rejected")
    assert states(database) == before
    with database.read() as connection:
        made = connection.execute(
            sa.text("SELECT made_by, reason, made_from FROM revision WHERE reason = 'plainly so'")
        )
        assert [tuple(row) for row in made] == [("Ada", "plainly so", "page")]


def test_list_is_narrowed_by_interview_topic_confidence_and_decision(desk: DeskClient, database: Database) -> None:
    assert proposed(desk.get("/desk/topics?topic=choirs").text) == "Choir"
    assert proposed(desk.get("/desk/topics?interview=talk&topic=mills&least=0.01").text) == "Mill"
    offered = re.findall(r'<option value="([^"]+)"', desk.get("/desk/topics?narrow=true&topic=old").text)
    assert {"choirs", "mills", "rivers", "talk", "0.5", "-confidence", "rejected"} <= set(offered)
    assert "<select" not in desk.get("/desk/topics").text
    assert "There is nothing to decide here." in desk.get("/desk/topics?least=1").text
    assert "There is nothing to decide here." in desk.get("/desk/topics?topic=old").text
    assert desk.get("/desk/topics?topic=nothing").status_code == 422
    assert desk.get("/desk/topics?interview=nothing").status_code == 422
    assert desk.get("/desk/topics?steps=x").status_code == 422
    assert desk.get("/desk/topics?cursor=x").status_code == 400
    sure, unsure = (proposed(desk.get(f"/desk/topics?order={order}").text) for order in ("-confidence", "confidence"))
    assert sure != unsure
    Reviewer(desk, "/desk/topics?topic=choirs").decide("rejected")
    assert 'value="choirs"' not in desk.get("/desk/topics?narrow=true").text
    assert 'value="choirs"' in desk.get("/desk/topics?narrow=true&state=rejected").text
    again = Reviewer(desk, "/desk/topics?state=rejected")
    assert proposed(again.page) == "Choir"
    again.decide("proposed")
    assert states(database)["q2.choirs"] == "proposed"
    again.undo()
    assert states(database)["q2.choirs"] == "rejected"


def test_decision_of_somebody_else_is_not_overwritten(desk: DeskClient, database: Database, client: TestClient) -> None:
    late, first = Reviewer(desk), Reviewer(at_the_desk(client, database, Scope.WRITE))
    first.decide("rejected", reason="no river here")
    before = states(database)
    late.decide("confirmed")
    assert "It is now: rejected." in html.unescape(late.page)
    assert "no river here" in late.page
    assert states(database) == before
    # The place is kept: the next suggestion is shown.
    assert proposed(late.page) == proposed(first.page)
    # What was decided again by somebody else is not undone either.
    late.decide("confirmed")
    [last] = re.findall("steps=([^&]+)", late.path)
    question, topic, _states = unquote(last).split(",")[-1].split(":")
    with database.write() as connection:
        loading.decide(connection, [Decision(question, topic, TopicState.REJECTED)], at(NOW))
    late.undo()
    assert "It is now: rejected." in html.unescape(late.page)


def test_suggestion_that_is_gone_is_passed_over(desk: DeskClient, database: Database, load: Callable[..., Any]) -> None:
    seen = Reviewer(desk, "/desk/topics?topic=choirs")
    load("Q: Where did the rivers begin?\nA: They began under the old mill.\n", name="talk.txt", replaces=True)
    seen.decide("confirmed")
    assert "is not suggested for the question any more" in seen.page
    other = Reviewer(desk, "/desk/topics?topic=mills")
    with database.write() as connection:
        load_vocabulary(
            connection, read_vocabulary("t.toml", b'[watermills]\nlabel = "Mill"\nreplaces = ["mills"]'), at(NOW)
        )
    assert desk.get("/desk/topics").status_code == 200
    other.decide("confirmed")
    assert "confirmed" not in states(database).values()


def test_topics_of_an_interview_are_stated_and_taken_back(desk: DeskClient, database: Database) -> None:
    def press(button: str, **fields: str) -> Any:
        page = desk.get(TOPICS).text
        values = [value for value in re.findall(r'name="do" value="([^"]+)"', page) if re.fullmatch(button, value)]
        return desk.post(f"{TOPICS}/state", {"do": values[0], **fields})

    def undo(answer: Any) -> None:
        page = html.unescape(desk.get(answer.headers["Location"]).text)
        address = re.search(r'formaction="([^"]+/undo[^"]+)"', page)
        assert address
        desk.post(address[1])

    before = states(database)
    second = re.findall(r'name="(topic-[^"]+-q2)"', desk.get(TOPICS).text)[0]
    add = "confirmed:[^:]+-q2:[^:]+:"
    answer = press(add, **{second: "rIVER"}, reason="it is about one")
    assert states(database)["q2.rivers"] == "confirmed"
    assert re.search(r"#\w+-q2$", answer.headers["Location"])
    undo(answer)
    assert states(database) == before
    press(add, **{second: "rivers"})
    removed = press("proposed:.*-q2:.*:rivers")
    assert states(database) == before
    undo(removed)
    assert states(database)["q2.rivers"] == "confirmed"
    # A suggestion is accepted, removed, and made to wait again.
    press("confirmed:.*:choirs")
    assert states(database)["q2.choirs"] == "confirmed"
    press("rejected:.*:choirs")
    assert states(database)["q2.choirs"] == "rejected"
    press("proposed:.*:choirs")
    assert states(database)["q2.choirs"] == "proposed"
    for wrong in ("", "Xylophone"):
        refused = press(add, **{second: wrong})
        assert refused.status_code == 422
        assert "Nothing was changed" in refused.text
    assert desk.post(f"{TOPICS}/state", {"do": "x"}).status_code == 422
    assert desk.post(f"{TOPICS}/undo?step=x").status_code == 422
    with database.read() as connection:
        assert "it is about one" in [one.reason for one in loading.find_stated(connection, "talk").versions]


def test_topics_changed_by_somebody_else_are_shown_and_not_overwritten(
    desk: DeskClient, database: Database, client: TestClient
) -> None:
    buttons = re.findall(r'name="do" value="([^"]+:choirs)"', desk.get(TOPICS).text)
    other = at_the_desk(client, database, Scope.WRITE)
    assert other.post(f"{TOPICS}/state", {"do": buttons[0]}).status_code == 303
    stale = desk.post(f"{TOPICS}/state", {"do": buttons[1]})
    assert stale.status_code == 409
    assert "Somebody else has changed the topics" in stale.text
    assert states(database)["q2.choirs"] == "confirmed"


def test_without_the_scope_nothing_can_be_decided(desk: DeskClient, database: Database, client: TestClient) -> None:
    page = desk.get("/desk/topics").text
    fields = {
        name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("made_from", "question", "topic")
    }
    button = re.findall(r'name="do" value="([^"]+:choirs)"', desk.get(TOPICS).text)[0]
    reader = at_the_desk(client, database, Scope.READ_HELD)
    for path in ("/desk/topics", TOPICS):
        shown = reader.get(path)
        assert shown.status_code == 200
        assert shown.text.count('method="post"') == 1, "to sign out"
    step = f"{fields['question']}:{fields['topic']}:pc"
    posts: tuple[tuple[str, dict[str, str]], ...] = (
        ("/desk/topics", {**fields, "do": "confirmed"}),
        (f"/desk/topics/undo?steps={step}", {}),
        (f"{TOPICS}/state", {"do": button}),
        (f"{TOPICS}/undo?step={step}", {}),
    )
    for path, sent in posts:
        assert reader.post(path, sent).status_code == 403
        assert client.post(path, data=sent, follow_redirects=False).headers["Location"].startswith("/desk/sign-in")
        assert desk.post(path, {**sent, TOKEN_FIELD: "made up"}).status_code == 403, "a form of another session"
    assert set(states(database).values()) == {"proposed"}
    late = Reviewer(desk)
    at_the_desk(client, database, Scope.WRITE)
    token = desk.form_token()
    desk.post("/desk/sign-out", {"everywhere": "1"})
    ended = desk.client.post(
        "/desk/topics", data={TOKEN_FIELD: token, **fields, "do": "confirmed"}, follow_redirects=False
    )
    assert ended.headers["Location"] == "/desk/sign-in?next=/desk"
    assert proposed(late.page)
    assert set(states(database).values()) == {"proposed"}


def test_hostile_labels_and_words_do_nothing(desk: DeskClient, database: Database, load: Callable[..., Any]) -> None:
    load(f"Q: What of {HOSTILE} and the mill?\nA: The mill {HOSTILE}.\n", name="bad.txt", metadata='slug = "bad"')
    suggest_topics(database, min_confidence=0)
    question = re.findall(r'name="topic-([^"]+)"', desk.get("/desk/interviews/bad/topics").text)[0]
    button = re.findall(r'value="(confirmed:[^"]+:)"', desk.get("/desk/interviews/bad/topics").text)[0]
    desk.post("/desk/interviews/bad/topics/state", {"do": button, f"topic-{question}": "old"})
    for path in ("/desk/topics?interview=bad", "/desk/interviews/bad/topics", "/desk/topics?interview=bad&topic=mills"):
        page = desk.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text


def test_topics_of_an_interview_with_redacted_words_are_stated_too(desk: DeskClient, database: Database) -> None:
    with database.write() as connection:
        loading.redact(connection, "talk", at(NOW), words="choir sang")
    question = re.findall(r'name="topic-([^"]+-q1)"', desk.get(TOPICS).text)[0]
    button = re.findall(rf'value="(confirmed:{question}:[^":]+:)"', desk.get(TOPICS).text)[0]
    desk.post(f"{TOPICS}/state", {"do": button, f"topic-{question}": "Choir"})
    assert states(database)["q1.choirs"] == "confirmed"
    page = Reviewer(desk, "/desk/topics?interview=talk").page
    assert "choir sang" not in page
