"""What people say on a topic, side by side; and who else was asked a question."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database

INTERVIEW = """\
Q: What does tolerance mean to you <b>now</b>?
{name}: {answer} It is what {name} has always said about tolerance & peace.
"""
METADATA = """\
title = "{name} on tolerance"
[[speakers]]
labels = ["{name}"]
name = "{name}"
role = "interviewee"
[[questions]]
begins = "What does tolerance"
topics = ["tolerance"]
"""


@pytest.fixture
def three(load: Callable[..., Any], seeded: Database, client: TestClient) -> TestClient:
    for name, answer in (("Ann Ash", "Patience."), ("Ben Birch", "Law."), ("Cy Cedar", "<i>Nothing</i>.")):
        load(INTERVIEW.format(name=name, answer=answer), METADATA.format(name=name), f"{name[:3].strip()}.txt")
    return client


def test_topic_then_people_then_what_they_say(three: TestClient) -> None:
    assert 'href="/compare?topic=tolerance"' in three.get("/compare").text
    people = three.get("/compare?topic=tolerance").text
    assert 'value="ann-ash"' in people
    assert people.count('type="checkbox"') >= 3
    again = three.get("/compare?topic=tolerance&speaker=ann-ash").text
    assert 'value="ann-ash" checked' in again
    page = three.get("/compare?topic=tolerance&speaker=ann-ash&speaker=cy-cedar").text
    assert "Patience." in page
    assert "&lt;i&gt;Nothing&lt;/i&gt;" in page
    assert "<i>Nothing" not in page
    assert "Law." not in page


def test_somebody_without_a_name_is_compared_too(three: TestClient) -> None:
    page = three.get("/compare?topic=tolerance&speaker=ann-ash&speaker=worldnewsam-3712-interviewee").text
    assert "Ann Ash" in page
    assert "interviewee</bdi>" in page


def test_comparison_that_cannot_be_is_refused(three: TestClient) -> None:
    for query in (
        "topic=nothing",
        "topic=tolerance&speaker=ann-ash&speaker=nobody",
        "topic=tolerance&speaker=ann-ash&speaker=ann-ash",
        "topic=tolerance&topic=peace&speaker=ann-ash&speaker=cy-cedar",
        "topic=tolerance&" + "&".join(f"speaker=s{number}" for number in range(5)),
        "colour=red",
    ):
        assert three.get(f"/compare?{query}").status_code in {404, 422}, query


def test_who_else_was_asked(three: TestClient) -> None:
    found = three.get("/v1/questions?answered_by=ann-ash").json()["items"][0]
    page = three.get(f"/questions/{found['id']}/asked-elsewhere").text
    assert "Who else was asked this?" in page
    others = page[page.index("The same question, put to others") :]
    assert "Ben Birch" in others
    assert "Patience." not in others
    assert "What does tolerance mean to you <b>now</b>?" in unescape(page)
    assert "<b>now</b>" not in page
    assert three.get("/questions/nothing-q1/asked-elsewhere").status_code == 404
