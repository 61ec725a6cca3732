"""An interview that is held back is shown as it would be if it were not."""

import datetime
import json
from typing import Any

from app.cli.topics import suggest_topics
from app.db import Database
from app.loading import hold
from app.queries import interviews, questions
from app.queries.held import find_held, listing
from app.queries.paging import PageRequest, list_page
from tests.authors import at
from tests.conftest import NOW

LATER = datetime.datetime(2199, 1, 1, tzinfo=datetime.UTC)
SLUG = "worldnewsam-3712"
_NOT_KNOWN = {"previous", "next"}


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def test_an_interview_that_is_held_back_is_rebuilt_from_its_document(seeded: Database) -> None:
    suggest_topics(seeded, min_confidence=0)
    with seeded.read() as connection:
        interview = interviews.find_interview(connection, SLUG)
        record = interviews.find_record(connection, SLUG)
        ids = dict.fromkeys(turn["question_id"] for turn in record["turns"] if turn["question_id"])
        shown = questions.with_ids(connection, list(ids), ("confirmed", "proposed"))  # type: ignore[arg-type]  # states are words
    with seeded.write() as connection:
        hold(connection, SLUG, LATER, at(NOW, "a reason"))
    with seeded.read() as connection:
        held = find_held(connection, SLUG)
        page = list_page(connection, listing("until"), PageRequest("held"))
    assert held["until"] == LATER
    assert page.items == [{name: held[name] for name in ("id", "slug", "until", "reason", "was_published")}]
    assert _plain(held["turns"]) == _plain(record["turns"])
    assert held["text_format"] == record["text_format"]
    for name in interview.keys() - _NOT_KNOWN:
        assert _plain(held["interview"][name]) == _plain(interview[name]), name
    assert sum(len(question["topics"]) for question in held["questions"]) > len(ids)
    assert _plain(held["questions"]) == _plain([shown[question_id] for question_id in ids])
