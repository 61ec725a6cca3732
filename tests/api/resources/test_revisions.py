"""Every past wording can be read, at addresses that do not rot."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.exports import INTERVIEWS
from app.loading import LoadedInterview, load_interview
from app.structure.prepare import prepare
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW

FIRST = "Q: Where did the river begin?\nA: It began under the old mill, behind our house.\n"
SECOND = "Q: Who kept the mill in those years?\nA: My aunt kept it, and after her nobody did.\n"
TALK = FIRST + SECOND
CORRECTED = TALK.replace("old mill", "new mill")
LATER = CORRECTED.replace("behind our house", "behind my house").replace(SECOND, "")


@pytest.fixture
def corrected(database: Database) -> str:
    """The id of an interview in its third revision, in which its second question is gone."""
    for text, reason in ((TALK, None), (CORRECTED, "a slip of the typist"), (LATER, "the aunt objected")):
        with database.write() as connection:
            done: LoadedInterview = load_interview(
                connection, prepare(Source("talk.txt", text.encode())), at(NOW, reason)
            )
    return done.interview_id


def _json(client: TestClient, address: str, status: int = 200) -> Any:
    response = client.get(address)
    assert response.status_code == status, response.text
    return response.json()


def test_items_carry_their_revision_in_lists_and_by_themselves(client: TestClient, corrected: str) -> None:
    [question] = _json(client, "/v1/questions?include=turns")["items"]
    assert (question["revision"], question["answers"][0]["revision"]) == (1, 3)
    [answer] = _json(client, "/v1/answers?include=turns")["items"]
    assert (answer["revision"], answer["question"]["revision"]) == (3, 1)
    assert _json(client, f"/v1/answers/{corrected}-a1")["revision"] == 3


def test_answer_as_it_was(client: TestClient, corrected: str) -> None:
    now = _json(client, f"/v1/answers/{corrected}-a1")
    was = _json(client, f"/v1/answers/{corrected}-a1?revision=1&context=1")
    assert was["text"] == "It began under the old mill, behind our house."
    assert (was["is_current"], was["superseded_by"]) == (False, 2)
    assert (now["is_current"], now["superseded_by"]) == (True, None)
    assert set(was) == set(now)
    assert [turn["text"] for turn in was["context"]["after"]] == ["Who kept the mill in those years?"]
    assert was["next"]["id"] == f"{corrected}-a2"
    assert _json(client, f"/v1/answers/{corrected}-a1?revision=3") == now


def test_question_as_it_was_has_its_answers_as_they_were(client: TestClient, corrected: str) -> None:
    was = _json(client, f"/v1/questions/{corrected}-q2?revision=1")
    assert [answer["text"] for answer in was["answers"]] == ["My aunt kept it, and after her nobody did."]
    assert was["previous"]["text"] == "Where did the river begin?"
    assert was["counts"] == {"answer_count": 1, "turn_count": 2, "question_count": 2}
    assert was["asked_by"]["role"] == "interviewer"


@pytest.mark.parametrize("item", ["answers/{}-a1", "questions/{}-q2"])
def test_short_form_leads_to_the_long_one(client: TestClient, corrected: str, item: str) -> None:
    path = f"/v1/{item.format(corrected)}"
    response = client.get(f"{path}@1?context=1", follow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (308, f"{path}?revision=1&context=1")
    assert client.get(f"{path}@1").json() == client.get(f"{path}?revision=1").json()


@pytest.mark.parametrize("number", ["0", "x", "1e3", "-1", "99999999999"])
def test_revision_that_is_no_number_is_refused(client: TestClient, corrected: str, number: str) -> None:
    assert _json(client, f"/v1/answers/{corrected}-a1?revision={number}", 422)["errors"][0]["parameter"] == "revision"
    assert client.get(f"/v1/answers/{corrected}-a1@{number}").status_code == 422


def test_unknown_revision_names_those_that_there_are(client: TestClient, corrected: str) -> None:
    problem = _json(client, f"/v1/answers/{corrected}-a1?revision=9", 404)
    assert problem["detail"].endswith("Revisions 1, 2 and 3 can be read.")
    assert problem["errors"][0]["suggestions"] == ["3", "2", "1"]
    assert "Revision 1 can be read." in _json(client, f"/v1/questions/{corrected}-q2?revision=2", 404)["detail"]
    for path in ("", "/transcript", "/source", "/citation"):
        problem = _json(client, f"/v1/interviews/talk{path}?revision=7", 404)
        assert problem["detail"].endswith("Revisions 1, 2 and 3 can be read.")
    assert _json(client, "/v1/answers/nobody-a1?revision=1", 404)["errors"] == []


def test_what_is_gone_says_what_can_be_read(client: TestClient, corrected: str) -> None:
    problem = _json(client, f"/v1/questions/{corrected}-q2", 410)
    assert (problem["revisions"], problem["replaced_by"]) == ([1], [])
    assert "Revision 1 can be read." in problem["detail"]
    assert _json(client, f"/v1/questions/{corrected}-q2?revision=1")["superseded_by"] is None


def test_what_is_gone_says_what_has_its_words(client: TestClient, load: Callable[..., LoadedInterview]) -> None:
    done = load(TALK)
    load(TALK.replace("Q: Who kept the mill in those years?\n", ""))
    problem = _json(client, f"/v1/answers/{done.interview_id}-a2", 410)
    assert problem["replaced_by"] == [f"{done.interview_id}-a1"]
    assert f"What it said is in '{done.interview_id}-a1'." in problem["detail"]


def test_revisions_of_an_answer_say_when_why_and_from_what(client: TestClient, corrected: str) -> None:
    newest, middle, oldest = _json(client, f"/v1/answers/{corrected}-a1/revisions")["items"]
    assert [one["revision"] for one in (newest, middle, oldest)] == [3, 2, 1]
    assert [one["reason"] for one in (newest, middle, oldest)] == ["the aunt objected", "a slip of the typist", None]
    assert [one["superseded_by"] for one in (newest, middle, oldest)] == [None, 3, 2]
    assert [one["corpus_revision"] for one in (newest, middle, oldest)] == [3, 2, 1]
    assert middle["text"] == "It began under the new mill, behind our house."
    assert middle["transcript"]["file_name"] == "talk.txt"
    assert len({one["transcript"]["sha256"] for one in (newest, middle, oldest)}) == 3
    assert (middle["interview_revision"], middle["last_interview_revision"]) == (2, 2)
    assert oldest["speaker"]["role"] == "interviewee"


def test_revisions_come_in_pages_and_other_formats(client: TestClient, corrected: str) -> None:
    path = f"/v1/answers/{corrected}-a1/revisions"
    first = _json(client, f"{path}?limit=2")
    assert (first["page"]["total"], len(first["items"])) == (3, 2)
    assert [one["revision"] for one in _json(client, first["page"]["next"])["items"]] == [1]
    assert client.get(f"{path}?format=csv").text.count("\n") == 4
    assert client.get(f"{path}?sort=revision").status_code == 422


def test_revisions_of_what_is_gone_can_be_listed(client: TestClient, corrected: str) -> None:
    [only] = _json(client, f"/v1/questions/{corrected}-q2/revisions")["items"]
    assert (only["is_current"], only["superseded_by"], only["last_interview_revision"]) == (False, None, 2)
    assert _json(client, "/v1/questions/nobody-q1/revisions", 404)["title"]


def test_difference_of_two_revisions(client: TestClient, corrected: str) -> None:
    last = _json(client, f"/v1/answers/{corrected}-a1/difference")
    assert (last["before"]["revision"], last["after"]["revision"]) == (2, 3)
    assert [(one["edit"], one["text_before"], one["text_after"]) for one in last["differences"]] == [
        ("replaced", "our", "my")
    ]
    both = _json(client, f"/v1/answers/{corrected}-a1/difference?from=1&to=3")
    for one in both["differences"]:
        assert both["before"]["text"][one["start_before"] : one["end_before"]] == one["text_before"]
        assert both["after"]["text"][one["start_after"] : one["end_after"]] == one["text_after"]
    assert [one["text_after"] for one in both["differences"]] == ["new", "my"]
    assert _json(client, f"/v1/questions/{corrected}-q2/difference")["differences"] == []
    assert _json(client, f"/v1/answers/{corrected}-a1/difference?from=4", 404)["errors"][0]["parameter"] == "revision"


def test_interview_as_it_was(client: TestClient, corrected: str) -> None:
    was, now = _json(client, "/v1/interviews/talk?revision=2"), _json(client, "/v1/interviews/talk")
    assert (was["revision"], was["question_count"], was["superseded_by"]) == (2, 2, 3)
    assert (now["revision"], now["question_count"], now["superseded_by"]) == (3, 1, None)
    assert set(was) == set(now)
    record = _json(client, "/v1/interviews/talk/transcript?revision=2")
    assert [turn["text"] for turn in record["turns"]] == [line[3:] for line in CORRECTED.splitlines()]
    assert _json(client, "/v1/interviews/talk/transcript?revision=3") == _json(client, "/v1/interviews/talk/transcript")


@pytest.mark.parametrize("name", [each.name for each in INTERVIEWS if not each.needs_times])
def test_interview_as_it_was_in_other_formats(client: TestClient, corrected: str, name: str) -> None:
    was = client.get(f"/v1/interviews/talk?revision=1&format={name}")
    assert was.status_code == 200, was.text
    assert "old mill" in was.text
    assert "new mill" not in was.text


def test_source_of_a_revision(client: TestClient, corrected: str) -> None:
    texts = [client.get(f"/v1/interviews/talk/source?revision={number}").text for number in (1, 2, 3)]
    assert texts == [TALK, CORRECTED, LATER]


def test_revisions_of_an_interview_say_what_they_changed(client: TestClient, corrected: str) -> None:
    newest, middle, oldest = _json(client, "/v1/interviews/talk/revisions")["items"]
    assert [(one["noun"], one["id"].partition("-")[2], one["action"]) for one in newest["changes"]] == [
        ("answer", "a1", "changed"),
        ("answer", "a2", "deleted"),
        ("question", "q1", "changed"),
        ("question", "q2", "deleted"),
    ]
    assert (middle["reason"], middle["is_kept"], middle["superseded_by"]) == ("a slip of the typist", True, 3)
    assert (oldest["changes"], oldest["is_current"]) == ([], False)


def test_permalink_of_a_citation_resolves_whatever_is_corrected(
    client: TestClient, load: Callable[..., LoadedInterview]
) -> None:
    done = load(TALK, name="talk.txt")
    cited = _json(client, f"/v1/answers/{done.interview_id}-a1/citation?start=0&end=28")
    load(CORRECTED, name="talk.txt")
    load(TALK.replace(FIRST, ""), name="talk.txt")
    [marked] = re.findall('<mark id="passage">(.*?)</mark>', client.get(cited["permalink"]).text)
    assert marked == cited["text"] == "It began under the old mill,"
    again = _json(client, f"/v1/answers/{done.interview_id}-a1/citation?start=0&end=28&revision=1")
    assert again["permalink"] == cited["permalink"]
    for target in again["selectors"]["turns"]:
        turns = {turn["id"]: turn["text"] for turn in _json(client, target["source"])["turns"]}
        place = target["selector"][1]
        assert turns[target["turn_id"]][place["start"] : place["end"]] == target["selector"][0]["exact"]
    for target in again["selectors"]["source"]:
        place = target["selector"][1]
        assert client.get(target["source"]).text[place["start"] : place["end"]] == target["selector"][0]["exact"]


def test_citation_of_a_past_item_is_pinned_to_it(client: TestClient, corrected: str) -> None:
    was = _json(client, f"/v1/answers/{corrected}-a1?revision=1")
    assert _json(client, was["citation"])["text"] == was["text"]
    assert _json(client, _json(client, "/v1/interviews/talk?revision=1")["citation"])["revision"] == 1


def test_a_quotation_of_a_superseded_wording_is_found_and_said_to_be_one(client: TestClient, corrected: str) -> None:
    found = _json(client, "/v1/quotes/verify?text=It+began+under+the+old+mill")
    assert (found["verdict"], found["superseded"]["revision"]) == ("altered", 1)
    assert found["superseded"]["permalink"].startswith(f"/interviews/{corrected}?revision=1&turn=")
    assert "revision 1 of the record, which was corrected since" in found["explanation"]
    assert _json(client, "/v1/quotes/verify?text=It+began+under+the+new+mill")["superseded"] is None
    assert _json(client, "/v1/quotes/verify?text=It+began+under+the+odd+mill")["superseded"] is None
