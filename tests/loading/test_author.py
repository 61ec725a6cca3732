"""Every write is signed with who made it and from where, and nobody but editors can read who."""

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from app.cli.signing import author_of
from app.db import Database
from app.loading import (
    Author,
    Decision,
    Origin,
    Signature,
    SuggestionCounts,
    decide,
    hold,
    lift_withdrawal,
    list_statements,
    load_interview,
    load_statements,
    load_vocabulary,
    merge,
    part,
    redact,
    release,
    state,
    store_suggestions,
    undo,
    undo_statements,
    withdraw,
)
from app.models import Embargo, Interview, InterviewStatements, Question, Revision, TopicState
from app.queries import canonical
from app.queries.changes import list_changes
from app.structure.prepare import prepare
from app.structure.statement_file import read_statements
from app.topics.concepts import Method
from app.topics.suggestion import Suggestion
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import sidecar_of
from app.transcripts.source import Source
from tests.conftest import NOW

WHO = "Wilhelmina Zephyr"
TALKS = {
    "one": "Ann Lee: Where was the mill?\nJane Roe: By the river, Ann, under the old bridge.",
    "two": "Ann Lee: Who ran the ferry?\nJane Rowe: My aunt ran it, until the bridge came.",
    "three": "Ann Lee: And the nets?\nJane Rowe: They hung in the yard to dry.",
}
ASKS = sidecar_of("talk.toml", {"speakers": [{"labels": ["Ann Lee"], "role": "interviewer"}]})
TOPICS = b'[mills]\nlabel = "Mills"\n'
MERGED = (
    b'[[merged]]\nkeep = "jane-roe"\nother = "jane-rowe"\nby = "Old Hand"\nat = 2026-06-02T03:04:05Z\nwhy = "a slip"\n'
)


class Editor:
    """Makes each kind of write, each a second later than the one before."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection, self._now = connection, NOW

    def sign(self, origin: Origin = Origin.API) -> Author:
        self._now += datetime.timedelta(seconds=1)
        return Author(self._now, WHO, "for a reason", origin)

    def write_everything(self) -> None:
        connection, sign = self.connection, self.sign
        load_vocabulary(connection, read_vocabulary("topics.toml", TOPICS), sign())
        for slug, text in TALKS.items():
            load_interview(connection, prepare(Source(f"{slug}.txt", text.encode()), ASKS, slug=slug), sign())
        questions = sa.select(col(Question.id)).join(Interview, col(Interview.id) == col(Question.interview_id))
        question = connection.execute(questions.where(col(Interview.slug) == "one")).scalar_one()
        found = {question: [Suggestion("mills", Method.PHRASE, 0.5, [])]}
        store_suggestions(connection, "v", found, sign(), SuggestionCounts())
        decide(connection, [Decision(question, "mills", TopicState.REJECTED)], sign(Origin.PAGE))
        merge(connection, "jane-roe", "jane-rowe", sign())
        undo(connection, None, sign())
        part(connection, "jane-rowe", ["three"], "Jo Rowe", sign())
        load_statements(connection, read_statements("speakers.toml", MERGED), sign())
        state(connection, "one", sidecar_of("edit", {"title": "The mill"}), sign(Origin.PAGE))
        undo_statements(connection, "one", sign())
        redact(connection, "two", sign(), words="my aunt")
        hold(connection, "one", NOW + datetime.timedelta(days=9), sign())
        release(connection, "one", sign(Origin.SERVER))
        withdraw(connection, "three", sign())
        lift_withdrawal(connection, "three", sign())


@pytest.fixture
def written(database: Database) -> Database:
    with database.write() as connection:
        Editor(connection).write_everything()
    return database


def test_every_revision_has_who_made_it_and_from_where(written: Database) -> None:
    with written.read() as connection:
        rows = connection.execute(sa.select(Revision).order_by(col(Revision.number))).all()
    assert len(rows) == 17
    assert {row.made_by for row in rows} == {WHO}
    assert [row.made_from for row in rows].count(Origin.PAGE) == 2
    assert [row.made_from for row in rows].count(Origin.SERVER) == 1
    assert all(row.reason for row in rows)
    times = [row.made_at for row in rows]
    assert times == sorted(times)
    assert len(set(times)) == len(times)


def test_file_of_statements_says_who_stated_them_and_the_revision_who_loaded_it(written: Database) -> None:
    with written.read() as connection:
        loaded = next(row for row in list_statements(connection) if row.made_by == "Old Hand")
        reasons = sa.select(col(Revision.made_by)).where(col(Revision.reason) == "a slip")
        assert connection.execute(reasons).scalars().all() == [WHO]
    assert loaded.made_at == datetime.datetime(2026, 6, 2, 3, 4, 5, tzinfo=datetime.UTC)


def test_statement_of_a_file_may_say_who_and_not_when(database: Database) -> None:
    with database.write() as connection:
        editor = Editor(connection)
        for slug, text in TALKS.items():
            load_interview(connection, prepare(Source(f"{slug}.txt", text.encode()), ASKS, slug=slug), editor.sign())
        author = Author(NOW, WHO, None, Origin.COMMAND, Signature(None, "Old Hand"))
        merge(connection, "jane-roe", "jane-rowe", author)
        [row] = list_statements(connection)
    assert (row.made_by, row.made_at) == ("Old Hand", NOW)


def test_nobody_but_editors_reads_who(written: Database) -> None:
    with written.read() as connection:
        dump = "".join(canonical.lines(connection))
        feed: Any = list_changes(connection, None, 200, with_data=True)
    assert "for a reason" in dump
    assert "for a reason" in json.dumps(feed, default=str)
    for public in (dump, json.dumps(feed, default=str)):
        assert WHO not in public
        assert "made_by" not in public
        assert "undone_by" not in public


def test_who_stated_something_outlives_an_embargo(written: Database) -> None:
    who = sa.select(col(InterviewStatements.made_by))
    with written.write() as connection:
        before = connection.execute(who).scalars().all()
        hold(connection, "one", NOW + datetime.timedelta(days=9), Author(NOW, "Ed", None, Origin.API))
        embargo = connection.execute(sa.select(Embargo)).one()
        assert (embargo.made_by, embargo.made_from, embargo.made_at) == ("Ed", Origin.API, NOW)
        release(connection, "one", Author(NOW, "Ed", None, Origin.API))
        assert connection.execute(who).scalars().all() == before
    assert WHO in before


def test_command_is_signed_with_the_login_name_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ida")
    assert author_of(None).who == "ida"
    assert author_of("Ed", "a slip").who == "Ed"
    assert author_of("Ed", "a slip").why == "a slip"


def test_command_of_a_user_without_a_name_is_signed_with_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_name() -> Callable[[], str]:
        raise KeyError("no such user")

    monkeypatch.setattr("getpass.getuser", no_name)
    assert author_of().who.startswith("user ")  # type: ignore[union-attr]  # it is a string
