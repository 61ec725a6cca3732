"""The trail of the corpus and of one interview."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import Database
from app.errors import NotFoundError
from app.loading import Author, Origin, hold, load_interview, redact, withdraw
from app.queries.audit import TrailFilters, find_embargo, find_of_trail, listing
from app.queries.paging import PageRequest, list_page, walk
from app.structure.prepare import prepare
from app.transcripts.sidecar import sidecar_of
from app.transcripts.source import Source
from tests.conftest import NOW
from tests.loading.test_author import WHO, Editor

SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def connection(database: Database) -> Iterator[sa.Connection]:
    with database.write() as opened:
        Editor(opened).write_everything()
        yield opened


def trail(connection: sa.Connection, **filters: Any) -> list[Any]:
    return list(walk(connection, listing(TrailFilters(**filters))))


def trail_of(connection: sa.Connection, name: str) -> list[Any]:
    return trail(connection, interview_id=find_of_trail(connection, name, with_held=True).id)


def test_every_revision_is_listed_the_newest_first(connection: sa.Connection) -> None:
    numbers = [one["revision"] for one in trail(connection)]
    assert numbers == list(range(17, 0, -1))


def test_page_by_page_is_the_same_as_the_whole(connection: sa.Connection) -> None:
    whole, cursor, paged = listing(TrailFilters(who=WHO)), None, []
    while True:
        page = list_page(connection, whole, PageRequest("trail", 5, cursor))
        assert page.total == 17
        paged += page.items
        cursor = page.next
        if cursor is None:
            break
    assert paged == trail(connection)


def test_revisions_of_an_interview_are_those_that_changed_anything_of_it(connection: sa.Connection) -> None:
    revisions = trail_of(connection, "one")
    made = [
        (one["reason"], one["origin"].value, one["interview"] and one["interview"]["revision"]) for one in revisions
    ]
    # Topics were suggested and decided on in revisions of the whole corpus; the embargo and its end have no file.
    assert made == [
        ("for a reason", "server", None),
        ("for a reason", "api", None),
        ("for a reason", "api", 3),
        ("for a reason", "page", 2),
        ("for a reason", "page", None),
        ("for a reason", "api", None),
        ("for a reason", "api", 1),
    ]
    assert revisions[-1]["changes"] == [{"noun": "interview", "action": "created", "count": 1}]
    assert revisions[-2]["changes"] == [{"noun": "question", "action": "changed", "count": 1}]
    assert {one["interview"]["slug"] for one in revisions if one["interview"]} == {"one"}


def test_of_a_revision_of_several_interviews_only_the_changes_of_this_one_count(connection: sa.Connection) -> None:
    merged = next(one for one in trail_of(connection, "two") if one["interview"] is None)
    assert {one["noun"] for one in merged["changes"]} <= {"interview", "question", "answer"}
    whole = next(one for one in trail(connection) if one["revision"] == merged["revision"])
    assert {one["noun"] for one in whole["changes"]} >= {"speaker"}


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"who": "nobody"}, []),
        ({"since": NOW + 16 * SECOND}, [17, 16]),
        ({"until": NOW + 3 * SECOND}, [2, 1]),
        ({"since": NOW + 3 * SECOND, "until": NOW + 5 * SECOND, "who": WHO}, [4, 3]),
    ],
)
def test_filters_narrow(connection: sa.Connection, filters: dict[str, Any], numbers: list[int]) -> None:
    assert [one["revision"] for one in trail(connection, **filters)] == numbers


def test_withdrawn_interview_has_a_history_by_every_name(connection: sa.Connection) -> None:
    found = find_of_trail(connection, "three", with_held=True)
    assert (found.slug, found.state) == ("three", "withdrawn")
    assert find_of_trail(connection, found.id, with_held=False) == found
    revisions = trail_of(connection, "three")
    assert [one["changes"][0] for one in revisions][:2] == [
        {"noun": "interview", "action": "deleted", "count": 1},
        {"noun": "answer", "action": "deleted", "count": 1},
    ]
    assert {one["interview"]["slug"] for one in revisions if one["interview"]} == {"three"}


def test_interview_that_is_held_back_is_found_by_who_may_see_it(connection: sa.Connection) -> None:
    author = Author(NOW, "Ed", "until the hearing", Origin.COMMAND)
    hold(connection, "one", NOW + datetime.timedelta(days=9), author)
    document = {"embargo_until": NOW + datetime.timedelta(days=9)}
    new = prepare(Source("new.txt", b"Q: And now?\nA: Nothing."), sidecar_of("x", document), slug="new")
    load_interview(connection, new, author)
    for name, revisions in (("one", 8), ("new", 0)):
        found = find_of_trail(connection, name, with_held=True)
        assert found.state == "held"
        assert len(trail_of(connection, name)) == revisions
        embargo = find_embargo(connection, found.id)
        assert embargo is not None
        assert (embargo["who"], embargo["reason"], embargo["made_at"]) == ("Ed", "until the hearing", NOW)
    # Its name is known to everybody who read it before it was held back; that of the other one is not.
    assert find_of_trail(connection, "one", with_held=False).state == "withdrawn"
    with pytest.raises(NotFoundError):
        find_of_trail(connection, "new", with_held=False)


def test_renamed_interview_is_found_by_its_former_name(connection: sa.Connection) -> None:
    renamed = prepare(Source("one.txt", b"Q: Where?\nA: There."), sidecar_of("x", {"slug": "mill"}), slug="x")
    loaded = load_interview(connection, renamed, Author(NOW, "Ed", None, Origin.COMMAND))
    again = prepare(Source("one.txt", b"Q: Where?\nA: There."), sidecar_of("x", {"slug": "weir"}), slug="x")
    assert load_interview(connection, again, Author(NOW, "Ed", None, Origin.COMMAND)).slug == "weir"
    assert find_of_trail(connection, "mill", with_held=False).id == loaded.interview_id
    redact(connection, "weir", Author(NOW, "Ed", None, Origin.COMMAND), words="There")
    withdraw(connection, "weir", Author(NOW, "Ed", None, Origin.COMMAND))
    assert find_of_trail(connection, "mill", with_held=False).state == "withdrawn"


def test_interview_that_never_was_is_not_found(connection: sa.Connection) -> None:
    with pytest.raises(NotFoundError, match="no interview 'onee'"):
        find_of_trail(connection, "onee", with_held=True)
